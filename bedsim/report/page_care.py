"""The new model of care on the page for a board: how groups of people fare, whom levers affect, what teams do.

Why: a board asks "for whom?" before it believes a mean. Groups and teams stand with their full names, each number with
its simulation error; a number that the run does not have has no column.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from bedsim.analysis.intervals import mean_and_interval
from bedsim.measures.levers import LEVER
from bedsim.measures.yardstick import SEGMENT
from bedsim.report.care_tables import OF_LEVERS, OF_SEGMENTS
from bedsim.report.figures import as_text, readable
from bedsim.report.names import full_name
from bedsim.report.numbers import shown, shown_interval
from bedsim.report.pounds import as_pounds, pounds_interval
from bedsim.scenario.inputs import inputs
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bedsim.analysis.run import Row, Run

WORDS = {
    "referrals_per_day": "Referred a day",
    "p_wait": "Who wait",
    "wait_days": "Mean wait, days",
    "planned_beds_taken": "Planned beds taken",
    "delayed_fraction_of_occupied": "Bed-days of people ready to leave",
    "avoided_people": "People a year who need no planned bed",
    "lever_people": "People a year whom it affects",
    "visits_per_week": "Visits a week",
    "visits_freed_per_week": "Visits freed a week",
    "staff_needed": "Full-time staff",
}
"""Of measures, what a board calls them."""
OF_TEAMS = ("midnight_census", "visits_per_week", "visits_freed_per_week", "staff_needed")
TEAM_WORDS = WORDS | {"midnight_census": "People on the caseload"}
NO_WORDS = "–"


class Cell(NamedTuple):
    """A number as text, and its simulation error, empty if it has none."""

    value: str = NO_WORDS
    error: str = ""


class CareTable(NamedTuple):
    """A table of the page: what stands in its corner, its columns, and its rows by name."""

    caption: str
    corner: str
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]


def segments_table(run: Run) -> CareTable | None:
    """Return how people of each segment fare, and what is spent on them; None without segments."""
    names = [f"{SEGMENT}{name}" for name in run.scenario.segments]
    if not names:
        return None
    measures = _had(run, names, OF_SEGMENTS.values())
    rows = [(full_name(run.scenario, name), [_cell(run, measure, name) for measure in measures]) for name in names]
    columns = [WORDS.get(measure, readable(measure)) for measure in measures]
    if run.money is not None:
        columns.append(f"Money simulated, pounds of {run.money.price_year}")
        spent = run.money.by_segment(run.headline)
        for name, (_, cells) in zip(run.scenario.segments, rows, strict=True):
            cells.append(
                Cell(as_pounds(*mean_and_interval(spent[name])), pounds_interval(*mean_and_interval(spent[name])))
            )
    people = [f"{segment.population:,.0f}" for segment in run.scenario.segments.values()]
    rows = [(name, [Cell(n), *cells]) for n, (name, cells) in zip(people, rows, strict=True)]
    return CareTable(
        "Who they are and how they fare", "Group of the population", ["People living there", *columns], rows
    )


def levers_table(run: Run) -> CareTable | None:
    """Return the people whom each lever affects, and those who need no planned bed; None without levers."""
    levers = [f"{LEVER}{name}" for name in run.scenario.levers]
    measures = _had(run, levers, OF_LEVERS.values())
    if not measures:
        return None
    names = [one for one in levers if any(_row(run, measure, one) for measure in measures)]
    rows = [(readable(name).capitalize(), [_cell(run, measure, name) for measure in measures]) for name in names]
    rows.insert(0, ("All together", [_cell(run, measure, SYSTEM) for measure in measures]))
    return CareTable("Whom the plan's changes affect", "Change", [WORDS[measure] for measure in measures], rows)


def teams_table(run: Run) -> CareTable | None:
    """Return what each team does and who is needed for it, by discipline; None without visits."""
    teams = {name: unit.visits for name, unit in run.scenario.units.items() if unit.visits is not None}
    measures = _had(run, teams, OF_TEAMS[1:])
    if not measures:
        return None
    measures = [measure for measure in OF_TEAMS if measure == OF_TEAMS[0] or measure in measures]
    disciplines = dict.fromkeys(word for visits in teams.values() for word in visits.disciplines)
    rows = []
    for name, visits in teams.items():
        staff = _row(run, "staff_needed", name)
        parts = (
            [_part(staff, visits.disciplines.get(word)) for word in disciplines] if "staff_needed" in measures else []
        )
        rows.append((full_name(run.scenario, name), [*(_cell(run, measure, name) for measure in measures), *parts]))
    columns = [TEAM_WORDS[measure] for measure in measures]
    columns += [f"of them {readable(word)}" for word in disciplines] if "staff_needed" in measures else []
    return CareTable("What the teams do, and who is needed for it", "Team", columns, rows)


def is_care_assumed(run: Run) -> bool:
    """Say whether numbers of segments, levers or visits are assumed."""
    parts = ("segments.", ".segments.shares.", ".by_segment.", "levers.", ".visits.")
    return any(
        one.provenance == "assumption" and any(part in one.path for part in parts) for one in inputs(run.scenario)
    )


def _had(run: Run, names: Iterable[str], measures: Iterable[str]) -> list[str]:
    return [measure for measure in measures if any(_row(run, measure, name) is not None for name in names)]


def _row(run: Run, measure: str, name: str) -> Row | None:
    try:
        row = run.row(measure, name, "mean", run.headline)
    except KeyError:
        return None
    return None if math.isnan(row.value) else row


def _cell(run: Run, measure: str, name: str) -> Cell:
    row = _row(run, measure, name)
    return Cell() if row is None else Cell(as_text(row), _error(row.measure, row.value, row.ci_low, row.ci_high))


def _part(row: Row | None, share: float | None) -> Cell:
    """Return a discipline's part of the staff: those needed for its share of the visits."""
    if row is None or share is None:
        return Cell()
    ends = [None if end is None else end * share for end in (row.ci_low, row.ci_high)]
    return Cell(shown(row.measure, row.value * share, *ends), _error(row.measure, row.value * share, *ends))


def _error(measure: str, value: float, low: float | None, high: float | None) -> str:
    """Return the simulation error; nothing if there is none, or if every replication gives the same."""
    text = "" if low == high else shown_interval(measure, value, low, high)
    return "" if text == NO_WORDS or text == "-" else text
