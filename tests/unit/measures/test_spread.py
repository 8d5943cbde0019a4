"""The error of a cumulative share, and what follows for a percentile."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bedsim.measures.histograms import Histograms, added_up
from bedsim.measures.spread import Share, share_of_days, squares_of, unions_of
from bedsim.measures.statistics import percentile

RNG = np.random.default_rng(5)


def merged(replications: list[NDArray[np.int64]]) -> Share:
    """Return the share of one line over some replications, each a histogram of as many days, by the sums merged."""
    lines = [Histograms(counts, np.array([0, len(counts)])) for counts in replications]
    squares = added_up([squares_of(line, unions_of([[0]])) for line in lines])
    return share_of_days(added_up(lines).counts, squares.counts, len(replications))


def days(width: int, n: int = 12) -> NDArray[np.int64]:
    """Return a replication of n days."""
    return np.bincount(RNG.integers(0, width, n))


def test_where_every_replication_has_as_many_days_the_error_is_the_usual_one() -> None:
    """The standard deviation of the replications' own shares over the root of their number."""
    replications = [np.bincount(RNG.poisson(3.0, 50), minlength=15) for _ in range(20)]
    own = np.array([np.cumsum(one) / 50 for one in replications])
    assert merged(replications).error == pytest.approx(own.std(axis=0, ddof=1) / np.sqrt(20), abs=1e-12)


def test_lines_of_a_union_are_one() -> None:
    """Years put together are as if they had been counted together, and differ from either."""
    one = Histograms(np.array([1, 2, 3, 4, 5]), np.array([0, 2, 5]))
    both = Histograms(one.together([0, 1]), np.array([0, 3]))
    apart, together = squares_of(one, unions_of([[0, 1], [1]])), squares_of(both, unions_of([[0]]))
    assert apart.line(0).tolist() == together.line(0).tolist()
    assert apart.line(1).tolist() != together.line(0).tolist()


def test_the_value_is_the_pooled_percentile_and_lies_in_its_interval() -> None:
    """Whatever the numbers: low <= value <= high, and the value is what `percentile` says."""
    for _ in range(50):
        replications = [days(int(width)) for width in RNG.integers(1, 9, 5)]
        pooled = np.zeros(max(map(len, replications)), dtype=np.int64)
        for one in replications:
            pooled[: len(one)] += one
        percents = (5, 50, 95, 99)
        found = merged(replications).percentiles(percents, 0.95)
        for percent, (value, low, high) in zip(percents, found, strict=True):
            assert value == percentile(pooled, percent)
            assert low <= value <= high


def test_replications_that_are_alike_leave_no_doubt_and_one_alone_has_no_error() -> None:
    """The interval is the value itself; with one replication nothing is known of the error."""
    alike = [np.array([5, 10, 5])] * 4
    assert merged(alike).percentiles([50], 0.95) == [(1, 1, 1)]
    assert merged(alike).smooth_percentile(50) == (pytest.approx(0.5), pytest.approx(0.0, abs=1e-9))
    assert np.isnan(merged(alike[:1]).error).all()


def test_the_smooth_percentile_moves_with_the_numbers_and_knows_its_error() -> None:
    """300 experiments of 20 replications of 40 Poisson counts: its spread is the error that each of them states."""
    found = [merged([np.bincount(RNG.poisson(30.0, 40)) for _ in range(20)]).smooth_percentile(90) for _ in range(300)]
    values, errors = np.array(found).T
    # The relative error of a standard deviation of 300 is 1 / sqrt(600) = 4%, so 15% would be noticed.
    assert values.std(ddof=1) == pytest.approx(errors.mean(), rel=0.12)
    shifted = merged([np.bincount(RNG.poisson(30.0, 40) + 7) for _ in range(20)]).smooth_percentile(90)[0]
    assert shifted == pytest.approx(values.mean() + 7, abs=5 * errors.mean())
