"""`bedsim report` as it is typed: the page it writes, and what a mistake costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_run import SMALL, Bedsim, bedsim, small

__all__ = ["bedsim", "small"]


@pytest.fixture
def finished(bedsim: Bedsim, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run the small scenario without pictures; return the folder of its scenario."""
    monkeypatch.setattr("bedsim.report.publish.picture_files", lambda pictures: {})
    assert bedsim("run", small, "--replications", 3, "--workers", 1, "--quiet")[0] == 0
    return tmp_path / "results" / "small"


def test_a_report_is_one_page_beside_nothing_else(bedsim: Bedsim, finished: Path, tmp_path: Path) -> None:
    """Where --out says, or report.html; an earlier one is replaced, and no draft is left."""
    before = {path.name for path in tmp_path.iterdir()}
    code, out, error = bedsim("report", finished)
    assert (code, error) == (0, "")
    assert out.startswith("report.html: 1 run, ")
    assert "It prints to A4." in out
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    assert "<h1>A small ward</h1>" in text
    assert "Worked example" in text
    assert bedsim("report", next(finished.iterdir()), "--out", "board.html")[0] == 0
    assert (tmp_path / "board.html").read_text(encoding="utf-8") == text
    assert {path.name for path in tmp_path.iterdir()} == before | {"report.html", "board.html"}


def test_several_runs_stand_beside_one_another(bedsim: Bedsim, finished: Path, small: Path, tmp_path: Path) -> None:
    """In the order in which they are named."""
    other = small.with_name("other.yaml")
    other.write_text(SMALL.format(title="Another ward", per_day=0.7))
    assert bedsim("run", other, "--replications", 3, "--workers", 1, "--quiet")[0] == 0
    code, out, _ = bedsim("report", tmp_path / "results" / "other", finished)
    assert (code, out.startswith("report.html: 2 runs")) == (0, True)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<h1>2 plans beside one another</h1>" in text
    assert 0 < text.index("Another ward") < text.index("A small ward")


def test_a_mistake_is_a_sentence_and_leaves_the_earlier_page(bedsim: Bedsim, finished: Path, tmp_path: Path) -> None:
    """Exit code 2, nothing half-written; every kind of folder that is no run is tested below `read_run`."""
    page = tmp_path / "report.html"
    page.write_text("the earlier page")
    for arguments, said in (
        ((tmp_path / "nowhere",), "there is no folder"),
        ((tmp_path / "small.yaml",), "is a file, and must be the folder of a run"),
        ((finished, finished), "is named twice"),
        ((finished, "--out", "small.yaml"), "--out must name a page that ends in .html"),
        ((finished, "--out", tmp_path / "nowhere" / "report.html"), "cannot be written (No such file or directory)"),
    ):
        code, out, error = bedsim("report", *arguments)
        assert (code, out) == (2, "")
        assert said in error
        assert "Traceback" not in error
    assert page.read_text() == "the earlier page"
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".tmp")]
