"""Making something in a copy of this process, while it goes on.

Why: pictures take as long as all the tables do, and Python works on one core only.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bedsim.analysis.workers import can_be_copied, cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

T = TypeVar("T")


@dataclass(frozen=True)
class Copy:
    """A copy of this process, and the pipe to it."""

    process: BaseProcess
    pipe: Connection

    def end(self) -> None:
        """End it, whatever it does."""
        self.pipe.close()
        self.process.terminate()
        self.process.join()


def copied(work: Callable[[Connection], None]) -> Copy | None:
    """Return a copy of this process that does some work, with its end of the pipe; None if it cannot be copied.

    Only Linux copies a process at no cost, and only one of a single thread safely. What goes wrong ends the copy, and
    it says nothing.
    """
    if not can_be_copied() or cores() == 1:
        return None
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_do, args=(work, here, there), daemon=True)
    try:
        process.start()
    except OSError:  # no more processes, or no memory for one
        here.close()
        return None
    finally:
        there.close()
    return Copy(process, here)


def beside(make: Callable[[], T]) -> Callable[[], T]:
    """Begin to make something, if this process can be copied, and return what waits for it, to be called once.

    Elsewhere, and if the copy comes to nothing, it is made when it is waited for: so what is raised, is raised there.
    """
    copy = copied(lambda pipe: pipe.send(make()))
    if copy is None:
        return make

    def made() -> T:
        with copy.pipe:
            try:
                found: T = copy.pipe.recv()
            except (EOFError, OSError):  # it was ended before it sent anything, or while it did
                found = make()
        copy.process.join()
        return found

    return made


def side_by_side(makes: Iterable[Callable[[], T]], most: int) -> Iterator[T]:
    """Yield what is made, in order: if there are several, up to so many at a time in copies of this process."""
    waiting: deque[Callable[[], T]] = deque()
    todo = deque(makes)
    if len(todo) == 1:
        yield todo.popleft()()
    while todo or waiting:
        while todo and len(waiting) < most:
            waiting.append(beside(todo.popleft()))
        yield waiting.popleft()()


def _do(work: Callable[[Connection], None], here: Connection, there: Connection) -> None:
    here.close()  # or nobody would tell this process that there is nobody left to read
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to both; the other one answers it
    with there, contextlib.suppress(Exception):
        work(there)
