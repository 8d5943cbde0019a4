"""Something made in a copy of the process."""

from __future__ import annotations

import os
import sys
import threading
import time
from functools import partial

import pytest

from bedsim.analysis.workers import Processes, Threads, local_workers
from bedsim.report.beside import beside, side_by_side

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies a process at no cost")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of whatever runs the tests hold nothing that the copy needs."""
    monkeypatch.setattr("bedsim.analysis.workers.threading.active_count", lambda: 1)
    monkeypatch.setattr("bedsim.analysis.workers.os.cpu_count", lambda: 2)


def test_it_is_made_by_another_process() -> None:
    """And comes back whole, though it is more than a pipe holds."""
    process, made = beside(lambda: (os.getpid(), b"x" * 1_000_000))()
    assert process != os.getpid()
    assert len(made) == 1_000_000


def test_with_other_threads_it_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of a process with several threads may wait for ever for what one of them held."""
    monkeypatch.setattr("bedsim.analysis.workers.threading.active_count", lambda: 2)
    assert beside(os.getpid)() == os.getpid()


def test_what_goes_wrong_is_raised_here() -> None:
    """The copy says nothing."""
    made = beside(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        made()


def test_if_the_copy_is_ended_it_is_made_here() -> None:
    """As for want of memory."""
    here = os.getpid()

    def make() -> int:
        if os.getpid() != here:
            os._exit(1)
        return 5

    assert beside(make)() == 5


def test_if_the_copy_is_ended_while_it_sends_it_is_made_here() -> None:
    """What has come by then is thrown away."""
    here = os.getpid()

    def make() -> bytes:
        if os.getpid() != here:
            threading.Timer(0.1, os._exit, (1,)).start()  # while it waits for somebody to read
        return b"x" * 10_000_000

    made = beside(make)
    time.sleep(0.3)
    assert len(made()) == 10_000_000


def test_if_there_is_no_process_to_be_had_it_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a user may have no more of them."""

    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr("os.fork", refuse)
    assert beside(os.getpid)() == os.getpid()


def test_several_are_made_side_by_side_in_order_by_as_many_processes_as_are_wanted() -> None:
    """Each by one of its own; a second at a time waits for the first of the two before it."""
    began = time.perf_counter()

    def make(i: int) -> tuple[int, int, float, float]:
        start = time.perf_counter() - began
        time.sleep(1.0)
        return i, os.getpid(), start, time.perf_counter() - began

    found = list(side_by_side([partial(make, i) for i in range(4)], 2))
    assert [i for i, *_ in found] == [0, 1, 2, 3]
    assert len({process for _, process, *_ in found} - {os.getpid()}) == 4
    assert found[1][2] < found[0][3], "the second began before the first had ended"
    assert found[2][2] > found[0][3], "the third did not"


def test_a_copy_works_with_threads_whatever_the_engine() -> None:
    """It may not have processes of its own."""
    assert isinstance(local_workers("simpy", 2), Processes)
    assert beside(lambda: local_workers("simpy", 2))() == Threads(2)


def test_one_alone_is_made_here_and_can_have_a_copy_of_its_own() -> None:
    """A copy has none: what it wants beside it makes itself."""
    here = os.getpid()
    assert list(side_by_side([os.getpid], 2)) == [here]
    assert list(side_by_side([], 2)) == []
    pairs = list(side_by_side([lambda: (os.getpid(), beside(os.getpid)())] * 2, 2))
    assert all(one == other != here for one, other in pairs)
    ((one, other),) = side_by_side([lambda: (os.getpid(), beside(os.getpid)())], 2)
    assert one == here != other
