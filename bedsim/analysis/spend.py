"""Stated spend: what part of all the money spent on a segment's people is simulated, and public shares beside it.

Why: "a million less" means one thing of the money simulated and another of all that is spent on the same people. Spend
enters no price and no result; it only says how large the piece is that this model sees. It is stated for a year, so it
stands beside the money of whole financial years alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.budgets import people_fractions
from bedsim.measures.calendar import ALL
from bedsim.scenario.prices import is_assumed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bedsim.analysis.money import Money
    from bedsim.scenario.schema import Scenario
    from bedsim.scenario.segments import PublicShares

    Floats = NDArray[np.float64]

EVERYBODY = ""
"""In the place of a segment, stands for all of them together."""


@dataclass(frozen=True)
class Beside:
    """What has been published of some segments, and what a scenario and its run say of the same."""

    name: str
    public: PublicShares
    people: float
    """Their share of all people of the scenario."""
    stated: float | None
    """Their share of all stated spend; None unless every segment states it."""
    simulated: Floats
    """Their share of the money simulated, (n_replications,)."""


def stated_spend(scenario: Scenario) -> dict[str, float]:
    """Return what is stated as spent on all care in a year, in pounds of the price year.

    Parameters
    ----------
    scenario
        With prices, or nothing is known in pounds of one year.

    Returns
    -------
    dict[str, float]
        By segment; of `EVERYBODY` too if every segment states it.
    """
    prices = scenario.prices
    if prices is None:
        return {}
    found = {
        name: prices.today(one.spend.pounds_a_year, one.spend.year)
        for name, one in scenario.segments.items()
        if one.spend is not None
    }
    if found and len(found) == len(scenario.segments):
        found[EVERYBODY] = sum(found.values())
    return found


def is_spend_assumed(scenario: Scenario) -> bool:
    """Say whether any stated spend, or the index that brings it to the price year, is an assumption."""
    spends = [one.spend for one in scenario.segments.values() if one.spend is not None]
    prices = scenario.prices
    moves = prices is not None and any(one.year != prices.price_year for one in spends)
    return any(map(is_assumed, spends)) or (moves and prices is not None and is_assumed(prices.index))


def simulated_parts(spent: Mapping[str, Floats], scenario: Scenario, period: str) -> dict[str, Floats]:
    """Return what part of the stated spend some money is, each (n_replications,).

    Parameters
    ----------
    spent
        Money by segment, and perhaps of `EVERYBODY`, of a financial year.
    scenario
        Whose spend is stated.
    period
        Nothing is returned of one that is no financial year.

    Returns
    -------
    dict[str, Floats]
        By segment, `EVERYBODY` last if all state their spend.
    """
    stated = {} if period == ALL else stated_spend(scenario)
    return {name: spent[name] / pounds for name, pounds in stated.items() if name in spent}


def spent_of(money: Money, period: str) -> dict[str, Floats]:
    """Return the money of a period by segment, and of everybody: that with what belongs to nobody."""
    return {**money.by_segment(period), EVERYBODY: money.total(period)}


def public_shares_beside(money: Money, scenario: Scenario, period: str) -> list[Beside]:
    """Return what has been published of some segments, each with what is found of them here."""
    spent, people, stated = spent_of(money, period), people_fractions(scenario), stated_spend(scenario)
    total = spent[EVERYBODY]
    found = []
    for name, public in scenario.public_shares.items():
        theirs = np.sum([spent[segment] for segment in public.segments], axis=0)
        simulated = np.divide(theirs, total, out=np.full(len(total), np.nan), where=total > 0)
        of_stated = None
        if EVERYBODY in stated:
            of_stated = sum(stated[segment] for segment in public.segments) / stated[EVERYBODY]
        found.append(Beside(name, public, sum(people[one] for one in public.segments), of_stated, simulated))
    return found
