"""How each quantity of a case is read of the number of people at one instant or another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tests.theory.estimates import GroupedHalfWidth, Percentile, Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.theory.observed import Observed

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Where = Callable[[Ints], NDArray[np.bool_]]


def census_percentile(unit: str, level: float) -> Percentile:
    """Return a percentile of the people in a unit at midnight."""
    return Percentile(lambda o: o.midnights(unit), level)


def delayed_percentile(unit: str, level: float) -> Percentile:
    """Return a percentile of the people in a unit at midnight who are ready to leave."""
    return Percentile(lambda o: o.held_past_ready(unit).count_at(0.0, 1.0, int(o.days)), level)


def share_of(numbers: Callable[[Observed], Ints], is_so: Where) -> Reading:
    """Return the share of numbers that are so."""

    def sums(o: Observed) -> Sequence[float]:
        found = numbers(o)
        return float(is_so(found).sum()), len(found)

    return Reading(sums)


def midnights(unit: str, is_so: Where, among: Where | None = None) -> Reading:
    """Return the share of midnights whose number of people is so, of all or of those among which it is sought."""

    def sums(o: Observed) -> Sequence[float]:
        counts = o.midnights_with(unit)
        people = np.arange(len(counts))
        return float(counts[is_so(people)].sum()), float((counts if among is None else counts[among(people)]).sum())

    return Reading(sums)


def full(unit: str, places: int) -> Reading:
    """Return the share of midnights at which every place is taken."""
    return midnights(unit, lambda people: people >= places)


def census_above(unit: str, n: int) -> Reading:
    """Return the share of midnights with more than `n` people."""
    return midnights(unit, lambda people: people > n)


def queue_above(stage: str, n: int) -> Reading:
    """Return the share of midnights at which more than `n` people wait for a stage."""
    return share_of(lambda o: o.asking(stage).count_at(0.0, 1.0, int(o.days)), lambda people: people > n)


def lost_by_census(unit: str, beds: int) -> Reading:
    """Return pmf(beds) / cdf(beds) of the midnight census of a unit with unlimited places (Monks 2016)."""
    return midnights(unit, lambda people: people == beds, lambda people: people <= beds)


def census_mean(unit: str) -> Reading:
    """Return the mean of the people in a unit at midnight."""
    return mean_of(lambda o: o.midnights(unit))


def census_variance(unit: str) -> Reading:
    """Return the variance of the people in a unit at midnight."""

    def sums(o: Observed) -> Sequence[float]:
        people = o.midnights(unit)
        return people.sum(), (people**2).sum(), len(people)

    return Reading(sums, lambda t: t[..., 1] / t[..., 2] - (t[..., 0] / t[..., 2]) ** 2)


def census_sd(unit: str) -> Reading:
    """Return the standard deviation of the people in a unit at midnight."""
    variance = census_variance(unit)
    return Reading(variance.sums, lambda totals: np.sqrt(variance.value(totals)))


def autocorrelation(unit: str, lag: int) -> Reading:
    """Return the correlation of the people in a unit at midnight with those so many days later."""

    def sums(o: Observed) -> Sequence[float]:
        now, later = o.midnights(unit)[:-lag], o.midnights(unit)[lag:]
        return now.sum(), later.sum(), (now**2).sum(), (later**2).sum(), (now * later).sum(), len(now)

    def value(t: Floats) -> Floats:
        now, later, now2, later2, both = (t[..., i] / t[..., 5] for i in range(5))
        return (both - now * later) / np.sqrt((now2 - now**2) * (later2 - later**2))

    return Reading(sums, value)


def census_at(unit: str, day: float, every: float | None = None) -> Reading:
    """Return the mean number of people in a unit at an instant, or at this one and every so many days after it."""
    return mean_of(lambda o: _at(o, unit, day, every))


def census_at_percentile(unit: str, level: float, day: float, every: float | None = None) -> Percentile:
    """Return a percentile of the people in a unit at the same instants."""
    return Percentile(lambda o: _at(o, unit, day, every), level)


def _at(o: Observed, unit: str, day: float, every: float | None) -> Ints:
    n = 1 if every is None else int((o.days - day - 1) // every) + 1
    return o.held(unit).count_at(day, every or 1.0, n)


def mean_of(numbers: Callable[[Observed], Ints]) -> Reading:
    """Return the mean of numbers of people."""

    def sums(o: Observed) -> Sequence[float]:
        found = numbers(o)
        return found.sum(), len(found)

    return Reading(sums)


def people_opened(day: float, every: float) -> Callable[[Observed], Ints]:
    """Return the people in each ward so many days after it opened empty, of wards that open one after the other."""
    return lambda o: o.opened_empty(day, every)


def people_often(unit: str) -> Callable[[Observed], Ints]:
    """Return the people in a unit four times a day."""
    return lambda o: o.held(unit, None).count_at(0.0, 0.25, int(4 * o.days))


def peak_day(unit: str, after: float = 0.0) -> Reading:
    """Return the day of the year of 365 days on which the yearly wave of the census is highest, less `after`."""
    angle = 2 * np.pi / 365 * np.arange(365)

    def sums(o: Observed) -> Sequence[float]:
        people = o.midnights(unit).reshape(-1, 365).sum(axis=0)
        return people @ np.cos(angle), people @ np.sin(angle)

    return Reading(sums, lambda t: np.arctan2(t[..., 1], t[..., 0]) % (2 * np.pi) / (2 * np.pi) * 365 - after)


def percentile_of_a_run(unit: str, level: float, what: str = "people", scale: float = 1.0) -> Reading:
    """Return a percentile over time of the people in a unit, found in each run; the mean of the runs.

    Of those ready to leave if `what` is `past_ready`.
    """

    def sums(o: Observed) -> Sequence[float]:
        return scale * float(np.argmax(np.cumsum(o.days_with(unit, what)) >= level * o.days)), 1.0

    return Reading(sums)


def full_fraction(unit: str, places: int) -> Reading:
    """Return the share of time in which every place is taken."""
    return Reading(lambda o: (o.days_with(unit, "people")[places:].sum(), o.days))


def spread_of_means(unit: str, days: int) -> Reading:
    """Return the standard deviation over replications of the mean number of people in the first days of the window."""

    def sums(o: Observed) -> Sequence[float]:
        mean = o.held(unit).total(days) / days
        return mean, mean**2, 1.0

    return Reading(sums, lambda t: np.sqrt((t[..., 1] - t[..., 0] ** 2 / t[..., 2]) / (t[..., 2] - 1)))


def half_width_of_30(unit: str, days: int) -> GroupedHalfWidth:
    """Return the half-width that bedsim gives to the same mean from 30 replications."""
    return GroupedHalfWidth(lambda o: o.held(unit).total(days) / days)
