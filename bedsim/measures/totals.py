"""Totals: what any set of replications says together, in a form that merges.

Why: thousands of replications are cut into chunks, done in any order on any number of workers, kept on disk and taken
up again. Histograms are whole numbers and add; of each replication one row of means, maxima and counts is kept, sorted
by its number, in a file if they are many. So the totals of a set of replications are the same bits however it was cut,
and memory does not grow with their number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.memory import let_go, new_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from bedsim.measures.replication import ReplicationMeasures
    from bedsim.measures.statistics import Key

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COUNTS = ("referrals", "admissions", "outcomes", "n_unfinished", "first_places")
"""Numbers of people and moves of a replication; what they are: `ReplicationMeasures`."""


@dataclass(frozen=True)
class Totals:
    """What a set of replications says; one scenario's, all with the same keys."""

    replications: Ints
    """(n,) their numbers, ascending."""
    mean_keys: tuple[Key, ...]
    means: Floats
    """(n, n_mean_keys); NaN where a replication observed nothing."""
    maximum_keys: tuple[Key, ...]
    maxima: NDArray[np.int32]
    """(n, n_maximum_keys) people."""
    counts: Mapping[str, NDArray[np.int32]]
    """By the names in `COUNTS`: those of each replication, along the first axis."""
    histograms: Mapping[Key, Ints]
    """Sums over the replications."""
    weekly: Mapping[Key, Ints]
    """Sums over the replications, shape (n_weeks, width)."""

    def __len__(self) -> int:
        """Return how many replications they are."""
        return len(self.replications)


def totals_of(one: ReplicationMeasures) -> Totals:
    """Return the totals of a single replication."""
    return Totals(
        replications=np.array([one.replication], dtype=np.int64),
        mean_keys=tuple(one.means),
        means=np.array([list(one.means.values())], dtype=np.float64),
        maximum_keys=tuple(one.maxima),
        maxima=np.array([list(one.maxima.values())], dtype=np.int32),
        counts={name: np.array(getattr(one, name), dtype=np.int32)[np.newaxis] for name in COUNTS},
        histograms=dict(one.histograms),
        weekly=dict(one.weekly),
    )


def merge(parts: Iterable[Totals], numbers: range) -> Totals:
    """Return the totals of all parts together; exact, whatever their order and their cut.

    Parameters
    ----------
    parts
        At least one, of the same scenario; no replication twice.
    numbers
        The replications there may be.

    Returns
    -------
    Totals
        Of the replications that the parts have.
    """
    sums = Sums(numbers)
    for part in parts:
        sums.add(part)
    totals = sums.totals()
    assert totals is not None, "nothing is merged"
    return totals


class Sums:
    """Totals being added up part by part, as chunks are finished.

    A row of a replication is written where it belongs, so that the rows are there once and need no sorting.
    """

    def __init__(self, numbers: range) -> None:
        self.is_in = np.zeros(len(numbers), dtype=np.bool_)
        """Which of the replications have been added."""
        self._numbers = numbers
        self._first: Totals | None = None
        self._rows: dict[str, NDArray[Any]] = {}
        self._histograms: dict[Key, Ints] = {}
        self._weekly: dict[Key, Ints] = {}

    def add(self, part: Totals) -> None:
        """Add a part."""
        if self._first is None:
            self._first = replace(part, histograms={}, weekly={})
        same = part.mean_keys == self._first.mean_keys and part.maximum_keys == self._first.maximum_keys
        assert same, "totals of two scenarios are merged"
        places = part.replications - self._numbers.start
        assert not self.is_in[places].any(), "a replication is merged twice"
        rows: dict[str, NDArray[Any]] = {"means": part.means, "maxima": part.maxima, **part.counts}
        for name, values in rows.items():
            if name not in self._rows:
                self._rows[name] = new_rows((len(self._numbers), *values.shape[1:]), values.dtype)
            self._rows[name][places] = values
            let_go(self._rows[name])
        for sums, of_part in ((self._histograms, part.histograms), (self._weekly, part.weekly)):
            for key, counts in of_part.items():
                _add(sums, key, counts)
        self.is_in[places] = True

    def totals(self) -> Totals | None:
        """Return what has been added up, None if nothing was; nothing is added afterwards."""
        if self._first is None:
            return None
        n = int(self.is_in.sum())
        chosen = slice(n) if self.is_in[:n].all() else self.is_in
        self._rows = {name: rows[chosen] for name, rows in self._rows.items()}
        return Totals(
            replications=np.flatnonzero(self.is_in) + self._numbers.start,
            mean_keys=self._first.mean_keys,
            means=self._rows["means"],
            maximum_keys=self._first.maximum_keys,
            maxima=self._rows["maxima"],
            counts={name: self._rows[name] for name in COUNTS},
            histograms=self._histograms,
            weekly=self._weekly,
        )


def _add(sums: dict[Key, Ints], key: Key, values: Ints) -> None:
    """Add counts to a sum of our own; of two arrays the one with fewer columns is as if filled up with zeros."""
    held = sums.get(key)
    if held is not None and held.shape[-1] >= values.shape[-1]:
        held[..., : values.shape[-1]] += values
        return
    sums[key] = values.copy()
    if held is not None:
        sums[key][..., : held.shape[-1]] += held
