"""What `bedsim size` and `bedsim frontier` found, in tables for a terminal of 80 columns.

Why: a standard has a long name and every number an interval, so each standard, and the money, has a table of its own.
"""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from bedsim.analysis.sizing import is_met
from bedsim.report.cost_words import point_cells, step_cells, step_heading
from bedsim.report.numbers import is_fraction
from bedsim.report.size_words import looked, value_of, what
from bedsim.report.tables import empty_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from bedsim.analysis.frontier import Frontier
    from bedsim.analysis.size import Size
    from bedsim.analysis.standards import Standard

HEADING = 16
"""Signs of a line of the first heading."""


def size_tables(found: Size) -> Iterator[Table]:
    """Yield what each value looked at does: a table a standard, and one of what it costs if there are prices."""
    for i, one in enumerate(found.standards):
        table = _of_values(found)
        table.add_column("planned beds\nin all", justify="right", no_wrap=True)
        table.add_column(str(one))
        table.add_column("", no_wrap=True)
        for step in found.steps:
            look, beds = step.looks[i], f"{step.planned_beds:.0f}" if math.isfinite(step.planned_beds) else "-"
            seen = f"{looked(one, look.value)} ({_bare(one, look.low)} to {_bare(one, look.high)})"
            mark = "the answer" if step.value == found.value else "meets" if is_met(one, look.value) else "misses"
            table.add_row(value_of(found.dial, step.value), beds, seen, mark)
        yield table
    costs = step_cells(found)
    if costs:
        table = _of_values(found)
        for heading in ("a year", step_heading(found), "95%"):
            table.add_column(heading, justify="right", no_wrap=True)
        for value, cells in costs.items():
            table.add_row(value_of(found.dial, value), *cells)
        yield table


def frontier_table(found: Frontier) -> Table:
    """Return the points of the curve, with what each costs if there are prices."""
    table, costs = empty_table(), point_cells(found)
    for heading in (what(found.x), f"fewest {what(found.y)}", "simulation error, 95%"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("a year", "") if costs else ():
        table.add_column(heading, justify="right", no_wrap=True)
    for point in found.points:
        if point.y is None:
            table.add_row(f"{point.x:.0f}", "none meets it", "-")
        else:
            error = f"{point.low:.0f} to {point.high:.0f}"
            table.add_row(f"{point.x:.0f}", f"{point.y:.0f}", error, *costs.get(point.x, ()))
    return table


def _of_values(found: Size) -> Table:
    """Return an empty table with a column for what is varied."""
    table = empty_table()
    heading = textwrap.fill(what(found.dial), HEADING, break_long_words=False, break_on_hyphens=False)
    table.add_column(heading, justify="right", no_wrap=True)
    return table


def _bare(one: Standard, value: float) -> str:
    return f"{value:.1%}" if one.percent is not None or is_fraction(one.measure) else f"{value:.3g}"
