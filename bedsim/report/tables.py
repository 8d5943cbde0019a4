"""Tables: for the terminal, for spreadsheets, and as one JSON object.

Why: one vocabulary everywhere (scenario, unit, measure, statistic, value, ci_low, ci_high). Text that a spreadsheet
would run as a formula is made harmless on the way out.
"""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

from bedsim.report.numbers import shown, shown_interval
from bedsim.report.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table

    from bedsim.analysis.run import Row, Run

HEADER = ("scenario", "unit", "measure", "statistic", "value", "ci_low", "ci_high")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TERMINAL_MEASURES = (
    "open_beds",
    "midnight_census",
    "occupancy_fraction",
    "demand_beds",
    "demand_beds_no_delay",
    "overflow",
    "waiting",
    "in_escalation",
    "in_out_of_area",
    "demand_above_beds_fraction",
    "overflow_days_fraction",
    "p_wait",
    "wait_days",
    "acute_bed_days_lost_per_day",
    "delayed_beds",
    "delayed_fraction_of_occupied",
    "out_of_area_fraction",
    "referrals_per_day",
    "admissions_per_day",
)
COMPARED = {
    "referred a day": ("referrals_per_day", "mean"),
    "beds": ("open_beds", "mean"),
    "enough on 95%": ("demand_beds", "p95"),
    "days above": ("demand_above_beds_fraction", "mean"),
    "overflow": ("overflow_days_fraction", "mean"),
    "wait": ("p_wait", "mean"),
    "mean days": ("wait_days", "mean"),
    "away": ("out_of_area_fraction", "mean"),
}
"""Headings of the comparison of runs, with the measure and statistic below each."""
TERMINAL_PERCENTILES = ("p5", "p50", "p95", "max")


def payload(run: Run) -> dict[str, Any]:
    """Return a run as one object for `--format json`; the interval of a percentile is null."""
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
                "value": finite(row.value),
                "ci_low": finite(row.ci_low),
                "ci_high": finite(row.ci_high),
            }
            for row in run.rows
        ],
    }


def records(run: Run) -> list[tuple[Any, ...]]:
    """Return a run's rows for a CSV file, as `HEADER` names them."""
    return [(run.scenario.slug, *_cells(row)) for row in run.rows]


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV; empty where there is no value; no cell is a formula.

    >>> csv_text(("title",), [("=1+1",)])
    "title\\r\\n'=1+1\\r\\n"
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return buffer.getvalue()


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs: text that begins like a formula gets an apostrophe."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None or (isinstance(cell, float) and math.isnan(cell)) else cell


def terminal_table(run: Run) -> Table:
    """Return the planned beds as a whole: what a planner looks at first."""
    table = _table()
    table.add_column("all planned beds", no_wrap=True)
    for heading in ("mean", "95% interval", *TERMINAL_PERCENTILES):
        table.add_column(heading, justify="right", no_wrap=True)
    for measure in TERMINAL_MEASURES:
        rows = {row.statistic: row for row in run.rows if row.unit == "system" and row.measure == measure}
        if "mean" in rows:
            mean = rows["mean"]
            interval = (measure, mean.value, mean.ci_low, mean.ci_high)
            spread = [shown(measure, rows[s].value) if s in rows else "" for s in TERMINAL_PERCENTILES]
            table.add_row(measure, shown(*interval), shown_interval(*interval), *spread)
    return table


def unit_table(run: Run) -> Table:
    """Return each unit's beds, occupancy and delay."""
    table = _table()
    table.add_column("unit (kind)", no_wrap=True)
    for heading in ("beds", "census", "p95", "occupancy", "delayed", "in a day"):
        table.add_column(heading, justify="right", no_wrap=True)
    by_name = {(row.unit, row.measure, row.statistic): row for row in run.rows}
    for unit in run.blueprint.network.units:
        if unit.is_below_minimum:
            continue
        cells = []
        for measure, statistic in (
            ("open_beds", "mean"),
            ("midnight_census", "mean"),
            ("midnight_census", "p95"),
            ("occupancy_fraction", "mean"),
            ("delayed_fraction_of_occupied", "mean"),
            ("admissions_per_day", "mean"),
        ):
            row = by_name.get((unit.name, measure, statistic))
            cells.append(shown(measure, row.value, row.ci_low, row.ci_high) if row else "-")
        table.add_row(f"{unit.name} ({unit.kind})", *cells)
    return table


def comparison_table(runs: Sequence[Run]) -> Table:
    """Return several runs side by side: the numbers a planner compares, and the demand they rest on."""
    table = _table()
    table.add_column("run", no_wrap=True)
    for heading in COMPARED:
        table.add_column(heading, justify="right")
    for run in runs:
        rows = {(row.measure, row.statistic): row for row in run.rows if row.unit == "system"}
        cells = []
        for measure, statistic in COMPARED.values():
            row = rows.get((measure, statistic))
            cells.append(shown(measure, row.value, row.ci_low, row.ci_high) if row else "-")
        table.add_row(run.scenario.slug, *cells)
    return table


def _cells(row: Row) -> tuple[Any, ...]:
    return row.unit, row.measure, row.statistic, row.value, row.ci_low, row.ci_high


def _table() -> Table:
    """Return an empty table, narrow enough for 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    return Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)


def finite(value: float | None) -> float | None:
    """Return a number that JSON can hold: None for NaN and infinity."""
    return None if value is None or not math.isfinite(value) else value
