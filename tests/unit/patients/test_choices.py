"""Choosing among shares, and who goes on where."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from bedsim.patients.choices import are_possible, branches, by_day, choices_of, going

U = np.concatenate((np.random.default_rng(3).random(500), [0.0, 0.2, np.nextafter(0.2, 0), 0.7, 1 - 2**-53]))


@pytest.mark.parametrize("edges", [[], [0.2], [0.2, 0.7], [0.2, 0.2, 0.7, 1.0]])
def test_a_uniform_falls_into_the_branch_whose_edges_enclose_it(edges: list[float]) -> None:
    """The lower edge belongs to a branch and the upper one does not; an empty branch gets nobody."""
    branch, rows, starts, place = branches(U, np.array(edges))
    assert np.array_equal(branch, np.searchsorted(edges, U, side="right"))
    assert np.array_equal(rows, np.argsort(branch, kind="stable"))
    assert np.array_equal(rows[place], np.arange(len(U)))
    for i, (first, end) in enumerate(pairwise(starts)):
        assert (branch[rows[first:end]] == i).all()
    assert starts[-1] == len(U)


def test_people_of_several_kinds_choose_by_the_shares_of_their_own() -> None:
    """As one kind at a time, also where one has fewer values than another."""
    edges, values = [np.array([0.2, 0.7]), np.empty(0)], [np.array([4, 5, 6]), np.array([9])]
    choices = choices_of(list(zip(edges, values, strict=True)))
    kind = np.arange(len(U)) % 2
    expected = np.where(kind == 0, values[0][np.searchsorted(edges[0], U, side="right")], 9)
    assert np.array_equal(choices.chosen(kind, U), expected)
    assert not choices.is_one_each


def test_without_a_choice_no_uniform_is_needed() -> None:
    """One value for each kind."""
    choices = choices_of([(np.empty(0), np.array([3])), (np.empty(0), np.array([8]))])
    assert choices.is_one_each
    assert choices.only(np.array([1, 0, 1])).tolist() == [8, 3, 8]


def test_people_choose_by_the_shares_of_their_kind_on_their_day() -> None:
    """Days are whole from their first instant to just before the next, before day 0 too."""
    edges = np.sort(np.random.default_rng(4).random((2, 5, 3)))
    instant, kind = np.resize([-2.0, np.nextafter(-1.0, -2.0), -1.0, 0.3, 2.9], len(U)), np.arange(len(U)) % 2
    day = np.resize([0, 0, 1, 2, 4], len(U))
    expected = [np.searchsorted(edges[k, d], u, side="right") for k, d, u in zip(kind, day, U, strict=True)]
    assert by_day(edges, kind, instant, -2, U).tolist() == expected


def test_those_go_on_whose_way_leads_on() -> None:
    """With the rows they come from; -1 is the last way, that of nobody, and where there are no ways nobody goes."""
    who, leads = np.array([7, 3, 9, 2]), np.array([False, True, False])
    people, rows = going(who, np.array([1, 0, -1, 1]), leads, 100)
    assert (people.tolist(), rows.tolist()) == ([7, 2], [100, 103])
    assert len(going(who, np.empty(0, dtype=np.int64), leads, 100)[0]) == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1e-300])
def test_one_length_that_is_negative_or_not_finite_makes_all_impossible(bad: float) -> None:
    """Wherever it is."""
    days = np.linspace(0, 1e308, 50)
    assert are_possible(days)
    assert are_possible(np.empty(0))
    for i in (0, 25, 49):
        assert not are_possible(np.concatenate((days[:i], [bad], days[i:])))
