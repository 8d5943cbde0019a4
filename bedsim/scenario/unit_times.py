"""What is written of a unit through time: when people may leave it, and how many places it has from when on.

Why: these are certain, since somebody decided them. What is left to chance is in `tracks`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bedsim.scenario.shapes import Sourced
from bedsim.scenario.values import Hour, Name, Places, Weekday, check_each_day_once


class LeaveTimes(Sourced):
    """When people may leave a unit: allowed weekdays, less bank holidays if so said, and an hour."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    """On other days nobody leaves."""
    hour: Hour | None = None
    """The hour at which people leave, 16.5 for half past four; without one, as soon as they are able to."""
    except_bank_holidays: bool = False
    """Whether nobody leaves on a bank holiday in England either."""

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        check_each_day_once(self.days)
        return self


class TimetableRow(Sourced):
    """From 00:00 (or `hour`) on `date` the unit has these places, or accepts or not."""

    date: date
    """The first day on which this holds."""
    hour: Hour = 0.0
    places: Places | Literal["unlimited"] | None = None
    """The new number; nobody is moved out if it is smaller. In a file `beds` is a synonym."""
    accepting: bool | None = None
    """Whether the unit admits people."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.places is None and self.accepting is None:
            raise ValueError("name the new places, or accepting, or both|neither|places: 60")
        return self


class PlacesFollow(Sourced):
    """Places that were stated for one rate of referrals follow a stream's: its base rate and its growth."""

    stream: Name
    """The stream whose rate they follow."""
    per_day: Annotated[float, Field(gt=0, le=100_000)]
    """Referrals a day on the start date for which the places were stated."""
