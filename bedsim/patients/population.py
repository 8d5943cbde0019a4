"""The patients: who comes, when, with which needs and which route, all drawn before the engine runs.

Why: the engine draws nothing, so everything it may need of a person is here, as a structure of arrays. A person's
route is a tree of rows: each row asks for one stage; `next_row` follows when the stage is over, `then_row` when the
ladder says to stop asking. This module only describes; `draw` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NONE = -1
"""No row, no unit, no outcome. Compiled code asks whether one is more than this: then it need not ask again, at each
look-up, whether an index counts from the end."""


AFFECTED = np.dtype(
    [
        ("lever", np.int64),
        ("segment", np.int64),
        ("referred_day", np.float64),
        ("patient", np.int64),
        ("is_kept_away", np.bool_),
    ]
)
"""Whom levers affect, a record for each person and lever, those who are therefore not referred among them: the lever's
index, the person's segment, the day on which they are or would have been referred, their number (NONE if they are not),
and whether that is because of this lever."""
NOBODY_AFFECTED = np.empty(0, dtype=AFFECTED)


@dataclass(frozen=True)
class Patients:
    """One replication's people, numbered by (referred_day, stream, index).

    The first block has one element a person, the second one a row of a route; rows are sorted by person and, within
    a person, parents come before children. Days are since the scenario's start; lengths are in days, at least 0.
    """

    stream: Ints
    locality: Ints
    """Index into `network.locality_names`, whose last stands for a person without a locality."""
    segment: Ints
    """Index into the scenario's segments; 0 for everybody if it has none."""
    origin: tuple[str, ...]
    """The labels that `origin_index` points to: which layer, booking or list a person comes from."""
    origin_index: Ints
    index: Ints
    """(stream, origin, index) is the identity that lasts across scenarios."""
    referred_day: Floats
    first_row: Ints

    patient: Ints
    stage: Ints
    visit: Ints
    """1 for the first visit to a stage on this way, 2 for the second, ..."""
    needed_days: Floats
    transfer_days: Floats
    reason: Ints
    """Index into the blueprint's reasons of delay."""
    branch: Ints
    """Index into the blueprint's branch names: the way on from this stage."""
    ladder: Ints
    priority: Ints
    patience_days: Floats
    """Wait after which the earliest leave or then rung acts; infinite if there is none."""
    exit_outcome: Ints
    """Outcome of that rung if it is a leave rung, else NONE."""
    then_row: Ints
    """Row asked for instead if it is a `then` rung, else NONE."""
    next_row: Ints
    """Row asked for when this stage is over, NONE if the journey ends."""
    outcome: Ints
    """Outcome when the journey ends with this stage, else NONE."""
    affected: NDArray[np.void] = field(default_factory=NOBODY_AFFECTED.copy)
    """Records of `AFFECTED`; no engine reads them."""

    @property
    def n_patients(self) -> int:
        """Number of people."""
        return len(self.referred_day)

    @property
    def n_rows(self) -> int:
        """Number of rows, asked for or not."""
        return len(self.patient)

    def without_transfer(self) -> Patients:
        """Return the same people with no transfer delay."""
        return replace(self, transfer_days=np.zeros_like(self.transfer_days))

    def with_needs_scaled(self, factor: float) -> Patients:
        """Return the same people with every need multiplied: the planted error of the tests."""
        return replace(self, needed_days=self.needed_days * factor)
