"""The compiled steps of counting, against their definitions."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bedsim.measures.counting import add_units, count_midnights, histograms_of_lines, settle_midnights, whole_hours
from bedsim.patients.population import NONE

N_DAYS = 6
LINES = np.array([[3, 4], [3, NONE], [NONE, 4]])
"""Three units; the fourth line is of the first two, the fifth of the first and the last."""
DAYS = st.integers(-8, 32).map(lambda quarters: quarters / 4)


def test_hours_are_rounded_up_and_whole_hours_stay() -> None:
    """Exactly 2 h is 2, one second more is 3, a moment is 1 and nothing is 0."""
    second = 1 / 86_400
    days = np.array([0.0, second, 1 / 24, 2 / 24, 2 / 24 + second, 1.0, 1.0 + second])
    assert [whole_hours(one) for one in days] == [0, 1, 1, 2, 3, 24, 25]


def test_whole_hours_survive_the_subtraction_of_two_late_days() -> None:
    """(t + 2 h) - t is 2 h for any t in a century, although it is not 2/24 in float64."""
    t = np.arange(36_525) + 0.3
    waits = (t + 2 / 24) - t
    assert (waits * 24 > 2).any()
    assert {whole_hours(wait) for wait in waits} == {2}


@given(st.lists(st.tuples(DAYS, DAYS, st.integers(-1, 2)), max_size=12))
def test_a_midnight_sees_the_half_open_stays_of_the_chosen_sorts(stays: list[tuple[float, float, int]]) -> None:
    """Those with begin <= day < end, for each midnight of the window; the histogram has one observation a midnight."""
    begin = np.array([min(a, b) for a, b, _ in stays], dtype=np.float64)
    end = np.array([max(a, b) for a, b, _ in stays], dtype=np.float64)
    sort = np.array([c for *_, c in stays], dtype=np.int64)
    changes = np.zeros((1, N_DAYS + 1), dtype=np.int64)
    count_midnights(begin, end, sort, np.array([True, False, True, False]), changes[0])
    counts, starts = settle_midnights(changes)
    seen = [int((np.isin(sort, (0, 2)) & (begin <= day) & (day < end)).sum()) for day in range(N_DAYS)]
    assert changes[0, :-1].tolist() == seen
    assert counts.tolist() == np.bincount(seen).tolist()
    assert starts.tolist() == [0, len(counts)]


def test_who_was_never_admitted_is_at_no_midnight_and_who_is_still_in_at_all_that_follow() -> None:
    """NaN is no day at all: as a beginning it is no stay, as an end none yet."""
    changes = np.zeros((1, N_DAYS + 1), dtype=np.int64)
    begin, end = np.array([math.nan, math.nan, 4.0]), np.array([math.nan, 5.0, math.nan])
    count_midnights(begin, end, np.zeros(3, dtype=np.int64), np.array([True]), changes[0])
    settle_midnights(changes)
    assert changes[0, :-1].tolist() == [0, 0, 0, 0, 1, 1]


@given(st.lists(st.tuples(st.integers(-1, 7), st.integers(0, 2)), max_size=30))
def test_a_group_has_the_histogram_of_all_its_units(observations: list[tuple[int, int]]) -> None:
    """Each line's counts are those of the values of its units; NONE is no observation; the lines lie end to end."""
    values = np.array([value for value, _ in observations], dtype=np.int64)
    unit = np.array([one for _, one in observations], dtype=np.int64)
    counts, starts = histograms_of_lines(values, unit, LINES, 5)
    assert starts[-1] == len(counts)
    for line, members in enumerate(((0,), (1,), (2,), (0, 1), (0, 2))):
        of_line = [value for value, one in observations if one in members and value != NONE]
        assert counts[starts[line] : starts[line + 1]].tolist() == np.bincount(of_line).tolist()


def test_units_add_up_to_their_groups() -> None:
    """A group's line is the sum of its units' lines, and theirs stay as they were."""
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0], [0.0, 0.0], [0.0, 0.0]])
    add_units(values, LINES)
    assert values[:, 0].tolist() == [1, 2, 4, 3, 5]
    assert values[:, 1].tolist() == [10, 20, 40, 30, 50]
