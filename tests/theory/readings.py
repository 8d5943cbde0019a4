"""How each quantity of a case is read of a replication: people over time, waits, outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tests.theory.estimates import LengthPercentile, Reading, WithControls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.theory.observed import Observed

    Floats = NDArray[np.float64]


def occupied(unit: str, stream: str | None = None) -> Reading:
    """Return the people in a unit, mean over time."""
    return Reading(lambda o: (o.held(unit, stream).total(o.days), o.days))


def occupied_fraction(unit: str) -> Reading:
    """Return the people in a unit over its places, mean over time."""
    return Reading(lambda o: (o.held(unit).total(o.days), o.days * o.places(unit)))


def delayed(unit: str) -> Reading:
    """Return the people in a unit who are ready to leave, mean over time."""
    return Reading(lambda o: (o.held_past_ready(unit).total(o.days), o.days))


def delayed_fraction(unit: str, *, of_places: bool = False) -> Reading:
    """Return the bed-days held by people ready to leave, over the occupied bed-days or over all."""

    def sums(o: Observed) -> Sequence[float]:
        days = o.days * o.places(unit) if of_places else o.held(unit).total(o.days)
        return o.held_past_ready(unit).total(o.days), days

    return Reading(sums)


def in_treatment(unit: str) -> Reading:
    """Return the people in a unit who are not ready to leave, mean over time."""
    return Reading(lambda o: (o.held(unit).total(o.days) - o.held_past_ready(unit).total(o.days), o.days))


def queue(stage: str, stream: str | None = None) -> Reading:
    """Return the people who ask for a stage and wait, mean over time."""
    return Reading(lambda o: (o.asking(stage, stream).total(o.days), o.days))


def p_wait(stage: str, stream: str | None = None, longer_than: float = 0.0) -> Reading:
    """Return the share of those who ask for a stage who wait longer than this."""

    def sums(o: Observed) -> Sequence[float]:
        waits = o.sorted_waits(stage, stream)
        return float(len(waits) - np.searchsorted(waits, longer_than, side="right")), len(waits)

    return Reading(sums)


def wait(stage: str, stream: str | None = None) -> Reading:
    """Return the mean wait for a stage of everybody who asks for it."""

    def sums(o: Observed) -> Sequence[float]:
        waits = o.waits(stage, stream)
        return waits.sum(), len(waits)

    return Reading(sums)


def wait_of_those_waiting(stage: str) -> Reading:
    """Return the mean wait for a stage of those who wait at all."""

    def sums(o: Observed) -> Sequence[float]:
        waits = o.waits(stage)
        return waits.sum(), float((waits > 0).sum())

    return Reading(sums)


def wait_percentile(stage: str, level: float, expected: float) -> LengthPercentile:
    """Return a percentile of the wait for a stage of everybody who asks for it."""
    return LengthPercentile(lambda o: o.sorted_waits(stage, None), level, expected)


def outcome_fraction(outcome: str, *streams: str) -> Reading:
    """Return the share of the people these streams refer who come to this outcome."""

    def sums(o: Observed) -> Sequence[float]:
        return sum(o.n_outcome(name, outcome) for name in streams), sum(o.n_referred(name) for name in streams)

    return Reading(sums)


def outcomes_a_year(outcome: str, stream: str) -> Reading:
    """Return how many of the people a stream refers come to this outcome in 365 days."""
    return Reading(lambda o: (365 * o.n_outcome(stream, outcome), o.days))


def offered_load(*stages: str) -> Reading:
    """Return the bed-days that people ask for in a day, as they were drawn."""
    return Reading(lambda o: (sum(o.needs(stage).sum() for stage in stages), o.days))


def first_place_fraction(stream: str, unit: str, *, of_admitted: bool = False) -> Reading:
    """Return the share of the people a stream refers (or has admitted) whose first place is in this unit."""

    def sums(o: Observed) -> Sequence[float]:
        people = o.n_first_placed
        everybody = sum(people(stream, name) for name in o.blueprint.units) if of_admitted else o.n_referred(stream)
        return people(stream, unit), everybody

    return Reading(sums)


def first_placed_a_day(unit: str) -> Reading:
    """Return how many people a day have their first place in a unit, whoever referred them."""
    return Reading(lambda o: (sum(o.n_first_placed(plan.name, unit) for plan in o.blueprint.streams), o.days))


def admissions_a_day(unit: str, stream: str | None = None, days: float = 1.0) -> Reading:
    """Return the admissions to a unit in so many days."""
    return Reading(lambda o: (days * o.n_admitted(unit, stream), o.days))


def discharges_a_day(unit: str) -> Reading:
    """Return how many people leave a unit in a day."""
    return Reading(lambda o: (o.n_left(unit), o.days))


def percent(reading: Reading) -> Reading:
    """Return a share in percent."""
    return Reading(reading.sums, lambda totals: 100 * reading.value(totals))


def one_in(reading: Reading) -> Reading:
    """Return one over a reading."""
    return Reading(reading.sums, lambda totals: 1 / reading.value(totals))


def with_controls(reading: Reading, stage: str, per_day: float, mean_need: float) -> WithControls:
    """Return a reading less what chance made of the number of people and of their needs, whose means are known."""

    def sums(o: Observed) -> Sequence[float]:
        needs = o.needs(stage)
        chance = len(needs) - per_day * o.days
        return *reading.sums(o), chance, (needs - mean_need).sum()

    return WithControls(sums, reading.value, n_controls=2)
