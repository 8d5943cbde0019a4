"""`bedsim sensitivity` as it is typed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bedsim.cli import main

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHORT = ("--set", "time.run_length_days=60", "--set", "time.warm_up_days=60", "--set", "time.cool_down_days=10")
FEW = ("--replications", 2, "--draws", 4, "--workers", 1, "--quiet", *SHORT)
FILES = {"sensitivity.csv", "sensitivity_split.csv", "sensitivity.png", "sensitivity.svg", "sensitivity.txt"}


def typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: object
) -> tuple[object, str, str]:
    """Run the command in an empty folder; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["bedsim", "sensitivity", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_it_prints_what_moves_the_beds_and_writes_its_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Two tornados, the split in a sentence, and five files in the folder of the run."""
    code, out, err = typed(monkeypatch, capsys, tmp_path, SCENARIOS / "option-3.yaml", *FEW)
    assert (code, err) == (0, "")
    words = " ".join(out.split())
    assert words.startswith("ILLUSTRATIVE. Option 3")
    assert "beds enough on 95% of days: difference from" in words
    assert "acute: referrals, per day" in words
    assert "Of the uncertainty in the bed number, " in words
    assert "From day to day the demand itself moves" in words
    assert "every value in a range as likely as any other and no input bound to another: an assumption" in words
    assert "…" not in out
    (folder,) = (tmp_path / "results" / "option-3").iterdir()
    assert {path.name for path in folder.iterdir()} == FILES
    alt = (folder / "sensitivity.txt").read_text(encoding="utf-8")
    assert alt.startswith("ILLUSTRATIVE. ")
    assert "acute: referrals, per day: at 3.4 -" in alt
    drawn = (folder / "sensitivity.svg").read_text(encoding="utf-8")
    assert "ILLUSTRATIVE. " in drawn
    assert "difference in beds" in drawn


def test_json_is_one_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With a row for each input, end and measure, the split, the sentence and the mark."""
    code, out, err = typed(monkeypatch, capsys, tmp_path, SCENARIOS / "before.yaml", *FEW, "--format", "json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert len(told["rows"]) == 7 * 2 * 2
    assert told["status"] == "illustrative"
    assert told["sentence"].startswith("Of the uncertainty")


@pytest.mark.long
def test_indices_are_found_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One more table, on the screen and in a file."""
    options = ("--global", *FEW, "--draws", 64)
    code, out, _ = typed(monkeypatch, capsys, tmp_path, SCENARIOS / "before.yaml", *options)
    assert code == 0
    assert "share of the variance over the ranges, alone" in out
    (folder,) = (tmp_path / "results" / "before").iterdir()
    assert {path.name for path in folder.iterdir()} == {*FILES, "sensitivity_global.csv"}


@pytest.mark.parametrize(
    ("options", "begins"),
    [
        (("--replications", 1), "replications must be at least 2"),
        (("--draws", 2), "draws must be at least 4"),
    ],
)
def test_a_mistake_is_a_sentence_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    options: tuple[object, ...],
    begins: str,
) -> None:
    """Exit code 2, nothing on the standard output, no folder."""
    code, out, err = typed(monkeypatch, capsys, tmp_path, SCENARIOS / "option-1.yaml", *SHORT, *options)
    assert (code, out) == (2, "")
    assert err.startswith(begins)
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
