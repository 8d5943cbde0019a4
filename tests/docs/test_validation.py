"""docs/validation.md names tests that exist, every case, and the numbers that were measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.theory.cases import cases
from tests.theory.table import Line, read

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
IDS = sorted(set(re.findall(r"`(tests/[\w./]+\.py)(?:::(\w+))?`", PAGE)))
ROW = re.compile(r"^\|.*\| ([A-Z0-9-]+) \|.*\| (\d+) of (\d+); `(.+)` (\S+) for (\S+) \|$", flags=re.M)


@pytest.fixture(scope="module")
def lines() -> dict[tuple[str, str], Line]:
    """Return the lines of the committed table by case and quantity; the first, where several are of one quantity."""
    return {(line.case, line.quantity): line for line in reversed(read())}


def missing(ids: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the files, and the functions in them, that are not there."""
    texts = {file: (ROOT / file).read_text(encoding="utf-8") for file, _ in ids if (ROOT / file).is_file()}
    return [(file, name) for file, name in ids if file not in texts or (name and f"\ndef {name}(" not in texts[file])]


def test_every_test_that_is_named_exists() -> None:
    """A name that was changed would leave a claim without its proof."""
    assert len(IDS) > 40
    assert missing(IDS) == []


def test_a_name_with_a_wrong_letter_is_noticed() -> None:
    """Of the file or of the function."""
    file, name = next(one for one in IDS if one[1])
    wrong = [(file, f"{name}s"), (file.replace(".py", "s.py"), name)]
    assert missing([*IDS, *wrong]) == wrong


def test_every_case_has_its_row_and_none_is_invented() -> None:
    """The cases that are run, each in one row."""
    assert sorted(row[0] for row in ROW.findall(PAGE)) == sorted(cases())


def test_what_was_measured_is_what_the_committed_table_says(lines: dict[tuple[str, str], Line]) -> None:
    """Comparisons passed and made, the simulated and the expected value, to four digits."""
    table = read()
    for case, passed, made, quantity, simulated, expected in ROW.findall(PAGE):
        verdicts = [line.verdict for line in table if line.case == case]
        assert (int(passed), int(made)) == (verdicts.count("pass"), len(verdicts)), case
        line = lines[case, quantity]
        assert (simulated, expected) == (f"{line.estimate.mean:.4g}", f"{line.expected:.4g}"), (case, quantity)
    n_pass = sum(line.verdict == "pass" for line in table)
    assert f"{n_pass} of {len(table)} pass" in " ".join(PAGE.split())
