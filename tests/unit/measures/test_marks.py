"""The error of a share of lengths, kept at marks alone: exact there, and near enough between."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from bedsim.measures.histograms import Histograms, added_up
from bedsim.measures.marks import MARKS, share_of_lengths, spread_at_marks
from bedsim.measures.spread import Share, unions_of
from bedsim.measures.statistics import PERCENTILES

RNG = np.random.default_rng(7)
Ints = NDArray[np.int64]


def merged(replications: list[Ints]) -> Share:
    """Return the share of lengths in hours, a list of them a replication, by the sums that are merged."""
    counts = [np.bincount(lengths) for lengths in replications]
    lines = [Histograms(one, np.array([0, len(one)])) for one in counts]
    spread = [spread_at_marks(line, unions_of([[0]])) for line in lines]
    sums = [added_up(parts) for parts in (lines, *zip(*spread, strict=True))]
    return share_of_lengths(*(held.counts for held in sums), len(replications))


def exact(replications: list[Ints]) -> Share:
    """Return the same with the error of a ratio of two sums at every hour: with n people and c of them at most v,
    sqrt(K / (K - 1) sum (c - F n)^2) / sum n."""
    width, k = max(int(one.max()) for one in replications) + 1, len(replications)
    cumulative = np.array([np.bincount(one, minlength=width).cumsum() for one in replications])
    n = cumulative[:, -1]
    share = cumulative.sum(axis=0) / n.sum()
    error = np.sqrt(k / (k - 1) * ((cumulative - share * n[:, None]) ** 2).sum(axis=0)) / n.sum()
    return Share(share, error, k)


def waits(n_replications: int, n_people: int = 400) -> list[Ints]:
    """Return waits that are alike within a replication, up to some days, with steps at a day and half a day."""
    found = []
    for _ in range(n_replications):
        hours = RNG.exponential(30.0 * RNG.gamma(20.0) / 20.0, RNG.poisson(n_people))
        hours[RNG.uniform(size=len(hours)) < 0.2] = 24.0
        hours[RNG.uniform(size=len(hours)) < 0.3] = 0.0
        found.append(np.ceil(hours).astype(np.int64))
    return found


def test_marks_are_hours_that_rise_by_a_quarter_and_every_doubling_of_a_day_is_one() -> None:
    """No two are equal; from eight hours on none is more than 27% above the one before it."""
    assert MARKS[0] == 0
    assert {1, 2, 3, 6, 12, 24, 48, 96, 192} <= set(MARKS.tolist())
    steps = MARKS[1:] / np.maximum(MARKS[:-1], 1)
    assert (np.diff(MARKS) > 0).all()
    assert steps[MARKS[1:] > 8].max() < 1.27


def test_the_share_is_exact_everywhere_and_its_error_at_the_marks() -> None:
    """As a ratio of two sums over replications has it, from the replications' own lengths."""
    replications = waits(12)
    found, wanted = merged(replications), exact(replications)
    marks = MARKS[: np.searchsorted(MARKS, len(wanted.share))]
    assert found.share == pytest.approx(wanted.share)
    assert found.error[marks] == pytest.approx(wanted.error[marks], rel=1e-9)
    assert found.error[-1] == 0


def test_between_marks_the_error_is_near_and_intervals_hardly_differ() -> None:
    """Within an eighth of the exact error where it matters, and intervals as wide on average; planted: the error of
    people who are independent is far off."""
    replications = waits(40)
    found, wanted = merged(replications), exact(replications)
    inner = (wanted.share > 0.02) & (wanted.share < 0.99)
    assert found.error[inner] == pytest.approx(wanted.error[inner], rel=0.125)
    ends, exact_ends = (np.array(one.percentiles(PERCENTILES, 0.95)) for one in (found, wanted))
    assert ends[:, 0].tolist() == exact_ends[:, 0].tolist()
    assert np.diff(ends[:, 1:]).mean() == pytest.approx(np.diff(exact_ends[:, 1:]).mean(), rel=0.05)
    independent = np.sqrt(wanted.share * (1 - wanted.share) / sum(map(len, replications)))
    assert not np.allclose(independent[inner], wanted.error[inner], rtol=0.5), "planted"


def test_where_nobody_is_between_two_hours_the_error_is_the_same() -> None:
    """Nobody is between 13 and 23 hours, with marks at 12, 15, 19 and 24: the error at 12 holds up to 23."""
    replications = [np.repeat([3, 24, 40], RNG.integers(5, 30, 3)) for _ in range(9)]
    found, wanted = merged(replications), exact(replications)
    assert found.error[12:24] == pytest.approx(np.full(12, wanted.error[12]), rel=1e-9)
    assert found.error[23] != pytest.approx(found.error[24])


def test_before_the_first_mark_with_anybody_below_and_beyond_the_last_with_anybody_above_the_factor_stays() -> None:
    """Lengths of 16 to 29 hours: marks at 19 and 24. At 17 and 27 hours the error is that of so many independent people
    times the factor of the mark beside it."""
    replications = [RNG.integers(16, 30, 50) for _ in range(9)]
    found = merged(replications)
    for hour, mark in ((17, 19), (27, 24)):
        of_hour, of_mark = (found.share[at] * (1 - found.share[at]) for at in (hour, mark))
        assert found.error[hour] ** 2 / of_hour == pytest.approx(found.error[mark] ** 2 / of_mark, rel=1e-9)


def test_with_no_mark_among_the_lengths_an_interval_holds_them_all() -> None:
    """25 to 29 hours lie between the marks 24 and 30: nothing is known of the error, and that is what is said."""
    found = merged([RNG.integers(25, 30, 50) for _ in range(9)])
    assert found.percentiles([50], 0.95) == [(found.percentiles([50], 0.95)[0][0], 25, 29)]
    assert merged([np.full(5, 26)] * 3).percentiles([50], 0.95) == [(26, 26, 26)]
    assert np.isnan(merged([RNG.integers(0, 90, 50)]).error).any(), "one replication knows no error"


def test_lines_of_a_union_are_one_and_a_line_of_nobody_has_nothing() -> None:
    """Two years put together are as if they had been counted together."""
    one = Histograms(np.array([1, 2, 3, 0, 4]), np.array([0, 2, 5, 5]))
    both = Histograms(one.together([0, 1]), np.array([0, 3]))
    apart, together = spread_at_marks(one, unions_of([[0, 1], [1], [2]])), spread_at_marks(both, unions_of([[0]]))
    for a, b in zip(apart, together, strict=True):
        assert a.line(0).tolist() == b.line(0).tolist() != a.line(1).tolist()
        assert a.line(2).tolist() == []
    assert [line.tolist() for line in (apart[0].line(0), apart[1].line(0))] == [[100, 36, 16], [100, 60, 40]]


def test_intervals_of_independent_lengths_hold_the_truth() -> None:
    """400 experiments of 20 replications of about 200 exponential lengths: at least 368 hold the percentile."""
    truths = {percent: math.ceil(-24 * math.log(1 - percent / 100)) for percent in (50, 90)}
    hits = dict.fromkeys(truths, 0)
    for _ in range(400):
        lengths = [np.ceil(RNG.exponential(24.0, RNG.poisson(200))).astype(np.int64) for _ in range(20)]
        for percent, (_, low, high) in zip(truths, merged(lengths).percentiles([*truths], 0.95), strict=True):
            hits[percent] += low <= truths[percent] <= high
    assert min(hits.values()) >= 368
