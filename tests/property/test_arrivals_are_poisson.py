"""Thinning gives the stated rate of every day and hour, and Poisson counts; planted errors of 5% are rejected."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from scipy import stats

from bedsim.patients.arrivals import demand_of, draw_arrivals, expected_per_day
from bedsim.scenario.schema import Scenario
from tests.scenarios_in_python import MONTHS, START, WEEK

N_REPLICATIONS, FIRST, LAST = 400, -60, 80
LEVEL = 1e-6
HOURS = tuple(0.5 if hour < 8 else 1.25 for hour in range(24))
SURGE = (date(2026, 5, 10), date(2026, 5, 20), 1.5)


def _scenario() -> Scenario:
    return Scenario.model_validate(
        {
            "time": {"start": START, "run_length_days": LAST, "cool_down_days": 0},
            "units": {"ward": {"kind": "community_hospital", "places": 4}},
            "pathways": {"p": {"s": {"needed_days": {"constant": 1.0}, "ladder": ({"units": "ward"},)}}},
            "streams": {
                "x": {
                    "pathway": "p",
                    "referrals": {
                        "per_day": 3.5,
                        "growth": {"per_year": 0.1},
                        "month": {"index": MONTHS},
                        "weekday": {"index": WEEK},
                        "hour": {"index": HOURS},
                        "surges": ({"from": SURGE[0], "until": SURGE[1], "factor": SURGE[2]},),
                    },
                }
            },
            "candidate_rates_per_day": {"x": 3.5},
        }
    )


def _law(day: int) -> float:
    """The rate of one day, people a day, written out again."""
    when = START + timedelta(days=day)
    rate = 3.5 * 1.1 ** (day / 365.25) * MONTHS[when.month - 1] * WEEK[when.weekday()]
    return rate * (SURGE[2] if SURGE[0] <= when < SURGE[1] else 1.0)


@cache
def _times() -> tuple[np.ndarray, ...]:
    demand = demand_of(_scenario(), "x", FIRST, LAST)
    return tuple(
        np.concatenate([part.referred_day for part in draw_arrivals(demand, 7, k)]) for k in range(N_REPLICATIONS)
    )


def _rejects(counts: np.ndarray, expected: np.ndarray | float, n_tests: int) -> bool:
    """Say whether t tests at 1e-6 over the number of comparisons reject these means of counts by replication."""
    p = stats.ttest_1samp(counts, expected, axis=0).pvalue
    return bool(np.min(p) < LEVEL / n_tests)


def _by_weekday(days: np.ndarray) -> np.ndarray:
    """Sum (replication, day) over weekdays."""
    weekday = (START.weekday() + np.arange(FIRST, LAST)) % 7
    return np.stack([days[:, weekday == i].sum(axis=1) for i in range(7)], axis=1)


def _daily() -> np.ndarray:
    return np.stack([np.histogram(times, np.arange(FIRST, LAST + 1))[0] for times in _times()])


def test_the_expected_rate_of_a_day_is_the_product_of_its_profiles() -> None:
    """base x growth x month x weekday x surges."""
    law = [_law(day) for day in range(FIRST, LAST)]
    assert np.allclose(expected_per_day(_scenario(), "x", FIRST, LAST), law, rtol=1e-12)


@pytest.mark.parametrize("planted_error", [0.0, 0.05, -0.05])
def test_the_mean_of_daily_counts_is_the_rate_and_an_error_of_5_percent_is_rejected(planted_error: float) -> None:
    """In total the half-width is well under half of 5%; by day and weekday the law holds at 1e-6."""
    counts = _daily()
    law = np.array([_law(day) for day in range(FIRST, LAST)])
    total = counts.sum(axis=1)
    half_width = 5.5 * total.std(ddof=1) / np.sqrt(N_REPLICATIONS)
    assert half_width < 0.025 * law.sum()
    assert _rejects(total, law.sum() * (1 + planted_error), 1) == (planted_error != 0)
    if not planted_error:
        assert not _rejects(counts, law, LAST - FIRST)
        assert not _rejects(_by_weekday(counts), _by_weekday(law[np.newaxis])[0], 7)


def test_counts_are_poisson_and_independent_from_day_to_day() -> None:
    """The index of dispersion of each day's count is chi-square; neighbouring days are uncorrelated."""
    counts = _daily()
    dispersion = ((counts - counts.mean(axis=0)) ** 2).sum(axis=0) / counts.mean(axis=0)
    p = stats.chi2.sf(dispersion.sum(), (N_REPLICATIONS - 1) * (LAST - FIRST))
    assert LEVEL < p < 1 - LEVEL
    scaled = (counts - counts.mean(axis=0)) / counts.std(axis=0)
    assert abs((scaled[:, 1:] * scaled[:, :-1]).mean()) < 5 / np.sqrt(counts.size)


def test_hours_follow_their_profile() -> None:
    """The share of each hour of the day is its index over 24."""
    hours = np.concatenate([np.floor((times - np.floor(times)) * 24) for times in _times()])
    observed = np.bincount(hours.astype(int), minlength=24)
    assert stats.chisquare(observed, observed.sum() * np.array(HOURS) / sum(HOURS)).pvalue > LEVEL
    flat = stats.chisquare(observed, np.full(24, observed.sum() / 24)).pvalue
    assert flat < LEVEL
