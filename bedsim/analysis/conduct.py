"""Conducting a run: the replications of a plan and those of the ends of its ranges, in that order.

Why: a run that was stopped keeps the replications that were finished, and a run that is asked for again takes them up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bedsim.analysis.chunks import chunk_size
from bedsim.analysis.plan import Plan, plan_run
from bedsim.analysis.replicate import Batch, Progress, Recipe, replicate
from bedsim.analysis.run import Run
from bedsim.analysis.workers import local_workers

if TYPE_CHECKING:
    from bedsim.analysis.chunks import Keeper
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
) -> tuple[Run | None, Batch]:
    """Simulate a plan and the ends of its ranges, and keep what was finished whatever stopped the rest.

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
        Range ends already run with this seed, by hash: they are taken from here, and new ones added.
    keep
        Where finished chunks are kept, and taken from; by default nowhere.

    Returns
    -------
    tuple[Run | None, Batch]
        The run, None if no replication was finished; and the last batch, which says what stopped it if anything did.
    """
    known = {} if known is None else known
    run, batch = _simulate("", plan, seed, workers, progress, keep)
    for name, end in plan.ends.items():
        if end.hash not in known and not batch.is_stopped:
            at_end, batch = _simulate(name, end, seed, workers, progress, keep)
            if at_end is not None and not batch.is_stopped:
                known[end.hash] = at_end
    if run is not None:
        ends = {name: known[end.hash] for name, end in plan.ends.items() if end.hash in known}
        complete = ends if len(ends) == len(plan.ends) else {}
        run = replace(run, range_ends=complete, interrupted=batch.is_stopped)
    return run, batch


def run(
    scenario: Scenario,
    n_replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    engine: Engine = "compiled",
) -> Run:
    """Return a run of a scenario, and of both ends of its stated ranges.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        How many independent replications.
    seed
        Root of all random streams; the same seed gives the same numbers.
    workers
        How many, by default one a core: threads, or processes for `simpy`. The numbers do not depend on it.
    engine
        `compiled`, or `simpy`: the readable one, a hundred times slower, with the same numbers.

    Returns
    -------
    Run
        With every replication finished.

    Raises
    ------
    BedsimError
        If the run would be too large, or somebody can never move; `conduct` keeps what was finished before that.
    """
    done, batch = conduct(plan_run(scenario, n_replications, engine), seed, local_workers(engine, workers))
    if batch.error is not None:
        raise batch.error
    if batch.interrupted or done is None:
        raise KeyboardInterrupt
    return done


def _simulate(
    name: str, plan: Plan, seed: int, workers: Workers, progress: Progress | None, keep: Keep | None
) -> tuple[Run | None, Batch]:
    """Simulate a plan without the ends of its ranges."""
    batch = replicate(
        Recipe(plan.blueprint, seed, plan.engine),
        plan.n_replications,
        chunk_size(plan.stays_of_one, plan.engine),
        workers,
        None if keep is None else keep(name, plan),
        progress,
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
