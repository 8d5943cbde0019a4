"""What a run costs, in tables: for the terminal and the page, and every number of it for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bedsim.analysis.budgets import overspends
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.spend import simulated_parts, spent_of, stated_spend
from bedsim.measures.calendar import ALL
from bedsim.measures.yardstick import SEGMENT
from bedsim.report.money_words import name_in_words
from bedsim.report.pounds import EXACT, as_pounds, pounds_interval
from bedsim.report.tables import empty_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from rich.table import Table

    from bedsim.analysis.money import Item, Money
    from bedsim.analysis.run import Run
    from bedsim.report.tables import Rows

    Floats = NDArray[np.float64]

HEADER = ("scenario", "period", "of", "name", "charge", "payer", "price", "unit", "value", "ci_low", "ci_high")
LARGEST = 5
"""So many single items are shown; all are in the file."""
CHARGES = {
    "open_day": "places open",
    "occupied_day": "places taken",
    "visit": "visits",
    "fixed_a_year": "fixed",
    "acute_day_lost": "acute beds of people who wait",
    "each": "each",
}
"""What each charge is for, in words."""


class Line(NamedTuple):
    """A row of the table of money; a heading has no value."""

    words: str
    value: str = ""
    error: str = ""
    share: str = ""
    is_part: bool = False
    """Whether it is a part of what stands above it."""


def money_lines(run: Run, named: Callable[[str], str] = name_in_words) -> list[Line]:
    """Return the table of the headline's year: total, kinds, payers, the largest items and segments, by their names."""
    found, period = run.money, run.headline
    if found is None:
        return []
    total = float(found.total(period).mean())
    segments = {f"{SEGMENT}{name}": one for name, one in found.by_segment(period).items()}
    lines = [_line("total", found.total(period), total), _line("for each person referred", found.a_person(period), 0.0)]
    for heading, parts in (
        ("by kind", _named(found.by("kind", period), named)),
        ("by payer", _named(payers if len(payers := found.by("payer", period)) > 1 else {}, named)),
        ("largest items", _largest(found, period, named)),
        ("by segment", _named(segments if run.scenario.segments else {}, named)),
    ):
        seen = [_line(words, one, total, is_part=True) for words, one in parts if one.any()]
        lines += [Line(heading), *seen] if seen else []
    return lines


def money_table(run: Run) -> Table | None:
    """Return the same for the terminal; None without prices."""
    if run.money is None:
        return None
    when = "all days" if run.headline == ALL else run.headline
    table = empty_table()
    table.add_column(f"money, {when}, pounds of {run.money.price_year}", no_wrap=True)
    for title in ("mean", "95% interval", "share"):
        table.add_column(title, justify="right", no_wrap=True)
    for line in money_lines(run):
        table.add_row(f"{'  ' if line.is_part else ''}{line.words}", line.value, line.error, line.share)
    return table


def money_rows(run: Run) -> Rows:
    """Return money as it is written in a CSV file: of the whole window and of each financial year."""
    found, slug = run.money, run.scenario.slug
    rows: list[tuple[Any, ...]] = []
    if found is None:
        return HEADER, rows
    unit = f"pounds of {found.price_year}"
    for period in found.calendar.years:
        for of, parts in (
            ("total", {"": found.total(period)}),
            ("person_referred", {"": found.a_person(period)}),
            ("group", found.by("group", period)),
            ("kind", found.by("kind", period)),
            ("payer", found.by("payer", period)),
            ("unit", found.by("name", period)),
            ("segment", found.by_segment(period) if run.scenario.segments else {}),
        ):
            for name, one in parts.items():
                rows.append((slug, period, of, name, "", "", None, unit, *mean_and_interval(one)))
        for item, one in zip(found.items, found.by_item(period), strict=True):
            what = (item.name, item.charge, item.payer, item.price)
            rows.append((slug, period, "item", *what, unit, *mean_and_interval(one)))
        for over in overspends(found, run.scenario, period):
            what = (over.segment, "", "", over.budget)
            rows.append((slug, period, "overspending", *what, "probability", over.probability, over.low, over.high))
        stated = stated_spend(run.scenario)
        for name, part in simulated_parts(spent_of(found, period), run.scenario, period).items():
            what = (name or "everybody", "", "", stated[name])
            rows.append((slug, period, "fraction_of_stated_spend", *what, "fraction", *mean_and_interval(part)))
    return HEADER, rows


def _line(words: str, values: Floats, total: float, *, is_part: bool = False) -> Line:
    mean, low, high = mean_and_interval(values)
    share = f"{100 * mean / total:.1f}%" if total else ""
    is_exact = low is None or high is None or high - low <= EXACT * abs(mean)
    error = "" if is_exact else pounds_interval(mean, max(low or 0.0, 0.0), high)
    return Line(words, as_pounds(mean, low, high), error, share, is_part)


def _named(parts: dict[str, Floats], named: Callable[[str], str]) -> list[tuple[str, Floats]]:
    return [(named(name), one) for name, one in parts.items()]


def _largest(found: Money, period: str, named: Callable[[str], str]) -> list[tuple[str, Floats]]:
    """Return the largest items in words, the largest first; two units of one name are two."""
    pairs = zip(found.items, found.by_item(period), strict=True)
    ranked = sorted(pairs, key=lambda pair: -float(pair[1].mean()))[:LARGEST]
    return [(_words(item, named), one) for item, one in ranked]


def _words(item: Item, named: Callable[[str], str]) -> str:
    of = CHARGES[item.charge]
    return of if item.name == item.charge else f"{named(item.name)}, {of}"
