"""One pass over a run's stays: everything that is counted or added up, compiled.

Why: thousands of replications are measured, so nothing is done per patient in Python. The rows of a person lie
together, in order of time, so one pass knows which place they hold while they ask for the next; what a row is - a
request for a planned bed, an admission, a stay put, a departure - is decided here once, and so alike for every number.

Time goes to the month in which it passes, moves to the month of the move, and people to the month of their referral.
Everything of a unit stands on the unit's own line, everything of a person on that of their route and home; kinds, the
system and homes are sums of these, so that they never differ in definition. What is of planned beds stands on the line
of the person's segment too, where there are any.

Arrays are taken out of their tuples, and lines are named by numbers, before the loops: each array that is taken out, or
cut from another, inside of a loop is counted as in use there and given back, which took a fifth of the pass.
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
def tally_people(people: People, rules: Rules, tally: Tally) -> tuple[Ints, Ints]:
    """Count the people referred, and return the month in which each was, NONE for people who were not in the window,
    and the cell to which each belongs."""
    stream_of, segment_of, locality, referred_day, is_present, _, _, _, outcome_of = people
    month_of_day, year_of_month, route = rules.month_of_day, rules.year_of_month, rules.route
    n_segments, n_homes = rules.n_segments, rules.n_homes
    people_counts, referrals, outcomes = tally.people_counts, tally.referrals, tally.outcomes
    n = len(stream_of)
    months, cells = np.full(n, NONE), np.empty(n, np.int64)
    for person in range(n):
        stream, segment, outcome = stream_of[person], segment_of[person], outcome_of[person]
        cell = (route[stream] * n_segments + segment) * n_homes + locality[person]
        cells[person] = cell
        month = month_at(referred_day[person], month_of_day)
        if is_present[person] or month <= NONE:
            continue
        months[person] = month
        year, party = year_of_month[month], stream * n_segments + segment
        referrals[year, party] += 1
        people_counts[month, cell, REFERRED] += 1
        if outcome <= NONE:
            people_counts[month, cell, UNFINISHED] += 1
        else:
            outcomes[year, party, outcome] += 1
    return months, cells


@jit
def tally_run(people: People, rows: Rows, rules: Rules, tally: Tally) -> tuple[int, int, int]:
    """Add the run as the scenario gives it to a tally of nothing; return how many waits, delays and requests it has."""
    month_of_day, starts, year_of_month = rules.month_of_day, rules.month_starts, rules.year_of_month
    waits_in_acute, is_acute, is_out_of_area = rules.waits_in_acute, rules.is_acute, rules.is_out_of_area
    is_planned, counts_among, own_line = rules.is_planned, rules.counts_among, rules.own_line
    stage_part, bands, end_day = rules.stage_part, rules.bands, rules.end_day
    stream_of, segment_of, _, _, is_present, first_row, asks_for_planned, reason_of, _ = people
    row_of, patient, stage, unit_of, requested_day, admitted_day, ready_day, transfer_end_day, go_day, left_day = rows
    unit_days, unit_counts, people_days, people_counts, use, delayed = tally[:6]
    census, ready_people, waiting = tally.census, tally.ready, tally.waiting
    wait_hours, delay_hours, request_hours = tally.wait_hours, tally.delay_hours, tally.request_hours
    flow, first_places, admissions = tally.flow, tally.first_places, tally.admissions
    n_segments, n_days = tally.of_segments.shape[1], float(len(month_of_day))
    of_segments = tally.of_segments.reshape(-1, len(month_of_day) + 1)
    n_units, n_cells, n_bands, n_lines = flow.shape[2], flow.shape[1], use.shape[3], unit_days.shape[1]
    n_waits = n_delays = n_requests = 0
    referred, cells = tally_people(people, rules, tally)

    held = NONE  # the row whose place the person has while asking: the last one before that was given a place
    for i in range(len(row_of)):
        person, unit = patient[i], unit_of[i]
        if held > NONE and patient[held] != person:
            held = NONE
        requested, admitted, left = requested_day[i], admitted_day[i], left_day[i]
        is_placed = unit > NONE
        if left < 0:
            continue  # over before the window, and so is the wait of whoever moved on from this place
        held_unit = NONE if held <= NONE else unit_of[held]
        stream, month = stream_of[person], referred[person]
        cell, year, segment = cells[person], year_of_month[month], segment_of[person]
        left = math.inf if math.isnan(left) else left
        asked_until = admitted if is_placed else left
        wait_days = min(asked_until, end_day) - requested

        asks = asks_for_planned[row_of[i]]
        loses_acute = asks and (waits_in_acute[stream] if held <= NONE else is_acute[held_unit])
        blocks_planned = held > NONE and is_planned[held_unit]
        if loses_acute or blocks_planned:
            begin, end = max(requested, 0.0), min(asked_until, n_days)
            at = month_of_day[int(begin)] if begin < end else 0
            while begin < end:  # month by month
                until = min(end, starts[at + 1])
                people_days[at, cell, ACUTE_DAYS_LOST] += (until - begin) * loses_acute
                delayed[at, 0, stage_part[stage[i]]] += (until - begin) * blocks_planned
                begin = until
                at += 1
        if asks:
            add_midnights(waiting, 0, requested, asked_until)
            if own_line[segment] > NONE:
                add_midnights(of_segments, WAITING * n_segments + segment, requested, asked_until)
            if month > NONE:
                request_hours[0, n_requests] = whole_hours(wait_days)
                request_hours[1, n_requests] = year * n_cells + cell
                n_requests += 1
                people_days[month, cell, REQUEST_DAYS] += wait_days
                people_counts[month, cell, REQUESTS] += 1
                people_counts[month, cell, REQUESTS_WAITED] += wait_days > 0
                people_counts[month, cell, UNFINISHED_WAITS] += math.isinf(asked_until)
        if not is_placed:
            continue

        ready, transfer_end, go = ready_day[i], transfer_end_day[i], go_day[i]
        add_midnights(census, unit, admitted, left)
        add_midnights(ready_people, unit, ready, left)
        among = counts_among[unit]
        if among > NONE:
            add_midnights(of_segments, among * n_segments + segment, admitted, left)
            if among == CENSUS:
                add_midnights(of_segments, READY * n_segments + segment, ready, left)
        lines = (unit, own_line[segment] if is_planned[unit] else NONE)
        reason = reason_of[row_of[i]]
        begin, end = max(admitted, 0.0), min(left, n_days)
        at = month_of_day[int(begin)] if begin < end else 0
        while begin < end:  # month by month
            until = min(end, starts[at + 1])
            add_to_lines(unit_days, at, lines, OCCUPIED, until - begin)
            for band in range(n_bands):
                band_begin = max(begin, admitted + bands[unit, band])
                band_end = min(until, admitted + bands[unit, band + 1])
                use[at, segment, unit, band] += max(band_end - band_begin, 0.0)
            if ready < until:
                begin = max(begin, ready)
                arranged, could_go = max(min(transfer_end, until), begin), max(min(go, until), begin)
                add_to_lines(unit_days, at, lines, TRANSFER, arranged - begin)
                add_to_lines(unit_days, at, lines, LEAVE_TIME, could_go - arranged)
                add_to_lines(unit_days, at, lines, NO_PLACE, until - could_go)
                if is_planned[unit]:
                    delayed[at, 0, reason] += arranged - begin
            begin = until
            at += 1
        if month > NONE and left < math.inf:
            for line in lines:
                if line > NONE:
                    delay_hours[0, n_delays] = whole_hours(left - ready)
                    delay_hours[1, n_delays] = year * n_lines + line
                    n_delays += 1
            add_to_lines(unit_counts, month, lines, STAYS, 1)
            add_to_lines(unit_days, month, lines, DELAY_DAYS, left - ready)
            add_to_lines(unit_days, month, lines, LOS_DAYS, left - admitted)
        if month > NONE and held <= NONE:
            first_places[stream, unit] += 1
        left_month = month_at(left, month_of_day)
        if left_month > NONE:
            add_to_lines(unit_counts, left_month, lines, DISCHARGES, 1)
        if unit == held_unit:  # a stay put: no admission, and what was taken for a departure was none
            put_month = month_at(left_day[held], month_of_day)
            if put_month > NONE:
                add_to_lines(unit_counts, put_month, lines, DISCHARGES, -1)
        elif not (is_present[person] and row_of[i] == first_row[person]):
            if month > NONE:
                wait_hours[0, n_waits] = whole_hours(wait_days)
                wait_hours[1, n_waits] = year * n_units + unit
                n_waits += 1
                add_to_lines(unit_counts, month, lines, WAITS, 1)
                add_to_lines(unit_counts, month, lines, WAITED, int(wait_days > 0))
                add_to_lines(unit_days, month, lines, WAIT_DAYS, wait_days)
                flow[year, cell, unit] += asks
            admitted_month = month_at(admitted, month_of_day)
            if admitted_month > NONE:
                admissions[stream, unit] += 1
                add_to_lines(unit_counts, admitted_month, lines, ADMISSIONS, 1)
                people_counts[admitted_month, cell, ASKED] += asks
                people_counts[admitted_month, cell, SENT_AWAY] += asks and is_out_of_area[unit]
        held = i

    add_units(census, rules.lines)
    add_units(ready_people, rules.lines)
    return n_waits, n_delays, n_requests
