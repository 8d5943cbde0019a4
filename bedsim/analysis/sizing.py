"""Looking along a dial: which positions meet standards, how surely, and which is the first that does.

Why: sizing one thing, and a frontier of two, are the same search. It begins with few replications far apart and ends
with all of them at neighbouring positions, in each of which the same people are simulated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.dial import Dial
from bedsim.analysis.search import first_within
from bedsim.analysis.standards import Standard
from bedsim.analysis.trials import Trials
from bedsim.measures.groups import open_planned_at_midnight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.standards import Look
    from bedsim.analysis.trials import Trial
    from bedsim.patients.blueprint import Blueprint

    Floats = NDArray[np.float64]

RISK = 0.025
"""On each side: a range of 95%."""
COARSE, PILOT = 4, 20
"""Replications that say where to look; at the ends of the stated ranges it is left at them: the ends are far apart."""
FAR = 16
"""The first step of a search with few replications."""
NEAR = 3
"""How near they have to come."""


@dataclass(frozen=True)
class Step:
    """What replications say of one value."""

    value: float
    planned_beds: float
    """Open at the last midnight of the window."""
    looks: tuple[Look, ...]
    """By standard: the quantity that must not be more than its limit, and its 95% limits."""
    meets: bool
    pounds: Floats | None = field(default=None, compare=False, repr=False)
    """What a year of the headline costs in each replication; None without prices."""


@dataclass(frozen=True)
class Sizing:
    """Standards, looked at along a dial."""

    trials: Trials
    dial: Dial
    standards: tuple[Standard, ...]
    case: str = ""
    """A name for the scenario that the dial is of: an end of the ranges, or community places for everybody."""

    def trial(self, position: int, n_replications: int) -> Trial:
        """Return what replications at a position say."""
        return self.of([position], n_replications)[0]

    def of(self, positions: Iterable[int], n_replications: int) -> list[Trial]:
        """Return what replications at several positions say, for which the people are drawn once."""
        lowest, highest = self.dial.positions
        variants = {
            f"{self.case}:{self.dial.name}={position}": self._blueprint(position)
            for position in positions
            if lowest <= position <= highest
        }
        return [*self.trials.run(variants, n_replications).values()]

    def _blueprint(self, position: int) -> Blueprint:
        blueprint = self.dial.blueprint(position)
        if self.case != "community":
            return blueprint
        return replace(blueprint, network=blueprint.network.with_unlimited(limited_community(blueprint)))

    def looks(self, position: int, n_replications: int) -> tuple[Look, ...]:
        """Return the looks of all standards; the lower limits share their risk, for any of them may bind."""
        trial = self.trial(position, n_replications)
        return tuple(one.look(trial, RISK / len(self.standards), RISK) for one in self.standards)

    def meets(self, position: int, n_replications: int, which: int = 0) -> bool:
        """Say whether the estimates (0), the lower limits (1) or the upper limits (2) are within all standards."""
        return self.excess(position, n_replications, which) <= 0

    def excess(self, position: int, n_replications: int, which: int = 0) -> float:
        """Return how far they are above the standard that is furthest from being met; see `excess`."""
        looks = self.looks(position, n_replications)
        return max(excess(one, look[which]) for look, one in zip(looks, self.standards, strict=True))

    def first(self, n_replications: int, guess: int, step: int = 1, which: int = 0, slack: int = 0) -> int | None:
        """Return the first position at which they are, or one up to `slack` above it; None if there is none."""
        excess_at = partial(self.excess, n_replications=n_replications, which=which)
        return first_within(excess_at, guess, *self.dial.positions, step, slack)

    def about(self, n_replications: int, guess: int) -> int | None:
        """Return the first position that meets the standards, looked for from far away with few replications."""
        near = self.first(min(COARSE, n_replications), guess, step=FAR, slack=NEAR)
        return self.first(n_replications, guess if near is None else near)

    def step(self, position: int, n_replications: int) -> Step:
        """Return what replications say of a position."""
        beds = open_planned_at_midnight(self.dial.blueprint(position).network, self.dial.scenario.time.run_length_days)
        return Step(
            self.dial.value(position),
            float(beds[-1]),
            self.looks(position, n_replications),
            self.meets(position, n_replications),
            self.trial(position, n_replications).pounds(n_replications),
        )


@dataclass(frozen=True)
class Solved:
    """The first position that meets the standards, those that the simulation cannot tell from it, and what was seen."""

    position: int
    low: int
    high: int
    steps: tuple[Step, ...]
    binding: Standard


def solve(sizing: Sizing, n_replications: int, guess: int) -> Solved | None:
    """Return the first position that meets the standards, with its range; None if none does."""
    about = sizing.about(min(PILOT, n_replications), guess)
    if about is None:
        return None
    sizing.of(range(about - 1, about + 2), n_replications)  # all of them are nearly always needed
    position = sizing.first(n_replications, about)
    if position is None:
        return None
    lowest, highest = sizing.dial.positions
    low = sizing.first(n_replications, position, which=1)
    high = sizing.first(n_replications, position, which=2)
    low, high = min(position, lowest if low is None else low), max(position, highest if high is None else high)
    looked = {p for p in (low, low - 1, position - 1, position, position + 1, high) if lowest <= p <= highest}
    harder = sizing.looks(max(position - 1, lowest), n_replications)
    over = [look.value - one.most for look, one in zip(harder, sizing.standards, strict=True)]
    return Solved(
        position,
        low,
        high,
        tuple(sizing.step(p, n_replications) for p in looked),
        sizing.standards[over.index(max(over))],
    )


def is_met(one: Standard, value: float) -> bool:
    """Say whether a quantity that was looked at, or a limit of it, is within a standard."""
    return value <= one.most + _SLIP


def excess(one: Standard, value: float) -> float:
    """Return how far a quantity is above a standard, not above 0 if it is met.

    Shares count in log-odds, other quantities in logarithms: so each more bed takes about as much off.
    """
    if math.isnan(value):
        return math.inf
    away = one.scale(value) - one.scale(one.most)
    return min(away, 0.0) if is_met(one, value) else max(away, _SLIP)


def limited_community(blueprint: Blueprint) -> tuple[int, ...]:
    """Return the community services that may be full."""
    scenario = blueprint.scenario
    return tuple(
        i
        for i, name in enumerate(blueprint.units)
        if scenario.units[name].kind == "community_service" and scenario.units[name].places != "unlimited"
    )


_SLIP = 1e-12
"""A share that is exactly the limit is within it, although it is a float."""
