"""How many people a stream refers: a base rate, what varies it through time, or counts and bookings.

Why: demand is the input planners argue about most, so every way to state it is one small class with its own rule.
Drawing who is referred when is the business of `patients.arrivals`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from bedsim.scenario.shapes import Sourced
from bedsim.scenario.values import Hour, Index, Name, Rate, Share

DAYS_PER_YEAR = 365.25
RATE_KEYS = ("per_day", "per_1000_a_year")
"""Base rates whose stated range is run, at both ends."""
PROFILE_TOLERANCE = 0.005
"""How far the mean of a profile may be from 1: published indexes are rounded to three decimals."""


class Profile(Sourced):
    """Indexes that average 1: 12 months from January, 7 weekdays from Monday, or 24 hours from 00:00."""

    index: tuple[Index, ...]
    """Times the mean, in order; they average 1."""


class Growth(Sourced):
    """Demand grows by this fraction a year from 1 on the start date, in steps of a day."""

    per_year: Annotated[float, Field(gt=-0.9, le=2)]
    """0.02 is 2% a year."""


class Surge(Sourced):
    """Demand is multiplied by `factor` from `from` up to, not including, `until`. For what-ifs."""

    model_config = ConfigDict(populate_by_name=False)

    from_: date = Field(alias="from")
    """The first day."""
    until: date
    """The first day after."""
    factor: Annotated[float, Field(ge=0, le=20)]
    """1.2 is a fifth more."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until <= self.from_:
            raise ValueError(f"end after it begins|until {self.until}, from {self.from_}|a later until")
        return self


class YearlyWave(Sourced):
    """Demand is multiplied by 1 + amplitude cos(2 pi (t - peak_day) / period_days), evaluated at noon."""

    amplitude: Share
    peak_day: Annotated[float, Field(ge=-366, le=366)]
    period_days: Annotated[float, Field(gt=1, le=3_660)] = 365.25


class DailyVariation(Sourced):
    """Extra day-to-day variation: each day's rate times a gamma variable of mean 1, one a day and group."""

    cv: Annotated[float, Field(gt=0, le=5)]
    group: str = ""
    """Streams with the same group have the same good and bad days; by default the route's name."""


class Booked(Sourced):
    """Admissions booked on a set day."""

    date: date
    """The day of admission."""
    patients: Annotated[int, Field(ge=1, le=10_000)]
    hour: Hour = 12.0
    """16.5 is half past four."""


class SegmentRate(Sourced):
    """How often the people of a segment are referred."""

    per_1000_a_year: Annotated[float, Field(ge=0, le=100_000)]
    """People a year for each thousand of the segment."""


class Referrals(Sourced):
    """How many people a stream refers: a base rate times what varies through time."""

    per_day: Rate | None = None
    """People a day on the start date, before growth and profiles."""
    per_1000_a_year: Annotated[float, Field(ge=0, le=100_000)] | None = None
    """People a year for each thousand of `population`."""
    population: Annotated[float, Field(gt=0, le=1e9)] | None = None
    """People, for `per_1000_a_year`."""
    by_segment: dict[Name, SegmentRate] = Field(default_factory=dict)
    """A rate for every segment of the population, by its name."""
    expected_csv: str | None = None
    """A CSV with columns date, expected_per_day; dates outside it have no referrals."""
    observed_csv: str | None = None
    """A CSV with columns date, referrals (whole numbers), replayed as they were in every replication."""
    growth: Growth | None = None
    month: Profile | None = None
    """12 indexes from January."""
    weekday: Profile | None = None
    """7 indexes from Monday."""
    hour: Profile | None = None
    """24 indexes from midnight."""
    yearly_wave: YearlyWave | None = None
    surges: tuple[Surge, ...] = ()
    """What-ifs between two dates."""
    daily_variation: DailyVariation | None = None
    booked: tuple[Booked, ...] = ()
    """People who come on set days."""

    @model_validator(mode="after")
    def _one_base(self) -> Self:
        bases = ("per_day", "per_1000_a_year", "by_segment", "expected_csv", "observed_csv")
        given = [name for name in bases if getattr(self, name) not in (None, {})]
        if len(given) > 1 or not (given or self.booked):
            raise ValueError(
                f"have one of {', '.join(bases)} (or booked alone)|{' and '.join(given) or 'none'}|per_day: 4.6"
            )
        if (self.per_1000_a_year is None) != (self.population is None):
            raise ValueError("give per_1000_a_year and population together|only one of them|population: 500000")
        varying = ("growth", "month", "weekday", "yearly_wave", "surges", "daily_variation")
        used = [name for name in varying if getattr(self, name)]
        if self.observed_csv is not None and used:
            raise ValueError(f"be replayed as observed, without {', '.join(used)}|both|remove {', '.join(used)}")
        for name, n in (("month", 12), ("weekday", 7), ("hour", 24)):
            check_profile(getattr(self, name), name, n)
        return self


def base_rate_per_day(per_day: float | None, per_1000_a_year: float | None, population: float | None) -> float | None:
    """Return the people a day that a constant base rate means, None if neither form of it is given.

    >>> round(base_rate_per_day(None, 8.4, 200_000), 3)
    4.6
    """
    if per_day is None and per_1000_a_year is not None and population is not None:
        return per_1000_a_year * population / 1000 / DAYS_PER_YEAR
    return per_day


def check_profile(profile: Profile | None, name: str, n: int) -> None:
    """Raise ValueError unless a profile has `n` indexes that average 1."""
    if profile is None:
        return
    if len(profile.index) != n:
        raise ValueError(f"have {n} indexes|{len(profile.index)}|one index each|{name}")
    mean = sum(profile.index) / n
    if abs(mean - 1.0) > PROFILE_TOLERANCE:
        raise ValueError(f"average 1|{mean:.4g}|divide each index by {mean:.4g}|{name}")
