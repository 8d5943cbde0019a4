"""The records that the compiled engine works on: people, rows, classes of people who wait, and events.

Why: compiled code is quickest when all that belongs to a row lies together in memory. Days are NaN until they happen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Records = NDArray[Any]

NONE = -1

PERSON = np.dtype([("referred_day", "f8"), ("first_row", "i8"), ("held_row", "i8"), ("outcome", "i8")])
ROW_INPUTS = (
    "needed_days",
    "transfer_days",
    "patience_days",
    "patient",
    "stage",
    "ladder",
    "priority",
    "exit_outcome",
    "then_row",
    "next_row",
    "outcome",
)
DAYS = ("requested_day", "admitted_day", "ready_day", "transfer_end_day", "go_day", "left_day")
ROW = np.dtype(
    [(name, "f8") for name in (*ROW_INPUTS[:3], *DAYS)]
    + [(name, "i4") for name in (*ROW_INPUTS[3:], "unit", "rung", "own_class", "before", "after", "is_waiting")]
)
"""Two lines of the processor's cache; no run has 2^31 rows."""
CLASS = np.dtype([("priority", "i8"), ("following", "i8"), ("first", "i8"), ("last", "i8")])
EVENT = np.dtype([("day", "f8"), ("what", "i8"), ("after", "i8")])


@jit
def fill(
    people: Records,
    rows: Records,
    referred_day: Floats,
    first_row: Ints,
    needed_days: Floats,
    transfer_days: Floats,
    patience_days: Floats,
    patient: Ints,
    stage: Ints,
    ladder: Ints,
    priority: Ints,
    exit_outcome: Ints,
    then_row: Ints,
    next_row: Ints,
    outcome: Ints,
) -> None:
    """Lay the patients' columns out as records, with nothing having happened yet."""
    for i in range(len(people)):
        person = people[i]
        person.referred_day = referred_day[i]
        person.first_row = first_row[i]
        person.held_row = NONE
        person.outcome = NONE
    for i in range(len(rows)):
        row = rows[i]
        row.needed_days = needed_days[i]
        row.transfer_days = transfer_days[i]
        row.patience_days = patience_days[i]
        row.patient = patient[i]
        row.stage = stage[i]
        row.ladder = ladder[i]
        row.priority = priority[i]
        row.exit_outcome = exit_outcome[i]
        row.then_row = then_row[i]
        row.next_row = next_row[i]
        row.outcome = outcome[i]
        row.requested_day = math.nan
        row.admitted_day = math.nan
        row.ready_day = math.nan
        row.transfer_end_day = math.nan
        row.go_day = math.nan
        row.left_day = math.nan
        row.unit = NONE
        row.rung = NONE
        row.is_waiting = 0


@jit
def collect(
    rows: Records, visits: Ints
) -> tuple[Ints, Ints, Ints, Ints, Floats, Floats, Floats, Floats, Floats, Floats, Ints, Ints]:
    """Return the columns of `Stays`, in their order and without the outcome, of the rows that were asked for."""
    n = 0
    for i in range(len(rows)):
        if not math.isnan(rows[i].requested_day):
            n += 1
    number, patient, stage, visit = (
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
    )
    requested, admitted, ready, transfer_end = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    go, left, unit, rung = np.empty(n), np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    n = 0
    for i in range(len(rows)):
        row = rows[i]
        if not math.isnan(row.requested_day):
            number[n], patient[n], stage[n], visit[n] = i, row.patient, row.stage, visits[i]
            requested[n], admitted[n], ready[n] = row.requested_day, row.admitted_day, row.ready_day
            transfer_end[n], go[n], left[n] = row.transfer_end_day, row.go_day, row.left_day
            unit[n], rung[n] = row.unit, row.rung
            n += 1
    return number, patient, stage, visit, requested, admitted, ready, transfer_end, go, left, unit, rung
