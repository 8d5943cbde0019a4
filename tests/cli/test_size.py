"""`bedsim size` and `bedsim frontier` as they are typed."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bedsim.cli import main

SCENARIO = """
title: A small plan
status: illustrative
time: {start: 2026-04-01, run_length_days: 30, warm_up_days: 20, cool_down_days: 0}
units:
  ward: {kind: community_hospital, beds: 6}
  team: {kind: community_service, places: 4}
pathways:
  rehabilitation:
    on_ward:
      needed_days: {exponential: {mean: 10}}
      ladder: [{units: ward}]
      then: {home: {share: 0.5}, support: {share: 0.5, next: with_team}}
    with_team:
      needed_days: {exponential: {mean: 10}}
      ladder: [{units: team}]
streams:
  acute:
    pathway: rehabilitation
    referrals: {per_day: 0.5, range: {per_day: [0.4, 0.6]}, assumption: a test}
"""
STANDARD = ("--standard", "p_wait in all <= 30%")
FEW = ("--replications", 3, "--workers", 1, "--quiet")


class Typed:
    """What types a command in an empty folder."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.monkeypatch, self.capsys, self.folder = monkeypatch, capsys, folder

    def __call__(self, *arguments: object) -> tuple[object, str, str]:
        """Return exit code, output and errors."""
        self.monkeypatch.chdir(self.folder)
        self.monkeypatch.setattr(sys, "argv", ["bedsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = self.capsys.readouterr()
        return stop.value.code, captured.out, captured.err


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Typed:
    (tmp_path / "plan.yaml").write_text(SCENARIO, encoding="utf-8")
    return Typed(monkeypatch, capsys, tmp_path)


def written(folder: Path, slug: str) -> dict[str, Path]:
    (run,) = (folder / "results" / slug).iterdir()
    return {path.name: path for path in run.iterdir()}


def test_size_prints_the_answer_with_both_ranges_and_what_else_is_to_be_said(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence for a board, the numbers looked at, the runner-up, what binds, what is not known."""
    monkeypatch.setattr("bedsim.commands.size._write", lambda found, folder: None)
    code, out, err = typed("size", "plan.yaml", *STANDARD, *FEW)
    words = " ".join(out.split())
    assert (code, err) == (0, "")
    assert words.startswith("ILLUSTRATIVE. A small plan. ")
    assert "planned beds meet the standard p_wait in all <= 30% in this model (simulation error " in words
    assert " at 95%); with demand and stay anywhere in their stated ranges: " in words
    assert "the answer" in words
    assert "The runner-up, " in words
    assert "The scenario has 6." in words
    assert "No prices are given" in words
    assert "…" not in out


def test_size_writes_its_files_and_prints_the_same_rows(typed: Typed, tmp_path: Path) -> None:
    """Four files in the folder of the run; the picture and its words begin with the mark."""
    code, out, err = typed("size", "plan.yaml", *STANDARD, *FEW, "--format", "csv")
    assert (code, err) == (0, "")
    files = written(tmp_path, "plan")
    assert set(files) == {"size.csv", "size.png", "size.svg", "size.txt"}
    rows = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"))))
    assert rows == list(csv.reader(io.StringIO(files["size.csv"].read_text(encoding="utf-8-sig"))))
    assert rows[0][:3] == ["scenario", "vary", "value"]
    assert len(rows) > 3
    assert files["size.txt"].read_text(encoding="utf-8").startswith("ILLUSTRATIVE. ")
    assert "ILLUSTRATIVE. " in files["size.svg"].read_text(encoding="utf-8")


def test_size_as_json_is_one_object(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mark, the answer and both ranges, the sentence and the rows; only numbers that JSON knows."""
    monkeypatch.setattr("bedsim.commands.size._write", lambda found, folder: None)
    code, out, err = typed("size", "plan.yaml", "--vary", "units.ward.beds", *STANDARD, *FEW, "--format", "json")
    told: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)
    assert (code, err) == (0, "")
    assert (told["status"], told["vary"]) == ("illustrative", "units.ward.places")
    assert told["ci_low"] <= told["value"] <= told["ci_high"]
    assert told["at_range_ends"]["low"] <= told["at_range_ends"]["high"]
    assert told["sentence"].startswith(f"{told['value']:.0f} beds at ward ")
    assert {row["value"] for row in told["rows"]} >= {told["ci_low"], told["value"], told["ci_high"]}


def test_frontier_prints_the_curve_and_writes_its_files(typed: Typed, tmp_path: Path) -> None:
    """A line a number of places, in the table and in the file."""
    code, out, err = typed("frontier", "plan.yaml", "--x", "units.team.places", *STANDARD, *FEW, "--points", 2)
    words = " ".join(out.split())
    assert (code, err) == (0, "")
    assert "planned beds meet p_wait in all <= 30% (simulation error" in words
    assert "No prices are given, so the cheapest point is not known." in words
    files = written(tmp_path, "plan")
    assert set(files) == {"frontier.csv", "frontier.png", "frontier.svg", "frontier.txt"}
    rows = list(csv.DictReader(io.StringIO(files["frontier.csv"].read_text(encoding="utf-8-sig"))))
    assert [float(row["x_value"]) for row in rows] == [2, 4, 6]
    assert files["frontier.txt"].read_text(encoding="utf-8").startswith("ILLUSTRATIVE. ")


def test_frontier_as_json_is_one_object(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mark, the sentence, what a bed is worth, and the points."""
    monkeypatch.setattr("bedsim.commands.frontier._write", lambda found, folder: None)
    arguments = ("--x", "units.team.places", *STANDARD, *FEW, "--points", 2, "--format", "json")
    told = json.loads(typed("frontier", "plan.yaml", *arguments)[1], parse_constant=pytest.fail)
    assert (told["status"], told["x"], told["y"]) == ("illustrative", "units.team.places", "planned_beds")
    assert [row["x_value"] for row in told["rows"]] == [2, 4, 6]
    assert set(told["worth"]) == {"value", "ci_low", "ci_high"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("size", "--standard", "overflov <= 5%", "--standard", "overflow >= 3"), ["'overflov'", "'overflow >= 3'"]),
        (("size", "--vary", "units.wrd.beds"), ["units has no 'wrd'. Try units.ward."]),
        (("size", "--replications", 1), ["replications must be at least 2"]),
        (("size", "--standard", "open_beds in all <= 0.1", "--replications", 2), ["no value of planned_beds meets"]),
        (("frontier", "--x", "units.teem.places"), ["units has no 'teem'. Try units.team."]),
        (("frontier", "--x", "units.team.places", "--points", 1), ["must be at least 2"]),
        (("frontier", "--x", "units.team.places", "--standard", "overflov <= 5%"), ["'overflov'"]),
    ],
)
def test_a_mistake_is_a_sentence_and_leaves_nothing_behind(
    typed: Typed, tmp_path: Path, arguments: tuple[object, ...], says: list[str]
) -> None:
    """Exit code 2, all mistakes at once, nothing on the standard output, no folder."""
    command, *rest = arguments
    code, out, err = typed(command, "plan.yaml", *rest, "--quiet")
    assert (code, out) == (2, "")
    assert all(sentence in err for sentence in says)
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["plan.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("size", "--standard", "overflo <= 3"), "there is no measure called 'overflo'"),
        (("size", "--vary", "units.wart.beds"), "units has no 'wart'"),
        (("size", "--replications", 1), "replications must be at least 2"),
        (
            ("frontier", "--x", "units.team.places", "--standard", "much"),
            "a standard must be a measure, <= and a number",
        ),
        (("frontier", "--x", "units.tram.places"), "units has no 'tram'"),
        (("frontier", "--x", "units.team.places", "--points", 1), "points and replications must be at least 2"),
    ],
    ids=lambda one: " ".join(map(str, one)) if isinstance(one, tuple) else "",
)
def test_what_cannot_be_asked_is_said_before_anything_is_compiled_or_simulated(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, arguments: tuple[object, ...], said: str
) -> None:
    """No progress bar has begun, no folder is made, and the choice of a warm-up has not been worked out."""

    def never(*arguments: object, **options: object) -> None:
        raise AssertionError("too late")

    for name in ("ready.make_ready", "dial.choose_warm_up", "trials.Trials.run"):
        monkeypatch.setattr(f"bedsim.analysis.{name}", never)
    command, *others = arguments
    code, out, err = typed(command, "plan.yaml", *others)
    assert (code, out) == (2, "")
    assert said in err
    assert not (typed.folder / "results").exists()
