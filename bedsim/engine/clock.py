"""SimPy with absolute instants: the one place that touches SimPy's private queue.

Why: instants must be equal in every bit between engines, and SimPy's own timeouts are relative: now + (t - now) is not
always t. An instant has steps, which are priorities of events at one time; what a step makes due at the same instant
goes before the next step. SimPy is pinned, and a test watches the queue.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    import numpy as np

TIMETABLE, DUE, GIVE, EXIT = 0, 1, 2, 3
"""Timetable rows; everything else that is due; the giving of places; leave and `then` rungs."""
Process = Generator[simpy.Event, Any, None]


class Clock:
    """A SimPy environment whose events are due at absolute instants."""

    def __init__(self, start_day: float, shuffle: np.random.Generator | None = None) -> None:
        self.env = simpy.Environment(initial_time=start_day)
        self.shuffle = shuffle
        self.queue: list[Any] = self.env._queue

    @property
    def now(self) -> float:
        """Return the instant that is going on, days."""
        return self.env.now

    def start(self, process: Process) -> None:
        """Let a process begin at this instant."""
        self.env.process(process)

    def event(self) -> simpy.Event:
        """Return an event that nothing has made due yet."""
        return self.env.event()

    def at(self, day: float, act: Callable[[], None] | None = None, step: int = DUE) -> simpy.Event:
        """Return an event due at an instant, and let it do something."""
        event = self.env.event()
        if act is not None:
            assert event.callbacks is not None
            event.callbacks.append(lambda _event: act())
        self.happen(event, day, step)
        return event

    def happen(self, event: simpy.Event, day: float, step: int = DUE, answer: str = "") -> None:
        """Make an event due at an instant, with the answer that it brings to whoever waits for it."""
        event._ok, event._value = True, answer
        order = next(self.env._eid)
        rank = order if self.shuffle is None else self.shuffle.random()
        heapq.heappush(self.queue, (day, step, rank, event))

    def run_until(self, end_day: float) -> None:
        """Let everything due before the end happen, nothing later."""
        queue, step = self.queue, self.env.step
        while queue and queue[0][0] < end_day:
            step()
