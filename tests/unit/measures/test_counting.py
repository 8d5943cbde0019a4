"""The compiled steps of counting, against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedsim.measures.counting import (
    add_to_lines,
    add_units,
    count_days,
    count_midnights,
    count_midnights_by_group,
    count_values,
    days_at_and_up_to,
    fold,
    longest_spell,
    longest_spells,
    settle_midnights,
    whole_hours,
)
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
    changes = np.zeros((4, N_DAYS + 1), dtype=np.int64)
    group = np.arange(len(stays)) % 3
    chosen = np.array([True, False, True, False])
    count_midnights(begin, end, sort, chosen, changes[0])
    count_midnights_by_group(begin, end, sort, chosen, group, changes[1:])
    settle_midnights(changes)
    counts, starts = count_days(changes, np.array([0]), np.array([0, N_DAYS]), np.array([0]), 1)
    seen = [int((np.isin(sort, (0, 2)) & (begin <= day) & (day < end)).sum()) for day in range(N_DAYS)]
    assert changes[0, :-1].tolist() == seen
    for one in range(3):
        mine = (group == one) & np.isin(sort, (0, 2))
        assert changes[1 + one, :-1].tolist() == [int((mine & (begin <= d) & (d < end)).sum()) for d in range(N_DAYS)]
    assert counts.tolist() == np.bincount(seen).tolist()
    assert starts.tolist() == [0, len(counts)]


def test_who_was_never_admitted_is_at_no_midnight_and_who_is_still_in_at_all_that_follow() -> None:
    """NaN is no day at all: as a beginning it is no stay, as an end none yet."""
    changes = np.zeros((1, N_DAYS + 1), dtype=np.int64)
    begin, end = np.array([math.nan, math.nan, 4.0]), np.array([math.nan, 5.0, math.nan])
    count_midnights(begin, end, np.zeros(3, dtype=np.int64), np.array([True]), changes[0])
    settle_midnights(changes)
    assert changes[0, :-1].tolist() == [0, 0, 0, 0, 1, 1]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 2)), max_size=30))
def test_each_line_has_the_histogram_of_its_values(observations: list[tuple[int, int]]) -> None:
    """The counts of line k are those of the values of line k; the lines lie end to end."""
    values = np.array([value for value, _ in observations], dtype=np.int64)
    lines = np.array([line for _, line in observations], dtype=np.int64)
    counts, starts = count_values(values, lines, 4)
    assert starts[-1] == len(counts)
    for line in range(4):
        of_line = [value for value, one in observations if one == line]
        assert counts[starts[line] : starts[line + 1]].tolist() == np.bincount(of_line).tolist()


@given(st.integers(0, 3), st.lists(st.tuples(st.lists(st.integers(0, 7), max_size=8), st.integers(0, 2)), max_size=9))
def test_days_are_counted_part_by_part(before: int, runs: list[tuple[list[int], int]]) -> None:
    """Each part of the window has the histogram of the days of its runs, of the chosen lines alone; a day before the
    first run or after the last is in none, and a part may have no day."""
    days = [5] * before + [value for run, _ in runs for value in run] + [6]
    values = np.array([days, [9] * len(days), [2 * value for value in days]], dtype=np.int32)
    edges = before + np.cumsum([0, *(len(run) for run, _ in runs)])
    parts = np.array([part for _, part in runs], dtype=np.int64)
    counts, starts = count_days(values, np.array([0, 2]), edges, parts, 3)
    for part in range(3):
        for k, factor in enumerate((1, 2)):
            mine = [factor * value for run, one in runs if one == part for value in run]
            at = 2 * part + k
            found = counts[starts[at] : starts[at + 1]].tolist()
            assert found == np.bincount(np.array(mine, dtype=np.int64)).tolist()


def test_values_are_added_up_where_they_lead() -> None:
    """Whatever the shape of what is added."""
    values = np.arange(12.0).reshape(3, 2, 2)
    assert fold(values, np.array([1, 0, 1]), 3).tolist() == [[4, 5, 6, 7], [8, 10, 12, 14], [0, 0, 0, 0]]


@pytest.mark.parametrize(("days", "expected"), [([], 0), ([0, 0], 0), ([1], 1), ([1, 0, 2, 3], 2), ([1, 1, 0, 9], 2)])
def test_the_longest_spell_is_of_days_in_a_row(days: list[int], expected: int) -> None:
    """The most days above 0 without one at 0 between, at either end too."""
    assert longest_spell(np.array(days, dtype=np.int64)) == expected


def test_spells_are_those_of_all_parts_together_and_of_each() -> None:
    """A spell across the edge of two parts is as long as its piece in each; days outside the parts are in none."""
    values = np.array([[9, 1, 1, 1, 0, 1, 9], [0] * 7, [1, 0, 0, 1, 1, 1, 1]], dtype=np.int32)
    found = longest_spells(values, np.array([0, 2]), np.array([1, 3, 6]))
    assert found.tolist() == [[3, 3], [2, 0], [1, 3]]


def test_days_are_held_against_the_limit_of_all_parts_together_and_of_each() -> None:
    """At the limit, and at most at it; every day is at most an infinite number, and at it none."""
    values = np.array([2, 3, 4, 3, 9], dtype=np.int32)
    found = days_at_and_up_to(values, np.array([3.0, 4.0, math.inf]), np.array([0, 2, 4]))
    assert found.tolist() == [[2, 3], [0, 2], [0, 2]]


def test_an_amount_is_added_to_the_lines_there_are() -> None:
    """NONE is no line, and never the last one."""
    values = np.zeros((2, 3, 2))
    add_to_lines(values, 1, (1, NONE), 0, 2.5)
    add_to_lines(values, 1, (0, 1), 1, 1.0)
    assert values.tolist() == [[[0, 0]] * 3, [[0, 1], [2.5, 1], [0, 0]]]


def test_units_add_up_to_their_groups() -> None:
    """A group's line is the sum of its units' lines, and theirs stay as they were."""
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0], [0.0, 0.0], [0.0, 0.0]])
    add_units(values, LINES)
    assert values[:, 0].tolist() == [1, 2, 4, 3, 5]
    assert values[:, 1].tolist() == [10, 20, 40, 30, 50]
