"""Measures by segment, bed-days by segment, visits and staff, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest


def _supported(hand: Any, admitted: float, left: float, segment: str = "well") -> Any:
    return hand.Person(max(admitted, 0.0), [hand.Ask("support", "team", admitted, admitted, left)], segment=segment)


def _placed(hand: Any, segment: str, wait: float) -> Any:
    return hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 1.0 + wait, 4.0)], segment=segment)


def test_people_count_for_their_segment(hand: Any) -> None:
    """Of the well one of two waits, a day; the frail one waits two."""
    found = hand.measure([_placed(hand, "well", 1.0), _placed(hand, "well", 0.0), _placed(hand, "frail", 2.0)])
    for segment, referred, p_wait, wait_days in (("well", 2, 0.5, 0.5), ("frail", 1, 1.0, 2.0)):
        group = f"segment:{segment}"
        assert found.means[group, "referrals_per_day"] == referred / 8
        assert found.means[group, "p_wait"] == p_wait
        assert found.means[group, "wait_days"] == wait_days
        assert found.means[group, "acute_bed_days_lost_per_day"] == referred * wait_days / 8


def test_bed_days_are_shared_out_by_segment(hand: Any) -> None:
    """Of the ward the well have 3 and 2 days, the frail 1; together they are what the unit's own line says."""
    blueprint = hand.blueprint()
    found = hand.measure([_placed(hand, "well", 0.0), _placed(hand, "well", 1.0), _placed(hand, "frail", 2.0)])
    use, ward = found.use, blueprint.units.index("ward")
    assert use[:, ward].tolist() == [5.0, 1.0]
    assert use.sum() == found.unit_days[..., 0].sum()


def test_visits_are_many_at_first_and_fewer_later(hand: Any) -> None:
    """From day 1 to 6: two days of 4 visits and three of 1, 11 visits in 8 days."""
    found = hand.measure([_supported(hand, 1.0, 6.0)])
    assert found.means["team", "visits_per_week"] == pytest.approx(11 / 8 * 7, rel=1e-12)
    assert found.means["team", "staff_needed"] == pytest.approx(11 / 8 * 7 / 14, rel=1e-12)
    assert found.means["team", "visits_freed_per_week"] == 0


def test_only_visits_in_the_window_count(hand: Any) -> None:
    """Admitted a day before the window: the second day of the first band is in it, and so are all of the second.

    An episode that goes on after the window counts up to its end: 1 x 4 + 7 x 1.
    """
    found = hand.measure([_supported(hand, -1.0, 11.0)])
    assert found.visits.sum() == 1 * 4 + 7 * 1


def test_visits_are_of_segments(hand: Any) -> None:
    """A day of the well is 4 visits, three of the frail 4 + 4 + 1."""
    blueprint = hand.blueprint()
    people = [_supported(hand, 1.0, 2.0), _supported(hand, 2.0, 5.0, "frail")]
    found = hand.measure(people)
    assert found.visits[:, blueprint.units.index("team")].tolist() == [4.0, 9.0]
    assert found.means["segment:frail", "visits_per_week"] == pytest.approx(9 / 8 * 7, rel=1e-12)


def test_units_without_visits_have_none(hand: Any) -> None:
    """Visits are said only of the teams that make them, and of the segments of their people."""
    found = hand.measure([_placed(hand, "well", 0.0)])
    assert {group for group, measure in found.means if measure == "staff_needed"} == {
        *("team", "segment:well", "segment:frail")
    }
    without = hand.measure([_placed(hand, "well", 0.0)], blueprint=hand.blueprint(team={"visits": None}))
    assert not [group for group, measure in without.means if measure in ("visits_per_week", "staff_needed")]


def test_beds_and_delay_are_of_segments(hand: Any) -> None:
    """The well hold a planned bed for 3 days, ready for the last; the frail one for 2, never ready before leaving.

    An escalation bed is no planned one.
    """
    people = [
        hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 1.0, 4.0, ready=3.0)], segment="well"),
        hand.Person(1.0, [hand.Ask("rehab", "annex", 1.0, 1.0, 3.0)], segment="frail"),
        hand.Person(1.0, [hand.Ask("rehab", "esc", 1.0, 3.0, 7.0, ready=4.0)], segment="frail"),
    ]
    found = hand.measure(people).means
    assert found["segment:well", "planned_beds_taken"] == 3 / 8
    assert found["segment:frail", "planned_beds_taken"] == 2 / 8
    assert found["segment:well", "delayed_bed_days_per_day"] == 1 / 8
    assert found["segment:well", "delayed_fraction_of_occupied"] == 1 / 3
    assert found["segment:frail", "delayed_fraction_of_occupied"] == 0
    assert found["system", "delayed_bed_days_per_day"] == 1 / 8
