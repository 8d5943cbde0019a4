"""The tracks of one unit, read together: what they open and shut from instant to instant, and where that changes.

Why: a home with hours opens and shuts thousands of times, and closes by chance in each replication anew. So its tracks
are read once, side by side, by a compiled loop that notes nothing but changes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SLIP = 1e-9
"""A part that makes whole places does, although it is a float."""
PLACES, ACCEPTING, HOURS, GATE, INFECTION, SPOT = range(6)
"""The tracks, in their order."""


def changes(
    days: Floats, values: Floats, ends: Ints, span: tuple[float, float], written: float
) -> list[tuple[Floats, Floats, Bools]]:
    """Return what changes of a unit, and when.

    Parameters
    ----------
    days
        Of its tracks, as `Steps`, laid end to end: places and accepting as written, whether it admits people at this
        hour, whether it is suspended, the part that infection closes, places bought on the spot.
    values
        Likewise.
    ends
        Where each of the six tracks ends there.
    span
        The first instant, at which whatever held before counts as a change, and the end, before which all changes are.
    written
        The unit's places until then; people are accepted.

    Returns
    -------
    list[tuple[Floats, Floats, Bools]]
        Days, places and whether people are accepted, where any of it changes, as the engine reads it; then the same
        where places change alone: those open, those suspended and those closed.
    """
    day, places, accepting, n = _changes(days, values, ends, *span, written)
    found = [(day[i, : n[i]], places[i, : n[i]]) for i in range(len(n))]
    return [(*found[0], accepting[: n[0]]), *((*one, np.ones(len(one[0]), dtype=np.bool_)) for one in found[1:])]


@jit
def _changes(
    days: Floats, values: Floats, ends: Ints, start: float, end: float, written: float
) -> tuple[Floats, Floats, Bools, Ints]:
    day, places = np.empty((4, len(days))), np.empty((4, len(days)))
    accepting = np.empty(len(days), dtype=np.bool_)
    n = np.zeros(4, dtype=np.int64)
    now, following = np.empty(len(ends)), np.full(len(ends), -np.inf)
    at = np.append(0, ends[:-1]) - 1
    opened, accepts, suspended, closed = written, 1.0, 0.0, 0.0
    instant = start
    while instant < end:
        soonest = np.inf
        for track in range(len(ends)):
            while following[track] <= instant:
                at[track] += 1
                now[track] = values[at[track]]
                following[track] = days[at[track] + 1] if at[track] + 1 < ends[track] else np.inf
            soonest = min(soonest, following[track])
        before = opened, accepts, suspended, closed
        there, part = now[PLACES] + now[SPOT], now[INFECTION]
        is_suspended = now[GATE] > 0
        suspended = there if is_suspended else 0.0
        closed = np.ceil(there * part - SLIP) if not is_suspended and math.isfinite(there) else 0.0
        opened = 0.0 if is_suspended else there - closed
        accepts = now[ACCEPTING] * now[HOURS] if not is_suspended and part < 1 else 0.0
        accepting[n[0]] = accepts > 0
        _note(day, places, n, 0, instant, opened, opened != before[0] or accepts != before[1])
        _note(day, places, n, 1, instant, opened, opened != before[0])
        _note(day, places, n, 2, instant, suspended, suspended != before[2])
        _note(day, places, n, 3, instant, closed, closed != before[3])
        instant = soonest
    return day, places, accepting, n


@jit
def _note(day: Floats, places: Floats, n: Ints, what: int, instant: float, value: float, is_new: bool) -> None:
    day[what, n[what]], places[what, n[what]] = instant, value
    n[what] += is_new
