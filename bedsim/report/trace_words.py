"""Journeys as a table side by side, as JSON and as CSV.

Why: two journeys are compared by eye, so what happens at one time stands in one line; programs get the same events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedsim.report.tables import finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bedsim.analysis.trace import Trace
    from bedsim.analysis.trace_events import Event
    from bedsim.report.tables import Rows

FIELDS = ("day", "when", "event", "unit", "stage", "days", "words")


def side_by_side(traces: Sequence[Trace]) -> Table:
    """Return the journeys as a table: a line a time, a column a scenario."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("when", no_wrap=True)
    for one in traces:
        table.add_column(Text(one.title), ratio=1)
    stamps = {event.when: event.stamp for one in traces for event in one.events}
    for when in sorted(stamps):
        told = ("\n".join(event.words for event in one.events if event.when == when) for one in traces)
        table.add_row(stamps[when], *map(Text, told))
    table.add_section()
    table.add_row("in all", *(Text(one.totals) for one in traces))
    return table


def trace_payload(traces: Sequence[Trace], sentence: str) -> dict[str, Any]:
    """Return the journeys as one object for `--format json`."""
    return {
        "same_person": sentence or None,
        "traces": [
            {
                "scenario": one.scenario.slug,
                "title": one.title,
                "status": one.scenario.status,
                "who": one.who,
                "seed": one.seed,
                "replication": one.replication,
                "patient": one.patient,
                "stream": one.stream,
                "home": one.home or None,
                "totals": one.totals,
                "events": [dict(zip(FIELDS, _cells(event), strict=True)) for event in one.events],
            }
            for one in traces
        ],
    }


def trace_rows(traces: Sequence[Trace]) -> Rows:
    """Return the journeys as a table for a CSV file: one row an event."""
    rows = [(one.scenario.slug, one.replication, one.patient, *_cells(event)) for one in traces for event in one.events]
    return ("scenario", "replication", "patient", *FIELDS), rows


def _cells(event: Event) -> tuple[Any, ...]:
    when = event.when.isoformat(timespec="minutes")
    return event.day, when, event.kind, event.unit, event.stage, finite(event.days), event.words
