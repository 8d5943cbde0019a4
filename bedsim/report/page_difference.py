"""What a plan changes, on the page for a board: the difference from the plan it builds on, if that is on the page too.

Why: whoever is shown a plan beside the one it changes asks what changes. Both runs have the same people where they have
the same seed, so the difference is taken replication by replication and is known far better than either plan. It is
worked out as `bedsim compare` does it, from the replications that both have, and nothing is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from bedsim.analysis.compare import Comparison
from bedsim.analysis.compare_figures import Figure, as_difference
from bedsim.analysis.compare_money import TOTAL
from bedsim.analysis.compare_ready import LAID_OVER
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.trials import Trial
from bedsim.measures.calendar import ALL
from bedsim.report.figures import listed
from bedsim.report.money_compare import money_sentences, words_of
from bedsim.report.money_words import MARK as PRICES_ASSUMED
from bedsim.report.names import full_name
from bedsim.report.numbers import shown
from bedsim.report.page_care import NO_WORDS, CareTable, Cell, is_care_assumed
from bedsim.report.page_parts import MARKS
from bedsim.report.pounds import EXACT, as_pounds, pounds_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bedsim.analysis.compare_differences import Difference
    from bedsim.analysis.run import Run
    from bedsim.report.page_parts import Part

LEADING = {
    Figure("overflow"): (
        "{} fewer people without a planned bed at midnight",
        "{} more people without a planned bed at midnight",
    ),
    Figure("wait_days"): ("a mean wait {} days shorter", "a mean wait {} days longer"),
}
"""What the sentence says of less, and of more."""
IN_MONEY = ("{} less spent", "{} more spent")
OTHER_NUMBERS = (
    "{plan} builds on {base}, but its changes are not said: this run of {base} has other numbers than those that "
    "{plan} was made from. It is of another file of that name, or one of the two was run before the file was edited. "
    "Run both again."
)
NOT_OBSERVED = (Cell(), Cell())
"""Of a group in which nobody had what is measured."""
COLUMNS = ("Difference", "95% interval, all of the table together")


@dataclass(frozen=True)
class Changed:
    """A plan and the one that it builds on."""

    plan: Part
    base: Part
    n: int
    """Replications that both have."""

    @cached_property
    def comparison(self) -> Comparison:
        """Both, the base first, as `bedsim compare` has them; percentiles are not compared."""
        parts = {self.base.slug: self.base.kept.run, self.plan.slug: self.plan.kept.run}
        trials = {name: Trial(one.blueprint, one.reader.part(slice(self.n)).totals) for name, one in parts.items()}
        scenarios = {name: one.scenario for name, one in parts.items()}
        return Comparison(scenarios, trials, {}, self.n, self.plan.kept.run.seed, "")

    @property
    def heading(self) -> str:
        """What the difference is of."""
        has_more = any(part.kept.run.n_replications > self.n for part in (self.plan, self.base))
        both = f", in the first {self.n} replications of both" if has_more else ""
        return f"What {self.plan.slug} changes, beside {self.base.slug}{both}"

    @property
    def mark(self) -> str:
        """What the difference is marked with: illustrative if either plan is."""
        return self._marked()

    @property
    def lead(self) -> str:
        """The difference in a sentence."""
        one, prices = self.comparison, self.plan.kept.run.scenario.prices
        found = {Figure(each.measure, each.statistic): each for each in one.headline}
        parts = [_leading(found[figure], words) for figure, words in LEADING.items() if figure in found]
        assumed = f" ({PRICES_ASSUMED.rstrip('.')})" if self._has_assumed_prices else ""
        parts += [_spending(each, prices.price_year, assumed) for each in one.money if prices and each.unit == TOTAL]
        told = listed([part for part in parts if part]) or "nothing that so many replications could tell"
        when = "over all days simulated" if one.period == ALL else f"in {one.period}"
        return f"{self.plan.title}, beside {self.base.title}, on which it builds: {when}, {told}."

    @property
    def ranges(self) -> str:
        """What the numbers in brackets are."""
        return (
            f"In brackets are 95% intervals over {self.n} replications with the same people in both: they are the "
            "simulation error, and say nothing of whether the inputs are right."
        )

    @property
    def money(self) -> list[str]:
        """What differs in money."""
        return [*money_sentences(self.comparison)]

    @property
    def tables(self) -> list[tuple[CareTable, str]]:
        """The figures, who gains, and money, each with the difference and its own mark; those that there are."""
        one = self.comparison
        when = "all days simulated" if one.period == ALL else one.period
        columns, run = [*COLUMNS, self.base.slug, self.plan.slug], self.plan.kept.run
        figures = [(_capital(Figure(each.measure, each.statistic).words), self._cells(each)) for each in one.headline]
        gained = {(each.unit, each.measure): self._gained(each) for each in one.gains}
        waits = dict.fromkeys(measure for _, measure in gained)
        people = [
            (full_name(run.scenario, unit), [cell for wait in waits for cell in gained.get((unit, wait), NOT_OBSERVED)])
            for unit in dict.fromkeys(unit for unit, _ in gained)
        ]
        gains = [f"{_capital(Figure(wait).words)}: {what}" for wait in waits for what in ("difference", self.base.slug)]
        money = [(_money_words(run, each), _pounds(each)) for each in one.money]
        # Money stands by group too, so what is assumed of groups is in it.
        of_groups, of_money = self._has_assumed_care, self._has_assumed_prices or self._has_assumed_care
        found = [
            (CareTable(f"What differs, {when}", "Figure", columns, figures), self.mark),
            (
                CareTable(f"Who gains: people of each group, {when}", "Group of the population", gains, people),
                self._marked(is_assumed=of_groups),
            ),
            (CareTable(f"Money, {when}", "What", columns, money), self._marked(is_assumed=of_money)),
        ]
        return [(table, mark) for table, mark in found if table.rows]

    @cached_property
    def _has_assumed_prices(self) -> bool:
        moneys = (one.kept.run.money for one in (self.plan, self.base))
        return any(one is not None and one.is_illustrative for one in moneys)

    @cached_property
    def _has_assumed_care(self) -> bool:
        return any(is_care_assumed(one.kept.run) for one in (self.plan, self.base))

    def _marked(self, *, is_assumed: bool = False) -> str:
        """Return the mark of what is of both plans: illustrative if either is, or if what it rests on is assumed."""
        marks, illustrative = (self.plan.mark, self.base.mark), MARKS["illustrative"]
        return illustrative if is_assumed or illustrative in marks else next(filter(None, marks), "")

    def _cells(self, one: Difference) -> list[Cell]:
        """Return a difference, its interval, and the number in both plans."""
        both = []
        for trial in self.comparison.trials.values():
            mean, low, high = mean_and_interval(trial.by_replication(one.measure, one.unit, one.period))
            both.append(Cell(shown(one.measure, mean, low, high)))
        if one.is_same:
            return [Cell("the same"), Cell(), *both]
        size, between = as_difference(one.difference, one.low_together, one.high_together, Figure(one.measure).scale)
        unit = " points" if Figure(one.measure).scale == 100 else ""
        return [Cell(f"{size}{unit}"), Cell(between), *both]

    def _gained(self, one: Difference) -> list[Cell]:
        """Return how much more or less a number is, with its interval below, and the number of the base."""
        difference, between, base, _ = self._cells(one)
        return [Cell(difference.value, between.value.replace(NO_WORDS, "")), base]


def differences_on_page(parts: Sequence[Part]) -> tuple[list[Changed], list[str]]:
    """Return each plan with the nearest plan that it builds on, if that is among them, and why some have none.

    Parameters
    ----------
    parts
        The runs of the page.

    Returns
    -------
    tuple[list[Changed], list[str]]
        The second are sentences.
    """
    found, why_not = [], []
    for part in parts:
        bases = list(_bases(part, parts))
        if bases and not bases[0][1]:
            why_not.append(OTHER_NUMBERS.format(plan=part.slug, base=bases[0][0].slug))
        base = next((one for one, is_same in bases if is_same), None)
        if base is None:
            continue
        plan, other = part.kept.run, base.kept.run
        n = min(plan.n_replications, other.n_replications)
        if plan.seed == other.seed and n > 1:
            found.append(Changed(part, base, n))
        else:
            why_not.append(
                f"{part.slug} builds on {base.slug}, but its changes are not said: both runs must have the same seed "
                f"and two replications or more, but have {n} and the seeds {plan.seed} and {other.seed}."
            )
    return found, why_not


def _bases(part: Part, parts: Sequence[Part]) -> Iterator[tuple[Part, bool]]:
    """Yield the plans called as those that a plan builds on, the nearest first, and whether they are of its numbers.

    They have the same laid over both.
    """
    scenario = part.kept.run.scenario
    for name, identity in zip_longest(scenario.builds_on, scenario.identities[1:]):
        for other in parts:
            base = other.kept.run.scenario
            if base.slug.partition(LAID_OVER)[0] == name and base.variations == scenario.variations:
                yield other, identity is not None and base.identities[:1] == (identity,)


def _leading(one: Difference, words: tuple[str, str]) -> str:
    """Return a difference that has a sign in words; nothing if it cannot be told."""
    if not one.sign:
        return ""
    ends = sorted(abs(end) for end in (one.low_together, one.high_together) if end is not None)
    size, between = as_difference(abs(one.difference), ends[0], ends[1], Figure(one.measure).scale)
    return words[one.sign > 0].format(f"{size} ({between})".replace("+", ""))


def _spending(one: Difference, price_year: int, assumed: str) -> str:
    """Return how much less or more is spent, and if so that prices are assumed; nothing if it cannot be told."""
    if not one.sign:
        return ""
    ends = sorted(abs(end) for end in (one.low_together, one.high_together) if end is not None)
    size = f"{as_pounds(abs(one.difference), *ends)} ({pounds_interval(abs(one.difference), *ends)})"
    return f"{IN_MONEY[one.sign > 0].format(size)}, in pounds of {price_year}{assumed}"


def _pounds(one: Difference) -> list[Cell]:
    both = [Cell(as_pounds(value)) for value in (one.reference_value, one.value)]
    low, high = one.low_together, one.high_together
    if one.is_same:
        return [Cell("the same"), Cell(), *both]
    if low is not None and high is not None and high - low <= EXACT * abs(one.difference):
        return [Cell(as_pounds(one.difference)), Cell("exact"), *both]
    return [Cell(as_pounds(one.difference, low, high)), Cell(pounds_interval(one.difference, low, high)), *both]


def _money_words(run: Run, one: Difference) -> str:
    """Return what a part of the money is, with the full name of a segment or a unit."""
    section, _, key = one.unit.partition(":")
    if section == "segment":
        return f"Simulated for {full_name(run.scenario, one.unit)}"
    if section == "unit":
        return f"Of it, {full_name(run.scenario, key)}"
    return _capital(words_of(one.unit))


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
