"""Files are there whole or not at all."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bedsim.store.atomic import remove_old_drafts, replace_file


def test_a_file_that_cannot_be_finished_leaves_the_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    """The disk is full in mid-write: the earlier file stands, and no draft is left beside it."""
    path = tmp_path / "table.csv"
    replace_file(path, "first")

    def fail(draft: Path) -> None:
        draft.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        replace_file(path, fail)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("table.csv", "first")]
    replace_file(path, b"second")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("table.csv", "second")]


def test_whoever_reads_the_earlier_file_reads_all_of_it(tmp_path: Path) -> None:
    """A file is moved into place, not written there: what is open stays as it was."""
    path = tmp_path / "table.csv"
    replace_file(path, "first")
    with path.open() as earlier:
        replace_file(path, "second")
        assert (earlier.read(), path.read_text()) == ("first", "second")


def test_drafts_of_killed_processes_go_when_they_are_old(tmp_path: Path) -> None:
    """A draft of two hours ago is removed; one of now may be being written, and files with a place stay."""
    for name in (".old.csv.1-abcd.tmp", ".new.csv.2-abcd.tmp", "table.csv"):
        (tmp_path / name).write_text("x")
    for name in (".old.csv.1-abcd.tmp", "table.csv"):
        os.utime(tmp_path / name, (time.time() - 7200,) * 2)
    remove_old_drafts(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == [".new.csv.2-abcd.tmp", "table.csv"]
