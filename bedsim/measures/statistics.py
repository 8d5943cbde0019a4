"""Statistics of whole numbers that merge: histograms, their weeks and percentiles.

Why: integer counts of replications can be added in any order and percentiles of the sum are exact, so an
answer does not depend on how the work was cut. Nothing here knows of patients or units.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PERCENTILES = (5, 25, 50, 75, 80, 85, 90, 95, 98, 99)
"""Reported of every daily measure, of waits and delays, and of minutes on the way."""

DAYS_A_WEEK = 7


def ratio(top: float, bottom: float) -> float:
    """Return top / bottom, NaN if nothing was observed, that is if bottom is 0."""
    return float(top) / float(bottom) if bottom else math.nan


def ratios(tops: Floats, bottoms: Floats) -> Floats:
    """Return tops / bottoms, NaN where a bottom is 0."""
    found: Floats = np.divide(tops, bottoms, out=np.full(tops.shape, math.nan), where=bottoms != 0)
    return found


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


def percentiles(counts: Ints) -> list[int]:
    """Return the `PERCENTILES` of a histogram of at least one observation, each as `percentile` says.

    >>> percentiles(np.array([0, 5, 0, 5])) == [percentile(np.array([0, 5, 0, 5]), p) for p in PERCENTILES]
    True
    """
    cumulative = np.cumsum(counts)
    found: list[int] = np.searchsorted(cumulative * 100, cumulative[-1] * np.array(PERCENTILES), side="left").tolist()
    return found


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
