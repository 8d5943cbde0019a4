"""Clinics in tables: for the terminal, for spreadsheets, as one JSON object, and the inputs as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedsim.clinics.compare import Difference
from bedsim.clinics.measures import ALL, MEASURES
from bedsim.clinics.run import Row
from bedsim.clinics.sessions import overloads
from bedsim.clinics.words import (
    STATUS,
    as_row,
    change,
    comparison_sentence,
    home_name,
    interval,
    sentence,
    shown,
    title_of,
)
from bedsim.measures.yardstick import HOME
from bedsim.report.describe import BASES, NO_GROUNDS
from bedsim.report.markdown import escaped, plain, table
from bedsim.report.tables import below, empty_table, finite
from bedsim.scenario.inputs import Input, stated_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from bedsim.clinics.compare import Comparison
    from bedsim.clinics.run import ClinicRun
    from bedsim.clinics.schema import ClinicPlan
    from bedsim.report.tables import Rows

HEADER = ("scenario", *Row._fields)
DIFFERENCE_HEADER = ("scenario", "other_scenario", *Difference._fields)
SHOWN_OF_ALL = ("wait_weeks", "waiting", "travel_minutes")
"""What the tables of a terminal say of all clinics together."""


def _unit_name(plan: ClinicPlan, unit: str) -> str:
    if unit == ALL:
        return "all clinics"
    if unit.startswith(HOME):
        return f"home {home_name(plan, unit.removeprefix(HOME))}"
    clinic = plan.clinics[unit]
    return plain(clinic.name or unit)


def run_table(run: ClinicRun) -> Table:
    """Return the numbers of the headline's period for a terminal."""
    from rich.text import Text

    made = empty_table()
    made.add_column(Text(run.headline))
    for heading in ("value", "95% interval"):
        made.add_column(heading, justify="right", no_wrap=True)
    for unit, rows in _by_unit([row for row in run.rows if row.period == run.headline]):
        made.add_row(Text(_unit_name(run.plan, unit)))
        for row in rows:
            made.add_row(below(_words(row)), shown(row), interval(row))
    return made


def difference_table(both: Comparison) -> Table:
    """Return both plans and what differs, in the headline's period, for a terminal."""
    from rich.text import Text

    made = empty_table()
    made.add_column(Text(both.first.headline))
    for heading in ("first", "second", "difference", "95%, all together"):
        made.add_column(heading, justify="right", no_wrap=True)
    for unit, ones in _by_unit(both.differences()):
        made.add_row(Text(_unit_name(both.first.plan, unit)))
        for one in ones:
            values = (shown(as_row(one, value)) for value in (one.first, one.second))
            made.add_row(below(_words(one)), *values, *change(one))
    return made


def _by_unit(rows: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield the rows of each unit; of all clinics together only some."""
    for unit in dict.fromkeys(row.unit for row in rows):
        yield unit, [row for row in rows if row.unit == unit and (unit != ALL or row.measure in SHOWN_OF_ALL)]


def _words(row: Row | Difference) -> str:
    words = MEASURES[row.measure].words
    return words + {"p95": ", 19 in 20 at most", "end": ", at its end"}.get(row.statistic, "")


def rows_of(run: ClinicRun) -> Rows:
    """Return every number for a CSV file."""
    return HEADER, [(run.plan.slug, *row) for row in run.rows]


def difference_rows(both: Comparison) -> Rows:
    """Return every difference of every period for a CSV file; each period is a family."""
    names = (both.first.plan.slug, both.second.plan.slug)
    return DIFFERENCE_HEADER, [
        (*names, *one) for period in both.first.window.periods for one in both.differences(period)
    ]


def payload(run: ClinicRun) -> dict[str, Any]:
    """Return a run as one object for `--format json`."""
    plan = run.plan
    return {
        "scenario": plan.slug,
        "title": plan.title,
        "status": plan.status,
        "hash": run.hash,
        "seed": run.seed,
        "replications": run.n_replications,
        "sentence": sentence(run),
        "overload": list(overloads(plan)),
        "rows": [_finite(row._asdict()) for row in run.rows],
    }


def comparison_payload(both: Comparison) -> dict[str, Any]:
    """Return two plans as one object for `--format json`."""
    return {
        "sentence": comparison_sentence(both),
        "same_people": both.is_same_people,
        "period": both.first.headline,
        "correction": "Bonferroni, over the differences of the period",
        "runs": [payload(both.first), payload(both.second)],
        "differences": [_finite(one._asdict()) for one in both.differences()],
    }


def _finite(one: dict[str, Any]) -> dict[str, Any]:
    return {key: finite(value) if isinstance(value, float) else value for key, value in one.items()}


def inputs_page(plan: ClinicPlan) -> str:
    """Return every number with its range and where it comes from, in Markdown."""
    rows = [
        (
            f"`{one.path}`",
            escaped(f"{one.value:,.10g}" if isinstance(one.value, float) else one.value),
            "{:g} to {:g}".format(*one.range) if isinstance(one, Input) and one.range else "",
            escaped(" ".join(f"{BASES[kind]}: {plain(text).rstrip('.')}." for kind, text in one.words) or NO_GROUNDS),
        )
        for one in stated_in(plan)
    ]
    parts = [
        f"# {escaped(title_of(plan))}\n",
        *(f"{escaped(text)}\n" for text in (plan.notes, STATUS[plan.status]) if text),
    ]
    parts.append(table(("input", "value", "range", "where it comes from"), rows))
    cited = {text for one in stated_in(plan) for kind, text in one.words if kind == "source"}
    listed = [f"- {escaped(key)}: {escaped(text)}\n" for key, text in plan.sources.items() if key in cited]
    return "\n".join([*parts, *(["## Sources\n", "".join(listed)] if listed else [])])
