"""`bedsim clinics` as it is typed."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bedsim.cli import main

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "clinics"
Bedsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bedsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bedsim:
    """Run the command in a folder of its own with few replications; return exit code, output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["bedsim", "clinics", *map(str, arguments), "--replications", "3"])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return run


def test_one_plan_prints_its_answer_and_leaves_its_files(bedsim: Bedsim, tmp_path: Path) -> None:
    """The sentence, the table, and a folder with everything in it."""
    code, out, _ = bedsim(SCENARIOS / "leek.yaml", "--quiet")
    assert code == 0
    assert out.startswith("ILLUSTRATIVE. Clinics at Leek Moorlands Hospital.")
    assert "seen within 18 weeks" in out
    (folder,) = (tmp_path / "results" / "clinics" / "leek").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "summary.csv",
        "inputs.md",
        "sentence.txt",
        "clinics.png",
        "clinics.svg",
        "clinics.txt",
        "manifest.json",
    }
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["replications"] == 3
    assert manifest["clinics"]["leek"]["status"] == "illustrative"


def test_two_plans_print_what_differs(bedsim: Bedsim, tmp_path: Path) -> None:
    """As a table, and in a folder of both."""
    files = (SCENARIOS / "leek.yaml", SCENARIOS / "leek-moved.yaml", "--out", tmp_path / "mine")
    code, out, _ = bedsim(*files)
    assert code == 0
    assert "home Staffordshire Moorlands" in out
    assert list((tmp_path / "mine" / "clinics" / "compare").iterdir())


def test_two_plans_are_one_object_and_one_csv_file(
    bedsim: Bedsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the status of each, and both names in every row. Without the picture, which takes longer than the rest."""
    monkeypatch.setattr("bedsim.clinics.publish.clinics_picture", lambda *_: SimpleNamespace(files=lambda name: {}))
    files = (SCENARIOS / "leek.yaml", SCENARIOS / "leek-moved.yaml", "--out", tmp_path / "mine")
    found = json.loads(bedsim(*files, "--format", "json")[1])
    assert found["same_people"] is True
    assert [one["status"] for one in found["runs"]] == ["illustrative", "illustrative"]
    rows = list(csv.DictReader(io.StringIO(bedsim(*files, "--format", "csv")[1].lstrip("\ufeff"))))
    assert {"leek-moved"} == {row["other_scenario"] for row in rows}


def test_overload_is_said_first(bedsim: Bedsim, tmp_path: Path) -> None:
    """On the error stream before anything is simulated, and in the sentence."""
    (tmp_path / "few.yaml").write_text(f"extends: {SCENARIOS / 'leek.yaml'}\nclinics: {{skin: {{slots: 15}}}}\n")
    code, out, err = bedsim("few.yaml")
    assert code == 0
    assert err.startswith("OVERLOAD at Skin conditions: its referrals take ")
    assert "OVERLOAD at Skin conditions" in out


def test_mistakes_of_both_files_come_at_once(bedsim: Bedsim, tmp_path: Path) -> None:
    """Exit code 2, file and line, nothing simulated and no traceback; also of a scenario of beds and of other days."""
    (tmp_path / "wrong.yaml").write_text(f"extends: {SCENARIOS / 'leek.yaml'}\nclinics: {{skin: {{site: lek}}}}\n")
    code, out, err = bedsim("wrong.yaml", "nowhere.yaml")
    assert (code, out) == (2, "")
    assert "wrong.yaml: 1 problem, nothing was simulated.\n  line 2: clinics.skin.site" in err
    assert "try    leek" in err
    assert "nowhere.yaml: 1 problem" in err
    code, _, err = bedsim(SCENARIOS.parent / "option-1.yaml")
    assert code == 2
    assert "Traceback" not in err
    (tmp_path / "later.yaml").write_text(f"extends: {SCENARIOS / 'leek.yaml'}\ntime: {{run_length_days: 365}}\n")
    code, _, err = bedsim(SCENARIOS / "leek.yaml", "later.yaml")
    assert code == 2
    assert "must observe the same days" in err
    assert not list(tmp_path.rglob("manifest.json"))


def test_a_file_of_clinics_given_as_beds_is_told_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, and no list of unknown keys."""
    monkeypatch.setattr(sys, "argv", ["bedsim", "validate", str(SCENARIOS / "leek-moved.yaml")])
    with pytest.raises(SystemExit) as stop:
        main()
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert "but is a file of clinics" in error
    assert f"try    bedsim clinics {SCENARIOS / 'leek-moved.yaml'}" in error
