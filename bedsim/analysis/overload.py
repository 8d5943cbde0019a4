"""Overload, said before it is simulated: a lower bound on the load that each place must bear.

Why: where more bed-days are needed than there are, no run is long enough and every number depends on how long it was
run. The bound is the smallest achievable maximum load per place, by linear program over the ladders: people may be
sent to any unit that their ladder names, whole shares of them. It counts needs and drawn delays alone, over the whole
observed window; places that block one another only add to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.lever_flows import acting
from bedsim.analysis.lever_loads import Load, lever_loads
from bedsim.patients.arrivals import mean_referrals_per_day
from bedsim.patients.network import ladder_index

if TYPE_CHECKING:
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.stage_plan import StagePlan

OVERLOADED = 1.0


@dataclass(frozen=True)
class Overload:
    """The bound, twice: with every way out that ladders offer, and with people kept in planned beds."""

    load_per_place: float
    """At 1 or above there is no steady state: the run reports how the queue grows."""
    planned_load_per_bed: float
    """At 1 or above overflow (escalation, out of area, leaving) is not exceptional but permanent."""
    planned_offered_load_beds: float
    """Bed-days needed a day in planned beds, each person in the unit that is quickest; a bound on the bound."""
    planned_beds: float

    def sentence(self) -> str | None:
        """Say the overload, or None if there is none."""
        if self.load_per_place == float("inf"):
            return "Overload: some people ask only for units that have no places, so they wait for ever."
        if self.load_per_place >= OVERLOADED:
            return (
                f"Overload: at least {self.load_per_place:.0%} of the places would have to be in use, so there is no "
                "steady state; the numbers below depend on how long the run is."
            )
        if self.planned_load_per_bed == float("inf"):
            return "Overload: some people's ladder names planned beds, but there are none: all of them are overflow."
        if self.planned_load_per_bed >= OVERLOADED:
            return (
                f"Overload: however people are spread over them, some planned beds would have to be at least "
                f"{self.planned_load_per_bed:.0%} full, so overflow is not an exception but permanent."
            )
        return None


@dataclass(frozen=True)
class _Class:
    """People who ask for one stage from one locality: their number, need, delay, units and whether they may escape."""

    per_day: float
    needed_days: float
    transfer_days: float
    units: tuple[int, ...]
    may_escape: bool


def overload(blueprint: Blueprint, days: range | None = None) -> Overload:
    """Return the bound for a scenario, before anything is simulated: of some days of the window, by default all."""
    network = blueprint.network
    days = range(blueprint.scenario.time.run_length_days) if days is None else days
    classes = _classes(blueprint, days)
    places = _mean_places(blueprint, days)
    planned = set(network.planned_units)
    finite = {u for u in range(len(places)) if np.isfinite(places[u])}
    free = [
        _Class(c.per_day, c.needed_days, c.transfer_days, tuple(u for u in c.units if u in finite), escapes)
        for c in classes
        if not (escapes := c.may_escape or any(u not in finite for u in c.units))
    ]
    kept = [
        _Class(
            c.per_day,
            c.needed_days,
            c.transfer_days,
            tuple(u for u in c.units if u in planned & finite),
            False,
        )
        for c in classes
        if any(u in planned for u in c.units) and all(u in finite for u in c.units if u in planned)
    ]
    factors = [unit.stay_factor for unit in network.units]
    return Overload(
        load_per_place=_least_load(free, places, factors),
        planned_load_per_bed=_least_load(kept, places, factors),
        planned_offered_load_beds=sum(
            c.per_day * (c.needed_days * min(factors[u] for u in c.units) + c.transfer_days) for c in kept
        ),
        planned_beds=sum(places[u] for u in planned & finite),
    )


def visits_per_day(blueprint: Blueprint, days: range | None = None) -> dict[tuple[int, int], float]:
    """Return the expected visits a day to each (stage, locality), if nobody stops asking, over days of the window."""
    return {key: load.per_day for key, load in loads(blueprint, days).items()}


def loads(blueprint: Blueprint, days: range | None = None) -> dict[tuple[int, int], Load]:
    """Return these visits with their mean need and transfer delay, days: at least as levers leave them."""
    scenario = blueprint.scenario
    days = range(scenario.time.run_length_days) if days is None else days
    n = len(blueprint.stages)
    onward = np.zeros((n, n))
    for i, plan in enumerate(blueprint.stages):
        for branch in plan.branches:
            if branch.next_stage >= 0:
                onward[i, branch.next_stage] += branch.share
    flow = np.linalg.solve(np.eye(n) - onward.T, np.eye(n))
    if acting(blueprint):
        return lever_loads(blueprint, flow.astype(np.float64), days)
    visits: dict[tuple[int, int], float] = {}
    for stream in blueprint.streams:
        per_day = mean_referrals_per_day(scenario, stream.name, days.start, days.stop)
        starts = np.zeros(n)
        starts[stream.start_stages] += np.diff(np.concatenate(([0.0], stream.start_edges, [1.0])))
        homes = np.diff(np.concatenate(([0.0], stream.locality_edges, [1.0])))
        for stage, share in enumerate(flow @ starts):
            for locality, home in zip(stream.localities.tolist(), homes.tolist(), strict=True):
                key = (stage, int(locality))
                visits[key] = visits.get(key, 0.0) + per_day * float(share) * home
    return {key: Load(visits[key], *mean_length_days(blueprint.stages[key[0]])) for key in visits}


def mean_length_days(plan: StagePlan) -> tuple[float, float]:
    """Return the mean need and the mean transfer delay of a visit, days."""
    needed = sum(branch.share * branch.needed.mean for branch in plan.branches)
    transfer = sum(branch.share * branch.transfer.mean for branch in plan.branches if branch.transfer is not None)
    return needed, transfer


def _classes(blueprint: Blueprint, days: range) -> list[_Class]:
    classes = []
    for (stage, locality), load in loads(blueprint, days).items():
        ladder = blueprint.network.ladders[ladder_index(blueprint.scenario, stage, locality)]
        units = tuple(dict.fromkeys(unit for rung in ladder for unit in rung.units))
        if load.per_day > 0:
            classes.append(_Class(*load, units, bool(blueprint.stages[stage].exits)))
    return classes


def _mean_places(blueprint: Blueprint, days: range) -> list[float]:
    """Return each unit's places averaged over some days, those bought by chance all there; a unit that does not accept
    keeps its beds."""
    first, last = float(days.start), float(days.stop)
    means = []
    network = blueprint.tracks.at_best
    for i, unit in enumerate(network.units):
        edges, places = [first], [unit.places]
        for entry in network.timetable:
            if entry.unit == i and entry.day < last:
                edges.append(max(entry.day, first))
                places.append(entry.places)
        spans = np.diff([*edges, last])
        means.append(float(sum(p * s for p, s in zip(places, spans, strict=True) if s > 0) / len(days)))
    return means


def _least_load(classes: list[_Class], places: list[float], factors: list[float]) -> float:
    """Return the smallest achievable maximum of load over places; 0 without classes, infinite without places."""
    if not classes:
        return 0.0
    pairs = [(i, unit) for i, c in enumerate(classes) for unit in c.units if places[unit] > 0]
    if {i for i, _ in pairs} != set(range(len(classes))):
        return float("inf")
    from scipy.optimize import linprog

    units = sorted({unit for _, unit in pairs})
    whole = np.zeros((len(classes), len(pairs) + 1))
    fits = np.zeros((len(units), len(pairs) + 1))
    for column, (i, unit) in enumerate(pairs):
        c = classes[i]
        whole[i, column] = 1.0
        fits[units.index(unit), column] = c.per_day * (c.needed_days * factors[unit] + c.transfer_days) / places[unit]
    fits[:, -1] = -1.0
    cost = np.zeros(len(pairs) + 1)
    cost[-1] = 1.0
    answer = linprog(cost, A_ub=fits, b_ub=np.zeros(len(units)), A_eq=whole, b_eq=np.ones(len(classes)))
    assert answer.fun is not None, answer.message
    return answer.fun
