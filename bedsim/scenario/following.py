"""Places that follow a stream: stated for one rate of referrals, they rise and fall with it and with its growth.

Why: a community team's share for people who leave rehabilitation beds is known only beside a rate of referrals. Were it
fixed while referrals grow, or are run at the end of their range, its queue would pass from short to endless at a few
percent more, and that would be taken for a finding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bedsim.scenario.demand import DAYS_PER_YEAR
from bedsim.scenario.segments import base_rate

if TYPE_CHECKING:
    from bedsim.scenario.schema import Scenario, Unit
    from bedsim.scenario.unit_times import PlacesFollow


def followed_rate_per_day(scenario: Scenario, follow: PlacesFollow, day: int = 0) -> float | None:
    """Return the base rate of the stream that is followed; None if it has none, or if there is no such stream.

    On the start date or another day: a rate by segment grows with the people of each.
    """
    stream = scenario.streams.get(follow.stream)
    if stream is None:
        return None
    return base_rate(scenario, stream.referrals, day)


def followed_places(scenario: Scenario, unit: Unit, day: int) -> int:
    """Return the places of a unit that follows a stream, on a day counted from the start date."""
    return followed_by_day(scenario, unit, range(day, day + 1))[0]


def followed_by_day(scenario: Scenario, unit: Unit, days: range) -> list[int]:
    """Return the places of a unit that follows a stream, on each of some days counted from the start date.

    Stated places x the stream's base rate over the rate they were stated for x growth since the start date, to whole
    places, halves up, and never fewer than 1. Season, surges and chance do not count: a team is not hired by the week.
    """
    follow = unit.places_follow
    assert follow is not None
    assert isinstance(unit.places, int)
    referrals, of_a_place = scenario.streams[follow.stream].referrals, follow.per_day
    rates = {day: followed_rate_per_day(scenario, follow, day) for day in (days if referrals.by_segment else days[:1])}
    found = []
    for day in days:
        rate = rates[day if referrals.by_segment else days[0]]
        assert rate is not None
        factor = 1.0 if referrals.growth is None else (1 + referrals.growth.per_year) ** (day / DAYS_PER_YEAR)
        found.append(max(1, math.floor(unit.places * (rate / of_a_place) * factor + 0.5)))
    return found
