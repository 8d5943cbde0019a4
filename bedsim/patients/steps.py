"""Steps: a value that changes at instants, such as places, and holds in between.

Why: whatever opens and shuts places is a value through time, however it came about; tracks are put together by reading
all of them at the instants at which any of them changes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Steps(NamedTuple):
    """A value through time."""

    days: Floats
    """Ascending; the first is minus infinity."""
    values: Floats
    """Each holds from its day on, until the next."""

    def at(self, instants: Floats) -> Floats:
        """Return the value at each instant, changes at that very instant included.

        >>> steps([2.0], [1.0], before=7.0).at(np.array([1.0, 2.0, 3.0])).tolist()
        [7.0, 1.0, 1.0]
        """
        return self.values[np.searchsorted(self.days, instants, side="right") - 1]

    def since(self, day: float, before: float) -> Steps:
        """Return the same from a day on, and another value before it."""
        later = int(np.searchsorted(self.days, day, side="right"))
        days, values = self.days[later:], self.values[later - 1 :]
        return Steps(np.concatenate(([-math.inf, day], days)), np.concatenate(([before], values)))


def steps(days: list[float] | Floats, values: list[float] | Floats, before: float) -> Steps:
    """Return the value that is `before` until the first day, and then the values listed, each from its day on."""
    return Steps(np.array([-math.inf, *days]), np.array([before, *values], dtype=np.float64))


def covered(begins: Floats, ends: Floats, value: float) -> Steps:
    """Return the value inside any of some intervals, and 0 outside all of them.

    >>> covered(np.array([1.0, 2.0, 5.0]), np.array([3.0, 2.5, 6.0]), 0.5).days.tolist()
    [-inf, 1.0, 3.0, 5.0, 6.0]
    """
    order = np.argsort(begins)
    return Steps(*_covered(begins[order], ends[order], value))


@jit
def _covered(begins: Floats, ends: Floats, value: float) -> tuple[Floats, Floats]:
    """Return days and values of intervals that are in the order in which they begin."""
    days, values = np.zeros(2 * len(begins) + 1), np.zeros(2 * len(begins) + 1)
    days[0] = -np.inf
    n = 0
    for i in range(len(begins)):
        if n == 0 or begins[i] > days[n]:
            days[n + 1], values[n + 1], days[n + 2] = begins[i], value, ends[i]
            n += 2
        else:
            days[n] = max(days[n], ends[i])
    return days[: n + 1], values[: n + 1]
