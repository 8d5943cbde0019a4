"""CSV files: read relative to the file that names them, checked row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bedsim.scenario import load
from bedsim.scenario.tables import LARGEST_CSV
from tests.unit.scenario.good import GOOD, line_of, problems_of, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = GOOD.replace("      per_day: 4.6\n", "      expected_csv: counts/c.csv\n").replace(
    "      range: {per_day: [3.8, 5.0]}\n", ""
)
OBSERVED = EXPECTED.replace("expected_csv", "observed_csv").replace(
    "      surges: [{from: 2026-12-01, until: 2027-02-01, factor: 1.2, assumption: a what-if}]\n", ""
)
EMPIRICAL = spoiled("{gamma: {mean: 40, cv: 0.5}, source: audit}", "{empirical: {csv: counts/c.csv, column: days}}")
LINE_LIST = spoiled("  - {stream: step_down", "  - {line_list_csv: counts/c.csv}\n  - {stream: step_down")
DAYS = "date,expected_per_day\n2026-04-01,4\n2026-04-02,6\n"


@pytest.mark.parametrize(
    ("text", "table", "n_rows"),
    [
        (EXPECTED, DAYS, 2),
        (EXPECTED, "\ufeff" + DAYS + ",\n\n", 2),
        (EXPECTED, 'note, date ,expected_per_day\r\n"a, b",2026-04-01,4.5\r\n', 1),
        (OBSERVED, "date,referrals\n2026-04-01,0\n", 1),
        (EMPIRICAL, "id,days\n1,0\n2,33.5\n", 2),
        (LINE_LIST, "stream,unit,stage,residual_days,locality\nstep_down,leek_moor,support,3,leek\n", 1),
    ],
)
def test_a_table_is_kept_as_text_under_its_name(tmp_path: Path, text: str, table: str, n_rows: int) -> None:
    """The scenario holds header and rows of every file it names."""
    written(tmp_path, table, "counts/c.csv")
    tables = load(written(tmp_path, text)).tables
    assert list(tables) == ["counts/c.csv"]
    assert len(tables["counts/c.csv"]) == 1 + n_rows


@pytest.mark.parametrize(
    ("text", "table", "must", "found"),
    [
        (EXPECTED, "", "hold something", "empty"),
        (EXPECTED, ",,\n,,\n", "hold something", "empty"),
        (EXPECTED, "a\0b", "be text", "binary"),
        (EXPECTED, "date,expected\n2026-04-01,4\n", "column expected_per_day", "date, expected"),
        (EXPECTED, "date,expected_per_day\n", "rows under its header", "without"),
        (EXPECTED, "date,date\n", "column once", "date, date"),
        (EXPECTED, DAYS + "03/04/2026,4\n", "a date such as", "'03/04/2026' in row 4"),
        (EXPECTED, DAYS + "2026-02-30,4\n", "calendar", "'2026-02-30' in row 4"),
        (EXPECTED, DAYS + "2026-04-01,4\n", "each date once", "2026-04-01 in rows 2 and 4"),
        (EXPECTED, DAYS + '2026-04-03,"4,5"\n', "a number", "'4,5' in row 4"),
        (EXPECTED, DAYS + "2026-04-03,-1\n", "a number", "'-1' in row 4"),
        (EXPECTED, DAYS + "2026-04-03,nan\n", "a number", "'nan' in row 4"),
        (EXPECTED, DAYS + "2026-04-03,inf\n", "a number", "'inf' in row 4"),
        (EXPECTED, DAYS + "2026-04-03\n", "2 cells", "1 in row 4"),
        (OBSERVED, "date,referrals\n2026-04-01,1.5\n", "whole number", "'1.5' in row 2"),
        (EMPIRICAL, "days\nx\n", "number of days", "'x' in row 2"),
        (LINE_LIST, "stream,unit,stage,residual_days\n,haywood,support,3\n", "given", "'' in row 2"),
    ],
)
def test_a_wrong_table_is_named_where_the_scenario_names_it(
    tmp_path: Path, text: str, table: str, must: str, found: str
) -> None:
    """The problem stands at the line of the YAML that names the file, with the row of the CSV."""
    written(tmp_path, table, "counts/c.csv")
    problem = problems_of(written(tmp_path, text))[0]
    assert must in problem.must
    assert found in problem.found
    assert problem.line == line_of(text, "counts/c.csv")


def test_a_missing_table_and_a_folder_are_refused(tmp_path: Path) -> None:
    """The neighbour with the nearest name is suggested."""
    written(tmp_path, DAYS, "counts/c1.csv")
    (problem,) = problems_of(written(tmp_path, EXPECTED))
    assert (problem.remedy, problem.field) == ("c1.csv", "streams.step_down.referrals.expected_csv")
    (problem,) = problems_of(written(tmp_path, EXPECTED.replace("counts/c.csv", "counts")))
    assert problem.found == "a folder"


def test_a_table_over_the_bound_is_refused(tmp_path: Path) -> None:
    """A huge file is not read."""
    written(tmp_path, "x" * (LARGEST_CSV + 1), "counts/c.csv")
    (problem,) = problems_of(written(tmp_path, EXPECTED))
    assert problem.must == "be at most 20 MB"


def test_many_wrong_rows_are_counted(tmp_path: Path) -> None:
    """Three rows are named, the rest counted."""
    written(tmp_path, DAYS + "x,4\n" * 10, "counts/c.csv")
    problems = problems_of(written(tmp_path, EXPECTED))
    assert len(problems) == 4
    assert [problem for problem in problems if "more rows" in problem.found]


def test_a_table_belongs_to_the_folder_of_the_file_that_names_it(tmp_path: Path) -> None:
    """A child in another folder inherits the name and its meaning; the same name for another file is refused."""
    written(tmp_path, DAYS, "root/counts/c.csv")
    written(tmp_path, EXPECTED, "root/base.yaml")
    child = written(tmp_path, "extends: ../root/base.yaml\n", "sub/child.yaml")
    assert load(child).candidate_rates_per_day == {"step_down": 5.0}
    written(tmp_path, DAYS, "sub/counts/c.csv")
    need = "{bedded_rehab: {support: {needed_days: {empirical: {csv: counts/c.csv, column: expected_per_day}}}}}"
    child = written(tmp_path, f"extends: ../root/base.yaml\npathways: {need}", "sub/child.yaml")
    (problem,) = problems_of(child)
    assert problem.must.startswith("mean one file")


def test_the_candidate_rate_of_a_root_table_outlives_the_table(tmp_path: Path) -> None:
    """A child with a rate of its own still draws from the root's mean, and does not keep the table."""
    written(tmp_path, DAYS, "counts/c.csv")
    written(tmp_path, EXPECTED, "base.yaml")
    child = written(tmp_path, "extends: base.yaml\nstreams: {step_down: {referrals: {per_day: 9}}}", "child.yaml")
    scenario = load(child)
    assert scenario.candidate_rates_per_day == {"step_down": 5.0}
    assert scenario.tables == {}
