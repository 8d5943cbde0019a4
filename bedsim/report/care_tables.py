"""The new model of care in tables: who waits by segment, whom levers affect, what teams need.

Why: beds are half of the question. Who gains, how many people never needed a bed, and how many staff the visits take
stand beside the beds, so that nobody takes fewer beds for the whole answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.measures.calendar import ALL
from bedsim.measures.levers import LEVER
from bedsim.measures.yardstick import SEGMENT
from bedsim.report.figures import as_text, readable
from bedsim.report.numbers import shown
from bedsim.report.tables import empty_table
from bedsim.scenario.inputs import inputs
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from bedsim.analysis.run import Row, Run

OF_SEGMENTS = {
    "referred a day": "referrals_per_day",
    "who wait": "p_wait",
    "wait, days": "wait_days",
    "beds": "planned_beds_taken",
    "delayed": "delayed_fraction_of_occupied",
    "avoided": "avoided_people",
}
OF_LEVERS = {"people": "lever_people", "avoided": "avoided_people"}
OF_TEAMS = {"visits a week": "visits_per_week", "freed": "visits_freed_per_week", "staff": "staff_needed"}


def care_tables(run: Run) -> Iterator[Table]:
    """Yield a table of segments, one of levers and one of teams: those that the scenario has."""
    rows = {(row.unit, row.measure): row for row in run.rows_of(run.headline) if row.statistic == "mean"}
    segments = [f"{SEGMENT}{name}" for name in run.scenario.segments]
    if segments:
        heading = f"segments{_assumed(run, 'segments.', '.segments.shares.', '.by_segment.')}"
        yield _table(run, heading, segments, OF_SEGMENTS, rows)
    levers = [name for name in (f"{LEVER}{lever}" for lever in run.scenario.levers) if (name, "lever_people") in rows]
    if levers:
        heading = f"people whom levers affect{_assumed(run, 'levers.')}"
        yield _table(run, heading, [SYSTEM, *levers], OF_LEVERS, rows)
    teams = [name for name in run.scenario.units if (name, "visits_per_week") in rows]
    if teams:
        table = _table(run, f"teams{_assumed(run, '.visits.')}", teams, OF_TEAMS, rows)
        for team in teams:
            for discipline, staff in _by_discipline(run, team, rows):
                table.add_row(f"  of {readable(team)}: {readable(discipline)}", "", "", staff)
        yield table


def _assumed(run: Run, *parts: str) -> str:
    """Return a mark for the heading of numbers of which an input, its path with one of these parts, is assumed."""
    found = [one for one in inputs(run.scenario) if any(part in one.path for part in parts)]
    return " (assumed)" if any(one.provenance == "assumption" for one in found) else ""


def _table(
    run: Run, heading: str, names: list[str], columns: dict[str, str], rows: dict[tuple[str, str], Row]
) -> Table:
    table = empty_table()
    table.add_column(heading if run.headline == ALL else f"{heading}, {run.headline}")
    chosen = {title: measure for title, measure in columns.items() if any((name, measure) in rows for name in names)}
    for title in chosen:
        table.add_column(title, justify="right", no_wrap=True)
    for name in names:
        cells = [rows.get((name, measure)) for measure in chosen.values()]
        if any(cells):
            shown_name = "all together" if name == SYSTEM else readable(name)
            table.add_row(shown_name, *("" if one is None else as_text(one) for one in cells))
    return table


def _by_discipline(run: Run, team: str, rows: dict[tuple[str, str], Row]) -> Iterator[tuple[str, str]]:
    """Yield the staff of each discipline: those needed for its share of the visits."""
    visits, staff = run.scenario.units[team].visits, rows.get((team, "staff_needed"))
    if visits is None or staff is None:
        return
    for discipline, share in visits.disciplines.items():
        ends = [None if end is None else end * share for end in (staff.ci_low, staff.ci_high)]
        yield discipline, shown("staff_needed", staff.value * share, *ends)
