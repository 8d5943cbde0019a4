"""Who is referred to option 1's network, drawn as SimPy's users draw: from one NumPy generator, person by person.

Reads the same scenario file as bedsim, of which it knows what option 1 uses and no more.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

import numpy as np

from bedsim.scenario.demand import DAYS_PER_YEAR
from bedsim.scenario.schema import Scenario
from bedsim.scenario.shapes import Distribution


@dataclass(frozen=True, slots=True)
class Visit:
    """A stage of somebody's route; `branch` is the way on from it."""

    stage: str
    needed_days: float
    transfer_days: float
    branch: str


@dataclass(frozen=True, slots=True)
class Person:
    locality: str
    route: list[Visit]


def sampler(spec: Distribution, rng: np.random.Generator) -> Callable[[], float]:
    """Return a function that draws a length."""
    if spec.exponential is not None:
        mean = spec.exponential.mean
        return lambda: rng.exponential(mean)
    assert spec.lognormal is not None
    assert spec.lognormal.mean is not None
    assert spec.lognormal.cv is not None
    variance = math.log1p(spec.lognormal.cv**2)
    mu, sigma = math.log(spec.lognormal.mean) - variance / 2, math.sqrt(variance)
    return lambda: rng.lognormal(mu, sigma)


class Demand:
    """Who is referred when, and the route each of them takes."""

    def __init__(self, scenario: Scenario, first_day: int, end_day: int, rng: np.random.Generator) -> None:
        (stream,) = scenario.streams.values()
        assert stream.localities is not None
        self.rng, self.first_day = rng, first_day
        self.localities = list(stream.localities.shares)
        self.locality_edges = list(accumulate(stream.localities.shares.values()))[:-1]
        self.rates = self._rates(scenario, range(first_day, end_day))
        stages = scenario.pathways[stream.pathway]
        self.first_stage = next(iter(stages))
        self.branches = {
            name: [
                (
                    branch_name,
                    sampler(branch.needed_days or stage.needed_days, rng),
                    None if branch.transfer_days is None else sampler(branch.transfer_days, rng),
                    branch.next,
                )
                for branch_name, branch in stage.then.items()
            ]
            for name, stage in stages.items()
        }
        self.branch_edges = {
            name: list(accumulate(branch.share for branch in stage.then.values()))[:-1]
            for name, stage in stages.items()
        }

    def _rates(self, scenario: Scenario, days: range) -> list[float]:
        """Return the expected referrals of each day."""
        (stream,) = scenario.streams.values()
        spec = stream.referrals
        assert spec.per_day is not None
        assert spec.growth is not None
        assert spec.month is not None
        assert spec.weekday is not None
        rates = []
        for day in days:
            when = scenario.time.start + timedelta(days=day)
            factor = (1 + spec.growth.per_year) ** (day / DAYS_PER_YEAR)
            factor *= spec.month.index[when.month - 1] * spec.weekday.index[when.weekday()]
            rates.append(spec.per_day * factor)
        return rates

    def people(self) -> Iterator[tuple[float, Person]]:
        """Yield who is referred and when: a Poisson process, thinned to each day's rate."""
        rng, day, peak = self.rng, float(self.first_day), max(self.rates)
        while True:
            day += rng.exponential(1 / peak)
            whole = math.floor(day) - self.first_day
            if whole >= len(self.rates):
                return
            if rng.random() * peak < self.rates[whole]:
                yield day, Person(self.localities[bisect(self.locality_edges, rng.random())], self.route())

    def route(self) -> list[Visit]:
        """Draw somebody's route."""
        visits = []
        stage: str | None = self.first_stage
        while stage is not None:
            way = bisect(self.branch_edges[stage], self.rng.random())
            branch, needed, transfer, following = self.branches[stage][way]
            visits.append(Visit(stage, needed(), 0.0 if transfer is None else transfer(), branch))
            stage = following
        return visits
