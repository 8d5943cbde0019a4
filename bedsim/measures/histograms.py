"""Histograms laid end to end: how often 0, 1, 2, ... were observed, of many lines at once.

Why: there are hundreds of them a replication, so that they are added, cut and kept as arrays, never one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Histograms:
    """Counts of whole numbers, line by line."""

    counts: Ints
    starts: Ints
    """(n_lines + 1,) where the counts of each line begin, and the end of the last."""

    def line(self, i: int) -> Ints:
        """Return the counts of one line."""
        return self.counts[self.starts[i] : self.starts[i + 1]]

    def together(self, lines: Iterable[int]) -> Ints:
        """Return the counts of some lines as if they were one.

        >>> Histograms(np.array([1, 2, 4]), np.array([0, 1, 3])).together([0, 1])
        array([3, 4])
        """
        found = [self.line(i) for i in lines]
        sums = np.zeros(max((len(counts) for counts in found), default=0), dtype=np.int64)
        for counts in found:
            sums[: len(counts)] += counts
        return sums


def added_up(parts: Sequence[Histograms]) -> Histograms:
    """Return the sum of some histograms, at least one, each line as wide as the widest of it; they stay as they were.

    Widths are known before anything is added, so that each number is added once, into an array that is made once.
    """
    assert parts, "nothing is merged"
    same = all(len(part.starts) == len(parts[0].starts) for part in parts)
    assert same, "histograms of two scenarios are merged"
    widths = np.diff([part.starts for part in parts], axis=1).max(axis=0)
    starts = np.append(0, np.cumsum(widths))
    counts = np.zeros(int(starts[-1]), dtype=np.int64)
    for part in parts:
        _add(counts, starts, part.counts, part.starts)
    return Histograms(counts, starts)


@jit
def _add(sums: Ints, sum_starts: Ints, counts: Ints, starts: Ints) -> None:
    """Add counts to sums, each line at least as wide."""
    for line in range(len(starts) - 1):
        added = counts[starts[line] : starts[line + 1]]
        into = sums[sum_starts[line] : sum_starts[line] + len(added)]
        for i in range(len(added)):
            into[i] += added[i]
