"""What a sensitivity analysis found: the effect of each stated range, and the split of the bed number's uncertainty.

Why: the command, notebooks and the report say the same because they read it here. Every difference is paired,
replication by replication, so that it is the input's and not that of other luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.sensitivity_runs import ENOUGH
from bedsim.analysis.variance import split
from bedsim.measures.statistics import percentile

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.analysis.intervals import Interval
    from bedsim.analysis.sensitivity_global import Index
    from bedsim.analysis.sensitivity_inputs import Uncertain
    from bedsim.analysis.sensitivity_runs import Days
    from bedsim.analysis.variance import Split
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]

End = Literal["low", "high"]
Measure = Literal["beds", "overflow"]
PARTS: dict[End, float] = {"low": 0.0, "high": 1.0}
MEASURES: dict[Measure, str] = {"beds": "beds enough on 95% of days", "overflow": "mean overflow"}
SMALL: dict[Measure, float] = {"beds": 0.5, "overflow": 0.1}
"""A difference whose interval lies within so many beds, or people, rounds to none."""
DAYS_BETWEEN = (5, 95)
"""Percentiles of days and of draws between which nine in ten lie."""


@dataclass(frozen=True)
class Effect:
    """What an input does to the numbers at the ends of its range: difference from the scenario as it is."""

    input: Uncertain
    ends: dict[Measure, dict[End, Interval]]

    def swing(self, measure: Measure) -> float:
        """Return how far apart the low end, the high end and the scenario as it is lie."""
        values = [0.0, *(end[0] for end in self.ends[measure].values())]
        return max(values) - min(values)

    def is_none(self, measure: Measure) -> bool:
        """Say whether neither end can be told from the scenario as it is, or differs by enough to speak of."""
        ends, small = self.ends[measure].values(), SMALL[measure]
        return all((low or 0) <= 0 <= (high or 0) or max(-(low or 0), high or 0) <= small for _, low, high in ends)

    def bound(self, measure: Measure) -> float:
        """Return what neither end's interval goes beyond."""
        return max(abs(value) for end in self.ends[measure].values() for value in end if value is not None)


@dataclass(frozen=True)
class Sensitivity:
    """What moves a scenario's bed number."""

    scenario: Scenario
    hash: str
    seed: int
    n_replications: int
    period: str
    own: Days
    """Of the scenario as it is."""
    effects: tuple[Effect, ...]
    """In the order of the scenario."""
    left_out: dict[str, str]
    """By the name of a range, why it was not run."""
    moves_nobody: tuple[str, ...]
    """Names of ranges that change nobody's way."""
    draws: Floats
    """(n_draws, n_inputs) how far through each range each draw is, by `effects`."""
    drawn: tuple[Days, ...]
    """Of each draw."""
    n_senseless: int
    """Draws that made no sense, or in which somebody could never move; they are not among `drawn`."""
    indices: tuple[Index, ...] = ()
    """First-order indices, by `effects`; none unless they were asked for."""

    def value(self, measure: Measure) -> Interval:
        """Return a number of the scenario as it is, with its 95% interval."""
        return mean_and_interval(_values(self.own, measure))

    @property
    def whole_beds(self) -> int:
        """The smallest number of beds that is enough on 95% of days."""
        return percentile(self.own.demand.sum(axis=0), ENOUGH)

    @cached_property
    def split(self) -> Split:
        """The variance of the bed number over the ranges and of its simulation."""
        return split(np.array([one.beds for one in self.drawn]), self.n_replications)

    @property
    def drawn_beds(self) -> tuple[float, float]:
        """Nine draws in ten give a bed number between these."""
        low, high = np.percentile([one.beds.mean() for one in self.drawn], DAYS_BETWEEN)
        return float(low), float(high)

    @property
    def day_to_day(self) -> tuple[float, int, int]:
        """The standard deviation of the demand from day to day, and between what it lies on nine days in ten."""
        days = self.own.demand.sum(axis=0)
        people, n = np.arange(len(days)), days.sum()
        mean = days @ people / n
        low, high = (percentile(days, percent) for percent in DAYS_BETWEEN)
        return float(np.sqrt(days @ (people - mean) ** 2 / n)), low, high

    def ranked(self, measure: Measure = "beds") -> list[Effect]:
        """Return the inputs that move a number, the widest swing first."""
        moving = [one for one in self.effects if not one.is_none(measure)]
        return sorted(moving, key=lambda one: -one.swing(measure))

    def without_effect(self, measure: Measure = "beds") -> tuple[list[str], float]:
        """Return the names of the inputs that do not move a number, and what none of them goes beyond."""
        still = [one for one in self.effects if one.is_none(measure)]
        bound = max((one.bound(measure) for one in still), default=0.0)
        return [*(one.input.name for one in still), *self.moves_nobody], bound

    def table(self) -> pd.DataFrame:
        """Return one row an input, end and measure: the difference from the scenario as it is, with its interval."""
        import pandas as pd

        return pd.DataFrame(
            {
                "input": one.input.name,
                "n_numbers": len(one.input.levers),
                "end": end,
                "at": at_end(one.input, end),
                "measure": MEASURES[measure],
                "period": self.period,
                "difference": difference,
                "ci_low": low,
                "ci_high": high,
            }
            for measure in MEASURES
            for one in sorted(self.effects, key=lambda one: -one.swing(measure))
            for end, (difference, low, high) in one.ends[measure].items()
        )

    def sentence(self) -> str:
        """Return how much of the uncertainty of the bed number is inputs, how much simulation, and what is neither."""
        one, (days_sd, low, high) = self.split, self.day_to_day
        sd, least, most = one.inputs_sd
        fewest, many = self.drawn_beds
        inputs, simulation = shares_in_words(one.inputs_fraction)
        return (
            f"Of the uncertainty in the bed number, {inputs} is inputs (standard deviation over the stated ranges "
            f"{sd:.1f} beds, 95% interval {least:.1f} to {most:.1f}), {simulation} simulation ({one.simulation_sd:.1f} "
            f"beds with {self.n_replications} replications). With every input anywhere in its range, nine draws in ten "
            f"give {fewest:.0f} to {many:.0f} beds. From day to day the demand itself moves with a standard deviation "
            f"of {days_sd:.1f} beds, {low} to {high} on nine days in ten: that is what 95% of days is about, and "
            "neither more replications nor better inputs make it less."
        )


def shares_in_words(inputs: float) -> tuple[str, str]:
    """Return the inputs' and the simulation's share in percent, neither of them 0 or 100 unless it is.

    >>> shares_in_words(0.9996), shares_in_words(0.873), shares_in_words(1.0)
    (('more than 99.9%', 'less than 0.1%'), ('87.3%', '12.7%'), ('100.0%', '0.0%'))
    """
    if 0 < inputs < 0.0005 or 0.9995 < inputs < 1:
        ends = ("less than 0.1%", "more than 99.9%")
        return ends if inputs < 0.5 else ends[::-1]
    return f"{inputs:.1%}", f"{1 - inputs:.1%}"


def at_end(one: Uncertain, end: End) -> str:
    """Return the values of an input at an end of its range; of several that are not alike, each."""
    values = [f"{value:g}" for value in one.at(PARTS[end]).values()]
    return values[0] if len(set(values)) == 1 else "; ".join(values)


def effect_of(one: Uncertain, own: Days, ends: dict[End, Days]) -> Effect:
    """Return the paired differences of an input's ends from the scenario as it is."""
    return Effect(
        one,
        {
            measure: {
                end: mean_and_interval(_values(days, measure) - _values(own, measure)) for end, days in ends.items()
            }
            for measure in MEASURES
        },
    )


def _values(days: Days, measure: Measure) -> Floats:
    return days.beds if measure == "beds" else days.mean_overflow
