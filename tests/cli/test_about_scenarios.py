"""`bedsim validate`, `describe`, `schema` and `init` as they are typed."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bedsim.analysis.ready import COMPILING
from bedsim.cli import main
from bedsim.store import shipped

SCENARIOS = Path(__file__).parents[2] / "scenarios"
RING = """
title: A ring
time: {start: 2026-04-01, warm_up_days: 0, run_length_days: 30}
units:
  a: {kind: community_hospital, beds: 5, assumption: a test}
  b: {kind: other, places: 5, assumption: a test}
pathways:
  p:
    one: {needed_days: {constant: 5}, ladder: [{units: a}], then: {x: {share: 0.5, next: two}, y: {share: 0.5}}}
    two: {needed_days: {constant: 5}, ladder: [{units: b}], then: {x: {share: 0.5, next: one}, y: {share: 0.5}}}
streams: {s: {pathway: p, referrals: {per_day: 0.1}}}
"""
Bedsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bedsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bedsim:
    """Run the command in a folder of its own; return exit code, output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["bedsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return run


def test_good_files_get_a_sentence_each_and_their_cautions(bedsim: Bedsim, tmp_path: Path) -> None:
    """Exit code 0; a ring of finite units without a timed way out, and numbers without grounds, are warned of."""
    (tmp_path / "ring.yaml").write_text(RING)
    code, out, err = bedsim("validate", "ring.yaml", SCENARIOS / "option-2.yaml")
    first, *cautions, last = out.splitlines()
    assert code == 0
    assert err in ("", f"{COMPILING}\n")
    assert first.startswith("ring.yaml can be run: of 11 numbers 0 are sourced, 0 derived, 2 assumed, 9 not explained;")
    assert cautions[0].startswith("  caution: People in a, b may all wait for each other's places for ever")
    assert cautions[1].startswith("  caution: 9 numbers have no source, derivation or assumption")
    assert last.startswith(f"{SCENARIOS / 'option-2.yaml'} can be run: ")


def test_all_the_mistakes_of_all_the_files_come_at_once(bedsim: Bedsim, tmp_path: Path) -> None:
    """Exit code 2 and no traceback: a misspelt key, a missing file and a good file, each with its own words."""
    (tmp_path / "good.yaml").write_text(RING)
    (tmp_path / "wrong.yaml").write_text(RING.replace("beds", "bedz").replace("share: 0.5}}}", "share: 0.6}}}"))
    code, out, err = bedsim("validate", "wrong.yaml", "good.yaml", "nowhere.yaml")
    assert code == 2
    assert out.startswith("good.yaml can be run")
    assert "wrong.yaml: 3 problems" in err
    assert "line 5: units.a.bedz" in err
    assert "nowhere.yaml: 1 problem" in err
    assert "Traceback" not in err


def test_what_only_planning_finds_is_said_too(bedsim: Bedsim, tmp_path: Path) -> None:
    """A run far too long is refused by `validate` as by `run`, and files after it are still looked at."""
    (tmp_path / "long.yaml").write_text(RING.replace("run_length_days: 30", "run_length_days: 36525"))
    (tmp_path / "longer.yaml").write_text(
        RING.replace("run_length_days: 30", "run_length_days: 36525").replace("per_day: 0.1", "per_day: 900")
    )
    code, out, err = bedsim("validate", "longer.yaml", "long.yaml")
    assert code == 2
    assert err.startswith("longer.yaml: ")
    assert "in one replication are refused" in err
    assert out.startswith("long.yaml can be run")


def test_an_overlay_is_checked_where_it_lies(bedsim: Bedsim, tmp_path: Path) -> None:
    """`--also` checks the scenario alone and with the file over it; the file alone is no scenario."""
    (tmp_path / "ring.yaml").write_text(RING)
    (tmp_path / "over.yaml").write_text("streams: {s: {referrals: {per_day: 0.2, assumption: more}}}")
    code, out, _ = bedsim("validate", "ring.yaml", "--also", "over.yaml")
    assert code == 0
    assert "ring.yaml with over.yaml can be run" in out
    code, _, err = bedsim("validate", "over.yaml")
    assert code == 2
    assert "lay it over a scenario with --also" in err


def test_a_scenario_is_described_on_the_terminal_and_in_markdown(bedsim: Bedsim) -> None:
    """Both show 4.6 referrals a day with their range and words, and every section of the scenario."""
    _, shown, _ = bedsim("describe", SCENARIOS / "option-1.yaml")
    code, page, _ = bedsim("describe", SCENARIOS / "option-1.yaml", "--markdown")
    assert code == 0
    assert "3.4 to 5.9" in shown
    assert "| `referrals.per_day` | 4.6 | people a day | 3.4 to 5.9 | Derived: back-solved from 132 beds" in page
    for section in ("time", "localities", "units", "quality_gate", "streams.acute", "Sources"):
        assert f"\n## {section}\n" in page
    assert bedsim("describe", "nowhere.yaml")[0] == 2


def test_a_statement_for_a_paper_is_printed(bedsim: Bedsim, tmp_path: Path) -> None:
    """By `--stress`, with or without `--markdown`."""
    (tmp_path / "ring.yaml").write_text(RING)
    code, page, _ = bedsim("describe", "ring.yaml", "--stress")
    assert code == 0
    assert page.startswith("# STRESS-DES statement: ILLUSTRATIVE. A ring\n")
    assert bedsim("describe", "ring.yaml", "--stress", "--markdown")[1] == page


def test_the_schema_and_the_reference_are_printed(bedsim: Bedsim) -> None:
    """The first is JSON, the second a page."""
    code, out, _ = bedsim("schema")
    assert code == 0
    assert json.loads(out)["$schema"].startswith("http://json-schema.org/")
    code, out, _ = bedsim("schema", "--markdown")
    assert code == 0
    assert out.startswith("# Reference\n")


def test_init_copies_all_and_overwrites_nothing(bedsim: Bedsim, tmp_path: Path) -> None:
    """What else is in the folder stays; a second time is refused; so is one file of the same name."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("mine")
    code, out, _ = bedsim("init", "mine")
    assert code == 0
    assert "bedsim run mine/option-1.yaml" in out
    for path in SCENARIOS.rglob("*.[ycjm][asd]*"):
        assert (tmp_path / "mine" / path.relative_to(SCENARIOS)).read_bytes() == path.read_bytes()
    assert (tmp_path / "mine" / "note.txt").read_text() == "mine"
    assert not list((tmp_path / "mine").glob(".*"))
    (tmp_path / "mine" / "base.yaml").write_text("changed")
    code, _, err = bedsim("init", "mine")
    assert code == 2
    assert "nothing was copied. Try another folder." in err
    assert (tmp_path / "mine" / "base.yaml").read_text() == "changed"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "option-1.yaml").write_text("mine")
    assert bedsim("init", "other")[0] == 2
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["option-1.yaml"]


def test_a_folder_that_cannot_be_written_is_a_sentence(bedsim: Bedsim, tmp_path: Path) -> None:
    """A file in the way: exit code 2, nothing made."""
    (tmp_path / "file").write_text("x")
    for folder in ("file", "file/below"):
        code, out, err = bedsim("init", folder)
        assert (code, out) == (2, "")
        assert "cannot be written" in err
        assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_interrupted_init_leaves_nothing(
    bedsim: Bedsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk while copying, or an interruption among the last moves: not a file of it stays."""
    with monkeypatch.context() as full:
        full.setattr(shutil, "copytree", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        code, _, err = bedsim("init", "new")
    assert code == 2
    assert "new cannot be written (No space left on device); nothing was copied" in err
    moved = []

    def rename(path: Path, to: Path) -> None:
        moved.append(to)
        if len(moved) == 4:
            raise KeyboardInterrupt
        shutil.move(path, to)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(KeyboardInterrupt):
        shipped.copy_shipped(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
