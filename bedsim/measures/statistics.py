"""Statistics of whole numbers that merge: histograms, their percentiles, and hours rounded up.

Why: integer counts of replications can be added in any order and percentiles of the sum are exact, so an
answer does not depend on how the work was cut. Nothing here knows of patients or units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Key = tuple[str, str]
"""Unit (or kind, or `system`) and measure."""

PERCENTILES = (5, 25, 50, 75, 80, 85, 90, 95, 98, 99)
"""Reported of every daily measure and of waits and delays."""
HOUR_TOLERANCE = 1e-6
"""Hours: a wait of two hours stays two although differences of float64 days miss it by some 1e-10."""


@dataclass(frozen=True)
class Numbers:
    """What one part of the measures hands over; `daily` has one whole number a midnight of the window."""

    means: dict[Key, float] = field(default_factory=dict)
    daily: dict[Key, Ints] = field(default_factory=dict)
    histograms: dict[Key, Ints] = field(default_factory=dict)


def ratio(top: float, bottom: float) -> float:
    """Return top / bottom, NaN if nothing was observed, that is if bottom is 0."""
    return float(top) / float(bottom) if bottom else math.nan


def whole_hours(days: Floats) -> Ints:
    """Return lengths in whole hours, rounded up; only a length of 0 is 0 hours.

    Parameters
    ----------
    days
        At least 0.

    Returns
    -------
    Ints
        Hours, of the same shape.

    Examples
    --------
    >>> whole_hours(np.array([0.0, 0.01, 2 / 24, 2.001 / 24])).tolist()
    [0, 1, 2, 3]
    """
    hours = np.ceil(days * 24.0 - HOUR_TOLERANCE).astype(np.int64)
    return np.maximum(hours, (days > 0).astype(np.int64))


def percentile(counts: Ints, percent: float) -> int:
    """Return the smallest integer whose cumulative share of a histogram reaches `percent`.

    Only integers are compared, so a share that is exactly `percent` reaches it.

    Parameters
    ----------
    counts
        How many observations were 0, 1, 2, ...; at least one observation.
    percent
        From 0 to 100; taken as the decimal number it prints as.

    Returns
    -------
    int
        A value that was observed, for `percent` above 0.

    Examples
    --------
    >>> percentile(np.array([1, 0, 9]), 10), percentile(np.array([1, 0, 9]), 10.1)
    (0, 2)
    """
    cumulative = np.cumsum(counts)
    assert len(counts), "a percentile of no observations was asked for"
    assert cumulative[-1] > 0, "a percentile of no observations was asked for"
    top, bottom = Fraction(str(percent)).as_integer_ratio()
    assert 0 <= top <= 100 * bottom, f"percent is {percent}"
    return int(np.searchsorted(cumulative * (100 * bottom), int(cumulative[-1]) * top, side="left"))


def p_delay_if_lost(counts: Ints, beds: int) -> float:
    """Return pmf(beds) / cdf(beds) of a histogram of the unlimited census.

    This is the published rule of Monks et al. 2016 (BMC Health Services Research 16:530): the share of people
    who find no bed if those who find none are LOST. It is never the share who wait, which is far larger: at a
    load of 121 on 132 beds it is 1 in 40, with waiting 1 in 4.

    Parameters
    ----------
    counts
        How many midnights had 0, 1, 2, ... people in unlimited beds.
    beds
        The number of beds, at least 0.

    Returns
    -------
    float
        From 0 to 1; NaN if no midnight had `beds` people or fewer.

    Examples
    --------
    >>> p_delay_if_lost(np.array([2, 1, 1, 5]), 2)
    0.25
    """
    assert beds >= 0, f"beds is {beds}"
    here = int(counts[beds]) if beds < len(counts) else 0
    return ratio(here, int(counts[: beds + 1].sum()))
