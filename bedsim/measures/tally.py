"""One pass over a run's stays: everything that is counted or added up, compiled.

Why: thousands of replications are measured, so nothing is done per patient in Python. The rows of a person lie
together, in order of time, so one pass knows which place they hold while they ask for the next; what a row is - a
request for a planned bed, an admission, a stay put, a departure - is decided here once, and so alike for every number.

Time goes to the month in which it passes, moves to the month of the move, and people to the month of their referral.
Everything of a unit stands on the unit's own line, everything of a person on that of their route and home; kinds, the
system and homes are sums of these, so that they never differ in definition.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.jit import jit
from bedsim.measures.counting import add_midnights, add_units, month_at, whole_hours
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

UNIT_DAYS = ("occupied", "transfer", "leave_time", "no_place", "wait_days", "delay_days", "los_days")
OCCUPIED, TRANSFER, LEAVE_TIME, NO_PLACE, WAIT_DAYS, DELAY_DAYS, LOS_DAYS = range(7)
"""Bed-days of the window: occupied, and the three parts of those by people ready to go; days of people's waits, and of
their delays and stays where these have ended."""
UNIT_COUNTS = ("admissions", "discharges", "waits", "waited", "stays")
ADMISSIONS, DISCHARGES, WAITS, WAITED, STAYS = range(5)
"""Moves in the window; of people referred in it, admissions, those after a wait, and stays that have ended."""
PEOPLE_DAYS = ("request_days", "acute_days_lost")
REQUEST_DAYS, ACUTE_DAYS_LOST = range(2)
"""Days of people's waits for a planned bed; acute bed-days of the window lost to such waits."""
PEOPLE_COUNTS = ("referred", "unfinished", "requests", "requests_waited", "unfinished_waits", "asked", "sent_away")
REFERRED, UNFINISHED, REQUESTS, REQUESTS_WAITED, UNFINISHED_WAITS, ASKED, SENT_AWAY = range(7)
"""Of people referred in the window: they, those with no outcome at the end of the run, their requests for a planned
bed, those that waited and those that still wait then. Admissions in the window that asked for a planned bed; those of
them to out of area."""


class Rules(NamedTuple):
    """What the pass needs to know of the scenario; made once, by `yardstick`."""

    month_of_day: Ints
    """(n_days,) the window is [0, n_days)."""
    month_starts: Ints
    year_of_month: Ints
    end_day: float
    """End of the run."""
    n_outcomes: int
    n_homes: int
    """Localities, and one more for people without."""
    n_segments: int
    route: Ints
    """One a stream."""
    waits_in_acute: Bools
    """One a stream: are its people in an acute bed while they hold no place?"""
    is_acute: Bools
    """One a unit."""
    is_out_of_area: Bools
    is_planned: Bools
    stage_part: Ints
    """One a stage: the part of the delay, of `Tally.delayed`, that waiting for it is. A reason's bears its number."""
    bands: Floats
    """(n_units, n_bands + 1) days after admission on which the bands of visits begin, infinite for those that do not
    exist; the first is 0, the last infinite."""
    lines: Ints
    """(n_units, 2) the midnight lines of the unit's kind and of the system, NONE if it counts in none; a unit's own
    line bears its number."""


class People(NamedTuple):
    """The columns of `Patients`, and the outcomes, that the pass reads."""

    stream: Ints
    segment: Ints
    locality: Ints
    referred_day: Floats
    is_present: Bools
    """In a place at the first instant, and so never referred."""
    first_row: Ints
    asks_for_planned: Bools
    """One a row of a route: does its ladder name any planned rehabilitation bed?"""
    reason: Ints
    """One a row of a route."""
    outcome: Ints


class Rows(NamedTuple):
    """The columns of `Stays` that the pass reads."""

    row: Ints
    patient: Ints
    stage: Ints
    unit: Ints
    requested_day: Floats
    admitted_day: Floats
    ready_day: Floats
    transfer_end_day: Floats
    go_day: Floats
    left_day: Floats


class Tally(NamedTuple):
    """What the pass finds. A cell is a route, a segment and a home, a party a stream and a segment; the line of a
    length is that of its year and unit, or cell."""

    unit_days: Floats
    """(n_months, n_units, of `UNIT_DAYS`)"""
    unit_counts: Ints
    people_days: Floats
    """(n_months, n_cells, of `PEOPLE_DAYS`)"""
    people_counts: Ints
    use: Floats
    """(n_months, n_segments, n_units, n_bands) bed-days occupied, by the band of visits of each."""
    delayed_use: Floats
    """(n_months, n_segments, n_units) those of people ready to go."""
    delayed: Floats
    """(n_months, 1, n_parts) bed-days of planned beds, by people ready to go: by reason while a transfer is arranged,
    then by the stage that has no place for them."""
    census: Ints
    """(n_lines, n_days + 1) changes, from midnight to midnight, of the people in a place."""
    ready: Ints
    """The same of those of them who are ready to go."""
    waiting: Ints
    """(n_days + 1,) the same of people who ask for a planned bed."""
    wait_hours: Ints
    """(2, n_rows) waits of admissions, and delays of stays that have ended, of people referred in the window; the line
    of each stands below it."""
    delay_hours: Ints
    request_hours: Ints
    """The same of requests for a planned bed, wherever they ended."""
    referrals: Ints
    """(n_years, n_parties) people referred in the window."""
    outcomes: Ints
    """(n_years, n_parties, n_outcomes) of people referred in the window."""
    flow: Ints
    """(n_years, n_cells, n_units) admissions, of people referred in the window, that asked for a planned bed."""
    first_places: Ints
    """(n_streams, n_units) units of the first admission of people referred in the window."""
    admissions: Ints
    """(n_streams, n_units) in the window, stays put excluded."""


def new_tally(rules: Rules, census: Ints, ready: Ints, waiting: Ints, n_rows: int, n_parts: int) -> Tally:
    """Return a tally of nothing, to count midnights into three arrays of zeros."""
    n_months, n_years = len(rules.year_of_month), int(rules.year_of_month[-1]) + 1
    n_units, n_streams = len(rules.lines), len(rules.route)
    n_cells = (int(rules.route.max()) + 1) * rules.n_segments * rules.n_homes
    n_parties, n_bands = n_streams * rules.n_segments, rules.bands.shape[1] - 1
    return Tally(
        unit_days=np.zeros((n_months, n_units, len(UNIT_DAYS))),
        unit_counts=np.zeros((n_months, n_units, len(UNIT_COUNTS)), dtype=np.int64),
        people_days=np.zeros((n_months, n_cells, len(PEOPLE_DAYS))),
        people_counts=np.zeros((n_months, n_cells, len(PEOPLE_COUNTS)), dtype=np.int64),
        use=np.zeros((n_months, rules.n_segments, n_units, n_bands)),
        delayed_use=np.zeros((n_months, rules.n_segments, n_units)),
        delayed=np.zeros((n_months, 1, n_parts)),
        census=census,
        ready=ready,
        waiting=waiting,
        wait_hours=np.empty((2, n_rows), dtype=np.int64),
        delay_hours=np.empty((2, n_rows), dtype=np.int64),
        request_hours=np.empty((2, n_rows), dtype=np.int64),
        referrals=np.zeros((n_years, n_parties), dtype=np.int64),
        outcomes=np.zeros((n_years, n_parties, rules.n_outcomes), dtype=np.int64),
        flow=np.zeros((n_years, n_cells, n_units), dtype=np.int64),
        first_places=np.zeros((n_streams, n_units), dtype=np.int64),
        admissions=np.zeros((n_streams, n_units), dtype=np.int64),
    )


@jit
def cell_of(person: int, people: People, rules: Rules) -> int:
    """Return the cell that a person belongs to."""
    of_route = rules.route[people.stream[person]] * rules.n_segments + people.segment[person]
    return int(of_route * rules.n_homes + people.locality[person])


@jit
def tally_people(people: People, rules: Rules, tally: Tally) -> Ints:
    """Count the people referred, and return the month in which each was, NONE for people who were not in the window."""
    months = np.full(len(people.stream), NONE)
    for person in range(len(people.stream)):
        month, stream = month_at(people.referred_day[person], rules.month_of_day), people.stream[person]
        if people.is_present[person] or month == NONE:
            continue
        months[person] = month
        year, cell = rules.year_of_month[month], cell_of(person, people, rules)
        party = stream * rules.n_segments + people.segment[person]
        tally.referrals[year, party] += 1
        tally.people_counts[month, cell, REFERRED] += 1
        if people.outcome[person] == NONE:
            tally.people_counts[month, cell, UNFINISHED] += 1
        else:
            tally.outcomes[year, party, people.outcome[person]] += 1
    return months


@jit
def tally_run(people: People, rows: Rows, rules: Rules, tally: Tally) -> tuple[int, int, int]:
    """Add the run as the scenario gives it to a tally of nothing; return how many waits, delays and requests it has."""
    month_of_day, starts, n_days = rules.month_of_day, rules.month_starts, float(len(rules.month_of_day))
    n_units, n_cells, n_bands = tally.flow.shape[2], tally.flow.shape[1], tally.use.shape[3]
    unit_days, unit_counts, people_counts = tally.unit_days, tally.unit_counts, tally.people_counts
    n_waits = n_delays = n_requests = 0
    referred = tally_people(people, rules, tally)

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
        stream, month = people.stream[person], referred[person]
        cell, year, segment = cell_of(person, people, rules), rules.year_of_month[month], people.segment[person]
        left = math.inf if math.isnan(left) else left
        asked_until = admitted if is_placed else left
        wait_days = min(asked_until, rules.end_day) - requested

        asks = people.asks_for_planned[rows.row[i]]
        loses_acute = asks and (rules.waits_in_acute[stream] if held == NONE else rules.is_acute[held_unit])
        blocks_planned = held != NONE and rules.is_planned[held_unit]
        if loses_acute or blocks_planned:
            begin, end = max(requested, 0.0), min(asked_until, n_days)
            at = month_of_day[int(begin)] if begin < end else 0
            while begin < end:  # month by month
                until = min(end, starts[at + 1])
                tally.people_days[at, cell, ACUTE_DAYS_LOST] += (until - begin) * loses_acute
                tally.delayed[at, 0, rules.stage_part[rows.stage[i]]] += (until - begin) * blocks_planned
                begin = until
                at += 1
        if asks:
            add_midnights(tally.waiting, requested, asked_until)
            if month != NONE:
                tally.request_hours[0, n_requests] = whole_hours(wait_days)
                tally.request_hours[1, n_requests] = year * n_cells + cell
                n_requests += 1
                tally.people_days[month, cell, REQUEST_DAYS] += wait_days
                people_counts[month, cell, REQUESTS] += 1
                people_counts[month, cell, REQUESTS_WAITED] += wait_days > 0
                people_counts[month, cell, UNFINISHED_WAITS] += math.isinf(asked_until)
        if not is_placed:
            continue

        ready, transfer_end, go = rows.ready_day[i], rows.transfer_end_day[i], rows.go_day[i]
        add_midnights(tally.census[unit], admitted, left)
        add_midnights(tally.ready[unit], ready, left)
        reason = people.reason[rows.row[i]]
        begin, end = max(admitted, 0.0), min(left, n_days)
        at = month_of_day[int(begin)] if begin < end else 0
        while begin < end:  # month by month
            until = min(end, starts[at + 1])
            unit_days[at, unit, OCCUPIED] += until - begin
            for band in range(n_bands):
                band_begin = max(begin, admitted + rules.bands[unit, band])
                band_end = min(until, admitted + rules.bands[unit, band + 1])
                tally.use[at, segment, unit, band] += max(band_end - band_begin, 0.0)
            if ready < until:
                begin = max(begin, ready)
                tally.delayed_use[at, segment, unit] += until - begin
                arranged, could_go = max(min(transfer_end, until), begin), max(min(go, until), begin)
                unit_days[at, unit, TRANSFER] += arranged - begin
                unit_days[at, unit, LEAVE_TIME] += could_go - arranged
                unit_days[at, unit, NO_PLACE] += until - could_go
                if rules.is_planned[unit]:
                    tally.delayed[at, 0, reason] += arranged - begin
            begin = until
            at += 1
        if month != NONE and left < math.inf:
            tally.delay_hours[0, n_delays] = whole_hours(left - ready)
            tally.delay_hours[1, n_delays] = year * n_units + unit
            n_delays += 1
            unit_counts[month, unit, STAYS] += 1
            unit_days[month, unit, DELAY_DAYS] += left - ready
            unit_days[month, unit, LOS_DAYS] += left - admitted
        if month != NONE and held == NONE:
            tally.first_places[stream, unit] += 1
        left_month = month_at(left, month_of_day)
        if left_month != NONE:
            unit_counts[left_month, unit, DISCHARGES] += 1
        if unit == held_unit:  # a stay put: no admission, and what was taken for a departure was none
            put_month = month_at(rows.left_day[held], month_of_day)
            if put_month != NONE:
                unit_counts[put_month, unit, DISCHARGES] -= 1
        elif not (people.is_present[person] and rows.row[i] == people.first_row[person]):
            if month != NONE:
                tally.wait_hours[0, n_waits] = whole_hours(wait_days)
                tally.wait_hours[1, n_waits] = year * n_units + unit
                n_waits += 1
                unit_counts[month, unit, WAITS] += 1
                unit_counts[month, unit, WAITED] += wait_days > 0
                unit_days[month, unit, WAIT_DAYS] += wait_days
                tally.flow[year, cell, unit] += asks
            admitted_month = month_at(admitted, month_of_day)
            if admitted_month != NONE:
                tally.admissions[stream, unit] += 1
                unit_counts[admitted_month, unit, ADMISSIONS] += 1
                people_counts[admitted_month, cell, ASKED] += asks
                people_counts[admitted_month, cell, SENT_AWAY] += asks and rules.is_out_of_area[unit]
        held = i

    add_units(tally.census, rules.lines)
    add_units(tally.ready, rules.lines)
    return n_waits, n_delays, n_requests
