"""The run folder: whole files, the manifest last, nothing of a fuller run lost."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bedsim.errors import BedsimError
from bedsim.store.folder import MANIFEST, ensure_writable, write_folder


def test_a_folder_without_manifest_is_unfinished(tmp_path: Path) -> None:
    """While the files are replaced there is no manifest; if one of them cannot be, there is none afterwards."""
    folder = tmp_path / "run"
    write_folder(folder, 3, {"a.txt": "first", MANIFEST: "{}"})
    seen = []

    def fail(path: Path) -> None:
        seen.append((folder / MANIFEST).exists())
        raise OSError(28, "No space left on device")

    with pytest.raises(BedsimError, match="No space left on device"):
        write_folder(folder, 3, {MANIFEST: "{}", "a.txt": "second", "b.txt": fail})
    assert seen == [False]
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt"]
    assert (folder / "a.txt").read_text() == "second"


def test_files_of_an_earlier_run_go_and_what_else_is_there_stays(tmp_path: Path) -> None:
    """A table that this run does not have is removed; chunks and a user's notes are not."""
    write_folder(tmp_path, 3, {"ends.csv": "1", MANIFEST: "{}"})
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "chunks").mkdir()
    write_folder(tmp_path, 3, {"ends.csv": None, MANIFEST: "{}"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chunks", MANIFEST, "notes.txt"]


def test_tables_of_fewer_replications_go_beside_those_of_more(tmp_path: Path) -> None:
    """By the manifest; one that says nothing, or is damaged, protects nothing."""
    folder = tmp_path / "hash-1"
    for text, where in (
        ('{"replications": 12}', "hash-1-5-replications"),
        ('{"replications": 5}', "hash-1"),
        ('{"replications": "many"}', "hash-1"),
        ("[]", "hash-1"),
        ("{", "hash-1"),
    ):
        write_folder(folder, 99, {MANIFEST: text})
        assert write_folder(folder, 5, {MANIFEST: "{}"}).name == where, text
        assert (folder / MANIFEST).read_text() == (text if where != "hash-1" else "{}")


@pytest.mark.parametrize(
    ("there", "is_unfinished", "where"),
    [
        ('{"replications": 5, "unfinished": false}', True, "hash-1-5-replications"),
        ('{"replications": 5, "unfinished": true}', True, "hash-1"),
        ('{"replications": 5, "unfinished": false}', False, "hash-1"),
        ('{"replications": 4, "unfinished": false}', True, "hash-1"),
    ],
)
def test_tables_of_a_stopped_run_do_not_replace_those_of_a_finished_one(
    tmp_path: Path, there: str, is_unfinished: bool, where: str
) -> None:
    """Of as many replications; they lack what comes after them, such as the ends of ranges."""
    write_folder(tmp_path / "hash-1", 1, {MANIFEST: there})
    assert write_folder(tmp_path / "hash-1", 5, {MANIFEST: "{}"}, is_unfinished).name == where


def test_two_processes_do_not_write_their_tables_at_once(tmp_path: Path) -> None:
    """The one that comes second waits until the first is done, and then sees that it has more replications."""
    pytest.importorskip("fcntl")
    began, go_on = threading.Event(), threading.Event()

    def slowly(path: Path) -> None:
        began.set()
        assert go_on.wait(30)
        path.write_text("of 25")

    more = {"a.csv": slowly, MANIFEST: '{"replications": 25}'}
    first = threading.Thread(target=write_folder, args=(tmp_path / "run", 25, more))
    first.start()
    assert began.wait(30)
    places: list[Path] = []
    fewer = {"a.csv": "of 10", MANIFEST: '{"replications": 10}'}
    second = threading.Thread(target=lambda: places.append(write_folder(tmp_path / "run", 10, fewer)))
    second.start()
    second.join(0.2)
    assert not places, "the second did not wait"
    go_on.set()
    for thread in (first, second):
        thread.join(30)
    assert [place.name for place in places] == ["run-10-replications"]
    assert (tmp_path / "run" / "a.csv").read_text() == "of 25"


def test_whether_a_folder_can_be_written_is_found_without_leaving_anything(tmp_path: Path) -> None:
    """Also below folders that are not there yet; a file in the way is said."""
    ensure_writable(tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(BedsimError, match="cannot be written"):
        ensure_writable(tmp_path / "file" / "results")
