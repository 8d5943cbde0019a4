"""Money as it is typed for: run, compare, size and frontier with prices, and what a mistake in a price costs."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_size import SCENARIO, STANDARD, Typed

PRICES = """
prices:
  price_year: 2025
  assumption: a test
  index: {first_year: 2020, levels: [80, 90, 95, 98, 99, 100], assumption: a test}
  units:
    ward: {open_day: {payer: icb, pounds: 80, year: 2020, assumption: a test}}
    team: {open_day: {payer: local_authority, pounds: 50, year: 2025, assumption: a test}}
  acute_day_lost: {payer: icb, pounds: 395, year: 2022, assumption: a test}
"""
FEW = ("--replications", 3, "--workers", 1, "--quiet")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Typed:
    """Type commands in a folder with the small plan, priced."""
    (tmp_path / "plan.yaml").write_text(SCENARIO + PRICES, encoding="utf-8")
    (tmp_path / "other.yaml").write_text("extends: plan.yaml\nunits: {ward: {beds: 7, assumption: one more}}\n")
    return Typed(monkeypatch, capsys, tmp_path)


def test_run_prints_a_table_of_money_and_writes_it(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """6 beds and 4 places for 30 days are 24,000 pounds before anybody waits; a CSV file with a mark, and a sheet."""
    monkeypatch.setattr("bedsim.report.publish.picture_files", lambda pictures: {})
    code, out, _ = typed("run", "plan.yaml", *FEW)
    words = " ".join(out.split())
    assert code == 0
    assert "ILLUSTRATIVE, since prices are assumed. All this costs £" in words
    assert "money, all days, pounds of 2025" in words
    assert "council £6,000" in words
    (folder,) = (tmp_path / "results" / "plan").iterdir()
    text = (folder / "money.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    found = {row["name"]: float(row["value"]) for row in rows if row["of"] == "unit"}
    assert found["ward"] == pytest.approx(6 * 30 * 100)
    assert found["team"] == pytest.approx(4 * 30 * 50)
    with zipfile.ZipFile(folder / "summary.xlsx") as book:
        assert "money" in re.findall(r'<sheet name="(\w+)"', book.read("xl/workbook.xml").decode())


def test_compare_prints_what_is_saved_and_writes_it(typed: Typed, tmp_path: Path) -> None:
    """A bed more for 30 days is 3,000 pounds in beds; its rows are in compare.csv, its sentence in sentence.txt."""
    code, out, _ = typed("compare", "plan.yaml", "other.yaml", *FEW)
    words = " ".join(out.split())
    assert code == 0
    assert "£3,000 more in beds" in words
    (folder,) = (tmp_path / "results" / "compare").iterdir()
    rows = list(csv.DictReader(io.StringIO((folder / "compare.csv").read_text(encoding="utf-8-sig"))))
    (beds,) = [row for row in rows if row["unit"] == "group:beds"]
    assert (beds["measure"], beds["family"]) == ("money", "money")
    assert float(beds["difference"]) == pytest.approx(3000)
    assert "£3,000 more in beds" in (folder / "sentence.txt").read_text(encoding="utf-8")


def test_size_and_frontier_print_what_is_cheapest(typed: Typed) -> None:
    """Beside each number its money, and below what a step costs; at each point its money, and below the cheapest."""
    code, out, _ = typed("size", "plan.yaml", *STANDARD, *FEW)
    assert code == 0
    assert "each more" in out
    assert "Money is all that the scenario costs in all days simulated" in " ".join(out.split())
    code, out, _ = typed("frontier", "plan.yaml", "--x", "units.team.places", *STANDARD, *FEW, "--points", 2)
    assert code == 0
    assert "cheapest" in out
    assert "The cheapest point of the curve is " in " ".join(out.split())


def test_json_has_the_money_too(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence on a step and the money of each number; only numbers that JSON knows."""
    monkeypatch.setattr("bedsim.commands.size._write", lambda found, folder: None)
    out = typed("size", "plan.yaml", *STANDARD, *FEW, "--format", "json")[1]
    told = json.loads(out, parse_constant=pytest.fail)
    assert told["cost"].startswith("ILLUSTRATIVE")
    assert all(row["price_year"] == 2025 for row in told["rows"])
    assert told["rows"][0]["step_pounds"] is None


def test_mistakes_in_prices_are_sentences(typed: Typed, tmp_path: Path) -> None:
    """A price without a year, of an unknown payer, of a year that the index lacks: all at once, exit code 2."""
    bad = PRICES.replace("pounds: 80, year: 2020", "pounds: 80").replace("local_authority", "mayor")
    (tmp_path / "plan.yaml").write_text(SCENARIO + bad, encoding="utf-8")
    code, out, err = typed("run", "plan.yaml", *FEW)
    assert (code, out) == (2, "")
    assert "prices.units.ward.open_day.year" in err
    assert "prices.units.team.open_day.payer" in err
    assert "Traceback" not in err
    (tmp_path / "plan.yaml").write_text(SCENARIO + PRICES.replace("year: 2022", "year: 2002"), encoding="utf-8")
    code, _, err = typed("run", "plan.yaml", *FEW)
    assert code == 2
    assert "be a year of the index, 2020 to 2025" in err
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["other.yaml", "plan.yaml"]
