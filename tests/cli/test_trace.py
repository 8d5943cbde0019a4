"""`bedsim trace` as it is typed."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bedsim.cli import main

SMALL = """
title: {title}
status: {status}
time: {{start: 2026-04-01, run_length_days: 60, warm_up_days: 30, cool_down_days: 30}}
units:
  ward: {{kind: community_hospital, beds: {beds}}}
  away: {{kind: out_of_area, places: unlimited}}
pathways:
  rehab:
    first:
      needed_days: {{lognormal: {{mean: 15, cv: 0.7}}, assumption: a test}}
      ladder: [{{units: ward}}, {{after_days: 3, units: out_of_area}}]
      then: {{home: {{share: 1}}}}
streams:
  acute: {{pathway: rehab, referrals: {{per_day: {per_day}, assumption: a test}}}}
"""
Bedsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bedsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bedsim:
    """Run the command in a folder with two small scenarios; return exit code, output and errors."""
    for name, beds, per_day, status in (("few", 5, 0.5, "worked_example"), ("many", 30, 0.5, "illustrative")):
        text = SMALL.format(title=f"Rather {name} beds", beds=beds, per_day=per_day, status=status)
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "rare.yaml").write_text(SMALL.format(title="Few people", beds=5, per_day=0.01, status="illustrative"))

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["bedsim", "trace", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        code = stop.value.code
        return (code if isinstance(code, int) else 0), captured.out, captured.err

    return run


def test_a_journey_is_printed_and_drawn(bedsim: Bedsim, tmp_path: Path) -> None:
    """The timeline on the output; PNG, SVG and words in the scenario's run folder, named on the error stream."""
    code, out, error = bedsim("few.yaml", "--like", "waited, out_of_area")
    assert code == 0
    assert out.startswith("WORKED EXAMPLE. Rather few beds.\nPatient ")
    assert "simulated, not a real person" in out
    assert "out of area, offered after 3 days of waiting" in out
    assert "outcome: home" in out
    written = sorted(tmp_path.glob("results/few/*-1/trace-*"))
    assert [path.suffix for path in written] == [".png", ".svg", ".txt"]
    assert all(str(path.relative_to(tmp_path)) in error for path in written)
    again = bedsim("few.yaml", "--patient", written[0].stem.removeprefix("trace-"), "--quiet")
    assert again == (0, out, "")


def test_the_same_person_stands_side_by_side(bedsim: Bedsim, tmp_path: Path) -> None:
    """With enough beds the person who went out of area is in the ward at once; the folder is the comparison's."""
    code, out, _ = bedsim("few.yaml", "many.yaml", "--like", "out_of_area", "--replication", 2)
    assert code == 0
    assert "The same person in both: referred at the same minute" in out
    assert "WORKED EXAMPLE. Rather few beds" in out
    assert "ILLUSTRATIVE. Rather many beds" in out
    assert "in ward (community hospital) at once" in " ".join(out.split())
    (picture,) = tmp_path.glob("results/compare/*-1/trace-*-replication-2.png")
    assert b"not a real person" in picture.read_bytes()


def test_a_person_who_is_not_in_the_other_scenario_is_said_not_to_be(bedsim: Bedsim, tmp_path: Path) -> None:
    """One journey, a sentence, and the picture in the first scenario's folder."""
    code, out, _ = bedsim("few.yaml", "rare.yaml", "--patient", 20)
    assert code == 0
    assert "\nThis person does not exist in rare: " in out
    assert list(tmp_path.glob("results/few/*-1/trace-20.png"))
    assert not (tmp_path / "results" / "compare").exists()


def test_json_and_csv_hold_every_event(bedsim: Bedsim) -> None:
    """The same events, with the day and the date."""
    code, out, _ = bedsim("few.yaml", "many.yaml", "--patient", 20, "--format", "json")
    assert code == 0
    found = json.loads(out)
    assert found["same_person"].startswith("The same person in both")
    assert [one["scenario"] for one in found["traces"]] == ["few", "many"]
    assert [one["status"] for one in found["traces"]] == ["worked_example", "illustrative"]
    assert "not a real person" in found["traces"][0]["who"]
    events = found["traces"][0]["events"]
    assert events[0]["event"] == "referred"
    assert events[0]["when"].startswith("2026-")
    code, out, _ = bedsim("few.yaml", "many.yaml", "--patient", 20, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert [row["words"] for row in rows if row["scenario"] == "few"] == [event["words"] for event in events]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("few.yaml",), "Try --patient 1000 or --like waited."),
        (("few.yaml", "--patient", 1, "--like", "waited"), "by number or by what happens"),
        (("few.yaml", "--patient", 100_000), "has patients 0 to "),
        (("few.yaml", "--like", "waited, [bold]"), "but has '[bold]'"),
        (("few.yaml", "--like", "ward, out_of_area"), "nobody referred in the window in replications 0 to 9 of few"),
        (("few.yaml", "--patient", 1, "--set", "units.ward.beds=-1"), "units.ward.beds"),
        (("few.yaml", "--patient", 1, "--out", "few.yaml"), "few.yaml cannot be written"),
        (("none.yaml", "--patient", 1), "none.yaml"),
    ],
)
def test_a_mistake_costs_a_sentence_and_writes_nothing(
    bedsim: Bedsim, tmp_path: Path, arguments: tuple[object, ...], sentence: str
) -> None:
    """Exit code 2 and nothing half-written."""
    code, out, error = bedsim(*arguments)
    assert (code, out) == (2, "")
    assert sentence in error
    assert "Traceback" not in error
    assert not (tmp_path / "results").exists()
