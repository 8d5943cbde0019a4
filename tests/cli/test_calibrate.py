"""`bedsim calibrate` as it is typed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bedsim.cli import main

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHORT = ("--replications", 4, "--workers", 1, "--set", "time.run_length_days=90", "--set", "time.warm_up_days=90")


def typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: object
) -> tuple[object, str, str]:
    """Run the command in an empty folder; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["bedsim", "calibrate", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_it_prints_the_delay_beside_its_neighbours_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Seven lines for two limited units, what is accepted, and what the columns mean."""
    code, out, err = typed(monkeypatch, capsys, tmp_path, SCENARIOS / "option-1.yaml", *SHORT, "--quiet")
    assert code == 0
    assert err == ""
    changes = ("as it is", "home_team -1 place", "care_home_places +1 place", "referrals -5%", "referrals +5%")
    assert all(change in out for change in changes)
    words = " ".join(out.split())
    assert "18% to 22% accepted" in words
    assert "61% is recorded" in words
    assert "4 replications each, seed 1, the same people in all" in words
    assert "…" not in out
    assert [line.split() for line in out.splitlines() if line.startswith(("home_team", "care_home_places"))]
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_without_limited_community_places_is_a_mistake_of_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Exit code 2, nothing on the standard output."""
    code, out, err = typed(monkeypatch, capsys, tmp_path, SCENARIOS / "before.yaml", "--quiet")
    assert (code, out) == (2, "")
    assert err.startswith("calibration needs a unit of kind community_service with limited places")
