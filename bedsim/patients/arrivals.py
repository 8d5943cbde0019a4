"""Who is referred when: candidates in layers of constant rate, kept by their own uniform.

Why: more demand must add people and move nobody, and a longer warm-up must change nobody. Candidates of a stream
come in layers, each a Poisson process of one constant rate R drawn both ways from day 0; a candidate of layer k at
time t is referred if its own uniform is below clip(rate(t)/R - k, 0, 1). R is a power of two fixed by the root of
the scenario's `extends` chain, so that overlays do not change it; in a scenario that was not loaded, by the stream's
own base rate. Observed counts and bookings are not thinned.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.patients.distributions import GammaShape
from bedsim.patients.network import day_of
from bedsim.scenario.demand import DAYS_PER_YEAR, base_rate_per_day
from bedsim.scenario.tables import mean_of_column
from bedsim.streams import Name, uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.demand import Referrals
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_LAYERS = 1_000
FORWARD, BACKWARD = "forward", "backward"


@dataclass(frozen=True)
class Arrivals:
    """People from one origin: a layer and direction, an observed day or a booking. `index` keys their uniforms."""

    origin: str
    index: Ints
    referred_day: Floats


def draw_arrivals(blueprint: Blueprint, stream: str, seed: int, replication: int) -> list[Arrivals]:
    """Return a stream's people of one replication, by origin, between the network's start and end."""
    scenario = blueprint.scenario
    referrals = scenario.streams[stream].referrals
    first, last = -blueprint.warm_up_days, math.ceil(blueprint.network.end_day)
    names = (seed, replication, stream)
    arrivals = []
    if referrals.observed_csv is not None:
        arrivals += _observed(scenario, referrals, names, first, last)
    elif referrals.booked == () or base_per_day(scenario, referrals, first, last) is not None:
        daily = expected_per_day(scenario, stream, first, last) * _daily_variation(
            scenario, stream, seed, replication, first, last
        )
        arrivals += _thinned(scenario, stream, names, daily, first)
    booked: Counter[float] = Counter()
    for booking in referrals.booked:
        day = day_of(scenario, booking.date, booking.hour)
        if first <= day < last:
            index = np.arange(booked[day], booked[day] + booking.patients)
            booked[day] += booking.patients
            origin = f"booked {booking.date} {booking.hour:g}"
            arrivals.append(Arrivals(origin, index, np.full(booking.patients, day)))
    return arrivals


def expected_per_day(scenario: Scenario, stream: str, first: int, last: int) -> Floats:
    """Return the expected referrals of each day from `first` up to `last`, without daily variation.

    Shape (last - first,), people a day: base x growth x month x weekday x yearly wave x surges.
    """
    referrals = scenario.streams[stream].referrals
    days = np.arange(first, last)
    dates = [scenario.time.start + timedelta(days=int(day)) for day in days]
    base = base_per_day(scenario, referrals, first, last)
    rate = np.zeros(len(days)) if base is None else base.copy()
    if referrals.growth is not None:
        rate *= (1 + referrals.growth.per_year) ** (days / DAYS_PER_YEAR)
    if referrals.month is not None:
        rate *= np.array(referrals.month.index)[[when.month - 1 for when in dates]]
    if referrals.weekday is not None:
        rate *= np.array(referrals.weekday.index)[[when.weekday() for when in dates]]
    if referrals.yearly_wave is not None:
        wave = referrals.yearly_wave
        rate *= 1 + wave.amplitude * np.cos(2 * np.pi * (days + 0.5 - wave.peak_day) / wave.period_days)
    for surge in referrals.surges:
        rate[[surge.from_ <= when < surge.until for when in dates]] *= surge.factor
    return rate


def base_per_day(scenario: Scenario, referrals: Referrals, first: int, last: int) -> Floats | None:
    """Return the base rate of each day, people a day; None if the stream has no rate (booked or observed only)."""
    constant = base_rate_per_day(referrals.per_day, referrals.per_1000_a_year, referrals.population)
    if constant is not None:
        return np.full(last - first, float(constant))
    if referrals.expected_csv is None:
        return None
    rate = np.zeros(last - first)
    for when, expected in _dated(scenario, referrals.expected_csv, "expected_per_day"):
        day = (when - scenario.time.start).days
        if first <= day < last:
            rate[day - first] = float(expected)
    return rate


def mean_referrals_per_day(scenario: Scenario, stream: str, first: int, last: int) -> float:
    """Return all the people a stream is expected to refer, a day: rates, observed counts and bookings."""
    referrals = scenario.streams[stream].referrals
    total = float(expected_per_day(scenario, stream, first, last).sum())
    if referrals.observed_csv is not None:
        total = sum(
            int(count)
            for when, count in _dated(scenario, referrals.observed_csv, "referrals")
            if first <= (when - scenario.time.start).days < last
        )
    booked = sum(b.patients for b in referrals.booked if first <= day_of(scenario, b.date, b.hour) < last)
    return (total + booked) / (last - first)


def _thinned(scenario: Scenario, stream: str, names: tuple[Name, ...], daily: Floats, first: int) -> list[Arrivals]:
    """Return the candidates of each layer whose own uniform is below the share of the layer that is needed."""
    hour = scenario.streams[stream].referrals.hour
    hourly = np.ones(24) if hour is None else np.array(hour.index)
    peak = daily.max(initial=0.0) * hourly.max()
    if peak <= 0:
        return []
    layer_rate = _layer_rate(scenario, stream)
    arrivals = []
    n_layers = math.ceil(peak / layer_rate)
    if n_layers > MOST_LAYERS:
        raise BedsimError(
            f"stream {stream} refers up to {peak:g} people a day, more than {MOST_LAYERS} times the rate in the root "
            f"of its extends chain ({layer_rate:g} a day). Try a rate nearer to it there."
        )
    for layer in range(n_layers):
        for way, horizon in ((FORWARD, first + len(daily)), (BACKWARD, -first)):
            origin = f"layer {layer} {way}"
            gaps = _candidate_gaps((*names, origin, "gap"), layer_rate, max(horizon, 0))
            day = gaps if way == FORWARD else -gaps
            inside = (day >= first) & (day < first + len(daily))
            index = np.flatnonzero(inside)
            day = day[index]
            whole = np.floor(day)
            rate = daily[(whole - first).astype(np.int64)] * hourly[((day - whole) * 24).astype(np.int64)]
            keep = uniforms((*names, origin, "keep"), len(gaps))[index] < np.clip(rate / layer_rate - layer, 0.0, 1.0)
            arrivals.append(Arrivals(origin, index[keep], day[keep]))
    return arrivals


def _layer_rate(scenario: Scenario, stream: str) -> float:
    """Return R, the power of two at or above the root's rate; at or above the stream's own base rate without one.

    Neither depends on what varies demand or on the replication: else the same person would not be the same.
    """
    referrals = scenario.streams[stream].referrals
    if referrals.expected_csv is None:
        own = base_rate_per_day(referrals.per_day, referrals.per_1000_a_year, referrals.population)
    else:
        own = mean_of_column(scenario.tables[referrals.expected_csv], "expected_per_day")
    root = scenario.candidate_rates_per_day.get(stream) or own
    assert root, f"stream {stream} has candidates but no base rate"
    return 2.0 ** math.ceil(math.log2(root))


def _candidate_gaps(names: tuple[Name, ...], rate: float, horizon: float) -> Floats:
    """Return the distances from day 0 of a Poisson process of this rate, at least up to the horizon."""
    n = math.ceil(rate * horizon + 6 * math.sqrt(rate * horizon)) + 16
    while True:
        distances = np.cumsum(-np.log1p(-uniforms(names, n)) / rate)
        if distances[-1] >= horizon:
            return distances
        n *= 2


def _daily_variation(scenario: Scenario, stream: str, seed: int, replication: int, first: int, last: int) -> Floats:
    """Return the factor of each day, gamma with mean 1, drawn once a day and group; ones if there is none."""
    spec = scenario.streams[stream]
    variation = spec.referrals.daily_variation
    if variation is None:
        return np.ones(last - first)
    group = variation.group or spec.route
    shape = GammaShape(1 / variation.cv**2, variation.cv**2)
    forward = uniforms((seed, replication, "daily variation", group, FORWARD), max(last, 0))
    backward = uniforms((seed, replication, "daily variation", group, BACKWARD), max(-first, 0))
    return shape.quantile(np.concatenate((backward[::-1], forward)))[: last - first]


def _observed(
    scenario: Scenario, referrals: Referrals, names: tuple[Name, ...], first: int, last: int
) -> list[Arrivals]:
    """Return the people of each observed day, at times of day drawn from the hour profile."""
    assert referrals.observed_csv is not None
    hourly = np.ones(24) if referrals.hour is None else np.array(referrals.hour.index)
    edges = np.concatenate(([0.0], np.cumsum(hourly / hourly.sum())))
    arrivals = []
    for when, count in _dated(scenario, referrals.observed_csv, "referrals"):
        day = (when - scenario.time.start).days
        if first <= day < last and int(count):
            origin = f"observed {when}"
            times = np.interp(uniforms((*names, origin, "time of day"), int(count)), edges, np.arange(25) / 24)
            arrivals.append(Arrivals(origin, np.arange(int(count)), np.minimum(day + times, np.nextafter(day + 1, 0))))
    return arrivals


def _dated(scenario: Scenario, file: str, column: str) -> list[tuple[date, str]]:
    """Return the (date, value) rows of a table the loader has read and checked."""
    header, *rows = scenario.tables[file]
    when, value = header.index("date"), header.index(column)
    return [(date.fromisoformat(row[when]), row[value]) for row in rows]
