"""Conducting a run: the replications of a plan, those of the ends of its ranges, and its bed curve, in that order.

Why: a run that was stopped keeps the replications that were finished, and a run that is asked for again takes them up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bedsim.analysis.bed_curve import bed_curve
from bedsim.analysis.chunks import chunk_size, size_for_looks
from bedsim.analysis.plan import Plan, plan_run
from bedsim.analysis.precision import EVERY, precision_of
from bedsim.analysis.ranges import n_at_range_ends
from bedsim.analysis.replicate import Batch, Progress, Recipe, replicate
from bedsim.analysis.run import Run
from bedsim.analysis.workers import local_workers

if TYPE_CHECKING:
    from bedsim.analysis.chunks import Keeper
    from bedsim.analysis.ranges import End
    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.scenario.schema import Scenario

Keep = Callable[[str, Plan], "Keeper"]
"""Where the chunks of a plan are kept: of the run itself (an empty name) or of an end of its ranges, by its name."""


def conduct(
    plan: Plan,
    seed: int,
    workers: Workers,
    progress: Progress | None = None,
    known: dict[str, Run] | None = None,
    keep: Keep | None = None,
    has_bed_curve: bool = True,
) -> tuple[Run | None, Batch]:
    """Simulate a plan, the ends of its ranges and its bed curve, and keep what was finished whatever stopped the rest.

    Parameters
    ----------
    plan
        From `plan_run`.
    seed
        Root of all random streams.
    workers
        Who does the work; the numbers do not depend on it.
    progress
        Told how many more replications are finished.
    known
        Range ends already run with this seed, by the key of their plan: they are taken from here, and new ones added.
    keep
        Where finished chunks are kept, and taken from; by default nowhere.
    has_bed_curve
        Whether other numbers of planned beds are simulated too.

    Returns
    -------
    tuple[Run | None, Batch]
        The run, None if no replication was finished; and the last batch, which says what stopped it if anything did.
    """
    known = {} if known is None else known
    run, batch = _simulate("", plan, seed, workers, progress, keep)
    keys: dict[End, str] = {}
    for name, end in plan.ends.items():
        if plan.precision is not None and run is not None:
            end = replace(end, n_replications=n_at_range_ends(run.n_replications))
        keys[name] = end.key
        if end.key not in known and not batch.is_stopped:
            at_end, batch = _simulate(name, end, seed, workers, progress, keep)
            if at_end is not None and not batch.is_stopped:
                known[end.key] = at_end
        elif end.key in known and keep is not None:  # every run's folder holds all that the run says
            keep(name, end).keep(known[end.key].totals)
    if run is not None:
        ends = {name: known[key] for name, key in keys.items() if key in known}
        complete = ends if len(ends) == len(plan.ends) else {}
        try:
            curve = bed_curve(run, workers) if has_bed_curve and not batch.is_stopped else None
        except KeyboardInterrupt:  # what the run itself says is there to be published
            curve, batch.interrupted = None, True
        run = replace(run, range_ends=complete, bed_curve=curve, interrupted=batch.is_stopped)
    return run, batch


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
    name: str, plan: Plan, seed: int, workers: Workers, progress: Progress | None, keep: Keep | None
) -> tuple[Run | None, Batch]:
    """Simulate a plan without the ends of its ranges."""
    size = chunk_size(plan.stays_of_one, plan.engine)
    batch = replicate(
        Recipe(plan.blueprint, seed, plan.engine),
        plan.n_replications,
        size if plan.precision is None else size_for_looks(size, EVERY),
        workers,
        None if keep is None else keep(name, plan),
        progress,
        None if plan.precision is None else partial(plan.precision.is_reached, plan.blueprint),
    )
    if batch.totals is None:
        return None, batch
    run = Run(
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
    return run, batch
