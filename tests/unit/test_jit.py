"""Compiled functions are kept on disk for one state of the package's files, and work where nothing can be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bedsim import jit


def test_what_is_kept_belongs_to_the_present_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another state of any file is another folder, and folders of earlier states are removed."""
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "rule.py").write_text("a = 1")
    monkeypatch.setattr(jit, "PACKAGE", tmp_path)
    before = jit._folder.__wrapped__("")
    before.mkdir(parents=True)
    assert jit._folder.__wrapped__("") == before
    (tmp_path / "engine" / "rule.py").write_text("a = 2")
    after = jit._folder.__wrapped__("")
    assert after != before
    assert not before.exists()


@pytest.mark.parametrize("folder", ["kept", "/dev/null/nothing"])
def test_functions_compile_wherever_they_can_be_kept(folder: str, tmp_path: Path) -> None:
    """A folder named by the user is used; one that cannot be made is done without."""
    chosen = folder if folder.startswith("/") else str(tmp_path / folder)
    run = subprocess.run(
        [sys.executable, "-c", "from bedsim.engine.records import collect; print(collect.__name__)"],
        env=os.environ | {"NUMBA_CACHE_DIR": chosen},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "collect\n", run.stderr
