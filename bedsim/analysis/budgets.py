"""Budgets: how likely a year's money for a segment's people is above what may be spent on them, and who gets how much.

Why: a capitated budget is a fixed sum for people whose needs are luck. What a replication's year costs is one outcome
of that luck, so the share of replications above the budget is the chance of overspending.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.analysis.intervals import CONFIDENCE
from bedsim.measures.calendar import ALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.money import Money
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Overspend:
    """A segment's budget, and how often the money is above it."""

    segment: str
    period: str
    budget: float
    """In pounds of the price year."""
    n_above: int
    n: int
    """Replications above the budget, and all."""
    probability: float
    low: float
    high: float
    """95% interval."""


def overspends(money: Money, scenario: Scenario, period: str) -> list[Overspend]:
    """Return how likely each budget is overspent in a financial year; nothing of a period that is none."""
    prices = scenario.prices
    if prices is None or period == ALL:
        return []
    spent = money.by_segment(period)
    found = []
    for segment, one in prices.budgets.items():
        budget = prices.today(one.pounds_a_year, one.year)
        n_above, n = int((spent[segment] > budget).sum()), len(spent[segment])
        found.append(Overspend(segment, period, budget, n_above, n, n_above / n, *share_interval(n_above, n)))
    return found


def share_interval(n_of: int, n: int) -> tuple[float, float]:
    """Return the exact 95% interval of a probability of which n_of in n trials were seen (Clopper and Pearson 1934).

    >>> [round(end, 4) for end in share_interval(0, 20)], [round(end, 4) for end in share_interval(5, 20)]
    ([0.0, 0.1684], [0.0866, 0.491])
    """
    risk = (1 - CONFIDENCE) / 2
    low = 0.0 if n_of == 0 else float(special.betaincinv(n_of, n - n_of + 1, risk))
    high = 1.0 if n_of == n else float(special.betaincinv(n_of + 1, n - n_of, 1 - risk))
    return low, high


def spend_fractions(money: Money, period: str) -> dict[str, Floats]:
    """Return each segment's share of a period's money, each (n_replications,); NaN where nothing was spent."""
    total = money.total(period)
    return {
        segment: np.divide(one, total, out=np.full(len(total), np.nan), where=total > 0)
        for segment, one in money.by_segment(period).items()
    }


def people_fractions(scenario: Scenario) -> dict[str, float]:
    """Return each segment's share of the population on the start date."""
    people = sum(segment.population for segment in scenario.segments.values())
    return {name: segment.population / people for name, segment in scenario.segments.items()}
