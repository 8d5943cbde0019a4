"""Networks made from scenarios: leave times, timetables and ladders in numbers."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pytest

from bedsim.patients.network import (
    UNLIMITED,
    LeaveRule,
    Network,
    _leave_rule,
    build_network,
    ladder_index,
)
from bedsim.patients.timetable import TimetableEntry
from bedsim.scenario.schema import Scenario
from bedsim.scenario.unit_times import LeaveTimes
from tests.scenarios_in_python import spec

START = date(2026, 12, 1)
BANK_HOLIDAYS = (date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1))
"""England: Christmas Day; Boxing Day is a Saturday, so the Monday after is its substitute; New Year's Day."""


def network_of(unit: dict[str, Any], warm_up_days: int = 40, start: date = START) -> Network:
    """Build the network of a scenario with one ward."""
    scenario = {
        "time": {"start": start, "run_length_days": 60, "cool_down_days": 10},
        "units": {"ward": {"kind": "community_hospital", "places": 4, **unit}},
        "pathways": {"p": {"s": {"needed_days": {"constant": 1.0}, "ladder": ({"units": "ward"},)}}},
        "streams": {"x": {"pathway": "p", "referrals": {"per_day": 1.0}}},
    }
    return build_network(Scenario.model_validate(scenario), warm_up_days)


def rule_of(**leave: object) -> LeaveRule:
    """Make a leave rule."""
    rule = network_of({"leave": leave}).units[0].leave
    assert rule is not None
    return rule


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize("day", [-41, -40, -3, 0, 24, 69, 70, 400, 441, 1_000, 10_000])
def test_a_weekday_rule_knows_every_day_before_the_start_and_long_after_the_end(day: int) -> None:
    """Allowed are Mondays to Fridays; the pattern goes on beyond the run."""
    rule = rule_of(days=WEEKDAYS)
    for shift in range(7):
        if day + shift >= rule.first_day:
            assert rule.is_allowed(day + shift) == ((START + timedelta(days=day + shift)).weekday() < 5)


def test_negative_days_round_towards_the_day_before() -> None:
    """Day -1 is Monday 30 November; -2.5 is Saturday 12:00 and waits for it, -0.5 is Monday 12:00 and does not."""
    rule = rule_of(days=WEEKDAYS)
    assert rule.first_at_or_after(-2.5) == -1.0
    assert rule.first_at_or_after(-0.5) == -0.5
    assert rule_of(days=WEEKDAYS, hour=6.0).first_at_or_after(-0.5) == 0.25


def test_bank_holidays_of_england_are_no_leave_days_if_so_said() -> None:
    """Christmas 2026: Friday 25th and the substitute Monday 28th, so after Thursday 24th comes Tuesday 29th."""
    rule = rule_of(days=WEEKDAYS, except_bank_holidays=True)
    for holiday in BANK_HOLIDAYS:
        assert not rule.is_allowed((holiday - START).days)
    eve = (date(2026, 12, 24) - START).days
    assert rule.first_at_or_after(eve + 0.5) == eve + 0.5
    assert rule.first_at_or_after(eve + 1.5) == eve + 5
    assert rule_of(days=WEEKDAYS).first_at_or_after(eve + 1.5) == eve + 1.5
    with_hour = rule_of(days=WEEKDAYS, except_bank_holidays=True, hour=12.0)
    assert with_hour.first_at_or_after(eve + 0.75) == eve + 5.5


def test_a_unit_that_may_be_left_at_any_time_has_no_rule() -> None:
    """All days and no hour bind nobody."""
    assert network_of({"leave": {}}).units[0].leave is None
    assert network_of({"leave": {"hour": 12.0}}).units[0].leave is not None


def test_a_timetable_row_keeps_what_it_leaves_unsaid() -> None:
    """Sorted by date and hour; places and accepting carry over from the row before."""
    rows = (
        {"date": date(2026, 12, 10), "accepting": True, "hour": 12.0},
        {"date": date(2026, 12, 5), "places": "unlimited"},
        {"date": date(2026, 12, 3), "accepting": False},
        {"date": date(2026, 11, 1), "places": 2},
    )
    assert tuple(network_of({"timetable": rows}).timetable) == (
        TimetableEntry(-30.0, 0, 2.0, True),
        TimetableEntry(2.0, 0, 2.0, False),
        TimetableEntry(4.0, 0, UNLIMITED, False),
        TimetableEntry(9.5, 0, UNLIMITED, True),
    )


def test_nearest_orders_units_by_distance_from_the_patients_home() -> None:
    """From the north elm then ash, from the south ash then elm; without a home in the order listed."""
    scenario = Scenario.model_validate(spec())
    network = build_network(scenario, 0)
    names = list(scenario.units)
    found = {}
    for locality, home in enumerate(("north", "south")):
        rung = network.ladders[ladder_index(scenario, 0, locality)][1]
        assert rung.after_days == 1.0
        found[home] = [names[unit] for unit in rung.units]
    assert found == {"north": ["elm", "ash"], "south": ["ash", "elm"]}


def test_own_names_the_units_of_the_patients_own_locality_alone() -> None:
    """In the north elm, in the south ash; who has no home has none, so that the rung is left out."""
    changed = spec()
    for stage in next(iter(changed["pathways"].values())).values():
        stage["ladder"] = tuple(
            rung | {"units": "own(care_home)"} if "care_home" in str(rung.get("units")) else rung
            for rung in stage["ladder"]
        )
    scenario = Scenario.model_validate(changed)
    network, names = build_network(scenario, 0), list(scenario.units)
    found = {}
    for locality, home in enumerate(("north", "south", "nowhere")):
        rungs = network.ladders[ladder_index(scenario, 0, locality)]
        found[home] = [names[unit] for rung in rungs if rung.after_days == 1.0 for unit in rung.units]
    assert found == {"north": ["elm"], "south": ["ash"], "nowhere": []}


def test_a_kind_names_no_care_home_below_the_minimum_and_an_empty_rung_is_left_out() -> None:
    """Both homes are inadequate: the ladder has only its hospital rung."""
    changed = spec()
    for home in ("ash", "elm"):
        changed["units"][home]["rating"] = "inadequate"
    scenario = Scenario.model_validate(changed)
    ladder = build_network(scenario, 0).ladders[ladder_index(scenario, 0, 0)]
    assert [list(scenario.units)[unit] for rung in ladder for unit in rung.units] == ["ward"]


def test_times_are_days_since_the_start_and_the_end_includes_the_cool_down() -> None:
    """The engine runs from -warm_up_days to run length + cool-down."""
    network = network_of({})
    assert (network.start_day, network.end_day) == (-40.0, 70.0)


def test_unlimited_units_stay_unlimited_through_their_timetable_and_still_close() -> None:
    """The networks of the demand measures."""
    rows = ({"date": date(2026, 12, 3), "places": 1, "accepting": False},)
    network = network_of({"timetable": rows}).with_unlimited([0])
    assert network.units[0].places == math.inf
    assert tuple(network.timetable) == (TimetableEntry(2.0, 0, math.inf, False),)


def test_seven_leave_days_are_every_day_only_if_they_differ() -> None:
    """Mondays seven times are Mondays: refused when written, and no rule for every day when made otherwise."""
    with pytest.raises(ValueError, match="name each day once"):
        rule_of(days=("mon",) * 7)
    rule = _leave_rule(Scenario.model_validate(spec()), LeaveTimes.model_construct(days=("mon",) * 7), 10)
    assert rule is not None
