"""Who does the work: copies of this process, its threads, other processes, or a cluster; all behind one generator.

Why: a chunk is a range of replications, and what comes of it depends on nothing else, so it may be done anywhere and in
any order. The compiled engine holds no interpreter lock, but what is around it does: threads wait for each other, while
copies of this process share nothing and have all modules and compiled functions from the start. SimPy needs processes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from threading import get_ident
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bedsim.errors import BedsimError
from bedsim.threads import ONE_THREAD

if TYPE_CHECKING:
    from bedsim.engine.choose import Engine
    from bedsim.measures.totals import Totals

IN_FLIGHT = 2
"""Chunks handed out for each worker: one to do and one to go on with; no more, so that memory does not grow."""
ENDED_FROM_OUTSIDE = (
    "a worker process was ended from outside, perhaps for want of memory; what was finished is kept. "
    "Try fewer with --workers."
)


@dataclass(frozen=True)
class Outcome:
    """What came of a chunk."""

    totals: Totals | None
    """Of the replications that were finished; None if none was."""
    error: BedsimError | None = None
    """What stopped the rest of the chunk: people found stuck, or whose way has no end, are an answer, so that no other
    work is lost with them."""
    stuck_at: int | None = None
    """The replication in which they were found."""
    worker: str = ""
    """The process and thread that did it."""


T = TypeVar("T")
Task = Callable[[range], T]
"""What is done to each part; of a run it gives an `Outcome`."""


class Workers(Protocol):
    """Something that does chunks."""

    def finished(self, task: Task[T], parts: Iterable[range]) -> Generator[T, None, None]:
        """Yield what comes of each part, as it is finished; `parts` is read as workers become free."""


def this_worker() -> str:
    """Return the name of the process and thread that asks."""
    return f"{os.getpid()}-{get_ident()}"


def cores() -> int:
    """Return how many cores this machine has."""
    return os.cpu_count() or 1


def local_workers(engine: Engine, n: int | None) -> Workers:
    """Return the workers of this machine for an engine; by default one a core. A copy has no processes of its own."""
    n = n or cores()
    if engine == "compiled" or n == 1 or is_copy():
        return Copies(n) if n > 1 and can_be_copied() else Threads(n)
    return Processes(n)


def for_little(workers: Workers) -> Workers:
    """Return who does work that takes no longer than making copies: some 30 ms."""
    return Threads(workers.n) if isinstance(workers, Copies) else workers


def can_be_copied() -> bool:
    """Say whether this process can be copied: only Linux does so at no cost, and only one of a single thread safely.

    A copy is not copied again.
    """
    return sys.platform == "linux" and threading.active_count() == 1 and not is_copy()


def is_copy() -> bool:
    """Say whether this process is a copy, or a worker, of another."""
    return multiprocessing.parent_process() is not None


@dataclass(frozen=True)
class Threads:
    """Threads of this process. What they are doing when the work is given up is done to its end: a second or so."""

    n: int

    def finished(self, task: Task[T], parts: Iterable[range]) -> Generator[T, None, None]:
        """Yield what comes of each part."""
        pool = ThreadPoolExecutor(self.n)
        try:
            yield from outcomes_of(pool, self.n, task, parts)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Copies:
    """Copies of this process, made anew for each task: they inherit it, so it need not be one that can be sent.

    What they are doing when the work is given up is done to its end: a second or so.
    """

    n: int

    def finished(self, task: Task[T], parts: Iterable[range]) -> Generator[T, None, None]:
        """Yield what comes of each part."""
        if not can_be_copied():  # a thread was begun since
            yield from Threads(self.n).finished(task, parts)
            return
        pool = ProcessPoolExecutor(
            self.n, multiprocessing.get_context("fork"), initializer=_begin_copy, initargs=(task,)
        )
        others = set(multiprocessing.active_children())
        try:
            pool.submit(int)  # all copies are made now
        except OSError:  # no more processes, files or memory for one
            for copy in set(multiprocessing.active_children()) - others:
                copy.kill()
                copy.join()
            yield from Threads(self.n).finished(task, parts)
            return
        try:
            yield from outcomes_of(pool, self.n, _do, parts)
        except BrokenProcessPool:
            raise BedsimError(ENDED_FROM_OUTSIDE) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_of_this_copy: list[Task[Any]] = []
"""The one task of a copy, from its beginning."""


def _begin_copy(task: Task[Any]) -> None:
    _leave_ctrl_c_to_the_parent()
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    _of_this_copy.append(task)


def _end_with_the_parent() -> None:
    """End this copy when there is nobody left to tell what it found, however the parent ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is no copy"
    parent.join()
    os._exit(1)


def _do(part: range) -> Any:
    return _of_this_copy[-1](part)


@dataclass(frozen=True)
class Processes:
    """Worker processes (joblib's loky), kept for the next time; ended at once when the work is given up."""

    n: int

    def finished(self, task: Task[T], parts: Iterable[range]) -> Generator[T, None, None]:
        """Yield what comes of each part."""
        from joblib.externals.loky import get_reusable_executor
        from joblib.externals.loky.process_executor import BrokenProcessPool as OfLoky

        pool = get_reusable_executor(max_workers=self.n, env=ONE_THREAD, initializer=_leave_ctrl_c_to_the_parent)
        is_done = False
        try:
            yield from outcomes_of(pool, self.n, task, parts)
            is_done = True
        except OfLoky:
            raise BedsimError(ENDED_FROM_OUTSIDE) from None
        finally:
            if not is_done:
                pool.shutdown(wait=True, kill_workers=True)


def _leave_ctrl_c_to_the_parent() -> None:
    """Go on with the chunk in hand: a terminal sends Ctrl-C to all processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def outcomes_of(pool: Executor, n: int, task: Task[T], parts: Iterable[range]) -> Generator[T, None, None]:
    """Yield what comes of each part in a pool of n workers, reading `parts` as they become free.

    Of those that are finished together, the one handed out first comes first: one worker's come in order.
    """
    todo = iter(parts)
    waiting = [pool.submit(task, part) for part in islice(todo, IN_FLIGHT * n)]
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        finished = [future for future in waiting if future in done]
        waiting = [future for future in waiting if future not in done]
        waiting += [pool.submit(task, part) for part in islice(todo, len(finished))]
        yield from (future.result() for future in finished)
