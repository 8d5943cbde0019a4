"""What is said of a measure: its unit of measure, what it is given of, and what is divided by what.

Why: `definitions` is one long table, so the form of its lines stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from bedsim.measures.statistics import PERCENTILES

MEAN = ("mean",)
OF_PEOPLE = (*MEAN, *(f"p{percent}" for percent in PERCENTILES))
DAILY = (*OF_PEOPLE, "max")

Groups = Literal["units", "places", "people", "system", "parts", "segments", "teams", "affecting", "avoiding"]
"""What a number is given of: every unit and every kind of unit; these and the system; the system and the homes,
segments and routes of people; the system alone; the reasons and stages that people ready to leave planned beds wait
for; the segments of the population; the units whose people are visited; the levers that affect people; all levers
together, segments, and the levers that may keep people out of planned beds."""


class Ratio(NamedTuple):
    """A mean: one quantity over another, as `reading` knows them by name."""

    groups: Groups
    top: str
    bottom: str


@dataclass(frozen=True)
class Measure:
    """A published measure."""

    unit: str
    """Unit of measure."""
    definition: str
    ratios: tuple[Ratio, ...]
    """One for each sort of groups it is given of, by financial year and in the whole window."""
    statistics: tuple[str, ...] = MEAN
    """`mean`, `p5` ... `p99`, `max` (the mean over replications of the period's maximum)."""
    by_month: Groups | None = "system"
    """What it is given of by month of the year and in winter too."""
    is_limited_only: bool = False
    """It exists only where the number of places is limited in all of the window."""
    is_staffed_only: bool = False
    """It exists only where it is stated how many visits one person makes."""

    @property
    def groups(self) -> tuple[Groups, ...]:
        """The sorts of groups it is given of."""
        return tuple(ratio.groups for ratio in self.ratios)
