"""The laws of single rows and people, and the comings and goings of units, compiled for the checks of every run.

Why: every run is checked, so the checks must cost little beside it. They look only at the stays and share nothing with
the engines or the measures; what a broken law is called is said in `invariants`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ORDER, OWNER, PLACE, UNIT, EARLY, TWO_PLACES, GOING = range(7)
"""Laws of rows: in the order of the rows; of their row's patient; a unit if and only if a place; a unit that exists;
left after being admitted; admitted when the place before is left; gone at the instant fixed on admission."""


@jit
def broken_row(
    row: Ints,
    patient: Ints,
    unit: Ints,
    requested_day: Floats,
    admitted_day: Floats,
    go_day: Floats,
    left_day: Floats,
    owner: Ints,
    n_units: int,
) -> tuple[int, int]:
    """Return the first row that breaks a law, and the law; NONE if there is none. `owner` is one a row of a route."""
    n, before = len(row), NONE  # the row of the place that the person held last
    for i in range(n):
        if i > 0 and row[i] <= row[i - 1]:
            return i, ORDER
        if owner[row[i]] != patient[i]:
            return i, OWNER
        admitted, left = admitted_day[i], left_day[i]
        is_placed = not math.isnan(admitted)
        if (unit[i] >= 0) != is_placed:
            return i, PLACE
        if unit[i] >= n_units:
            return i, UNIT
        if left < requested_day[i] or left < admitted:
            return i, EARLY
        if not is_placed:
            continue
        if before > NONE and patient[before] == patient[i] and admitted != left_day[before]:
            return i, TWO_PLACES
        before = i
        is_last = i + 1 == n or patient[i + 1] != patient[i]
        if is_last and not math.isnan(left) and left != go_day[i]:
            return i, GOING
    return NONE, NONE


@jit
def broken_person(
    patient: Ints, left_day: Floats, outcome: Ints, referred_day: Floats, end_day: float
) -> tuple[int, bool]:
    """Return the first person lost or invented, or who has finished and is still here (True); NONE if there is none."""
    is_here = np.zeros(len(referred_day), np.bool_)
    for i in range(len(patient)):
        is_here[patient[i]] |= math.isnan(left_day[i])
    for person in range(len(referred_day)):
        is_finished = outcome[person] != NONE
        if (is_here[person] or is_finished) != (referred_day[person] < end_day):
            return person, False
        if is_here[person] and is_finished:
            return person, True
    return NONE, False


@jit
def comings_and_goings(
    patient: Ints, unit: Ints, admitted_day: Floats, left_day: Floats, n_units: int, first: float, last: float
) -> tuple[Ints, Floats, Ints, int, int, Floats]:
    """Return the events of the places, the ends first, and each unit's bed-days in the window.

    Parameters
    ----------
    patient
        One a row, as are the next three.
    unit
        NONE without a place.
    admitted_day
        NaN without a place.
    left_day
        NaN if not left.
    n_units
        How many units there are.
    first
        Beginning of the window.
    last
        End of the window.

    Returns
    -------
    tuple[Ints, Floats, Ints, int, int, Floats]
        The row, day and unit of each event: ends, beginnings of stays that go on in the same unit, other beginnings.
        How many are ends, how many are no admissions of somebody who was not there; and (n_units,) bed-days.
    """
    n_ends = n_stays_put = n_comes_in = 0
    bed_days = np.zeros(n_units)
    sort = np.zeros(len(patient), np.int8)  # 1: begins anew, 2: goes on in the same unit
    before = NONE
    for i in range(len(patient)):
        admitted, left = admitted_day[i], left_day[i]
        if math.isnan(admitted):
            continue
        goes_on = before > NONE and patient[before] == patient[i] and unit[before] == unit[i]
        sort[i] = 2 if goes_on else 1
        n_stays_put += goes_on
        n_comes_in += not goes_on
        n_ends += not math.isnan(left)
        until = last if math.isnan(left) else min(left, last)
        bed_days[unit[i]] += max(until - max(admitted, first), 0.0)
        before = i
    n_old = n_ends + n_stays_put
    event, of_unit = np.empty(n_old + n_comes_in, np.int64), np.empty(n_old + n_comes_in, np.int64)
    day = np.empty(n_old + n_comes_in)
    end, stays_put, comes_in = 0, n_ends, n_old
    for i in range(len(patient)):
        if sort[i] == 0:
            continue
        if not math.isnan(left_day[i]):
            event[end], day[end], of_unit[end] = i, left_day[i], unit[i]
            end += 1
        if sort[i] == 2:
            event[stays_put], day[stays_put], of_unit[stays_put] = i, admitted_day[i], unit[i]
            stays_put += 1
        else:
            event[comes_in], day[comes_in], of_unit[comes_in] = i, admitted_day[i], unit[i]
            comes_in += 1
    return event, day, of_unit, n_ends, n_old, bed_days
