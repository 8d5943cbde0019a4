"""Several runs side by side, in the order in which they were asked for.

Why: planners compare options. The table ranks nothing: some options are illustrative, and some runs have other people,
in which case the beds alone do not make the difference. Both are said in the table and below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.compare_ready import same_people
from bedsim.analysis.offers import offered_after
from bedsim.measures.calendar import ALL, WINTER
from bedsim.report.figures import as_text, listed
from bedsim.report.tables import empty_table
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table

    from bedsim.analysis.run import Run

WIDTH, HEADINGS, NARROWEST, GAP = 80, 20, 8, 2
"""Columns of a terminal, of the headings of the lines, of a run whose name is short, and between two."""
STATUS = {"verified": "verified", "illustrative": "ILLUSTR.", "worked_example": "EXAMPLE"}
COMPARED: dict[str, tuple[str, str, str | None]] = {
    "planned beds": ("open_beds", "mean", None),
    "referred a day": ("referrals_per_day", "mean", None),
    "days demand is above": ("demand_above_beds_fraction", "mean", None),
    "enough, 95% of days": ("demand_beds", "p95", None),
    "days with overflow": ("overflow_days_fraction", "mean", None),
    "overflow, 19/20 days": ("overflow", "p95", None),
    "  winters": ("overflow", "p95", WINTER),
    "people who wait": ("p_wait", "mean", None),
    "mean wait, days": ("wait_days", "mean", None),
    "acute beds lost": ("acute_bed_days_lost_per_day", "mean", None),
    "bed-days delayed": ("delayed_fraction_of_occupied", "mean", None),
    "outside home area": ("away_from_home_fraction", "mean", None),
    "minutes from home": ("travel_minutes", "mean", None),
    "out of area": ("out_of_area_fraction", "mean", None),
}
"""Headings of the lines, with measure, statistic and period; None for each run's headline period."""


def comparison_tables(runs: Sequence[Run]) -> Iterator[Table]:
    """Yield the runs side by side: the numbers a planner compares, and the demand they rest on."""
    for some in _beside(runs):
        table = empty_table()
        table.add_column("", no_wrap=True)
        for run in some:
            table.add_column(run.scenario.slug, justify="right", no_wrap=True)
        table.add_row("", *(STATUS[run.scenario.status] for run in some))
        table.add_row("of", *("all days" if run.headline == ALL else run.headline for run in some))
        for heading, (measure, statistic, period) in COMPARED.items():
            table.add_row(heading, *(_cell(run, measure, statistic, period or run.headline) for run in some))
        yield table


def _beside(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield the runs that stand beside one another, as many as there is room for the names of; the next stand below."""
    some: list[Run] = []
    used = HEADINGS
    for run in runs:
        wide = GAP + max(NARROWEST, len(run.scenario.slug))
        if some and used + wide > WIDTH:
            yield some
            some, used = [], HEADINGS
        some.append(run)
        used += wide
    if some:
        yield some


def comparison_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Yield what must be said below the table."""
    yield "The runs stand in the order given; this is no ranking."
    if any(run.scenario.status == "illustrative" for run in runs):
        yield "ILLUSTR.: illustrative, the beds by site, or what else the plan changes, are not public."
    late = {run.scenario.slug: offered_after(run.blueprint) for run in runs}
    if len(set(late.values())) > 1:
        rules = listed([f"{slug} after {days}" for slug, days in late.items() if days])
        yield (
            f"Some planned beds are offered only to people who have waited: in {rules}. There more people wait, and "
            "are overflow, even while beds are free."
        )
    first, *others = runs
    different = [
        run.scenario.slug
        for run in others
        if run.scenario.time != first.scenario.time or not same_people(run.scenario, first.scenario)
    ]
    if different:
        verb = "has" if len(different) == 1 else "have"
        yield (
            f"{listed(different)} {verb} other referrals or stays than {first.scenario.slug}: what differs is not due "
            "to the beds alone."
        )


def _cell(run: Run, measure: str, statistic: str, period: str) -> str:
    try:
        row = run.row(measure, SYSTEM, statistic, period)
    except KeyError:
        return "-"
    return as_text(row)
