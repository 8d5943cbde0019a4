"""Something made in a copy of the process."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from bedsim.report.beside import beside

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies a process at no cost")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of whatever runs the tests hold nothing that the copy needs."""
    monkeypatch.setattr("bedsim.report.beside.threading.active_count", lambda: 1)
    monkeypatch.setattr("bedsim.report.beside.os.cpu_count", lambda: 2)


def test_it_is_made_by_another_process() -> None:
    """And comes back whole, though it is more than a pipe holds."""
    process, made = beside(lambda: (os.getpid(), b"x" * 1_000_000))()
    assert process != os.getpid()
    assert len(made) == 1_000_000


def test_with_other_threads_it_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of a process with several threads may wait for ever for what one of them held."""
    monkeypatch.setattr("bedsim.report.beside.threading.active_count", lambda: 2)
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

    monkeypatch.setattr("bedsim.report.beside.os.fork", refuse)
    assert beside(os.getpid)() == os.getpid()
