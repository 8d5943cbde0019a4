"""Paired differences, jackknifed percentiles and rankings, by hand and beside formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bedsim.analysis.compare_figures import HEADLINE, NEITHER, Figure, figure_named
from bedsim.analysis.compare_paired import paired
from bedsim.analysis.compare_percentiles import MOST_GROUPS, by_group, groups_of, smooth_percentiles
from bedsim.analysis.ranking import leads_fraction, ranking, shortlist
from bedsim.errors import BedsimError
from bedsim.measures.definitions import MEASURES


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, np.newaxis]


def test_a_difference_by_hand() -> None:
    """4, 5, 6 against 2, 4, 3: differences 2, 1, 3, mean 2, error 1 / sqrt(3), alone and as one of a family of 10."""
    found = paired(column(2, 4, 3), column(4, 5, 6))
    assert (found.mean[0], found.error[0], found.n[0]) == (2.0, pytest.approx(1 / math.sqrt(3)), 3)
    for n_family in (1, 10):
        low, high = found.interval(n_family)
        t = stats.t.ppf(1 - 0.05 / (2 * n_family), 2)
        assert (low[0], high[0]) == pytest.approx((2 - t / math.sqrt(3), 2 + t / math.sqrt(3)))


def test_what_is_the_same_in_every_replication_is_not_tested() -> None:
    """Also if the sums differ in their last bits; what is always two more is exact, and no more is not the same."""
    same = paired(column(0.1 + 0.2, 5.0), column(0.3, 5.0))
    assert (same.is_same[0], same.mean[0], same.error[0]) == (True, 0.0, 0.0)
    shifted = paired(column(0.1, 0.2, 0.3), column(2.1, 2.2, 2.3))
    assert (shifted.is_same[0], shifted.error[0]) == (False, 0.0)
    low, high = shifted.interval(60)
    assert low[0] == high[0] == pytest.approx(2.0)
    assert not paired(column(1, 1, 1), column(1, 1, 2)).is_same[0]


def test_replications_in_which_one_was_not_observed_are_left_out() -> None:
    """Of the pair, both go; a pair never observed has no difference, one observed once has no interval."""
    found = paired(
        np.array([[1.0, np.nan, 1.0], [2.0, 1.0, np.nan], [np.nan, 1.0, 2.0]]),
        np.array([[3.0, 1.0, np.nan], [3.0, np.nan, 1.0], [9.0, np.nan, 3.0]]),
    )
    assert found.n.tolist() == [2, 0, 1]
    assert found.mean[0] == 1.5
    assert found.is_same.tolist() == [False, False, False]
    assert np.isnan(found.mean[1])
    assert np.isnan(found.interval()[0][1:]).all()


def test_a_ranking_by_hand() -> None:
    """b has one fewer than a in each replication; c ties with b; d is far behind. b and c share the lead."""
    a = np.array([3.0, 5.0, 4.0, 6.0])
    found = ranking({"a": a, "b": a - 1, "c": a - 1, "d": a + np.array([9, 11, 10, 12])}, seed=1)
    assert [(one.name, one.place, one.is_shortlisted) for one in found] == [
        ("b", 1, True),
        ("c", 1, True),
        ("a", 3, False),
        ("d", 4, False),
    ]
    assert [one.leads_fraction for one in found] == [0.5, 0.5, 0.0, 0.0]
    assert [(one.mean, one.behind) for one in found] == [(3.5, 0.0), (3.5, 0.0), (4.5, 1.0), (15.0, 11.5)]
    half = stats.t.ppf(0.975, 3) * a.std(ddof=1) / 2
    assert (found[2].low, found[2].high) == pytest.approx((4.5 - half, 4.5 + half))


def test_the_shortlist_by_hand() -> None:
    """Three options: b - a is 1 on average with standard error 0.5, left out beyond t at 1 - 5%/2 with 3 degrees."""
    a, difference = np.zeros(4), np.array([0.0, 0.5, 1.5, 2.0])
    error = difference.std(ddof=1) / 2
    t = stats.t.ppf(0.975, 3)
    assert 1 < t * error < 1.5
    assert shortlist(np.stack([a, a + difference, a + 50], axis=1)).tolist() == [True, True, False]
    assert shortlist(np.stack([a, a + difference + 0.5, a + 50], axis=1)).tolist() == [True, False, False]
    assert shortlist(np.array([[1.0, 2.0]])).tolist() == [True, True], "one replication tells nobody apart"


def test_the_share_of_resamples_is_that_of_all_resamples() -> None:
    """Two replications, differences -1 and 2: of the 4 equally likely resamples only the first twice has a behind b."""
    share = leads_fraction(np.array([[0.0, -1.0], [0.0, 2.0]]), seed=1)
    half_width = 4 * math.sqrt(0.25 * 0.75 / 4000)
    assert share.sum() == pytest.approx(1)
    assert abs(share[1] - 0.25) < half_width
    assert (share == leads_fraction(np.array([[0.0, -1.0], [0.0, 2.0]]), seed=1)).all()


def test_a_percentile_is_the_mean_of_what_its_groups_say() -> None:
    """And lies as far between two whole numbers as its normal score does; groups that are alike say the same."""
    counts = np.random.default_rng(3).poisson(20, (40, 60)).astype(np.int64)
    share = np.cumsum(counts.sum(axis=0)) / counts.sum()
    at = int(np.argmax(share >= 0.95))
    below, here = stats.norm.ppf(share[at - 1]), stats.norm.ppf(share[at])
    expected = at - 1 + (stats.norm.ppf(0.95) - below) / (here - below)
    assert by_group(counts, 95).mean() == pytest.approx(expected)
    assert math.ceil(expected) == at
    assert by_group(np.repeat(counts[:1], 5, axis=0), 95) == pytest.approx(smooth_percentiles(counts[:1], 95)[0])
    assert by_group(counts[:1], 95).shape == (1,)


def test_a_percentile_left_out_group_by_group_by_hand() -> None:
    """Days with 0, 1 people: (3, 1) and (1, 3). The 75th percentile of all is 0.5, without either 1 or 0... twice."""
    counts = np.array([[3, 1], [1, 3]])
    # all: 4 and 4 of 8, so 0.5 is at 0 and 0.75 half-way to 1; without the first: 1 and 3; without the second: 3 and 1
    assert smooth_percentiles(counts.sum(axis=0)[np.newaxis], 75).tolist() == [0.5]
    without = smooth_percentiles(counts[::-1], 75)
    assert without.tolist() == pytest.approx([2 / 3, 0.0])
    assert by_group(counts, 75).tolist() == pytest.approx([0.5 + (1 / 3 - 2 / 3), 0.5 + 1 / 3])


def test_nobody_on_most_days_is_a_percentile_of_none() -> None:
    """It is 0, not less."""
    assert smooth_percentiles(np.array([[98, 2], [100, 0]]), 95).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("n", [2, 49, 50, 51, 200, 203])
def test_groups_hold_every_replication_once(n: int) -> None:
    """They depend on the number alone, so the answer does not depend on the machine."""
    groups = groups_of(n)
    assert [i for group in groups for i in group] == list(range(n))
    assert len(groups) == min(n, MOST_GROUPS)
    assert len({len(group) for group in groups}) <= 2


def test_every_figure_of_the_headline_can_be_ranked() -> None:
    """And everything that is named exists."""
    assert [figure_named(figure.name) for figure in HEADLINE] == list(HEADLINE)
    assert set(NEITHER) <= set(MEASURES)
    assert Figure("p_wait").unit == "percentage points"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overflow_day_fraction", "Try --by overflow_days_fraction"),
        ("nonsense", "there is no 'nonsense'"),
        ("open_beds", "neither less nor more open_beds is"),
        ("wait_days:p95", "one of overflow:p95, demand_beds:p95"),
        ("overflow:", "one of overflow:p95"),
        ("", "there is no ''"),
    ],
)
def test_what_cannot_rank_is_refused(text: str, said: str) -> None:
    """With the nearest name, or one that can."""
    with pytest.raises(BedsimError) as refused:
        figure_named(text)
    assert said in str(refused.value)
