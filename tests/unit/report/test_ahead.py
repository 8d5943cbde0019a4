"""A copy of the process that waits for something to draw."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from bedsim.analysis.run import Run
from bedsim.report.ahead import MOST_SENT, _waiting, drawing_ahead, drawn_ahead
from bedsim.report.picture_files import picture_files
from bedsim.report.pictures import pictures

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies a process at no cost")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of whatever runs the tests hold nothing that the copy needs."""
    monkeypatch.setattr("bedsim.analysis.workers.threading.active_count", lambda: 1)
    monkeypatch.setattr("bedsim.analysis.workers.os.cpu_count", lambda: 2)


def _who(_: bytes) -> tuple[int, bytes]:
    return os.getpid(), b"x" * 1_000_000


def _end_if_not(process: int) -> int:
    if os.getpid() != process:
        os._exit(1)
    return 5


def _fail() -> None:
    raise ZeroDivisionError


def test_one_copy_makes_all_that_it_is_sent() -> None:
    """One after another, though each is more than a pipe holds; with the command it ends."""
    with drawing_ahead(1):
        found = []
        for _ in range(2):
            made = drawn_ahead(partial(_who, b"x" * 1_000_000))
            assert made is not None
            found.append(made())
    processes = {process for process, _ in found}
    assert len(processes) == 1
    assert os.getpid() not in processes
    assert [len(sent) for _, sent in found] == [1_000_000] * 2
    assert drawn_ahead(os.getpid) is None
    with pytest.raises(ProcessLookupError):
        os.kill(processes.pop(), 0)


def test_while_something_is_awaited_nothing_more_is_sent() -> None:
    """Or two processes would wait, each for the other to read."""
    with drawing_ahead(1):
        made = drawn_ahead(os.getpid)
        assert made is not None
        assert drawn_ahead(os.getpid) is None
        made()
        assert drawn_ahead(os.getpid) is not None


def test_if_the_copy_is_ended_it_is_made_here() -> None:
    """And the copy is not asked again."""
    with drawing_ahead(1):
        made = drawn_ahead(partial(_end_if_not, os.getpid()))
        assert made is not None
        assert made() == 5
        assert drawn_ahead(os.getpid) is None


def test_if_the_copy_was_ended_before_it_is_made_here() -> None:
    """As for want of memory, while nothing was drawn."""
    with drawing_ahead(1):
        process = _waiting[0]._copy.process
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        made = drawn_ahead(os.getpid)
        assert made is not None
        assert made() == os.getpid()


def test_what_goes_wrong_is_raised_here() -> None:
    """The copy says nothing."""
    with drawing_ahead(1):
        made = drawn_ahead(_fail)
        assert made is not None
        with pytest.raises(ZeroDivisionError):
            made()


def test_a_copy_is_ended_with_the_command_that_fails() -> None:
    """Whatever it is doing."""
    processes: list[BaseProcess] = []

    def command() -> None:
        with drawing_ahead(1):
            processes.append(_waiting[0]._copy.process)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        command()
    assert not processes[0].is_alive()
    assert not _waiting


def test_with_other_threads_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of a process with several threads may wait for ever for what one of them held."""
    monkeypatch.setattr("bedsim.analysis.workers.threading.active_count", lambda: 2)
    with drawing_ahead(1):
        assert drawn_ahead(os.getpid) is None


def test_pictures_that_are_sent_come_back_as_they_are_drawn_here(area: Run, tmp_path: Path) -> None:
    """To the last byte; and whoever draws them, they are drawn by the copy."""
    here, files = pictures(area), {}
    with drawing_ahead(1):
        files = picture_files(here)
        assert not _waiting[0].is_free
        for name, one in here.items():
            for ending in ("png", "svg"):
                write = files[f"{name}.{ending}"]
                assert one is not None
                assert callable(write)
                write(tmp_path / "picture")
                assert (tmp_path / "picture").read_bytes() == getattr(one, ending)()


def test_nothing_waits_for_the_pictures_of_very_many_replications() -> None:
    """There would be two of all their numbers."""
    with drawing_ahead(MOST_SENT + 1):
        assert drawn_ahead(os.getpid) is None
    with drawing_ahead(MOST_SENT):
        assert drawn_ahead(os.getpid) is not None


def test_what_cannot_be_sent_is_made_here() -> None:
    """A function of no module cannot."""
    with drawing_ahead(1):
        made = drawn_ahead(lambda: os.getpid())
        assert made is not None
        assert made() == os.getpid()
