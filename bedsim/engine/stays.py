"""What an engine returns: who stayed where, from when to when.

Why: waiting, delay, overflow and blocking are all functions of this table, so both engines return just this and one
reducer serves both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.population import Patients

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stays:
    """One row for each stage asked for, placed or not, sorted by patient and row; one outcome a patient.

    Days are since the scenario's start; what has not happened by the end of the run is NaN, never the end.
    """

    row: Ints
    """Index of the row in `Patients` that was asked for."""
    patient: Ints
    stage: Ints
    visit: Ints
    requested_day: Floats
    admitted_day: Floats
    """NaN: not admitted (yet)."""
    ready_day: Floats
    transfer_end_day: Floats
    go_day: Floats
    left_day: Floats
    """NaN: still in, or still waiting. Of a row without a unit: when the patient stopped asking."""
    unit: Ints
    """-1: none."""
    rung: Ints
    """Position, among the ladder's unit rungs, of the rung that gave the place; -1: none."""
    outcome: Ints
    """One a patient: index into the blueprint's outcomes, -1 if unfinished at the end."""

    def equals(self, other: Stays) -> bool:
        """Say whether every column is the same, bit for bit."""
        return all(
            np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
            for a, b in ((getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__)
        )


def stays_of_rows(
    patients: Patients,
    days: Mapping[str, Sequence[float]],
    unit: Sequence[int],
    rung: Sequence[int],
    outcome: Sequence[int],
) -> Stays:
    """Return the stays of the rows that were asked for; `days`, `unit` and `rung` have one element a row."""
    columns = {name: np.array(values, dtype=np.float64) for name, values in days.items()}
    asked = np.flatnonzero(~np.isnan(columns["requested_day"]))
    return Stays(
        row=asked,
        patient=patients.patient[asked],
        stage=patients.stage[asked],
        visit=patients.visit[asked],
        unit=np.array(unit, dtype=np.int64)[asked],
        rung=np.array(rung, dtype=np.int64)[asked],
        outcome=np.array(outcome, dtype=np.int64),
        **{name: values[asked] for name, values in columns.items()},
    )
