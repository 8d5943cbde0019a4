"""Drawing one replication's patients: their arrivals, homes, needs, delays and the route they will take.

Why: all randomness comes before the engine. Every column is the uniforms of one keyed stream, taken at each person's
own index, so a change of one distribution, stage or unit leaves all the others equal by the bit. Drawing goes stage by
stage over everybody who gets there on the same way, never person by person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.patients.arrivals import draw_arrivals
from bedsim.patients.blueprint import Blueprint, PresentGroup, StagePlan, ladder_index, own_ladder_index
from bedsim.patients.columns import Columns, Group, assemble
from bedsim.patients.population import NONE, Patients
from bedsim.scenario.schema import MOST_STAGES
from bedsim.streams import Name, uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.distributions import Shape

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Uniform = Callable[..., Floats]

ROWS_BESIDE = 1_000
"""Rows that a group may have beyond 50 a person, since a few people may have long routes."""
PRESENT_PRIORITY = -1_000_000
"""People who hold a place at the first instant come before everybody who asks at that instant."""


@dataclass(frozen=True)
class _Ask:
    """Everybody of a group who gets to a stage on one way: `who` are positions in the group."""

    stage: int
    who: Ints
    parent_rows: Ints
    is_then: bool
    path: tuple[int, ...]
    """Stages visited before, to number the visits."""


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
        If somebody's route has more than 50 stages, or all routes of a group have more on average with every way on
        counted, or a length is negative or not finite.
    """
    groups = _groups(blueprint, seed, replication)
    columns = Columns()
    people, offset = [], 0
    for group in groups:
        people.append(_draw_group(blueprint, group, offset, seed, replication, columns))
        offset += len(group.index)
    return assemble(groups, people, columns)


def _groups(blueprint: Blueprint, seed: int, replication: int) -> list[Group]:
    start = blueprint.network.start_day
    groups = [
        Group(present.stream, present.label, np.arange(present.n), np.full(present.n, start), present)
        for present in blueprint.present
    ]
    for i, stream in enumerate(blueprint.streams):
        for arrivals in draw_arrivals(blueprint, stream.name, seed, replication):
            groups.append(Group(i, arrivals.origin, arrivals.index, arrivals.referred_day))
    return groups


def _draw_group(
    blueprint: Blueprint, group: Group, offset: int, seed: int, replication: int, columns: Columns
) -> tuple[Ints, Ints]:
    """Draw the routes of a group's people; return their localities and first rows."""
    stream = blueprint.streams[group.stream]
    present = group.present

    @lru_cache(maxsize=32)  # ways that meet again ask for the same uniforms
    def uniform(*purpose: Name) -> Floats:
        names = (seed, replication, stream.name, group.origin, *purpose)
        return uniforms(names, int(group.index.max(initial=-1)) + 1)[group.index]

    n = len(group.index)
    if present is not None and present.localities:
        locality = np.array(present.localities)
    else:
        locality = stream.localities[np.searchsorted(stream.locality_edges, uniform("locality"), side="right")]
    first_rows = np.full(n, NONE)
    everybody = np.arange(n)
    if present is not None:
        starts = np.full(n, present.stage)
    else:
        starts = stream.start_stages[np.searchsorted(stream.start_edges, uniform("start"), side="right")]
    asks = [
        _Ask(int(stage), everybody[starts == stage], np.empty(0, dtype=np.int64), False, ())
        for stage in np.unique(starts)
    ]
    n_before = columns.n_rows
    while asks:
        ask = asks.pop(0)
        name = blueprint.stages[ask.stage].name
        if len(ask.path) >= MOST_STAGES:
            raise BedsimError(
                f"a person's route has more than {MOST_STAGES} stages, from {name} on: "
                "try smaller shares on the branches that lead back"
            )
        if columns.n_rows - n_before > MOST_STAGES * n + ROWS_BESIDE:
            # What follows a `then` rung and what follows the stage are both drawn: where they meet again, rows double.
            raise BedsimError(
                f"a person's route has more than {MOST_STAGES} stages on average, all ways on counted, from {name} on: "
                "try a leave rung in place of then, or smaller shares on the branches that lead back to it"
            )
        rows, branch = _draw_stage(blueprint, group, ask, locality, uniform, columns, offset)
        if not ask.path:
            first_rows[ask.who] = rows
        else:
            columns.links["then_row" if ask.is_then else "next_row"].append((ask.parent_rows, rows))
        asks += _children(blueprint.stages[ask.stage], ask, rows, branch, columns)
    return locality, first_rows


def _draw_stage(
    blueprint: Blueprint,
    group: Group,
    ask: _Ask,
    locality: Ints,
    uniform: Uniform,
    columns: Columns,
    offset: int,
) -> tuple[Ints, Ints]:
    """Draw one visit of `ask.who` to a stage; return the new rows and each person's branch."""
    plan = blueprint.stages[ask.stage]
    present = None if ask.path else group.present
    visit = ask.path.count(ask.stage) + 1
    n = len(ask.who)

    def drawn(*purpose: Name) -> Floats:
        return uniform(plan.name, visit, *purpose)[ask.who]

    edges = plan.present_shares() if present is not None and present.is_length_biased else plan.cumulated_shares
    branch = np.searchsorted(edges, drawn("branch"), side="right")
    needed, transfer = np.zeros(n), np.zeros(n)
    u_need, u_transfer = drawn("need"), drawn("transfer")
    for i, way in enumerate(plan.branches):
        mine = branch == i
        if present is None:
            needed[mine] = way.needed.quantile(u_need[mine])
        else:
            elapsed = drawn("elapsed")[mine]
            needed[mine] = _residual(blueprint, present, way.needed, u_need[mine], elapsed, ask.who[mine])
        if way.transfer is not None:
            transfer[mine] = way.transfer.quantile(u_transfer[mine])
    _refuse_impossible(plan.name, needed, transfer)
    patience, exit_rung = _patience(plan, n, drawn)
    if present is not None:
        patience, ladder = np.full(n, np.inf), np.full(n, own_ladder_index(blueprint.scenario, present.unit))
    else:
        ladder = ladder_index(blueprint.scenario, ask.stage, 0) + locality[ask.who]
    of_branch = {
        name: np.array([getattr(way, name) for way in plan.branches])[branch] for name in ("reason", "name", "outcome")
    }
    outcomes = np.array([rung.outcome for rung in plan.exits] or [NONE])
    rows = columns.add(
        person=offset + ask.who,
        stage=np.full(n, ask.stage),
        visit=np.full(n, visit),
        needed_days=needed,
        transfer_days=transfer,
        reason=of_branch["reason"],
        branch=of_branch["name"],
        outcome=of_branch["outcome"],
        ladder=ladder,
        priority=np.full(n, plan.priority if present is None else PRESENT_PRIORITY),
        patience_days=patience,
        exit_outcome=np.where(np.isfinite(patience), outcomes[exit_rung], NONE),
        exit_rung=np.where(np.isfinite(patience), exit_rung, NONE),
    )
    return rows, branch


def _residual(
    blueprint: Blueprint, present: PresentGroup, needed: Shape, u_length: Floats, u_elapsed: Floats, who: Ints
) -> Floats:
    """Return what is left of the need of people present at the start, before the unit's stay factor.

    A residual that the scenario states is what is left of the stay itself.
    """
    stay_factor = blueprint.network.units[present.unit].stay_factor
    if present.given_days:
        return np.array(present.given_days)[who] / stay_factor
    if present.residual is not None:
        return present.residual.quantile(u_length) / stay_factor
    return needed.length_biased().quantile(u_length) * u_elapsed


def _patience(plan: StagePlan, n: int, drawn: Uniform) -> tuple[Floats, Ints]:
    """Return the wait until the earliest leave or `then` rung, infinite without one, and its position."""
    waits = np.full((max(len(plan.exits), 1), n), np.inf)
    for i, rung in enumerate(plan.exits):
        after = rung.after_days
        waits[i] = after if isinstance(after, float | int) else after.quantile(drawn("patience", *rung.names))
    earliest = waits.argmin(axis=0)  # the first listed among equals
    return waits[earliest, np.arange(n)], earliest


def _children(plan: StagePlan, ask: _Ask, rows: Ints, branch: Ints, columns: Columns) -> list[_Ask]:
    """Return who goes on to which stage: by branch when the stage is over, by `then` rung instead of it."""
    path = (*ask.path, ask.stage)
    asks = []
    for stage in dict.fromkeys(way.next_stage for way in plan.branches if way.next_stage != NONE):
        going = np.isin(branch, [i for i, way in enumerate(plan.branches) if way.next_stage == stage])
        asks.append(_Ask(stage, ask.who[going], rows[going], False, path))
    exit_rung = columns.parts["exit_rung"][-1]
    for i, rung in enumerate(plan.exits):
        if rung.then_stage != NONE:
            going = exit_rung == i
            asks.append(_Ask(rung.then_stage, ask.who[going], rows[going], True, path))
    return [child for child in asks if len(child.who)]


def _refuse_impossible(stage: str, *lengths: Floats) -> None:
    for values in lengths:
        bad = values[~(np.isfinite(values) & (values >= 0))]
        if len(bad):
            raise BedsimError(f"a length drawn for stage {stage} is {bad[0]}; lengths are finite and at least 0")
