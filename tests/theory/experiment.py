"""One experiment: which scenario is run how often for which case, what is read, and how near it must come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.theory.cases import expected
from tests.theory.estimates import LeastBeds, Percentile, Readable

LEAST_COMPARED = 1e-3
"""Probabilities under this are compared with the t test only."""

LESS_THAN_ONE = 0.5
"""The most that a whole number may differ: it must be met."""


@dataclass(frozen=True)
class Experiment:
    """A scenario, the case it belongs to, and how many replications are run as given and with the planted error.

    Sizes are set beforehand, from a pilot, so that the half-width of the hardest quantity is about 0.9 of the most that
    is allowed: half the tolerance.
    """

    scenario: str
    """A file in `scenarios/`, without its ending."""
    case: str
    n_replications: int
    readings: Mapping[str, Readable]
    """By the path of the expected value, keys joined by slashes; words in brackets tell two readings apart."""
    n_planted: int = 40
    """With the planted error; 0 where the same scenario is run in other sizes too, one of which notices it."""
    factor: float = 1.05
    """The planted error: everybody's stay is this many times as long."""
    set_values: tuple[str, ...] = ()
    """What is set in the scenario file, as by `--set`."""
    tolerances: Mapping[str, float] = field(default_factory=dict)
    """Where the case has its own, or the general one cannot be."""

    @property
    def name(self) -> str:
        """The scenario and what is set in it, without the paths."""
        values = (value.partition("=") for value in self.set_values)
        return " ".join((self.scenario, *(f"{path.rpartition('.')[2]}={value}" for path, _, value in values)))

    def expected(self, quantity: str) -> float:
        """Return the exact value of a quantity."""
        return float(expected(self.case, *quantity.partition(" (")[0].split("/")))

    def tolerance(self, quantity: str) -> float:
        """Return how far the simulated value may be from the expected one."""
        if quantity in self.tolerances:
            return self.tolerances[quantity]
        value = abs(self.expected(quantity))
        if isinstance(self.readings[quantity], LeastBeds | Percentile):
            return min(0.02 * value, LESS_THAN_ONE)
        if quantity.endswith("one_in"):
            return value * (0.05 if value > 20 else 0.02)
        if not is_probability(quantity):
            return 0.02 * value
        return math.inf if value < LEAST_COMPARED else value * (0.05 if value < 0.05 else 0.02)

    def is_exact(self, quantity: str) -> bool:
        """Say whether the expected value has no error of its own."""
        return self.case.startswith("EX-") or quantity.startswith("exact")


def is_probability(quantity: str) -> bool:
    """Say whether a quantity is a probability, by the names in its path."""
    names = quantity.partition(" (")[0].split("/")
    return any(name == "p" or name.startswith(("p_", "blocking")) for name in names)
