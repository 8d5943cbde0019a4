"""Replications: the same model under independent luck, over worker processes.

Why: intervals come from replications only. One replication is drawn, simulated, checked and measured in one task;
its number, not the order of completion, decides what is drawn, so any number of workers gives the same bits. What was
finished is kept whatever stops the rest: an interruption, or people found stuck for ever.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bedsim.engine.invariants import check_invariants
from bedsim.engine.simpy_engine import simulate
from bedsim.engine.stuck import refuse_stuck
from bedsim.errors import StuckError
from bedsim.measures.replication import ReplicationMeasures, measure
from bedsim.patients.draw import draw

if TYPE_CHECKING:
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

Alter = Callable[["Patients"], "Patients"]
Progress = Callable[[int], None]


@dataclass
class Batch:
    """What came of a number of replications: all of them, or those finished before something stopped the rest."""

    finished: list[ReplicationMeasures] = field(default_factory=list)
    worker_ids: set[int] = field(default_factory=set)
    """Process numbers of the workers that did the work."""
    error: StuckError | None = None
    interrupted: bool = False

    @property
    def is_stopped(self) -> bool:
        """Say whether something stopped the rest."""
        return self.interrupted or self.error is not None


def replicate_once(
    blueprint: Blueprint, seed: int, replication: int, alter: Alter | None = None
) -> ReplicationMeasures:
    """Return one replication's numbers.

    Parameters
    ----------
    blueprint
        The scenario, prepared.
    seed
        Root of all streams.
    replication
        From 0; needs no other to exist.
    alter
        For tests: changes the patients after they are drawn, to plant an error that must be noticed.

    Returns
    -------
    ReplicationMeasures
        The replication's numbers; intervals come from many.

    Raises
    ------
    StuckError
        If somebody can never move.
    """
    patients = draw(blueprint, seed, replication)
    if alter is not None:
        patients = alter(patients)
    network = blueprint.network
    stays = simulate(patients, network)
    window = (0.0, float(blueprint.scenario.time.run_length_days))
    check_invariants(patients, network, stays, window)
    try:
        refuse_stuck(patients, network, stays)
    except StuckError as error:
        raise StuckError(f"replication {replication}: {error}") from None
    demand = simulate(patients, network.with_unlimited(network.planned_units))
    no_delay = simulate(patients.without_transfer(), network.without_limits())
    return measure(blueprint, patients, stays, demand, no_delay, replication)


def replicate(
    blueprint: Blueprint,
    n_replications: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    alter: Alter | None = None,
    per_task: int = 1,
) -> Batch:
    """Return the measures of replications 0 to n - 1, sorted by replication.

    Parameters
    ----------
    blueprint
        The scenario, prepared.
    n_replications
        How many.
    seed
        Root of all streams.
    workers
        Worker processes; by default one a core. With 1 nothing leaves this process.
    progress
        Told, after each task, how many replications it finished.
    alter
        See `replicate_once`.
    per_task
        Replications that a worker does before it reports; the numbers do not depend on it.

    Returns
    -------
    Batch
        The finished replications, and what stopped the rest if anything did.
    """
    workers = min(workers or os.cpu_count() or 1, n_replications)
    batch = Batch()
    parts = [range(i, min(i + per_task, n_replications)) for i in range(0, n_replications, per_task)]
    results = _tasks(blueprint, parts, seed, workers, alter)
    try:
        for worker_id, finished, error in results:
            batch.worker_ids.add(worker_id)
            batch.finished.extend(finished)
            if progress is not None:
                progress(len(finished))
            if error is not None:
                batch.error = error
                break
    except KeyboardInterrupt:
        batch.interrupted = True
    finally:
        results.close()
        if workers > 1 and batch.is_stopped:
            _stop_workers()
    batch.finished.sort(key=lambda one: one.replication)
    return batch


Outcome = tuple[int, list[ReplicationMeasures], StuckError | None]
"""The worker's process number, what it finished, and what stopped it if anything did."""


def _tasks(
    blueprint: Blueprint, parts: list[range], seed: int, workers: int, alter: Alter | None
) -> Generator[Outcome, None, None]:
    """Yield what each task gives, as it is finished."""
    if workers == 1:
        yield from (_task(blueprint, part, seed, alter) for part in parts)
        return
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs")
    yield from pool(delayed(_task)(blueprint, part, seed, alter) for part in parts)


def _task(blueprint: Blueprint, part: range, seed: int, alter: Alter | None) -> Outcome:
    """Do some replications; people found stuck are an answer, so that no other work is lost with them."""
    finished = []
    for replication in part:
        try:
            finished.append(replicate_once(blueprint, seed, replication, alter))
        except StuckError as error:
            return os.getpid(), finished, error
    return os.getpid(), finished, None


def _stop_workers() -> None:
    """End the worker processes at once: what they are doing is no longer wanted."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True, kill_workers=True)
