"""One pass over a run's stays: everything that is counted or added up, compiled.

Why: thousands of replications are measured, so nothing is done per patient in Python. The rows of a person lie
together, in order of time, so one pass knows which place they hold while they ask for the next; what a row is - a
request for a planned bed, an admission, a stay put, a departure - is decided here once, and so alike for every number.

Time goes to the month in which it passes, moves to the month of the move, and people to the month of their referral.
Everything of a unit stands on the unit's own line, everything of a person on that of their route and home; kinds, the
system and homes are sums of these, so that they never differ in definition. What is of planned beds stands on the line
of the person's segment too, where there are any.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit
from bedsim.measures.counting import add_midnights, add_to_lines, add_units, month_at, whole_hours
from bedsim.measures.tallied import (
    ACUTE_DAYS_LOST,
    ADMISSIONS,
    ASKED,
    CENSUS,
    DELAY_DAYS,
    DISCHARGES,
    LEAVE_TIME,
    LOS_DAYS,
    NO_PLACE,
    OCCUPIED,
    READY,
    REFERRED,
    REQUEST_DAYS,
    REQUESTS,
    REQUESTS_WAITED,
    SENT_AWAY,
    STAYS,
    TRANSFER,
    UNFINISHED,
    UNFINISHED_WAITS,
    WAIT_DAYS,
    WAITED,
    WAITING,
    WAITS,
)
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.tallied import People, Rows, Rules, Tally

    Ints = NDArray[np.int64]


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
    n_lines = unit_days.shape[1]
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
            if rules.own_line[segment] != NONE:
                add_midnights(tally.of_segments[WAITING, segment], requested, asked_until)
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
        among = rules.counts_among[unit]
        if among != NONE:
            add_midnights(tally.of_segments[among, segment], admitted, left)
            if among == CENSUS:
                add_midnights(tally.of_segments[READY, segment], ready, left)
        lines = (unit, rules.own_line[segment] if rules.is_planned[unit] else NONE)
        reason = people.reason[rows.row[i]]
        begin, end = max(admitted, 0.0), min(left, n_days)
        at = month_of_day[int(begin)] if begin < end else 0
        while begin < end:  # month by month
            until = min(end, starts[at + 1])
            add_to_lines(unit_days[at], lines, OCCUPIED, until - begin)
            for band in range(n_bands):
                band_begin = max(begin, admitted + rules.bands[unit, band])
                band_end = min(until, admitted + rules.bands[unit, band + 1])
                tally.use[at, segment, unit, band] += max(band_end - band_begin, 0.0)
            if ready < until:
                begin = max(begin, ready)
                arranged, could_go = max(min(transfer_end, until), begin), max(min(go, until), begin)
                add_to_lines(unit_days[at], lines, TRANSFER, arranged - begin)
                add_to_lines(unit_days[at], lines, LEAVE_TIME, could_go - arranged)
                add_to_lines(unit_days[at], lines, NO_PLACE, until - could_go)
                if rules.is_planned[unit]:
                    tally.delayed[at, 0, reason] += arranged - begin
            begin = until
            at += 1
        if month != NONE and left < math.inf:
            for line in lines:
                if line != NONE:
                    tally.delay_hours[0, n_delays] = whole_hours(left - ready)
                    tally.delay_hours[1, n_delays] = year * n_lines + line
                    n_delays += 1
            add_to_lines(unit_counts[month], lines, STAYS, 1)
            add_to_lines(unit_days[month], lines, DELAY_DAYS, left - ready)
            add_to_lines(unit_days[month], lines, LOS_DAYS, left - admitted)
        if month != NONE and held == NONE:
            tally.first_places[stream, unit] += 1
        left_month = month_at(left, month_of_day)
        if left_month != NONE:
            add_to_lines(unit_counts[left_month], lines, DISCHARGES, 1)
        if unit == held_unit:  # a stay put: no admission, and what was taken for a departure was none
            put_month = month_at(rows.left_day[held], month_of_day)
            if put_month != NONE:
                add_to_lines(unit_counts[put_month], lines, DISCHARGES, -1)
        elif not (people.is_present[person] and rows.row[i] == people.first_row[person]):
            if month != NONE:
                tally.wait_hours[0, n_waits] = whole_hours(wait_days)
                tally.wait_hours[1, n_waits] = year * n_units + unit
                n_waits += 1
                add_to_lines(unit_counts[month], lines, WAITS, 1)
                add_to_lines(unit_counts[month], lines, WAITED, int(wait_days > 0))
                add_to_lines(unit_days[month], lines, WAIT_DAYS, wait_days)
                tally.flow[year, cell, unit] += asks
            admitted_month = month_at(admitted, month_of_day)
            if admitted_month != NONE:
                tally.admissions[stream, unit] += 1
                add_to_lines(unit_counts[admitted_month], lines, ADMISSIONS, 1)
                people_counts[admitted_month, cell, ASKED] += asks
                people_counts[admitted_month, cell, SENT_AWAY] += asks and rules.is_out_of_area[unit]
        held = i

    add_units(tally.census, rules.lines)
    add_units(tally.ready, rules.lines)
    return n_waits, n_delays, n_requests
