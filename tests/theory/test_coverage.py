"""How often the published intervals hold the true value, and whether they are wider than they need be.

One ward of 12 beds, 1.8 referrals a day, exponential stays of 5 days, three years observed, 30 replications, 400 seeds
from 0 to 399, none chosen. The demand for beds is then Poisson with mean 9, and the waiting list that of Erlang's C.
Beside it a team whose places have no limit and whose people leave after an exponential transfer of 2 days: their delay
is the transfer. Of 400 intervals that are right 95 times in 100, fewer than 368 hold the truth once in 200 (binomial).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats

from bedsim.analysis.conduct import conduct
from bedsim.analysis.plan import Plan, plan_run
from bedsim.analysis.precision import Precision, beds_and_half_width
from bedsim.analysis.recipe import Recipe
from bedsim.analysis.replicate import replicate
from bedsim.analysis.run import Row
from bedsim.analysis.workers import Threads
from bedsim.measures.spread import Share
from bedsim.measures.statistics import PERCENTILES
from bedsim.scenario.schema import Scenario
from tests.theory.markov import erlang_c

pytestmark = pytest.mark.long

N_SEEDS, FEWEST_HITS, N_REPLICATIONS = 400, 368, 30
WIDEST = 1.2
WANTED = 0.13
"""Beds, of p95 of the demand: about what 45 replications give."""
BEDS, PER_DAY, STAY_DAYS = 12, 1.8, 5.0
TRANSFER_DAYS = 2.0
LOAD = PER_DAY * STAY_DAYS
P_WAIT = erlang_c(BEDS, LOAD)
FREED_PER_DAY = (BEDS - LOAD) / STAY_DAYS
WARD = Scenario.model_validate(
    {
        "slug": "ward",
        "time": {"start": date(2026, 4, 1), "run_length_days": 1096, "warm_up_days": 365, "cool_down_days": 30},
        "units": {
            "ward": {"kind": "community_hospital", "places": BEDS},
            "team": {"kind": "community_service", "places": "unlimited"},
        },
        "pathways": {
            "rehab": {"stay": {"needed_days": {"exponential": {"mean": STAY_DAYS}}, "ladder": ({"units": "ward"},)}},
            "support": {
                "care": {
                    "needed_days": {"constant": 1.0},
                    "ladder": ({"units": "team"},),
                    "then": {
                        "home": {
                            "share": 1.0,
                            "transfer_days": {"exponential": {"mean": TRANSFER_DAYS}},
                            "reason": "papers",
                        }
                    },
                }
            },
        },
        "streams": {
            "acute": {"pathway": "rehab", "referrals": {"per_day": PER_DAY}},
            "community": {"pathway": "support", "referrals": {"per_day": 1.0}},
        },
    }
)


@dataclass(frozen=True)
class Interval:
    """What is published with an interval, the truth, and the scale of the truth's interval."""

    measure: str
    statistic: str
    truth: float
    unit: str = "system"

    @property
    def name(self) -> str:
        """What the test is called."""
        return "-".join(dict.fromkeys((*([] if self.unit == "system" else [self.unit]), self.measure, self.statistic)))


def poisson_percentile(percent: int) -> float:
    return float(stats.poisson.ppf(percent / 100, LOAD))


def wait_days_percentile(percent: int) -> float:
    """Return the percentile of the wait, in whole hours rounded up, as days."""
    p = percent / 100
    hours = 0.0 if p <= 1 - P_WAIT else math.ceil(24 * math.log(P_WAIT / (1 - p)) / FREED_PER_DAY)
    return hours / 24


def delay_days_percentile(percent: int) -> float:
    """Return the percentile of the team's transfers, in whole hours rounded up, as days."""
    return math.ceil(-24 * TRANSFER_DAYS * math.log(1 - percent / 100)) / 24


def waiting_percentile(percent: int) -> float:
    """Return the percentile of the people waiting: P(more than k wait) = P_WAIT rho^(k + 1)."""
    rho = LOAD / BEDS
    return next(float(k) for k in range(1000) if 1 - P_WAIT * rho ** (k + 1) >= percent / 100)


MEANS = (
    Interval("demand_beds", "mean", LOAD),
    Interval("midnight_census", "mean", LOAD),
    Interval("occupancy_fraction", "mean", LOAD / BEDS),
    Interval("demand_above_beds_fraction", "mean", float(stats.poisson.sf(BEDS, LOAD))),
    Interval("p_wait", "mean", P_WAIT),
    Interval("wait_days", "mean", P_WAIT / FREED_PER_DAY),
    Interval("waiting", "mean", P_WAIT * LOAD / (BEDS - LOAD)),
    Interval("overflow_days_fraction", "mean", P_WAIT * LOAD / BEDS),
    Interval("admissions_per_day", "mean", PER_DAY),
)
OF_PERCENTILES = tuple(
    Interval(measure, f"p{percent}", truth(percent), unit)
    for unit, measure, truth in (
        ("system", "demand_beds", poisson_percentile),
        ("system", "wait_days", wait_days_percentile),
        ("system", "waiting", waiting_percentile),
        ("ward", "wait_days", wait_days_percentile),
        ("team", "delay_days", delay_days_percentile),
    )
    for percent in PERCENTILES
)
ALL = (*MEANS, *OF_PERCENTILES)


@dataclass(frozen=True)
class Found:
    """What is kept of a seed's run."""

    rows: dict[str, Row]
    by_replication: dict[str, NDArray[np.float64]]
    shares: dict[tuple[str, str], Share]
    smooth: tuple[float, float]


@cache
def runs() -> tuple[Found, ...]:
    """Return what every seed's run says."""
    plan = replace(plan_run(WARD, N_REPLICATIONS), ends={})
    return tuple(found_by(plan, seed) for seed in range(N_SEEDS))


def found_by(plan: Plan, seed: int) -> Found:
    run, _ = conduct(plan, seed, Threads(1), has_bed_curve=False)
    assert run is not None
    names = {(one.unit, one.measure) for one in OF_PERCENTILES}
    shares = {name: run.reader.share(*name, "all") for name in names}
    return Found(
        rows={one.name: run.row(one.measure, one.unit, one.statistic) for one in ALL},
        by_replication={one.measure: run.by_replication(one.measure) for one in MEANS},
        shares={name: share for name, share in shares.items() if share is not None},
        smooth=run.smooth_percentile("demand_beds", 95),
    )


def ends(one: Interval) -> NDArray[np.float64]:
    """Return the ends of every seed's interval, (n_seeds, 2)."""
    rows = [found.rows[one.name] for found in runs()]
    return np.array([(row.ci_low, row.ci_high) for row in rows], dtype=np.float64)


def n_hits(intervals: NDArray[np.float64], truth: float, slip: float = 1e-9) -> int:
    """Count the intervals that hold the truth."""
    return int(((intervals[:, 0] <= truth + slip) & (truth - slip <= intervals[:, 1])).sum())


@pytest.mark.parametrize("one", MEANS, ids=lambda one: one.measure)
def test_intervals_of_means_hold_the_truth_and_are_no_wider_than_they_need_be(one: Interval) -> None:
    """At least 368 of 400; at most 1.2 times the width that the true spread between replications asks for."""
    found = ends(one)
    assert n_hits(found, one.truth) >= FEWEST_HITS
    spread = np.concatenate([seed.by_replication[one.measure] for seed in runs()]).std(ddof=1)
    exact = 2 * special.ndtri(0.975) * spread / math.sqrt(N_REPLICATIONS)
    assert np.diff(found).mean() <= WIDEST * exact
    centre, half = found.mean(axis=1), np.diff(found)[:, 0] / 2
    narrow = np.column_stack((centre - 0.8 * half, centre + 0.8 * half))
    assert n_hits(narrow, one.truth) < FEWEST_HITS, "intervals a fifth too narrow must be noticed"


@pytest.mark.parametrize("one", OF_PERCENTILES, ids=lambda one: one.name)
def test_intervals_of_percentiles_hold_the_truth_and_are_no_wider_than_they_need_be(one: Interval) -> None:
    """The same. Percentiles are whole people or hours, so more hold it; the width is that of the true error's interval,
    rounded in the same way."""
    found = ends(one)
    assert n_hits(found, one.truth) >= FEWEST_HITS
    shares = [seed.shares[one.unit, one.measure] for seed in runs()]
    scale = 24 if one.measure in ("wait_days", "delay_days") else 1
    percent = float(one.statistic[1:])
    error = true_error(shares)
    known = [Share(share.share, error[: len(share.share)], 10**9) for share in shares]
    exact = np.mean([np.diff(share.percentiles([percent], 0.95)[0][1:])[0] for share in known]) / scale
    assert np.diff(found).mean() <= WIDEST * exact + 0.1 / scale


def true_error(shares: list[Share]) -> NDArray[np.float64]:
    """Return the spread of the cumulative share between seeds."""
    width = max(len(share.share) for share in shares)
    same_width = [np.pad(one.share, (0, width - len(one.share)), constant_values=1.0) for one in shares]
    return np.asarray(np.std(same_width, axis=0, ddof=1))


def smooth_poisson_percentile(percent: float) -> float:
    """Return the percentile of the demand if the share rose evenly between two numbers."""
    at = int(stats.poisson.ppf(percent / 100, LOAD))
    below, here = (float(stats.poisson.cdf(k, LOAD)) for k in (at - 1, at))
    return float(at - 1 + (percent / 100 - below) / (here - below))


def test_the_smooth_percentile_is_as_exact_as_it_says() -> None:
    """What `check` compares: 95% intervals of p95 of the demand, with fractions of a bed."""
    truth = smooth_poisson_percentile(95)
    found = np.array([seed.smooth for seed in runs()])
    t = special.stdtrit(N_REPLICATIONS - 1, 0.975)
    assert n_hits(found[:, :1] + t * found[:, 1:] * [-1, 1], truth) >= FEWEST_HITS
    assert n_hits(found[:, :1] + 0.8 * t * found[:, 1:] * [-1, 1], truth) < FEWEST_HITS
    assert 2 * t * found[:, 1].mean() <= WIDEST * 2 * special.ndtri(0.975) * found[:, 0].std(ddof=1)


def test_stopping_at_a_precision_costs_little_of_what_intervals_hold() -> None:
    """Runs that go on until p95 of the demand is known to 0.13 beds: their intervals still hold the truth."""
    truth, wanted, blueprint = smooth_poisson_percentile(95), Precision(WANTED), plan_run(WARD, 1).blueprint
    hits, lengths = 0, []
    for seed in range(N_SEEDS):
        recipe = Recipe(blueprint, seed)
        totals = replicate(
            recipe, 400, 10, Threads(1), is_enough=lambda totals: wanted.is_reached(blueprint, totals)
        ).totals
        assert totals is not None
        beds, half_width = beds_and_half_width(blueprint, totals)
        hits += abs(beds - truth) <= half_width
        lengths.append(len(totals))
    assert hits >= FEWEST_HITS
    assert 30 < np.mean(lengths) < 400, "the looks decide, neither the first nor the cap"
