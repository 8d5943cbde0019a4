"""How exactly the number of beds must be known, and whether enough replications have been run for it.

Why: a planner asks for a precision, not for a number of replications. What is looked at is the number of beds that
would be enough on 95% of days, over the whole window, because that is what the verdict leads with. Looking again and
again until an interval happens to be short makes it cover a little less often than it says; so the first look is late
and the looks are few, and decision 28 says how often the interval then covers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import special

from bedsim.analysis.intervals import CONFIDENCE
from bedsim.errors import BedsimError
from bedsim.measures.calendar import ALL
from bedsim.measures.reading import Reader
from bedsim.measures.yardstick import yardstick_of
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint

FEWEST = 30
"""Replications before the first look."""
EVERY = 10
"""Replications from one look to the next."""
MOST = 5_000
"""Replications that are run at most, if no other number is stated."""
PERCENT = 95


@dataclass(frozen=True)
class Precision:
    """The half-width that the 95% interval of the beds enough on 95% of days may have at most."""

    half_width: float
    is_relative: bool = False
    """Of that number of beds, rather than in beds."""

    def __str__(self) -> str:
        return f"{100 * self.half_width:.6g}%" if self.is_relative else f"{self.half_width:.6g} beds"

    def is_reached(self, blueprint: Blueprint, totals: Totals) -> bool:
        """Say, of a number of replications at which there is a look, whether they are enough."""
        if len(totals) < FEWEST or len(totals) % EVERY:
            return False
        return self._is_exact(*beds_and_half_width(blueprint, totals))

    def sentence(self, blueprint: Blueprint, totals: Totals) -> str:
        """Say what was reached."""
        beds, half_width = beds_and_half_width(blueprint, totals)
        how = "as exact as" if self._is_exact(beds, half_width) else "less exact than"
        return (
            f"after {len(totals)} replications the beds enough on 95% of days are known to +- {half_width:.2g} (95% "
            f"interval of the simulation): {how} asked for ({self})."
        )

    def _is_exact(self, beds: float, half_width: float) -> bool:
        return half_width <= self.half_width * (beds if self.is_relative else 1.0)


def beds_and_half_width(blueprint: Blueprint, totals: Totals) -> tuple[float, float]:
    """Return the beds enough on 95% of days, with fractions of a bed, and half the width of their 95% interval."""
    share = Reader(yardstick_of(blueprint), totals).share(SYSTEM, "demand_beds", ALL)
    assert share is not None, "every run counts the demand for beds"
    beds, error = share.smooth_percentile(PERCENT)
    return max(beds, 0.0), float(special.stdtrit(len(totals) - 1, 0.5 + CONFIDENCE / 2)) * error


def precision_of(text: str) -> Precision:
    """Return a precision from what a user writes: beds, or a percentage of the number of beds.

    Parameters
    ----------
    text
        Such as `1.5` or `2%`.

    Returns
    -------
    Precision
        Above 0.

    Raises
    ------
    BedsimError
        If it is neither.

    Examples
    --------
    >>> precision_of("1.5"), str(precision_of("2%"))
    (Precision(half_width=1.5, is_relative=False), '2%')
    """
    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(%?)\s*", text, re.ASCII)
    if found is None or float(found[1]) == 0:
        raise BedsimError(
            f"--precision must be a number of beds or a percentage of them, above 0, but is {text!r}. "
            "Try --precision 1 or --precision 2%."
        )
    is_relative = found[2] == "%"
    return Precision(float(found[1]) / (100 if is_relative else 1), is_relative)
