"""Timetables: the dated changes of units, as columns.

Why: a home that admits on weekdays opens and shuts for years, and closes by chance in each replication anew. So
thousands of rows are put together and read as arrays, and one by one only by whoever wants to read them so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.patients.steps import Steps, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class TimetableEntry(NamedTuple):
    """At `day` the unit has these places and accepts or not; both are always said."""

    day: float
    unit: int
    places: float
    accepting: bool


@dataclass(frozen=True, eq=False)
class Timetable:
    """Changes of units, sorted by day and unit; one a unit and instant."""

    day: Floats
    unit: Ints
    places: Floats
    accepting: Bools

    def __len__(self) -> int:
        """Return how many changes there are."""
        return len(self.day)

    def __iter__(self) -> Iterator[TimetableEntry]:
        """Yield one after another."""
        columns = self.day.tolist(), self.unit.tolist(), self.places.tolist(), self.accepting.tolist()
        return map(TimetableEntry, *columns)

    def __eq__(self, other: object) -> bool:
        """Say whether all changes are the same."""
        return isinstance(other, Timetable) and len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Return the same of equal ones."""
        return hash(tuple(self))

    def only(self, chosen: Bools) -> Timetable:
        """Return the chosen changes."""
        return Timetable(self.day[chosen], self.unit[chosen], self.places[chosen], self.accepting[chosen])

    def with_places(self, places: Floats) -> Timetable:
        """Return the same changes to other numbers of places, one a change."""
        return replace(self, places=places)

    def places_of(self, unit: int, before: float) -> Steps:
        """Return a unit's places through time, which are `before` until the first change."""
        mine = self.unit == unit
        return steps(self.day[mine], self.places[mine], before)


def timetable_of(entries: Iterable[TimetableEntry]) -> Timetable:
    """Return changes in their order.

    >>> [entry.unit for entry in timetable_of([TimetableEntry(2.0, 1, 5.0, True), TimetableEntry(1.0, 0, 3.0, True)])]
    [0, 1]
    """
    columns = list(zip(*entries, strict=True)) or [(), (), (), ()]
    kinds = np.float64, np.int64, np.float64, np.bool_
    return merged([Timetable(*(np.array(one, dtype=kind) for one, kind in zip(columns, kinds, strict=True)))])


def merged(parts: Sequence[Timetable]) -> Timetable:
    """Return the changes of all parts, at least one, in one order; no unit is in two of them at the same instant."""
    day, unit = (np.concatenate([getattr(part, name) for part in parts]) for name in ("day", "unit"))
    places, accepting = (np.concatenate([getattr(part, name) for part in parts]) for name in ("places", "accepting"))
    order = np.lexsort((unit, day))
    return Timetable(day[order], unit[order], places[order], accepting[order])
