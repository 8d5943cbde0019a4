"""The compiled engine's loop over instants (model.md, section 6, rule 1).

An instant goes round until nothing is due: step A (what is due happens), step B (places are given), and at the end of
the instant step C (whoever must leave goes). Four short lists carry it: who asks now (`asking`), or may ask at another
rung (`new`); whose `leave` or `then` rung is due (`gone`); which units have changed (`touched`). In most instants there
is but one of all these, and one person who asks, where nothing else has changed, is not put in a queue to be found.

People who wait are kept by class, that is by ladder and priority, in the order of asking. Unit rungs open after the
same time for everybody on a ladder, so if the first of a class cannot be placed, nobody of the class can.

It is one long function because what it changes at every step (counts, lists, the head of the queue) are plain
variables; what can be said of one row, unit or ladder is in `compiled_rules`, of what is due in `due`, and of people
who are in nobody's way in `alone`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.engine.alone import go_ahead
from bedsim.engine.compiled_rules import (
    count,
    first_taker,
    fix_stay,
    join_class,
    leave_class,
    leave_instant,
    look_for_place,
    open_rung_with,
    touch,
    touch_named,
)
from bedsim.engine.due import CLEANED, GO, MOST_BUCKETS, TIMER, bucket_of, in_order, look_ahead
from bedsim.engine.records import ANSWERED, INDEX, NONE, NUMBER, UNASKED, WAITING
from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.records import Inputs
    from bedsim.patients.network_arrays import NetworkArrays

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]
    Records = NDArray[Any]


@jit
def run_instants(
    net: NetworkArrays,
    inputs: Inputs,
    rows: Records,
    states: Bytes,
    outcomes: Ints,
    classes: Records,
    events: Records,
) -> None:
    """Run from the start to the end, in `rows`, `states` and `outcomes`; what is due then or later does not happen."""
    start_day, end_day, units, stages = net.start_day, net.end_day, net.units, net.stages
    ladders, rungs, rung_units, namings = net.ladders, net.rungs, net.rung_units, net.namings
    leave_days, timetable = net.leave_days, net.timetable
    n_people, n_rows = len(inputs.referred_day), len(rows)
    new, gone = np.empty(n_people, dtype=INDEX), np.empty(n_people, dtype=INDEX)
    asking, vacated = np.empty(n_people, dtype=INDEX), np.empty(n_people, dtype=INDEX)
    touched = np.empty(len(units), dtype=INDEX)
    n_new = n_gone = n_touched = n_classes = 0
    due_day, due_what, n_due = np.empty(3 * n_people), np.empty(3 * n_people, dtype=np.int64), 0
    n_buckets = min(max(n_rows, 1), MOST_BUCKETS)
    buckets = np.full(n_buckets, NONE, dtype=np.int32)
    buckets_per_day = n_buckets / (end_day - start_day) if end_day > start_day else 0.0
    bucket, first_event, spare_event, n_events = 0, NONE, NONE, 0
    i_person = i_entry = 0
    next_referral = inputs.referred_day[0] if n_people > 0 else math.inf
    next_entry = timetable[0].day if len(timetable) > 0 else math.inf
    now = start_day
    n_due = go_ahead(net, inputs, rows, states, outcomes, due_day, due_what)
    while True:
        for i in range(n_due):
            if due_day[i] < end_day:
                event = spare_event
                if event > NONE:
                    spare_event = events[event].after
                else:
                    event = n_events
                    n_events += 1
                made = events[INDEX(event)]
                made.day = due_day[i]
                made.what = due_what[i]
                own_bucket = bucket_of(due_day[i], start_day, buckets_per_day, n_buckets)
                if own_bucket > bucket:
                    made.after = buckets[INDEX(own_bucket)]
                    buckets[INDEX(own_bucket)] = event
                else:
                    first_event = in_order(events, first_event, event)
        n_due = 0
        while i_person < n_people and states[inputs.first_row[INDEX(i_person)]] != UNASKED:
            i_person += 1
            next_referral = inputs.referred_day[INDEX(i_person)] if i_person < n_people else math.inf
        # The next instant: of a referral, a row of the timetable or an event, whose bucket is not later than theirs.
        next_day = min(next_referral, max(next_entry, start_day))
        if first_event <= NONE:
            last_bucket = bucket_of(min(next_day, end_day), start_day, buckets_per_day, n_buckets)
            first_event, bucket, spare_event = look_ahead(events, buckets, states, bucket, last_bucket, spare_event)
        if first_event > NONE:
            next_day = min(next_day, events[first_event].day)
        n_asking = n_vacated = 0
        if n_gone > 0 and next_day > now:
            # Step C: all whose `leave` or `then` rung is due and who still wait go, together (rule 11).
            for i in range(n_gone):
                if states[gone[i]] == WAITING:
                    row, then = rows[gone[i]], inputs.then_row[gone[i]]
                    states[gone[i]] = ANSWERED
                    leave_class(rows, classes, row)
                    row.left_day = now
                    if then > NONE:
                        rows[then].held_row = row.held_row
                        asking[n_asking] = then
                        n_asking += 1
                    else:
                        outcomes[inputs.patient[gone[i]]] = inputs.exit_outcome[gone[i]]
                        if row.held_row > NONE:
                            held = rows[row.held_row]
                            held.left_day = now
                            vacated[n_vacated] = held.unit
                            n_vacated += 1
            n_gone = 0
        elif next_day < end_day:
            now = next_day
        else:
            return
        # Step A: what is due happens, the timetable first; nobody is evicted (rules 1 and 10).
        while next_entry <= now:
            entry = timetable[i_entry]
            unit = units[entry.unit]
            unit.places = entry.places
            unit.is_accepting = entry.is_accepting
            count(unit, 0)
            n_touched = touch(unit, entry.unit, touched, n_touched)
            i_entry += 1
            next_entry = timetable[i_entry].day if i_entry < len(timetable) else math.inf
        while i_person < n_people and next_referral <= now:
            first = inputs.first_row[INDEX(i_person)]
            if states[first] == UNASKED:
                rows[first].held_row = NONE
                asking[n_asking] = first
                n_asking += 1
            i_person += 1
            next_referral = inputs.referred_day[INDEX(i_person)] if i_person < n_people else math.inf
        while first_event > NONE and events[first_event].day <= now:
            event, happens = first_event, events[first_event]
            first_event = happens.after
            happens.after = spare_event
            spare_event = event
            what, kind = INDEX(happens.what >> 2), happens.what & 3
            if kind == CLEANED:
                unit = units[what]
                count(unit, -1)
                n_touched = touch(unit, what, touched, n_touched)
            elif kind == TIMER:
                if states[what] == WAITING:
                    new[n_new] = what
                    n_new += 1
            else:
                following = inputs.next_row[what]
                if following > NONE:
                    rows[following].held_row = what
                    asking[n_asking] = following
                    n_asking += 1
                else:
                    row = rows[what]
                    outcomes[inputs.patient[what]] = inputs.outcome[what]
                    row.left_day = now
                    vacated[n_vacated] = row.unit
                    n_vacated += 1
        for i in range(n_vacated):
            unit = units[vacated[i]]
            if unit.turnover_days > 0 and unit.places != math.inf:
                due_day[n_due], due_what[n_due] = now + unit.turnover_days, 4 * vacated[i] + CLEANED
                n_due += 1
            else:
                count(unit, -1)
                n_touched = touch(unit, vacated[i], touched, n_touched)
        for i in range(n_asking):
            row = rows[asking[i]]
            row.requested_day = now
            row.left_day = math.nan
            row.unit = NONE
            states[asking[i]] = ANSWERED
        # Step B: places are given until nobody who waits can be given one (rules 3 and 4).
        taker, taken_unit, rung = NONE, NONE, NONE
        i_new, n_unplaced = 0, 0
        if n_new + n_asking == 1 and n_touched == 0:
            # Nothing has changed but that one person asks, or may ask at a rung that opens now: nobody else can be
            # given a place, nor they on another rung.
            is_first_time = n_asking == 1
            one = asking[0] if is_first_time else new[0]
            row, ladder = rows[one], ladders[inputs.ladder[one]]
            if row.held_row > NONE:
                taken_unit = rows[row.held_row].unit
                rung = open_rung_with(rungs, rung_units, ladder, row.requested_day, taken_unit, now)
            if rung <= NONE:
                since = -math.inf if is_first_time else now
                taken_unit, rung, again_day = look_for_place(
                    units, rungs, rung_units, ladder, row.requested_day, since, now
                )
                again_day = min(again_day, row.requested_day + inputs.patience_days[one])
            if rung > NONE:
                taker = NUMBER(one)
            else:
                if is_first_time:
                    states[one] = WAITING
                    n_classes = join_class(rows, classes, ladder, inputs.priority[one], n_classes, one)
                if again_day <= now:
                    gone[n_gone] = one
                    n_gone += 1
                else:
                    due_day[n_due], due_what[n_due] = again_day, 4 * one + TIMER
                    n_due += 1
            n_new = 0
        else:
            for i in range(n_asking):
                new[n_new] = asking[i]
                n_new += 1
                states[asking[i]] = WAITING
                ladder = ladders[inputs.ladder[asking[i]]]
                n_classes = join_class(rows, classes, ladder, inputs.priority[asking[i]], n_classes, asking[i])
        while taker > NONE or n_touched > 0 or n_new > 0:
            while i_new < n_new and taker <= NONE:
                row = rows[new[i_new]]
                if row.held_row > NONE:
                    taken_unit = rows[row.held_row].unit
                    ladder = ladders[inputs.ladder[new[i_new]]]
                    rung = open_rung_with(rungs, rung_units, ladder, row.requested_day, taken_unit, now)
                if rung > NONE:
                    taker = NUMBER(new[i_new])
                else:
                    n_unplaced += 1
                i_new += 1
            if taker <= NONE and n_unplaced > 0:
                for i in range(n_new):
                    if states[new[i]] == WAITING:
                        ladder, requested = ladders[inputs.ladder[new[i]]], rows[new[i]].requested_day
                        n_touched = touch_named(units, rungs, rung_units, ladder, requested, now, touched, n_touched)
                n_unplaced = 0
            if taker <= NONE:
                best, rung, n_touched = first_taker(units, ladders, namings, classes, touched, n_touched, now)
                if best <= NONE:
                    break
                taker = classes[best].first
                if n_touched == 1:
                    taken_unit = NUMBER(touched[0])
                else:
                    ladder, requested = ladders[inputs.ladder[INDEX(taker)]], rows[INDEX(taker)].requested_day
                    taken_unit, rung, _ = look_for_place(units, rungs, rung_units, ladder, requested, -math.inf, now)
            row = rows[INDEX(taker)]
            if states[INDEX(taker)] == WAITING:
                states[INDEX(taker)] = ANSWERED
                leave_class(rows, classes, row)
            unit = units[INDEX(taken_unit)]
            moves = True
            if row.held_row > NONE:
                held = rows[row.held_row]
                held.left_day = now
                moves = held.unit != taken_unit
                if moves:
                    left = units[INDEX(held.unit)]
                    if left.turnover_days > 0 and left.places != math.inf:
                        due_day[n_due], due_what[n_due] = now + left.turnover_days, 4 * held.unit + CLEANED
                        n_due += 1
                    else:
                        count(left, -1)
                        n_touched = touch(left, held.unit, touched, n_touched)
            if moves:
                count(unit, 1)
            row.unit = taken_unit
            row.rung = rung
            row.admitted_day = now
            stage = stages[inputs.stage[INDEX(taker)]]
            fix_stay(row, unit, stage, inputs.needed_days[INDEX(taker)], inputs.transfer_days[INDEX(taker)])
            row.go_day = leave_instant(unit, leave_days, row.transfer_end_day)
            due_day[n_due], due_what[n_due] = row.go_day, 4 * taker + GO
            n_due += 1
            taker, rung = NONE, NONE
        # Who still waits is looked at again when the next rung opens, or goes at the end of this instant.
        for i in range(n_new):
            if states[new[i]] == WAITING:
                row = rows[new[i]]
                ladder, requested = ladders[inputs.ladder[new[i]]], row.requested_day
                _, _, again_day = look_for_place(units, rungs, rung_units, ladder, requested, math.inf, now)
                again_day = min(again_day, requested + inputs.patience_days[new[i]])
                if again_day <= now:
                    gone[n_gone] = new[i]
                    n_gone += 1
                else:
                    due_day[n_due], due_what[n_due] = again_day, 4 * new[i] + TIMER
                    n_due += 1
        n_new = 0
