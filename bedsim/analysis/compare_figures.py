"""What options are compared by: the figures of the headline, what is better, and how a difference is said.

Why: "3.1 lower" tells a planner nothing. Each figure has words that a board knows, and one of which
neither less nor more is better ranks nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bedsim.errors import BedsimError
from bedsim.measures.definitions import MEASURES
from bedsim.scenario.files import nearest

NEITHER = (
    "open_beds",
    "midnight_census",
    "occupancy_fraction",
    "planned_beds_taken",
    "demand_beds_no_delay",
    "los_days",
    "referrals_per_day",
    "admissions_per_day",
    "discharges_per_day",
)
"""Of all other measures less is better; of these neither less nor more is."""
OF_SYSTEM = ("units", "parts", "segments", "teams", "affecting", "avoiding")
"""Groups without the system: a measure given only of these has no headline."""
EXACT = 1e-9
"""An interval narrower than this part of a difference is rounding error: the difference is the same every time."""


@dataclass(frozen=True)
class Figure:
    """A number of the headline's period, of all planned beds together."""

    measure: str
    statistic: str = "mean"

    @property
    def name(self) -> str:
        """The name by which `--by` knows it."""
        return self.measure if self.statistic == "mean" else f"{self.measure}:{self.statistic}"

    @property
    def percent(self) -> int:
        """Of a percentile, which; 0 of a mean."""
        return 0 if self.statistic == "mean" else int(self.statistic[1:])

    @property
    def words(self) -> str:
        """What it is, for a heading."""
        return HEADLINE.get(self, self.measure)

    @property
    def scale(self) -> float:
        """What a difference is multiplied with before it is shown: fractions are percentage points."""
        return 100.0 if MEASURES[self.measure].unit == "fraction" else 1.0

    @property
    def unit(self) -> str:
        """The unit of a difference that is shown."""
        return "percentage points" if self.scale == 100 else MEASURES[self.measure].unit


HEADLINE: dict[Figure, str] = {
    Figure("overflow"): "people without a planned bed at midnight",
    Figure("overflow", "p95"): "people without one, on 19 days in 20 at most",
    Figure("overflow_days_fraction"): "days with somebody without a planned bed",
    Figure("p_wait"): "share of people who wait",
    Figure("wait_days"): "mean wait, days",
    Figure("acute_bed_days_lost_per_day"): "acute beds lost to people who wait",
    Figure("delayed_fraction_of_occupied"): "share of bed-days of people ready to leave",
    Figure("out_of_area_fraction"): "share of admissions out of area",
    Figure("away_from_home_fraction"): "share of people placed outside their home area",
    Figure("travel_minutes"): "minutes from home, one way",
    Figure("demand_beds", "p95"): "beds enough on 95% of days",
    Figure("demand_above_beds_fraction"): "days on which demand is above the beds",
}
"""The figures of the headline, with what they are."""
TRAVEL = ("travel_minutes", "away_from_home_fraction")
"""Who travels further: given of each home locality too."""
GAINS = ("p_wait", "wait_days")
"""Who gains: given of each segment of the population too."""


def figure_named(text: str) -> Figure:
    """Return the figure that `--by` names: a measure, or one with its percentile, such as `overflow:p95`.

    Parameters
    ----------
    text
        As it was typed.

    Returns
    -------
    Figure
        Of which less is better.

    Raises
    ------
    BedsimError
        If there is no such measure, or neither less nor more of it is better.

    Examples
    --------
    >>> figure_named("overflow:p95")
    Figure(measure='overflow', statistic='p95')
    """
    measure, mark, statistic = text.strip().partition(":")
    figure = Figure(measure, statistic if mark else "mean")
    percentiles = [one.name for one in HEADLINE if one.percent]
    if measure not in MEASURES:
        known = [name for name in MEASURES if name not in NEITHER]
        remedy = nearest(measure, known) or "overflow_days_fraction"
        raise BedsimError(f"--by must name a measure, but there is no {measure[:60]!r}. Try --by {remedy}.")
    if measure in NEITHER:
        raise BedsimError(
            f"--by must name a measure of which less is better, but neither less nor more {measure} is. "
            "Try --by overflow_days_fraction."
        )
    if figure.statistic != "mean" and figure not in HEADLINE:
        raise BedsimError(
            f"--by must name a measure, or one of {', '.join(percentiles)}, but is {text[:60]!r}. Try --by {measure}."
        )
    if all(group in OF_SYSTEM for group in MEASURES[measure].groups):
        raise BedsimError(f"{measure} is not known of all planned beds together. Try --by overflow_days_fraction.")
    return figure


def as_difference(value: float, low: float | None, high: float | None, scale: float = 1.0) -> tuple[str, str]:
    """Return a difference and its interval as text, with the digits that the interval bears.

    An end that is not zero of an interval without zero is not shown as zero: the row has as many digits as that takes.

    >>> as_difference(-3.1416, -3.4, -2.8), as_difference(0.0312, 0.0299, 0.0325, 100)
    (('-3.1', '-3.4 to -2.8'), ('+3.1', '+3.0 to +3.2'))
    >>> as_difference(-0.02, -0.6, 0.56), as_difference(-0.32, -0.6, -0.04)
    (('0.0', '-0.6 to +0.6'), ('-0.32', '-0.60 to -0.04'))
    """
    value = value * scale
    if low is None or high is None or not math.isfinite(high - low):
        return f"{value:+.3g}" if value else "0", "-"
    low, high = low * scale, high * scale
    if high - low <= EXACT * abs(value):
        return f"{round(value, _places_of(value, 3)):+g}" if value else "0", "exact"
    places = decimals_of((high - low) / 2)
    if low > 0 or high < 0:
        places = _places_of(min(low, high, key=abs), places)
    shown = [_signed(number, places) for number in (value, low, high)]
    return shown[0], f"{shown[1]} to {shown[2]}"


def _places_of(value: float, places: int) -> int:
    """Return so many decimals, or more if it takes more to tell a value from zero."""
    return places if round(value, places) or not value else -math.floor(math.log10(abs(value)))


def _signed(value: float, places: int) -> str:
    """Return a rounded number with its sign; zero has none."""
    rounded = round(value, places)
    return f"{rounded:+.{places}f}" if rounded else f"{0:.{places}f}"


def decimals_of(half_width: float) -> int:
    """Return how many decimals a half-width bears, up to 3.

    >>> decimals_of(0.31), decimals_of(12.0)
    (1, 0)
    """
    return min(3, max(0, -math.floor(math.log10(half_width))))
