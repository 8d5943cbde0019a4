"""Stated spend in words: what part of it is simulated, what part of it a difference is, and public shares beside a run.

Why: money simulated and all money are easily taken for one another. So wherever they meet, the sentence says which is
which, and that a share of one need not be a share of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.compare_money import SEGMENT, TOTAL
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.spend import (
    EVERYBODY,
    is_spend_assumed,
    public_shares_beside,
    simulated_parts,
    spent_of,
    stated_spend,
)
from bedsim.measures.calendar import ALL
from bedsim.report.figures import listed, of_each
from bedsim.report.names import full_name
from bedsim.report.pounds import EXACT, as_pounds
from bedsim.scenario.prices import is_assumed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.analysis.compare import Comparison
    from bedsim.analysis.compare_differences import Difference
    from bedsim.analysis.run import Run
    from bedsim.analysis.spend import Beside
    from bedsim.scenario.schema import Scenario

PEOPLE, SPEND, PRICES = "the numbers of people", "the spend", "the prices"
"""What may be assumed, in words."""
DIFFERENT = (
    "What is simulated is found by the run, and of beds, places, waits and outcomes alone; what is public is of all "
    "money spent on care. The two are different things, and need not agree."
)


def spend_sentences(run: Run) -> Iterator[str]:
    """Yield what part of the stated spend is simulated in the headline's year, then public shares beside the run."""
    if run.money is None:
        return
    scenario, period = run.scenario, run.headline
    parts = simulated_parts(spent_of(run.money, period), scenario, period)
    if parts:
        means = {name: percent(mean_and_interval(part)[0]) for name, part in parts.items()}
        whole = f"{means.pop(EVERYBODY)} is" if EVERYBODY in means else "this part is"
        yield f"{_stated(scenario)}, {whole} simulated here in {period}: {_by_segment(scenario, means)}."
    for one in public_shares_beside(run.money, scenario, period):
        yield _public(scenario, one, period)


def spend_difference_sentences(comparison: Comparison) -> Iterator[str]:
    """Yield what part of the spend that the reference states each option's simulated difference is."""
    scenario = comparison.scenarios[comparison.reference]
    stated = {} if comparison.period == ALL else stated_spend(scenario)
    found = {(one.option, one.unit): one for one in comparison.money}
    is_other = any(stated_spend(one) != stated for one in comparison.scenarios.values())
    whose = f", as {comparison.reference} states it" if is_other else ""
    said = []
    for option in comparison.names[1:] if stated and found else ():
        parts = {}
        for name, pounds in stated.items():
            one = found.get((option, TOTAL if name == EVERYBODY else f"{SEGMENT}{name}"))
            if one is not None:
                parts[name] = _more_or_less(one, pounds)
        said.append((option, _by_segment(scenario, parts)))
    for options, by_segment in of_each(said):
        yield (
            f"{_stated(scenario)}{whose}, what {options} costs more or less in {comparison.period} is this part "
            f"(95% interval, all differences of money together): {by_segment}."
        )


def percent(part: float) -> str:
    """Return a part as a percentage, with two digits where it is small.

    >>> percent(0.375), percent(0.0226), percent(0.00126), percent(0.0)
    ('37.5%', '2.3%', '0.13%', '0%')
    """
    return f"{100 * part:.1f}%" if abs(part) >= 0.01 else f"{100 * part:.2g}%"


def _stated(scenario: Scenario) -> str:
    """Return the beginning of a sentence: the mark, and how much is stated."""
    assert scenario.prices is not None, "nothing is known in pounds of one year"
    stated = stated_spend(scenario)
    much = f", {as_pounds(stated[EVERYBODY])} a year" if EVERYBODY in stated else ""
    mark = _mark(_assumed(scenario, (SPEND, PRICES)))
    said = f"{mark}Of the money stated as spent on all care of the people who live there{much}"
    return f"{said} in pounds of {scenario.prices.price_year}"


def _by_segment(scenario: Scenario, parts: dict[str, str]) -> str:
    named = [f"{full_name(scenario, f'segment:{name}')} {part}" for name, part in parts.items() if name != EVERYBODY]
    return "; ".join([*([f"in all {parts[EVERYBODY]}"] if EVERYBODY in parts else []), *named])


def _more_or_less(one: Difference, stated: float) -> str:
    """Return what part of some stated pounds a difference is, with its interval; what cannot be told is not nothing."""
    if one.is_same:
        return "the same"
    part = f"{percent(abs(one.difference) / stated)} {'more' if one.difference > 0 else 'less'}"
    if one.low_together is None or one.high_together is None:
        return part
    ends = one.low_together / stated, one.high_together / stated
    if not one.sign:
        return f"not told apart from none ({' to '.join(map(percent, ends))})"
    if ends[1] - ends[0] <= EXACT * max(map(abs, ends)):
        return part
    return f"{part} ({' to '.join(map(percent, sorted(map(abs, ends))))})"


def _public(scenario: Scenario, one: Beside, period: str) -> str:
    """Return what is public of some segments beside what is stated, and what is found; marked if any is assumed."""
    mean, low, high = mean_and_interval(one.simulated)
    error = "" if low is None or high is None else f" (simulation error {percent(low)} to {percent(high)})"
    assumed = _assumed(scenario, (PEOPLE, SPEND, PRICES) if one.stated is not None else (PEOPLE, PRICES))
    how = "assumed (chosen, not found)" if SPEND in assumed else "stated"
    stated = "" if one.stated is None else f", {percent(one.stated)} of the spend as {how}"
    here = f"{percent(one.people)} of people{' as assumed' if PEOPLE in assumed else ''}{stated}"
    people, money = (f"{100 * low:g}% to {100 * high:g}%" for low, high in (one.public.people, one.public.money))
    source = one.public.source or ("an assumption" if one.public.assumption else "as stated")
    when = "" if period == ALL else f" in {period}"
    names = [full_name(scenario, f"segment:{name}") for name in one.public.segments]
    whose = names[0] if len(names) == 1 else f"{', and '.join(names)}, together"
    return (
        f"{_mark(assumed)}{whose}: {here}, and {percent(mean)} of the money simulated{when}{error}. "
        f"Public ({source}): {people} of people, {money} of the money. {DIFFERENT}"
    )


def _assumed(scenario: Scenario, of: tuple[str, ...]) -> list[str]:
    """Return which of these things is assumed."""
    assert scenario.prices is not None, "there is money only with prices"
    found = {
        PEOPLE: any(map(is_assumed, scenario.segments.values())),
        SPEND: is_spend_assumed(scenario),
        PRICES: scenario.prices.is_illustrative,
    }
    return [what for what in of if found[what]]


def _mark(assumed: list[str]) -> str:
    """Return the mark that goes before a sentence; nothing if nothing is assumed."""
    if not assumed:
        return ""
    is_are = "is" if assumed == [SPEND] else "are"
    return f"ILLUSTRATIVE, since {listed(assumed)} {is_are} assumed. "
