"""The baseline: which numbers of a scenario are guarded, within which margins, and what they were.

Why: whoever changes the program, a library or an input must learn what that did to the number of beds. A few numbers
stand for the rest: those that a planner reads, with the margins that matter to one. Their values rest on many
replications, so that a check needs few; the first of these are kept apart, to the last count, for a check that repeats
them on the same machine.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.equivalence import Estimate
from bedsim.analysis.fingerprint import fingerprint
from bedsim.analysis.looks import looked_at, plan_of
from bedsim.errors import BedsimError
from bedsim.measures.calendar import ALL
from bedsim.scenario.inputs import stated
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.looks import Show
    from bedsim.analysis.plan import Plan
    from bedsim.analysis.run import Run
    from bedsim.analysis.workers import Workers
    from bedsim.scenario.schema import Scenario

    Ints = NDArray[np.int64]

N_BASELINE = 1000
"""Replications of a baseline: a check of 100 then needs hardly more than against the truth (docs/decisions/0026)."""
N_FIRST = 100
"""Of these, those that are kept apart; a check repeats them."""
FEWEST = 10
"""Replications below which the error of a percentile is not known well enough to say anything."""
HEADLINE = "headline"
"""The financial year of the headline, whichever it is."""
COUNTED = ("demand_beds", "midnight_census", "overflow", "wait_days", "delay_days")
"""The counts that are kept, as checksums."""


@dataclass(frozen=True)
class Guarded:
    """A number of all planned beds together, and how much it may change."""

    measure: str
    statistic: str
    margin: float
    """In the measure's own unit."""
    period: str = ALL

    @property
    def name(self) -> str:
        """What it is called in the baseline and in reports."""
        return f"{self.measure}.{self.statistic}.{self.period}"


MAIN = Guarded("demand_beds", "p95", 2.0)
"""The number of beds that is enough on 95% of days."""
GUARDED = (
    MAIN,
    Guarded("demand_beds", "mean", 2.0),
    Guarded("demand_beds", "mean", 3.0, HEADLINE),
    Guarded("midnight_census", "p50", 2.0),
    Guarded("midnight_census", "p95", 2.0),
    Guarded("overflow_days_fraction", "mean", 0.05),
    Guarded("p_wait", "mean", 0.05),
    Guarded("wait_days", "mean", 0.2),
    Guarded("delayed_fraction_of_occupied", "mean", 0.01),
    Guarded("open_beds", "mean", 0.5),
)
MOST_FORMER = 5
"""Earlier baselines that are remembered; version control has them all."""
NO_NUMBER = Estimate(math.nan, math.nan, 0)


@dataclass(frozen=True)
class Former:
    """What a baseline was before it was updated."""

    date: str
    reason: str
    numbers: dict[str, float | None]


@dataclass(frozen=True)
class Entry:
    """A scenario's baseline. None stands for a number that does not exist, as where beds are unlimited."""

    hash: str
    seed: int
    n_replications: int
    made_with: dict[str, str]
    """The code, libraries and sort of machine."""
    inputs: dict[str, float | str]
    """Every number and choice that the scenario states, by path."""
    numbers: dict[str, float | None]
    standard_errors: dict[str, float | None]
    n_first: int
    first_numbers: dict[str, float | None]
    """Of the first replications alone, as are the counts."""
    first_counts: dict[str, str]
    date: str
    reason: str
    history: tuple[Former, ...] = ()
    """The latest first."""

    def estimate(self, guarded: Guarded) -> Estimate:
        """Return a number with its standard error."""
        value, error = self.numbers.get(guarded.name), self.standard_errors.get(guarded.name)
        return NO_NUMBER if value is None or error is None else Estimate(value, error, self.n_replications)


def refuse_impossible(entry: Entry) -> None:
    """Raise ValueError if no run can have made an entry."""
    if not FEWEST <= entry.n_first <= entry.n_replications:
        raise ValueError(f"n_first is {entry.n_first} of {entry.n_replications}")
    for name in {**entry.numbers, **entry.standard_errors}:
        value, error = entry.numbers.get(name), entry.standard_errors.get(name)
        if (value is None) != (error is None):
            raise ValueError(f"{name} has a number without a standard error, or the other way round")
        if value is not None and error is not None and not (math.isfinite(value) and 0 <= error < math.inf):
            raise ValueError(f"{name} is {value} with a standard error of {error}")


def new_entry(
    scenario: Scenario,
    before: Entry | None,
    n_replications: int,
    seed: int,
    date: str,
    reason: str,
    workers: Workers,
    show: Show,
) -> Entry:
    """Return the baseline of a scenario as it is now.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    before
        Its baseline so far; it goes into the history.
    n_replications
        How many the numbers are to rest on, at least `FEWEST`.
    seed
        Root of all random streams.
    date
        Of today.
    reason
        Why the baseline changes, for whoever reads it later.
    workers
        Who does the work.
    show
        Shows progress.

    Returns
    -------
    Entry
        Its numbers rounded to six digits, those of the first replications to twelve.

    Raises
    ------
    BedsimError
        If the scenario cannot be run, or not so often.
    """
    if n_replications < FEWEST:
        raise BedsimError(f"a baseline must have at least {FEWEST} replications, but has {n_replications}.")
    plan, n_first = plan_of(scenario, n_replications), min(N_FIRST, n_replications)
    first, whole = (
        (estimates_of(run), counts_of(run)) for run in looked_at(plan, seed, (n_first, n_replications), workers, show)
    )
    numbers, _ = whole
    history = () if before is None else (Former(before.date, before.reason, before.numbers), *before.history)
    return Entry(
        hash=plan.hash,
        seed=seed,
        n_replications=n_replications,
        made_with=made_with(plan, seed),
        inputs=inputs_of(plan),
        numbers={name: _rounded(one.value, 6) for name, one in numbers.items()},
        standard_errors={name: _rounded(one.standard_error, 6) for name, one in numbers.items()},
        n_first=n_first,
        first_numbers={name: _rounded(one.value, 12) for name, one in first[0].items()},
        first_counts=first[1],
        date=date,
        reason=reason,
        history=history[:MOST_FORMER],
    )


def estimates_of(run: Run) -> dict[str, Estimate]:
    """Return the guarded numbers of a run."""
    return {guarded.name: _estimate(run, guarded) for guarded in GUARDED}


def counts_of(run: Run) -> dict[str, str]:
    """Return a checksum of the counts of each of `COUNTED`: of how many midnights, or people, had 0, 1, 2, ..."""
    return {measure: _checksum(run.pooled_counts(SYSTEM, measure)) for measure in COUNTED}


def made_with(plan: Plan, seed: int) -> dict[str, str]:
    """Return what a run's numbers depend on besides the scenario and the seed."""
    return {name: text for name, text in fingerprint(plan, seed).items() if name not in ("scenario", "seed")}


def inputs_of(plan: Plan) -> dict[str, float | str]:
    """Return every number and choice that a plan's scenario states, by path."""
    return {one.path: one.value for one in stated(plan.scenario)}


def _estimate(run: Run, guarded: Guarded) -> Estimate:
    """Return a number of a run; NaN if its scenario has none."""
    period = run.headline if guarded.period == HEADLINE else guarded.period
    if guarded.statistic != "mean":
        percent = float(guarded.statistic.removeprefix("p"))
        return Estimate(*run.smooth_percentile(guarded.measure, percent, SYSTEM, period), run.n_replications)
    if (SYSTEM, guarded.measure, period) not in run.reader.means(guarded.measure)[0]:
        return NO_NUMBER
    values = run.by_replication(guarded.measure, SYSTEM, period)
    seen = values[~np.isnan(values)]
    if len(seen) < FEWEST:
        return NO_NUMBER
    return Estimate(float(seen.mean()), float(seen.std(ddof=1) / np.sqrt(len(seen))), len(seen))


def _checksum(counts: Ints) -> str:
    """Return a checksum that does not depend on how wide the counts are: zeros at their end say nothing."""
    text = ",".join(map(str, np.trim_zeros(counts, "b").tolist()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _rounded(value: float, digits: int) -> float | None:
    return None if math.isnan(value) else float(f"{value:.{digits}g}")
