"""Paired percentiles: what each group of replications says of a percentile of all days together.

Why: a percentile is that of the days of all replications together, so no replication has one of its own to be paired
with another option's. The jackknife gives one: as much as the percentile of all moves when a group is left out (Tukey's
pseudo-values). They average to the percentile, differ between options group by group as the same people make them, and
go into the same intervals and resamples as means do. Percentiles have fractions of a person, and move smoothly with
each group, as the jackknife needs: between two whole numbers the share's normal score is taken to rise evenly. Were it
the share itself, the percentile would turn sharply at whole numbers, and intervals of close options would miss.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy.special import ndtri

from bedsim.measures.reading import Reader
from bedsim.measures.totals import Totals
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.workers import T, Task, Workers
    from bedsim.measures.yardstick import Yardstick

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_GROUPS = 50
"""Up to so many replications each is a group of its own. Fifty leave t at 2.01 instead of 1.96."""
_SLIP = 1e-12
"""A share that is exactly the percentage reaches it, although it is a float."""


@dataclass(frozen=True)
class Counting:
    """Workers that also count the days of each group of replications; the groups depend on their number alone."""

    crew: Workers
    n_replications: int
    yardsticks: dict[str, Yardstick]
    """By option."""
    measures: tuple[str, ...]
    """What is counted, of the system in the period of the headline."""
    counted: dict[tuple[str, str], dict[int, Ints]] = field(default_factory=dict)
    """By option and measure, then by the first replication of the group: how many days had 0, 1, 2, ..."""

    def finished(self, task: Task[T], parts: Iterable[range]) -> Generator[T, None, None]:
        """Yield what comes of each group, counting it on the way; one call for all replications."""
        assert sum(map(len, parts)) == self.n_replications, "replications are simulated all at once"
        for outcome in self.crew.finished(task, groups_of(self.n_replications)):
            for name, totals in cast("dict[str, object]", outcome).items():
                if isinstance(totals, Totals):  # and not who is stuck
                    self._count(name, totals)
            yield outcome

    def _count(self, name: str, totals: Totals) -> None:
        reader = Reader(self.yardsticks[name], totals)
        for measure in self.measures:
            key = (SYSTEM, measure, self.yardsticks[name].calendar.headline)
            if key in reader.histogram_keys(measure):
                self.counted.setdefault((name, measure), {})[int(totals.replications[0])] = reader.counts(*key)

    def counts(self, name: str, measure: str) -> Ints | None:
        """Return a row a group, in the order of their replications; None if nothing was counted."""
        groups = self.counted.get((name, measure), {})
        if not groups:
            return None
        table = np.zeros((len(groups), max(map(len, groups.values()))), dtype=np.int64)
        for row, first in zip(table, sorted(groups), strict=True):
            row[: len(groups[first])] = groups[first]
        return table


def groups_of(n_replications: int) -> list[range]:
    """Return the replications in groups whose sizes differ by 1 at most.

    >>> groups_of(3), len(groups_of(200)), {len(group) for group in groups_of(203)}
    ([range(0, 1), range(1, 2), range(2, 3)], 50, {4, 5})
    """
    n = min(n_replications, MOST_GROUPS)
    edges = [n_replications * i // n for i in range(n + 1)]
    return [range(*ends) for ends in pairwise(edges)]


def smooth_percentiles(counts: Ints, percent: float) -> Floats:
    """Return the percentile of each histogram, with fractions of a person.

    Between two whole numbers the normal score of the share rises evenly; the share itself where one of them is 0 or 1.
    The smallest whole number at or above it is the percentile that runs report.

    Ten days, of which 2 with nobody, 6 with one person and 2 with two:

    >>> smooth_percentiles(np.array([[2, 6, 2]]), 50).round(6).tolist()
    [0.5]
    """
    share = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
    at = np.argmax(share >= percent / 100 - _SLIP, axis=1)
    rows = np.arange(len(counts))
    below, here = np.where(at > 0, share[rows, np.maximum(at - 1, 0)], 0.0), share[rows, at]
    wanted = np.full(len(counts), percent / 100)
    is_inner = (below > 0) & (here < 1)
    ends = [np.where(is_inner, ndtri(one), one) for one in (below, here, wanted)]
    return np.asarray(np.maximum(at - 1 + (ends[2] - ends[0]) / (ends[1] - ends[0]), 0.0))


def by_group(counts: Ints, percent: float) -> Floats:
    """Return one value a group, of which the mean is the percentile of all groups together (jackknife).

    Parameters
    ----------
    counts
        (n_groups, width)
    percent
        Above 0.

    Returns
    -------
    Floats
        (n_groups,)
    """
    n, together = len(counts), counts.sum(axis=0)
    percentile = smooth_percentiles(together[np.newaxis], percent)[0]
    if n == 1:
        return np.array([percentile])
    without = smooth_percentiles(together - counts, percent)
    return np.asarray(percentile + (n - 1) * (without.mean() - without))
