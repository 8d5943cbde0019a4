"""The yardstick: all that measuring needs to know of a scenario, worked out once for all its replications.

Why: measuring one replication must cost only the measuring. What numbers are given of - every unit, every kind of unit,
the system of planned rehabilitation beds, homes and routes, reasons of delay - and for which periods depends on the
scenario alone, so that replications merge array by array.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from bedsim.measures.calendar import Calendar
from bedsim.measures.groups import away_from_home, is_of_kind, travel_minutes
from bedsim.measures.levers import LeverGroups, lever_groups
from bedsim.measures.lines import places_of, unions_by_name
from bedsim.measures.opened import Opened, members_if_open, missing_in, opened_as_written
from bedsim.measures.rules import rules_of
from bedsim.measures.tallied import (
    GROUP_MIDNIGHTS,
    MARKED_MIDNIGHTS,
    SEGMENT_MIDNIGHTS,
    SYSTEM_MIDNIGHTS,
)
from bedsim.measures.visits import visits_by_band
from bedsim.patients.levers import kept_visits
from bedsim.patients.network import locality_names
from bedsim.patients.population import NONE
from bedsim.scenario.schema import SYSTEM
from bedsim.scenario.segments import segment_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.lines import Key, Place
    from bedsim.measures.spread import Unions
    from bedsim.measures.tallied import Rules
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Unit

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WEEKLY = ("midnight_census", "overflow", "demand_beds")
"""Measures of the system that are counted week by week too, for plots through time."""
MONTHLY = {
    "community_hospital": "units",
    "care_home": "together",
    "escalation": "together",
    "community_service": "units",
}
"""Kinds of which the census is counted month by month of the window too, for plots: unit by unit or all together."""

HOME, ROUTE, SEGMENT, REASON, STAGE = "locality:", "route:", "segment:", "reason:", "stage:"
"""With them begin the names of groups that are no units; no unit's name can hold a colon."""


@dataclass(frozen=True)
class Yardstick:
    """What all replications of a scenario are measured with."""

    calendar: Calendar
    rules: Rules
    groups: tuple[str, ...]
    """One a line of the census: every unit, every kind of unit there is, and the system last."""
    members: Bools
    """(n_groups, n_units)"""
    people_groups: tuple[str, ...]
    """The system, then home localities, routes and segments, such as `locality:moorlands` and `route:step_down`."""
    people_members: Bools
    """(n_people_groups, n_cells) a cell is a route, a segment and a home: `tallied.Tally`."""
    parts: dict[str, int]
    """The parts of the delay in planned beds that are published, such as `reason:home_care_start` and
    `stage:community_support`, with their places in `Tally.delayed`."""
    n_parts: int
    visits: Floats
    """(n_units, n_bands) visits a day to a person, by the band of their episode; 0 where none are counted."""
    kept_visits: Floats
    """(n_months, n_segments, n_units) share of the visits that are made; the rest is freed, since another's do."""
    visits_a_week_by_one: Floats
    """(n_units,) visits that one full-time person makes; NaN where that is not said."""
    opened: Opened
    """The places of the written timetable: those of every replication in which none are drawn."""
    missing: dict[str, Bools]
    """By measure of missing places, (n_units,): those that the gate may shut, or infection may close."""
    members_if_open: Bools
    """(n_groups, n_units) as `members`, with the care homes that the gate shuts."""
    away: Floats
    """(n_homes, n_units) does the planned unit stand elsewhere than the home? 1, 0, or NaN if that is not known."""
    minutes: Floats
    """(n_homes, n_units) from home to the planned unit; NaN if that is not known."""
    is_planned: Bools
    """One a unit, and a last one, False, for no unit."""
    names_planned: Bools
    """One a ladder: does it name any planned bed?"""
    present: frozenset[str]
    """The origins of people in a place at the first instant."""
    levers: LeverGroups
    """Of what the people whom levers affect are counted."""

    @cached_property
    def midnight_keys(self) -> tuple[tuple[str, str], ...]:
        """What is counted at each midnight: group and name, in this order; of segments last."""
        of_groups = [(group, name) for name in GROUP_MIDNIGHTS for group in self.groups]
        of_system = [(SYSTEM, name) for name in (*SYSTEM_MIDNIGHTS, *MARKED_MIDNIGHTS)]
        return (*of_groups, *of_system, *((segment, name) for name in SEGMENT_MIDNIGHTS for segment in self.segments))

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """Such as `segment:group_3`; none if the scenario has none."""
        return tuple(group for group in self.people_groups if group.startswith(SEGMENT))

    @cached_property
    def n_lines_by_month(self) -> int:
        """How many midnight lines are added up by month of the year too: all but those of segments."""
        return len(self.midnight_keys) - len(SEGMENT_MIDNIGHTS) * len(self.segments)

    @cached_property
    def daily_lines(self) -> Ints:
        """The midnight lines whose days are counted: all but those which mark days."""
        return np.array([i for i, (_, name) in enumerate(self.midnight_keys) if name not in MARKED_MIDNIGHTS])

    @cached_property
    def system_lines(self) -> Ints:
        """Those of the system."""
        return np.array([i for i in self.daily_lines.tolist() if self.midnight_keys[i][0] == SYSTEM])

    @cached_property
    def weekly_lines(self) -> Ints:
        """Those that are counted week by week."""
        return np.array([self.midnight_keys.index((SYSTEM, name)) for name in WEEKLY])

    @cached_property
    def overflow_lines(self) -> Ints:
        """Those of the overflow: of the system, then of each segment."""
        return np.array([self.midnight_keys.index((group, "overflow")) for group in (SYSTEM, *self.segments)])

    @cached_property
    def monthly_groups(self) -> tuple[str, ...]:
        """The units and kinds whose census is counted month by month of the window."""
        found: list[str] = []
        for kind, how in MONTHLY.items():
            if (line := self.line(kind)) != NONE and self.members[line].any():
                units = [self.groups[i] for i in np.flatnonzero(self.members[line]).tolist()]
                found += units if how == "units" else [kind]
        return tuple(found)

    @cached_property
    def monthly_lines(self) -> Ints:
        """Their midnight lines."""
        lines = [self.midnight_keys.index((group, "midnight_census")) for group in self.monthly_groups]
        return np.array(lines, dtype=np.int64)

    @cached_property
    def year_of_day(self) -> Ints:
        """(n_days,)"""
        return self.calendar.year_of_month[self.calendar.month_of_day]

    @cached_property
    def stay_members(self) -> Bools:
        """(n_groups + n_segments, n_lines) as `members`, with segments in planned beds: `Rules.own_line`."""
        n_segments = len(self.segments)
        of_groups = np.pad(self.members, ((0, 0), (0, n_segments)))
        return np.concatenate((of_groups, np.eye(n_segments, of_groups.shape[1], self.members.shape[1], dtype=bool)))

    @property
    def open_bed_days(self) -> Floats:
        """(n_months, n_units) as written; infinite where a unit is unlimited."""
        return self.opened.bed_days

    @property
    def planned_at_ends(self) -> Floats:
        """(1 + n_years,) planned beds as written in the last instant of the window, then of each year."""
        return self.opened.planned_at_ends

    @property
    def planned_at_midnight(self) -> Floats:
        """The planned beds open at each midnight of the window, as written."""
        return self.opened.planned_at_midnight

    @cached_property
    def teams(self) -> tuple[int, ...]:
        """The units whose people are visited."""
        return tuple(np.flatnonzero(self.visits.any(axis=1)).tolist())

    @cached_property
    def has_limit(self) -> Bools:
        """Say of each group whether the number of its places is limited in all of the window."""
        open_days = self.open_bed_days.sum(axis=0)
        return np.array([np.isfinite(open_days[mine]).all() for mine in self.members])

    @cached_property
    def published(self) -> dict[str, dict[Key, Place]]:
        """Where the counts of every published percentile are."""
        return places_of(self)

    @cached_property
    def unions(self) -> dict[str, Unions]:
        """The lines of which the spread between replications is kept, by the histograms' name."""
        return unions_by_name(self.published)

    def knows_way(self, measure: str) -> bool:
        """Say whether a measure may be given: one of the way from home needs to know where homes and units are."""
        needed = {"away_from_home_fraction": self.away, "travel_minutes": self.minutes}
        return measure not in needed or bool(np.isfinite(needed[measure]).any())

    @property
    def has_planned_limit(self) -> bool:
        """Say whether there are planned beds and a number of them at the end of the window."""
        return bool(self.is_planned.any()) and math.isfinite(self.planned_at_ends[0])

    def line(self, group: str) -> int:
        """Return the census line of a group, NONE if the scenario has none such."""
        return self.groups.index(group) if group in self.groups else NONE


_made: WeakKeyDictionary[Blueprint, Yardstick] = WeakKeyDictionary()


def yardstick_of(blueprint: Blueprint) -> Yardstick:
    """Return the yardstick of a blueprint, made when first asked for and kept as long as the blueprint is."""
    found = _made.get(blueprint)
    if found is None:
        found = _made[blueprint] = _yardstick(blueprint)
    return found


def _yardstick(blueprint: Blueprint) -> Yardstick:
    scenario, network = blueprint.scenario, blueprint.network
    calendar = Calendar(scenario.time.start, scenario.time.run_length_days)
    units, streams = network.units, [scenario.streams[stream.name] for stream in blueprint.streams]
    kinds = tuple(dict.fromkeys(unit.kind for unit in units))
    is_planned = np.array([unit.is_planned for unit in units], dtype=bool)
    routes = tuple(dict.fromkeys(stream.route for stream in streams))
    homes = len(locality_names(scenario))
    segments = segment_names(scenario)
    of_route, cell_home = np.divmod(np.arange(len(routes) * len(segments) * homes), homes)
    cell_route, cell_segment = np.divmod(of_route, len(segments))
    bands, visits = visits_by_band([scenario.units[unit.name].visits for unit in units])
    stage_names = tuple(dict.fromkeys(stage.name for stage in blueprint.stages))
    return Yardstick(
        calendar=calendar,
        rules=rules_of(blueprint, calendar, kinds, routes, stage_names, bands),
        groups=(*blueprint.units, *kinds, SYSTEM),
        members=np.array([*np.eye(len(units), dtype=bool), *(is_of_kind(network, kind) for kind in kinds), is_planned]),
        people_groups=(
            SYSTEM,
            *(f"{HOME}{name}" for name in scenario.localities),
            *(f"{ROUTE}{route}" for route in routes),
            *(f"{SEGMENT}{segment}" for segment in scenario.segments),
        ),
        people_members=np.array(
            [
                np.ones(len(cell_home), dtype=bool),
                *(cell_home == i for i in range(homes - 1)),
                *(cell_route == i for i in range(len(routes))),
                *(cell_segment == i for i in range(len(scenario.segments))),
            ]
        ),
        parts=_parts(blueprint, stage_names),
        n_parts=len(blueprint.reasons) + len(stage_names),
        visits=visits,
        visits_a_week_by_one=np.array([_a_week_by_one(scenario.units[unit.name]) for unit in units]),
        kept_visits=kept_visits(scenario, calendar.month_starts),
        opened=opened_as_written(network, calendar),
        missing=missing_in(blueprint),
        members_if_open=np.array([*np.eye(len(units), dtype=bool), *members_if_open(units, kinds)]),
        away=away_from_home(scenario, network),
        minutes=travel_minutes(scenario, network),
        is_planned=np.append(is_planned, False),
        names_planned=np.array([network.names_planned(i) for i in range(len(network.ladders))], dtype=bool),
        present=frozenset(group.label for group in blueprint.present),
        levers=lever_groups(scenario),
    )


def _a_week_by_one(unit: Unit) -> float:
    stated = None if unit.visits is None else unit.visits.a_week_by_one
    return math.nan if stated is None else stated


def _parts(blueprint: Blueprint, stage_names: tuple[str, ...]) -> dict[str, int]:
    """Return the reasons for which a transfer may take time, and the stages that people go on to."""
    branches = [branch for stage in blueprint.stages for branch in stage.branches]
    reasons = sorted({branch.reason for branch in branches if branch.transfer is not None})
    leads = [lead for stage in blueprint.stages for lead in (*stage.next_stages, *stage.then_stages)]
    stages = dict.fromkeys(blueprint.stages[stage].name for stage, _ in leads if stage != NONE)
    return {
        **{f"{REASON}{blueprint.reasons[reason]}": reason for reason in reasons},
        **{f"{STAGE}{name}": len(blueprint.reasons) + stage_names.index(name) for name in stages},
    }
