"""Prices: what beds, visits, waits and outcomes cost, who pays for them, and in pounds of which year.

Why: a price without its year misleads as much as one without a source. Each states the year it was seen in, and one
index brings all of them to the year in which money is said. Prices move nobody: the same beds are simulated with or
without them, and money is their product with what was simulated.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bedsim.scenario.shapes import Model, Sourced
from bedsim.scenario.values import Name

Payer = Literal["icb", "acute_trust", "local_authority", "person", "other"]
Pounds = Annotated[float, Field(ge=0, le=1e10)]
Year = Annotated[int, Field(ge=1990, le=2100)]

UNIT_CHARGES = ("open_day", "occupied_day", "visit", "fixed_a_year")
"""What may be charged of a unit."""


def is_assumed(stated: Sourced) -> bool:
    """Say whether something rests on no source and no derivation."""
    return stated.source is None and stated.derived is None


class Charge(Sourced):
    """A price, and who pays it."""

    payer: Payer
    """Integrated care board, acute trust, council, the person, or somebody else."""
    pounds: Pounds
    """In pounds of `year`."""
    year: Year
    """The financial year of the price: 2022 is April 2022 to March 2023."""


class UnitCharges(Model):
    """What a unit, or every unit of a kind, costs."""

    open_day: Charge | None = None
    """For each place and day that is there, places bought included and suspended ones not, whether anybody is in it."""
    occupied_day: Charge | None = None
    """For each place and day with somebody in it: what is bought for one person."""
    visit: Charge | None = None
    """For each visit to somebody on the caseload."""
    fixed_a_year: Charge | None = None
    """For each unit and year, by the days on which it has any place: the site, whatever its beds."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(getattr(self, name) for name in UNIT_CHARGES):
            raise ValueError(f"name at least one of {', '.join(UNIT_CHARGES)}|none of them|open_day: {{...}}")
        return self


class PriceIndex(Sourced):
    """General price levels by financial year; only their ratios matter."""

    first_year: Year
    """The year of the first level."""
    levels: Annotated[tuple[Annotated[float, Field(gt=0, le=1e6)], ...], Field(min_length=1, max_length=111)]
    """One a year, in order."""

    @property
    def last_year(self) -> int:
        """The year of the last level."""
        return self.first_year + len(self.levels) - 1

    def level(self, year: int) -> float:
        """Return the level of a year that has one."""
        return self.levels[year - self.first_year]


class Budget(Sourced):
    """What may be spent on a segment's people in a year."""

    pounds_a_year: Pounds
    """In pounds of `year`, for everybody in the segment together."""
    year: Year
    """The financial year of the pounds."""


class Prices(Sourced):
    """What things cost, and in pounds of which year money is said."""

    price_year: Year
    """All money is said in pounds of this financial year."""
    index: PriceIndex
    """What brings a price to that year."""
    units: dict[Name, UnitCharges] = Field(default_factory=dict)
    """By unit or kind of unit; a unit's own entry stands instead of its kind's."""
    acute_day_lost: Charge | None = None
    """For each day in an acute bed of somebody who waits for a planned bed."""
    outcomes: dict[Name, Charge] = Field(default_factory=dict)
    """For each person referred whose outcome it is: an emergency admission, say."""
    budgets: dict[Name, Budget] = Field(default_factory=dict)
    """By segment."""

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every price that is stated."""
        of_units = [getattr(charges, name) for charges in self.units.values() for name in UNIT_CHARGES]
        return tuple(one for one in (*of_units, self.acute_day_lost, *self.outcomes.values()) if one is not None)

    @property
    def is_index_assumed(self) -> bool:
        """Say whether the index is an assumption, and moves any price."""
        moves = any(charge.year != self.price_year for charge in self.charges)
        return moves and is_assumed(self.index)

    @property
    def is_illustrative(self) -> bool:
        """Say whether a price, or the index, is an assumption."""
        return self.is_index_assumed or any(map(is_assumed, self.charges))

    def today(self, pounds: float, year: int) -> float:
        """Return an amount of a year in pounds of the price year.

        >>> index = PriceIndex(first_year=2020, levels=(80.0, 100.0))
        >>> Prices(price_year=2021, index=index).today(40, 2020)
        50.0
        """
        return pounds * self.index.level(self.price_year) / self.index.level(year)

    def of_unit(self, name: str, kind: str) -> tuple[str, UnitCharges | None]:
        """Return the key of the charges that a unit has, and these; None if it costs nothing."""
        key = name if name in self.units else kind
        return key, self.units.get(key)
