"""Numbers as people read them: rounded to what their interval bears.

Why: a mean printed to six digits claims a precision that the replications do not give.
"""

from __future__ import annotations

import math

from bedsim.measures.definitions import MEASURES

MOST_DECIMALS = 3


def decimals(value: float, low: float | None, high: float | None) -> int:
    """Return how many decimals the interval bears: up to the first digit of its half-width.

    >>> decimals(121.3456, 120.9, 121.8), decimals(0.7, None, None)
    (1, 1)
    """
    if low is None or high is None or high <= low:
        return 0 if float(value).is_integer() else 1
    return min(MOST_DECIMALS, max(0, -math.floor(math.log10((high - low) / 2))))


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
    places = decimals(value * scale, low, high)
    return f"{_positive_zero(round(value * scale, places)):.{places}f}{'%' if percent else ''}"


def shown_interval(measure: str, value: float, low: float | None, high: float | None) -> str:
    """Return the two ends of an interval as text, within what the measure can be; a dash where there is none.

    >>> shown_interval("p_wait", 0.251, 0.2451, 0.2569)
    '24.5% to 25.7%'
    """
    if low is None or high is None or math.isnan(value):
        return "-"
    low, high = max(low, 0.0), min(high, 1.0) if is_fraction(measure) else high
    scale = 100 if is_fraction(measure) else 1
    places = decimals(value * scale, low * scale, high * scale)
    sign = "%" if scale == 100 else ""
    ends = (f"{_positive_zero(round(end * scale, places)):.{places}f}{sign}" for end in (low, high))
    return " to ".join(ends)


def is_fraction(measure: str) -> bool:
    """Say whether a measure is a fraction or a probability, which people read as percent."""
    return MEASURES[measure].unit == "fraction"


def _positive_zero(value: float) -> float:
    return value + 0.0
