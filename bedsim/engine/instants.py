"""The compiled engine's loop over instants (model.md, section 6, rule 1).

An instant goes round until nothing is due: step A (what is due happens), step B (places are given), and at the end of
the instant step C (whoever must leave goes). Three short lists carry it: who has just begun to ask, or may ask at
another rung (`new`); whose `leave` or `then` rung is due (`gone`); which units have changed (`touched`).

People who wait are kept by class, that is by ladder and priority, in the order of asking. Unit rungs open after the
same time for everybody on a ladder, so if the first of a class cannot be placed, nobody of the class can.

What is due is kept in buckets of time, each put in order when its turn comes: whatever is taken out is the earliest,
so no heap is needed, and with as many buckets as rows an event costs the same however many there are.

It is one long function because what it changes at every step (counts, lists, the head of the queue) are plain
variables; what can be said of one row, unit or ladder is in `compiled_rules`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.engine.compiled_rules import (
    first_place,
    first_taker,
    fix_stay,
    join_class,
    open_rung_with,
    stop_waiting,
    timer_day,
    touch,
    touch_named,
)
from bedsim.engine.records import NONE
from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Records = NDArray[Any]

GO, TIMER, CLEANED = 0, 1, 2
"""What may be due: `what` is 3 x (row, or unit for CLEANED) + this."""
MOST_BUCKETS = 1 << 20


@jit
def run_instants(
    start_day: float,
    end_day: float,
    units: Records,
    stages: Records,
    ladders: Records,
    rungs: Records,
    rung_units: Ints,
    namings: Records,
    leave_days: Bools,
    timetable: Records,
    people: Records,
    rows: Records,
    classes: Records,
    events: Records,
) -> None:
    """Run from the start to the end, in `people` and `rows`; what is due at the end or later does not happen."""
    n_people, n_rows = len(people), len(rows)
    new, gone = np.empty(n_people, dtype=np.int64), np.empty(n_people, dtype=np.int64)
    asking, vacated = np.empty(n_people, dtype=np.int64), np.empty(n_people, dtype=np.int64)
    touched = np.empty(len(units), dtype=np.int64)
    n_new = n_gone = n_touched = n_classes = 0
    due_day, due_what, n_due = np.empty(3 * n_people), np.empty(3 * n_people, dtype=np.int64), 0
    n_buckets = min(max(n_rows, 1), MOST_BUCKETS)
    buckets = np.full(n_buckets, NONE, dtype=np.int64)
    buckets_per_day = n_buckets / (end_day - start_day) if end_day > start_day else 0.0
    bucket, first_event, spare_event, n_events = 0, NONE, NONE, 0
    i_person = i_entry = 0
    now = start_day
    while True:
        # The next instant: of a referral, a row of the timetable or an event, whose bucket is not later than theirs.
        next_day = people[i_person].referred_day if i_person < n_people else math.inf
        if i_entry < len(timetable):
            next_day = min(next_day, max(timetable[i_entry].day, start_day))
        last_bucket = min(int((min(next_day, end_day) - start_day) * buckets_per_day), n_buckets - 1)
        while first_event == NONE and bucket < last_bucket:
            bucket += 1
            event = buckets[bucket]
            while event != NONE:
                following = events[event].after
                first_event = in_order(events, first_event, event)
                event = following
        if first_event != NONE:
            next_day = min(next_day, events[first_event].day)
        n_asking = n_vacated = 0
        if n_gone > 0 and next_day > now:
            # Step C: all whose `leave` or `then` rung is due and who still wait go, together (rule 11).
            for i in range(n_gone):
                row = rows[gone[i]]
                if row.is_waiting:
                    stop_waiting(rows, classes, row)
                    row.left_day = now
                    if row.then_row != NONE:
                        asking[n_asking] = row.then_row
                        n_asking += 1
                    else:
                        person = people[row.patient]
                        person.outcome = row.exit_outcome
                        if person.held_row != NONE:
                            held = rows[person.held_row]
                            held.left_day = now
                            person.held_row = NONE
                            vacated[n_vacated] = held.unit
                            n_vacated += 1
            n_gone = 0
        elif next_day < end_day:
            now = next_day
        else:
            return
        # Step A: what is due happens, the timetable first; nobody is evicted (rules 1 and 10).
        while i_entry < len(timetable) and timetable[i_entry].day <= now:
            entry = timetable[i_entry]
            i_entry += 1
            unit = units[entry.unit]
            unit.places = entry.places
            unit.is_accepting = entry.is_accepting
            unit.free = unit.places - unit.taken
            n_touched = touch(unit, entry.unit, touched, n_touched)
        while i_person < n_people and people[i_person].referred_day <= now:
            asking[n_asking] = people[i_person].first_row
            n_asking += 1
            i_person += 1
        while first_event != NONE and events[first_event].day <= now:
            event = first_event
            first_event = events[event].after
            events[event].after = spare_event
            spare_event = event
            what, kind = events[event].what // 3, events[event].what % 3
            if kind == CLEANED:
                unit = units[what]
                unit.taken -= 1
                unit.free = unit.places - unit.taken
                n_touched = touch(unit, what, touched, n_touched)
            elif kind == TIMER:
                if rows[what].is_waiting:
                    new[n_new] = what
                    n_new += 1
            elif rows[what].next_row != NONE:
                asking[n_asking] = rows[what].next_row
                n_asking += 1
            else:
                row = rows[what]
                person = people[row.patient]
                person.outcome = row.outcome
                person.held_row = NONE
                row.left_day = now
                vacated[n_vacated] = row.unit
                n_vacated += 1
        for i in range(n_vacated):
            unit = units[vacated[i]]
            if unit.turnover_days > 0 and unit.places != math.inf:
                due_day[n_due], due_what[n_due] = now + unit.turnover_days, 3 * vacated[i] + CLEANED
                n_due += 1
            else:
                unit.taken -= 1
                unit.free = unit.places - unit.taken
                n_touched = touch(unit, vacated[i], touched, n_touched)
        for i in range(n_asking):
            new[n_new] = asking[i]
            n_new += 1
            row = rows[asking[i]]
            row.requested_day = now
            row.is_waiting = 1
            n_classes = join_class(rows, classes, ladders[row.ladder], n_classes, asking[i])
        # Step B: places are given until nobody who waits can be given one (rules 3 and 4).
        i_new, n_unplaced, last = 0, 0, NONE
        while True:
            taker, taken_unit, rung = NONE, NONE, NONE
            while i_new < n_new and taker == NONE:
                row = rows[new[i_new]]
                held_row = people[row.patient].held_row
                if held_row != NONE:
                    taken_unit = rows[held_row].unit
                    rung = open_rung_with(rungs, rung_units, ladders[row.ladder], row, taken_unit, now)
                if rung != NONE:
                    taker = new[i_new]
                else:
                    n_unplaced += 1
                    last = new[i_new]
                i_new += 1
            if taker == NONE and n_unplaced == 1 and n_touched == 0:
                # Nothing has changed but that one person asks: nobody else can be given a place.
                taker, n_unplaced = last, 0
            elif taker == NONE and n_unplaced > 0:
                for i in range(n_new):
                    row = rows[new[i]]
                    if row.is_waiting:
                        ladder = ladders[row.ladder]
                        n_touched = touch_named(units, rungs, rung_units, ladder, row, now, touched, n_touched)
                n_unplaced = 0
            if taker == NONE:
                taker, n_touched = first_taker(units, ladders, namings, rows, classes, touched, n_touched, now)
            if taker == NONE:
                break
            row = rows[taker]
            if rung == NONE:
                taken_unit, rung = first_place(units, rungs, rung_units, ladders[row.ladder], row, now)
                if rung == NONE:  # the one person who asks finds nothing
                    break
            stop_waiting(rows, classes, row)
            person = people[row.patient]
            moves = True
            if person.held_row != NONE:
                held = rows[person.held_row]
                held.left_day = now
                moves = held.unit != taken_unit
                if moves:
                    left = units[held.unit]
                    if left.turnover_days > 0 and left.places != math.inf:
                        due_day[n_due], due_what[n_due] = now + left.turnover_days, 3 * held.unit + CLEANED
                        n_due += 1
                    else:
                        left.taken -= 1
                        left.free = left.places - left.taken
                        n_touched = touch(left, held.unit, touched, n_touched)
            unit = units[taken_unit]
            if moves:
                unit.taken += 1
                unit.free = unit.places - unit.taken
            person.held_row = taker
            row.unit = taken_unit
            row.rung = rung
            row.admitted_day = now
            fix_stay(row, unit, stages[row.stage], leave_days)
            due_day[n_due], due_what[n_due] = row.go_day, 3 * taker + GO
            n_due += 1
        # Who still waits is looked at again when the next rung opens, or goes at the end of this instant.
        for i in range(n_new):
            row = rows[new[i]]
            if row.is_waiting:
                again_day = timer_day(rungs, ladders[row.ladder], row, now)
                if again_day <= now:
                    gone[n_gone] = new[i]
                    n_gone += 1
                else:
                    due_day[n_due], due_what[n_due] = again_day, 3 * new[i] + TIMER
                    n_due += 1
        n_new = 0
        for i in range(n_due):
            if due_day[i] < end_day:
                event = spare_event
                if event == NONE:
                    event = n_events
                    n_events += 1
                else:
                    spare_event = events[event].after
                events[event].day = due_day[i]
                events[event].what = due_what[i]
                own_bucket = min(int((due_day[i] - start_day) * buckets_per_day), n_buckets - 1)
                if own_bucket > bucket:
                    events[event].after = buckets[own_bucket]
                    buckets[own_bucket] = event
                else:
                    first_event = in_order(events, first_event, event)
        n_due = 0


@jit
def in_order(events: Records, first: int, event: int) -> int:
    """Put an event before the first that is not earlier, in a list that begins with `first`; return its new first."""
    day, following, before = events[event].day, first, NONE
    while following != NONE and events[following].day < day:
        before = following
        following = events[following].after
    events[event].after = following
    if before == NONE:
        return event
    events[before].after = event
    return first
