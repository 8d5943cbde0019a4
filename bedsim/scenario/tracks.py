"""What opens and shuts places besides the written timetable: hours, inspections, bought places, infection.

Why: a care home is not always there. It admits by day, is inspected and may be suspended, sells places that it has one
month and not the next, and closes when people fall ill. Each is a small class here; what they do together is worked out
in `patients.tracks` before the engine runs.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bedsim.scenario.files import nearest
from bedsim.scenario.shapes import Distribution, Sourced
from bedsim.scenario.values import Hour, Share, Weekday, check_each_day_once, check_shares

RATINGS = ("outstanding", "good", "requires_improvement", "inadequate", "not_yet_rated")
"""From the best on; a home that is not yet rated counts as below all of them."""

WINTER_MONTHS = (12, 1, 2)
"""What winter means, in closures as in results."""


class AdmissionHours(Sourced):
    """When a unit admits people: on allowed weekdays, less bank holidays if so said, between two hours."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    """On other days nobody is admitted."""
    from_hour: Hour = 0.0
    """The first hour, 9.5 for half past nine."""
    until_hour: Annotated[float, Field(gt=0, le=24)] = 24.0
    """From this hour on nobody is admitted that day; 24 is midnight."""
    except_bank_holidays: bool = False
    """Whether nobody is admitted on a bank holiday in England either."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        check_each_day_once(self.days)
        if self.until_hour <= self.from_hour:
            raise ValueError(
                f"end after they begin|until_hour {self.until_hour:g}, from_hour {self.from_hour:g}|a later until_hour"
            )
        return self


class Spot(Sourced):
    """Places that a care home may sell besides those it always keeps: at each review each is there by chance."""

    places: Annotated[int, Field(ge=1, le=1_000)]
    """At most so many; each has its own luck."""
    chance: Share
    """That a place is there until the next review."""
    review_days: Annotated[float, Field(ge=1, le=3_660)] = 28.0
    """From one review to the next; the first is on the start date."""


class Closures(Sourced):
    """Infection and the like: now and then a part of the places is not used for some time; nobody is moved out."""

    per_year: Annotated[float, Field(ge=0, le=100)]
    """How often one begins, on average over a year."""
    duration_days: Distribution
    """How long it lasts, a year at most."""
    part: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Of the places, to whole places rounded up; with 1 nobody is admitted. Of several at once the largest counts."""
    winter_factor: Annotated[float, Field(ge=0, le=100)] = 1.0
    """In December, January and February they begin so many times as often as in other months."""


class Inspections(Sourced):
    """Care homes are rated again from time to time: whether they pass the gate changes."""

    interval_days: Annotated[float, Field(ge=1, le=36_525)] | Distribution
    """From one inspection of a home to its next, never under a day; the first after the start date comes after what
    is left of it, as met on a given day."""
    transitions: Annotated[dict[str, Annotated[dict[str, Share], Field(min_length=1)]], Field(min_length=1)]
    """By the rating before, the shares of the rating after; each row sums to 1."""

    @model_validator(mode="after")
    def _is_a_chain(self) -> Self:
        for before, row in self.transitions.items():
            for rating in (before, *row):
                if rating not in RATINGS:
                    remedy = nearest(rating, list(RATINGS)) or RATINGS[0]
                    raise ValueError(f"name ratings that exist|{rating}|{remedy}|transitions")
            if "not_yet_rated" in row:
                raise ValueError(f"lead to a rating|not_yet_rated after {before}|another rating|transitions")
            try:
                check_shares(row, before)
            except ValueError as error:
                must, found, remedy, _ = str(error).split("|")
                raise ValueError(f"have rows that {must}|{found} after {before}|{remedy}|transitions") from None
        for before, row in self.transitions.items():
            missing = [rating for rating, share in row.items() if share > 0 and rating not in self.transitions]
            if missing:
                found = f"none for {missing[0]}, to which {before} leads"
                remedy = f"a row for {missing[0]}"
                raise ValueError(f"have a row for each rating that a row leads to|{found}|{remedy}|transitions")
        return self


class QualityGate(Sourced):
    """Care homes rated below the minimum get nobody."""

    minimum_rating: Literal["outstanding", "good", "requires_improvement", "none"] = "good"
    """`none` lets every care home in."""
    inspections: Inspections | None = None
    """How ratings change while the run lasts; without it they stay as stated."""

    def passes(self, rating: str | None) -> bool:
        """Say whether a care home with this rating, or none, gets people."""
        if self.minimum_rating == "none":
            return True
        return RATINGS.index(rating or "not_yet_rated") <= RATINGS.index(self.minimum_rating)
