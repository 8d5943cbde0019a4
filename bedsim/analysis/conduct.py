"""Conducting runs: the replications of plans, those of the ends of their ranges, and their bed curves, in that order.

Why: a run that was stopped keeps the replications that were finished, and a run that is asked for again takes them up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bedsim.analysis.bed_curve import bed_curve
from bedsim.analysis.chunks import chunk_size, fair_size, size_for_looks
from bedsim.analysis.plan import Plan, plan_run
from bedsim.analysis.precision import EVERY, precision_of
from bedsim.analysis.ranges import n_at_range_ends
from bedsim.analysis.recipe import Recipe
from bedsim.analysis.replicate import Batch, Progress, Task, replicate_all
from bedsim.analysis.run import Run
from bedsim.analysis.workers import cores, local_workers

if TYPE_CHECKING:
    from bedsim.analysis.chunks import Keeper
    from bedsim.analysis.ranges import End
    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.scenario.schema import Scenario

Keep = Callable[[str, Plan], "Keeper"]
"""Where the chunks of a plan are kept: of the run itself (an empty name) or of an end of its ranges, by its name."""


@dataclass(frozen=True)
class _Piece:
    """A plan without the ends of its ranges, and where its chunks are kept."""

    plan: Plan
    keeper: Keeper | None


def conduct(
    plan: Plan,
    seed: int,
    workers: Workers,
    progress: Progress | None = None,
    keep: Keep | None = None,
    has_bed_curve: bool = True,
) -> tuple[Run | None, Batch]:
    """Simulate one plan, as `conduct_all` does several."""
    return conduct_all([plan], seed, workers, progress, None if keep is None else [keep], has_bed_curve)[0]


def conduct_all(
    plans: Sequence[Plan],
    seed: int,
    workers: Workers,
    progress: Progress | None = None,
    keeps: Sequence[Keep] | None = None,
    has_bed_curve: bool = True,
) -> list[tuple[Run | None, Batch]]:
    """Simulate plans, the ends of their ranges and their bed curves; keep what was finished whatever stopped the rest.

    Plans of the same people are simulated together, and those that are the same at an end of their ranges once there.

    Parameters
    ----------
    plans
        From `plan_run`, for one engine.
    seed
        Root of all random streams.
    workers
        Who does the work; the numbers do not depend on it.
    progress
        Told how many more replications are finished.
    keeps
        By plan, where finished chunks are kept, and taken from; by default nowhere.
    has_bed_curve
        Whether other numbers of planned beds are simulated too.

    Returns
    -------
    list[tuple[Run | None, Batch]]
        By plan, in their order: the run, None if no replication was finished; and the batch of its replications or of
        an end of its ranges that says what stopped it, if anything did.
    """
    folders: Sequence[Keep | None] = [None] * len(plans) if keeps is None else keeps
    pieces = [_Piece(plan, keep and keep("", plan)) for plan, keep in zip(plans, folders, strict=True)]
    found = _simulate(pieces, seed, workers, progress)
    ends = [_ends(plan, *one) for plan, one in zip(plans, found, strict=True)]
    once: dict[str, _Piece] = {}
    kept: list[_Piece] = []
    for keep, some in zip(folders, ends, strict=True):
        for name, end in some.items():
            piece = _Piece(end, keep and keep(name, end))
            if once.setdefault(end.key, piece) is not piece:
                kept.append(piece)
    at_ends = dict(zip(once, _simulate(list(once.values()), seed, workers, progress), strict=True))
    for piece in kept:  # every run's folder holds all that the run says
        at_end, of_end = at_ends[piece.plan.key]
        if piece.keeper is not None and at_end is not None and not of_end.is_stopped:
            piece.keeper.keep(at_end.totals)
    done: list[tuple[Run | None, Batch]] = []
    for plan, (run, batch), some in zip(plans, found, ends, strict=True):
        range_ends: dict[End, Run] = {}
        for name, end in some.items():
            at_end, of_end = at_ends[end.key]
            if of_end.is_stopped and not batch.is_stopped:
                batch = of_end
            elif at_end is not None:
                range_ends[name] = at_end
        complete = range_ends if len(range_ends) == len(plan.ends) else {}
        done.append((run and replace(run, range_ends=complete, interrupted=batch.is_stopped), batch))
    return _with_bed_curves(done, workers) if has_bed_curve else done


def _ends(plan: Plan, run: Run | None, batch: Batch) -> dict[End, Plan]:
    """Return what is simulated at the ends of a plan's ranges; nothing if the plan was stopped."""
    if batch.is_stopped or run is None:
        return {}
    if plan.precision is None:
        return plan.ends
    n = n_at_range_ends(run.n_replications)
    return {name: replace(end, n_replications=n) for name, end in plan.ends.items()}


def _with_bed_curves(done: Sequence[tuple[Run | None, Batch]], workers: Workers) -> list[tuple[Run | None, Batch]]:
    """Return the same with the bed curves of those that nothing stopped."""
    found: list[tuple[Run | None, Batch]] = []
    is_asked = any(batch.interrupted for _, batch in done)
    for run, batch in done:
        if run is not None and not batch.is_stopped:
            try:
                run = run if is_asked else replace(run, bed_curve=bed_curve(run, workers))
            except KeyboardInterrupt:  # what the runs themselves say is there to be published
                is_asked = True
            batch.interrupted = is_asked
            run = replace(run, interrupted=is_asked)
        found.append((run, batch))
    return found


def run(
    scenario: Scenario,
    n_replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    engine: Engine = "compiled",
    precision: str | None = None,
) -> Run:
    """Return a run of a scenario and of both ends of its stated ranges, with its bed curve.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        How many independent replications.
    seed
        Root of all random streams; the same seed gives the same numbers.
    workers
        How many at a time, by default one a core. The numbers do not depend on it.
    engine
        `compiled`, or `simpy`: the readable one, a hundred times slower, with the same numbers.
    precision
        Such as `1` bed or `2%`: go on, up to `n_replications`, until the beds that are enough on 95% of days are known
        so exactly.

    Returns
    -------
    Run
        With every replication finished.

    Raises
    ------
    BedsimError
        If the run would be too large, or somebody can never move; `conduct` keeps what was finished before that.
    """
    wanted = None if precision is None else precision_of(precision)
    done, batch = conduct(plan_run(scenario, n_replications, engine, wanted), seed, local_workers(engine, workers))
    if batch.error is not None:
        raise batch.error
    if batch.interrupted or done is None:
        raise KeyboardInterrupt
    return done


def _simulate(
    pieces: Sequence[_Piece], seed: int, workers: Workers, progress: Progress | None
) -> list[tuple[Run | None, Batch]]:
    """Simulate plans without the ends of their ranges, those of as many replications together."""
    found: dict[int, tuple[Run | None, Batch]] = {}
    for n in dict.fromkeys(piece.plan.n_replications for piece in pieces):
        some = [i for i, piece in enumerate(pieces) if piece.plan.n_replications == n]
        if any(batch.interrupted for _, batch in found.values()):
            batches = [Batch(interrupted=True) for _ in some]
        else:
            tasks = [_task(pieces[i], seed) for i in some]
            batches = replicate_all(tasks, n, min(_size(pieces[i].plan) for i in some), workers, progress)
        found |= {i: (_run(pieces[i].plan, seed, batch), batch) for i, batch in zip(some, batches, strict=True)}
    return [found[i] for i in range(len(pieces))]


def _task(piece: _Piece, seed: int) -> Task:
    plan = piece.plan
    is_enough = None if plan.precision is None else partial(plan.precision.is_reached, plan.blueprint)
    return Task(Recipe(plan.blueprint, seed, plan.engine), piece.keeper, is_enough)


def _size(plan: Plan) -> int:
    """Return how many replications a worker does before it reports."""
    size = chunk_size(plan.stays_of_one, plan.engine)
    if plan.precision is not None:
        return size_for_looks(size, EVERY)
    return fair_size(size, plan.n_replications, cores())


def _run(plan: Plan, seed: int, batch: Batch) -> Run | None:
    """Return what a batch says of a plan; None if no replication was finished."""
    if batch.totals is None:
        return None
    return Run(
        scenario=plan.scenario,
        blueprint=plan.blueprint,
        seed=seed,
        engine=plan.engine,
        hash=plan.hash,
        totals=batch.totals,
        warm_up=plan.warm_up,
        overload=plan.overload,
        interrupted=batch.is_stopped,
    )
