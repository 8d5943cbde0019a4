"""Section 6 of the model, rule by rule, in compiled code: who may have which place, and until when.

Why: the loop in `instants` says when; each function here is a sentence of the specification. They are given records
where they can be, because compiled code counts the references of every array that it is given.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bedsim.engine.records import NONE
from bedsim.jit import jit
from bedsim.patients.network import END_OF_DAYS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Record = Any
    Records = NDArray[Any]


@jit
def touch(unit: Record, number: int, touched: Ints, n_touched: int) -> int:
    """Note that a unit may have a place for somebody who waits; return how many such units there are."""
    if unit.is_touched:
        return n_touched
    unit.is_touched = True
    touched[n_touched] = number
    return n_touched + 1


@jit
def join_class(rows: Records, classes: Records, ladder: Record, n_classes: int, number: int) -> int:
    """Put a row last in its class, which is made if it is new; return how many classes there are."""
    row = rows[number]
    own_class = ladder.first_class
    while own_class != NONE and classes[own_class].priority != row.priority:
        own_class = classes[own_class].following
    if own_class == NONE:
        own_class = n_classes
        n_classes += 1
        made = classes[own_class]
        made.priority = row.priority
        made.first = NONE
        made.last = NONE
        made.following = ladder.first_class
        ladder.first_class = own_class
    row.own_class = own_class
    members = classes[own_class]
    before, after = members.last, NONE
    # Only somebody who asked at this same instant, with a higher number, ranks behind.
    while before != NONE and rows[before].requested_day == row.requested_day and rows[before].patient > row.patient:
        after = before
        before = rows[before].before
    row.before = before
    row.after = after
    if before == NONE:
        members.first = number
    else:
        rows[before].after = number
    if after == NONE:
        members.last = number
    else:
        rows[after].before = number
    return n_classes


@jit
def stop_waiting(rows: Records, classes: Records, row: Record) -> None:
    """Take a row off the list of its class."""
    row.is_waiting = 0
    if row.before == NONE:
        classes[row.own_class].first = row.after
    else:
        rows[row.before].after = row.after
    if row.after == NONE:
        classes[row.own_class].last = row.before
    else:
        rows[row.after].before = row.before


@jit
def is_before(row: Record, other: Record) -> bool:
    """Say whether a row comes before another by rank (rule 4)."""
    if row.priority != other.priority:
        return bool(row.priority < other.priority)
    if row.requested_day != other.requested_day:
        return bool(row.requested_day < other.requested_day)
    return bool(row.patient < other.patient)


@jit
def open_rung_with(rungs: Records, rung_units: Ints, ladder: Record, row: Record, unit: int, now: float) -> int:
    """Return the position of the first open rung that names a unit, NONE if none does (rule 3)."""
    for j in range(ladder.first_rung, ladder.end_rung):
        if now >= row.requested_day + rungs[j].after_days:
            for k in range(rungs[j].first_unit, rungs[j].end_unit):
                if rung_units[k] == unit:
                    position: int = j - ladder.first_rung
                    return position
    return NONE


@jit
def fix_stay(row: Record, unit: Record, stage: Record, leave_days: Bools) -> None:
    """Fix, at admission, when the patient is ready, able to go and goes (rules 6 and 7), in the order of `rules`."""
    stay = row.needed_days * unit.stay_factor
    if stage.deconditioning_per_day > 0:
        lost = stage.deconditioning_per_day * (row.admitted_day - row.requested_day)
        stay = stay + min(lost, stage.deconditioning_most_days)
    row.ready_day = row.admitted_day + stay
    x = row.ready_day + row.transfer_days
    row.transfer_end_day = x
    row.go_day = x
    if unit.first_leave_day == unit.end_leave_day or x >= END_OF_DAYS:
        return
    day = math.floor(x)
    if is_leave_day(unit, leave_days, day):
        if math.isnan(unit.leave_hour):
            return
        row.go_day = day + unit.leave_hour / 24
        if row.go_day >= x:
            return
    day += 1
    while not is_leave_day(unit, leave_days, day):
        day += 1
    row.go_day = float(day) if math.isnan(unit.leave_hour) else day + unit.leave_hour / 24


@jit
def is_leave_day(unit: Record, leave_days: Bools, day: int) -> bool:
    """Say whether people may leave a unit on a day."""
    n = unit.end_leave_day - unit.first_leave_day
    i = day - unit.leave_first_day
    if i >= n:
        i = n - 7 + (i - n) % 7
    return bool(leave_days[unit.first_leave_day + i])


@jit
def first_place(
    units: Records, rungs: Records, rung_units: Ints, ladder: Record, row: Record, now: float
) -> tuple[int, int]:
    """Return the first unit with a place in a patient's own list, and the rung's position; NONE if there is none."""
    for j in range(ladder.first_rung, ladder.end_rung):
        if now >= row.requested_day + rungs[j].after_days:
            for k in range(rungs[j].first_unit, rungs[j].end_unit):
                unit = units[rung_units[k]]
                if unit.is_accepting and unit.free > rungs[j].keep_free:
                    return rung_units[k], j - ladder.first_rung
    return NONE, NONE


@jit
def touch_named(
    units: Records,
    rungs: Records,
    rung_units: Ints,
    ladder: Record,
    row: Record,
    now: float,
    touched: Ints,
    n_touched: int,
) -> int:
    """Touch every unit in which a patient could have a place; return how many units are touched."""
    for j in range(ladder.first_rung, ladder.end_rung):
        if now >= row.requested_day + rungs[j].after_days:
            for k in range(rungs[j].first_unit, rungs[j].end_unit):
                unit = units[rung_units[k]]
                if unit.is_accepting and unit.free > rungs[j].keep_free:
                    n_touched = touch(unit, rung_units[k], touched, n_touched)
    return n_touched


@jit
def first_taker(
    units: Records,
    ladders: Records,
    namings: Records,
    rows: Records,
    classes: Records,
    touched: Ints,
    n_touched: int,
    now: float,
) -> tuple[int, int]:
    """Return the row that is first by rank of all for whom a touched unit has a place, NONE if there is none.

    Units without a taker are touched no more; how many are left is returned too.
    """
    taker, i = NONE, 0
    while i < n_touched:
        unit = units[touched[i]]
        has_taker = False
        if unit.is_accepting and unit.free > 0:
            for j in range(unit.first_naming, unit.end_naming):
                if unit.free > namings[j].keep_free:
                    own_class = ladders[namings[j].ladder].first_class
                    while own_class != NONE:
                        candidate = classes[own_class].first
                        if candidate != NONE and now >= rows[candidate].requested_day + namings[j].after_days:
                            has_taker = True
                            if taker == NONE or is_before(rows[candidate], rows[taker]):
                                taker = candidate
                        own_class = classes[own_class].following
        if has_taker:
            i += 1
        else:
            unit.is_touched = False
            n_touched -= 1
            touched[i] = touched[n_touched]
    return taker, n_touched


@jit
def timer_day(rungs: Records, ladder: Record, row: Record, now: float) -> float:
    """Return when a patient's next unit rung opens, or the `leave` or `then` rung is due: the earlier."""
    earliest: float = row.requested_day + row.patience_days
    for j in range(ladder.first_rung, ladder.end_rung):
        opens = row.requested_day + rungs[j].after_days
        if now < opens < earliest:
            earliest = opens
    return earliest
