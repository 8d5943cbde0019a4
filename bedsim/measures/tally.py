"""One pass over a run's stays: everything that is counted or added up, compiled.

Why: thousands of replications are measured, so nothing is done per patient in Python. The rows of a person lie
together, in order of time, so one pass knows which place they hold while they ask for the next; what a row is - a
request for a planned bed, an admission, a stay put, a departure - is decided here once, and so alike for every number.

Everything of a unit is added up on the unit's own line and then on those of its kind and of the system, so that a
unit, a kind and the system never differ in definition.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.jit import jit
from bedsim.measures.counting import add_midnights, add_units, is_in_window, whole_hours, window_days
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

OCCUPIED, DELAYED, TRANSFER, LEAVE_TIME, NO_PLACE, ADMISSIONS, DISCHARGES = range(7)
N_WAITS, N_WAITED, WAIT_DAYS, N_STAYS, DELAY_DAYS, LOS_DAYS = range(7, 13)
N_SUMS = 13
"""Columns of `Tally.sums`. Bed-days of the window: occupied, by people ready to go, and the three parts of that; moves
in the window; waits, and stays that have ended, of people referred in it."""
N_UNFINISHED, N_UNFINISHED_WAITS, ACUTE_DAYS_LOST, N_ASKED, N_SENT_AWAY = range(5)
N_TOTALS = 5
"""Elements of `Tally.totals`. People referred in the window with no outcome at the end of the run, and waits of theirs
for a planned bed; bed-days of the window; admissions in it that asked for a planned bed, and those to out of area."""


class Rules(NamedTuple):
    """What the pass needs to know of the scenario; made once, by `yardstick`."""

    n_days: int
    """The window is [0, n_days)."""
    end_day: float
    """End of the run."""
    n_outcomes: int
    waits_in_acute: Bools
    """One a stream: are its people in an acute bed while they hold no place?"""
    is_acute: Bools
    """One a unit."""
    is_out_of_area: Bools
    lines: Ints
    """(n_units, 2) the lines of the unit's kind and of the system, NONE if it counts in none; a unit's own line bears
    its number."""


class People(NamedTuple):
    """The columns of `Patients`, and the outcomes, that the pass reads."""

    stream: Ints
    referred_day: Floats
    is_present: Bools
    """In a place at the first instant, and so never referred."""
    first_row: Ints
    asks_for_planned: Bools
    """One a row of a route: does its ladder name any planned rehabilitation bed?"""
    outcome: Ints


class Rows(NamedTuple):
    """The columns of `Stays` that the pass reads."""

    row: Ints
    patient: Ints
    unit: Ints
    requested_day: Floats
    admitted_day: Floats
    ready_day: Floats
    transfer_end_day: Floats
    go_day: Floats
    left_day: Floats


class Tally(NamedTuple):
    """What the pass finds; a line is a unit, a kind or the system."""

    sums: Floats
    """(n_lines, N_SUMS)"""
    totals: Floats
    """(N_TOTALS,)"""
    census: Ints
    """(n_lines, n_days + 1) changes, from midnight to midnight, of the people in a place."""
    delayed: Ints
    """The same of those of them who are ready to go."""
    waiting: Ints
    """(n_days + 1,) the same of people who ask for a planned bed."""
    wait_hours: Ints
    """One a row: the wait of an admission of somebody referred in the window, NONE for other rows."""
    delay_hours: Ints
    """One a row: the delay of a stay that has ended, of somebody referred in the window, NONE for other rows."""
    request_hours: Ints
    """The waits of requests for a planned bed by people referred in the window, wherever they ended: the system's
    `N_WAITS`, one after another; the rest is NONE."""
    referrals: Ints
    """(n_streams,) people referred in the window."""
    outcomes: Ints
    """(n_streams, n_outcomes) of people referred in the window."""
    first_places: Ints
    """(n_streams, n_units) units of the first admission of people referred in the window."""
    admissions: Ints
    """(n_streams, n_units) in the window, stays put excluded."""


def new_tally(rules: Rules, census: Ints, delayed: Ints, waiting: Ints, n_rows: int) -> Tally:
    """Return a tally of nothing, to count midnights into three arrays of zeros."""
    n_units, n_streams = len(rules.lines), len(rules.waits_in_acute)
    return Tally(
        sums=np.zeros((len(census), N_SUMS)),
        totals=np.zeros(N_TOTALS),
        census=census,
        delayed=delayed,
        waiting=waiting,
        wait_hours=np.full(n_rows, NONE),
        delay_hours=np.full(n_rows, NONE),
        request_hours=np.full(n_rows, NONE),
        referrals=np.zeros(n_streams, dtype=np.int64),
        outcomes=np.zeros((n_streams, rules.n_outcomes), dtype=np.int64),
        first_places=np.zeros((n_streams, n_units), dtype=np.int64),
        admissions=np.zeros((n_streams, n_units), dtype=np.int64),
    )


@jit
def tally_run(people: People, rows: Rows, rules: Rules, tally: Tally) -> None:
    """Add the run as the scenario gives it to a tally of nothing."""
    n_days, n_requests, n_waited, request_days = rules.n_days, 0, 0, 0.0
    sums, totals = tally.sums, tally.totals

    is_referred = np.zeros(len(people.stream), np.bool_)
    for person in range(len(people.stream)):
        if people.is_present[person] or not is_in_window(people.referred_day[person], n_days):
            continue
        is_referred[person] = True
        tally.referrals[people.stream[person]] += 1
        if people.outcome[person] == NONE:
            totals[N_UNFINISHED] += 1
        else:
            tally.outcomes[people.stream[person], people.outcome[person]] += 1

    held = NONE  # the row whose place the person has while asking: the last one before that was given a place
    for i in range(len(rows.row)):
        person, unit = rows.patient[i], rows.unit[i]
        if held != NONE and rows.patient[held] != person:
            held = NONE
        requested, admitted, left = rows.requested_day[i], rows.admitted_day[i], rows.left_day[i]
        is_placed = not math.isnan(admitted)
        if left < 0:
            continue  # over before the window, and so is the wait of whoever moved on from this place
        held_unit = NONE if held == NONE else rows.unit[held]
        stream, counts = people.stream[person], is_referred[person]
        left = math.inf if math.isnan(left) else left
        asked_until = admitted if is_placed else left
        wait_days = min(asked_until, rules.end_day) - requested

        asks = people.asks_for_planned[rows.row[i]]
        if asks:
            add_midnights(tally.waiting, requested, asked_until)
            if rules.waits_in_acute[stream] if held == NONE else rules.is_acute[held_unit]:
                totals[ACUTE_DAYS_LOST] += window_days(requested, asked_until, n_days)
            if counts:
                tally.request_hours[n_requests] = whole_hours(wait_days)
                request_days += wait_days
                n_requests += 1
                n_waited += wait_days > 0
                totals[N_UNFINISHED_WAITS] += math.isinf(asked_until)
        if not is_placed:
            continue

        ready, transfer_end, go = rows.ready_day[i], rows.transfer_end_day[i], rows.go_day[i]
        add_midnights(tally.census[unit], admitted, left)
        add_midnights(tally.delayed[unit], ready, left)
        sums[unit, OCCUPIED] += window_days(admitted, left, n_days)
        sums[unit, DELAYED] += window_days(ready, left, n_days)
        sums[unit, TRANSFER] += window_days(ready, transfer_end, n_days)
        sums[unit, LEAVE_TIME] += window_days(transfer_end, go, n_days)
        sums[unit, NO_PLACE] += window_days(go, left, n_days)
        if counts and left < math.inf:
            tally.delay_hours[i] = whole_hours(left - ready)
            sums[unit, N_STAYS] += 1
            sums[unit, DELAY_DAYS] += left - ready
            sums[unit, LOS_DAYS] += left - admitted
        if counts and held == NONE:
            tally.first_places[stream, unit] += 1
        if is_in_window(left, n_days):
            sums[unit, DISCHARGES] += 1
        if unit == held_unit:  # a stay put: no admission, and what was taken for a departure was none
            sums[unit, DISCHARGES] -= is_in_window(rows.left_day[held], n_days)
        elif not (people.is_present[person] and rows.row[i] == people.first_row[person]):
            if counts:
                tally.wait_hours[i] = whole_hours(wait_days)
                sums[unit, N_WAITS] += 1
                sums[unit, N_WAITED] += wait_days > 0
                sums[unit, WAIT_DAYS] += wait_days
            if is_in_window(admitted, n_days):
                tally.admissions[stream, unit] += 1
                sums[unit, ADMISSIONS] += 1
                totals[N_ASKED] += asks
                totals[N_SENT_AWAY] += asks and rules.is_out_of_area[unit]
        held = i

    add_units(sums, rules.lines)
    add_units(tally.census, rules.lines)
    add_units(tally.delayed, rules.lines)
    # Of the system, waits are those of every request for a planned bed, and not of the admissions to planned beds.
    sums[-1, N_WAITS], sums[-1, N_WAITED], sums[-1, WAIT_DAYS] = n_requests, n_waited, request_days
