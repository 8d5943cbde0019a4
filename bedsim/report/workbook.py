"""One spreadsheet of a run: a sheet a table, for people who open a workbook and no CSV.

Why: text is written as text and numbers as numbers, so no cell can run and none has to be imported. The same tables
give the same bytes whenever they are written, since the file says no time. It is written only: nothing reads it back.
"""

from __future__ import annotations

import io
import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

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
    statistics = dict.fromkeys(row[at] for row in body)
    headings = {one: [(i, f"{one}{ending}") for i, ending in numbers.items()] for one in statistics}
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in body:
        line = lines.setdefault(tuple([row[i] for i in names]), {})
        for i, heading in headings[row[at]]:
            if row[i] is not None:
                line[heading] = row[i]
    found: set[str] = set().union(*lines.values())
    across = [heading for some in headings.values() for _, heading in some if heading in found]
    return (
        (*(header[i] for i in names), *across),
        [(*named, *map(line.get, across)) for named, line in lines.items()],
    )


def _write(sheet: Worksheet, rows: Rows, bold: Format) -> None:
    """Write text as text and finite numbers as numbers; leave out what is neither."""
    header, body = rows
    for column, heading in enumerate(header):
        sheet.write_string(0, column, heading, bold)
    for i, row in enumerate(body, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(i, column, cell[:LONGEST_CELL])
            elif cell is not None and math.isfinite(cell):
                sheet.write_number(i, column, cell)
    for column, cells in enumerate(zip(header, *body, strict=True)):
        longest = max(len(cell) for cell in cells if isinstance(cell, str))
        sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
    sheet.freeze_panes(1, 0)
    if body:
        sheet.autofilter(0, 0, len(body), len(header) - 1)
