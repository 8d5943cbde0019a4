"""The yardstick: all that measuring needs to know of a scenario, worked out once for all its replications.

Why: measuring one replication must cost only the measuring. What numbers are given of - every unit, every kind of unit
and the system of planned rehabilitation beds - and which numbers there are depends on the scenario alone, so that
replications merge key by key.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures import tally
from bedsim.measures.definitions import MEASURES
from bedsim.measures.groups import is_of_kind, open_places, open_planned_at_midnight
from bedsim.patients.population import NONE
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.statistics import Key
    from bedsim.patients.blueprint import Blueprint

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

OPEN, DAYS = tally.N_SUMS, tally.N_SUMS + 1
"""Two more columns to divide by, the same in every replication: open bed-days and days of the window."""
RATIOS = {
    "open_beds": (OPEN, DAYS),
    "occupancy_fraction": (tally.OCCUPIED, OPEN),
    "p_wait": (tally.N_WAITED, tally.N_WAITS),
    "wait_days": (tally.WAIT_DAYS, tally.N_WAITS),
    "delayed_fraction_of_occupied": (tally.DELAYED, tally.OCCUPIED),
    "delayed_fraction_of_open": (tally.DELAYED, OPEN),
    "delayed_transfer_fraction": (tally.TRANSFER, tally.OCCUPIED),
    "delayed_leave_time_fraction": (tally.LEAVE_TIME, tally.OCCUPIED),
    "delayed_no_place_fraction": (tally.NO_PLACE, tally.OCCUPIED),
    "delay_days": (tally.DELAY_DAYS, tally.N_STAYS),
    "los_days": (tally.LOS_DAYS, tally.N_STAYS),
    "admissions_per_day": (tally.ADMISSIONS, DAYS),
    "discharges_per_day": (tally.DISCHARGES, DAYS),
}
"""Means given of every group: one column of the sums over another."""
TOPS, BOTTOMS = np.array(list(RATIOS.values())).T
GROUP_MIDNIGHTS = ("midnight_census", "delayed_beds")
SYSTEM_MIDNIGHTS = ("waiting", "in_escalation", "in_out_of_area", "overflow", "demand_beds", "demand_beds_no_delay")
"""Numbers of people at each midnight: of every group, and of the system alone."""


@dataclass(frozen=True)
class Yardstick:
    """What all replications of a scenario are measured with."""

    groups: tuple[str, ...]
    """One a line of the tally: every unit, every kind of unit there is, and the system last."""
    rules: tally.Rules
    open_and_days: Floats
    """(n_groups, 2) the columns OPEN and DAYS: open bed-days, infinite if any unit is unlimited in the window; days."""
    is_planned: Bools
    """One a unit, and a last one, False, for no unit."""
    names_planned: Bools
    """One a ladder: does it name any planned bed?"""
    planned_at_midnight: Floats
    """The planned beds open at each midnight of the window."""
    planned_at_end: float
    """In the last instant of the window."""
    present: frozenset[str]
    """The origins of people in a place at the first instant."""

    @cached_property
    def midnight_keys(self) -> tuple[Key, ...]:
        """What is counted at each midnight, in this order."""
        of_groups = [(group, name) for name in GROUP_MIDNIGHTS for group in self.groups]
        return (*of_groups, *((SYSTEM, name) for name in SYSTEM_MIDNIGHTS))

    @cached_property
    def has_ratio(self) -> Bools:
        """Say of each group and ratio whether it exists: some need a number of open beds."""
        needs_limit = np.array([MEASURES[name].is_limited_only for name in RATIOS])
        has_ratio: Bools = np.isfinite(self.open_and_days[:, :1]) | ~needs_limit
        return has_ratio

    @cached_property
    def ratio_keys(self) -> tuple[Key, ...]:
        """The ratios that exist, group by group."""
        keys = [(group, name) for group in self.groups for name in RATIOS]
        return tuple(key for key, exists in zip(keys, self.has_ratio.flat, strict=True) if exists)

    @property
    def has_planned_limit(self) -> bool:
        """Say whether there are planned beds and a number of them at the end of the window."""
        return bool(self.is_planned.any()) and math.isfinite(self.planned_at_end)

    def line(self, group: str) -> int:
        """Return the line of a group, NONE if the scenario has none such."""
        return self.groups.index(group) if group in self.groups else NONE


@lru_cache(maxsize=8)
def yardstick_of(blueprint: Blueprint) -> Yardstick:
    """Return the yardstick of a blueprint, made when first asked for."""
    network, n_days = blueprint.network, blueprint.scenario.time.run_length_days
    units, streams = network.units, blueprint.scenario.streams
    kinds = tuple(dict.fromkeys(unit.kind for unit in units))
    is_planned = np.array([unit.is_planned for unit in units], dtype=bool)
    members = (*np.eye(len(units), dtype=bool), *(is_of_kind(network, kind) for kind in kinds), is_planned)
    bed_days, places_at_end = open_places(network, n_days)
    of_kind = [NONE if unit.is_below_minimum else len(units) + kinds.index(unit.kind) for unit in units]
    of_system = np.where(is_planned, len(units) + len(kinds), NONE)
    return Yardstick(
        groups=(*blueprint.units, *kinds, SYSTEM),
        rules=tally.Rules(
            n_days=n_days,
            end_day=network.end_day,
            n_outcomes=len(blueprint.outcomes),
            waits_in_acute=np.array([streams[one.name].waits_in == "acute" for one in blueprint.streams], dtype=bool),
            is_acute=is_of_kind(network, "acute"),
            is_out_of_area=is_of_kind(network, "out_of_area"),
            lines=np.column_stack((np.array(of_kind, dtype=np.int64), of_system)),
        ),
        open_and_days=np.array([(bed_days[mine].sum(), n_days) for mine in members]),
        is_planned=np.append(is_planned, False),
        names_planned=np.array([network.names_planned(i) for i in range(len(network.ladders))], dtype=bool),
        planned_at_midnight=open_planned_at_midnight(network, n_days),
        planned_at_end=float(places_at_end[is_planned].sum()),
        present=frozenset(group.label for group in blueprint.present),
    )
