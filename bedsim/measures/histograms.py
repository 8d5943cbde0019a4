"""Histograms laid end to end: how often 0, 1, 2, ... were observed, of many lines at once.

Why: there are hundreds of them a replication, so that they are added, cut and kept as arrays, never one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from collections.abc import Iterable

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


class Sum:
    """Histograms being added up, each line as wide as the widest of it.

    Most replications are wider than all before them in some line, so lines get room to spare until the sum is read.
    """

    def __init__(self) -> None:
        self._held = _zeros(np.zeros(0, dtype=np.int64))
        self._widths: Ints | None = None

    def add(self, part: Histograms) -> None:
        """Add histograms of as many lines; they stay as they were."""
        if self._widths is None:
            self._widths, self._held = np.diff(part.starts), _roomy(np.diff(part.starts))
        assert len(part.starts) == len(self._held.starts), "histograms of two scenarios are merged"
        if not _fits(self._widths, self._held.starts, part.starts):
            wider = _roomy(self._widths)
            _add(wider.counts, wider.starts, self._held.counts, self._held.starts)
            self._held = wider
        _add(self._held.counts, self._held.starts, part.counts, part.starts)

    def histograms(self) -> Histograms:
        """Return the sum of what was added, at least one."""
        assert self._widths is not None, "nothing is merged"
        found = _zeros(self._widths)
        _cut(found.counts, found.starts, self._held.counts, self._held.starts)
        return found


_FEW = 4
"""A line that is made wider gets half of its width to spare, and these."""


def _roomy(widths: Ints) -> Histograms:
    return _zeros(widths + widths // 2 + _FEW)


def _zeros(widths: Ints) -> Histograms:
    starts = np.append(0, np.cumsum(widths))
    return Histograms(np.zeros(int(starts[-1]), dtype=np.int64), starts)


@jit
def _fits(widths: Ints, sum_starts: Ints, starts: Ints) -> bool:
    """Note the width of each line in `widths`, which keeps the largest; say whether there is room for all."""
    fits = True
    for line in range(len(widths)):
        width = starts[line + 1] - starts[line]
        widths[line] = max(widths[line], width)
        fits &= width <= sum_starts[line + 1] - sum_starts[line]
    return fits


@jit
def _cut(cut: Ints, cut_starts: Ints, counts: Ints, starts: Ints) -> None:
    """Copy what fits of each line."""
    for line in range(len(starts) - 1):
        for i in range(cut_starts[line + 1] - cut_starts[line]):
            cut[cut_starts[line] + i] = counts[starts[line] + i]


@jit
def _add(sums: Ints, sum_starts: Ints, counts: Ints, starts: Ints) -> None:
    """Add counts to sums, each line at least as wide."""
    for line in range(len(starts) - 1):
        begin = sum_starts[line]
        for i in range(starts[line + 1] - starts[line]):
            sums[begin + i] += counts[starts[line] + i]
