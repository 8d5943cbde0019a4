"""The network: units, ladders and timetables in numbers, as the engines read them.

Why: an engine is a function of patients and a network and of nothing else. Dates have become days since the start,
kinds and `nearest` have become units, and every name has become an index. What the indexes mean is kept beside them,
for the measures and for errors. Values are frozen; `with_unlimited` makes the networks of the demand measures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.network_arrays import network_arrays
from bedsim.patients.timetable import Timetable, TimetableEntry, timetable_of
from bedsim.scenario.following import followed_by_day
from bedsim.scenario.ladders import below_minimum, units_of_terms
from bedsim.scenario.schema import PLANNED_KINDS
from bedsim.scenario.values import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bedsim.patients.network_arrays import NetworkArrays
    from bedsim.scenario.schema import Scenario, Unit
    from bedsim.scenario.unit_times import LeaveTimes

END_OF_DAYS = 2.0**53
"""From here on floats do not tell days apart: people leave when they can."""
UNLIMITED = math.inf
"""Places of a unit that is never full."""


@dataclass(frozen=True)
class LeaveRule:
    """When people may leave a unit (model.md, section 6, rule 7)."""

    allowed: tuple[bool, ...]
    """One a day from `first_day` on; the last seven repeat for ever."""
    first_day: int
    hour: float | None

    def is_allowed(self, day: int) -> bool:
        """Say whether people may leave on this day."""
        i = day - self.first_day
        if i >= len(self.allowed):
            i = len(self.allowed) - 7 + (i - len(self.allowed)) % 7
        return self.allowed[i]

    def first_at_or_after(self, x: float) -> float:
        """Return the first leave instant at or after `x`.

        >>> weekdays = LeaveRule((True,) * 5 + (False,) * 2, first_day=0, hour=None)
        >>> weekdays.first_at_or_after(4.5), weekdays.first_at_or_after(5.5)
        (4.5, 7.0)
        """
        if x >= END_OF_DAYS:
            return x
        day = math.floor(x)
        if self.hour is None:
            if self.is_allowed(day):
                return x
        elif self.is_allowed(day) and day + self.hour / 24 >= x:
            return day + self.hour / 24
        day += 1
        while not self.is_allowed(day):
            day += 1
        return float(day) if self.hour is None else day + self.hour / 24


@dataclass(frozen=True)
class UnitRules:
    """What the engine needs to know of a unit."""

    name: str
    kind: str
    places: float
    """At the first instant, before the timetable; `UNLIMITED` if never full."""
    stay_factor: float = 1.0
    turnover_days: float = 0.0
    leave: LeaveRule | None = None
    is_below_minimum: bool = False
    """A care home that the quality gate shuts: its beds do not count."""

    @property
    def is_planned(self) -> bool:
        """Say whether these are planned rehabilitation beds."""
        return self.kind in PLANNED_KINDS and not self.is_below_minimum


@dataclass(frozen=True)
class UnitRung:
    """Units, by preference, that open after so long a wait."""

    after_days: float
    units: tuple[int, ...]
    keep_free: int = 0


@dataclass(frozen=True)
class StageRules:
    """What the engine and the measures need to know of a stage."""

    name: str
    deconditioning_per_day: float = 0.0
    deconditioning_most_days: float = 0.0


@dataclass(frozen=True)
class Network:
    """Everything about the system that an engine needs."""

    units: tuple[UnitRules, ...]
    stages: tuple[StageRules, ...]
    ladders: tuple[tuple[UnitRung, ...], ...]
    timetable: Timetable
    start_day: float
    end_day: float

    @cached_property
    def arrays(self) -> NetworkArrays:
        """The same as flat arrays, for compiled code."""
        return network_arrays(self)

    @property
    def planned_units(self) -> tuple[int, ...]:
        """The indexes of the units that are planned rehabilitation beds."""
        return tuple(i for i, unit in enumerate(self.units) if unit.is_planned)

    def names_planned(self, ladder: int) -> bool:
        """Say whether a ladder names any planned rehabilitation bed."""
        return any(self.units[u].is_planned for rung in self.ladders[ladder] for u in rung.units)

    def with_unlimited(self, units: Iterable[int]) -> Network:
        """Return the network in which these units have unlimited places; they still close as the timetable says."""
        chosen, rows = set(units), self.timetable
        return replace(
            self,
            units=tuple(replace(unit, places=UNLIMITED) if i in chosen else unit for i, unit in enumerate(self.units)),
            timetable=rows.with_places(np.where(np.isin(rows.unit, list(chosen)), UNLIMITED, rows.places)),
        )

    def without_limits(self) -> Network:
        """Return the network in which every place is unlimited, always open, and people leave at any time."""
        return replace(
            self,
            units=tuple(replace(unit, places=UNLIMITED, leave=None) for unit in self.units),
            timetable=timetable_of(()),
        )


def build_network(scenario: Scenario, warm_up_days: float) -> Network:
    """Return the network of a scenario that starts `warm_up_days` before its start date.

    Ladders are numbered by stage and locality: `ladder_index` gives the number.
    """
    names = list(scenario.units)
    timetable = [
        entry for i, unit in enumerate(scenario.units.values()) for entry in _timetable(scenario, i, unit, warm_up_days)
    ]
    return Network(
        units=tuple(_unit_rules(scenario, name, unit, warm_up_days) for name, unit in scenario.units.items()),
        stages=tuple(_stage_rules(scenario)),
        ladders=tuple(
            _unit_rungs(scenario, pathway, stage, locality, names)
            for pathway, stage in stage_names(scenario)
            for locality in locality_names(scenario)
        )
        + tuple((UnitRung(0.0, (i,)),) for i in range(len(names))),
        timetable=timetable_of(timetable),
        start_day=-float(warm_up_days),
        end_day=float(scenario.time.run_length_days + scenario.time.cool_down_days),
    )


def stage_names(scenario: Scenario) -> list[tuple[str, str]]:
    """Return every (pathway, stage), in the order of the stages' indexes."""
    return [(pathway, stage) for pathway, stages in scenario.pathways.items() for stage in stages]


def locality_names(scenario: Scenario) -> list[str | None]:
    """Return the localities in the order of their indexes; the last, None, stands for a person without one."""
    return [*scenario.localities, None]


def ladder_index(scenario: Scenario, stage: int, locality: int) -> int:
    """Return the number of the ladder of a stage for people of a locality."""
    return stage * (len(scenario.localities) + 1) + locality


def own_ladder_index(scenario: Scenario, unit: int) -> int:
    """Return the number of the ladder that names one unit only: for people present in it at the start."""
    return len(stage_names(scenario)) * (len(scenario.localities) + 1) + unit


def day_of(scenario: Scenario, when: date, hour: float = 0.0) -> float:
    """Return days since 00:00 on the scenario's start date."""
    return (when - scenario.time.start).days + hour / 24


def _unit_rules(scenario: Scenario, name: str, unit: Unit, warm_up_days: float) -> UnitRules:
    return UnitRules(
        name=name,
        kind=unit.kind,
        places=_places(unit.places),
        stay_factor=unit.stay_factor,
        turnover_days=unit.turnover_days,
        leave=None if unit.leave is None else _leave_rule(scenario, unit.leave, warm_up_days),
        is_below_minimum=below_minimum(scenario, name),
    )


def _places(places: int | str) -> float:
    return UNLIMITED if isinstance(places, str) else float(places)


def _leave_rule(scenario: Scenario, leave: LeaveTimes, warm_up_days: float) -> LeaveRule | None:
    if set(leave.days) == set(WEEKDAYS) and leave.hour is None and not leave.except_bank_holidays:
        return None
    time = scenario.time
    first_day = -math.ceil(warm_up_days) - 1
    n_days = time.run_length_days + time.cool_down_days + 366 - first_day
    dates = [time.start + timedelta(days=first_day + i) for i in range(n_days)]
    is_holiday = bank_holidays(dates) if leave.except_bank_holidays else (lambda _day: False)
    allowed = tuple(WEEKDAYS[day.weekday()] in leave.days and not is_holiday(day) for day in dates)
    weekly = tuple(
        WEEKDAYS[day.weekday()] in leave.days for day in (dates[-1] + timedelta(days=i) for i in range(1, 8))
    )
    return LeaveRule(allowed + weekly, first_day, leave.hour)


def bank_holidays(dates: list[date]) -> Callable[[date], bool]:
    """Return a test for the bank holidays of England."""
    import holidays

    england = holidays.country_holidays("GB", subdiv="ENG", years=range(dates[0].year, dates[-1].year + 1))
    return lambda day: day in england


def _stage_rules(scenario: Scenario) -> Iterable[StageRules]:
    for pathway, name in stage_names(scenario):
        loss = scenario.pathways[pathway][name].deconditioning
        yield StageRules(name, *((loss.per_day, loss.most_days) if loss else (0.0, 0.0)))


def _unit_rungs(
    scenario: Scenario, pathway: str, stage: str, locality: str | None, names: list[str]
) -> tuple[UnitRung, ...]:
    rungs = []
    for rung in scenario.pathways[pathway][stage].ladder:
        if rung.units is None:
            continue
        assert isinstance(rung.after_days, float | int)
        units = units_of_terms(scenario, rung.unit_terms, locality, stage)
        if units:
            rungs.append(UnitRung(float(rung.after_days), tuple(map(names.index, units)), rung.keep_free))
    return tuple(rungs)


def _timetable(scenario: Scenario, index: int, unit: Unit, warm_up_days: float) -> Iterable[TimetableEntry]:
    """Yield a unit's changes with what they leave unsaid filled in; of changes at one instant the last is kept."""
    written = [
        (day_of(scenario, row.date, row.hour), None if row.places is None else _places(row.places), row.accepting)
        for row in sorted(unit.timetable, key=lambda row: (row.date, row.hour))
    ]
    followed = [] if unit.places_follow is None else _followed(scenario, unit, warm_up_days)
    places, accepting = _places(unit.places), True
    entries: dict[float, TimetableEntry] = {}
    for day, new_places, new_accepting in sorted(written + followed, key=lambda change: change[0]):
        places = places if new_places is None else new_places
        accepting = accepting if new_accepting is None else new_accepting
        entries[day] = TimetableEntry(day, index, places, accepting)
    return entries.values()


def _followed(scenario: Scenario, unit: Unit, warm_up_days: float) -> list[tuple[float, float | None, bool | None]]:
    """Return the days on which a unit that follows a stream gets another number of places, the run's first included."""
    last = scenario.time.run_length_days + scenario.time.cool_down_days
    changes: list[tuple[float, float | None, bool | None]] = []
    days = range(-math.ceil(warm_up_days), last)
    for day, places in zip(days, map(float, followed_by_day(scenario, unit, days)), strict=True):
        if not changes or places != changes[-1][1]:
            changes.append((float(day), places, None))
    return changes
