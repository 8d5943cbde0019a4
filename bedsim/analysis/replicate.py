"""Replications: the same model under independent luck, chunk by chunk, over any workers.

Why: intervals come from replications only. A replication's number, not the order of completion, decides what is drawn,
so any number of workers, any cut and any earlier start give the same bits. What was finished is kept whatever stops the
rest: an interruption, or people found stuck for ever. Then what is said is of the first replications, none left out:
those that happened to be quick would be another sample.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.analysis.chunks import missing_parts
from bedsim.analysis.people import people_of
from bedsim.analysis.recipe import Together
from bedsim.measures.totals import Sums

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from bedsim.analysis.chunks import Keeper
    from bedsim.analysis.recipe import Recipe
    from bedsim.analysis.workers import Outcome, Workers
    from bedsim.errors import BedsimError
    from bedsim.measures.totals import Totals

Progress = Callable[[int], None]
IsEnough = Callable[["Totals"], bool]


@dataclass
class Batch:
    """What came of a number of replications: all of them, or those finished before something stopped the rest."""

    totals: Totals | None = None
    """None if none was finished."""
    workers: set[str] = field(default_factory=set)
    """Those that did the work of this time."""
    error: BedsimError | None = None
    interrupted: bool = False

    @property
    def is_stopped(self) -> bool:
        """Say whether something stopped the rest."""
        return self.interrupted or self.error is not None


@dataclass(frozen=True)
class Task:
    """Replications of a recipe that are wanted."""

    recipe: Recipe
    keeper: Keeper | None = None
    """Gives back what was finished before, and keeps each chunk as it is finished. Without one nothing is kept."""
    is_enough: IsEnough | None = None
    """Looks at the replications whenever a chunk is added to them, in their order, and may end it there. So the answer
    depends on the size of chunks, but not on who does them."""


def replicate(
    recipe: Recipe,
    n_replications: int,
    size: int,
    workers: Workers,
    keeper: Keeper | None = None,
    progress: Progress | None = None,
    is_enough: IsEnough | None = None,
) -> Batch:
    """Return what replications 0 to n - 1 of one recipe say, or the first that are enough, as `replicate_all` does."""
    return replicate_all([Task(recipe, keeper, is_enough)], n_replications, size, workers, progress)[0]


def replicate_all(
    tasks: Sequence[Task], n_replications: int, size: int, workers: Workers, progress: Progress | None = None
) -> list[Batch]:
    """Return what replications 0 to n - 1 of each task say.

    Parameters
    ----------
    tasks
        What is replicated. People are drawn once for all tasks that have the same and lack the same replications.
    n_replications
        How many of each.
    size
        Replications that a worker does before it reports; the numbers do not depend on it.
    workers
        Who does them; likewise.
    progress
        Told, chunk after chunk, how many more replications are finished; first those that were before.

    Returns
    -------
    list[Batch]
        By task, in their order, the finished replications, and what stopped the rest if anything did.

    Raises
    ------
    BedsimError
        If a chunk cannot be kept; those before it are.
    KeyboardInterrupt
        At the second Ctrl-C; the first stops after the chunks in hand.
    """
    accounts = [_Account(task, n_replications, progress) for task in tasks]
    with _Patience() as patience:
        for account in accounts:
            account.take_what_is_kept()
        for some in _together(accounts):
            if not patience.is_asked:
                _work_off(some, n_replications, size, workers, patience)
    return [account.closed(patience.is_asked) for account in accounts]


class _Account:
    """What is finished of a task: added up in the order of replications, so that all sums come out alike."""

    def __init__(self, task: Task, n_replications: int, progress: Progress | None) -> None:
        self.task = task
        self.is_finished = np.zeros(n_replications, dtype=np.bool_)
        self._batch, self._sums = Batch(), Sums(range(n_replications))
        self._early: dict[int, Totals] = {}
        self._n_added, self._stuck_at, self._is_done = 0, n_replications, False
        self._progress = progress

    @property
    def is_over(self) -> bool:
        """Say whether nothing more can change the answer."""
        return self._is_done or (self._batch.error is not None and self._n_added == self._stuck_at)

    def wants(self, part: range) -> bool:
        """Say whether a part may still change the answer."""
        return not self._is_done and part.start < self._stuck_at

    def take_what_is_kept(self) -> None:
        """Take what was finished before."""
        if self.task.keeper is not None:
            for totals in self.task.keeper.finished(len(self.is_finished)):
                self.take(totals)

    def found(self, part: range) -> Totals | None:
        """Return a part that another process may have finished since the start."""
        return None if self.task.keeper is None else self.task.keeper.find(part)

    def enter(self, outcome: Outcome) -> None:
        """Keep and take what came of a chunk, unless people were found stuck before it."""
        self._batch.workers.add(outcome.worker)
        if outcome.totals is not None and outcome.totals.replications[0] < self._stuck_at:
            if self.task.keeper is not None:
                self.task.keeper.keep(outcome.totals)
            self.take(outcome.totals)
        if outcome.stuck_at is not None and outcome.stuck_at < self._stuck_at:
            self._batch.error, self._stuck_at = outcome.error, outcome.stuck_at

    def take(self, totals: Totals) -> None:
        """Add what is finished up to the first replication that is not; what is ahead of it waits for its turn."""
        self.is_finished[totals.replications] = True
        self._early[int(totals.replications[0])] = totals
        is_enough = self.task.is_enough
        while not self._is_done and (turn := self._early.pop(self._n_added, None)) is not None:
            self._sums.add(turn)
            self._n_added += len(turn)
            self._is_done = is_enough is not None and (so_far := self._sums.totals()) is not None and is_enough(so_far)
        if self._progress is not None:
            self._progress(len(totals))

    def closed(self, is_asked: bool) -> Batch:
        """Return what is finished, at the end; `is_asked`: the rest was given up."""
        if self._is_done:
            self._batch.error = None
        self._batch.interrupted = is_asked or (self._n_added < self._stuck_at and not self._is_done)
        self._batch.totals = self._sums.totals()
        return self._batch


def _together(accounts: Sequence[_Account]) -> list[list[_Account]]:
    """Return the accounts in groups of the same people, engine and missing replications; alone what may end early."""
    groups: dict[Hashable, list[_Account]] = {}
    for i, account in enumerate(accounts):
        recipe = account.task.recipe
        alone = None if account.task.is_enough is None and len(accounts) > 1 else i
        people = people_of(recipe.blueprint) if alone is None else ""
        groups.setdefault((alone, people, recipe.seed, recipe.engine, account.is_finished.tobytes()), []).append(
            account
        )
    return list(groups.values())


def _work_off(
    accounts: Sequence[_Account], n_replications: int, size: int, workers: Workers, patience: _Patience
) -> None:
    """Do what is missing in accounts that belong together."""

    def parts() -> Iterator[range]:
        """Yield what is missing when a worker is free; another process may have done it since the start."""
        for part in missing_parts(n_replications, size, np.flatnonzero(accounts[0].is_finished).tolist()):
            if patience.is_asked or not any(account.wants(part) for account in accounts):
                return
            found = [one for account in accounts if (one := account.found(part)) is not None]
            if len(found) < len(accounts):
                yield part
            else:
                for account, one in zip(accounts, found, strict=True):
                    account.take(one)

    outcomes = workers.finished(Together(tuple(account.task.recipe for account in accounts)).chunk, parts())
    try:
        for some in outcomes:
            for account, outcome in zip(accounts, some, strict=True):
                account.enter(outcome)
            if all(account.is_over for account in accounts):
                break
    finally:
        outcomes.close()


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
