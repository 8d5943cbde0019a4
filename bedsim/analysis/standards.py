"""A standard: a measure that must not be more than a number, and what replications say about whether it is met.

Why: a planner states what must hold ('overflow on at most 5% of days') and asks for the beds. A mean has Student
limits over replications, on a scale on which it is less skewed. 'The 95th percentile is at most v' says that the share
of what is observed above v is at most 5%; its interval is that of the share, as for percentiles elsewhere.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from bedsim.analysis.trials import OF_DEMAND
from bedsim.errors import BedsimError
from bedsim.measures.definitions import MEASURES
from bedsim.measures.statistics import PERCENTILES
from bedsim.measures.yardstick import yardstick_of
from bedsim.scenario.files import nearest
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bedsim.analysis.trials import Trial
    from bedsim.patients.blueprint import Blueprint

USUAL = "overflow_days_fraction <= 5%"
EXAMPLE = 'Try --standard "overflow_days_fraction <= 0.05" or "overflow.p95 in winter <= 20".'
HOURS = ("wait_days", "delay_days")
"""Their histograms count whole hours, rounded up."""
HOURS_A_DAY = 24
LONGEST = 300
"""Characters of a standard."""
_GRAMMAR = re.compile(
    r"\s*(?P<measure>\w+)(?:\.(?P<statistic>\w+))?(?:\s+of\s+(?P<unit>[\w:. -]+?))?(?:\s+in\s+(?P<period>[\w-]+))?"
    r"\s*(?P<sign><=|≤|>=|≥|<|>|==?)\s*(?P<value>\d{1,9}(?:\.\d{1,9})?)\s*(?P<percent>%?)\s*",
    re.ASCII | re.IGNORECASE,
)


class Look(NamedTuple):
    """What replications say of a quantity that must not be more than a limit."""

    value: float
    low: float
    """A limit that is above the true value with the risk asked for."""
    high: float
    """Likewise below it."""


UNSEEN = Look(math.inf, math.inf, math.inf)
"""Somebody is stuck, or nobody was there to be counted, as in a unit without places: that meets no standard."""


@dataclass(frozen=True)
class Standard:
    """A measure that must not be more than a number."""

    text: str
    """As written."""
    measure: str
    statistic: str
    unit: str
    period: str | None
    """None: the headline year of the run."""
    limit: float

    def __str__(self) -> str:
        return self.text

    @property
    def percent(self) -> int | None:
        """The percentage of a percentile, None of a mean."""
        return None if self.statistic == "mean" else int(self.statistic.removeprefix("p"))

    @property
    def needs_demand(self) -> bool:
        """Say whether it needs the runs without limits."""
        return self.measure in OF_DEMAND

    @property
    def most(self) -> float:
        """What the quantity looked at may be at most: the measure's mean, or a share of the observations."""
        return self.limit if self.percent is None else 1 - self.percent / 100

    def scale(self, value: float) -> float:
        """Return the quantity looked at as its log-odds if it is a share, else as its logarithm; always finite."""
        if self.percent is not None or MEASURES[self.measure].unit == "fraction":
            return float(special.logit(min(max(value, NEARLY_NONE), 1 - NEARLY_NONE)))
        return math.log(max(value, NEARLY_NONE))

    def look(self, trial: Trial, risk_low: float, risk_high: float) -> Look:
        """Return the quantity that must not be more than `most`, with limits of one-sided risks."""
        if trial.totals is None:
            return UNSEEN
        period = self.period_of(trial.blueprint)
        if self.percent is None:
            values = trial.by_replication(self.measure, self.unit, period)
            if self.measure == "p_delay_if_lost":  # the demand was never within the beds: nobody would find one
                values = np.where(np.isnan(values), 1.0, values)
            return _of_mean(values, risk_low, risk_high, MEASURES[self.measure].unit == "fraction")
        counts = trial.reader.counts(self.unit, self.measure, period)
        scale = HOURS_A_DAY if self.measure in HOURS else 1
        at = math.floor(self.limit * scale + _SLIP)
        if not counts.any():
            return UNSEEN
        share = trial.reader.share(self.unit, self.measure, period)
        assert share is not None, "the standard was not checked"
        if at >= len(share.share):
            return Look(0.0, 0.0, 0.0)
        return _of_share(1 - share.share[at], share.error[at], share.n_replications, risk_low, risk_high)

    def percentile(self, trial: Trial) -> float:
        """Return the percentile itself, for words."""
        assert self.percent is not None, "a mean has no percentile"
        counts = trial.reader.counts(self.unit, self.measure, self.period_of(trial.blueprint))
        if not counts.any():
            return 0.0
        at = int(np.searchsorted(np.cumsum(counts) * 100, counts.sum() * self.percent))
        return at / (HOURS_A_DAY if self.measure in HOURS else 1)

    def period_of(self, blueprint: Blueprint) -> str:
        """Return the period it is of."""
        return self.period or yardstick_of(blueprint).calendar.headline


def standard(text: str, blueprint: Blueprint) -> Standard:
    """Return a standard as a user writes it: `MEASURE[.STATISTIC] [of UNIT] [in PERIOD] <= NUMBER[%]`.

    Parameters
    ----------
    text
        Such as `overflow_days_fraction <= 0.05` (or `5%`) or `overflow.p95 in winter <= 20`. Without a unit it is of
        the system, without a period of the headline year.
    blueprint
        Of a scenario that has to have all this.

    Returns
    -------
    Standard
        Of something that runs of the scenario give.

    Raises
    ------
    BedsimError
        If it cannot be read, or the scenario has no such number.
    """
    text = " ".join(text.split())
    found = _GRAMMAR.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise BedsimError(f"a standard must be a measure, <= and a number, but is {text[:100]!r}. {EXAMPLE}")
    if found["sign"] not in ("<=", "≤"):
        raise BedsimError(f"a standard must say what is too much, with <=, but is {text[:100]!r}. {EXAMPLE}")
    measure, statistic = found["measure"], (found["statistic"] or "mean").lower()
    unit, period = (found["unit"] or SYSTEM).strip(), found["period"]
    _must_be(text, "measure", measure, MEASURES)
    calendar = yardstick_of(blueprint).calendar
    statistics = ("mean", *(f"p{p}" for p in PERCENTILES)) if "p95" in MEASURES[measure].statistics else ("mean",)
    _must_be(text, f"statistic of {measure}", statistic, statistics)
    if period is not None:
        _must_be(text, "period", period, calendar.periods)
    one = Standard(
        text,
        measure,
        statistic,
        unit,
        period,
        float(found["value"]) / (100 if found["percent"] else 1),
    )
    keys = _keys(one, blueprint)
    wanted = period or calendar.headline
    _must_be(text, f"unit, kind or group that {measure} is given of", unit, sorted({key[0] for key in keys}))
    if (unit, measure, wanted) not in keys:
        given = ", ".join(sorted({key[2] for key in keys if key[0] == unit}))
        raise BedsimError(f"{text!r}: {measure} of {unit} is given of {given}, not of {wanted}.")
    of_places = any(ratio.bottom == "open_bed_days" for ratio in MEASURES[measure].ratios)  # may be fewer than people
    if MEASURES[measure].unit == "fraction" and not of_places and one.limit > 1:
        raise BedsimError(f"{text[:100]!r}: {measure} is a fraction, which is never more than 1 (100%). {EXAMPLE}")
    return one


def _keys(one: Standard, blueprint: Blueprint) -> set[tuple[str, str, str]]:
    """Return the keys of which there is such a number."""
    yardstick = yardstick_of(blueprint)
    if one.percent is not None:
        return {key for key, place in yardstick.published[one.measure].items() if place.union is not None}
    from bedsim.measures.reading import keys_of

    return set(keys_of(yardstick, one.measure))


def _must_be(text: str, what: str, found: str, names: Iterable[str]) -> None:
    """Refuse a name that is not there."""
    names = list(names)
    if found not in names:
        similar = nearest(found, names)
        remedy = f"Try {similar}." if similar else f"There are {', '.join(names[:40])}." if names else EXAMPLE
        raise BedsimError(f"{text[:100]!r}: there is no {what} called {found[:60]!r}. {remedy}")


def _of_mean(values: np.ndarray, risk_low: float, risk_high: float, is_fraction: bool) -> Look:
    """Return the mean of independent values with its one-sided limits; without two values there are none.

    What cannot be negative and is rare is skewed: few replications have much of it, and without them the mean seems
    surer than it is. So Student's limits are taken on the log-odds of a fraction and the logarithm of anything else: on
    the quantity itself the upper one fails two to six times as often as it should (docs/decisions/0029).
    """
    seen = values[~np.isnan(values)]
    n = len(seen)
    if n == 0:
        return UNSEEN
    mean = float(seen.mean())
    if n == 1:
        return Look(mean, -math.inf, math.inf)
    error = float(seen.std(ddof=1)) / math.sqrt(n)
    if is_fraction and 0 < mean < 1:
        return _of_share(mean, error, n, risk_low, risk_high)
    if mean == 0:
        return Look(mean, mean, mean)
    low, high = (float(special.stdtrit(n - 1, 1 - risk)) * error / mean for risk in (risk_low, risk_high))
    return Look(mean, mean * math.exp(-low), mean * math.exp(high))


def _of_share(share: float, error: float, n: int, risk_low: float, risk_high: float) -> Look:
    """Return a share with its one-sided limits, taken on the log-odds as those of percentiles are."""
    if n < 2:
        return Look(float(share), 0.0, 1.0)
    if share <= 0 or share >= 1:
        return Look(float(share), float(share), float(share))
    odds, of_odds = float(special.logit(share)), error / (share * (1 - share))
    low, high = (float(special.stdtrit(n - 1, 1 - risk)) * of_odds for risk in (risk_low, risk_high))
    return Look(float(share), float(special.expit(odds - low)), float(special.expit(odds + high)))


NEARLY_NONE = 1e-4
"""A share, or any quantity, that replications cannot tell from none."""
_SLIP = 1e-9
"""Hours: a whole number of them stays one."""
