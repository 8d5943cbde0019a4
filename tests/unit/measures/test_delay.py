"""Delay to leave and its parts, against sums made by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

NAN = math.nan


def test_the_three_parts_of_delay_follow_one_another_and_add_up(hand: Any) -> None:
    """Admitted 0, ready 2, transfer to 3, leave time to 3.5, no place to 5.5: 1 + 0.5 + 2 of 5.5 bed-days."""
    found = hand.measure([hand.stayer("ward", 0.0, 5.5, ready=2.0, transfer_end=3.0, go=3.5)])
    for name in ("ward", "community_hospital", "system"):
        parts = [found.means[name, f"delayed_{part}_fraction"] for part in ("transfer", "leave_time", "no_place")]
        assert parts == [1 / 5.5, 0.5 / 5.5, 2 / 5.5]
        assert found.means[name, "delayed_fraction_of_occupied"] == pytest.approx(sum(parts), rel=1e-15)
        assert found.means[name, "delay_days"] == 3.5
        assert found.means[name, "los_days"] == 5.5
        assert found.histograms[name, "delay_days"].sum() == 1
        assert found.histograms[name, "delay_days"][84] == 1
    assert found.means["ward", "delayed_fraction_of_open"] == 3.5 / 16
    assert found.means["community_hospital", "delayed_fraction_of_open"] == 3.5 / 24
    assert found.means["system", "delayed_fraction_of_open"] == 3.5 / 32


def test_a_delayed_bed_is_seen_at_the_midnight_one_is_ready_and_not_when_one_leaves(hand: Any) -> None:
    """Ready 2, left 5: midnights 2, 3, 4."""
    found = hand.measure([hand.stayer("ward", 0.0, 5.0, ready=2.0)])
    assert found.histograms["ward", "delayed_beds"].tolist() == [5, 3]
    assert found.means["system", "delayed_beds"] == 3 / 8
    assert found.maxima["system", "delayed_beds"] == 1


def test_who_is_still_in_is_delayed_to_the_end_of_the_window(hand: Any) -> None:
    """Admitted 4, ready 5, could go at 6, still in: 3 delayed of 4 occupied days, 2 for want of a place."""
    found = hand.measure([hand.stayer("ward", 4.0, NAN, ready=5.0, transfer_end=6.0, go=6.0)])
    assert found.means["ward", "delayed_fraction_of_occupied"] == 3 / 4
    assert found.means["ward", "delayed_transfer_fraction"] == 1 / 4
    assert found.means["ward", "delayed_leave_time_fraction"] == 0
    assert found.means["ward", "delayed_no_place_fraction"] == 2 / 4
    assert found.means["ward", "delayed_beds"] == 3 / 8
    assert math.isnan(found.means["ward", "delay_days"])
    assert math.isnan(found.means["ward", "los_days"])


def test_beds_count_time_in_the_window_and_people_their_referral(hand: Any) -> None:
    """Referred in warm-up, delayed [-1, 2): 2 delayed of 2 occupied days in the window, but no person of it."""
    early = hand.stayer("ward", -3.0, 2.0, ready=-1.0)
    late = hand.stayer("annex", 7.0, 11.0, ready=7.5)
    found = hand.measure([early, late])
    assert found.means["ward", "delayed_fraction_of_occupied"] == 1.0
    assert math.isnan(found.means["ward", "delay_days"])
    assert found.means["annex", "delayed_fraction_of_occupied"] == 0.5
    assert found.means["annex", "delay_days"] == 3.5
    assert found.means["system", "delay_days"] == 3.5


def test_a_stay_in_another_kind_does_not_count_for_the_system(hand: Any) -> None:
    """The system is planned beds: a delay in a team's caseload is the team's."""
    found = hand.measure(
        [hand.Person(0.0, [hand.Ask("support", "team", 0.0, 0.0, 4.0, ready=1.0)]), hand.stayer("ward", 0.0, 2.0)]
    )
    assert found.means["team", "delay_days"] == 3.0
    assert found.means["team", "delayed_fraction_of_occupied"] == 3 / 4
    assert found.means["system", "delay_days"] == 0.0
    assert found.histograms["system", "delay_days"].tolist() == [1]
    assert found.means["system", "delayed_fraction_of_occupied"] == 0.0


def test_an_empty_unit_has_no_delayed_fraction(hand: Any) -> None:
    """Nothing of nothing is NaN; nothing of open beds is 0."""
    found = hand.measure([])
    assert math.isnan(found.means["ward", "delayed_fraction_of_occupied"])
    assert math.isnan(found.means["ward", "delayed_no_place_fraction"])
    assert found.means["ward", "delayed_fraction_of_open"] == 0


def test_the_parts_of_the_delay_say_why_and_for_what_and_add_up(hand: Any) -> None:
    """Ready 2, papers until 3, leave time until 3.5, then no place in `again` until 5.5. The team's is its own."""
    asks = [
        hand.Ask("rehab", "ward", 0.0, 0.0, 5.5, ready=2.0, transfer_end=3.0, go=3.5),
        hand.Ask("again", "annex", 3.5, 5.5, 6.0),
    ]
    team = hand.Person(0.0, [hand.Ask("support", "team", 0.0, 0.0, 4.0, ready=1.0, transfer_end=2.0)])
    found = hand.measure([hand.Person(0.0, asks), team]).means
    for group, days in (("reason:papers", 1), ("stage:again", 2), ("stage:rehab", 0), ("system", 3.5), ("team", 3)):
        assert found[group, "delayed_bed_days_per_day"] == days / 8, group
    for group, days in (("reason:papers", 1), ("stage:again", 2), ("system", 3.5)):
        assert found[group, "delayed_fraction_of_occupied"] == days / 6, group
    assert found["system", "delayed_leave_time_fraction"] == 0.5 / 6


def test_waiting_for_one_stage_and_then_for_another_is_split_between_them(hand: Any) -> None:
    """Held in the ward from 1: nobody gives `rehab` until 3, then `again` is asked for instead, until 7."""
    asks = [
        hand.Ask("again", "ward", 0.0, 0.0, 7.0, ready=1.0),
        hand.Ask("rehab", None, 1.0, left=3.0),
        hand.Ask("again", "annex", 3.0, 7.0, 7.5),
    ]
    asks[0].transfer_end = asks[0].go = 1.0
    found = hand.measure([hand.Person(0.0, asks)]).means
    assert found["stage:rehab", "delayed_bed_days_per_day"] == 2 / 8
    assert found["stage:again", "delayed_bed_days_per_day"] == 4 / 8
    assert found["system", "delayed_no_place_fraction"] == 6 / 7.5
    assert found["reason:papers", "delayed_bed_days_per_day"] == 0


def test_a_delay_is_split_at_the_edges_of_months(hand: Any) -> None:
    """Ready at noon on 31 March, papers until noon on 1 April, no place until midnight: 0.5, 0.5 and 0.5 days."""
    blueprint = hand.blueprint(start="2026-03-30", n_days=368)
    asks = [
        hand.Ask("rehab", "ward", 0.0, 0.0, 3.0, ready=1.5, transfer_end=2.5, go=2.5),
        hand.Ask("again", "annex", 2.5, 3.0, 3.5),
    ]
    found = hand.measure([hand.Person(0.0, asks)], blueprint=blueprint).by_period
    for group, days in (("system", 1.0), ("ward", 1.0), ("reason:papers", 0.5), ("stage:again", 0.5)):
        assert found[group, "delayed_bed_days_per_day", "2026-27"] == days / 365, group
    assert found["system", "delayed_transfer_fraction", "month-03"] == 0.5 / 2.0
    assert found["system", "delayed_no_place_fraction", "month-03"] == 0
    assert found["system", "delayed_transfer_fraction", "month-04"] == 0.5 / 1.5
    assert found["system", "delayed_no_place_fraction", "month-04"] == 0.5 / 1.5
    assert found["system", "delayed_bed_days_per_day", "month-03"] == 0.5 / 33
