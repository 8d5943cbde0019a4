"""Replications: the same model under independent luck, chunk by chunk, over any workers.

Why: intervals come from replications only. One replication is drawn, simulated, checked and measured in one go; its
number, not the order of completion, decides what is drawn, so any number of workers, any cut and any earlier start give
the same bits. What was finished is kept whatever stops the rest: an interruption, or people found stuck for ever. Then
what is said is of the first replications, none left out: those that happened to be quick would be another sample.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.analysis.chunks import missing_parts
from bedsim.analysis.workers import Outcome, this_worker
from bedsim.engine.choose import simulate
from bedsim.engine.invariants import check_invariants
from bedsim.engine.stuck import refuse_stuck
from bedsim.errors import StuckError
from bedsim.measures.replication import measure
from bedsim.measures.totals import Sums, Totals, merge
from bedsim.memory import keep_memory
from bedsim.patients.draw import draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from bedsim.analysis.chunks import Keeper
    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.engine.stays import Stays
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

Progress = Callable[[int], None]
IsEnough = Callable[["Totals"], bool]


@dataclass(frozen=True)
class Recipe:
    """All that a replication's numbers depend on, but its own number."""

    blueprint: Blueprint
    seed: int
    engine: Engine = "compiled"

    @cached_property
    def no_delay_network(self) -> Network:
        """The network in which nothing is limited."""
        return self.blueprint.network.without_limits()

    def replication(self, number: int) -> Totals:
        """Return one replication's numbers, from 0; StuckError if somebody can never move."""
        patients, sampled = draw(self.blueprint, self.seed, number), self.blueprint.tracks.sampled(self.seed, number)
        try:
            stays = checked_stays(self.blueprint, patients, sampled.network, self.engine)
        except StuckError as error:
            raise StuckError(f"replication {number}: {error}") from None
        demand = simulate(patients, sampled.demand_network, self.engine)
        no_delay = simulate(patients.without_transfer(), self.no_delay_network, self.engine)
        return measure(self.blueprint, patients, stays, demand, no_delay, number, sampled)

    def chunk(self, part: range) -> Outcome:
        """Do a range of replications, up to the first in which somebody is stuck."""
        keep_memory()
        finished: list[Totals] = []
        for number in part:
            try:
                finished.append(self.replication(number))
            except StuckError as error:
                return Outcome(merge(finished, part) if finished else None, error, number, this_worker())
        return Outcome(merge(finished, part), worker=this_worker())


def checked_stays(blueprint: Blueprint, patients: Patients, network: Network, engine: Engine) -> Stays:
    """Return what happens to these people in this network of the blueprint's, the invariants checked.

    StuckError if somebody can never move: what is closed by chance or by the hour opens again.
    """
    stays = simulate(patients, network, engine)
    check_invariants(patients, network, stays, (0.0, float(blueprint.scenario.time.run_length_days)))
    refuse_stuck(patients, blueprint.tracks.at_best, stays)
    return stays


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
    is_enough: IsEnough | None = None,
) -> Batch:
    """Return what replications 0 to n - 1 say, or the first of them that are enough.

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
    is_enough
        Looks at the replications whenever a chunk is added to them, in their order, and may end it there. So the answer
        depends on the size of chunks, but not on who does them.

    Returns
    -------
    Batch
        The finished replications, and what stopped the rest if anything did.

    Raises
    ------
    BedsimError
        If a chunk cannot be kept; those before it are.
    KeyboardInterrupt
        At the second Ctrl-C; the first stops after the chunks in hand.
    """
    batch, sums = Batch(), Sums(range(n_replications))
    is_finished = np.zeros(n_replications, dtype=np.bool_)
    early: dict[int, Totals] = {}
    n_added, stuck_at, is_done = 0, n_replications, False

    def take(totals: Totals) -> None:
        """Add what is finished up to the first replication that is not; what is ahead of it waits for its turn."""
        nonlocal n_added, is_done
        is_finished[totals.replications] = True
        early[int(totals.replications[0])] = totals
        while not is_done and (turn := early.pop(n_added, None)) is not None:
            sums.add(turn)
            n_added += len(turn)
            is_done = is_enough is not None and (so_far := sums.totals()) is not None and is_enough(so_far)
        if progress is not None:
            progress(len(totals))

    def parts() -> Iterator[range]:
        """Yield what is missing when a worker is free; another process may have done it since the start."""
        for part in missing_parts(n_replications, size, np.flatnonzero(is_finished).tolist()):
            if patience.is_asked or is_done or part.start >= stuck_at:
                return
            found = None if keeper is None else keeper.find(part)
            if found is None:
                yield part
            else:
                take(found)

    with _Patience() as patience:
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
                if outcome.stuck_at is not None and outcome.stuck_at < stuck_at:
                    batch.error, stuck_at = outcome.error, outcome.stuck_at
                if is_done or (batch.error is not None and n_added == stuck_at):
                    break
        finally:
            outcomes.close()
    if is_done:
        batch.error = None
    batch.interrupted = patience.is_asked or (n_added < stuck_at and not is_done)
    batch.totals = sums.totals()
    return batch


class _Patience:
    """Take the first Ctrl-C as a request to stop after what is being done, which is kept; the second stops at once."""

    def __init__(self) -> None:
        self.is_asked = False
        self._before: Any = None

    def __enter__(self) -> _Patience:
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(before):
            self._before = before
            signal.signal(signal.SIGINT, self._hear)
        return self

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.is_asked:
            self._before(number, frame)
        self.is_asked = True

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
