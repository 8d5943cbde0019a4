"""The check: a scenario is run again, and its numbers are what its baseline says, or not, or that is not known yet.

Why: nobody may move the number of beds without saying so. A check first repeats the baseline's first replications: if
they are the same to the last count there is nothing to judge. If they are not, though nothing that numbers depend on
has changed, that alone is a failure. Otherwise chance may have its part in what moved, and each number is judged by
`equivalence`.

The risk of a wrong answer is 5% a command, shared among all that could go wrong in it: half of it goes to the beds that
are enough on 95% of days, the other half to the other numbers; each half in equal parts to scenarios, numbers and looks
(Bonferroni). A look is a judgement after so many replications; they double from look to look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bedsim.analysis.baseline import FEWEST, GUARDED, MAIN, counts_of, estimates_of, inputs_of, made_with
from bedsim.analysis.equivalence import Answer, change
from bedsim.analysis.looks import looked_at, plan_of
from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bedsim.analysis.baseline import Entry
    from bedsim.analysis.equivalence import Change
    from bedsim.analysis.looks import Show
    from bedsim.analysis.plan import Plan
    from bedsim.analysis.run import Run
    from bedsim.analysis.workers import Workers
    from bedsim.scenario.schema import Scenario

RISK = 0.05
"""The chance, at most, that a command gives any wrong answer: that what changed by more than its margin passes, or what
changed by less fails."""
TOLERANCE = 1e-9
"""Relative; processors of one sort differ in the last bit of some functions, which moves no count."""


@dataclass(frozen=True)
class Checked:
    """What a check says of one scenario."""

    slug: str
    title: str
    answer: Answer
    n_replications: int
    looks: tuple[int, ...]
    """Replications after which it may be judged; the last is the most that may be run."""
    changes: tuple[Change, ...]
    """Of each guarded number; empty if the run was repeated to the last count."""
    changed_inputs: tuple[str, ...]
    changed_versions: tuple[str, ...]
    unrepeated: tuple[str, ...] = ()
    """What should have been the same to the last count, and is not."""

    @property
    def is_repeated(self) -> bool:
        """Say whether the baseline's first replications were repeated to the last count."""
        return not self.changes and not self.unrepeated

    @property
    def n_more(self) -> int | None:
        """About how many more replications would settle all numbers; None if no number of them would."""
        needed = [one.n_more for one in self.changes]
        return None if None in needed else max((n for n in needed if n is not None), default=0)


def risks(n_scenarios: int, n_looks: int) -> dict[str, float]:
    """Return, by guarded number, the part of the risk that one judgement may take.

    >>> round(risks(1, 1)["demand_beds.p95.all"], 6), round(risks(8, 2)["p_wait.mean.all"] * 8 * 2 * 9, 6)
    (0.025, 0.025)
    """
    part = RISK / 2 / n_scenarios / n_looks
    return {one.name: part if one is MAIN else part / (len(GUARDED) - 1) for one in GUARDED}


def check(
    scenario: Scenario,
    entry: Entry,
    seed: int,
    looks: tuple[int, ...],
    risk: Mapping[str, float],
    workers: Workers,
    show: Show,
    scale: float = 1.0,
) -> Checked:
    """Return how the numbers of a scenario compare with its baseline.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    entry
        Its baseline.
    seed
        Root of all random streams. With the baseline's own, its first replications are repeated.
    looks
        From `looks_of`.
    risk
        From `risks`.
    workers
        Who does the work.
    show
        Shows progress.
    scale
        How much wider the margins are than `GUARDED` says.

    Returns
    -------
    Checked
        After the first look at which no number is inconclusive, or one fails; else after the last.

    Raises
    ------
    BedsimError
        If the scenario cannot be run.
    """
    if looks[0] < FEWEST:
        raise BedsimError(f"a check must have at least {FEWEST} replications, but has {looks[0]}.")
    plan = plan_of(scenario, looks[-1])
    for run in looked_at(plan, seed, looks, workers, show):
        found = _judged(run, plan, entry, looks, risk, scale)
        if found.answer is not Answer.inconclusive:
            break
    return found


def _judged(
    run: Run, plan: Plan, entry: Entry, looks: tuple[int, ...], risk: Mapping[str, float], scale: float
) -> Checked:
    """Return what a run says beside the baseline."""
    changed_inputs = differences(entry.inputs, inputs_of(plan))
    if not changed_inputs and run.hash != entry.hash:
        changed_inputs = ("the scenario, but no number that it states: a name, an order or a table",)
    checked = Checked(
        slug=run.scenario.slug,
        title=run.scenario.title,
        answer=Answer.passed,
        n_replications=run.n_replications,
        looks=looks,
        changes=(),
        changed_inputs=changed_inputs,
        changed_versions=differences(entry.made_with, made_with(plan, run.seed)),
    )
    new = estimates_of(run)
    if run.seed == entry.seed and run.n_replications == entry.n_first:
        unrepeated = _unrepeated(entry, counts_of(run), {name: one.value for name, one in new.items()})
        if not unrepeated:
            return checked
        if run.hash == entry.hash and not checked.changed_versions:
            checked = replace(checked, answer=Answer.failed, unrepeated=unrepeated)
    changes = tuple(
        change(one.name, entry.estimate(one), new[one.name], one.margin * scale, risk[one.name]) for one in GUARDED
    )
    if checked.unrepeated:
        return replace(checked, changes=changes)
    return replace(checked, changes=changes, answer=worst(one.answer for one in changes))


def worst(answers: Iterable[Answer]) -> Answer:
    """Return fail if anything failed, else inconclusive if anything is, else pass."""
    given = set(answers)
    return next((one for one in (Answer.failed, Answer.inconclusive) if one in given), Answer.passed)


def _unrepeated(entry: Entry, counts: Mapping[str, str], values: Mapping[str, float]) -> tuple[str, ...]:
    """Return the counts that are not those of the baseline's first replications, then such numbers."""
    other_counts = [name for name, checksum in entry.first_counts.items() if counts.get(name) != checksum]
    other_values = [
        name
        for name, value in entry.first_numbers.items()
        if not _is_close(math.nan if value is None else value, values.get(name, math.nan))
    ]
    return (*(f"counts of {name}" for name in other_counts), *other_values)


def _is_close(old: float, new: float) -> bool:
    both_missing = math.isnan(old) and math.isnan(new)
    return both_missing or math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def differences(old: Mapping[str, float | str], new: Mapping[str, float | str]) -> tuple[str, ...]:
    """Return what changed between two tables, in words: values by name.

    >>> differences({"a": 21.0, "b": 1.0}, {"a": 22.0, "c": "x"})
    ('a 21 -> 22', 'b 1 -> none', 'c none -> x')
    """

    def shown(table: Mapping[str, float | str], name: str) -> str:
        value = table.get(name, "none")
        return value if isinstance(value, str) else f"{value:.12g}"

    names = dict.fromkeys((*old, *new))
    return tuple(f"{name} {shown(old, name)} -> {shown(new, name)}" for name in names if old.get(name) != new.get(name))
