"""The records that the compiled engine works on: rows asked for, and classes of people who wait.

Why: compiled code is quickest when all that belongs to a row lies together in memory, and little is moved. What is only
read stays in the patients' own columns; records are of what happens.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.population import Patients

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Indexes = NDArray[np.uint64]
    Bytes = NDArray[np.uint8]
    Records = NDArray[Any]

NONE = -1
"""No row, class or event: what may be none is more than this if there is one."""

INDEX = np.uint64
"""What is never none is looked up by an unsigned number: of a signed one compiled code asks each time whether it counts
from the end, which took a seventh of a run."""
NUMBER: Any = np.int64
"""What may be none."""

UNASKED, WAITING, ANSWERED = 0, 1, 2
"""States of a row. Answered is whoever was given a place or stopped asking."""


class Inputs(NamedTuple):
    """The columns of `Patients` that the engine reads."""

    referred_day: Floats
    first_row: Indexes
    needed_days: Floats
    transfer_days: Floats
    patience_days: Floats
    patient: Indexes
    stage: Indexes
    ladder: Indexes
    priority: Ints
    exit_outcome: Ints
    then_row: Ints
    next_row: Ints
    outcome: Ints


NEVER_NONE = ("first_row", "patient", "stage", "ladder")


def inputs_of(patients: Patients) -> Inputs:
    """Return the columns of some patients, as indexes those in which nothing is none."""
    columns = {name: getattr(patients, name) for name in Inputs._fields}
    return Inputs(**columns | {name: columns[name].astype(np.int64, copy=False).view(INDEX) for name in NEVER_NONE})


DAYS = ("requested_day", "admitted_day", "ready_day", "transfer_end_day", "go_day", "left_day")
ROW = np.dtype(
    [(name, "f8") for name in DAYS]
    + [(name, "i4") for name in ("unit", "rung", "held_row", "own_class", "before", "after")]
)
"""Nothing in it says anything before the row is asked for; no run has 2^29 rows."""
CLASS = np.dtype(
    [("requested_day", "f8"), ("priority", "i8"), ("following", "i4"), ("first", "i4"), ("last", "i4")], align=True
)
"""`requested_day` is that of its first, infinite if nobody waits."""


@jit
def collect(
    rows: Records, states: Bytes, patients: Ints, stages: Ints, visits: Ints
) -> tuple[Ints, Ints, Ints, Ints, Floats, Floats, Floats, Floats, Floats, Floats, Ints, Ints]:
    """Return the columns of `Stays`, in their order and without the outcome, of the rows that were asked for."""
    n = int(np.count_nonzero(states))
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
        if states[i] == UNASKED:
            continue
        row = rows[i]
        number[n], patient[n], stage[n], visit[n] = i, patients[i], stages[i], visits[i]
        requested[n], left[n], unit[n] = row.requested_day, row.left_day, row.unit
        if row.unit > NONE:
            admitted[n], ready[n], rung[n] = row.admitted_day, row.ready_day, row.rung
            transfer_end[n], go[n] = row.transfer_end_day, row.go_day
        else:
            admitted[n], ready[n], transfer_end[n], go[n], rung[n] = math.nan, math.nan, math.nan, math.nan, NONE
        n += 1
    return number, patient, stage, visit, requested, admitted, ready, transfer_end, go, left, unit, rung
