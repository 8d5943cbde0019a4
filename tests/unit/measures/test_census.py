"""Census, open beds, occupancy, overflow and demand, against counts made by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

NAN = math.nan


def test_a_stay_is_counted_at_the_midnight_it_begins_and_not_at_the_one_it_ends(hand: Any) -> None:
    """Half-open: [2, 5) is seen at midnights 2, 3, 4; [2.25, 4.75) at 3 and 4; [5.25, 5.75) at none."""
    people = [hand.stayer("ward", 2.0, 5.0), hand.stayer("annex", 2.25, 4.75), hand.stayer("home_ash", 5.25, 5.75)]
    found, midnights = hand.measure(people), hand.midnights(people)
    assert midnights["ward", "midnight_census"] == [0, 0, 1, 1, 1, 0, 0, 0]
    assert midnights["annex", "midnight_census"] == [0, 0, 0, 1, 1, 0, 0, 0]
    assert not any(midnights["home_ash", "midnight_census"])
    assert found.means["ward", "midnight_census"] == 3 / 8
    assert found.maxima["ward", "midnight_census"] == 1
    assert found.histograms["ward", "midnight_census"].tolist() == [5, 3]


def test_kinds_and_the_system_add_up_their_units(hand: Any) -> None:
    """The kind has both hospitals; the system has hospitals and care homes, not escalation, acute or services."""
    people = [hand.stayer(one, 2.0, 4.0) for one in ("ward", "ward", "annex", "home_ash", "esc", "assess_bed", "team")]
    found, midnights = hand.measure(people), hand.midnights(people)
    assert midnights["community_hospital", "midnight_census"] == [0, 0, 3, 3, 0, 0, 0, 0]
    assert midnights["care_home", "midnight_census"] == [0, 0, 1, 1, 0, 0, 0, 0]
    assert midnights["system", "midnight_census"] == [0, 0, 4, 4, 0, 0, 0, 0]
    assert found.maxima["system", "midnight_census"] == 4


def test_a_care_home_below_the_minimum_counts_alone_and_for_neither_kind_nor_system(hand: Any) -> None:
    """Who is still in it is in its own census; its place is no planned bed."""
    blueprint = hand.blueprint(home_ash={"rating": "requires_improvement"})
    found = hand.measure([hand.stayer("home_ash", -1.0, 2.0), hand.stayer("ward", 0.0, 1.0)], blueprint=blueprint)
    assert found.means["home_ash", "midnight_census"] == 2 / 8
    assert found.means["care_home", "midnight_census"] == 0
    assert found.means["system", "midnight_census"] == 1 / 8
    assert found.means["system", "open_beds"] == 3


def test_who_came_before_the_window_and_who_is_still_in_count_while_they_are_in(hand: Any) -> None:
    """[-2, 3) overlaps the window by 3 days; [6, still in) by 2, whatever the end of the run."""
    people = [hand.stayer("ward", -2.0, 3.0), hand.stayer("ward", 6.0, NAN)]
    found, midnights = hand.measure(people), hand.midnights(people)
    assert midnights["ward", "midnight_census"] == [1, 1, 1, 0, 0, 0, 1, 1]
    assert found.means["ward", "occupancy_fraction"] == 5 / 16


def test_a_stay_after_the_window_counts_nowhere(hand: Any) -> None:
    """Cool-down is simulated, not measured: day 8 is outside [0, 8)."""
    found = hand.measure([hand.stayer("ward", 8.0, 11.0)])
    assert found.means["ward", "midnight_census"] == 0
    assert found.means["ward", "occupancy_fraction"] == 0


def test_who_stays_put_is_counted_once_throughout(hand: Any) -> None:
    """One row ends and one begins at midnight 3: the census is 1 before, at and after."""
    midnights = hand.midnights(
        [hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 1.0, 3.0), hand.Ask("again", "ward", 3.0, 3.0, 5.0)])]
    )
    assert midnights["ward", "midnight_census"] == [0, 1, 1, 1, 1, 0, 0, 0]


def test_occupancy_is_bed_days_over_bed_days_and_not_a_mean_of_midnights(hand: Any) -> None:
    """A stay [0.5, 1) is half a bed-day of 16, though no midnight sees it."""
    found = hand.measure([hand.stayer("ward", 0.5, 1.0)])
    assert found.means["ward", "occupancy_fraction"] == 0.5 / 16
    assert found.means["ward", "midnight_census"] == 0


def test_open_beds_follow_the_timetable_through_the_window(hand: Any) -> None:
    """2 places, 4 from 12:00 on day 1, closed to admissions on day 3 (still open), 1 from day 6: 23.0 bed-days."""
    timetable = [
        {"date": "2025-12-30", "places": 2},
        {"date": "2026-01-02", "hour": 12, "places": 4},
        {"date": "2026-01-04", "accepting": False},
        {"date": "2026-01-07", "places": 1},
        {"date": "2026-01-09", "places": 50},
    ]
    blueprint = hand.blueprint(ward={"places": 7, "timetable": timetable})
    found = hand.measure([hand.stayer("ward", 0.0, 4.0)], blueprint=blueprint)
    bed_days = 1.5 * 2 + 4.5 * 4 + 2 * 1
    assert found.means["ward", "open_beds"] == bed_days / 8
    assert found.means["ward", "occupancy_fraction"] == 4 / bed_days
    assert found.means["community_hospital", "open_beds"] == (bed_days + 8) / 8


def test_open_beds_exist_only_where_places_are_limited_in_the_window(hand: Any) -> None:
    """Unlimited in the window: none for the unit, its kind and the system; unlimited before it: no matter."""
    in_warm_up = [{"date": "2026-01-01", "places": 3}]
    found = hand.measure([], blueprint=hand.blueprint(ward={"places": "unlimited", "timetable": in_warm_up}))
    assert found.means["ward", "open_beds"] == 3
    in_window = [{"date": "2026-01-03", "places": 3}]
    found = hand.measure([], blueprint=hand.blueprint(ward={"places": "unlimited", "timetable": in_window}))
    for name in ("ward", "community_hospital", "system", "team"):
        assert (name, "open_beds") not in found.means
        assert (name, "occupancy_fraction") not in found.means
        assert (name, "delayed_fraction_of_open") not in found.means
    assert found.means["care_home", "open_beds"] == 1


def test_a_unit_without_places_has_no_occupancy(hand: Any) -> None:
    """0 of 0 bed-days is nothing observed, NaN and not 0."""
    found = hand.measure([], blueprint=hand.blueprint(esc={"places": 0}))
    assert math.isnan(found.means["esc", "occupancy_fraction"])


def test_overflow_is_who_waits_and_who_is_in_escalation_or_out_of_area(hand: Any) -> None:
    """Waiting [1, 3) then escalation [3, 5); waiting [4, 4.5) then away [4.5, 7): parts and sum by midnight."""
    people = [
        hand.Person(1.0, [hand.Ask("rehab", "esc", 1.0, 3.0, 5.0)]),
        hand.Person(4.0, [hand.Ask("rehab", "away", 4.0, 4.5, 7.0)]),
    ]
    found, midnights = hand.measure(people), hand.midnights(people)
    assert found.histograms["system", "waiting"].tolist() == [5, 3]  # midnights 1, 2 and 4
    assert found.histograms["system", "in_escalation"].tolist() == [6, 2]
    assert found.histograms["system", "in_out_of_area"].tolist() == [6, 2]
    assert midnights["system", "overflow"] == [0, 1, 1, 1, 2, 1, 1, 0]
    assert found.means["system", "overflow"] == 7 / 8
    assert found.maxima["system", "overflow"] == 2
    assert found.means["system", "overflow_days_fraction"] == 6 / 8


def test_overflow_bed_days_and_the_longest_spell(hand: Any) -> None:
    """Somebody waits at midnights 0, 1, 3, 4, 5 and 7, at 4 two people: 7 bed-days, three days in a row at most."""
    waits = ((-1.0, 1.5), (2.5, 5.5), (3.5, 4.25), (6.25, 7.5))
    found = hand.measure([hand.Person(a, [hand.Ask("rehab", "ward", a, b, b + 0.25)]) for a, b in waits])
    assert found.means["system", "overflow_bed_days"] == 7
    assert found.means["system", "longest_overflow_spell_days"] == 3
    assert found.means["system", "overflow_days_fraction"] == 6 / 8
    nothing = hand.measure([]).means
    assert nothing["system", "overflow_bed_days"] == nothing["system", "longest_overflow_spell_days"] == 0


def test_a_caseload_is_a_census_and_over_its_places_an_occupancy(hand: Any) -> None:
    """A community service with 4 places: [0, 4) and [2, 6) are 8 of 32 place-days, and 1 at a midnight on average."""
    blueprint = hand.blueprint(team={"places": 4})
    people = [hand.Person(a, [hand.Ask("support", "team", a, a, a + 4)]) for a in (0.0, 2.0)]
    found = hand.measure(people, blueprint=blueprint).means
    for name in ("team", "community_service"):
        assert found[name, "midnight_census"] == 1.0
        assert found[name, "occupancy_fraction"] == 8 / 32


def test_who_waits_for_ever_or_gives_up_waits_until_then_and_only_for_planned_beds(hand: Any) -> None:
    """Giving up at 4 ends the wait at midnight 4; still waiting goes on to the end; a team is no planned bed."""
    midnights = hand.midnights(
        [
            hand.Person(2.0, [hand.Ask("rehab", None, 2.0, left=4.0)], outcome="gave_up"),
            hand.Person(5.5, [hand.Ask("rehab", None, 5.5)], outcome=None),
            hand.Person(0.0, [hand.Ask("support", "team", 0.0, 7.0, 8.0)]),
        ]
    )
    assert midnights["system", "overflow"] == [0, 0, 1, 1, 0, 0, 1, 1]


def test_demand_is_the_census_of_planned_units_in_the_unlimited_run(hand: Any) -> None:
    """`demand_beds` takes the demand run and, in it, planned units alone."""
    people = [hand.Person(float(day), [hand.Ask("rehab", None, float(day))], outcome=None) for day in (1, 2, 3)]
    demand = [hand.stayer("ward", 1.0, 4.0), hand.stayer("home_ash", 2.0, 4.0), hand.stayer("team", 3.0, 6.0)]
    found, midnights = hand.measure(people, demand=demand), hand.midnights(people, demand=demand)
    assert midnights["system", "demand_beds"] == [0, 1, 2, 2, 0, 0, 0, 0]
    assert found.maxima["system", "demand_beds"] == 2
    assert found.means["system", "midnight_census"] == 0


def test_demand_without_delay_counts_who_asks_for_a_planned_bed_wherever_placed(hand: Any) -> None:
    """Rows of `rehab` count though placed away; rows of `support` do not."""
    people = [hand.stayer("ward", 1.0, 7.0), hand.Person(1.0, [hand.Ask("support", "team", 1.0, 1.0, 7.0)])]
    no_delay = [hand.stayer("away", 1.0, 3.0), hand.Person(1.0, [hand.Ask("support", "team", 1.0, 1.0, 7.0)])]
    found = hand.measure(people, no_delay=no_delay)
    assert found.histograms["system", "demand_beds_no_delay"].tolist() == [6, 2]


@pytest.mark.parametrize(("places", "expected"), [(1, 2 / 6), (2, 2 / 8), (0, 1.0)])
def test_p_delay_if_lost_reads_the_places_at_the_end_of_the_window(hand: Any, places: int, expected: float) -> None:
    """Demand 0 at 4 midnights, 1 at 2 and 2 at 2; the places are those after the last change in the window."""
    timetable = [{"date": "2026-01-08", "places": places}, {"date": "2026-01-09", "places": 9}]
    none = {"places": 0}
    blueprint = hand.blueprint(ward={"timetable": timetable}, annex=none, home_ash=none)
    found = hand.measure([hand.stayer("ward", 1.0, 5.0), hand.stayer("ward", 2.0, 4.0)], blueprint=blueprint)
    assert found.means["system", "p_delay_if_lost"] == expected


def test_p_delay_if_lost_needs_a_number_of_beds(hand: Any) -> None:
    """Unlimited planned places: nobody could be lost, so the measure does not exist."""
    found = hand.measure([], blueprint=hand.blueprint(ward={"places": "unlimited"}))
    assert ("system", "p_delay_if_lost") not in found.means
