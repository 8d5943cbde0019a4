"""Money: what the beds, visits, waits and outcomes of replications cost, by financial year, item and segment.

Why: a plan that moves people from beds to the community moves money too, and a board asks how much, whose, and how
sure that is. Money is prices times what was counted, so it is exactly linear: nothing is simulated for it, the same
beds cost what they cost with other prices, and its intervals come from replications like all others.

An open place and a site are paid for whoever is there: by segment they are shared by the occupied days of that unit and
year; where nobody was, they belong to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from bedsim.analysis.money_counts import Counts, counts_of
from bedsim.measures.calendar import ALL, Calendar
from bedsim.memory import let_go, new_rows
from bedsim.scenario.prices import UNIT_CHARGES, is_assumed
from bedsim.scenario.segment_rules import NOBODY
from bedsim.scenario.segments import segment_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.reading import Reader
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.prices import Charge, Prices

    Floats = NDArray[np.float64]

End = Literal["low", "high"]
Key = Literal["name", "kind", "charge", "payer", "group"]
"""What money is added up by: unit, outcome or wait; kind of unit; sort of charge; payer; beds or community."""
ROWS_AT_ONCE = 1000
"""More replications are worked out in blocks of so many."""
WAITING, OUTCOMES = "waiting", "outcomes"
"""In the place of a kind, of what belongs to no unit."""
ACUTE_DAY_LOST, EACH = "acute_day_lost", "each"
"""The charges of what belongs to no unit."""
BEDS, COMMUNITY = "beds", "community"
BEDDED = ("community_hospital", "care_home", "escalation", "out_of_area", "acute")
"""Kinds of units that are beds; the others are services in the community."""


@dataclass(frozen=True)
class Item:
    """One price at work."""

    name: str
    """A unit or an outcome, or `acute_day_lost`."""
    kind: str
    """Of the unit; `WAITING` or `OUTCOMES`."""
    charge: str
    """One of `UNIT_CHARGES`, `ACUTE_DAY_LOST` or `EACH`."""
    payer: str
    price: float
    """In pounds of the price year."""
    is_assumed: bool

    @property
    def group(self) -> str:
        """Beds, community, or what waits and outcomes cost."""
        return BEDS if self.kind in BEDDED else self.kind if self.kind in (WAITING, OUTCOMES) else COMMUNITY


@dataclass(frozen=True, eq=False)
class Money:
    """What replications cost, in pounds of the price year."""

    price_year: int
    items: tuple[Item, ...]
    segments: tuple[str, ...]
    """One without a name if the scenario has none."""
    calendar: Calendar
    pounds: Floats
    """(n_replications, n_years, n_segments + 1, n_items); the last segment is nobody."""
    referred: Floats
    """(n_replications, n_years, n_segments) people referred."""
    is_index_assumed: bool = False
    """Whether what brings prices to the price year is an assumption, and moves any."""

    @property
    def is_illustrative(self) -> bool:
        """Say whether a price that was charged, or the index, is an assumption."""
        return self.is_index_assumed or any(item.is_assumed for item in self.items)

    def total(self, period: str = ALL) -> Floats:
        """Return the money of a period, (n_replications,)."""
        return self._sum(period, list(range(len(self.items))))

    def by(self, key: Key, period: str = ALL) -> dict[str, Floats]:
        """Return the money of a period by what its items have in common, each (n_replications,); it adds up."""
        groups: dict[str, list[int]] = {}
        for i, item in enumerate(self.items):
            groups.setdefault(str(getattr(item, key)), []).append(i)
        return {name: self._sum(period, chosen) for name, chosen in groups.items()}

    def by_item(self, period: str = ALL) -> list[Floats]:
        """Return the money of a period of each item."""
        return [self._sum(period, [i]) for i in range(len(self.items))]

    def by_segment(self, period: str = ALL) -> dict[str, Floats]:
        """Return the money of a period by the segment of the people it was spent on, nobody last; it adds up."""
        years = self.calendar.years[period]
        found = np.zeros((len(self.pounds), self.pounds.shape[2]))
        for year in years:
            for i in range(len(self.items)):
                found += self.pounds[:, year, :, i]
            let_go(self.pounds)
        return dict(zip((*self.segments, NOBODY), np.ascontiguousarray(found.T), strict=True))

    def a_person(self, period: str = ALL) -> Floats:
        """Return the money of a period over the people referred in it; NaN where nobody was."""
        people = self.referred[:, self.calendar.years[period]].sum(axis=(1, 2))
        found: Floats = np.divide(self.total(period), people, out=np.full(len(people), np.nan), where=people > 0)
        return found

    def assumed_fraction(self, period: str = ALL) -> float:
        """Return the share of the mean money of a period whose price is an assumption; 0 if nothing was spent."""
        assumed = self._sum(period, [i for i, item in enumerate(self.items) if item.is_assumed])
        total = float(self.total(period).mean())
        return float(assumed.mean()) / total if total else 0.0

    def _sum(self, period: str, items: list[int]) -> Floats:
        """Return the money of some items, one after another: in the same order however it lies in memory."""
        found = np.zeros(len(self.pounds))
        for year in self.calendar.years[period]:
            for i in items:
                for segment in range(self.pounds.shape[2]):
                    found += self.pounds[:, year, segment, i]
            let_go(self.pounds)
        return found


def money(blueprint: Blueprint, reader: Reader, at: End | None = None) -> Money | None:
    """Return what replications cost.

    Parameters
    ----------
    blueprint
        Of the scenario whose prices hold, and of its units as they were simulated.
    reader
        Of these replications.
    at
        With all prices at the low, or the high, end of their stated ranges.

    Returns
    -------
    Money | None
        None if the scenario states no prices.
    """
    scenario = blueprint.scenario
    if scenario.prices is None:
        return None
    items = tuple(items_of(blueprint, scenario.prices, at))
    segments, calendar = tuple(segment_names(scenario)), reader.yardstick.calendar
    n = len(reader.totals)
    pounds = new_rows((n, calendar.n_years, len(segments) + 1, len(items)), np.float64)
    referred = np.zeros((n, calendar.n_years, len(segments)))
    for start in range(0, n, ROWS_AT_ONCE):
        chosen = slice(start, start + ROWS_AT_ONCE)
        counts = counts_of(blueprint, reader.part(chosen))
        for i, item in enumerate(items):
            pounds[chosen, :, :, i] = counted(counts, item, blueprint) * item.price
        referred[chosen] = counts.referred
        let_go(pounds)
    prices = scenario.prices
    return Money(prices.price_year, items, segments, calendar, pounds, referred, prices.is_index_assumed)


def items_of(blueprint: Blueprint, prices: Prices, at: End | None = None) -> Iterator[Item]:
    """Yield the prices at work: unit by unit, then waits, then outcomes; homes below the minimum cost nothing."""
    for unit in blueprint.network.units:
        charges = None if unit.is_below_minimum else prices.of_unit(unit.name, unit.kind)[1]
        for name in UNIT_CHARGES:
            charge = getattr(charges, name, None)
            if charge is not None:
                yield _item(unit.name, unit.kind, name, charge, prices, at)
    if prices.acute_day_lost is not None:
        yield _item(ACUTE_DAY_LOST, WAITING, ACUTE_DAY_LOST, prices.acute_day_lost, prices, at)
    for outcome, charge in prices.outcomes.items():
        if outcome in blueprint.outcomes:
            yield _item(outcome, OUTCOMES, EACH, charge, prices, at)


def counted(counts: Counts, item: Item, blueprint: Blueprint) -> Floats:
    """Return how often an item was charged, (n, n_years, n_segments + 1)."""
    if item.kind == WAITING:
        return _with_nobody(counts.acute_days_lost)
    if item.kind == OUTCOMES:
        return _with_nobody(counts.outcomes[..., blueprint.outcomes.index(item.name)])
    unit = blueprint.units.index(item.name)
    if item.charge == "occupied_day":
        return _with_nobody(counts.use[..., unit])
    if item.charge == "visit":
        return _with_nobody(counts.visits[..., unit])
    if item.charge == "open_day":
        return _shared(counts.open_days[..., unit], counts.use[..., unit])
    return _shared(counts.open_years[:, unit], counts.use[..., unit])


def _item(name: str, kind: str, what: str, charge: Charge, prices: Prices, at: End | None) -> Item:
    pounds = charge.pounds
    if at is not None and charge.range is not None and "pounds" in charge.range:
        pounds = charge.range["pounds"][0 if at == "low" else 1]
    return Item(name, kind, what, charge.payer, prices.today(pounds, charge.year), is_assumed(charge))


def _with_nobody(of_segments: Floats) -> Floats:
    """Return counts by segment with those of nobody behind them: none."""
    return np.concatenate([of_segments, np.zeros((*of_segments.shape[:-1], 1))], axis=-1)


def _shared(whole: Floats, use: Floats) -> Floats:
    """Return what is paid for whoever is there, (n or none, n_years), shared by use by segment; nobody last."""
    together = use.sum(axis=-1, keepdims=True)
    is_used = together > 0
    shares = np.divide(use, together, out=np.zeros_like(use), where=is_used)
    return np.concatenate([shares, ~is_used], axis=-1) * whole[..., np.newaxis]
