"""The overload bound by calendar month against loads computed by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bedsim.analysis.overload import overload
from bedsim.analysis.overload_months import MonthLoad, monthly_overload, months_sentence, overload_by_month
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.scenario.schema import Scenario

INDEX = (1.5, 1.0, 1.0, 0.5, *(1.0,) * 8)
"""January half as much again, April half."""


def ward(places: int, **more: Any) -> Blueprint:
    """Return a ward that 2 people a day ask for, for 10 days, from December to March."""
    tree = {
        "time": {"start": date(2026, 12, 16), "run_length_days": 106, "warm_up_days": 0, "cool_down_days": 0},
        "units": {"ward": {"kind": "community_hospital", "places": places, **more}},
        "pathways": {"way": {"rehab": {"needed_days": {"constant": 10}, "ladder": ({"units": "ward"},)}}},
        "streams": {"acute": {"pathway": "way", "referrals": {"per_day": 2.0, "month": {"index": INDEX}}}},
    }
    return prepare(Scenario.model_validate(tree), 0)


def test_each_month_has_its_own_load() -> None:
    """20 beds' worth of need on 25 beds, 30 in January; the first month is the part in the window."""
    found = monthly_overload(ward(25))
    assert [one.first for one in found] == [date(2026, 12, 16), *(date(2027, month, 1) for month in (1, 2, 3))]
    assert [one.planned_load_per_bed for one in found] == pytest.approx([0.8, 1.2, 0.8, 0.8])
    assert months_sentence(found) == (
        "In 1 of 4 months the referrals of the month, if they went on, would need at least all planned beds, however "
        "people are spread over them: January 2027 (120%)."
    )


def test_places_are_those_of_the_month() -> None:
    """From 16 February on 15 beds more: 24 + 15 x 13/28 on average in that month, 39 in March."""
    found = monthly_overload(ward(24, timetable=({"date": date(2027, 2, 16), "places": 39},)))
    expected = [20 / 24, 30 / 24, 20 / (24 + 15 * 13 / 28), 20 / 39]
    assert [one.planned_load_per_bed for one in found] == pytest.approx(expected)


def test_the_months_weighted_by_their_days_are_the_whole() -> None:
    """Where places stay the same, the load of the window is the mean of its days."""
    one = ward(30)
    loads = [found.planned_load_per_bed for found in monthly_overload(one)]
    whole = sum(load * days for load, days in zip(loads, (16, 31, 28, 31), strict=True)) / 106
    assert overload(one).planned_load_per_bed == pytest.approx(whole)


def test_what_is_said_of_no_month_of_many_and_of_no_beds() -> None:
    """Nothing, the four worst by name, and that there are none."""
    assert months_sentence(monthly_overload(ward(60))) is None
    many = tuple(MonthLoad(date(2027, month, 1), 1 + month / 100) for month in range(1, 8))
    sentence = months_sentence(many)
    assert sentence is not None
    assert sentence.endswith("July 2027 (107%), June 2027 (106%), May 2027 (105%), April 2027 (104%) and 3 more.")
    assert "no planned beds" in (months_sentence(monthly_overload(ward(0))) or "")


def test_months_are_looked_at_only_where_one_could_be_above() -> None:
    """January has 1.5 times the referrals of the index: beds that bear it by proportion are not looked at."""
    tight, roomy, none = ward(25), ward(60), ward(15)
    assert "January 2027 (120%)" in (overload_by_month(tight, overload(tight)) or "")
    assert overload_by_month(roomy, overload(roomy)) is None
    assert overload_by_month(none, overload(none)) is None, "said of the whole window"
    shut = ward(60, timetable=({"date": date(2027, 2, 1), "places": 10},))
    assert "February 2027" in (overload_by_month(shut, overload(shut)) or "")
