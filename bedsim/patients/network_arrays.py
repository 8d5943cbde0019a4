"""The network as arrays of records, as compiled code reads it.

Why: compiled code knows numbers and arrays, not objects. Lists of lists become one array: what belongs to a ladder, a
rung or a unit lies from its `first_...` up to its `end_...` in another. Records come with the state that an engine
keeps in them (taken, free, ...) at its value before the first instant; an engine works on a copy.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bedsim.patients.network import Network
    from bedsim.patients.timetable import Timetable

    Records = NDArray[Any]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

NONE = -1

UNIT = np.dtype(
    [
        ("places", "f8"),  # infinite if never full
        ("taken", "f8"),  # places held or being cleaned
        ("room", "f8"),  # places that are free, fewer than any rung keeps while nobody is accepted
        ("stay_factor", "f8"),
        ("turnover_days", "f8"),
        ("leave_hour", "f8"),  # NaN: at any hour of an allowed day
        ("leave_first_day", "i8"),
        ("first_leave_day", "i8"),  # into leave_days; none: people leave at any time
        ("end_leave_day", "i8"),
        ("first_naming", "u4"),
        ("end_naming", "u4"),
        ("is_accepting", "?"),
        ("is_never_short", "?"),  # unlimited, and accepts, whatever happens
        ("is_touched", "?"),  # it may have a place for somebody who waits
    ],
    align=True,
)
STAGE = np.dtype([("deconditioning_per_day", "f8"), ("deconditioning_most_days", "f8")])
LADDER = np.dtype(
    [
        ("first_rung", "u4"),
        ("end_rung", "u4"),
        ("first_class", "i4"),
        ("is_never_short", "?"),  # who asks has at once a place that nobody else can take
    ],
    align=True,
)
RUNG = np.dtype([("after_days", "f8"), ("keep_free", "f8"), ("first_unit", "u4"), ("end_unit", "u4")])
NAMING = np.dtype([("after_days", "f8"), ("keep_free", "f8"), ("ladder", "u4"), ("rung", "i4")])
ENTRY = np.dtype([("day", "f8"), ("unit", "i8"), ("places", "f8"), ("is_accepting", "?")], align=True)


class NetworkArrays(NamedTuple):
    """Everything an engine needs to know of a network, in the order of its units, ladders and timetable."""

    start_day: float
    end_day: float
    units: Records
    stages: Records
    ladders: Records
    rungs: Records
    """Of all ladders, laid end to end."""
    rung_units: Ints
    """Of all rungs, laid end to end."""
    namings: Records
    """For each unit, every rung that names it."""
    leave_days: Bools
    """For each unit with leave times, whether people may leave on a day; the last seven repeat for ever."""
    timetable: Records


def network_arrays(network: Network) -> NetworkArrays:
    """Return a network as arrays."""
    for rules in network.units:
        if rules.leave is not None:  # compiled code does not look whether a day is in the table
            assert rules.leave.first_day <= network.start_day, "the days on which people may leave begin after the run"
            assert len(rules.leave.allowed) >= 7, "the days on which people may leave are no whole week"
    rungs = [rung for ladder in network.ladders for rung in ladder]
    namings: list[list[tuple[float, int, int, int]]] = [[] for _ in network.units]
    for i, ladder in enumerate(network.ladders):
        for position, rung in enumerate(ladder):
            for unit in rung.units:
                namings[unit].append((rung.after_days, rung.keep_free, i, position))
    never_short = _never_short(network)
    leave_days = [() if unit.leave is None else unit.leave.allowed for unit in network.units]
    return NetworkArrays(
        start_day=network.start_day,
        end_day=network.end_day,
        units=_records(
            UNIT,
            (
                (
                    unit.places,
                    0.0,
                    unit.places,
                    unit.stay_factor,
                    unit.turnover_days,
                    math.nan if unit.leave is None or unit.leave.hour is None else unit.leave.hour,
                    0 if unit.leave is None else unit.leave.first_day,
                    *days,
                    *named,
                    True,
                    i in never_short,
                    False,
                )
                for i, (unit, days, named) in enumerate(
                    zip(network.units, _spans(leave_days), _spans(namings), strict=True)
                )
            ),
        ),
        stages=_records(STAGE, ((s.deconditioning_per_day, s.deconditioning_most_days) for s in network.stages)),
        ladders=_records(
            LADDER,
            (
                (*span, NONE, bool(ladder) and ladder[0].after_days <= 0 and ladder[0].units[0] in never_short)
                for ladder, span in zip(network.ladders, _spans(network.ladders), strict=True)
            ),
        ),
        rungs=_records(
            RUNG,
            (
                (rung.after_days, rung.keep_free, *span)
                for rung, span in zip(rungs, _spans([rung.units for rung in rungs]), strict=True)
            ),
        ),
        rung_units=np.array([unit for rung in rungs for unit in rung.units], dtype=np.int64),
        namings=_records(NAMING, (naming for of_unit in namings for naming in of_unit)),
        leave_days=np.array([day for days in leave_days for day in days], dtype=np.bool_),
        timetable=_entries(network.timetable),
    )


def _never_short(network: Network) -> set[int]:
    """Return the units that have places without number and accept people, from first to last."""
    rows = network.timetable
    limited = set(rows.unit[(rows.places != math.inf) | ~rows.accepting].tolist())
    return {i for i, unit in enumerate(network.units) if unit.places == math.inf} - limited


def _entries(timetable: Timetable) -> Records:
    entries = np.empty(len(timetable), dtype=ENTRY)
    entries["day"], entries["unit"] = timetable.day, timetable.unit
    entries["places"], entries["is_accepting"] = timetable.places, timetable.accepting
    return entries


def _records(dtype: np.dtype[Any], values: Iterable[tuple[Any, ...]]) -> Records:
    return np.array(list(values), dtype=dtype)


def _spans(lists: Sequence[Sequence[object]]) -> list[tuple[int, int]]:
    """Return from where to where each list reaches when they are laid end to end."""
    ends = list(accumulate(map(len, lists)))
    return list(zip([0, *ends], ends, strict=False))
