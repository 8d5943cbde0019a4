"""A run that cannot be lost: killed at any moment, the same command ends with the tables of an undisturbed run."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bedsim.analysis.chunks import STAYS_PER_CHUNK
from bedsim.cli import main
from tests.scale.command import ROOT

SMALL = """
title: A small ward
status: worked_example
time: {start: 2026-04-01, run_length_days: 60, warm_up_days: 60, cool_down_days: 30}
units:
  ward: {kind: community_hospital, beds: 8}
  away: {kind: out_of_area, places: unlimited}
pathways:
  rehab:
    first:
      needed_days: {lognormal: {mean: 15, cv: 0.7}}
      ladder: [{units: ward}, {after_days: 3, units: out_of_area}]
streams:
  acute: {pathway: rehab, referrals: {per_day: 0.5, range: {per_day: [0.3, 0.8]}, derived: a test}}
"""
N = 20
Command = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write a small scenario."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def start(small: Path) -> Iterator[Command]:
    """Start the command as a process of its own, which kills itself at the moment asked for; end it with the test."""
    started = []

    def begin(out: Path, kill_at: int = 0, n: int = N) -> subprocess.Popen[str]:
        arguments = ["run", small, "--replications", n, "--workers", 2, "--out", out]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.scale.command", str(kill_at), *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def here(small: Path, out: Path, monkeypatch: pytest.MonkeyPatch, n: int = N, chunk: int = 200) -> int:
    """Run the command in this process; return its exit code."""
    monkeypatch.setitem(STAYS_PER_CHUNK, "compiled", chunk)
    monkeypatch.setattr(sys, "argv", ["bedsim", "run", str(small), "--replications", str(n), "--out", str(out)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def tables(out: Path) -> dict[str, bytes]:
    """Return every table below a folder, by its name; the run folder has them all, or it is unfinished."""
    assert list(out.rglob("manifest.json")), "unfinished"
    return {path.name: path.read_bytes() for kind in ("csv", "xlsx") for path in out.rglob(f"*.{kind}")}


def chunks(out: Path) -> list[Path]:
    """Return the chunk files below a folder."""
    return sorted(out.rglob("*.npz"))


def test_killed_again_and_again_the_same_command_ends_with_the_tables_of_an_undisturbed_run(
    start: Command, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL before the first chunk is in place, between chunks, in the range ends, among the tables: same bytes."""
    assert here(small, tmp_path / "undisturbed", monkeypatch) == 0
    expected = tables(tmp_path / "undisturbed")
    out = tmp_path / "disturbed"
    n_chunks, n_tables = [], []
    for moment in (3, 12, 30, 45, -2, -6):
        process = start(out, kill_at=moment)
        _, said = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, said
        assert not list(out.rglob("manifest.json"))
        n_chunks.append(len(chunks(out)))
        n_tables.append(len(list(out.rglob("*.csv"))))
    assert n_chunks == sorted(n_chunks), "a later kill leaves what an earlier one left"
    assert 0 < n_chunks[1] < n_chunks[-1], "the kills were at different moments of the work"
    assert 0 < n_tables[-1] < len(expected), "the last kill was among the tables"
    process = start(out)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "of 20 replications were finished before" in said
    assert tables(out) == expected


def test_two_processes_on_one_folder_leave_the_tables_of_one(
    start: Command, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both end well, nothing temporary is left, and every byte is that of a run alone."""
    assert here(small, tmp_path / "alone", monkeypatch) == 0
    out = tmp_path / "shared"
    both = [start(out), start(out)]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert tables(out) == tables(tmp_path / "alone")
    assert [path.name for path in chunks(out)] == [path.name for path in chunks(tmp_path / "alone")]
    assert not list(out.rglob(".*"))


def test_damaged_chunks_are_said_and_done_again(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cut one, one with a flipped bit, an empty one: three sentences' worth of words, and the same tables."""
    out = tmp_path / "out"
    assert here(small, out, monkeypatch) == 0
    expected, kept = tables(out), {path: path.read_bytes() for path in chunks(out)}
    cut, flipped, empty = list(kept)[:3]
    cut.write_bytes(kept[cut][:-1])
    flipped.write_bytes(kept[flipped][:500] + bytes([kept[flipped][500] ^ 4]) + kept[flipped][501:])
    empty.write_bytes(b"")
    capsys.readouterr()
    assert here(small, out, monkeypatch) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert f"{cut.name} is damaged (its content does not agree with its checksum); done again." in said
    assert "2 more of the chunks in" in said
    assert "14 of 20 replications were finished before" in said
    assert tables(out) == expected
    assert {path: path.read_bytes() for path in chunks(out)} == kept


def test_more_replications_later_add_to_what_is_there_and_fewer_take_nothing_away(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """10, then 25: the bytes of 25 at once, ten of them not done again; then 7, whose tables go beside."""
    grown, at_once = tmp_path / "grown", tmp_path / "at-once"
    assert here(small, at_once, monkeypatch, n=25) == 0
    assert here(small, grown, monkeypatch, n=10) == 0
    capsys.readouterr()
    assert here(small, grown, monkeypatch, n=25, chunk=330) == 0
    assert "10 of 25 replications were finished before" in " ".join(capsys.readouterr().err.split())
    assert tables(grown) == tables(at_once)
    kept = chunks(grown)
    assert here(small, grown, monkeypatch, n=7) == 0
    beside = next(grown.rglob("*-7-replications"))
    assert (beside / "replications.csv").read_bytes().splitlines()[-1].startswith(b"small,6,")
    assert set(kept) <= set(chunks(grown))
    folder = next(grown.rglob("chunks")).parent
    assert {name: (folder / name).read_bytes() for name in tables(at_once)} == tables(at_once)


@pytest.mark.parametrize(("most_bytes", "n_kept"), [(2_000, 0), (60_000, N)], ids=["a chunk", "a table"])
def test_a_full_disk_is_a_sentence_and_keeps_what_was_finished(
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    most_bytes: int,
    n_kept: int,
) -> None:
    """The system refuses a chunk, or a table, that is too large: exit code 2, no half file; with room it goes on."""
    out = tmp_path / "out"
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    assert here(small, tmp_path / "roomy", monkeypatch) == 0
    capsys.readouterr()
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, unlimited[1]))
    try:
        code = here(small, out, monkeypatch)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    said = capsys.readouterr()
    words = " ".join(said.err.split())
    assert (code, said.out) == (2, "")
    assert "cannot be written (File too large)" in words
    assert "the same command goes on from them" in words
    assert "Traceback" not in words
    assert not list(out.rglob("manifest.json"))
    assert not list(out.rglob(".*"))
    assert here(small, out, monkeypatch) == 0
    assert ("20 of 20 replications were finished before" in " ".join(capsys.readouterr().err.split())) == bool(n_kept)
    assert tables(out) == tables(tmp_path / "roomy")
