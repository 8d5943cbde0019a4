"""Drawing one replication's patients: their arrivals, homes, needs, delays and the route they will take.

Why: all randomness comes before the engine. Every column is the uniforms of one keyed stream, taken at each person's
own index, so a change of one distribution, stage or unit leaves all the others equal by the bit. Drawing goes stage by
stage over everybody who gets there on the same way, whatever stream they are of, never person by person.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.patients.arrivals import Arrivals, draw_arrivals
from bedsim.patients.blueprint import Blueprint, PresentGroup, ladder_index, own_ladder_index
from bedsim.patients.choices import are_possible, branches, by_day, going
from bedsim.patients.columns import NEXT_ROW, THEN_ROW, Ask, People, Visit, assemble, numbered
from bedsim.patients.lever_effects import effects_of
from bedsim.patients.population import NONE, Patients
from bedsim.patients.stage_plan import BRANCH, ELAPSED, NEED, TRANSFER
from bedsim.patients.uniforms import PersonalUniforms
from bedsim.scenario.schema import MOST_STAGES
from bedsim.streams import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.lever_effects import Effects
    from bedsim.patients.stage_plan import Purpose, Span, StagePlan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROWS_BESIDE = 1_000
"""Rows that a replication may have beyond 50 a person, since a few people may have long routes."""
PRESENT_PRIORITY = -1_000_000
"""People who hold a place at the first instant come before everybody who asks at that instant."""
NOBODY, NO_DAYS = np.empty(0, dtype=np.int64), np.empty(0)


def draw(blueprint: Blueprint, seed: int, replication: int) -> Patients:
    """Return the patients of one replication; no other replication need exist.

    Parameters
    ----------
    blueprint
        The scenario, prepared.
    seed
        Root of all streams.
    replication
        From 0.

    Returns
    -------
    Patients
        Numbered by (referred_day, stream, index).

    Raises
    ------
    BedsimError
        If somebody's route has more than 50 stages, or all routes have more on average with every way on counted, or
        a length is negative or not finite.
    """
    people = numbered(_arrivals(blueprint, seed, replication))
    root = written((seed, replication))
    beginnings = tuple(root + written((blueprint.streams[i].name, origin)) for i, origin in people.origins)
    uniforms = PersonalUniforms(beginnings, people.origin, people.index)
    locality, segment = _homes_and_segments(blueprint, people, uniforms)
    effects = effects_of(blueprint.levers, people, (locality, segment), uniforms, len(blueprint.present))
    if not effects.is_referred.all():
        chosen, effects = effects.is_referred, effects.of_referred()
        people, locality, segment = people.only(chosen), locality[chosen], segment[chosen]
        uniforms = PersonalUniforms(beginnings, people.origin, people.index)
    asks = deque(_first_asks(blueprint, people, uniforms, effects))
    visits: list[Visit] = []
    n_rows = 0
    while asks:
        ask = asks.popleft()
        _refuse_endless(blueprint.stages[ask.stage].name, ask, n_rows, len(locality))
        visit = _draw_visit(blueprint, ask, people, uniforms, effects)
        asks.extend(_children(visit, n_rows))
        visits.append(visit)
        n_rows += len(ask.who)
    return assemble(people, locality, segment, visits, effects.affected)


def _arrivals(blueprint: Blueprint, seed: int, replication: int) -> list[tuple[int, Arrivals]]:
    """Return who comes, each part with the index of its stream: people present at the start, in their order, first."""
    start_day = blueprint.network.start_day
    present = [
        (group.stream, Arrivals((group.label,), np.zeros(n, dtype=np.int64), np.arange(n), np.full(n, start_day)))
        for group, n in ((group, group.n) for group in blueprint.present)
    ]
    referred = [
        (i, part) for i, demand in enumerate(blueprint.demands) for part in draw_arrivals(demand, seed, replication)
    ]
    return present + referred


def _homes_and_segments(blueprint: Blueprint, people: People, uniforms: PersonalUniforms) -> tuple[Ints, Ints]:
    """Return each person's locality, and their segment: the mix of their stream on the day on which they are referred.

    Their uniforms are drawn together, since most of the work is to find who needs which.
    """
    homes, segments = blueprint.homes, blueprint.segment_edges
    is_drawn = {"locality": not homes.is_one_each, "segment": segments.shape[2] > 0}
    purposes = [name for name in is_drawn if is_drawn[name]]
    u = dict(zip(purposes, uniforms.of(np.arange(len(people.index)), *((name,) for name in purposes)), strict=True))
    locality = homes.chosen(people.stream, u["locality"]) if "locality" in u else homes.only(people.stream)
    for origin, present in enumerate(blueprint.present):
        if present.localities:
            who = np.flatnonzero(people.origin == origin)
            locality[who] = np.array(present.localities)[people.index[who]]
    if "segment" not in u:
        return locality, np.zeros(len(locality), dtype=np.int64)
    return locality, by_day(segments, people.stream, people.referred_day, -blueprint.warm_up_days, u["segment"])


def _first_asks(blueprint: Blueprint, people: People, uniforms: PersonalUniforms, effects: Effects) -> list[Ask]:
    """Return who begins with which stage: the one that a lever says, else one of their stream's."""
    choices = blueprint.first_stages
    if choices.is_one_each:
        stage = choices.only(people.stream)
    else:
        stage = choices.chosen(people.stream, uniforms.of(np.arange(len(people.index)), ("start",))[0])
    if blueprint.levers:
        stage = np.where(effects.begins == NONE, stage, effects.begins)
    asks = []
    for origin, present in enumerate(blueprint.present):
        who = np.flatnonzero(people.origin == origin)
        stage[who] = NONE
        asks.append(Ask(present.stage, who, NOBODY, present))
    asks += [Ask(i, np.flatnonzero(stage == i), NOBODY) for i in blueprint.stages_to_begin_with]
    return [ask for ask in asks if len(ask.who)]


def _refuse_endless(stage: str, ask: Ask, n_rows: int, n_people: int) -> None:
    if len(ask.path) >= MOST_STAGES:
        raise BedsimError(
            f"a person's route has more than {MOST_STAGES} stages, from {stage} on: "
            "try smaller shares on the branches that lead back"
        )
    if n_rows > MOST_STAGES * n_people + ROWS_BESIDE:
        # What follows a `then` rung and what follows the stage are both drawn: where they meet again, rows double.
        raise BedsimError(
            f"a person's route has more than {MOST_STAGES} stages on average, all ways on counted, from {stage} on: "
            "try a leave rung in place of then, or smaller shares on the branches that lead back to it"
        )


def _draw_visit(blueprint: Blueprint, ask: Ask, people: People, uniforms: PersonalUniforms, effects: Effects) -> Visit:
    """Draw one visit of `ask.who` to a stage."""
    plan, present = blueprint.stages[ask.stage], ask.present
    number = ask.path.count(ask.stage) + 1
    purposes = plan.purposes if present is None else (*plan.purposes, ELAPSED)
    drawn = uniforms.of(ask.who, *((plan.name, number, *purpose) for purpose in purposes))
    u = dict(zip(purposes, drawn, strict=True))
    edges = plan.present_shares if present is not None and present.is_length_biased else plan.cumulated_shares
    branch, rows, starts, place = branches(u.get(BRANCH, drawn[0]), edges)  # if there is one branch, any uniform does
    n_ladders = len(blueprint.scenario.localities) + 1
    if present is None:
        needed = _lengths(plan.needs, starts, u[NEED][rows])
        patience, exit_rung = _patience(plan, u, len(rows))
        priority, ladders = plan.priority, ladder_index(blueprint.scenario, ask.stage, 0) + np.arange(n_ladders)
    else:
        factor, index = blueprint.network.units[present.unit].stay_factor, people.index[ask.who[rows]]
        needed = _residual(plan, present, factor, index, starts, u[NEED][rows], u[ELAPSED][rows])
        patience, exit_rung = NO_DAYS, NOBODY
        priority, ladders = PRESENT_PRIORITY, np.full(n_ladders, own_ladder_index(blueprint.scenario, present.unit))
    transfer = _lengths(plan.transfers, starts, u[TRANSFER][rows]) if plan.transfers else NO_DAYS
    needed = effects.needed(ask.stage, ask.who[rows], needed)
    if len(transfer):
        transfer = effects.transfer(plan.of_branch[branch[rows], 0], ask.who[rows], transfer)
    _refuse_impossible(plan.name, needed)
    _refuse_impossible(plan.name, transfer)
    return Visit(ask, plan, number, priority, ladders, branch, place, needed, transfer, patience, exit_rung)


def _lengths(spans: tuple[Span, ...], starts: Ints, u: Floats) -> Floats:
    """Return the quantiles of `u`, sorted by branch, each of the distribution of its branch."""
    parts = [(shape, u[starts[first] : starts[end]]) for first, end, shape in spans]
    days = [np.zeros(len(part)) if shape is None else shape.quantile(part) for shape, part in parts]
    return days[0] if len(days) == 1 else np.concatenate(days)


def _residual(
    plan: StagePlan, present: PresentGroup, stay_factor: float, index: Ints, starts: Ints, u: Floats, elapsed: Floats
) -> Floats:
    """Return what is left of the need of people present at the start, before the unit's stay factor.

    A residual that the scenario states is what is left of the stay itself.
    """
    if present.given_days:
        return np.array(present.given_days)[index] / stay_factor
    if present.residual is not None:
        return present.residual.quantile(u) / stay_factor
    return _lengths(plan.present_needs, starts, u) * elapsed


def _patience(plan: StagePlan, u: dict[Purpose, Floats], n: int) -> tuple[Floats, Ints]:
    """Return the wait until the earliest leave or `then` rung, and its position or NONE; nothing without one."""
    if not plan.exits:
        return NO_DAYS, NOBODY
    waits = np.empty((len(plan.exits), n))
    for i, rung in enumerate(plan.exits):
        after = rung.after_days
        waits[i] = after if isinstance(after, float | int) else after.quantile(u[rung.purpose])
    earliest = waits.argmin(axis=0)  # the first listed among equals
    patience = waits[earliest, np.arange(n)]
    return patience, np.where(np.isfinite(patience), earliest, NONE)


def _children(visit: Visit, first_row: int) -> list[Ask]:
    """Return who goes on to which stage: by branch when the stage is over, by `then` rung instead of it."""
    ask, plan = visit.ask, visit.plan
    ways = [(NEXT_ROW, visit.branch, lead) for lead in plan.next_stages]
    ways += [(THEN_ROW, visit.exit_rung, lead) for lead in plan.then_stages]
    path = (*ask.path, ask.stage)
    asks = [
        Ask(stage, *going(ask.who, way, leads, first_row), path=path, link=link) for link, way, (stage, leads) in ways
    ]
    return [child for child in asks if len(child.who)]


def _refuse_impossible(stage: str, days: Floats) -> None:
    if not are_possible(days):
        bad = days[~(np.isfinite(days) & (days >= 0))][0]
        raise BedsimError(f"a length drawn for stage {stage} is {bad}; lengths are finite and at least 0")
