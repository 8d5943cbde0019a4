"""A walk through the instants of a run, for the checks on it: who is in each unit, instant by instant.

Why: the checks need the census at every instant of every run, so it is compiled. Both functions take time in
proportion to the number of stays. They share nothing with the engines or the measures, which they help to check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SHORTEST_SLICE = 1e-9
"""Days; only a bound away from 0."""


@jit
def in_order(day: Floats) -> NDArray[np.uint32]:
    """Return the positions of finite days, from the earliest to the latest.

    The days are dealt to as many equal slices of time as there are days, and then put in order by insertion: few lie in
    one slice, but for those of one instant, which need no more work.

    >>> in_order(np.array([5.0, 1.0, 3.0, 1.0])).tolist()
    [1, 3, 2, 0]
    """
    n = len(day)
    order, slices, starts = np.empty(n, np.uint32), np.empty(n, np.uint32), np.zeros(n + 2, np.uint32)
    if n == 0:
        return order
    first = last = day[0]
    for i in range(n):
        first, last = min(first, day[i]), max(last, day[i])
    slices_per_day = 1 / max((last - first) / n, SHORTEST_SLICE)
    for i in range(n):
        slices[i] = int((day[i] - first) * slices_per_day)
        starts[slices[i] + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    for i in range(n):
        order[starts[slices[i]]] = i
        starts[slices[i]] += 1
    for i in range(1, n):
        moved, j = order[i], i
        while j > 0 and day[order[j - 1]] > day[moved]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = moved
    return order


@jit
def sweep(
    day: Floats,
    unit: Ints,
    n_ends: int,
    n_old: int,
    places: Floats,
    row_day: Floats,
    row_unit: Ints,
    row_places: Floats,
    first: float,
    last: float,
) -> tuple[int, Ints, Floats, Floats]:
    """Return the first admission that leaves a unit overfull, and what the walk found of each unit.

    Parameters
    ----------
    day
        One an event: the ends of stays, then the beginnings of those that go on in the same unit, then the others. That
        is their order within an instant, so that the last to come in sees everybody there after it. Finite.
    unit
        Likewise.
    n_ends
        Events that are ends.
    n_old
        Events that are no admissions of somebody who was not there.
    places
        One a unit, before the timetable.
    row_day
        One a row of the timetable, sorted, as are the next two.
    row_unit
        The unit it changes.
    row_places
        The places it gives it.
    first
        Beginning of the window.
    last
        End of the window.

    Returns
    -------
    tuple[int, Ints, Floats, Floats]
        The event, NONE if no unit is ever overfull; then, one a unit, the people in it and its places where the walk
        ends, and the integral of its census over the window.
    """
    places = places.copy()
    held, since, bed_days = np.zeros(len(places), np.int64), np.zeros(len(places)), np.zeros(len(places))
    row = 0
    for event in in_order(day):
        while row < len(row_day) and row_day[row] <= day[event]:
            places[row_unit[row]] = row_places[row]
            row += 1
        here, until = unit[event], min(max(day[event], first), last)
        bed_days[here] += held[here] * (until - since[here])
        since[here] = until
        held[here] += 1 if event >= n_ends else -1
        if held[here] > places[here] and event >= n_old:
            return event, held, places, bed_days
    for here in range(len(places)):
        bed_days[here] += held[here] * (last - since[here])
    return NONE, held, places, bed_days
