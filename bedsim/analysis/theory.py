"""Theory beside the number: where a part of a scenario is known exactly, what the simulation says of it.

Why: a reader should not have to believe that a simulator is right. Some of its numbers are known without it: how many
people are referred, where routes lead, how many beds are used if nothing is short, and all of a single ward. A t test
over replications judges them, so strictly that a right simulation fails in one run of a million.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.analysis.intervals import CONFIDENCE
from bedsim.analysis.lever_flows import is_known, leads_elsewhere, referred_share
from bedsim.analysis.theory_census import CELLS_A_DAY, demand_census, expected_arrivals, no_delay_census
from bedsim.analysis.theory_ward import ward_of
from bedsim.measures.calendar import ALL
from bedsim.patients.population import NONE
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run
    from bedsim.patients.blueprint import Blueprint

    Floats = NDArray[np.float64]

CHANCE_OF_FALSE_ALARM = 1e-6
"""Over all comparisons of a run together."""
FEWEST = 20
"""Replications from which on the t test is trusted."""
MOST_YEARS = 5
"""Financial years that are compared one by one."""
WORDS = {
    "demand_beds_no_delay": "beds used if nothing were short and nobody delayed",
    "demand_beds": "beds used if planned beds were unlimited",
    "referrals_per_day": "referrals a day",
    "midnight_census": "people in the ward",
    "p_wait": "share who wait",
    "wait_days": "mean wait, days",
}
NO_DELAY = "demand_beds_no_delay"
"""The measure that is exact in nearly every scenario."""
ROUNDING = 1e-9
"""Of a value that no replication changes: what floats may leave."""


@dataclass(frozen=True)
class Comparison:
    """An exact value and the simulated one."""

    what: str
    """In words."""
    unit: str
    measure: str
    period: str
    exact: float
    simulated: float
    ci_low: float | None
    """95%; None with one replication."""
    ci_high: float | None
    t: float | None
    """Distance in standard errors; None with one replication."""
    n: int
    """Replications."""
    limit: float
    """The distance that a right simulation stays below, but for one run in a million."""

    @property
    def is_judged(self) -> bool:
        """Say whether there are replications enough."""
        return self.n >= FEWEST

    @property
    def agrees(self) -> bool:
        """Say whether the distance is below the limit; of what is not judged it means nothing."""
        return self.t is not None and abs(self.t) <= self.limit

    @property
    def verdict(self) -> str:
        """The same in words."""
        if not self.is_judged:
            return f"not judged below {FEWEST} replications"
        return "agrees" if self.agrees else "DOES NOT AGREE"


@dataclass(frozen=True)
class _Pair:
    """What is compared: an exact ratio, and its top and bottom in each replication."""

    what: str
    unit: str
    measure: str
    period: str
    exact: float
    top: Floats
    bottom: Floats


def theory(run: Run) -> tuple[Comparison, ...]:
    """Return every number of a run that is known exactly, beside what was simulated.

    Parameters
    ----------
    run
        With at least one replication.

    Returns
    -------
    tuple[Comparison, ...]
        Of the whole window and of its financial years. Judged from 20 replications on: two-sided t tests with n - 1
        degrees of freedom, at 1e-6 over all comparisons together. Empty if nothing is known exactly.
    """
    pairs = [pair for part in (_referrals, _censuses, _ward, _outcomes) for pair in part(run)]
    return tuple(_compared(pair, len(pairs)) for pair in pairs)


def exact_means(run: Run, measure: str = NO_DELAY) -> dict[str, float]:
    """Return the exact mean of one of both kinds of unlimited demand, by period; empty where it is not known."""
    census = _EXACT[measure](run.blueprint)
    return {} if census is None else _by_period(run, census)


def _compared(pair: _Pair, n_comparisons: int) -> Comparison:
    """Return a comparison: by top - exact x bottom, of which the mean is 0 however top and bottom hang together."""
    n = len(pair.top)
    bottom = float(pair.bottom.mean())
    simulated = float(pair.top.mean()) / bottom if bottom else math.nan
    if n < 2 or not bottom:
        nothing = (None, None, None)
        return Comparison(pair.what, pair.unit, pair.measure, pair.period, pair.exact, simulated, *nothing, n, math.inf)
    errors = pair.top - pair.exact * pair.bottom
    mean, se = float(errors.mean()), float(errors.std(ddof=1)) / math.sqrt(n)
    if se <= ROUNDING * bottom:
        t = 0.0 if abs(mean) <= ROUNDING * max(abs(pair.exact), 1.0) * bottom else math.copysign(math.inf, mean)
    else:
        t = mean / se
    half_width = float(special.stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) * se / bottom
    limit = -float(special.stdtrit(n - 1, CHANCE_OF_FALSE_ALARM / n_comparisons / 2))
    ends = (simulated - half_width, simulated + half_width)
    return Comparison(
        pair.what, pair.unit, pair.measure, pair.period, pair.exact, simulated, *ends, t=t, n=n, limit=limit
    )


def _mean(run: Run, exact: dict[str, float], measure: str, unit: str = SYSTEM) -> Iterator[_Pair]:
    """Yield the comparison of a measure that is divided by days, by period."""
    keys, values = run.reader.means(measure)
    for period, value in exact.items():
        seen = values[:, keys.index((unit, measure, period))]
        yield _Pair(WORDS[measure], unit, measure, period, value, seen, np.ones(len(seen)))


def _referrals(run: Run) -> Iterator[_Pair]:
    """Yield the referrals a day: all that is drawn, replayed and booked and that levers leave, if this is known."""
    if not is_known(run.blueprint):
        return
    first, n_days = run.blueprint.warm_up_days, run.scenario.time.run_length_days
    daily = np.zeros(n_days)
    for i, (demand, by_hour) in enumerate(zip(run.blueprint.demands, expected_arrivals(run.blueprint), strict=True)):
        days = np.floor(demand.booked.referred_day).astype(np.int64)
        referred = by_hour.reshape(-1, CELLS_A_DAY).sum(axis=1)[first:]
        referred += np.bincount(days[(days >= 0) & (days < n_days)], minlength=n_days)
        daily += referred * referred_share(run.blueprint, i, range(n_days))
    yield from _mean(run, _by_period(run, daily), "referrals_per_day")


def _censuses(run: Run) -> Iterator[_Pair]:
    """Yield both kinds of unlimited demand, as far as they are known."""
    if run.blueprint.network.planned_units:
        for measure in _EXACT:
            yield from _mean(run, exact_means(run, measure), measure)


def _ward(run: Run) -> Iterator[_Pair]:
    """Yield what Erlang's formulas say, if the scenario is one ward."""
    ward = ward_of(run.blueprint)
    if ward is None:
        return
    periods = _years(run)
    yield from _mean(run, dict.fromkeys(periods, ward.census), "midnight_census", ward.unit)
    is_planned = any(unit.name == ward.unit and unit.is_planned for unit in run.blueprint.network.units)
    if ward.lost == NONE and is_planned:
        for period in periods:
            people = run.by_replication("referrals_per_day", SYSTEM, period)
            for measure, exact in (("p_wait", ward.p_wait), ("wait_days", ward.wait_days)):
                top = np.nan_to_num(run.by_replication(measure, SYSTEM, period)) * people
                yield _Pair(WORDS[measure], ward.unit, measure, period, exact, top, people)
    elif ward.lost != NONE:
        for period in periods:
            referred, outcomes = _counts(run, period)
            words = f"share lost ({run.blueprint.outcomes[ward.lost]})"
            lost = outcomes[:, :, ward.lost].sum(axis=1)
            yield _Pair(words, ward.unit, "outcome", period, ward.p_lost, lost, referred.sum(axis=1))


def _outcomes(run: Run) -> Iterator[_Pair]:
    """Yield the share of each outcome, of the last year or window whose people have all finished, stream by stream."""
    periods = list(reversed(_years(run)))
    for i, stream in enumerate(run.blueprint.streams):
        exact = outcome_shares(run.blueprint, i)
        if exact is None:
            continue
        for period in periods:
            referred, outcomes = _counts(run, period)
            if referred[:, i].any() and (outcomes[:, i].sum(axis=1) == referred[:, i]).all():
                for outcome in np.flatnonzero((exact > 0) & (exact < 1)).tolist():
                    words = f"share of outcome {run.blueprint.outcomes[outcome]}, stream {stream.name}"
                    top = outcomes[:, i, outcome]
                    yield _Pair(words, stream.name, "outcome", period, float(exact[outcome]), top, referred[:, i])
                break


def outcome_shares(blueprint: Blueprint, stream: int) -> Floats | None:
    """Return the exact share of each outcome of a stream's people; None if a wait or a lever decides it, too."""
    if leads_elsewhere(blueprint, stream):
        return None
    n = len(blueprint.stages)
    onward, ends = np.zeros((n, n)), np.zeros((n, len(blueprint.outcomes)))
    for i, plan in enumerate(blueprint.stages):
        for branch in plan.branches:
            if branch.next_stage == NONE:
                ends[i, branch.outcome] += branch.share
            else:
                onward[i, branch.next_stage] += branch.share
    of = blueprint.streams[stream]
    starts = np.zeros(n)
    np.add.at(starts, of.start_stages, np.diff(np.concatenate(([0.0], of.start_edges, [1.0]))))
    visits = np.linalg.solve((np.eye(n) - onward).T, starts)
    if any(blueprint.stages[i].exits for i in np.flatnonzero(visits > 0).tolist()):
        return None
    shares: Floats = visits @ ends
    return shares


def _counts(run: Run, period: str) -> tuple[Floats, Floats]:
    """Return the people referred, (n, n_streams), and their outcomes, (n, n_streams, n_outcomes), of a period."""
    years, rows = _years(run)[period], run.totals.rows
    referred, outcomes = rows["referrals_by_year"][:, years].sum(axis=1), rows["outcomes_by_year"][:, years].sum(axis=1)
    n, n_streams = len(referred), len(run.blueprint.streams)
    of_streams = outcomes.reshape(n, n_streams, -1, outcomes.shape[-1]).sum(axis=2)
    return referred.reshape(n, n_streams, -1).sum(axis=2).astype(np.float64), of_streams.astype(np.float64)


def _by_period(run: Run, daily: Floats) -> dict[str, float]:
    """Return the mean over the days of the whole window and of each financial year in it."""
    calendar = run.reader.yardstick.calendar
    year_of_day = calendar.year_of_month[calendar.month_of_day]
    return {period: float(daily[np.isin(year_of_day, years)].mean()) for period, years in _years(run).items()}


def _years(run: Run) -> dict[str, list[int]]:
    """Return the whole window and the financial years in it; of a long window the last ones."""
    years = run.reader.yardstick.calendar.years
    return {ALL: years[ALL], **dict(list(years.items())[1:][-MOST_YEARS:])}


_EXACT = {NO_DELAY: no_delay_census, "demand_beds": demand_census}
