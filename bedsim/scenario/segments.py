"""Segments: groups of the population with shared needs, from whose numbers demand may be worked out.

Why: "referrals a day" hides who is referred. With segments a stream's rate is people times their own rate, each segment
grows as it grows, and who is referred on a day is a mix that follows from that. What a segment costs or waits is then
an outcome of a run, never an input. Stated spend and public shares are there to be put beside that outcome: no result
but what is said of them depends on them.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from bedsim.scenario.demand import DAYS_PER_YEAR, Growth, base_rate_per_day
from bedsim.scenario.prices import Pounds, Year
from bedsim.scenario.shapes import Sourced
from bedsim.scenario.values import Name, Share, check_shares

if TYPE_CHECKING:
    from bedsim.scenario.demand import Referrals
    from bedsim.scenario.schema import Scenario

NO_SEGMENT = ""
"""Stands for everybody in a scenario without segments."""


class Spend(Sourced):
    """What is spent in a year on all care of a segment's people, simulated or not: context, never a price."""

    pounds_a_year: Annotated[Pounds, Field(gt=0)]
    """In pounds of `year`, for everybody in the segment together, whoever pays."""
    year: Year
    """The financial year of the pounds."""


class Segment(Sourced):
    """A group of the population with shared needs."""

    name: str = ""
    """In full, for people to read."""
    population: Annotated[float, Field(gt=0, le=1e9)]
    """People on the start date. Those of all segments are those of all localities."""
    growth: Growth | None = None
    """How the number of people grows."""
    spend: Spend | None = None
    """What all their care costs in a year; results say what part of it is simulated."""


class PublicShares(Sourced):
    """What has been published of some segments together, to put beside what a run finds."""

    segments: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The segments of which it was said."""
    people: tuple[Share, Share]
    """The least and the most of all people that they are said to be."""
    money: tuple[Share, Share]
    """The least and the most of all money spent on care that they are said to take."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for key, (low, high) in (("people", self.people), ("money", self.money)):
            if low > high:
                raise ValueError(f"be the least and then the most|{low:g} and then {high:g}|[{high:g}, {low:g}]|{key}")
        if len(set(self.segments)) < len(self.segments):
            once = ", ".join(dict.fromkeys(self.segments))
            raise ValueError(f"name each segment once|{', '.join(self.segments)}|[{once}]|segments")
        return self


class SegmentMix(Sourced):
    """The shares of a stream's people by segment."""

    shares: Annotated[dict[Name, Share], Field(min_length=1)]

    @model_validator(mode="after")
    def _sum(self) -> Self:
        check_shares(self.shares, "shares")
        return self


def segment_names(scenario: Scenario) -> list[str]:
    """Return the segments in the order of their indexes; one without a name if the scenario has none."""
    return list(scenario.segments) or [NO_SEGMENT]


def people_of_segment(segment: Segment, day: float) -> float:
    """Return how many people a segment has, on a day counted from the start date."""
    grown = 1.0 if segment.growth is None else float((1 + segment.growth.per_year) ** (day / DAYS_PER_YEAR))
    return segment.population * grown


def rates_by_segment(scenario: Scenario, referrals: Referrals, day: float) -> dict[str, float]:
    """Return the people a day that each segment refers on a day, before the stream's own growth and profiles.

    Nothing of a stream whose rate does not tell segments apart.
    """
    return {
        name: rate.per_1000_a_year * people_of_segment(scenario.segments[name], day) / 1000 / DAYS_PER_YEAR
        for name, rate in referrals.by_segment.items()
        if name in scenario.segments  # another name is a finding of its own
    }


def base_rate(scenario: Scenario, referrals: Referrals, day: float = 0.0) -> float | None:
    """Return the people a day that a stream's constant base rate means, on the start date or another day.

    None if it is in a table, or the stream has none.
    """
    if referrals.by_segment:
        return sum(rates_by_segment(scenario, referrals, day).values())
    return base_rate_per_day(referrals.per_day, referrals.per_1000_a_year, referrals.population)


def segment_shares(scenario: Scenario, stream: str, day: float) -> list[float]:
    """Return the shares of the segments among the people whom a stream refers on a day, added up in their order."""
    spec, names = scenario.streams[stream], segment_names(scenario)
    parts = rates_by_segment(scenario, spec.referrals, day) or (spec.segments.shares if spec.segments else {})
    together = sum(parts.values())
    return list(accumulate(parts.get(name, 0.0) / together if together else 1 / len(names) for name in names))
