"""What a file of clinics may say: frozen values with units, each with a source or an assumption.

Why: as in a scenario of beds, everything a run needs is written down before anything is simulated, and a slip of the
pen is refused where it is written. Rules that concern several values are in `rules`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bedsim.scenario.demand import Profile, check_profile
from bedsim.scenario.schema import Locality, LocalityMix, Travel
from bedsim.scenario.shapes import Model, Sourced
from bedsim.scenario.values import Name, Share, check_title

DESCRIPTION = "A bedsim file of clinics."
"""What the JSON Schema says it is of."""
FILE_NAME = "clinics.schema.json"
"""Of that, beside the shipped files of clinics; the first line of each names it."""
STANDARD_WEEKS = 18
"""The NHS standard: 92% of people on the list have waited less than 18 weeks since their referral."""
MOST_FRACTION = 0.9
"""A share that is repeated (missed again, another follow-up) may not come near 1: nobody would ever be done."""

WeeklySlots = Annotated[int, Field(ge=0, le=1_000)]
Repeated = Annotated[float, Field(ge=0, le=MOST_FRACTION)]


class SlotsByWeekday(Model):
    """How many appointments on each weekday; on a day that is not named there are none."""

    mon: WeeklySlots = 0
    tue: WeeklySlots = 0
    wed: WeeklySlots = 0
    thu: WeeklySlots = 0
    fri: WeeklySlots = 0
    sat: WeeklySlots = 0
    sun: WeeklySlots = 0


Slots = WeeklySlots | SlotsByWeekday


class ClinicTime(Sourced):
    """The observed window and what is simulated around it, unmeasured."""

    start: date
    """Day 0 is 00:00 on this date."""
    run_length_days: Annotated[int, Field(ge=1, le=7_305)] = 1096
    """Days that are measured."""
    warm_up_days: Annotated[int, Field(ge=0, le=7_305)] = 365
    """Days before them; on the first nobody waits but those of `waiting_at_start`, and no follow-up is due."""
    cool_down_days: Annotated[int, Field(ge=7 * STANDARD_WEEKS, le=3_660)] = 365
    """Days after them; from 18 weeks on it is known of everybody whether they were seen within 18 weeks."""


class ClinicSite(Sourced):
    """A place where clinics are held."""

    name: str = ""
    """In full, for people to read."""
    coordinates: tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]] | None = None
    """Latitude and longitude, degrees; without them there are no travel minutes."""


class ClinicReferrals(Sourced):
    """How many people are referred: a Poisson process."""

    per_week: Annotated[float, Field(gt=0, le=2_000)]
    """People a week."""
    weekday: Profile | None = None
    """7 indexes from Monday; without them every day is alike."""

    @model_validator(mode="after")
    def _seven(self) -> Self:
        check_profile(self.weekday, "weekday", 7)
        return self


class DidNotAttend(Sourced):
    """A slot that nobody comes to is lost, and the person is booked again behind all who wait."""

    fraction: Repeated
    """Of appointments, each by itself."""
    discharged_after: Annotated[int, Field(ge=1, le=20)] | None = None
    """Whoever misses the same appointment so often is discharged; without it nobody is."""


class FollowUps(Sourced):
    """Some of those who come are asked to come again, and take a slot then."""

    fraction: Repeated
    """Of attended appointments, first ones and follow-ups alike, that lead to another."""
    after_weeks: Annotated[int, Field(ge=1, le=104)]
    """Weeks until it is due."""
    kept_slots_fraction: Share = 0.0
    """Of the slots, kept for follow-ups that are due while there are any; the others go by the time on the list."""


class ClinicMove(Sourced):
    """From a date on the clinic is held elsewhere."""

    to: Name
    """The name of a site."""
    date: date
    """The first day there."""
    slots: Slots | None = None
    """Slots there, if they are not as many."""


class Clinic(Sourced):
    """A specialty's sessions at a site, with one list of people who wait."""

    name: str = ""
    """In full, for people to read."""
    specialty: str = ""
    """For the reader."""
    site: Name
    """The name of a site."""
    slots: Slots
    """Appointments in each week in which it is held: by weekday, or a number, spread over Monday to Friday."""
    every_weeks: Annotated[int, Field(ge=1, le=52)] = 1
    """2 for every other week, from that of `start` on."""
    referrals: ClinicReferrals
    waiting_at_start: Annotated[int, Field(ge=0, le=20_000)] = 0
    """People on the list on the first day of the warm-up; since when is not known, so no wait counts theirs."""
    did_not_attend: DidNotAttend | None = None
    follow_ups: FollowUps | None = None
    localities: LocalityMix | None = None
    """Where its people live."""
    move: ClinicMove | None = None


class ClinicPlan(Model):
    """A whole file of clinics as resolved; build one with `bedsim.clinics.load`."""

    title: Annotated[str, Field(max_length=200), AfterValidator(check_title)] = ""
    """What reports call it: words, without markup, `../` or a leading =, +, - or @."""
    status: Literal["verified", "illustrative", "worked_example"] = "illustrative"
    """`verified`: slots and referrals are public. It says nothing of the other inputs."""
    notes: str = ""
    """What a reader should know, in words."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Citations by key, or the path of a file of them."""
    area: str | None = None
    """The path of a scenario of beds, whose localities, travel and sources hold here too."""
    time: ClinicTime
    localities: dict[Name, Locality] = Field(default_factory=dict)
    """Home areas, by name."""
    travel: Travel | None = None
    """What travel minutes are worked out with; without it there are none."""
    sites: Annotated[dict[Name, ClinicSite], Field(min_length=1, max_length=100)]
    """Where clinics are held, by name."""
    clinics: Annotated[dict[Name, Clinic], Field(min_length=1, max_length=100)]
    """Clinics, by name."""
    slug: str = Field(default="clinics", exclude=True)
    """The file's name without its ending: names the run folder. Set by the loader, not in a file."""
