"""Levers: what the new model of care does to people, to whom, and from when on.

Why: "invest in community care" is several things, each with a date on which it begins, a time until it works in full,
and people whom it can reach. Each lever here is one effect. All of them act while people are drawn, before anything is
simulated: how is told in docs/model.md, section 5.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from bedsim.scenario.shapes import Sourced
from bedsim.scenario.values import Name, Share

Factor = Annotated[float, Field(ge=0, le=1)]
AboveZero = Annotated[float, Field(gt=0, le=36_525)]


class LeverPart(Sourced):
    """A part of a lever: what the lever says of its sources holds for it too."""


class Reach(LeverPart):
    """Whom a lever can reach: people of these streams, segments and localities, all of them where nothing is said."""

    streams: tuple[Name, ...] | None = None
    """By how they are referred."""
    segments: tuple[Name, ...] | None = None
    """By the group of the population."""
    localities: tuple[Name, ...] | None = None
    """By where they live."""


class AdmissionAvoidance(LeverPart):
    """Some people are not referred at all, or begin with another stage."""

    share: Share
    """Of the people in reach."""
    instead: Name | None = None
    """The stage of their pathway with which they begin; without one they are not referred at all."""


class HomeFirst(LeverPart):
    """Some people begin with another stage, such as a place on a community team."""

    share: Share
    """Of the people in reach."""
    instead: Name
    """The stage of their pathway with which they begin."""


class StayReduction(LeverPart):
    """Needs in some stages are shorter: all in proportion (`factor`), or the longest cut (`cap_days`)."""

    stages: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The stages in which people stay shorter."""
    factor: Annotated[float, Field(gt=0, le=1)] | None = None
    """Multiplies everybody's need: 0.9 is a tenth shorter."""
    cap_days: AboveZero | None = None
    """Nobody's need is longer than this."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.factor is None) == (self.cap_days is None):
            found = "neither" if self.factor is None else "both"
            raise ValueError(f"have exactly one of factor, cap_days|{found}|factor: 0.9")
        return self


class DelayReduction(LeverPart):
    """Transfer delays, for some reasons or all, are shorter in proportion."""

    factor: Factor
    """Multiplies the delay: 0.8 is a fifth shorter, 0 none at all."""
    reasons: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The reasons of the branches' delays; by default all."""


class VisitDeduplication(LeverPart):
    """Visits that two teams make to the same person are made once. It moves no person."""

    share: Share
    """Of the units' visits."""
    units: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The community services whose visits become fewer."""


class CareCoordination(LeverPart):
    """Coordinators take people on, first come first served, for an episode; what they change, they change for these."""

    coordinators: Annotated[int, Field(ge=0, le=100_000)]
    """How many there are once the lever works in full; before that, the whole part of the share reached."""
    caseload: Annotated[int, Field(ge=1, le=10_000)]
    """People whom one coordinator has at a time."""
    episode_days: AboveZero
    """How long a person is on a caseload, from the day of referral."""
    referred_less: Share = 0.0
    """Share of those taken on who are then not referred at all; their place on the caseload is taken."""
    stay_factor: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Multiplies the needs, in every stage, of those taken on."""
    delay_factor: Factor = 1.0
    """Multiplies their transfer delays, whatever the reason."""


EFFECTS = (
    "admission_avoidance",
    "home_first",
    "stay_reduction",
    "delay_reduction",
    "visit_deduplication",
    "care_coordination",
)


class Lever(Sourced):
    """One effect of the new model of care, on some people, from a date on."""

    start: date
    """Its first day: whoever is referred earlier is not affected."""
    full_from: date | None = None
    """The first day on which it works in full; in between the effect grows in proportion. By default `start`."""
    reach: Reach = Reach()
    """Whom it can reach."""
    admission_avoidance: AdmissionAvoidance | None = None
    home_first: HomeFirst | None = None
    stay_reduction: StayReduction | None = None
    delay_reduction: DelayReduction | None = None
    visit_deduplication: VisitDeduplication | None = None
    care_coordination: CareCoordination | None = None

    @model_validator(mode="after")
    def _one_effect(self) -> Self:
        given = [name for name in EFFECTS if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"have exactly one of {', '.join(EFFECTS)}|{found}|a lever for each")
        if self.full_from is not None and self.full_from < self.start:
            raise ValueError(f"not be before start|{self.full_from}, start {self.start}|a later date|full_from")
        if self.visit_deduplication is not None and (self.reach.streams or self.reach.localities):
            named = " and ".join(name for name in ("streams", "localities") if getattr(self.reach, name))
            must = "name segments only, since visits are counted by segment and unit"
            raise ValueError(f"{must}|{named}|remove {named}|reach")
        return self

    @property
    def effect_name(self) -> str:
        """The name of its one effect."""
        return next(name for name in EFFECTS if getattr(self, name) is not None)

    @property
    def instead(self) -> str | None:
        """The stage with which those affected begin, if it is a lever that sends people elsewhere."""
        diverting = self.admission_avoidance or self.home_first
        return None if diverting is None else diverting.instead

    @property
    def share(self) -> float:
        """The largest share of the people in reach who do not begin as they would have."""
        diverting = self.admission_avoidance or self.home_first
        if diverting is not None:
            return diverting.share
        return 0.0 if self.care_coordination is None else self.care_coordination.referred_less
