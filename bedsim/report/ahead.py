"""A copy of this process that makes itself ready to draw before there is anything to draw.

Why: loading what draws takes half a second, and so long one core has nothing to do while the compiled functions are
loaded and the runs are planned. The pictures are then sent to the copy, and come back drawn.
"""

from __future__ import annotations

import contextlib
import pickle
from typing import TYPE_CHECKING, TypeVar

from bedsim.report.beside import Copy, copied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

T = TypeVar("T")


class Waiting:
    """A copy that waits for something to make, one after another."""

    def __init__(self, copy: Copy) -> None:
        self._copy = copy
        self.is_free = True
        """Nothing that it was sent is still to come back, or never will."""

    def begin(self, make: Callable[[], T]) -> Callable[[], T]:
        """Send something to be made, and return what waits for it, to be called once; made here if the copy fails."""
        self.is_free = False
        try:
            self._copy.pipe.send(make)
        except (OSError, pickle.PicklingError, AttributeError, TypeError):  # it was ended, or this cannot be sent
            return make

        def made() -> T:
            try:
                found: T = self._copy.pipe.recv()
            except (EOFError, OSError):
                return make()
            self.is_free = True
            return found

        return made


MOST_SENT = 300
"""Replications behind pictures that are sent to a copy that waits: 40 kB of each, beside the 80 MB of what draws."""
_waiting: list[Waiting] = []
"""At most one, for as long as a command runs."""


@contextlib.contextmanager
def drawing_ahead(n_replications: int) -> Iterator[None]:
    """Have a copy get ready to draw, if this process can be copied and not very much is to be sent; it is ended at the
    end."""
    copy = copied(_serve) if n_replications <= MOST_SENT else None
    if copy is None:
        yield
        return
    _waiting.append(Waiting(copy))
    try:
        yield
    finally:
        _waiting.clear()
        copy.end()


def drawn_ahead(make: Callable[[], T]) -> Callable[[], T] | None:
    """Begin to make something in the copy that waits, as `beside` does; None if none waits.

    It is sent, so it must be a function of a module, with what it needs; and small, for there are two of it then.
    """
    return next((one.begin(make) for one in _waiting if one.is_free), None)


def _serve(pipe: Connection) -> None:
    from bedsim.report.plot_style import ready_to_draw

    ready_to_draw()
    while True:
        pipe.send(pipe.recv()())
