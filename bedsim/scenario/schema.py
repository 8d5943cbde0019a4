"""The scenario: frozen values with units, each with a source or an assumption.

Why: everything a run needs is written down here before anything is simulated. The classes say what may be written,
the rules that concern one value, and their meaning; rules that concern several are in `checks`. What may be said of
demand is in `demand`; reading files, lines and overlays is in `load`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bedsim.scenario.demand import Referrals
from bedsim.scenario.levers import Lever
from bedsim.scenario.present import PresentAtStart
from bedsim.scenario.prices import Prices
from bedsim.scenario.segments import PublicShares, Segment, SegmentMix
from bedsim.scenario.shapes import Distribution, Model, Sourced
from bedsim.scenario.tracks import AdmissionHours, Closures, QualityGate, Spot
from bedsim.scenario.unit_times import LeaveTimes, PlacesFollow, TimetableRow
from bedsim.scenario.values import Days, Name, Places, Share, check_shares, check_title
from bedsim.scenario.visits import Visits

Kind = Literal[
    "community_hospital",
    "care_home",
    "escalation",
    "out_of_area",
    "acute",
    "community_service",
    "virtual_ward",
    "home",
    "other",
]
Rating = Literal["outstanding", "good", "requires_improvement", "inadequate", "not_yet_rated"]

KINDS: tuple[str, ...] = Kind.__args__  # type: ignore[attr-defined]
PLANNED_KINDS = ("community_hospital", "care_home")
SYSTEM = "system"
"""What results call all planned beds together; numbers of people and flow that belong to no unit stand there too."""

MOST_STAGES = 50
"""Of a pathway, and of one person's route: a route that would be longer is refused, not cut short."""


class Locality(Sourced):
    """A home area: where patients come from and units stand."""

    name: str = ""
    """In full, for people to read."""
    coordinates: tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]] | None = None
    """Latitude and longitude, degrees; `nearest(...)` orders units by the great-circle distance."""
    population: Annotated[float, Field(gt=0, le=1e9)] | None = None
    """People; those of all localities are those of all segments. It moves no result by itself."""


class Unit(Sourced):
    """A provider of places: a ward, a care home, a community team's caseload."""

    kind: Kind
    """What sort of place it is: ladders and results name units by it."""
    places: Places | Literal["unlimited"]
    """Number of places; in a file `beds` is a synonym."""
    name: str = ""
    """In full, for people to read."""
    locality: Name | None = None
    """Where it stands: the name of a locality."""
    coordinates: tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]] | None = None
    """Latitude and longitude, degrees; without them, those of its locality."""
    rating: Rating | None = None
    """Of a care home, by the Care Quality Commission."""
    rated_on: date | None = None
    """The date of the rating, for the reader."""
    stay_factor: Annotated[float, Field(gt=0, le=100)] = 1.0
    """Multiplies the need of everybody who stays here."""
    turnover_days: Days = 0.0
    """Cleaning after each person: the place is open but neither free nor occupied."""
    leave: LeaveTimes | None = None
    timetable: tuple[TimetableRow, ...] = ()
    places_follow: PlacesFollow | None = None
    """Whether the places rise and fall with the referrals of a stream; without it they are as many as stated."""
    takes: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    """The stages for which it takes people; without it, all that name it."""
    admission_hours: AdmissionHours | None = None
    """When it admits people; without it, at any time."""
    spot: Spot | None = None
    """Places of a care home that are there by chance; without it, only those it always keeps."""
    closures: Closures | None = None
    """How often and how long a part of it is closed by infection; without it, never."""
    visits: Visits | None = None
    """What the people on a community team's caseload are visited; without it no visits are counted."""


class Rung(Sourced):
    """One step of a ladder: after so long a wait, these units, or a way out."""

    after_days: Days | Distribution = 0.0
    """Only `leave` and `then` rungs may be drawn per patient."""
    units: str | tuple[str, ...] | None = None
    """Unit names, kinds, `nearest(kind)`, `own(kind)` (of the home locality), or a list of these, by preference."""
    leave: Name | None = None
    """The outcome of people who leave without a place when this rung opens."""
    then: Name | None = None
    """The stage that people ask for instead when this rung opens."""
    keep_free: Places = 0
    """This ladder leaves the last so many places of these units alone."""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        given = [name for name in ("units", "leave", "then") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"have exactly one of units, leave, then|{' and '.join(given) or 'none of them'}|")
        if self.units is not None and isinstance(self.after_days, Distribution):
            raise ValueError("open its units after the same time for everybody|a distribution|after_days: 2")
        if self.keep_free and self.units is None:
            raise ValueError("keep places free only in units|a rung without units|remove keep_free")
        return self

    @property
    def unit_terms(self) -> tuple[str, ...]:
        """The terms as written, one or several."""
        return (self.units,) if isinstance(self.units, str) else (self.units or ())


class Branch(Sourced):
    """A way on from a stage: its share, its delay, its own need if that differs, and the next stage if any."""

    share: Share
    """Of the people who leave the stage; the shares of a stage sum to 1."""
    next: Name | None = None
    """The next stage; without one the journey ends and the branch's name is the outcome."""
    needed_days: Distribution | None = None
    """The need of those who take this branch, if not the stage's own (acute transfer, death)."""
    transfer_days: Distribution | None = None
    """Time between ready and able to leave: assessment, equipment, family, funding."""
    reason: str = ""
    """What the transfer delay is for, in a word."""


class Deconditioning(Sourced):
    """Waiting lengthens the stay: `per_day` days for each day waited, `most_days` at most."""

    per_day: Annotated[float, Field(ge=0, le=10)]
    most_days: Days


class Stage(Sourced):
    """A need for so many days in one place, found by a ladder."""

    needed_days: Distribution
    """Days in the place until ready to leave, without any delay."""
    ladder: Annotated[tuple[Rung, ...], Field(min_length=1, max_length=50)]
    """Rungs, in the order in which units are preferred."""
    priority: Annotated[int, Field(ge=-1_000, le=1_000)] = 0
    """Lowest number first."""
    deconditioning: Deconditioning | None = None
    then: Annotated[dict[Name, Branch], Field(min_length=1, max_length=100)] = Field(
        default_factory=lambda: {"discharged": Branch(share=1.0)}
    )
    """Branches from least to most dependent; shares sum to 1."""

    @model_validator(mode="after")
    def _shares(self) -> Self:
        check_shares({name: branch.share for name, branch in self.then.items()}, "then")
        return self


class LocalityMix(Sourced):
    """The shares of a stream's people by home locality."""

    shares: Annotated[dict[Name, Share], Field(min_length=1)]

    @model_validator(mode="after")
    def _sum(self) -> Self:
        check_shares(self.shares, "shares")
        return self


class Stream(Sourced):
    """A flow of referrals of one kind."""

    pathway: Name
    """The name of the pathway its people take."""
    referrals: Referrals
    route: Literal["step_down", "step_up"] = "step_down"
    """From an acute hospital, or from home."""
    waits_in: Kind = "acute"
    """Where a person who holds no place waits: acute bed-days lost are counted for `acute`."""
    localities: LocalityMix | None = None
    """Where its people live."""
    segments: SegmentMix | None = None
    """Of which segments its people are, where its rate does not tell them apart."""
    start: Annotated[dict[Name, Share], Field(min_length=1)] | None = None
    """Shares by first stage; by default the pathway's first stage."""

    @model_validator(mode="after")
    def _sum(self) -> Self:
        if self.start is not None:
            check_shares(self.start, "start")
        return self


class Time(Sourced):
    """The observed window and what is simulated around it, unmeasured."""

    start: date
    """Day 0 is 00:00 on this date."""
    run_length_days: Annotated[int, Field(ge=1, le=36_525)] = 1096
    """Days that are measured."""
    warm_up_days: Annotated[int, Field(ge=0, le=36_525)] | Literal["auto"] = "auto"
    """`auto`: chosen from theory (docs/model.md, section 3)."""
    cool_down_days: Annotated[int, Field(ge=0, le=3_660)] = 180
    """Days simulated after them, unmeasured, so that most stays end."""


class Travel(Sourced):
    """How long the way from a home to a planned bed is: the straight line, made longer, at a speed."""

    detour_factor: Annotated[float, Field(ge=1, le=10)]
    """Length of the way over the straight line."""
    km_per_hour: Annotated[float, Field(gt=0, le=200)]
    """Speed on the way."""


class Scenario(Model):
    """A whole scenario as resolved; build one with `bedsim.load`."""

    title: Annotated[str, Field(max_length=200), AfterValidator(check_title)] = ""
    """What reports call it: words, without markup, `../` or a leading =, +, - or @."""
    status: Literal["verified", "illustrative", "worked_example"] = "illustrative"
    """`verified`: the numbers of beds by site are public. It says nothing of the other inputs."""
    notes: str = ""
    """What a reader should know, in words."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Citations by key, or the path of a file of them."""
    time: Time
    localities: dict[Name, Locality] = Field(default_factory=dict)
    """Home areas, by name."""
    segments: dict[Name, Segment] = Field(default_factory=dict)
    """Groups of the population, by name, the least in need first."""
    public_shares: Annotated[dict[Name, PublicShares], Field(max_length=20)] = Field(default_factory=dict)
    """What has been published of some of them, by name: reports put it beside what a run finds."""
    travel: Travel | None = None
    """What travel minutes are worked out with; without it there are none."""
    units: Annotated[dict[Name, Unit], Field(min_length=1, max_length=1_000)]
    """Providers of places, by name."""
    quality_gate: QualityGate = QualityGate()
    pathways: Annotated[dict[Name, Annotated[dict[Name, Stage], Field(min_length=1)]], Field(min_length=1)]
    """Stages by name, by the pathway's name; the first listed comes first."""
    streams: Annotated[dict[Name, Stream], Field(min_length=1, max_length=1_000)]
    """Flows of referrals, by name."""
    levers: Annotated[dict[Name, Lever], Field(max_length=100)] = Field(default_factory=dict)
    """What changes who is referred, where they begin and how long they stay, by name; they act in this order."""
    present_at_start: tuple[PresentAtStart, ...] = ()
    """Who holds a place at the first instant."""
    prices: Prices | None = None
    """What beds, visits, waits and outcomes cost; without it no money is said."""
    slug: str = Field(default="scenario", exclude=True)
    """The file's name without its ending: names the run folder. Set by the loader, not in a file."""
    variations: tuple[str, ...] = Field(default=(), exclude=True)
    """What was laid over the file, in order: names of overlays without their ending, then the texts of `--set`. Set by
    the loader, not in a file."""
    builds_on: tuple[str, ...] = Field(default=(), exclude=True)
    """The names of the files that it extends, the next first. Set by the loader, not in a file."""
    identities: tuple[str, ...] = Field(default=(), exclude=True)
    """What identifies the numbers of the file, then of each that it extends, with the same laid over all. Set by the
    loader, not in a file."""
    candidate_rates_per_day: dict[str, float] = Field(default_factory=dict)
    """The root rate of each stream, from which candidates are drawn. Set by the loader, not in a file."""
    tables: dict[str, tuple[tuple[str, ...], ...]] = Field(default_factory=dict)
    """The CSV files named, as read: header, then rows. Set by the loader, not in a file."""
