"""Flow: referrals, admissions, discharges, first places and outcomes.

Why: admissions and discharges count the same moves - into and out of a unit, never a stay put - so that in
every group admissions less discharges is the change of the census. Counts of people are by the day of their
referral; counts of moves by the day of the move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.groups import SYSTEM, is_of_kind
from bedsim.measures.rows import referred_in_window
from bedsim.measures.statistics import Numbers, ratio
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.groups import Group
    from bedsim.measures.rows import Rows
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class FlowCounts:
    """How many people and moves, by stream."""

    referrals: Ints
    """(n_streams,) people referred in the window."""
    admissions: Ints
    """(n_streams, n_units) admissions in the window."""
    outcomes: Ints
    """(n_streams, n_outcomes) outcomes, by the end of the run, of people referred in the window."""
    n_unfinished: int
    """People referred in the window with no outcome at the end of the run."""
    first_places: Ints
    """(n_streams, n_units) units of the first admission of people referred in the window."""


def count_flow(blueprint: Blueprint, patients: Patients, stays: Stays, rows: Rows) -> FlowCounts:
    """Count people and moves."""
    n_streams, n_units = len(blueprint.streams), len(blueprint.units)
    people = np.flatnonzero(referred_in_window(blueprint, patients))
    outcome, stream = stays.outcome[people], patients.stream[people]
    finished = outcome != NONE
    admitted = _admitted_in_window(rows)
    first = rows.is_placed & rows.is_referred & (rows.held_unit == NONE)
    return FlowCounts(
        referrals=np.bincount(stream, minlength=n_streams),
        admissions=_cross(rows.stream[admitted], rows.unit[admitted], n_streams, n_units),
        outcomes=_cross(stream[finished], outcome[finished], n_streams, len(blueprint.outcomes)),
        n_unfinished=int((~finished).sum()),
        first_places=_cross(rows.stream[first], rows.unit[first], n_streams, n_units),
    )


def measure_flow(rows: Rows, groups: tuple[Group, ...], network: Network, counts: FlowCounts) -> Numbers:
    """Measure rates a day in the window, and the share of admissions that go out of area."""
    numbers = Numbers()
    is_departure = rows.is_departure & (rows.left_day >= 0) & (rows.left_day < rows.n_days)
    admissions = counts.admissions.sum(axis=0)
    discharges = np.bincount(rows.unit[is_departure], minlength=len(network.units))
    for group in groups:
        units = group.has_unit
        numbers.means[group.name, "admissions_per_day"] = ratio(int(admissions[units].sum()), rows.n_days)
        numbers.means[group.name, "discharges_per_day"] = ratio(int(discharges[units].sum()), rows.n_days)
    numbers.means[SYSTEM, "referrals_per_day"] = ratio(int(counts.referrals.sum()), rows.n_days)
    is_away = is_of_kind(network, "out_of_area")
    units_given = rows.unit[_admitted_in_window(rows) & rows.is_rehabilitation]
    numbers.means[SYSTEM, "out_of_area_fraction"] = ratio(int(is_away[units_given].sum()), len(units_given))
    return numbers


def _admitted_in_window(rows: Rows) -> Bools:
    return rows.is_admission & (rows.admitted_day >= 0) & (rows.admitted_day < rows.n_days)


def _cross(first: Ints, second: Ints, n_first: int, n_second: int) -> Ints:
    """Count pairs, shape (n_first, n_second)."""
    return np.bincount(first * n_second + second, minlength=n_first * n_second).reshape(n_first, n_second)
