"""The stays as the measures read them: with what a row means worked out once.

Why: whether a row asks for a planned bed, is an admission or a stay put, and which place its person holds
while asking, decides what counts where; every measure must decide it alike. NaN ends become infinity here, so
that half-open intervals need no special case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """One element a stay row, in the order of the stays."""

    n_days: int
    """The window is [0, n_days)."""
    end_day: float
    """End of the run."""
    stream: Ints
    unit: Ints
    requested_day: Floats
    asked_until_day: Floats
    """When the row was admitted or stopped asking; infinite if it still asks at the end of the run."""
    admitted_day: Floats
    ready_day: Floats
    transfer_end_day: Floats
    go_day: Floats
    left_day: Floats
    """Infinite if still in."""
    held_unit: Ints
    """Unit whose place the person holds while asking, NONE if none."""
    is_placed: Bools
    is_referred: Bools
    """The person was referred in the window; those present at the start were not."""
    is_rehabilitation: Bools
    """The row asks for a planned rehabilitation bed."""
    is_admission: Bools
    """Admitted, and neither a stay put nor found in place at the start."""
    is_departure: Bools
    """Left the place, not for a stay put in it."""


def read_rows(blueprint: Blueprint, patients: Patients, stays: Stays) -> Rows:
    """Return the rows of a run of the blueprint's own network."""
    is_placed = ~np.isnan(stays.admitted_day)
    left_day = np.where(np.isnan(stays.left_day), np.inf, stays.left_day)
    held_row = _held_rows(stays, is_placed)
    held_unit = np.where(held_row == NONE, NONE, stays.unit[held_row])
    stays_put = is_placed & (held_unit == stays.unit)
    is_departure = is_placed & np.isfinite(left_day)
    is_departure[held_row[stays_put]] = False
    return Rows(
        n_days=blueprint.scenario.time.run_length_days,
        end_day=blueprint.network.end_day,
        stream=patients.stream[stays.patient],
        unit=stays.unit,
        requested_day=stays.requested_day,
        asked_until_day=np.where(is_placed, stays.admitted_day, left_day),
        admitted_day=stays.admitted_day,
        ready_day=stays.ready_day,
        transfer_end_day=stays.transfer_end_day,
        go_day=stays.go_day,
        left_day=left_day,
        held_unit=held_unit,
        is_placed=is_placed,
        is_referred=referred_in_window(blueprint, patients)[stays.patient],
        is_rehabilitation=asks_for_planned(blueprint.network, patients, stays),
        is_admission=is_placed & ~stays_put & ~_is_found(blueprint, patients, stays),
        is_departure=is_departure,
    )


def referred_in_window(blueprint: Blueprint, patients: Patients) -> Bools:
    """Say of each person whether they were referred in the window; those present at the start never were."""
    day, n_days = patients.referred_day, blueprint.scenario.time.run_length_days
    return (day >= 0) & (day < n_days) & ~_is_present(blueprint, patients)


def asks_for_planned(network: Network, patients: Patients, stays: Stays) -> Bools:
    """Say of each row whether its ladder names any planned rehabilitation bed."""
    names_planned = np.array([network.names_planned(i) for i in range(len(network.ladders))], dtype=bool)
    return names_planned[patients.ladder[stays.row]]


def _is_present(blueprint: Blueprint, patients: Patients) -> Bools:
    labels = {group.label for group in blueprint.present}
    return np.array([origin in labels for origin in patients.origin], dtype=bool)[patients.origin_index]


def _is_found(blueprint: Blueprint, patients: Patients, stays: Stays) -> Bools:
    """Say of each row whether its person holds this place at the first instant."""
    is_found = np.zeros(patients.n_rows, dtype=bool)
    is_found[patients.first_row[_is_present(blueprint, patients)]] = True
    return is_found[stays.row]


def _held_rows(stays: Stays, is_placed: Bools) -> Ints:
    """Return, for each row, the row whose place its person holds while asking, NONE if none.

    A place is kept until the next one, and rows are sorted by person and time, so the last one placed
    before is the one held.
    """
    numbers = np.where(is_placed, np.arange(len(stays.row)), NONE)
    before = np.full(len(numbers), NONE)
    before[1:] = np.maximum.accumulate(numbers)[:-1]
    is_own = (before != NONE) & (stays.patient[before] == stays.patient)
    return np.where(is_own, before, NONE)
