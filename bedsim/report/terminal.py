"""Tables of a run for the terminal, within 80 columns: all planned beds, then each unit.

Why: figures of the headline year stand beside those of all days simulated, so that nobody takes one for the other.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bedsim.measures.calendar import ALL
from bedsim.report.figures import as_text
from bedsim.report.numbers import shown_interval
from bedsim.report.tables import below, empty_table

if TYPE_CHECKING:
    from rich.table import Table

    from bedsim.analysis.run import Row, Run

MEASURES_SHOWN = (
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
    "longest_overflow_spell_days",
    "p_wait",
    "wait_days",
    "acute_bed_days_lost_per_day",
    "delayed_beds",
    "delayed_fraction_of_occupied",
    "out_of_area_fraction",
    "away_from_home_fraction",
    "travel_minutes",
    "referrals_per_day",
    "admissions_per_day",
)
SPREAD = {"p50": "p50", "p95": "p95", "max": "mean\nmax"}
"""Statistics beside the mean, with their headings."""
OF_MAXIMA = (
    "p50 and p95 are over all days, or people, of all replications together; 'mean max' is the mean of each "
    "replication's maximum, and may lie below p95."
)
"""Stands below the table of all planned beds."""
OF_UNITS = {
    "beds": ("open_beds", "mean"),
    "census": ("midnight_census", "mean"),
    "p95": ("midnight_census", "p95"),
    "occupancy": ("occupancy_fraction", "mean"),
    "delayed": ("delayed_fraction_of_occupied", "mean"),
    "in a day": ("admissions_per_day", "mean"),
}
"""Headings of the table of units, with the measure and statistic below each."""


def terminal_table(run: Run) -> Table:
    """Return the planned beds as a whole: what a planner looks at first."""
    table = empty_table()
    table.add_column("all planned beds")
    has_year = run.headline != ALL
    titles = [run.headline if has_year else "mean", "95% interval", *SPREAD.values()]
    for title in (*titles, *(["all days"] if has_year else [])):
        table.add_column(title, justify="right", no_wrap=True)
    headline, always = (_system(run, period) for period in (run.headline, ALL))
    for measure in MEASURES_SHOWN:
        mean = headline.get((measure, "mean"))
        if mean is not None:
            interval = shown_interval(measure, mean.value, mean.ci_low, mean.ci_high)
            spread = [_cell(headline.get((measure, statistic))) for statistic in SPREAD]
            beside = [_cell(always[measure, "mean"])] if has_year else []
            table.add_row(measure, as_text(mean), interval, *spread, *beside)
    return table


def unit_table(run: Run) -> Table:
    """Return each unit's beds, occupancy and delay in the headline period, the units kind by kind."""
    table = empty_table()
    table.add_column("units" if run.headline == ALL else f"units, {run.headline}")
    for title in OF_UNITS:
        table.add_column(title, justify="right", no_wrap=True)
    rows = {(row.unit, row.measure, row.statistic): row for row in run.rows_of(run.headline)}
    units = [unit for unit in run.blueprint.network.units if not unit.is_below_minimum]
    kinds = list(dict.fromkeys(unit.kind for unit in units))
    for kind, of_kind in groupby(sorted(units, key=lambda unit: kinds.index(unit.kind)), key=lambda unit: unit.kind):
        table.add_row(kind)
        for unit in of_kind:
            table.add_row(below(unit.name), *(_cell(rows.get((unit.name, *key)), "-") for key in OF_UNITS.values()))
    return table


def _system(run: Run, period: str) -> dict[tuple[str, str], Row]:
    return {(row.measure, row.statistic): row for row in run.rows_of(period) if row.unit == "system"}


def _cell(row: Row | None, missing: str = "") -> str:
    return missing if row is None else as_text(row)
