"""`bedsim run --choose-warm-up`: the choice explained and checked, and nothing run."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from bedsim.cli import app

ROOT = Path(__file__).parents[2]


def test_the_choice_is_explained_and_no_folder_is_written(tmp_path: Path) -> None:
    """Option 1: two years by theory, 820 days with the margin, and both rules content with it."""
    out = tmp_path / "results"
    option_1 = ROOT / "scenarios" / "option-1.yaml"
    done = CliRunner().invoke(app, ["run", str(option_1), "--choose-warm-up", "--out", str(out)])
    words = " ".join(done.stdout.split())
    assert done.exit_code == 0, done.output
    assert "bedded_rehab.community_support" in words
    assert "Theory's choice is 2 years" in words
    assert "820 days" in words
    assert "people waiting for any place" in words
    assert "They agree" in words
    assert not out.exists()
