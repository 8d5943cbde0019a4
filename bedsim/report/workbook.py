"""One spreadsheet of a run: a sheet a table, for people who open a workbook and no CSV.

Why: text is written as text and numbers as numbers, so no cell can run and none has to be imported. The same tables
give the same bytes whenever they are written, since the file says no time. It is written only: nothing reads it back.
"""

from __future__ import annotations

import io
import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from bedsim.report.tables import Rows

NO_TIME = datetime(2000, 1, 1)
"""Stands where a workbook says when it was made: the bytes must not depend on it."""
LONGEST_CELL = 32_767
"""Characters; more make the file unreadable for Excel."""
NARROWEST, WIDEST = 8, 40
"""Of a column of a table, in characters."""
TEXT_WIDTH = 110
"""Of the column in which whole sentences are read."""


def write_workbook(verdict: str, tables: Mapping[str, Rows], path: Path) -> None:
    """Write a workbook: a first sheet with the verdict, then one sheet a table.

    Parameters
    ----------
    verdict
        In paragraphs, with what must be said of the scenario.
    tables
        Header and rows, by the sheet's name: at most 31 characters. A cell is text, a number, or None and NaN for
        nothing.
    path
        The file to write.
    """
    from xlsxwriter import Workbook  # 0.05 s, for nothing if no workbook is written

    made = io.BytesIO()  # a full disk is then an OSError, as of every other file
    with Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"created": NO_TIME})
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        first = book.add_worksheet("verdict")
        first.set_column(0, 0, TEXT_WIDTH)
        for i, paragraph in enumerate(verdict.split("\n\n")):
            first.write_string(i, 0, paragraph[:LONGEST_CELL], wrapped)
        for name, rows in tables.items():
            _write(book.add_worksheet(name), spread(rows), bold)
    path.write_bytes(made.getvalue())


def spread(rows: Rows) -> Rows:
    """Return a table of one row a statistic as one of a row a measure, with the statistics and their intervals across.

    People read across, and it takes half as many cells. A table without a column `statistic` is returned as it is.
    """
    header, body = rows
    if "statistic" not in header:
        return rows
    at = header.index("statistic")
    numbers = {header.index("value"): "", header.index("ci_low"): " from", header.index("ci_high"): " to"}
    names = [i for i in range(len(header)) if i != at and i not in numbers]
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in body:
        line = lines.setdefault(tuple(row[i] for i in names), {})
        line.update({f"{row[at]}{ending}": row[i] for i, ending in numbers.items() if row[i] is not None})
    found = {heading for line in lines.values() for heading in line}
    statistics = dict.fromkeys(row[at] for row in body)
    across = [name for one in statistics for ending in numbers.values() if (name := f"{one}{ending}") in found]
    return (
        (*(header[i] for i in names), *across),
        [(*named, *map(line.get, across)) for named, line in lines.items()],
    )


def _write(sheet: Worksheet, rows: Rows, bold: Format) -> None:
    header, body = rows
    for column, heading in enumerate(header):
        sheet.write_string(0, column, heading, bold)
    for i, row in enumerate(body, start=1):
        for column, cell in enumerate(row):
            if cell is not None:
                _write_cell(sheet, i, column, cell)
    for column, heading in enumerate(header):
        longest = max(len(cell) if isinstance(cell, str) else 0 for cell in (heading, *(row[column] for row in body)))
        sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
    sheet.freeze_panes(1, 0)
    if body:
        sheet.autofilter(0, 0, len(body), len(header) - 1)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: str | float) -> None:
    """Write text as text and a finite number as a number; leave out what is neither."""
    if isinstance(cell, str):
        sheet.write_string(row, column, cell[:LONGEST_CELL])
    elif math.isfinite(cell):
        sheet.write_number(row, column, cell)
