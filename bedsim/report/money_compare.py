"""What options cost beside one another: a table, and a sentence on what is saved and where it is spent again.

Why: "savings" mean nothing to a board before it knows how much of them goes into what replaces the beds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.compare_money import GROUP, PERSON, SEGMENT, TOTAL, UNIT
from bedsim.analysis.money import BEDS, COMMUNITY, OUTCOMES, WAITING
from bedsim.measures.calendar import ALL
from bedsim.report.figures import listed, of_each
from bedsim.report.money_words import MARK, name_in_words, without_price
from bedsim.report.pounds import EXACT, as_pounds, pounds_interval
from bedsim.report.spend_words import spend_difference_sentences
from bedsim.report.stars import starred
from bedsim.report.tables import below, empty_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from bedsim.analysis.compare import Comparison
    from bedsim.analysis.compare_differences import Difference

WHERE = {
    GROUP + BEDS: "in beds",
    GROUP + COMMUNITY: "in the community",
    GROUP + WAITING: "in acute beds of people who wait",
    GROUP + OUTCOMES: "for outcomes",
}
"""The parts of the sentence: for what money is spent."""
NOT_COMPARED = "Money is not compared: {why}."


def money_table(comparison: Comparison) -> Table | None:
    """Return what each option costs, and how much more than the reference; None without prices in all of them."""
    if not comparison.money:
        return None
    when = "all days" if comparison.period == ALL else comparison.period
    table = empty_table()
    table.add_column(f"money, {when}, pounds of {price_year(comparison)} (m: million)")
    for title in ("mean", "difference", "95%, all together"):
        table.add_column(title, justify="right", no_wrap=True)
    for part in dict.fromkeys(one.unit for one in comparison.money):
        of_part = [one for one in comparison.money if one.unit == part]
        table.add_row(words_of(part))
        cells: dict[str, tuple[str, ...]] = {comparison.reference: (as_pounds(of_part[0].reference_value),)}
        cells |= {one.option: (as_pounds(one.value), *_cells(one)) for one in of_part}
        for name, texts in cells.items():
            table.add_row(below(starred(comparison, name)), *(text.replace(" million", "m") for text in texts))
    return table


def money_sentences(comparison: Comparison) -> Iterator[str]:
    """Yield what each option saves or costs more, in beds and in the community, and what is spent again."""
    if not comparison.money:
        why = _why_not(comparison)
        if why:
            yield NOT_COMPARED.format(why=why)
        return
    if any(one.prices is not None and one.prices.is_illustrative for one in comparison.scenarios.values()):
        yield MARK
    for names, sentence in of_each(_money_of_each(comparison)):
        yield f"{names if names in comparison.names else names[0].upper() + names[1:]}{sentence}"
    for name, trial in comparison.trials.items():
        unpriced = [] if trial.money is None else without_price(trial.money, trial.blueprint)
        if unpriced:
            yield f"Without a price in {name}, and so left out: {listed([name_in_words(one) for one in unpriced])}."
    yield from spend_difference_sentences(comparison)


def _money_of_each(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Yield each option, and what follows its name in the sentence on its money."""
    found = {(one.option, one.unit): one for one in comparison.money}
    when = "" if comparison.period == ALL else f" in {comparison.period}"
    for name in comparison.names[1:]:
        parts = [
            f"{_more_or_less(found[name, part])} {where}" for part, where in WHERE.items() if (name, part) in found
        ]
        total = found[name, TOTAL]
        if total.is_same and all(found[name, part].is_same for part in WHERE if (name, part) in found):
            yield name, f" costs as much as {comparison.reference}{when}."
            continue
        costs = f"costs {_more_or_less(total)} than {comparison.reference}"
        if not total.sign and total.low_together is not None:
            between = pounds_interval(total.difference, total.low_together, total.high_together)
            costs = f"cannot be told from {comparison.reference} by what it costs ({between})"
        again = _reinvested(found.get((name, GROUP + BEDS)), found.get((name, GROUP + COMMUNITY)))
        yield name, f" {costs}{when}, in pounds of {price_year(comparison)}: {listed(parts)}.{again}"


def price_year(comparison: Comparison) -> int:
    """Return the year in whose pounds all options are."""
    prices = comparison.scenarios[comparison.reference].prices
    assert prices is not None, "money is compared only with prices"
    return prices.price_year


def words_of(part: str) -> str:
    """Return what a part of the money is, for a heading."""
    if part in (TOTAL, PERSON):
        return {TOTAL: "total", PERSON: "for each person referred"}[part]
    if part in WHERE:
        return WHERE[part].removeprefix("in ")
    if part.startswith(UNIT):
        return f"of it, {name_in_words(part.partition(':')[2])}"
    return f"{'simulated for' if part.startswith(SEGMENT) else 'paid by'} {name_in_words(part.partition(':')[2])}"


def _reinvested(beds: Difference | None, community: Difference | None) -> str:
    """Return how much of what one of them saves the other takes, with a space before it; nothing unless it is so."""
    if beds is None or community is None or not (beds.sign and community.sign == -beds.sign):
        return ""
    saved, spent = (beds, community) if beds.sign < 0 else (community, beds)
    where = "the community" if spent is community else "beds"
    share = spent.difference / -saved.difference
    return f" For each pound saved in {'beds' if saved is beds else 'the community'}, {share:.2f} is spent in {where}."


def _more_or_less(one: Difference) -> str:
    """Return a difference in words: so much more or less, the same, or not to be told."""
    if one.is_same:
        return "the same"
    if one.low_together is None:
        return f"{as_pounds(abs(one.difference))} {'more' if one.difference > 0 else 'less'}"
    if not one.sign:
        between = pounds_interval(one.difference, one.low_together, one.high_together)
        return f"nothing that could be told from none ({between})"
    ends = sorted(abs(end) for end in (one.low_together, one.high_together) if end is not None)
    size, more = as_pounds(abs(one.difference), *ends), "more" if one.sign > 0 else "less"
    if ends[1] - ends[0] <= EXACT * ends[1]:
        return f"{size} {more}"
    return f"{size} ({pounds_interval(abs(one.difference), ends[0], ends[1])}) {more}"


def _cells(one: Difference) -> tuple[str, str]:
    if one.is_same:
        return "£0", "the same"
    ends = (one.low_together, one.high_together)
    return as_pounds(one.difference, *ends), pounds_interval(one.difference, *ends)


def _why_not(comparison: Comparison) -> str:
    """Return why money is not compared; nothing if no option has prices."""
    years = {name: None if one.prices is None else one.prices.price_year for name, one in comparison.scenarios.items()}
    without = [name for name, year in years.items() if year is None]
    if len(without) == len(years):
        return ""
    if without:
        return f"{listed(without)} {'states' if len(without) == 1 else 'state'} no prices"
    return f"it is in pounds of {listed([f'{year} in {name}' for name, year in years.items()])}"
