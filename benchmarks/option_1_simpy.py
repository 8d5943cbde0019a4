"""Option 1's network in SimPy, as somebody who knows SimPy well writes it.

A `Resource` a unit. A patient asks the units of the first rung, and of each further rung as it opens, takes the first
place that is given (`any_of`) and withdraws the other requests. First come, first served in every unit is then first
come, first served over all of them, because everybody's rungs open after the same waits.

Reads the same scenario file as bedsim. It knows what option 1 uses and no more: no keep_free, turnover, leave times,
timetables, priorities, nor `leave` and `then` rungs. Places that follow a stream may only grow.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import simpy
from simpy.resources.resource import Request

from bedsim.scenario.following import followed_places
from bedsim.scenario.ladders import units_of_terms
from bedsim.scenario.schema import PLANNED_KINDS, Scenario
from bedsim.scenario.schema import Unit as UnitSpec
from benchmarks.option_1_people import Demand, Person
from benchmarks.ward import Numbers, described

Process = Generator[simpy.Event, Any, Any]


@dataclass(slots=True)
class Stay:
    asks_for_planned: bool
    requested_day: float
    admitted_day: float = math.nan
    unit: str = ""
    ready_day: float = math.nan
    left_day: float = math.nan
    branch: str = ""


@dataclass(slots=True)
class Unit:
    name: str
    places: simpy.Resource
    stay_factor: float
    not_yet: list[Request] = field(default_factory=list)
    """Places that are not open yet, each held by nobody in particular."""
    n_delayed: int = 0
    census: list[int] = field(default_factory=list)
    delayed: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """A place that somebody holds."""

    unit: Unit
    request: Request
    stay: Stay


class NetworkModel:
    def __init__(self, scenario: Scenario, first_day: int, people: Iterable[tuple[float, Person]]) -> None:
        self.scenario, self.people = scenario, people
        self.env = simpy.Environment(initial_time=first_day)
        self.units = {
            name: Unit(name, simpy.Resource(self.env, _capacity(unit.places)), unit.stay_factor)
            for name, unit in scenario.units.items()
            if unit.places_follow is None
        }
        self.units |= {
            name: self._growing_unit(name, unit, first_day)
            for name, unit in scenario.units.items()
            if unit.places_follow is not None
        }
        (stream,) = scenario.streams.values()
        self.ladders = {
            (stage, locality): self._ladder(stage_spec.ladder, locality)
            for stage, stage_spec in scenario.pathways[stream.pathway].items()
            for locality in scenario.localities
        }
        self.planned = {
            key: any(scenario.units[unit.name].kind in PLANNED_KINDS for _, units in ladder for unit in units)
            for key, ladder in self.ladders.items()
        }
        self.stays: list[Stay] = []
        self.n_waiting = 0
        self.waiting: list[int] = []

    def _growing_unit(self, name: str, spec: UnitSpec, first_day: int) -> Unit:
        """Return a unit whose places grow with the referrals; those that come later are held until then."""
        last_day = self.scenario.time.run_length_days + self.scenario.time.cool_down_days
        places = [followed_places(self.scenario, spec, day) for day in range(first_day, last_day)]
        unit = Unit(name, simpy.Resource(self.env, places[-1]), spec.stay_factor)
        unit.not_yet = [unit.places.request() for _ in range(places[-1] - places[0])]
        days = [first_day + i for i, (before, now) in enumerate(pairwise(places), start=1) for _ in range(now - before)]
        self.env.process(self.openings(unit, days))
        return unit

    def _ladder(self, rungs: Iterable[Any], locality: str) -> list[tuple[float, list[Unit]]]:
        """Return, of each rung, how long after the one before it opens, and the units it names for this locality."""
        opens = [
            (float(rung.after_days), units)
            for rung in rungs
            if (units := [self.units[name] for name in units_of_terms(self.scenario, rung.unit_terms, locality)])
        ]
        before = [0.0, *(after for after, _ in opens)]
        return [(after - earlier, units) for earlier, (after, units) in zip(before, opens, strict=False)]

    # ---- processes --------------------------------------------------------------------------------------------

    def referrals(self) -> Process:
        for referred_day, person in self.people:
            yield self.env.timeout(referred_day - self.env.now)
            self.env.process(self.journey(person))

    def openings(self, unit: Unit, days: list[int]) -> Process:
        """Open one place more on each of these days, just before midnight: the audit counts who comes at midnight."""
        for day in days:
            yield self.env.timeout(math.nextafter(day, -math.inf) - self.env.now)
            unit.places.release(unit.not_yet.pop())

    def journey(self, person: Person) -> Process:
        """Walk through the stages; a place is kept until the next one is found."""
        env, held = self.env, None
        for visit in person.route:
            key = visit.stage, person.locality
            stay = Stay(self.planned[key], env.now)
            self.stays.append(stay)
            self.n_waiting += stay.asks_for_planned
            unit, request = yield from self.find_place(self.ladders[key])
            self.n_waiting -= stay.asks_for_planned
            if held is not None:
                self.give_up(held)
            held = Place(unit, request, stay)
            stay.unit, stay.admitted_day, stay.branch = unit.name, env.now, visit.branch
            yield env.timeout(visit.needed_days * unit.stay_factor)
            stay.ready_day = env.now
            unit.n_delayed += 1
            if visit.transfer_days:
                yield env.timeout(visit.transfer_days)
        assert held is not None
        self.give_up(held)

    def find_place(self, ladder: list[tuple[float, list[Unit]]]) -> Process:
        """Ask rung by rung until a unit gives a place; return the unit and the request it granted."""
        asked: list[tuple[Unit, Request]] = []
        for later_days, units in ladder:
            if later_days:
                yield self.env.any_of([self.env.timeout(later_days), *(request for _, request in asked)])
            if not any(request.triggered for _, request in asked):
                for unit in units:
                    request = unit.places.request()
                    asked.append((unit, request))
                    if request.triggered:
                        break
            if any(request.triggered for _, request in asked):
                break
        else:
            yield self.env.any_of([request for _, request in asked])
        unit, granted = next((unit, request) for unit, request in asked if request.triggered)
        for other, request in asked:
            if not request.triggered:
                request.cancel()
            elif request is not granted:
                other.places.release(request)
        return unit, granted

    def give_up(self, place: Place) -> None:
        place.unit.n_delayed -= 1
        place.unit.places.release(place.request)
        place.stay.left_day = self.env.now

    def audit(self) -> Process:
        yield self.env.timeout(-self.env.now)
        while True:
            for unit in self.units.values():
                unit.census.append(unit.places.count - len(unit.not_yet))
                unit.delayed.append(unit.n_delayed)
            self.waiting.append(self.n_waiting)
            yield self.env.timeout(1)

    # ---- the report -------------------------------------------------------------------------------------------

    def run(self, end_day: int) -> Numbers:
        self.env.process(self.referrals())
        self.env.process(self.audit())
        self.env.run(until=end_day)
        return self.numbers(end_day)

    def numbers(self, end_day: int) -> Numbers:
        """Report of every unit and of the system, over the observed days and the people referred in them."""
        n_days = self.scenario.time.run_length_days
        stays = [stay for stay in self.stays if 0 <= stay.requested_day < n_days]
        names = ("requested_day", "admitted_day", "ready_day", "left_day")
        days = {name: np.array([getattr(stay, name) for stay in stays]) for name in names}
        unit_of = np.array([stay.unit for stay in stays])
        wait_days = np.fmin(days["admitted_day"], end_day) - days["requested_day"]
        delay_days, los_days = days["left_day"] - days["ready_day"], days["left_day"] - days["admitted_day"]
        planned = [name for name in self.units if self.scenario.units[name].kind in PLANNED_KINDS]
        numbers: Numbers = {}
        is_over = ~np.isnan(days["left_day"])
        for name, unit in self.units.items():
            numbers |= described(f"{name} midnight_census", unit.census[:n_days])
            numbers |= described(f"{name} delayed_beds", unit.delayed[:n_days])
            mine = unit_of == name
            if mine.any():
                numbers |= described(f"{name} wait_days", wait_days[mine])
                numbers |= described(f"{name} delay_days", delay_days[mine & is_over])
                numbers |= described(f"{name} los_days", los_days[mine & is_over])
                numbers[f"{name} p_wait"] = float((wait_days[mine] > 0).mean())
        census = np.array([self.units[name].census[:n_days] for name in planned]).sum(axis=0)
        overflow = np.array(self.waiting[:n_days])
        for name, spec in self.scenario.units.items():
            if spec.kind in ("escalation", "out_of_area"):
                overflow = overflow + self.units[name].census[:n_days]
        asks = np.array([stay.asks_for_planned for stay in stays])
        numbers |= described("system midnight_census", census)
        numbers |= described("system waiting", self.waiting[:n_days])
        numbers |= described("system overflow", overflow)
        numbers |= described("system wait_days", wait_days[asks])
        numbers["system p_wait"] = float((wait_days[asks] > 0).mean())
        numbers["system overflow_days_fraction"] = float((overflow > 0).mean())
        numbers |= {f"branch {name}": n / n_days for name, n in Counter(stay.branch for stay in stays).items()}
        return numbers


def _capacity(places: int | str) -> float:
    return math.inf if isinstance(places, str) else places


def replication(scenario: Scenario, warm_up_days: int, seed: int) -> Numbers:
    """Draw, simulate and report one replication."""
    end_day = scenario.time.run_length_days + scenario.time.cool_down_days
    demand = Demand(scenario, -warm_up_days, end_day, np.random.default_rng(seed))
    return NetworkModel(scenario, -warm_up_days, demand.people()).run(end_day)
