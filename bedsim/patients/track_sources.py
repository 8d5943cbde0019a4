"""What is left to chance of a unit's places: closures by infection, inspections, places bought on the spot.

Why: luck of this kind is of the place and not of any person, so it is drawn under names of its own - seed, replication,
source and unit - and everybody meets the same luck in every scenario. Each source is drawn from day 0, both ways, as
people are (`arrivals`): a longer warm-up adds what was before and moves nothing after.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bedsim.patients.candidates import WAYS, candidates
from bedsim.patients.shapes import shape_of
from bedsim.patients.steps import Steps, covered, steps
from bedsim.patients.uniforms import PersonalUniforms, uniforms
from bedsim.scenario.demand import DAYS_PER_YEAR
from bedsim.scenario.shapes import Distribution
from bedsim.scenario.tracks import RATINGS, WINTER_MONTHS
from bedsim.streams import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.distributions import Shape
    from bedsim.scenario.schema import Scenario
    from bedsim.scenario.tracks import Closures, Spot

    Floats = NDArray[np.float64]

LONGEST_DAYS = 366.0
"""No closure lasts longer, so that those which began before the run are known."""
CANDIDATES_A_YEAR = 4.0
"""The rate of a layer of candidates for closures, whatever their rate: more of them add and move nothing."""
WINTER_DAYS = 90.25
"""Of a mean year: December, January and February."""
SHORTEST_INTERVAL_DAYS = 1.0


class Source(Protocol):
    """Something that is drawn anew in each replication."""

    def drawn(self, seed: int, replication: int) -> Steps:
        """Return its value through time."""


@dataclass(frozen=True)
class ClosureSource:
    """The part of a unit that infection closes: starts are a Poisson process, more frequent in winter."""

    unit: str
    first: int
    daily: Floats
    """Closures a day that are expected to begin, on each day from `first` on."""
    duration: Shape
    part: float

    def drawn(self, seed: int, replication: int) -> Steps:
        """Return the part that is closed."""
        names = (seed, replication, "closed by infection", self.unit)
        rate = CANDIDATES_A_YEAR / DAYS_PER_YEAR
        layers = range(math.ceil(self.daily.max(initial=0.0) / rate))
        origins = [((*names, f"layer {layer} {way}"), layer, sign) for layer in layers for way, sign in WAYS]
        drawn = [candidates(*origin, self.first, rate, self.daily) for origin in origins]
        begin = np.concatenate([np.empty(0), *(days for _, days in drawn)])
        index = np.concatenate([np.empty(0, dtype=np.int64), *(index for index, _ in drawn)])
        origin = np.repeat(np.arange(len(drawn)), [len(days) for _, days in drawn])
        beginnings = tuple(written(origin_names) for origin_names, _, _ in origins)
        u = PersonalUniforms(beginnings, origin, index).of(np.arange(len(begin)), ("duration",))[0]
        return covered(begin, begin + np.minimum(self.duration.quantile(u), LONGEST_DAYS), self.part)


@dataclass(frozen=True)
class InspectionSource:
    """Whether a care home is suspended: its rating is a Markov chain over the times of its inspections."""

    unit: str
    rating: str
    interval: Shape
    interval_met: Shape
    """Of the interval in which a given day lies."""
    transitions: dict[str, list[float]]
    """By the rating before: the cumulated shares of `RATINGS`, the best first."""
    passing: frozenset[str]
    last: int

    def drawn(self, seed: int, replication: int) -> Steps:
        """Return 1 while it is suspended, 0 while it passes."""
        days, ratings = self.ratings(seed, replication)
        suspended = [float(rating not in self.passing) for rating in (self.rating, *ratings)]
        return steps(days, suspended[1:], suspended[0])

    def ratings(self, seed: int, replication: int) -> tuple[Floats, list[str]]:
        """Return the days of the inspections after the start date, and the rating that each gives.

        Until the first of them the rating is the one stated, in the warm-up too.
        """
        names = (seed, replication, "inspections", self.unit)
        found, elapsed = uniforms((*names, "first"), 2)
        first = float(self.interval_met.quantile(np.array([found]))[0] * elapsed)
        n = 8
        while True:
            gaps = np.maximum(self.interval.quantile(uniforms((*names, "interval"), n)), SHORTEST_INTERVAL_DAYS)
            days = first + np.append(0.0, np.cumsum(gaps))
            if days[-1] >= self.last:
                break
            n *= 2
        days = days[days < self.last]
        ratings, rating = [], self.rating
        for u in uniforms((*names, "rating"), len(days)).tolist():
            rating = RATINGS[bisect_right(self.transitions[rating], u)]
            ratings.append(rating)
        return days, ratings


@dataclass(frozen=True)
class SpotSource:
    """The places bought besides: from review to review each is there or not, by itself."""

    unit: str
    spec: Spot
    first: int
    last: int

    def drawn(self, seed: int, replication: int) -> Steps:
        """Return how many are there."""
        names, every = (seed, replication, "spot places", self.unit), self.spec.review_days
        n_before, n_after = math.ceil(-self.first / every), math.ceil(self.last / every)
        is_there = [
            np.concatenate(
                (
                    uniforms((*names, place, "backward"), n_before)[::-1] < self.spec.chance,
                    uniforms((*names, place, "forward"), n_after) < self.spec.chance,
                )
            )
            for place in range(self.spec.places)
        ]
        count = np.array(is_there).sum(axis=0)
        reviews = np.arange(1.0 - n_before, n_after) * np.float64(every)
        return steps(reviews, count[1:], count[0])


def closure_source(scenario: Scenario, unit: str, spec: Closures, first: int, last: int) -> ClosureSource:
    """Return the closures of a unit in a run from day `first` up to `last`."""
    first -= math.ceil(LONGEST_DAYS)
    months = [(scenario.time.start + timedelta(days=day)).month for day in range(first, last)]
    mean = 1 + (spec.winter_factor - 1) * WINTER_DAYS / DAYS_PER_YEAR
    index = np.where(np.isin(months, WINTER_MONTHS), spec.winter_factor, 1.0) / mean
    daily = spec.per_year / DAYS_PER_YEAR * index
    return ClosureSource(unit, first, daily, shape_of(spec.duration_days, scenario.tables), spec.part)


def inspection_source(scenario: Scenario, unit: str, last: int) -> InspectionSource:
    """Return the inspections of a care home of a scenario that has some, up to day `last`."""
    gate, rating = scenario.quality_gate, scenario.units[unit].rating
    assert gate.inspections is not None
    assert rating is not None
    spec = gate.inspections.interval_days
    interval = shape_of(spec if isinstance(spec, Distribution) else Distribution(constant=spec), scenario.tables)
    return InspectionSource(
        unit,
        rating,
        interval,
        interval.length_biased(),
        {before: _cumulated(row) for before, row in gate.inspections.transitions.items()},
        frozenset(filter(gate.passes, RATINGS)),
        last,
    )


def _cumulated(row: dict[str, float]) -> list[float]:
    """Return the upper edges of the ratings' shares, without the last that may follow."""
    edges = np.cumsum([row.get(rating, 0.0) for rating in RATINGS])
    last = max(i for i, rating in enumerate(RATINGS) if row.get(rating, 0.0) > 0)
    return [float(edge) for edge in edges[:last]]
