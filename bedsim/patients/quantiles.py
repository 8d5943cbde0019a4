"""The two quantile functions that most lengths are drawn by, compiled.

Why: a length in one pass over many people, without Python's lock. In NumPy each operation is a pass of its own, and
takes the lock back after it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@jit
def lognormal(z: Floats, mu: float, sigma: float) -> Floats:
    """Return exp(mu + sigma z) of standard normal deviates."""
    lengths = np.empty(len(z))
    for i in range(len(z)):
        lengths[i] = math.exp(mu + sigma * z[i])
    return lengths


@jit
def exponential(u: Floats, mean: float) -> Floats:
    """Return -log(1 - u) times the mean."""
    lengths = np.empty(len(u))
    for i in range(len(u)):
        lengths[i] = -math.log1p(-u[i]) * mean
    return lengths
