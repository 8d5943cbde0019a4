"""CSV files that a scenario names: read, checked line by line, and kept as text.

Why: a run must hold everything it used, and a spreadsheet's mistakes (a decimal comma, a British date, an empty cell)
must be named with their row before anything is simulated. A path is relative to the file in which it was written.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bedsim.scenario.demand import Referrals
from bedsim.scenario.files import Refused, nearest, read_text
from bedsim.scenario.outline import inside, model_of
from bedsim.scenario.present import PresentAtStart
from bedsim.scenario.schema import Scenario
from bedsim.scenario.shapes import Empirical
from bedsim.scenario.tree import Keys, Node, problem_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from bedsim.errors import Problem

    Table = tuple[tuple[str, ...], ...]

LARGEST_CSV = 20_000_000
"""Bytes."""
MOST_MISTAKES = 3
"""How many wrong rows of one file are named; the rest are counted."""
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Use(NamedTuple):
    """A place of the scenario that names a CSV file, and what its columns must hold."""

    path: Keys
    node: Node
    columns: dict[str, Callable[[str], str]]
    """Required columns; each check returns the rule that a cell breaks, or an empty text."""


class Library:
    """The CSV files of one scenario, each read once."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self._paths: dict[str, Path] = {}

    def read(self, node: Node) -> Table:
        """Return the table that a value names: header, then rows; keep it under the text as written.

        Parameters
        ----------
        node
            The file's path as the scenario writes it.

        Returns
        -------
        :
            All cells as text, each row as long as it is in the file.

        Raises
        ------
        Refused
            If the file cannot be read, or the same text means another file elsewhere in the scenario.
        """
        name = str(node.value)
        path = Path(os.path.normpath(node.origin.folder / name))
        if self._paths.setdefault(name, path) != path:
            found = f"{self._paths[name]} and {path}"
            raise Refused("mean one file wherever it is written", found, "another name for one of them")
        if name not in self.tables:
            self.tables[name] = _rows(path)
        return self.tables[name]


def read_tables(tree: Node, library: Library) -> list[Problem]:
    """Read and check every CSV file that a merged tree names."""
    problems: list[Problem] = []
    for use in uses(tree):
        try:
            found = list(mistakes(library.read(use.node), use.columns))
        except Refused as refused:
            found = [(refused.must, refused.found, refused.remedy)]
        problems.extend(problem_at(tree, use.path, *sentence) for sentence in found[:MOST_MISTAKES])
        if len(found) > MOST_MISTAKES:
            more = f"wrong in {len(found) - MOST_MISTAKES} more rows"
            problems.append(problem_at(tree, use.path, "be right in every row", more))
    return problems


def uses(tree: Node) -> Iterator[Use]:
    """Yield every place of a tree that names a CSV file."""
    yield from _uses(tree, Scenario, ())


def _uses(node: Node, kind: Any, path: Keys) -> Iterator[Use]:
    if isinstance(node.value, tuple):
        for i, item in enumerate(node.value):
            yield from _uses(item, inside(kind, i), (*path, i))
    elif isinstance(node.value, dict):
        model = model_of(kind)
        column = node.value.get("column")
        for key, child in node.value.items():
            columns = _columns(model, key, str(column.value) if column else "")
            if columns is not None and isinstance(child.value, str) and not child.broken:
                yield Use((*path, key), child, columns)
            yield from _uses(child, inside(kind, key), (*path, key))


def _columns(model: type | None, key: str, column: str) -> dict[str, Callable[[str], str]] | None:
    """Return the columns that a file must have when this key of this class names it."""
    if model is Referrals and key == "expected_csv":
        return {"date": _date_rule, "expected_per_day": _rate_rule}
    if model is Referrals and key == "observed_csv":
        return {"date": _date_rule, "referrals": _count_rule}
    if model is PresentAtStart and key == "line_list_csv":
        return {"stream": _given_rule, "unit": _given_rule, "stage": _given_rule, "residual_days": _days_rule}
    if model is Empirical and key == "csv":
        return {column: _days_rule}
    return None


def mean_of_column(table: Table, column: str) -> float | None:
    """Return the mean of a column of numbers, None if there is none to take."""
    header, *rows = table
    if column not in header or not rows:
        return None
    try:
        mean = math.fsum(float(row[header.index(column)]) for row in rows) / len(rows)
    except (ValueError, IndexError):
        return None
    return mean if math.isfinite(mean) else None


def mistakes(table: Table, columns: dict[str, Callable[[str], str]]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a table, as must, found, remedy."""
    header, *rows = table
    absent = [name for name in columns if name not in header]
    for name in absent:
        yield f"have a column {name}", f"a table with {', '.join(header)}"[:200], nearest(name, header)
    if absent:
        return
    if not rows:
        yield "have rows under its header", "without any", "one row a value"
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            yield f"have {len(header)} cells in each row", f"{len(row)} in row {number}", ""
            continue
        for name, rule in columns.items():
            cell = row[header.index(name)]
            if broken := rule(cell):
                yield f"have a {name} in each row that is {broken}", f"{cell!r} in row {number}"[:100], ""
        if "date" in columns:
            day = row[header.index("date")]
            if day in seen:
                yield "have each date once", f"{day} in rows {seen[day]} and {number}"[:100], "one row a date"
            seen[day] = number


def _rows(path: Path) -> Table:
    """Return the cells of a CSV file, stripped; empty rows at the end are left out."""
    text = read_text(path, LARGEST_CSV)
    try:
        rows = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        raise Refused("be a CSV file", f"not: {error}") from error
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise Refused("hold something", "empty")
    if len(set(rows[0])) < len(rows[0]):
        raise Refused("have each column once", ", ".join(rows[0])[:200], "another name for one of them")
    return tuple(rows)


def _date_rule(cell: str) -> str:
    if not _ISO_DATE.fullmatch(cell):
        return "a date such as 2026-04-01"
    try:
        date.fromisoformat(cell)
    except ValueError:
        return "a date of the calendar"
    return ""


def _number(cell: str) -> float:
    try:
        return float(cell) if "_" not in cell else math.nan
    except ValueError:
        return math.nan


def _rate_rule(cell: str) -> str:
    return "" if 0 <= _number(cell) <= 1_000 else "a number from 0 to 1,000"


def _count_rule(cell: str) -> str:
    return "" if cell.isascii() and cell.isdigit() and len(cell) <= 4 else "a whole number from 0 to 9,999"


def _days_rule(cell: str) -> str:
    return "" if 0 <= _number(cell) <= 1e6 else "a number of days, 0 or more"


def _given_rule(cell: str) -> str:
    return "" if cell else "given"
