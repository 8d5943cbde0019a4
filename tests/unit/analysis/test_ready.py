"""Making ready and sharing out: what goes wrong outside bedsim is said in a sentence."""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from bedsim.analysis import ready, recipe
from bedsim.analysis.workers import Outcome, Processes
from bedsim.cli import main
from bedsim.errors import BedsimError


def test_compiled_code_that_finds_no_room_on_the_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """numba's own error, while it keeps what it compiled, does not reach the user."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(recipe.Recipe, "chunk", fail)
    with pytest.raises(BedsimError, match=r"No space left on device.*NUMBA_CACHE_DIR"):
        ready.make_ready("compiled", print)


def test_an_interruption_while_making_ready_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C before the first replication: a sentence, exit code 130, nothing written."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ready, "make_ready", interrupt)
    scenario = Path(__file__).parents[3] / "scenarios" / "option-1.yaml"
    monkeypatch.setattr(sys, "argv", ["bedsim", "run", str(scenario), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 130
    assert "Interrupted; the same command goes on" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_worker_process_that_is_killed_is_a_sentence() -> None:
    """The system may end a process for want of memory."""
    with pytest.raises(BedsimError, match="a worker process was ended from outside"):
        list(Processes(2).finished(_kill_itself, [range(1), range(1, 2)]))


def _kill_itself(part: range) -> Outcome:
    del part
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome(None)
