"""`bedsim compare` as it is typed."""

from __future__ import annotations

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bedsim.cli import main
from bedsim.report.whole import WholePage

PLAN = """
title: A plan
status: {status}
time: {{start: {start}, run_length_days: 60, warm_up_days: 60, cool_down_days: 30}}
units:
  ward: {{kind: community_hospital, beds: {beds}}}
  away: {{kind: out_of_area, places: unlimited}}
pathways:
  rehab:
    first:
      needed_days: {{lognormal: {{mean: 15, cv: 0.7}}, assumption: a test}}
      ladder: [{{units: ward}}, {{after_days: 3, units: out_of_area}}]
streams:
  acute: {{pathway: rehab, referrals: {{per_day: 0.5, derived: a test}}}}
"""
Bedsim = Callable[..., tuple[int, str, str]]
NUMBER = re.compile(r"(?<=  )[-+\d.%]+(?: to [-+\d.%]+)?(?=\s)|not told apart|the same in all|\bmore$", re.MULTILINE)
"""A cell of a table."""


@pytest.fixture
def bedsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bedsim:
    """Run `bedsim compare` in a folder with four plans; return exit code, output and errors."""
    for name, status, start, beds in (
        ("a", "worked_example", "2026-04-01", 8),
        ("b", "worked_example", "2026-04-01", 6),
        ("c", "illustrative", "2026-04-01", 7),
        ("then", "illustrative", "2016-04-01", 9),
    ):
        (tmp_path / f"{name}.yaml").write_text(PLAN.format(status=status, start=start, beds=beds))
    (tmp_path / "more.yaml").write_text("streams: {acute: {referrals: {per_day: 0.7, assumption: more}}}\n")

    # Pictures, which take longest, are drawn in tests/unit/report.
    monkeypatch.setattr("bedsim.report.compare_publish.differences_picture", lambda comparison: None)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["bedsim", "compare", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        code = stop.value.code
        return (code if isinstance(code, int) else 0), captured.out, captured.err

    return run


def test_options_are_compared_and_ranked(bedsim: Bedsim, tmp_path: Path) -> None:
    """A sentence, tables, the ranking with what is not ranked, and a folder."""
    code, out, _ = bedsim("a.yaml", "b.yaml", "c.yaml", "--by", "overflow", "--replications", 20, "--quiet")
    assert code == 0
    words = " ".join(out.split())
    assert "more in b" in words
    assert "a leads in 100%" in words or "a leads in over 99%" in words
    assert "Not ranked: c (illustrative)." in words
    (folder,) = (tmp_path / "results" / "compare").iterdir()
    assert str(Path("results") / "compare" / folder.name) in out
    code, out, _ = bedsim("a.yaml", "c.yaml", "--by", "overflow", "--replications", 4, "--quiet", "--rank-illustrative")
    assert "a leads in" in " ".join(out.split())


def test_an_overlay_is_a_comparison_more(bedsim: Bedsim, tmp_path: Path) -> None:
    """Each against the first under the same overlay, as JSON and as CSV, in a folder each."""
    arguments = ("a.yaml", "b.yaml", "--also", "more.yaml", "--replications", 4, "--quiet", "--format")
    code, out, _ = bedsim(*arguments, "json")
    assert code == 0
    plain, laid_over = json.loads(out)["comparisons"]
    assert plain["options"][0]["variations"] == []
    assert "more" in laid_over["options"][0]["variations"][0]
    assert plain["hash"] != laid_over["hash"]
    assert len(list((tmp_path / "results" / "compare").iterdir())) == 2
    code, out, _ = bedsim(*arguments, "csv")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("\ufeffvariations,status,option,reference,unit,measure")
    assert len(lines) == 1 + len(plain["differences"]) + len(laid_over["differences"])


def test_a_long_name_gives_way_and_no_number(bedsim: Bedsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every interval and verdict that an endless terminal shows is on one of 60 columns too."""
    name = "more-home-team-places-and-fewer-escalation-beds-than-before"
    (tmp_path / f"{name}.yaml").write_text((tmp_path / "b.yaml").read_text())
    endless, once = io.StringIO(), WholePage.print

    def twice(page: WholePage, *parts: Any, **options: Any) -> None:
        once(WholePage(file=endless, width=1_000, highlight=False), *parts, **options)
        once(page, *parts, **options)

    monkeypatch.setattr(WholePage, "print", twice)
    monkeypatch.setenv("COLUMNS", "60")
    code, out, _ = bedsim("a.yaml", f"{name}.yaml", "--replications", 3, "--quiet", "--by", "overflow")
    assert code == 0
    narrow, wide = (Counter(NUMBER.findall(text)) for text in (out, endless.getvalue()))
    assert wide["not told apart"] + wide["more"] > 5
    assert narrow == wide
    assert f"  {name}" in endless.getvalue()
    assert f"  {name}" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.yaml"], "two scenarios or more"),
        (["a.yaml", "a.yaml"], "a is given twice"),
        (["a.yaml", "then.yaml"], "scenarios must observe the same days"),
        (["a.yaml", "b.yaml", "--by", "overflows"], "Try --by overflow."),
        (["a.yaml", "b.yaml", "--by", "\x1b[31m"], "there is no"),
        (["a.yaml", "b.yaml", "--replications", "1"], "from 2 to 10,000"),
        (["a.yaml", "none.yaml"], "must   be a file that exists"),
    ],
)
def test_a_mistake_is_a_sentence(bedsim: Bedsim, tmp_path: Path, arguments: list[str], said: str) -> None:
    """Exit code 2, and nothing is written."""
    code, out, errors = bedsim(*arguments)
    assert (code, out) == (2, "")
    assert said in errors
    assert not (tmp_path / "results").exists()
