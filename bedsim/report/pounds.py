"""Pounds as people read them: millions where there are any, and one digit more than the interval bears.

Why: whoever reads amounts adds them up and subtracts them, which a rounding to the interval's first digit would spoil.
"""

from __future__ import annotations

import math

from bedsim.report.numbers import decimals

MILLION = 1e6
EXACT = 1e-9
"""An interval narrower than this part of the amount is rounding error: it is the same every time."""
DIGITS = 3
"""Of the ends of a range that is no simulation error."""


def as_pounds(value: float, low: float | None = None, high: float | None = None) -> str:
    """Return an amount as text.

    >>> as_pounds(21_800_091.4, 21_490_000.0, 22_110_000.0), as_pounds(12358.23, 12300.0, 12420.0), as_pounds(-308.0)
    ('£21.80 million', '£12,358', '-£308')
    """
    if math.isnan(value):
        return "none"
    scale, places = _scale_and_places(value, low, high)
    million = " million" if scale == MILLION else ""
    rounded = _rounded(abs(value) / scale, places)
    return f"{'-' if value < 0 and float(rounded.replace(',', '')) else ''}£{rounded}{million}"


def pounds_interval(value: float, low: float | None, high: float | None) -> str:
    """Return the ends of an interval as text; a dash where there is none.

    >>> pounds_interval(21_800_091.4, 21_490_000.0, 22_110_000.0), pounds_interval(5.0, None, None)
    ('21.49 to 22.11 million', '-')
    """
    if low is None or high is None or not math.isfinite(high - low):
        return "-"
    scale, places = _scale_and_places(value, low, high)
    million = " million" if scale == MILLION else ""
    return f"{_rounded(low / scale, places)} to {_rounded(high / scale, places)}{million}"


def pounds_span(low: float, high: float) -> str:
    """Return the ends of a range of inputs as text, three digits each.

    >>> pounds_span(19_830_000, 40_120_000), pounds_span(850, 12_345)
    ('19.8 to 40.1 million', '850 to 12,300')
    """
    scale = MILLION if high >= MILLION else 1.0
    ends = (_rounded(end / scale, DIGITS - 1 - _magnitude(end / scale)) for end in (low, high))
    return f"{' to '.join(ends)}{' million' if scale == MILLION else ''}"


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _scale_and_places(value: float, low: float | None, high: float | None) -> tuple[float, int]:
    """Return what an amount is divided by before it is shown, and its decimals."""
    scale = MILLION if abs(value) >= MILLION else 1.0
    if low is None or high is None or high - low <= EXACT * abs(value):
        return scale, 2 if scale == MILLION else 0
    places = 1 + decimals(value / scale, low / scale, high / scale)
    return scale, min(places, 3 if scale == MILLION else 0)


def _rounded(value: float, places: int) -> str:
    return f"{round(value, places) + 0.0:,.{max(places, 0)}f}"
