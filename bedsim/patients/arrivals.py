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
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.patients.candidates import BACKWARD, FORWARD, WAYS, candidates
from bedsim.patients.distributions import GammaShape
from bedsim.patients.network import day_of
from bedsim.patients.uniforms import PersonalUniforms, uniforms
from bedsim.scenario.demand import DAYS_PER_YEAR
from bedsim.scenario.segments import base_rate
from bedsim.scenario.tables import mean_of_column
from bedsim.streams import Name, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.distributions import Shape
    from bedsim.scenario.demand import Referrals
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_LAYERS = 1_000


@dataclass(frozen=True)
class Arrivals:
    """People of one stream, each from an origin: a layer and direction, an observed day or a booking.

    `index` is a person's place among those of the origin; it keys their uniforms.
    """

    origins: tuple[str, ...]
    origin: Ints
    """Index into `origins`."""
    index: Ints
    referred_day: Floats


@dataclass(frozen=True)
class Demand:
    """What a stream's arrivals have in common in all replications."""

    stream: str
    first: int
    """Day on which the network starts."""
    last: int
    """The day after its last."""
    expected_per_day: Floats
    """All 0 if there are no candidates."""
    hourly: Floats
    layer_rate: float
    variation_group: str
    variation: Shape | None
    observed: Arrivals | None
    """Of the observed people all but the time of day."""
    booked: Arrivals


def demand_of(scenario: Scenario, stream: str, first: int, last: int) -> Demand:
    """Return what a stream's arrivals from day `first` up to `last` have in common in all replications."""
    spec = scenario.streams[stream]
    referrals = spec.referrals
    expected = expected_per_day(scenario, stream, first, last)
    variation = referrals.daily_variation
    return Demand(
        stream=stream,
        first=first,
        last=last,
        expected_per_day=expected,
        hourly=np.ones(24) if referrals.hour is None else np.array(referrals.hour.index),
        layer_rate=_layer_rate(scenario, stream) if expected.any() else math.inf,
        variation_group=(variation.group if variation else "") or spec.route,
        variation=GammaShape(1 / variation.cv**2, variation.cv**2) if variation else None,
        observed=_observed(scenario, referrals.observed_csv, first, last) if referrals.observed_csv else None,
        booked=_booked(scenario, referrals, first, last),
    )


def draw_arrivals(demand: Demand, seed: int, replication: int) -> list[Arrivals]:
    """Return a stream's people of one replication, between the network's start and end."""
    names = (seed, replication, demand.stream)
    replayed = [] if demand.observed is None else [_at_times_of_day(demand, demand.observed, names)]
    daily = demand.expected_per_day
    if demand.variation is not None:
        daily = daily * _daily_variation(demand, demand.variation, seed, replication)
    candidates = _thinned(demand, names, daily)
    return [part for part in (*replayed, *candidates, demand.booked) if part.origins]


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
    if referrals.by_segment:
        return np.array([base_rate(scenario, referrals, day) for day in range(first, last)], dtype=np.float64)
    constant = base_rate(scenario, referrals)
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


def _thinned(demand: Demand, names: tuple[Name, ...], daily: Floats) -> list[Arrivals]:
    """Return the candidates of each layer whose own uniform is below the share of the layer that is needed."""
    peak = daily.max(initial=0.0) * demand.hourly.max()
    n_layers = math.ceil(peak / demand.layer_rate)
    if n_layers > MOST_LAYERS:
        raise BedsimError(
            f"stream {demand.stream} refers up to {peak:g} people a day, more than {MOST_LAYERS} times the rate in the "
            f"root of its extends chain ({demand.layer_rate:g} a day). Try a rate nearer to it there."
        )
    arrivals = []
    for layer in range(n_layers):
        for way, sign in WAYS:
            origin, rates = f"layer {layer} {way}", (demand.layer_rate, daily, demand.hourly)
            index, day = candidates((*names, origin), layer, sign, demand.first, *rates)
            arrivals.append(Arrivals((origin,), np.zeros(len(index), dtype=np.int64), index, day))
    return arrivals


def _layer_rate(scenario: Scenario, stream: str) -> float:
    """Return R, the power of two at or above the root's rate; at or above the stream's own base rate without one.

    Neither depends on what varies demand or on the replication: else the same person would not be the same.
    """
    referrals = scenario.streams[stream].referrals
    if referrals.expected_csv is None:
        own = base_rate(scenario, referrals)
    else:
        own = mean_of_column(scenario.tables[referrals.expected_csv], "expected_per_day")
    root = scenario.candidate_rates_per_day.get(stream) or own
    assert root, f"stream {stream} has candidates but no base rate"
    return 2.0 ** math.ceil(math.log2(root))


def _daily_variation(demand: Demand, variation: Shape, seed: int, replication: int) -> Floats:
    """Return the factor of each day, of mean 1, drawn once a day and group."""
    names = (seed, replication, "daily variation", demand.variation_group)
    forward = uniforms((*names, FORWARD), max(demand.last, 0))
    backward = uniforms((*names, BACKWARD), max(-demand.first, 0))
    return variation.quantile(np.concatenate((backward[::-1], forward)))[: demand.last - demand.first]


def _observed(scenario: Scenario, file: str, first: int, last: int) -> Arrivals:
    """Return the people of each observed day, all at its first instant."""
    dated = _dated(scenario, file, "referrals")
    counts = [(when, (when - scenario.time.start).days, int(count)) for when, count in dated]
    seen = [(f"observed {when}", day, n) for when, day, n in counts if first <= day < last and n]
    return _groups([(origin, np.arange(n), float(day)) for origin, day, n in seen])


def _booked(scenario: Scenario, referrals: Referrals, first: int, last: int) -> Arrivals:
    """Return the people of each booking; those of one instant are numbered through."""
    n_before: Counter[float] = Counter()
    groups = []
    for booking in referrals.booked:
        day = day_of(scenario, booking.date, booking.hour)
        if first <= day < last:
            index = np.arange(n_before[day], n_before[day] + booking.patients)
            groups.append((f"booked {booking.date} {booking.hour:g}", index, day))
            n_before[day] += booking.patients
    return _groups(groups)


def _groups(groups: list[tuple[str, Ints, float]]) -> Arrivals:
    """Return people who come in groups, each of one origin and at one instant."""
    sizes = [len(index) for _, index, _ in groups]
    return Arrivals(
        origins=tuple(origin for origin, _, _ in groups),
        origin=np.repeat(np.arange(len(groups)), sizes),
        index=np.concatenate([np.empty(0, dtype=np.int64), *(index for _, index, _ in groups)]),
        referred_day=np.repeat(np.array([day for _, _, day in groups], dtype=np.float64), sizes),
    )


def _at_times_of_day(demand: Demand, observed: Arrivals, names: tuple[Name, ...]) -> Arrivals:
    """Return observed people at times of day drawn from the hour profile."""
    beginnings = tuple(written(names) + written((origin,)) for origin in observed.origins)
    everybody = np.arange(len(observed.index))
    u = PersonalUniforms(beginnings, observed.origin, observed.index).of(everybody, ("time of day",))[0]
    edges = np.concatenate(([0.0], np.cumsum(demand.hourly / demand.hourly.sum())))
    day = observed.referred_day
    times = day + np.interp(u, edges, np.arange(25) / 24)
    return replace(observed, referred_day=np.minimum(times, np.nextafter(day + 1, 0)))


def _dated(scenario: Scenario, file: str, column: str) -> list[tuple[date, str]]:
    """Return the (date, value) rows of a table the loader has read and checked."""
    header, *rows = scenario.tables[file]
    when, value = header.index("date"), header.index(column)
    return [(date.fromisoformat(row[when]), row[value]) for row in rows]
