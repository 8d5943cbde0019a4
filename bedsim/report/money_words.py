"""What a run costs, in sentences: the total with all its ranges, whose it is, and budgets.

Why: money is quoted more than anything else. So the total never stands without its price year, without its ranges, nor
without the word illustrative where a price was assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.budgets import overspends, people_fractions, spend_fractions
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.money import money
from bedsim.measures.calendar import ALL
from bedsim.report.figures import listed, readable
from bedsim.report.names import full_name
from bedsim.report.pounds import as_pounds, pounds_interval, pounds_span
from bedsim.report.spend_words import spend_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.analysis.budgets import Overspend
    from bedsim.analysis.money import Money
    from bedsim.analysis.run import Run
    from bedsim.patients.blueprint import Blueprint

MARK = "ILLUSTRATIVE, since prices are assumed."
NAMES = {
    "icb": "integrated care board",
    "local_authority": "council",
    "waiting": "acute beds of people who wait",
}
"""Of payers and sorts of money, those that a board calls otherwise."""


def name_in_words(name: str) -> str:
    """Return the name of a payer, kind, item or segment as words."""
    return NAMES.get(name) or readable(name)


def money_sentence(run: Run) -> str:
    """Return what a run costs in the headline's year, with its ranges and grounds; empty without prices."""
    found, period = run.money, run.headline
    if found is None:
        return ""
    mean, low, high = mean_and_interval(found.total(period))
    ranges = [] if low is None else [f"simulation error {pounds_interval(mean, low, high)}"]
    ends = needs_range(run)
    if ends is not None:
        ranges.append(f"over the stated ranges of referrals and needs {pounds_span(*ends)}")
    ends = prices_range(run)
    if ends is not None:
        ranges.append(f"over those of prices {pounds_span(*ends)}")
    when = "in all days simulated" if period == ALL else f"in {period}"
    said = [
        *([MARK] if found.is_illustrative else []),
        f"All this costs {as_pounds(mean, low, high)} {when}, in pounds of {found.price_year}"
        + (f" ({'; '.join(ranges)})" if ranges else "")
        + f": {as_pounds(*mean_and_interval(found.a_person(period)))} for each person referred.",
    ]
    fraction = found.assumed_fraction(period)
    if fraction:
        said.append(f"Prices that are assumed make {100 * fraction:.0f}% of it.")
    if found.is_index_assumed:
        said.append("The price index is assumed.")
    unpriced = without_price(found, run.blueprint)
    if unpriced:
        said.append(f"Without a price, and so left out: {listed([name_in_words(name) for name in unpriced])}.")
    return " ".join(said)


def without_price(money: Money, blueprint: Blueprint) -> list[str]:
    """Return the units that take people and have no price, and the levers whose coordinators have none of their own."""
    priced, levers = {item.name for item in money.items}, blueprint.scenario.levers
    units = [unit.name for unit in blueprint.network.units if not unit.is_below_minimum and unit.name not in priced]
    has_fixed = any(item.charge == "fixed_a_year" for item in money.items)
    return units + [name for name, one in levers.items() if one.care_coordination is not None and not has_fixed]


def budget_sentences(run: Run) -> Iterator[str]:
    """Yield, of each budget, how likely it is overspent in the headline's year."""
    if run.money is not None:
        for one in overspends(run.money, run.scenario, run.headline):
            yield _of_budget(one)


def segment_sentences(run: Run) -> Iterator[str]:
    """Yield who the money is spent on, beside how many they are, and what part it is of all that is spent on them."""
    if run.money is None or not run.scenario.segments:
        return
    people, spent = people_fractions(run.scenario), spend_fractions(run.money, run.headline)
    shares = (
        f"{full_name(run.scenario, f'segment:{name}')} ({100 * people[name]:.1f}% of people): "
        f"{100 * mean_and_interval(spent[name])[0]:.1f}%"
        for name in run.scenario.segments
    )
    yield (
        f"Shares of the money, beside those of all people living there: {'; '.join(shares)}. Only what is simulated "
        "and has a price is in it. Open places and sites are shared by who uses them."
    )
    yield from spend_sentences(run)


def payer_sentences(run: Run) -> Iterator[str]:
    """Yield who pays, if one payer pays for everything; if there are several, the table says what each pays."""
    payers = {item.payer for item in run.money.items} if run.money is not None else set()
    if len(payers) == 1:
        yield f"The {name_in_words(payers.pop())} pays for all of it."


def needs_range(run: Run) -> tuple[float, float] | None:
    """Return the least and the most mean total as stated and at the ends of referrals and needs; None without ends."""
    if run.money is None or not run.range_ends:
        return None
    totals = [_mean_total(one.money, run.headline) for one in (run, *run.range_ends.values())]
    return min(totals), max(totals)


def prices_range(run: Run) -> tuple[float, float] | None:
    """Return the mean total with all prices at the low, and at the high, ends of their ranges; None without any."""
    if run.money is None:
        return None
    low, high = (_mean_total(money(run.blueprint, run.reader, end), run.headline) for end in ("low", "high"))
    return None if low == high else (low, high)


def _mean_total(found: Money | None, period: str) -> float:
    assert found is not None, "all have the same prices"
    return float(found.total(period).mean())


def _of_budget(one: Overspend) -> str:
    seen = f"{one.n_above} of {one.n} replications; 95% interval {100 * one.low:.0f}% to {100 * one.high:.0f}%"
    return (
        f"With these prices, rates and needs the chance that {readable(one.segment)} costs more than its budget of "
        f"{as_pounds(one.budget)} in {one.period} is {100 * one.probability:.0f}% ({seen})."
    )
