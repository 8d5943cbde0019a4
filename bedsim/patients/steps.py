"""Steps: a value that changes at instants, such as places, and holds in between.

Why: whatever opens and shuts places is a value through time, however it came about; tracks are put together by reading
all of them at the instants at which any of them changes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

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
        later = self.days > day
        return steps([day, *self.days[later]], [*self.at(np.array([day])), *self.values[later]], before)


def steps(days: list[float] | Floats, values: list[float] | Floats, before: float) -> Steps:
    """Return the value that is `before` until the first day, and then the values listed, each from its day on."""
    return Steps(np.array([-math.inf, *days]), np.array([before, *values], dtype=np.float64))


def covered(begins: Floats, ends: Floats, value: float) -> Steps:
    """Return the value inside any of some intervals, and 0 outside all of them.

    >>> covered(np.array([1.0, 2.0, 5.0]), np.array([3.0, 2.5, 6.0]), 0.5).days.tolist()
    [-inf, 1.0, 3.0, 5.0, 6.0]
    """
    order = np.argsort(begins)
    begins, until = begins[order], np.maximum.accumulate(ends[order])
    is_first = np.append(True, begins[1:] > until[:-1])[: len(begins)]
    is_last = np.append(is_first[1:], True)[: len(begins)]
    edges = np.column_stack((begins[is_first], until[is_last])).ravel()
    return steps(edges, np.tile([value, 0.0], len(edges) // 2), 0.0)
