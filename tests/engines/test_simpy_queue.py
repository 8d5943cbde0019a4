"""SimPy's private queue still is what the clock relies on; these tests fail first if a newer SimPy differs."""

from __future__ import annotations

import heapq
from collections.abc import Generator

import simpy

from bedsim.engine.clock import Clock

NOW, DAY = 0.2, 0.9
"""Two instants for which now + (day - now) is not day."""


def _due(env: simpy.Environment, entry: tuple[float, int, float], seen: list[tuple[float, int, float]]) -> None:
    """Put an event into the queue for an absolute instant, as the clock does."""
    event = env.event()
    event._ok, event._value = True, None
    assert event.callbacks is not None
    event.callbacks.append(lambda _event: seen.append((env.now, *entry[1:])))
    heapq.heappush(env._queue, (*entry, event))


def test_the_queue_is_a_heap_of_day_priority_number_and_event() -> None:
    """What SimPy itself puts there, for a timeout, an event that succeeds and a process."""
    env = simpy.Environment(initial_time=2.0)
    assert env._queue == []
    later, sooner = env.timeout(3.0), env.timeout(1.5)
    now = env.event()
    now.succeed()

    def journey() -> Generator[simpy.Event, None, None]:
        yield env.event()

    env.process(journey())
    assert len(env._queue) == 4
    entries = sorted(env._queue)
    assert env._queue[0] == entries[0]
    assert [(day, priority) for day, priority, _, _ in entries] == [(2.0, 0), (2.0, 1), (3.5, 1), (5.0, 1)]
    assert [entry[3] for entry in entries[1:]] == [now, sooner, later]
    numbers = [number for _, _, number, _ in entries]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 4))
    assert next(env._eid) == max(numbers) + 1


def test_a_step_takes_the_smallest_by_day_then_priority_then_number() -> None:
    """Also with more priorities than SimPy's own two, and with numbers that are not whole."""
    env = simpy.Environment()
    seen: list[tuple[float, int, float]] = []
    order = [(1.0, 0, 8), (1.0, 1, 7), (1.0, 2, 6), (1.0, 3, 5), (2.0, 0, 0.25), (2.0, 0, 0.5), (3.0, 0, 1)]
    for entry in (order[i] for i in (3, 6, 0, 5, 2, 4, 1)):
        _due(env, entry, seen)
    for n_taken in range(1, len(order) + 1):
        env.step()
        assert seen == order[:n_taken]
    assert env._queue == []


def test_an_event_due_at_an_absolute_instant_happens_at_exactly_those_bits() -> None:
    """A timeout relative to now misses the instant by a bit; the clock does not, and neither does the raw queue."""
    assert NOW + (DAY - NOW) != DAY
    env = simpy.Environment(initial_time=NOW)
    env.timeout(DAY - NOW)
    env.step()
    assert env.now != DAY
    env = simpy.Environment(initial_time=NOW)
    _due(env, (DAY, 0, 0), [])
    env.step()
    assert env.now == DAY
    clock = Clock(NOW)
    seen: list[float] = []
    clock.at(DAY, lambda: seen.append(clock.now))
    clock.run_until(1.0)
    assert seen == [DAY]


def test_an_event_put_there_wakes_the_process_that_waits_for_it_with_its_answer() -> None:
    """`_ok` and `_value` are what a process reads."""
    clock = Clock(0.0)
    seen: list[tuple[float, str]] = []
    answer = clock.event()

    def journey() -> Generator[simpy.Event, str, None]:
        word = yield answer
        seen.append((clock.now, word))

    clock.start(journey())
    clock.happen(answer, DAY, answer="placed")
    clock.run_until(1.0)
    assert seen == [(DAY, "placed")]
