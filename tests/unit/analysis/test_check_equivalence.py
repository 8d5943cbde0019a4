"""A change passes, fails, or is not known yet, by one interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bedsim.analysis.equivalence import Answer, Estimate, change

OLD = Estimate(31.0, 0.1, 1000)


def test_the_interval_is_welchs() -> None:
    """It is the one SciPy gives for two samples of unequal size and spread, at twice the risk."""
    rng = np.random.default_rng(5)
    old, new = rng.normal(31, 2, 40), rng.normal(33, 5, 12)
    found = change("x", *(Estimate(v.mean(), v.std(ddof=1) / math.sqrt(len(v)), len(v)) for v in (old, new)), 2, 0.025)
    expected = stats.ttest_ind(new, old, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


@pytest.mark.parametrize(
    ("value", "error", "answer"),
    [
        (31.5, 0.2, Answer.passed),
        (34.0, 0.2, Answer.failed),
        (28.0, 0.2, Answer.failed),
        (33.1, 0.2, Answer.inconclusive),
        (31.0, 2.0, Answer.inconclusive),
    ],
)
def test_the_answer_is_where_the_interval_lies(value: float, error: float, answer: Answer) -> None:
    """Within the margins it passes, beyond either it fails, across one it is not known."""
    found = change("x", OLD, Estimate(value, error, 100), margin=2, risk=0.05)
    assert found.answer is answer
    inside = found.low >= -2 and found.high <= 2
    outside = found.low > 2 or found.high < -2
    assert (inside, outside) == (answer is Answer.passed, answer is Answer.failed)
    assert (found.n_more == 0) == (answer is not Answer.inconclusive)


@pytest.mark.parametrize(("value", "error"), [(31.0, 2.0), (32.0, 1.0), (34.0, 1.5)])
def test_so_many_more_replications_would_settle_it(value: float, error: float) -> None:
    """With n + k replications, the change the same, the interval ends at the margin; with k / 2 more it does not."""
    n = 100
    found = change("x", OLD, Estimate(value, error, n), margin=2, risk=0.01)
    assert found.n_more is not None

    def again(more: int) -> Answer:
        return change(
            "x", OLD, Estimate(value, error * math.sqrt(n / (n + more)), n + more), margin=2, risk=0.01
        ).answer

    assert again(found.n_more) is not Answer.inconclusive
    assert again(found.n_more // 2) is Answer.inconclusive


def test_no_number_of_replications_settles_a_change_as_large_as_its_margin() -> None:
    """Nor one that the old number's own error hides."""
    assert change("x", OLD, Estimate(33.0, 0.2, 100), margin=2, risk=0.05).n_more is None
    assert change("x", Estimate(31, 2.0, 10), Estimate(31, 0.2, 100), margin=2, risk=0.05).n_more is None


def test_a_number_without_spread_is_compared_as_it_is() -> None:
    """Open beds have no error: one bed more is one bed more."""
    same, other = Estimate(132, 0.0, 1000), Estimate(133, 0.0, 100)
    assert change("x", same, Estimate(132, 0.0, 100), margin=0.5, risk=0.05).answer is Answer.passed
    found = change("x", same, other, margin=0.5, risk=0.05)
    assert (found.answer, found.low, found.high) == (Answer.failed, 1, 1)


def test_a_number_that_comes_or_goes_fails() -> None:
    """One that exists neither before nor now passes."""
    none = Estimate(math.nan, math.nan, 0)
    assert change("x", OLD, none, margin=2, risk=0.05).answer is Answer.failed
    assert change("x", none, OLD, margin=2, risk=0.05).answer is Answer.failed
    assert change("x", none, none, margin=2, risk=0.05).answer is Answer.passed


@pytest.mark.parametrize(("shrunk", "holds"), [(1.0, True), (0.6, False)])
def test_a_change_as_large_as_the_margin_is_judged_wrongly_no_oftener_than_the_risk(shrunk: float, holds: bool) -> None:
    """At the margin every answer but inconclusive on one side is wrong; standard errors 40% too small are noticed.

    4,000 pairs of samples, risk 5%: a true 5% gives more than 233 in 1 of 100.
    """
    rng, n_pairs, risk = np.random.default_rng(11), 4_000, 0.05
    old, new = rng.normal(0, 1, (n_pairs, 40)), rng.normal(2, 3, (n_pairs, 15))
    n_failed = 0
    for one, other in zip(old, new, strict=True):
        pair = [Estimate(v.mean(), shrunk * v.std(ddof=1) / math.sqrt(len(v)), len(v)) for v in (one, other)]
        n_failed += change("x", *pair, margin=2, risk=risk).answer is Answer.failed
    assert (n_failed <= stats.binom.ppf(0.99, n_pairs, risk)) == holds
