"""The numbers of the page for a board: the answer in a sentence, and the figures beside it with both of their ranges.

Why: who reads one sentence must have met both ranges in it. Nothing is worked out here: every number is a row of the
run, or of a run at the end of its stated ranges, rounded as in the verdict.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from bedsim.errors import BedsimError
from bedsim.measures.calendar import WINTER
from bedsim.report.figures import Figures, as_text
from bedsim.report.heading import heading
from bedsim.report.numbers import shown_interval
from bedsim.report.verdict import ENOUGH, beds_in_words, verdict
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedsim.analysis.run import Row, Run


class Shown(NamedTuple):
    """A number of the page, in words, and where it stands in a run."""

    words: str
    measure: str
    statistic: str = "mean"
    period: str | None = None
    """None for the headline's period."""
    has_range: bool = True
    """Whether the ends of the stated ranges move all that moves it (decision 27)."""


FIGURES = (
    Shown("Planned beds", "open_beds", has_range=False),
    Shown("Referrals a day", "referrals_per_day"),
    Shown("Beds that would be enough for the demand on 95% of days", "demand_beds", ENOUGH),
    Shown("Days on which the demand is above the planned beds", "demand_above_beds_fraction"),
    Shown("Days on which somebody waits, is in an extra bed or out of area at midnight", "overflow_days_fraction"),
    Shown("These people on 19 winter days in 20, at most", "overflow", ENOUGH, WINTER),
    Shown("People who wait at all", "p_wait"),
    Shown("Mean wait over everybody, days", "wait_days"),
    Shown("Acute beds held by people who wait", "acute_bed_days_lost_per_day"),
    Shown("Bed-days of people who are ready to leave", "delayed_fraction_of_occupied", has_range=False),
    Shown("People placed in planned beds outside their home locality", "away_from_home_fraction"),
    Shown("Minutes from home, one way", "travel_minutes"),
    Shown("Admissions out of area", "out_of_area_fraction"),
)
"""In the order in which a board asks. One that a run does not have is left out."""


class Lead(NamedTuple):
    """The answer in a sentence, and its two ranges in another."""

    answer: str
    ranges: str


class Line(NamedTuple):
    """A figure of one run as the cells of a table."""

    words: str
    value: str
    error: str
    low: str
    high: str


def lead(run: Run) -> Lead:
    """Return what a board reads first; where planned beds have no number, what the verdict begins with."""
    figures = Figures(run)
    if run.beds_range is None or not run.blueprint.network.planned_units:
        return Lead(paragraphs(run)[0], "")
    row = figures.row("demand_beds", statistic=ENOUGH)
    answer = (
        f"{as_text(row)} beds would be enough for the demand on 95% of days{figures.when}; {beds_in_words(run)} are "
        "planned."
    )
    error = _error(row)
    ranges = [f"Simulation error (95%): {error}."] if error else []
    ends = _ends(run, FIGURES[2])
    if ends:
        ranges.append(f"Over the stated ranges of referrals and needs: {' to '.join(ends)}.")
    return Lead(answer, " ".join(ranges))


def paragraphs(run: Run) -> list[str]:
    """Return the verdict without the title, which stands above it."""
    return verdict(run).removeprefix(heading(run)).strip().split("\n\n")


def lines(run: Run) -> list[Line]:
    """Return the figures of a run, each with its simulation error and with the ends of the stated ranges."""
    found = []
    for shown in FIGURES:
        row = _row(run, shown)
        if row is not None:
            ends = _ends(run, shown) if shown.has_range else ()
            found.append(Line(shown.words, as_text(row), _error(row), *(ends or ("", ""))))
    return found


def beside(runs: Sequence[Run]) -> dict[str, list[Line | None]]:
    """Return the figures that some run has, by their words: one cell a run, None for a run without the figure."""
    found = [{line.words: line for line in lines(run)} for run in runs]
    words = [shown.words for shown in FIGURES if any(shown.words in one for one in found)]
    return {one: [of_run.get(one) for of_run in found] for one in words}


def refuse_apart(runs: Sequence[Run]) -> None:
    """Refuse runs that cannot stand in one table: of other days, or one of them twice."""
    first, *others = runs
    for other in others:
        ours, theirs = (one.scenario.time for one in (first, other))
        if (ours.start, ours.run_length_days) != (theirs.start, theirs.run_length_days):
            raise BedsimError(
                f"runs in one report must be of the same days, but {first.scenario.slug} begins {ours.start} and is "
                f"{ours.run_length_days} days long, and {other.scenario.slug} begins {theirs.start} and is "
                f"{theirs.run_length_days}. Try a report of each, or run them with the same time."
            )
    names = [(run.hash, run.seed, run.n_replications, heading(run)) for run in runs]
    for i, run in enumerate(runs):
        if names[i] in names[:i]:
            raise BedsimError(f"the run of {run.scenario.slug} (hash {run.hash}) is named twice. Try it once.")


def _row(run: Run, shown: Shown) -> Row | None:
    """Return the row of a figure; None if the run has none, or nothing was observed."""
    try:
        row = run.row(shown.measure, SYSTEM, shown.statistic, shown.period or run.headline)
    except KeyError:
        return None
    return None if math.isnan(row.value) else row


def _ends(run: Run, shown: Shown) -> tuple[str, ...]:
    """Return the least and the most of a figure as stated and at the ends of the stated ranges; nothing without ends.

    As stated lies within the ranges, and what is full at both ends may be least between them.
    """
    if not run.range_ends:
        return ()
    rows = [row for one in (run, *run.range_ends.values()) if (row := _row(one, shown)) is not None]
    ordered = sorted(rows, key=lambda row: row.value)
    return as_text(ordered[0]), as_text(ordered[-1])


def _error(row: Row) -> str:
    """Return the simulation error; nothing if there is none, or if every replication gives the same."""
    if row.ci_low == row.ci_high:
        return ""
    text = shown_interval(row.measure, row.value, row.ci_low, row.ci_high)
    return "" if text == "-" else text
