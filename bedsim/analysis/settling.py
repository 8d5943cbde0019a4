"""When a series that starts empty has settled: two rules of the simulation literature.

Why: theory says how long a caseload takes to fill, but not a waiting list. Both rules look at what was simulated:
MSER-5 cuts where the rest is known best, Welch's moving average where it has come close to its long-run mean. Either
gives nothing if it would cut in the second half of the series: then the series is too short, or never settles.

References
----------
White, K. P. (1997). An effective truncation heuristic for bias reduction in simulation output. Simulation 69(6),
323-334. Welch, P. D. (1983). The statistical analysis of simulation results. In The Computer Performance Modeling
Handbook (ed. S. S. Lavenberg), 268-328. Academic Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BATCH_DAYS = 5
"""MSER-5 works on means of five observations."""
WINDOW_DAYS = 35
"""Of the moving average: five weeks, so that no day of the week counts more than another."""
BAND_FRACTION = 0.02
"""How near the long-run mean is near, unless chance alone moves the average further."""
BAND_ERRORS = 4
"""Standard errors of the moving average that chance moves it by; in some dozens of independent looks seldom more."""


@dataclass(frozen=True)
class Welch:
    """What Welch's moving average says of a series."""

    mean: float
    """Over the second half."""
    band: float
    """How far from the mean the moving average may be."""
    day: int | None
    """From this day on it stays in the band; None if it still leaves it in the second half."""


def mser_5(series: Floats) -> int | None:
    """Return after how many observations MSER-5 truncates a series; None if that is in its second half.

    The standard error of the mean of what is left, as if batches were independent, is least there.

    >>> mser_5(np.append(np.zeros(20), np.tile([9.0, 11.0], 100)))
    20
    """
    n = len(series) // BATCH_DAYS
    batches = series[: n * BATCH_DAYS].reshape(n, BATCH_DAYS).mean(axis=1)
    squared_errors = [float(batches[d:].var()) / (n - d) for d in range(n)][: n - BATCH_DAYS]
    if not squared_errors:
        return None
    cut = int(np.argmin(squared_errors))
    return cut * BATCH_DAYS if cut <= n / 2 else None


def welch(by_replication: Floats) -> Welch:
    """Return from which day on the moving average over replications stays near its long-run mean.

    Parameters
    ----------
    by_replication
        (n_replications, n_days), at least two of each, and more days than the window has.

    Returns
    -------
    Welch
        Days count from the first of the series.
    """
    averages = np.array([_moving_average(series) for series in by_replication])
    n, n_days = averages.shape
    late = slice(n_days // 2, n_days)
    average, mean = averages.mean(axis=0), float(by_replication[:, late].mean())
    chance = float(averages[:, late].std(axis=0, ddof=1).mean()) / np.sqrt(n)
    band = max(BAND_FRACTION * mean, BAND_ERRORS * chance)
    outside = np.flatnonzero(np.abs(average - mean) > band)
    day = int(outside[-1]) + 1 if len(outside) else 0
    return Welch(mean, band, day if day <= n_days // 2 else None)


def _moving_average(series: Floats) -> Floats:
    """Return the mean of the days around each day, fewer near the beginning; the last half a window is left off."""
    reach = WINDOW_DAYS // 2
    sums = np.append(0.0, np.cumsum(series))
    day = np.arange(len(series) - reach)
    side = np.minimum(day, reach)
    found: Floats = (sums[day + side + 1] - sums[day - side]) / (2 * side + 1)
    return found
