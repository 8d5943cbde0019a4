"""Numbers as people read them: rounded to what their interval bears.

Why: a mean printed to six digits claims a precision that the replications do not give.
"""

from __future__ import annotations

import math

from bedsim.measures.definitions import MEASURES

MOST_DECIMALS = 3
EXACT = 1e-9
"""An interval narrower than this part of the value is rounding error of a sum: the value is the same every time."""


def decimals(value: float, low: float | None, high: float | None) -> int:
    """Return how many decimals the interval bears: up to the first digit of its half-width.

    Fewer than none for tens or hundreds, as long as a digit of the value is left.

    An interval that there is not, as of a single replication, may also be NaN.

    >>> decimals(121.3456, 120.9, 121.8), decimals(0.7, None, None), decimals(193.2, 183.0, 203.4)
    (1, 1, -1)
    """
    if low is None or high is None or math.isnan(high - low) or high - low <= EXACT * abs(value):
        return 0 if float(value).is_integer() else 1
    places = -math.floor(math.log10((high - low) / 2))
    first_digit = -math.floor(math.log10(abs(value))) if value else 0
    return min(MOST_DECIMALS, max(places, min(0, first_digit)))


def _places(measure: str, value: float, low: float | None, high: float | None) -> int:
    """Return the decimals of a value as it is shown; tenths of a percent are enough from 1% on."""
    places = decimals(value, low, high)
    return min(places, 1) if is_fraction(measure) and abs(value) >= 1 else places


def shown(measure: str, value: float, low: float | None = None, high: float | None = None) -> str:
    """Return a value as text; fractions as percent.

    >>> shown("overflow_days_fraction", 0.7412, 0.72, 0.76), shown("midnight_census", 117.2, 116.9, 117.6)
    ('74%', '117.2')
    """
    if math.isnan(value):
        return "none"
    percent = is_fraction(measure)
    scale = 100 if percent else 1
    low, high = (None if end is None else end * scale for end in (low, high))
    places = _places(measure, value * scale, low, high)
    return f"{_rounded(value * scale, places)}{'%' if percent else ''}"


def shown_interval(measure: str, value: float, low: float | None, high: float | None) -> str:
    """Return the two ends of an interval as text, within what the measure can be; a dash where there is none.

    >>> shown_interval("p_wait", 0.251, 0.2451, 0.2569)
    '24.5% to 25.7%'
    """
    if low is None or high is None or math.isnan(value) or math.isnan(high - low):
        return "-"
    scale = 100 if is_fraction(measure) else 1
    places = _places(measure, value * scale, low * scale, high * scale)
    low, high = max(low, 0.0), min(high, 1.0) if is_fraction(measure) and value <= 1 else high
    sign = "%" if scale == 100 else ""
    return " to ".join(f"{_rounded(end * scale, places)}{sign}" for end in (low, high))


def is_fraction(measure: str) -> bool:
    """Say whether a measure is a fraction or a probability, which people read as percent."""
    return MEASURES[measure].unit == "fraction"


def _rounded(value: float, places: int) -> str:
    """Return a value rounded, without a negative zero."""
    return f"{round(value, places) + 0.0:.{max(places, 0)}f}"
