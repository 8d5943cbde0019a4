"""Something made in a copy of the process."""

from __future__ import annotations

import os
import sys

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
