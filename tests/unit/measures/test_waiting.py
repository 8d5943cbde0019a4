"""Waits and acute bed-days lost, against sums made by hand."""

from __future__ import annotations

import math
from typing import Any

NAN = math.nan


def test_a_wait_ends_by_admission_by_giving_up_or_counts_so_far(hand: Any) -> None:
    """Waits 0, 1.5, 2 (gave up) and 5 (requested 7, run ends at 12): share 3/4, mean 8.5/4."""
    found = hand.measure(
        [
            hand.stayer("ward", 1.0, 2.0),
            hand.Person(1.0, [hand.Ask("rehab", "annex", 1.0, 2.5, 4.0)]),
            hand.Person(2.0, [hand.Ask("rehab", None, 2.0, left=4.0)], outcome="gave_up"),
            hand.Person(7.0, [hand.Ask("rehab", None, 7.0)], outcome=None),
        ]
    )
    assert found.means["system", "p_wait"] == 3 / 4
    assert found.means["system", "wait_days"] == 8.5 / 4
    hours = found.histograms["system", "wait_days"]
    assert {h: n for h, n in enumerate(hours.tolist()) if n} == {0: 1, 36: 1, 48: 1, 120: 1}
    assert found.means["system", "unfinished_waits"] == 1


def test_a_unit_counts_the_waits_of_those_it_admitted(hand: Any) -> None:
    """Of any stage; the kind has its units' together; a unit that admitted nobody has NaN and an empty histogram."""
    found = hand.measure(
        [
            hand.stayer("ward", 1.0, 2.0),
            hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 3.0, 4.0)]),
            hand.Person(1.0, [hand.Ask("rehab", "annex", 1.0, 2.0, 4.0)]),
            hand.Person(1.0, [hand.Ask("support", "team", 1.0, 1.5, 4.0)]),
        ]
    )
    assert found.means["ward", "p_wait"] == 1 / 2
    assert found.means["ward", "wait_days"] == 1.0
    assert found.means["community_hospital", "p_wait"] == 2 / 3
    assert found.means["community_hospital", "wait_days"] == 1.0
    assert found.means["team", "wait_days"] == 0.5
    assert found.means["system", "p_wait"] == 2 / 3  # three ask for a planned bed
    assert math.isnan(found.means["esc", "p_wait"])
    assert math.isnan(found.means["esc", "wait_days"])
    assert found.histograms["esc", "wait_days"].sum() == 0


def test_waits_are_of_people_referred_in_the_window(hand: Any) -> None:
    """Referred at -1, admitted at 1: no. Referred at 7.5, admitted in cool-down: yes. Referred at 8: no."""
    found = hand.measure(
        [
            hand.Person(-1.0, [hand.Ask("rehab", "ward", -1.0, 1.0, 2.0)]),
            hand.Person(7.5, [hand.Ask("rehab", "ward", 7.5, 8.5, 9.0)]),
            hand.Person(8.0, [hand.Ask("rehab", "ward", 8.0, 11.0, 11.5)]),
        ]
    )
    assert found.means["system", "wait_days"] == 1.0
    assert found.means["ward", "wait_days"] == 1.0
    assert found.referrals.tolist() == [1, 0]


def test_a_second_request_is_a_second_wait_and_a_stay_put_is_no_admission(hand: Any) -> None:
    """`again` in the same ward is a request of the system, but the ward admitted only once."""
    found = hand.measure(
        [hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 2.0, 3.0), hand.Ask("again", "ward", 3.0, 3.0, 5.0)])]
    )
    assert found.means["system", "p_wait"] == 1 / 2
    assert found.means["ward", "p_wait"] == 1.0
    assert found.histograms["ward", "wait_days"].sum() == 1


def test_acute_days_are_lost_by_who_waits_in_an_acute_place(hand: Any) -> None:
    """Streams wait where `waits_in` says (2 days lost from acute, none from home); a place held says otherwise."""
    found = hand.measure(
        [
            hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 3.0, 4.0)]),
            hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 5.0, 6.0)], stream="from_home"),
        ]
    )
    assert found.means["system", "acute_bed_days_lost_per_day"] == 2 / 8
    held_acute = [hand.Ask("assess", "assess_bed", 0.0, 0.0, 4.0, ready=1.0), hand.Ask("rehab", "ward", 1.0, 4.0, 5.0)]
    found = hand.measure([hand.Person(0.0, held_acute, stream="from_home")])
    assert found.means["system", "acute_bed_days_lost_per_day"] == 3 / 8
    held_esc = [hand.Ask("rehab", "esc", 0.0, 0.0, 4.0, ready=1.0), hand.Ask("again", "ward", 1.0, 4.0, 5.0)]
    found = hand.measure([hand.Person(0.0, held_esc)])
    assert found.means["system", "acute_bed_days_lost_per_day"] == 0


def test_only_the_time_in_the_window_is_lost_whoever_waits(hand: Any) -> None:
    """[-2, 1) gives 1 day, [7, still waiting) 1 day, a wait for a team none."""
    found = hand.measure(
        [
            hand.Person(-2.0, [hand.Ask("rehab", "ward", -2.0, 1.0, 4.0)]),
            hand.Person(7.0, [hand.Ask("rehab", None, 7.0)], outcome=None),
            hand.Person(2.0, [hand.Ask("support", "team", 2.0, 6.0, 7.0)]),
        ]
    )
    assert found.means["system", "acute_bed_days_lost_per_day"] == 2 / 8


def test_the_place_held_is_ones_own(hand: Any) -> None:
    """The person before in the table holds an acute bed; this one, from home, holds nothing and loses nothing."""
    found = hand.measure(
        [
            hand.stayer("assess_bed", 0.0, NAN),
            hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 3.0, 4.0)], stream="from_home"),
        ]
    )
    assert found.means["system", "acute_bed_days_lost_per_day"] == 0


def test_who_stops_asking_for_one_stage_keeps_the_acute_bed_while_asking_for_the_next(hand: Any) -> None:
    """A `then` rung leaves a row without a unit; the place held stays the one before it."""
    asks = [
        hand.Ask("assess", "assess_bed", 0.0, 0.0, 5.0, ready=1.0),
        hand.Ask("rehab", None, 1.0, left=2.0),
        hand.Ask("again", "ward", 2.0, 5.0, 6.0),
    ]
    found = hand.measure([hand.Person(0.0, asks, stream="from_home")])
    assert found.means["system", "acute_bed_days_lost_per_day"] == (1 + 3) / 8
    assert found.means["system", "wait_days"] == (1 + 3) / 2
