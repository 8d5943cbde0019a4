"""Section 6 of the model, rule by rule, in compiled code: who may have which place, and until when.

Why: the loop in `instants` says when; each function here is a sentence of the specification. They are given records
where they can be, because compiled code counts the references of every array that it is given.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bedsim.engine.records import INDEX, NONE, NUMBER
from bedsim.jit import jit
from bedsim.patients.network import END_OF_DAYS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Indexes = NDArray[np.uint64]
    Record = Any
    Records = NDArray[Any]


@jit
def count(unit: Record, change: float) -> None:
    """Count places as taken, or as taken no more; a unit that accepts nobody has less room than none (rule 5)."""
    unit.taken += change
    unit.room = unit.places - unit.taken if unit.is_accepting else -math.inf


@jit
def touch(unit: Record, number: int | np.uint64, touched: Indexes, n_touched: int) -> int:
    """Note that a unit may have a place for somebody who waits; return how many such units there are."""
    if unit.is_touched:
        return n_touched
    unit.is_touched = True
    touched[n_touched] = number
    return n_touched + 1


@jit
def join_class(rows: Records, classes: Records, ladder: Record, priority: int, n_classes: int, number: int) -> int:
    """Put a row last in its class, which is made if it is new; return how many classes there are."""
    row, own_class = rows[number], ladder.first_class
    while own_class > NONE and classes[own_class].priority != priority:
        own_class = classes[own_class].following
    if own_class <= NONE:
        own_class = n_classes
        n_classes += 1
        made = classes[INDEX(own_class)]
        made.priority = priority
        made.first = NONE
        made.last = NONE
        made.following = ladder.first_class
        ladder.first_class = own_class
    row.own_class = own_class
    members = classes[INDEX(own_class)]
    before, after = members.last, NONE
    # Only somebody who asked at this same instant, with a higher number, ranks behind; rows are numbered by person.
    while before > number and rows[before].requested_day == row.requested_day:
        after = before
        before = rows[before].before
    row.before = before
    row.after = after
    if before > NONE:
        rows[before].after = number
    else:
        members.first = number
        members.requested_day = row.requested_day
    if after > NONE:
        rows[after].before = number
    else:
        members.last = number
    return n_classes


@jit
def leave_class(rows: Records, classes: Records, row: Record) -> None:
    """Take a row off the list of its class."""
    members, before, after = classes[INDEX(row.own_class)], row.before, row.after
    if after > NONE:
        rows[after].before = before
    else:
        members.last = before
    if before > NONE:
        rows[before].after = after
    else:
        members.first = after
        members.requested_day = rows[after].requested_day if after > NONE else math.inf


@jit
def open_rung_with(rungs: Records, rung_units: Ints, ladder: Record, requested: float, unit: int, now: float) -> int:
    """Return the position of the first open rung that names a unit, NONE if none does (rule 3)."""
    for j in range(ladder.first_rung, ladder.end_rung):
        if now >= requested + rungs[j].after_days:
            for k in range(rungs[j].first_unit, rungs[j].end_unit):
                if rung_units[k] == unit:
                    position: int = NUMBER(j - ladder.first_rung)
                    return position
    return NONE


@jit
def look_for_place(
    units: Records,
    rungs: Records,
    rung_units: Ints,
    ladder: Record,
    requested: float,
    since: float,
    now: float,
) -> tuple[int, int, float]:
    """Return the first unit with a place in a patient's own list, and the rung's position; NONE if there is none.

    Only on rungs that have opened since; and if there is none, also when the next rung opens.
    """
    next_opens = math.inf
    for j in range(ladder.first_rung, ladder.end_rung):
        opens = requested + rungs[j].after_days
        if opens > now:
            next_opens = min(next_opens, opens)
        elif opens >= since:
            for k in range(rungs[j].first_unit, rungs[j].end_unit):
                unit = rung_units[k]
                if units[INDEX(unit)].room > rungs[j].keep_free:
                    return unit, NUMBER(j - ladder.first_rung), next_opens
    return NONE, NONE, next_opens


@jit
def touch_named(
    units: Records,
    rungs: Records,
    rung_units: Ints,
    ladder: Record,
    requested: float,
    now: float,
    touched: Indexes,
    n_touched: int,
) -> int:
    """Touch every unit in which a patient could have a place; return how many units are touched."""
    for j in range(ladder.first_rung, ladder.end_rung):
        if now >= requested + rungs[j].after_days:
            for k in range(rungs[j].first_unit, rungs[j].end_unit):
                unit = units[INDEX(rung_units[k])]
                if unit.room > rungs[j].keep_free:
                    n_touched = touch(unit, rung_units[k], touched, n_touched)
    return n_touched


@jit
def first_taker(
    units: Records,
    ladders: Records,
    namings: Records,
    classes: Records,
    touched: Indexes,
    n_touched: int,
    now: float,
) -> tuple[int, int, int]:
    """Return the row that is first by rank of all for whom a touched unit has a place, NONE if there is none.

    Also the position of the rung on which the unit is named, if only one is left; and how many are: units without a
    taker are touched no more.
    """
    best, rung, i = NONE, NONE, 0
    while i < n_touched:
        unit = units[touched[INDEX(i)]]
        has_taker = False
        if unit.room > 0:
            for j in range(unit.first_naming, unit.end_naming):
                if unit.room > namings[j].keep_free:
                    own_class = ladders[namings[j].ladder].first_class
                    while own_class > NONE:
                        members = classes[own_class]
                        if now >= members.requested_day + namings[j].after_days:
                            has_taker = True
                            if best <= NONE:
                                is_first = True
                            elif members.priority != classes[best].priority:
                                is_first = members.priority < classes[best].priority
                            elif members.requested_day != classes[best].requested_day:
                                is_first = members.requested_day < classes[best].requested_day
                            else:
                                is_first = members.first < classes[best].first
                            if is_first:
                                best = own_class
                                rung = namings[j].rung
                        own_class = members.following
        if has_taker:
            i += 1
        else:
            unit.is_touched = False
            n_touched -= 1
            touched[i] = touched[n_touched]
    return best, rung, n_touched


@jit
def fix_stay(row: Record, unit: Record, stage: Record, needed: float, transfer: float) -> None:
    """Fix, at admission, when the patient is ready and the transfer arranged (rule 6), in the order of `rules`."""
    stay = needed * unit.stay_factor
    if stage.deconditioning_per_day > 0:
        lost = stage.deconditioning_per_day * (row.admitted_day - row.requested_day)
        stay = stay + min(lost, stage.deconditioning_most_days)
    row.ready_day = row.admitted_day + stay
    row.transfer_end_day = row.ready_day + transfer


@jit
def leave_instant(unit: Record, leave_days: Bools, x: float) -> float:
    """Return the first instant from x on at which people may leave a unit (rule 7)."""
    if unit.first_leave_day == unit.end_leave_day or x >= END_OF_DAYS:
        return x
    day = math.floor(x)
    if is_leave_day(unit, leave_days, day):
        if math.isnan(unit.leave_hour):
            return x
        if day + unit.leave_hour / 24 >= x:
            return float(day + unit.leave_hour / 24)
    day += 1
    while not is_leave_day(unit, leave_days, day):
        day += 1
    return float(day) if math.isnan(unit.leave_hour) else float(day + unit.leave_hour / 24)


@jit
def is_leave_day(unit: Record, leave_days: Bools, day: int) -> bool:
    """Say whether people may leave a unit on a day."""
    n = unit.end_leave_day - unit.first_leave_day
    i = day - unit.leave_first_day
    if i >= n:
        i = n - 7 + (i - n) % 7
    return bool(leave_days[INDEX(unit.first_leave_day + i)])
