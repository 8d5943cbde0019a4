"""Who chooses what: choosing by a uniform among shares, which are cumulated in the order listed over [0, 1).

Why: homes, first stages and branches are each one of few, for many people: a compiled loop over them all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Choices:
    """What people of each kind choose among."""

    edges: Floats
    """Upper edges of the shares, without the last, then infinity; shape (kinds, most values of a kind - 1)."""
    values: Ints
    """Shape (kinds, most values of a kind), the last repeated."""

    @property
    def is_one_each(self) -> bool:
        """Say whether no kind has a choice, so that no uniform is needed."""
        return self.edges.size == 0

    def only(self, kind: Ints) -> Ints:
        """Return the only value of each person's kind."""
        only: Ints = self.values[kind, 0]
        return only

    def chosen(self, kind: Ints, u: Floats) -> Ints:
        """Return the value that each person of some kind chooses by their uniform."""
        return _chosen(self.edges, self.values, kind, u)


def choices_of(edges_and_values: Sequence[tuple[Floats, Ints]]) -> Choices:
    """Return the choices of people of several kinds, from upper edges without the last, and values."""
    most = max(len(values) for _, values in edges_and_values)
    edges = np.full((len(edges_and_values), most - 1), np.inf)
    values = np.empty((len(edges_and_values), most), dtype=np.int64)
    for kind, (its_edges, its_values) in enumerate(edges_and_values):
        edges[kind, : len(its_edges)] = its_edges
        values[kind] = [*its_values, *its_values[-1:].repeat(most - len(its_values))]
    return Choices(edges, values)


@jit
def branches(u: Floats, edges: Floats) -> tuple[Ints, Ints, Ints, Ints]:
    """Return each row's branch, the rows sorted by branch, where each branch starts there, and where each row is."""
    branch = np.empty(len(u), dtype=np.int64)
    starts = np.zeros(len(edges) + 2, dtype=np.int64)
    for i in range(len(u)):
        reached = 0
        for edge in edges:
            reached += u[i] >= edge
        branch[i] = reached
        starts[reached + 1] += 1
    free = np.zeros(len(edges) + 1, dtype=np.int64)
    for way in range(len(free)):
        free[way] = starts[way]
        starts[way + 1] += starts[way]
    rows, place = np.empty(len(u), dtype=np.int64), np.empty(len(u), dtype=np.int64)
    for i in range(len(u)):
        place[i] = free[branch[i]]
        rows[place[i]] = i
        free[branch[i]] += 1
    return branch, rows, starts, place


@jit
def by_day(edges: Floats, kind: Ints, instant: Floats, first: int, u: Floats) -> Ints:
    """Return which share each person's uniform falls in, by kind and day; shape of edges (kinds, days, shares - 1).

    The first of the days is `first`.
    """
    chosen = np.empty(len(u), dtype=np.int64)
    for i in range(len(u)):
        reached = 0
        for edge in edges[kind[i], math.floor(instant[i]) - first]:
            reached += u[i] >= edge
        chosen[i] = reached
    return chosen


@jit
def are_possible(days: Floats) -> bool:
    """Say whether all lengths are finite and at least 0."""
    possible = True
    for length in days:
        possible &= 0 <= length < np.inf
    return possible


@jit
def going(who: Ints, way: Ints, leads: Bools, first_row: int) -> tuple[Ints, Ints]:
    """Return the people whose way leads on, and their rows, the first of all being `first_row`; none without ways."""
    people, rows = np.empty(len(who), dtype=np.int64), np.empty(len(who), dtype=np.int64)
    n = 0
    for i in range(len(way)):
        people[n], rows[n] = who[i], first_row + i
        n += leads[way[i]]
    return people[:n], rows[:n]


@jit
def _chosen(edges: Floats, values: Ints, kind: Ints, u: Floats) -> Ints:
    chosen = np.empty(len(u), dtype=np.int64)
    for i in range(len(u)):
        reached = 0
        for edge in edges[kind[i]]:
            reached += u[i] >= edge
        chosen[i] = values[kind[i], reached]
    return chosen
