"""The split of a number's uncertainty into inputs and simulation."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from bedsim.analysis.sensitivity_runs import Days, days_of
from bedsim.analysis.variance import latin_hypercube, split
from bedsim.patients.blueprint import prepare
from bedsim.scenario.schema import Scenario

STAY_DAYS, N_DAYS = 10, 365
LOW, HIGH = 2.0, 6.0
"""Referrals a day: every rate between is as likely."""


def test_a_table_by_hand() -> None:
    """Rows 1 and 5, 3 and 9: means 3 and 6; the mean square of the interaction is 1, that between rows 9."""
    found = split(np.array([[1.0, 5.0], [3.0, 9.0]]), 4)
    assert found.inputs == (9 - 1) / 2
    assert found.simulation == (8 + 18) / 2 / 4
    assert found.inputs_fraction == pytest.approx(4 / 7.25)


def test_luck_that_all_draws_share_takes_nothing_from_the_inputs() -> None:
    """Columns may be anywhere: the variance of the inputs is that of the rows, and that of the simulation is theirs."""
    draws, luck = np.array([0.0, 1.0, 5.0]), np.array([-30.0, 10.0, 20.0, 0.0])
    found = split(draws[:, np.newaxis] + luck, 4)
    assert found.inputs == pytest.approx(draws.var(ddof=1))
    assert found.simulation == pytest.approx(luck.var(ddof=1) / 4)


def test_inputs_that_do_nothing_have_no_variance_and_no_negative_one() -> None:
    """Floored at 0, and so is the interval's lower end; without any variance at all the fraction is 1."""
    noise = np.random.default_rng(1).normal(size=(10, 8))
    noise -= noise.mean(axis=1, keepdims=True)
    assert split(noise, 8).inputs == 0
    assert split(noise, 8).inputs_ends[0] == 0
    assert split(np.ones((3, 3)), 3).inputs_fraction == 1


def tables(n_tables: int = 400) -> list[np.ndarray]:
    """Return tables whose inputs have variance 9: normal draws, luck that is shared and luck that is not."""
    rng = np.random.default_rng(5)
    return [
        3 * rng.normal(size=(24, 1)) + 20 * rng.normal(size=(1, 10)) + 4 * rng.normal(size=(24, 10))
        for _ in range(n_tables)
    ]


def test_the_interval_of_the_inputs_holds_the_truth_19_times_in_20() -> None:
    """Normal draws, for which it is exact up to the interaction: 400 tables, at least 368 (2.5 sd below 380)."""
    ends = [split(table, 10).inputs_ends for table in tables()]
    assert sum(low <= 9 <= high for low, high in ends) >= 368
    assert np.mean([split(table, 10).inputs for table in tables()]) == pytest.approx(9, rel=0.08)


def test_taking_off_the_variance_within_draws_would_be_noticed() -> None:
    """The planted error: with the same random numbers, within / n takes off what the draws share."""
    naive = [table.mean(axis=1).var(ddof=1) - table.var(axis=1, ddof=1).mean() / 10 for table in tables()]
    assert np.mean(naive) < 9 * (1 - 2 * 0.08)


def test_a_latin_hypercube_has_one_draw_in_each_part_of_each_range() -> None:
    """So the mean and the spread of every input are those of its range; the same seed gives the same draws."""
    draws = latin_hypercube(40, 3, 7)
    assert np.array_equal(np.sort(np.floor(draws * 40), axis=0), np.repeat(np.arange(40), 3).reshape(40, 3))
    assert np.array_equal(draws, latin_hypercube(40, 3, 7))
    assert not np.array_equal(draws, latin_hypercube(40, 3, 8))


def linear(rate: float) -> Scenario:
    """Return a ward without limit in which everybody stays ten days: the mean census is ten times the rate."""
    return Scenario.model_validate(
        {
            "title": "Linear",
            "slug": "linear",
            "time": {"start": date(2026, 4, 1), "run_length_days": N_DAYS, "warm_up_days": 20},
            "units": {"ward": {"kind": "community_hospital", "places": "unlimited"}},
            "pathways": {
                "rehab": {"stay": {"needed_days": {"constant": STAY_DAYS}, "ladder": ({"units": ("ward",)},)}}
            },
            "streams": {"acute": {"pathway": "rehab", "referrals": {"per_day": rate}}},
            "candidate_rates_per_day": {"acute": 4.0},
        }
    )


def mean_demand(n_draws: int, n_replications: int) -> np.ndarray:
    """Return the table of the mean demand: a rate drawn by a Latin hypercube in each row."""
    rates = LOW + (HIGH - LOW) * latin_hypercube(n_draws, 1, 1)[:, 0]
    variants = {str(i): prepare(linear(rate), 20) for i, rate in enumerate(rates.tolist())}
    found = days_of(variants, "all", n_replications, 1, has_overflow=False)
    rows = [one.mean_demand for one in found.values() if isinstance(one, Days)]
    assert len(rows) == n_draws
    return np.array(rows)


def exact_inputs() -> float:
    """Return the variance of the mean census when the rate is uniform: (high - low)^2 / 12 x stay^2."""
    return (HIGH - LOW) ** 2 / 12 * STAY_DAYS**2


def exact_simulation(n_replications: int) -> float:
    """Return the variance of the mean over n replications of 365 midnights, averaged over the rates.

    The midnight census is Poisson, and that of k days later shares the rate x (stay - k) people who are there on both.
    """
    lags = np.arange(-STAY_DAYS, STAY_DAYS + 1)
    shared = (N_DAYS - np.abs(lags)) * (STAY_DAYS - np.abs(lags))
    return float((LOW + HIGH) / 2 * shared.sum() / N_DAYS**2 / n_replications)


NOTICED = 0.25
"""Of a variance; half of it is the half-width."""


def is_exact(value: float, exact: float) -> bool:
    return abs(value / exact - 1) <= NOTICED / 2


def test_the_inputs_of_a_linear_case_have_their_exact_variance() -> None:
    """Rate uniform, mean stay known, no limit: the variance of the mean census is exact, and lies in the interval."""
    found = split(mean_demand(16, 12), 12)
    assert is_exact(found.inputs, exact_inputs())
    assert found.inputs_ends[0] < exact_inputs() < found.inputs_ends[1]
    assert not is_exact(found.inputs * (1 + NOTICED), exact_inputs())


@pytest.mark.long
def test_the_split_of_a_linear_case_adds_up() -> None:
    """Both parts are known exactly, and so is their sum; a quarter more of either is noticed (600 replications)."""
    found = split(mean_demand(12, 600), 600)
    assert is_exact(found.inputs, exact_inputs())
    assert is_exact(found.simulation, exact_simulation(600))
    whole = exact_inputs() + exact_simulation(600)
    assert is_exact(found.inputs + found.simulation, whole)
    assert not is_exact(found.inputs * (1 + NOTICED), exact_inputs())
    assert not is_exact(found.simulation * (1 + NOTICED), exact_simulation(600))
