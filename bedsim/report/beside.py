"""Making something in a copy of this process, while it goes on.

Why: pictures take as long as all the tables do, and Python works on one core only.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

T = TypeVar("T")


def beside(make: Callable[[], T]) -> Callable[[], T]:
    """Begin to make something, if this process can be copied, and return what waits for it, to be called once.

    Only Linux copies a process at no cost, and only one of a single thread safely. Elsewhere, and if the copy comes to
    nothing, it is made when it is waited for: so what is raised, is raised there.
    """
    if sys.platform != "linux" or threading.active_count() > 1 or (os.cpu_count() or 1) < 2:
        return make
    here, there = multiprocessing.Pipe(duplex=False)
    copy = multiprocessing.get_context("fork").Process(target=_send, args=(make, here, there), daemon=True)
    try:
        copy.start()
    except OSError:  # no more processes, or no memory for one
        here.close()
        return make
    finally:
        there.close()

    def made() -> T:
        with here:
            try:
                found: T = here.recv()
            except (EOFError, OSError):  # it was ended before it sent anything, or while it did
                found = make()
        copy.join()
        return found

    return made


def _send(make: Callable[[], T], here: Connection, there: Connection) -> None:
    here.close()  # or nobody would tell this process that there is nobody left to read
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to both; the other one answers it
    with there, contextlib.suppress(Exception):
        there.send(make())
