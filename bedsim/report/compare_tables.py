"""A comparison in tables: for the terminal, for spreadsheets and as one JSON object.

Why: options that are the same in every replication stand in one row, so that nobody looks for a difference between
them; whatever is illustrative has a star wherever its name stands.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from bedsim.analysis.compare_differences import Difference
from bedsim.analysis.compare_figures import GAINS, HEADLINE, TRAVEL, Figure, as_difference
from bedsim.analysis.compare_words import NOT_PUBLIC, as_percent, ranking_sentences
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.ranking import Ranked
from bedsim.measures.calendar import ALL
from bedsim.report.figures import readable
from bedsim.report.money_compare import money_sentences
from bedsim.report.numbers import is_fraction, shown, shown_interval
from bedsim.report.stars import STAR, starred
from bedsim.report.tables import Rows, below, empty_table, finite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from bedsim.analysis.compare import Comparison

VERDICTS = {1: "more", -1: "less", 0: "not told apart"}
DIFFERENCE_HEADER = (
    "variations",
    "status",
    *(one.name for one in fields(Difference)),
)
RANKING_HEADER = ("variations", "status", "measure", "period", *(one.name for one in fields(Ranked)), "not_ranked")


def headline_table(comparison: Comparison) -> Table:
    """Return the figures of the headline, the reference first, options that are the same in one row."""
    table = empty_table()
    table.add_column(f"all planned beds{_when(comparison)}")
    for title in ("mean", "difference", "95%, all together", ""):
        table.add_column(title, justify="right", no_wrap=True)
    found = {(one.measure, one.statistic, one.option): one for one in comparison.headline}
    for figure in HEADLINE:
        values = comparison.by_replication(figure)
        groups = comparison.alike(figure)
        if comparison.reference not in values or len(values) < 2:
            continue
        shown_values = {name: shown(figure.measure, *mean_and_interval(one)) for name, one in values.items()}
        if len(groups) == 1 and len(groups[0]) == len(comparison.names):
            table.add_row(figure.words, shown_values[comparison.reference], "", "", "the same in all")
            continue
        table.add_row(figure.words)
        table.add_row(below(starred(comparison, comparison.reference)), shown_values[comparison.reference])
        for group in groups:
            others = [name for name in group if (figure.measure, figure.statistic, name) in found]
            if others:
                one = found[figure.measure, figure.statistic, others[0]]
                names = ", ".join(starred(comparison, name) for name in others)
                table.add_row(below(names), shown_values[others[0]], *_cells(one))
    return table


def travel_table(comparison: Comparison) -> Table | None:
    """Return how far people of each home are placed, and how many outside it; None if no way is known."""
    columns = dict(zip(TRAVEL, ("minutes, one way", "placed outside it"), strict=True))
    return _of_people(comparison, comparison.travel, "who travels further: people of", columns)


def gains_table(comparison: Comparison) -> Table | None:
    """Return how much less or more people of each segment wait; None where all options have the same people."""
    if not comparison.other_people:
        return None
    columns = dict(zip(GAINS, ("who wait", "mean wait, days"), strict=True))
    return _of_people(comparison, comparison.gains, "who gains: people of", columns)


def _of_people(
    comparison: Comparison, differences: tuple[Difference, ...], heading: str, columns: dict[str, str]
) -> Table | None:
    """Return what each group of people has in the reference, and how much more or less in the other options."""
    found = {(one.unit, one.measure, one.option): one for one in differences}
    if not found:
        return None
    table = empty_table()
    table.add_column(f"{heading}{_when(comparison)}")
    for title in columns.values():
        table.add_column(title, justify="right", no_wrap=True)
    for group in dict.fromkeys(one.unit for one in differences):
        rows = {name: [found.get((group, measure, name)) for measure in columns] for name in comparison.names[1:]}
        first = [next((one for row in rows.values() if (one := row[i])), None) for i in range(len(columns))]
        table.add_row(readable(group))
        values = ("-" if one is None else _value(one.measure, one.reference_value) for one in first)
        table.add_row(below(starred(comparison, comparison.reference)), *values)
        for name, row in rows.items():
            if any(row):
                table.add_row(below(starred(comparison, name)), *map(_as_change, row))
    return table


def ranking_table(comparison: Comparison, figure: Figure, ranked: tuple[Ranked, ...]) -> Table:
    """Return a ranking, the best first."""
    from bedsim.report.whole import Name

    table = empty_table()
    table.add_column("", no_wrap=True)
    table.add_column(f"by {figure.name}")
    for title in ("mean", "95% interval", "leads in", "shortlist"):
        table.add_column(title, justify="right", no_wrap=True)
    for one in ranked:
        table.add_row(
            str(one.place),
            Name(starred(comparison, one.name)),
            shown(figure.measure, one.mean, one.low, one.high),
            shown_interval(figure.measure, one.mean, one.low, one.high),
            as_percent(one.leads_fraction),
            "yes" if one.is_shortlisted else "",
        )
    return table


def notes(comparison: Comparison) -> Iterator[str]:
    """Yield what must be said below the tables."""
    n, n_travel = (max((one.n_family for one in some), default=0) for some in (comparison.headline, comparison.travel))
    second = f", and for all {n_travel} of the second" if n_travel else ""
    yield (
        f"Differences are from {comparison.reference}, replication by replication with the same people, and are "
        f"rounded after subtraction. Their 95% intervals hold for all {n} of the first table together{second} "
        "(Bonferroni). Differences of percentages are percentage points; percentiles have fractions of a person or bed."
    )
    if n_travel or comparison.other_people:
        yield (
            f"Below people of each home, or segment, {comparison.reference} stands with its own numbers, and each "
            "other option with how much more or less that is."
        )
    yield (
        "'The same' is in every replication, by construction. 'Not told apart' says that so many replications do not "
        "show a difference, not that there is none."
    )
    if gains_table(comparison) is not None:
        yield f"Differences of who gains hold for all {comparison.gains[0].n_family} of that table together."
    if comparison.illustrative:
        yield f"{STAR} ILLUSTRATIVE: {NOT_PUBLIC}."


def every(comparison: Comparison) -> tuple[Difference, ...]:
    """Return the differences of all families that are shown."""
    return (*comparison.headline, *comparison.travel, *comparison.gains, *comparison.money)


def difference_rows(comparison: Comparison, differences: tuple[Difference, ...]) -> Rows:
    """Return differences as they are written in a CSV file."""
    rows = [(*_marks(comparison, one.option), *asdict(one).values()) for one in differences]
    return DIFFERENCE_HEADER, rows


def ranking_rows(comparison: Comparison, figure: Figure, ranked: tuple[Ranked, ...], apart: dict[str, str]) -> Rows:
    """Return a ranking as it is written in a CSV file; options that are not ranked come last, with the reason."""
    what = (figure.name, comparison.period)
    blank = {one.name: None for one in fields(Ranked)}
    rows: list[tuple[Any, ...]] = [(*_marks(comparison, one.name), *what, *asdict(one).values(), "") for one in ranked]
    rows += [
        (*_marks(comparison, name), *what, *(blank | {"name": name}).values(), reason) for name, reason in apart.items()
    ]
    return RANKING_HEADER, rows


def comparison_payload(
    comparison: Comparison, figure: Figure | None, ranked: tuple[Ranked, ...], apart: dict[str, str]
) -> dict[str, Any]:
    """Return a comparison as one object for `--format json`."""
    found: dict[str, Any] = {
        "options": [
            {"name": name, "title": one.title, "status": one.status, "variations": list(one.variations)}
            for name, one in comparison.scenarios.items()
        ],
        "reference": comparison.reference,
        "hash": comparison.hash,
        "seed": comparison.seed,
        "replications": comparison.n_replications,
        "period": comparison.period,
        "correction": "Bonferroni, within each family",
        "sentence": comparison.sentence(),
        "differences": [_finite(asdict(one)) for one in every(comparison)],
        "money": " ".join(money_sentences(comparison)),
    }
    if figure is not None:
        found["ranking"] = {
            "measure": figure.name,
            "sentence": " ".join(ranking_sentences(comparison, figure, ranked, apart)),
            "options": [_finite(asdict(one)) for one in ranked],
            "not_ranked": apart,
        }
    return found


def _when(comparison: Comparison) -> str:
    return "" if comparison.period == ALL else f", {comparison.period}"


def _cells(one: Difference) -> tuple[str, str, str]:
    if one.is_same:
        return "0", "", "the same"
    difference, interval = as_difference(one.difference, one.low_together, one.high_together, Figure(one.measure).scale)
    return difference, interval, VERDICTS[one.sign]


def _as_change(one: Difference | None) -> str:
    """Return a difference with its interval."""
    if one is None:
        return "-"
    difference, interval, _ = _cells(one)
    return f"{difference} ({interval})" if interval else "the same"


def _value(measure: str, value: float) -> str:
    return f"{100 * value:.1f}%" if is_fraction(measure) else shown(measure, value, value - 0.05, value + 0.05)


def _marks(comparison: Comparison, option: str) -> tuple[str, str]:
    """Return what was laid over or set in an option, and its status."""
    one = comparison.scenarios[option]
    return "; ".join(one.variations), one.status


def _finite(one: dict[str, Any]) -> dict[str, Any]:
    return {key: finite(value) if isinstance(value, float) else value for key, value in one.items()}
