"""Referrals, admissions, discharges, outcomes and first places, against counts made by hand."""

from __future__ import annotations

import math
from typing import Any

NAN = math.nan
UNITS = ("ward", "annex", "home_ash", "esc", "away", "assess_bed", "team")


def test_people_are_counted_by_referral_and_admissions_by_their_own_day(hand: Any) -> None:
    """Referred -1, admitted 1: an admission, no referral. Referred 7, admitted 9: a referral, no admission."""
    found = hand.measure(
        [
            hand.Person(-1.0, [hand.Ask("rehab", "ward", -1.0, 1.0, 2.0)]),
            hand.Person(7.0, [hand.Ask("rehab", "annex", 7.0, 9.0, 10.0)], stream="from_home"),
            hand.Person(8.0, [hand.Ask("rehab", "annex", 8.0, 8.0, 9.0)]),
        ]
    )
    assert found.referrals.tolist() == [0, 1]
    assert found.means["system", "referrals_per_day"] == 1 / 8
    assert found.admissions.sum() == 1
    assert found.admissions[0, UNITS.index("ward")] == 1
    assert found.means["ward", "admissions_per_day"] == 1 / 8
    assert found.means["system", "admissions_per_day"] == 1 / 8
    assert found.means["annex", "admissions_per_day"] == 0
    assert found.first_places.tolist() == [[0] * 7, [0, 1, 0, 0, 0, 0, 0]]
    assert found.means["ward", "discharges_per_day"] == 1 / 8
    assert found.means["annex", "discharges_per_day"] == 0


def test_a_stay_put_is_neither_admission_nor_discharge_but_a_move_is_both(hand: Any) -> None:
    """Ward, stays put, then annex, then team: 3 admissions; the ward lets go once, the hospitals twice."""
    asks = [
        hand.Ask("rehab", "ward", 1.0, 1.0, 2.0),
        hand.Ask("again", "ward", 2.0, 2.0, 3.0),
        hand.Ask("again", "annex", 3.0, 3.0, 4.0),
        hand.Ask("support", "team", 4.0, 4.0, 5.0),
    ]
    found = hand.measure([hand.Person(1.0, asks)])
    rates = {"ward": 1 / 8, "annex": 1 / 8, "team": 1 / 8, "community_hospital": 2 / 8, "system": 2 / 8}
    assert {name: found.means[name, "admissions_per_day"] for name in rates} == rates
    assert {name: found.means[name, "discharges_per_day"] for name in rates} == rates
    assert found.first_places.sum() == 1
    assert found.first_places[0, UNITS.index("ward")] == 1


def test_a_return_to_a_unit_left_in_between_is_an_admission(hand: Any) -> None:
    """Ward, annex, ward: the ward admits twice."""
    asks = [hand.Ask("rehab", unit, t, t, t + 1) for t, unit in ((1.0, "ward"), (2.0, "annex"), (3.0, "ward"))]
    found = hand.measure([hand.Person(1.0, asks)])
    assert found.means["ward", "admissions_per_day"] == 2 / 8


def test_admissions_less_discharges_is_the_change_of_the_census(hand: Any) -> None:
    """In every group, with people there before the window and after it."""
    people = [
        hand.stayer("ward", -1.0, 2.5),
        hand.stayer("ward", 3.0, NAN),
        hand.stayer("annex", 6.0, 9.0),
        hand.stayer("home_ash", 2.0, 3.0),
        hand.Person(4.0, [hand.Ask("rehab", "home_ash", 4.0, 4.0, 6.0), hand.Ask("again", "home_ash", 6.0, 6.0, NAN)]),
    ]
    found = hand.measure(people)
    for name, before, after in (("ward", 1, 1), ("annex", 0, 1), ("home_ash", 0, 1), ("system", 1, 3)):
        change = found.means[name, "admissions_per_day"] - found.means[name, "discharges_per_day"]
        assert change * 8 == after - before


def test_moves_at_the_edges_of_the_window_are_half_open(hand: Any) -> None:
    """Day 0 is in the window and day 8 is not, for both admissions and discharges."""
    found = hand.measure([hand.stayer("ward", 0.0, 8.0), hand.stayer("annex", -2.0, 0.0)])
    assert found.means["ward", "admissions_per_day"] == 1 / 8
    assert found.means["ward", "discharges_per_day"] == 0
    assert found.means["annex", "admissions_per_day"] == 0
    assert found.means["annex", "discharges_per_day"] == 1 / 8


def test_out_of_area_is_a_share_of_admissions_that_ask_for_a_planned_bed(hand: Any) -> None:
    """1 of 3: two planned or escalation, one away; a team's admission is not asked of planned beds."""
    found = hand.measure(
        [
            hand.stayer("ward", 1.0, 2.0),
            hand.stayer("esc", 1.0, 2.0),
            hand.stayer("away", 1.0, 2.0),
            hand.stayer("away", 9.0, 10.0),
            hand.Person(1.0, [hand.Ask("support", "team", 1.0, 1.0, 4.0)]),
        ]
    )
    assert found.means["system", "out_of_area_fraction"] == 1 / 3
    assert math.isnan(hand.measure([]).means["system", "out_of_area_fraction"])


def test_outcomes_and_unfinished_are_of_people_referred_in_the_window(hand: Any) -> None:
    """By stream and outcome, at the end of the run; who has none is unfinished."""
    found = hand.measure(
        [
            hand.stayer("ward", -1.0, 2.0),
            hand.stayer("ward", 1.0, 2.0),
            hand.Person(2.0, [hand.Ask("rehab", "ward", 2.0, 2.0, 11.0)], outcome="died", stream="from_home"),
            hand.Person(2.0, [hand.Ask("rehab", None, 2.0, left=11.0)], outcome="gave_up", stream="from_home"),
            hand.Person(3.0, [hand.Ask("rehab", None, 3.0)], outcome=None),
            hand.Person(8.5, [hand.Ask("rehab", None, 8.5)], outcome=None),
        ]
    )
    names = hand.blueprint().outcomes
    assert found.outcomes.shape == (2, len(names))
    assert found.outcomes[0, names.index("home")] == 1
    assert found.outcomes[1, names.index("died")] == 1
    assert found.outcomes[1, names.index("gave_up")] == 1
    assert found.outcomes.sum() == 3
    assert found.means["system", "unfinished_fraction"] == 1 / 4
    assert found.means["route:step_down", "unfinished_fraction"] == 1 / 2
    assert found.means["route:step_up", "unfinished_fraction"] == 0
    assert found.referrals.tolist() == [2, 2]


def test_people_present_at_the_start_fill_beds_but_were_neither_referred_nor_admitted(hand: Any) -> None:
    """Without warm-up they stand at day 0: in the census, in no count of people, and their next move is a move."""
    asks = [hand.Ask("rehab", "ward", 0.0, 0.0, 3.0, ready=2.0), hand.Ask("again", "annex", 3.0, 3.0, 4.0)]
    people, blueprint = [hand.Person(0.0, asks, present_in="ward")], hand.blueprint(warm_up_days=0)
    found = hand.measure(people, blueprint=blueprint)
    assert hand.midnights(people, blueprint=blueprint)["ward", "midnight_census"] == [1, 1, 1, 0, 0, 0, 0, 0]
    assert found.referrals.sum() == 0
    assert found.outcomes.sum() == 0
    assert found.first_places.sum() == 0
    assert math.isnan(found.means["system", "p_wait"])
    assert math.isnan(found.means["ward", "los_days"])
    assert found.means["ward", "admissions_per_day"] == 0
    assert found.means["annex", "admissions_per_day"] == 1 / 8
    assert found.means["ward", "discharges_per_day"] == 1 / 8
