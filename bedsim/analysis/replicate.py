"""Replications: the same model under independent luck, chunk by chunk, over any workers.

Why: intervals come from replications only. One replication is drawn, simulated, checked and measured in one go; its
number, not the order of completion, decides what is drawn, so any number of workers, any cut and any earlier start give
the same bits. What was finished is kept whatever stops the rest: an interruption, or people found stuck for ever.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.chunks import missing_parts
from bedsim.analysis.workers import Outcome, this_worker
from bedsim.engine.choose import simulate
from bedsim.engine.invariants import check_invariants
from bedsim.engine.stuck import refuse_stuck
from bedsim.errors import StuckError
from bedsim.measures.replication import ReplicationMeasures, measure
from bedsim.measures.totals import Sums, merge, totals_of
from bedsim.memory import keep_memory
from bedsim.patients.draw import draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from bedsim.analysis.chunks import Keeper
    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Recipe:
    """All that a replication's numbers depend on, but its own number."""

    blueprint: Blueprint
    seed: int
    engine: Engine = "compiled"

    @cached_property
    def demand_network(self) -> Network:
        """The network in which planned beds are unlimited."""
        network = self.blueprint.network
        return network.with_unlimited(network.planned_units)

    @cached_property
    def no_delay_network(self) -> Network:
        """The network in which nothing is limited."""
        return self.blueprint.network.without_limits()

    def replication(self, number: int) -> ReplicationMeasures:
        """Return one replication's numbers, from 0; StuckError if somebody can never move."""
        patients = draw(self.blueprint, self.seed, number)
        network = self.blueprint.network
        stays = simulate(patients, network, self.engine)
        window = (0.0, float(self.blueprint.scenario.time.run_length_days))
        check_invariants(patients, network, stays, window)
        try:
            refuse_stuck(patients, network, stays)
        except StuckError as error:
            raise StuckError(f"replication {number}: {error}") from None
        demand = simulate(patients, self.demand_network, self.engine)
        no_delay = simulate(patients.without_transfer(), self.no_delay_network, self.engine)
        return measure(self.blueprint, patients, stays, demand, no_delay, number)

    def chunk(self, part: range) -> Outcome:
        """Do a range of replications, up to the first in which somebody is stuck."""
        keep_memory()
        finished, error = [], None
        for number in part:
            try:
                finished.append(totals_of(self.replication(number)))
            except StuckError as stuck:
                error = stuck
                break
        return Outcome(merge(finished, part) if finished else None, error, this_worker())


@dataclass
class Batch:
    """What came of a number of replications: all of them, or those finished before something stopped the rest."""

    totals: Totals | None = None
    """None if none was finished."""
    workers: set[str] = field(default_factory=set)
    """Those that did the work of this time."""
    error: StuckError | None = None
    interrupted: bool = False

    @property
    def is_stopped(self) -> bool:
        """Say whether something stopped the rest."""
        return self.interrupted or self.error is not None


def replicate(
    recipe: Recipe,
    n_replications: int,
    size: int,
    workers: Workers,
    keeper: Keeper | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Return what replications 0 to n - 1 say.

    Parameters
    ----------
    recipe
        What is replicated.
    n_replications
        How many.
    size
        Replications that a worker does before it reports; the numbers do not depend on it.
    workers
        Who does them; likewise.
    keeper
        Gives back what was finished before, and keeps each chunk as it is finished. Without one nothing is kept.
    progress
        Told, chunk after chunk, how many more replications are finished; first those that were before.

    Returns
    -------
    Batch
        The finished replications, and what stopped the rest if anything did.

    Raises
    ------
    BedsimError
        If a chunk cannot be kept; those before it are.
    """
    batch, sums = Batch(), Sums(range(n_replications))

    def take(totals: Totals) -> None:
        with _uninterrupted():
            sums.add(totals)
        if progress is not None:
            progress(len(totals))

    def parts() -> Iterator[range]:
        """Yield what is missing when a worker is free; another process may have done it since the start."""
        for part in missing_parts(n_replications, size, np.flatnonzero(sums.is_in).tolist()):
            found = None if keeper is None else keeper.find(part)
            if found is None:
                yield part
            else:
                take(found)

    for totals in () if keeper is None else keeper.finished(n_replications):
        take(totals)
    outcomes = workers.finished(recipe.chunk, parts())
    try:
        for outcome in outcomes:
            batch.workers.add(outcome.worker)
            if outcome.totals is not None:
                if keeper is not None:
                    keeper.keep(outcome.totals)
                take(outcome.totals)
            if outcome.error is not None:
                batch.error = outcome.error
                break
    except KeyboardInterrupt:
        batch.interrupted = True
    finally:
        outcomes.close()
    batch.totals = sums.totals()
    return batch


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off for a moment: half a chunk in the sums would be a wrong number."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    came: list[FrameType | None] = []
    signal.signal(signal.SIGINT, lambda _, frame: came.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if came:
            handler(signal.SIGINT, came[0])
