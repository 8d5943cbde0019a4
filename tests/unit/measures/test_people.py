"""Measures of people by home and route, where they are placed and how far that is, against counts made by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

NAN = math.nan
MINUTES = math.radians(0.1) * 6371.0088 * 1.25 / 40 * 60
"""From north to south, a tenth of a degree: 11.1 km as the crow flies, a quarter more by road, at 40 km an hour."""


def _placed(hand: Any, home: str | None, unit: str, wait: float = 0.0, **others: Any) -> Any:
    return hand.Person(1.0, [hand.Ask("rehab", unit, 1.0, 1.0 + wait, 4.0)], home=home, **others)


def test_waits_and_acute_days_are_those_of_the_persons_home_and_route(hand: Any) -> None:
    """North waits 1 and 0 days, south 2 (from home, so in no acute bed), somebody without a home 3."""
    people = [
        _placed(hand, "north", "ward", 1.0),
        _placed(hand, "north", "annex"),
        _placed(hand, "south", "ward", 2.0, stream="from_home"),
        _placed(hand, None, "ward", 3.0),
    ]
    found = hand.measure(people)
    expected = {
        "system": (4, 3 / 4, 6 / 4, 4 / 8),
        "locality:north": (2, 1 / 2, 1 / 2, 1 / 8),
        "locality:south": (1, 1.0, 2.0, 0.0),
        "route:step_down": (3, 2 / 3, 4 / 3, 4 / 8),
        "route:step_up": (1, 1.0, 2.0, 0.0),
    }
    for group, (referred, p_wait, wait_days, lost) in expected.items():
        assert found.means[group, "referrals_per_day"] == referred / 8
        assert found.means[group, "p_wait"] == p_wait
        assert found.means[group, "wait_days"] == wait_days
        assert found.means[group, "acute_bed_days_lost_per_day"] == lost
        assert found.histograms[group, "wait_days"].sum() == referred
    assert found.histograms["locality:north", "wait_days"].tolist() == [1] + 23 * [0] + [1]


def test_who_still_waits_and_who_is_sent_away_count_for_their_home(hand: Any) -> None:
    """One of two from north still waits; one of one admitted from south is out of area."""
    found = hand.measure(
        [
            hand.Person(2.0, [hand.Ask("rehab", None, 2.0)], outcome=None, home="north"),
            _placed(hand, "north", "ward"),
            _placed(hand, "south", "away"),
        ]
    )
    assert found.means["locality:north", "unfinished_waits"] == 1
    assert found.means["locality:south", "unfinished_waits"] == 0
    assert found.means["locality:north", "out_of_area_fraction"] == 0
    assert found.means["locality:south", "out_of_area_fraction"] == 1
    assert found.means["system", "out_of_area_fraction"] == 1 / 2
    assert found.means["locality:north", "unfinished_fraction"] == 1 / 2


def _people_of_all_sorts(hand: Any) -> list[Any]:
    """Three whose way is known, and others: no known site, no known home, no planned bed, referred before the window,
    present at the start, a stay put, a bed asked for by nobody who needs one."""
    put = [hand.Ask("rehab", "ward", 1.0, 1.0, 2.0), hand.Ask("again", "ward", 2.0, 2.0, 3.0)]
    return [
        hand.Person(1.0, put, home="north"),
        _placed(hand, "north", "annex"),
        _placed(hand, "south", "annex", stream="from_home"),
        _placed(hand, "south", "home_ash"),
        _placed(hand, None, "ward"),
        _placed(hand, "south", "esc"),
        _placed(hand, "south", "away"),
        hand.Person(-1.0, [hand.Ask("rehab", "ward", -1.0, 1.0, 2.0)], home="south"),
        hand.Person(0.0, [hand.Ask("rehab", "ward", 0.0, 0.0, 3.0)], home="south", present_in="ward"),
        hand.Person(1.0, [hand.Ask("support", "team", 1.0, 1.0, 4.0)], home="south"),
    ]


def test_away_from_home_is_of_admissions_to_planned_beds_whose_two_localities_are_known(hand: Any) -> None:
    """1 of 3: north to the annex in south; the others are at home, or it is not known, or no planned bed."""
    found = hand.measure(_people_of_all_sorts(hand))
    expected = {"system": 1 / 3, "locality:north": 1 / 2, "locality:south": 0.0, "route:step_down": 1 / 2}
    assert {group: found.means[group, "away_from_home_fraction"] for group in expected} == expected
    assert math.isnan(hand.measure([]).means["system", "away_from_home_fraction"])


def test_the_way_is_the_straight_line_made_longer_at_a_speed(hand: Any) -> None:
    """20.85 minutes once and 0 twice; percentiles are of whole minutes, rounded up."""
    found = hand.measure(_people_of_all_sorts(hand))
    assert round(MINUTES, 3) == 20.849
    assert found.means["system", "travel_minutes"] == pytest.approx(MINUTES / 3, rel=1e-9)
    assert found.means["locality:north", "travel_minutes"] == pytest.approx(MINUTES / 2, rel=1e-9)
    assert found.means["locality:south", "travel_minutes"] == 0
    assert found.histograms["system", "travel_minutes"].tolist() == [2] + 20 * [0] + [1]
    assert found.histograms["locality:south", "travel_minutes"][0] == 1
    assert found.histograms["locality:south", "travel_minutes"].sum() == 1


def test_the_flow_counts_who_asked_for_a_planned_bed_by_home_and_unit(hand: Any) -> None:
    """Wherever they were placed; a stay put is no admission; who was not referred in the window is not counted."""
    found = hand.measure(_people_of_all_sorts(hand))
    units = list(hand.blueprint().units)
    by_home = {name: found.flow[i::3].sum(axis=0) for i, name in enumerate(("north", "south", "none"))}
    counted = {
        name: {unit: n for unit, n in zip(units, counts.tolist(), strict=True) if n} for name, counts in by_home.items()
    }
    assert counted == {
        "north": {"ward": 1, "annex": 1},
        "south": {"annex": 1, "home_ash": 1, "esc": 1, "away": 1},
        "none": {"ward": 1},
    }


def test_without_localities_of_sites_or_a_speed_there_is_no_such_measure(hand: Any) -> None:
    """What a scenario does not say is not made up."""
    blueprint = hand.blueprint(ward={"locality": None}, annex={"locality": None})
    means = hand.measure([], blueprint=blueprint).means
    for name in ("away_from_home_fraction", "travel_minutes"):
        assert not [key for key in means if key[1] == name]
    own = hand.blueprint(ward={"locality": None}, annex={"locality": None, "coordinates": [53.0, -2.0]})
    found = hand.measure([_placed(hand, "south", "annex")], blueprint=own)
    assert found.means["system", "travel_minutes"] == pytest.approx(MINUTES, rel=1e-9)
