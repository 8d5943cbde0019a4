"""Percentiles, and the rule of lost patients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedsim.measures.statistics import PERCENTILES, p_delay_if_lost, percentile, percentiles


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.sampled_from((*PERCENTILES, 1, 100)))
def test_a_percentile_is_the_smallest_value_that_so_many_percent_do_not_exceed(values: list[int], percent: int) -> None:
    """min{v : 100 #(x <= v) >= percent n}, by counting."""
    counted = next(v for v in range(31) if 100 * sum(x <= v for x in values) >= percent * len(values))
    assert percentile(np.bincount(values), percent) == counted


@given(st.lists(st.integers(0, 30), min_size=1, max_size=300))
def test_all_percentiles_at_once_are_those_one_by_one(values: list[int]) -> None:
    """The same integers are compared."""
    counts = np.bincount(values)
    assert percentiles(counts) == [percentile(counts, percent) for percent in PERCENTILES]


def test_a_share_that_is_exactly_the_percentage_reaches_it() -> None:
    """No float slip: 29 of 100 is 29 percent, though 0.29 * 100 < 29 in float64."""
    assert 0.29 * 100 < 29
    assert percentile(np.array([29, 71]), 29) == 0
    assert percentile(np.array([28, 72]), 29) == 1
    assert percentile(np.array([975, 25]), 97.5) == 0
    assert percentile(np.array([974, 26]), 97.5) == 1


def test_a_percentile_of_nothing_is_refused() -> None:
    """No observations, no percentile."""
    for nothing in (np.zeros(3, dtype=np.int64), np.zeros(0, dtype=np.int64)):
        with pytest.raises(AssertionError, match="no observations"):
            percentile(nothing, 50)


@pytest.mark.parametrize(("load", "beds"), [(5.0, 8), (20.0, 20), (121.0, 132)])
def test_the_lost_patients_rule_of_a_poisson_census_is_erlang_b(load: float, beds: int) -> None:
    """pmf(n)/cdf(n) of Poisson(load) = B(n, load), by Erlang's recursion."""
    blocked = 1.0
    for n in range(1, beds + 1):
        blocked = load * blocked / (n + load * blocked)
    pmf = [math.exp(n * math.log(load) - load - math.lgamma(n + 1)) for n in range(400)]
    counts = np.array([round(p * 10**15) for p in pmf], dtype=np.int64)
    assert p_delay_if_lost(counts, beds) == pytest.approx(blocked, rel=1e-9)


def test_the_lost_patients_rule_at_its_edges() -> None:
    """With fewer beds than were ever enough it is NaN; with more than were ever used, 0; with no bed, 1."""
    counts = np.array([0, 0, 3, 1])
    assert math.isnan(p_delay_if_lost(counts, 1))
    assert p_delay_if_lost(counts, 2) == 1.0
    assert p_delay_if_lost(counts, 3) == 0.25
    assert p_delay_if_lost(counts, 4) == 0.0
