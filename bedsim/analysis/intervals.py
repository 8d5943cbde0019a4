"""Means over replications with their intervals.

Why: intervals come from replications only, and everything that gives a mean gives the same one. A replication in which
nothing was observed (NaN) is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.memory import let_go

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
NUMBERS_AT_ONCE = 200_000
"""More than these, 1.6 MB, are not read at once."""
Interval = tuple[float, float | None, float | None]
"""A mean and the two ends of its interval, None if there is none."""


def mean_and_interval(values: Floats) -> Interval:
    """Return the mean and the two-sided 95% Student t interval of independent values; NaN values are left out.

    With fewer than two values there is no interval.

    >>> mean_and_interval(np.array([1.0, 2.0, 3.0]))[0]
    2.0
    """
    seen = values[~np.isnan(values)]
    n = len(seen)
    if n == 0:
        return float("nan"), None, None
    mean = float(seen.mean())
    if n == 1:
        return mean, None, None
    half_width = float(_t_quantile(n) * seen.std(ddof=1) / np.sqrt(n))
    return mean, mean - half_width, mean + half_width


def means_and_intervals(values: Floats) -> list[Interval]:
    """Return what `mean_and_interval` says of each column, (n_replications, n_columns), many of them at once."""
    found: list[Interval] = []
    at_once = max(1, NUMBERS_AT_ONCE // max(1, len(values)))
    for start in range(0, values.shape[1], at_once):
        found += _of_columns(np.ascontiguousarray(values[:, start : start + at_once].T))
        let_go(values)
    return found


def _of_columns(columns: Floats) -> list[Interval]:
    """Return the mean and interval of each row of this array: a column of the caller's, in one piece."""
    n = columns.shape[1]
    if n == 1:
        return [(value, None, None) for value in columns[:, 0].tolist()]
    is_whole = np.full(len(columns), n > 1) & ~np.isnan(columns).any(axis=1)
    found = {i: mean_and_interval(columns[i]) for i in np.flatnonzero(~is_whole).tolist()}
    if is_whole.any():
        whole = columns[is_whole]
        means = whole.mean(axis=1)
        half_widths = _t_quantile(n) * whole.std(axis=1, ddof=1) / np.sqrt(n)
        ends = ((means - half_widths).tolist(), (means + half_widths).tolist())
        found |= dict(zip(np.flatnonzero(is_whole).tolist(), zip(means.tolist(), *ends, strict=True), strict=True))
    return [found[i] for i in range(len(columns))]


def _t_quantile(n: int) -> float:
    """Return the 97.5% quantile of Student's t for n independent values."""
    return float(special.stdtrit(n - 1, 0.5 + CONFIDENCE / 2))
