"""What commands print into 80 columns: the words that they print into endlessly many, none of them broken or cut."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bedsim.cli import main
from bedsim.report.describe import sections
from bedsim.scenario import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
WIDTH = 80
SHORT = ("--replications", 2)
QUICK = (*SHORT, "--set", "time.run_length_days=400", "--set", "time.warm_up_days=200")
PLANS = tuple(SCENARIOS / f"{name}.yaml" for name in ("option-1", "new-model-of-care", "phased-plan-beds-first"))
OPTION_1 = PLANS[0]
RULE = re.compile("─+")


class Terminal:
    """What runs commands on a terminal of 80 columns, and keeps what an endless one would show."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys
        self.wide = io.StringIO()
        monkeypatch.setenv("COLUMNS", str(WIDTH))
        monkeypatch.chdir(folder)
        once = Console.print

        def twice(console: Console, *parts: Any, **options: Any) -> None:
            if console.file is sys.stdout:
                once(Console(file=self.wide, width=2_000, highlight=False), *parts, **options)
            once(console, *parts, **options)

        monkeypatch.setattr(Console, "print", twice)
        monkeypatch.setattr("bedsim.report.beside.can_be_copied", lambda: False)  # copies show no second page

    def __call__(self, *arguments: object) -> tuple[list[str], list[str]]:
        """Return the lines of both."""
        self.monkeypatch.setattr(sys, "argv", ["bedsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = self.capsys.readouterr()
        assert stop.value.code == 0, err
        return out.splitlines(), self.wide.getvalue().splitlines()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    return Terminal(monkeypatch, capsys, tmp_path)


def broken(narrow: list[str], wide: list[str]) -> Counter[str]:
    """Return the words that the one has and the other has not; rules below headings are no words."""
    found = [
        Counter(word for line in lines for word in line.split() if not RULE.fullmatch(word)) for lines in (narrow, wide)
    ]
    return (found[0] - found[1]) + (found[1] - found[0])


def too_long(lines: list[str]) -> list[str]:
    """Return the lines that a terminal would break, but for the paths of files, and words without end."""
    return [line for line in lines if len(line.rstrip()) > WIDTH and not line.startswith(("Files: ", "Picture: "))]


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_key_is_broken_in_a_description(terminal: Terminal, path: Path) -> None:
    """Of every shipped scenario, and none of its values; only addresses of the web are longer than a line."""
    if path.stem == "sources":
        return
    narrow, wide = terminal("describe", path)
    words = {word for line in narrow for word in line.split()}
    for lines in sections(load(path)).values():
        for line in lines:
            assert words.issuperset([line.name, *line.value.split()]), line
    assert not too_long(narrow)
    assert len(wide) < len(narrow)


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ("run", *PLANS[:2], *SHORT),
        ("run", OPTION_1, "--choose-warm-up"),
        ("compare", *PLANS, *SHORT, "--by", "overflow_days_fraction", "--rank-illustrative"),
        ("compare", *(SCENARIOS / f"option-{i}.yaml" for i in range(1, 7)), *SHORT, "--by", "p_wait"),
        ("size", OPTION_1, "--vary", "units.haywood.places", "--standard", "overflow.p95 in winter <= 40", *QUICK),
        ("size", OPTION_1, "--standard", "p_wait <= 99%", "--standard", "overflow_days_fraction <= 90%", *QUICK),
        ("frontier", OPTION_1, "--x", "units.home_team.places", "--points", 2, *QUICK),
        ("sensitivity", OPTION_1, *QUICK, "--draws", 16),
        ("check", OPTION_1, "--baseline", SCENARIOS.parent / "results" / "baseline.json", "--replications", 10),
        ("calibrate", OPTION_1, *QUICK),
        ("clinics", SCENARIOS / "clinics" / "leek.yaml", *SHORT),
        ("clinics", SCENARIOS / "clinics" / "leek.yaml", SCENARIOS / "clinics" / "leek-moved.yaml", *SHORT),
        ("trace", OPTION_1, PLANS[2], "--patient", 1),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_name_is_broken_in_a_table(terminal: Terminal, arguments: tuple[object, ...], tmp_path: Path) -> None:
    """Of any command, with the shipped scenarios: nothing is cut, no line is too long, no word is in two parts."""
    (tmp_path / "results").mkdir()
    command, *others = arguments
    quiet = () if command == "trace" else ("--quiet",)
    if command == "check":
        terminal.monkeypatch.setattr("bedsim.commands.check._exit", lambda checks: None)
    narrow, wide = terminal(command, *others, *quiet)
    assert narrow
    assert not broken(narrow, wide)
    assert not too_long(narrow)
    assert not [line for line in narrow if "…" in line]


def test_a_table_that_breaks_a_name_is_noticed(terminal: Terminal) -> None:
    """The twin: the same look at words that are broken, and at a line that is too long."""
    assert broken(["delayed_frac", "tion of"], ["delayed_fraction of"])
    assert not broken(["delayed_fraction", "of"], ["delayed_fraction of"])
    assert too_long(["x" * 81])
