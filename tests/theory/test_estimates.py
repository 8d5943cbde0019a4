"""The estimates themselves: on numbers for which the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from bedsim.analysis.intervals import mean_and_interval
from tests.theory.estimates import LeastBeds, LengthPercentile, Percentile, Reading, WithControls, ratio
from tests.theory.observed import Spells

VALUES = np.random.Generator(np.random.Philox(key=5)).normal(10.0, 2.0, size=50)
ONES = np.ones(50)


def test_the_jackknife_of_a_mean_is_students_interval():
    """A ratio to a constant is a mean: the same interval as bedsim's."""
    estimate = Reading(lambda _: ()).estimate(np.column_stack((VALUES, ONES)))
    mean, low, high = mean_and_interval(VALUES)
    assert estimate.mean == pytest.approx(mean)
    assert estimate.half_width == pytest.approx((high - low) / 2)


def test_controls_take_out_what_they_explain_and_nothing_else():
    """y = 3 + 2 c with c of mean 0: the estimate is 3, known exactly, although the mean of y is not 3."""
    chance = VALUES - 10.0
    estimate = WithControls(lambda _: (), ratio, n_controls=1).estimate(np.column_stack((3 + 2 * chance, ONES, chance)))
    assert estimate.mean == pytest.approx(3.0)
    assert estimate.half_width < 1e-9


def test_percentiles_are_those_of_all_replications_together():
    """Of 1, ..., 100, each replication having them all, the 95th percentile is 95 and certain; of lengths too."""
    counts = np.tile(np.append(np.arange(101.0), [100.0] * 100), (40, 1))
    whole = Percentile(lambda _: np.arange(1), 0.95).estimate(counts)
    assert (whole.mean, whole.half_width) == (95.0, 0.0)
    percentile = LengthPercentile(lambda _: ONES, 0.95, expected=100.0)
    below = np.append(np.clip(percentile.net / 100.0, 0.0, 1.0), 1.0)
    assert percentile.estimate(np.tile(below, (40, 1))).mean == pytest.approx(95.0)


@pytest.mark.parametrize(("target", "beds", "half_width"), [(20.0, 7, 0.0), (5.0, 8, 0.0), (VALUES.mean(), 7, 1.0)])
def test_bed_numbers_are_sure_only_if_the_bound_is_on_one_side(target: float, beds: int, half_width: float):
    """A share of about 10 is within 20, not within 5, and of its own mean nothing can be said."""
    estimate = LeastBeds(Reading(lambda _: ()), 7, target).estimate(np.column_stack((VALUES, ONES)))
    assert (estimate.mean, estimate.half_width) == (beds, half_width)


def test_spells_are_counted_from_their_beginning_up_to_their_end():
    """[1, 3) and [2, infinity): at 0, 1, 2, 3 there are 0, 1, 2, 1; in [0, 4) none for a day, two for a day."""
    spells = Spells(np.array([1.0, 2.0]), np.array([3.0, np.inf]))
    assert spells.count_at(0.0, 1.0, 4).tolist() == [0, 1, 2, 1]
    assert spells.days_at_level(4.0).tolist() == [1.0, 2.0, 1.0]
    assert spells.total(4.0) == 4.0
