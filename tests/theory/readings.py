"""How each quantity of a case is read off a run: functions from a run to one value a replication."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.statistics import p_delay_if_lost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run

    Floats = NDArray[np.float64]

Reading = Callable[["Run"], "Floats"]


def measured(measure: str, unit: str = "system") -> Reading:
    """Return a published measure."""
    return lambda run: run.by_replication(measure, unit)


def occupied(unit: str) -> Reading:
    """Return the people in a unit, mean over time and not over midnights."""
    return lambda run: run.by_replication("occupancy_fraction", unit) * run.by_replication("open_beds", unit)


def delayed(unit: str) -> Reading:
    """Return the people in a unit who are ready to leave, mean over time."""
    return lambda run: run.by_replication("delayed_fraction_of_open", unit) * run.by_replication("open_beds", unit)


def in_treatment(unit: str) -> Reading:
    """Return the people in a unit who are not ready to leave, mean over time."""
    return lambda run: occupied(unit)(run) - delayed(unit)(run)


def n_outcome(stream: str, outcome: str) -> Reading:
    """Return how many of the people a stream refers in the window come to this outcome."""

    def read(run: Run) -> Floats:
        i, j = _stream(run, stream), run.blueprint.outcomes.index(outcome)
        return np.array([float(one.outcomes[i, j]) for one in run.measures])

    return read


def outcome_fraction(stream: str, outcome: str) -> Reading:
    """Return the share of the people a stream refers who come to this outcome."""
    return lambda run: n_outcome(stream, outcome)(run) / _referrals(run, stream)


def first_place_fraction(stream: str, unit: str, *, of_admitted: bool = False) -> Reading:
    """Return the share of the people a stream refers (or has admitted) whose first place is in this unit."""

    def read(run: Run) -> Floats:
        i, j = _stream(run, stream), run.blueprint.units.index(unit)
        counts = np.array([one.first_places[i] for one in run.measures])
        return counts[:, j] / (counts.sum(axis=1) if of_admitted else _referrals(run, stream))

    return read


def delayed_share(unit: str) -> Reading:
    """Return the share of the stays in a unit that end later than they could."""

    def read(run: Run) -> Floats:
        hours = [one.histograms[unit, "delay_days"] for one in run.measures]
        return np.array([1 - counts[0] / counts.sum() for counts in hours])

    return read


def census_at(unit: str, day: int, every: int | None = None) -> Reading:
    """Return the census at midnight of a day, or the mean over this day and every so many days after it."""

    def read(run: Run) -> Floats:
        daily = run.occupancy.daily(unit)
        return (daily[:, day : day + 1] if every is None else daily[:, day::every]).mean(axis=1)

    return read


def full(unit: str, places: int) -> Reading:
    """Return the share of midnights at which every place is taken."""
    return lambda run: (run.occupancy.daily(unit) == places).mean(axis=1)


def census_above(unit: str, n: int) -> Reading:
    """Return the share of midnights with more than `n` people."""
    return lambda run: (run.occupancy.daily(unit) > n).mean(axis=1)


def lost_by_census(unit: str, beds: int) -> Reading:
    """Return pmf(beds) / cdf(beds) of the midnight census of a unit with unlimited places (Monks 2016)."""
    return lambda run: np.array([p_delay_if_lost(np.bincount(days), beds) for days in run.occupancy.daily(unit)])


def mean_of(first: Reading, second: Reading) -> Reading:
    """Return the mean of two readings that have the same expected value."""
    return lambda run: (first(run) + second(run)) / 2


def _stream(run: Run, name: str) -> int:
    return [stream.name for stream in run.blueprint.streams].index(name)


def _referrals(run: Run, stream: str) -> Floats:
    return np.array([float(one.referrals[_stream(run, stream)]) for one in run.measures])
