"""Tables for spreadsheets, and as one JSON object.

Why: one vocabulary everywhere (scenario, unit, measure, statistic, period, value, ci_low, ci_high). Text that a
spreadsheet would run as a formula is made harmless on the way out.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from rich.table import Table

    from bedsim.analysis.run import Row, Run

Rows = tuple[Sequence[str], Sequence[Sequence[Any]]]
"""A table as it is written: its header and its rows."""
HEADER = ("scenario", "unit", "measure", "statistic", "period", "value", "ci_low", "ci_high")
BOM = "\ufeff"
"""Spreadsheets read a CSV as UTF-8 only if it begins with it."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def payload(run: Run) -> dict[str, Any]:
    """Return a run as one object for `--format json`; an interval that does not exist is null."""
    from bedsim.report.verdict import verdict  # and all that it says, for nothing if only a table is written

    return {
        "scenario": run.scenario.slug,
        "title": run.scenario.title,
        "status": run.scenario.status,
        "hash": run.hash,
        "seed": run.seed,
        "replications": run.n_replications,
        "verdict": verdict(run),
        "rows": [
            {
                "unit": row.unit,
                "measure": row.measure,
                "statistic": row.statistic,
                "period": row.period,
                "value": finite(row.value),
                "ci_low": finite(row.ci_low),
                "ci_high": finite(row.ci_high),
            }
            for row in run.rows
        ],
    }


def records(run: Run, rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """Return rows of a run for a CSV file, as `HEADER` names them."""
    return [(run.scenario.slug, *_cells(row)) for row in rows]


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV that spreadsheets open: empty where there is no value; no cell is a formula.

    >>> csv_text(("title",), [("=1+1",)])
    "\\ufefftitle\\r\\n'=1+1\\r\\n"
    """
    return BOM + csv_lines((header, *rows))


def csv_lines(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as lines of a CSV file, without the mark that begins it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return buffer.getvalue()


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs: text that begins like a formula gets an apostrophe."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None or (isinstance(cell, float) and math.isnan(cell)) else cell


def _cells(row: Row) -> tuple[Any, ...]:
    return row.unit, row.measure, row.statistic, row.period, row.value, row.ci_low, row.ci_high


def empty_table() -> Table:
    """Return an empty table, narrow enough for 80 columns; where there is less room, no number of it is cut."""
    from rich.box import SIMPLE_HEAD

    from bedsim.report.whole import WholeTable

    return WholeTable(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))


def below(words: str) -> RenderableType:
    """Return a cell of what belongs to the heading above it: all its lines are indented."""
    from rich.padding import Padding

    from bedsim.report.whole import Name

    return Padding(Name(words), (0, 0, 0, 2))


def finite(value: float | None) -> float | None:
    """Return a number that JSON can hold: None for NaN and infinity."""
    return None if value is None or not math.isfinite(value) else value
