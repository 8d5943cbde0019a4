"""The workbook of a run: text is text, numbers are numbers, the same tables are the same bytes."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest

from bedsim.report import workbook
from bedsim.report.tables import Rows
from bedsim.report.workbook import spread, write_workbook

HOSTILE = ("=1+1", "+1", "@x", "http://a.b/", "<b>&", "\x1b[2J", "x" * 40_000)
TABLES: dict[str, Rows] = {
    "summary": (("unit", "value"), [("ward", 1.5), ("annexe", None), ("away", float("nan"))]),
    "hostile": (HOSTILE[:2], [(text, float("inf")) for text in HOSTILE]),
}


def part(path: Path, name: str) -> str:
    """Return one file of a workbook."""
    with zipfile.ZipFile(path) as book:
        return book.read(name).decode()


def test_a_workbook_has_a_sheet_a_table_after_the_verdict(tmp_path: Path) -> None:
    """The verdict comes first, so that nobody reads numbers without what must be said of them."""
    write_workbook("ILLUSTRATIVE. A title.\n\nMore.", TABLES, path := tmp_path / "book.xlsx")
    assert re.findall(r'<sheet name="(\w+)"', part(path, "xl/workbook.xml")) == ["verdict", "summary", "hostile"]
    assert "<t>ILLUSTRATIVE. A title.</t>" in part(path, "xl/sharedStrings.xml")


def test_numbers_are_numbers_and_what_is_none_is_empty(tmp_path: Path) -> None:
    """1.5 is a number in its cell; None and NaN leave theirs out; no cell of any sheet is a formula or a link."""
    write_workbook("x", TABLES, path := tmp_path / "book.xlsx")
    assert re.findall(r'<c r="(B\d)"><v>(.*?)</v>', part(path, "xl/worksheets/sheet2.xml")) == [("B2", "1.5")]
    for number in (1, 2, 3):
        sheet = part(path, f"xl/worksheets/sheet{number}.xml")
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
    assert max(map(len, re.findall("<t>(.*?)</t>", part(path, "xl/sharedStrings.xml")))) == workbook.LONGEST_CELL


def test_statistics_of_a_measure_stand_in_one_row() -> None:
    """By hand: mean and p95 of two units across, an interval only where there is one, the order as it was."""
    header = ("unit", "measure", "statistic", "period", "value", "ci_low", "ci_high")
    rows = [
        ("ward", "census", "mean", "all", 8.0, 7.5, 8.5),
        ("ward", "census", "p95", "all", 12.0, None, None),
        ("ward", "census", "mean", "winter", 9.0, None, None),
        ("annexe", "census", "p95", "all", 3.0, 2.0, 4.0),
    ]
    assert spread((header, rows)) == (
        ("unit", "measure", "period", "mean", "mean from", "mean to", "p95", "p95 from", "p95 to"),
        [
            ("ward", "census", "all", 8.0, 7.5, 8.5, 12.0, None, None),
            ("ward", "census", "winter", 9.0, None, None, None, None, None),
            ("annexe", "census", "all", None, None, None, 3.0, 2.0, 4.0),
        ],
    )
    assert spread(TABLES["summary"]) is TABLES["summary"]


def test_the_same_tables_give_the_same_bytes_at_any_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the clock nor the time zone nor the name of the file is in it."""
    write_workbook("x", TABLES, first := tmp_path / "one.xlsx")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    os.utime(first, (0, 0))
    write_workbook("x", TABLES, second := tmp_path / "two.xlsx")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as book:
        assert {member.date_time[:3] for member in book.infolist()} == {(1980, 1, 1)}
    assert "2000-01-01T00:00:00Z" in part(first, "docProps/core.xml")
