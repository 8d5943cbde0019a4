"""Visits: what the people on a community team's caseload are visited, and who makes the visits.

Why: a team is staffed by visits, not by places. They are many when an episode begins and fewer later, so a caseload of
people who have just come home needs more staff than the same caseload a month on.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from bedsim.scenario.shapes import Sourced
from bedsim.scenario.values import Days, Name, Share, check_shares


class VisitBand(Sourced):
    """Visits a day from some day of an episode on."""

    from_day: Days = 0.0
    """Days after the place was taken; the first band begins at 0."""
    per_day: Annotated[float, Field(ge=0, le=100)]
    """Visits a day to a person."""


class Visits(Sourced):
    """How often the people in these places are visited, by whom, and how many visits are made twice."""

    bands: Annotated[tuple[VisitBand, ...], Field(min_length=1, max_length=20)]
    """Visits a day through an episode, in order of their days."""
    disciplines: dict[Name, Share] = Field(default_factory=dict)
    """Shares of the visits by who makes them: nurse, therapist, support worker. They sum to 1."""
    a_week_by_one: Annotated[float, Field(gt=0, le=1_000)] | None = None
    """Visits a week that one full-time person makes; with it the staff needed are said."""
    duplicated: Share = 0.0
    """Share of the visits that another team makes to the same person too: what `visit_deduplication` can free."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [band.from_day for band in self.bands]
        if days[0] != 0:
            raise ValueError(f"have a first band from day 0|from day {days[0]:g}|from_day: 0|bands")
        if any(later <= earlier for earlier, later in pairwise(days)):
            found = ", ".join(f"{day:g}" for day in days)
            raise ValueError(f"have bands in order of their days, each once|{found}|sort them|bands")
        if self.disciplines:
            check_shares(self.disciplines, "disciplines")
        return self
