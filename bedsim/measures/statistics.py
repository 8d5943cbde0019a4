"""Statistics of whole numbers that merge: histograms, their weeks and percentiles.

Why: integer counts of replications can be added in any order and percentiles of the sum are exact, so an
answer does not depend on how the work was cut. Nothing here knows of patients or units.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
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

DAYS_A_WEEK = 7


def ratio(top: float, bottom: float) -> float:
    """Return top / bottom, NaN if nothing was observed, that is if bottom is 0."""
    return float(top) / float(bottom) if bottom else math.nan


def ratios(tops: Floats, bottoms: Floats) -> Floats:
    """Return tops / bottoms, NaN where a bottom is 0."""
    found: Floats = np.divide(tops, bottoms, out=np.full(tops.shape, math.nan), where=bottoms != 0)
    return found


def cut(counts: Ints, starts: Ints) -> list[Ints]:
    """Return the histograms that are laid end to end: each from its start up to the next."""
    return [counts[begin:end] for begin, end in pairwise(starts.tolist())]


def weekly_counts(values: Ints) -> Ints:
    """Return how many days of each whole week had 0, 1, 2, ...

    Parameters
    ----------
    values
        One whole number a day; days after the last whole week are left out, fewer than 7 days are one week.

    Returns
    -------
    Ints
        Shape (n_weeks, 1 + the largest value).

    Examples
    --------
    >>> weekly_counts(np.array([0, 0, 0, 0, 0, 0, 2, 1, 1, 1, 1, 1, 1, 1, 3])).tolist()
    [[6, 0, 1, 0], [0, 7, 0, 0]]
    """
    n_weeks, width = max(len(values) // DAYS_A_WEEK, 1), int(values.max()) + 1
    weeks = values[: n_weeks * DAYS_A_WEEK].reshape(n_weeks, -1)
    counts = np.bincount((weeks + width * np.arange(n_weeks)[:, np.newaxis]).ravel(), minlength=n_weeks * width)
    return counts.reshape(n_weeks, width)


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
