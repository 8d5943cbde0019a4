"""The overload bound against loads computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bedsim.analysis.overload import Overload, overload, visits_per_day
from bedsim.patients.blueprint import prepare
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


def bound(units: dict[str, Any], stages: dict[str, Any], streams: dict[str, Any], **more: Any) -> Overload:
    """Return the bound of a scenario with one pathway."""
    tree = small_tree() | {"units": units, "pathways": {"way": stages}, "streams": streams} | more
    return overload(prepare(Scenario.model_validate(tree), 0))


def ward(places: int, **more: Any) -> dict[str, Any]:
    return {"kind": "community_hospital", "places": places, **more}


def stage(days: float, *rungs: Any, **more: Any) -> dict[str, Any]:
    return {"needed_days": {"constant": days}, "ladder": tuple({"units": units} for units in rungs), **more}


def stream(per_day: float, **more: Any) -> dict[str, Any]:
    return {"pathway": "way", "referrals": {"per_day": per_day}, **more}


def test_one_ward_bears_rate_times_need_over_beds() -> None:
    """2 a day for 10 days on 25 beds is 80%."""
    found = bound({"ward": ward(25)}, {"rehab": stage(10, "ward")}, {"acute": stream(2)})
    assert found.load_per_place == pytest.approx(0.8)
    assert found.planned_load_per_bed == pytest.approx(0.8)
    assert found.planned_offered_load_beds == pytest.approx(20)
    assert found.sentence() is None


def test_people_are_spread_over_the_units_their_ladder_names() -> None:
    """20 beds' worth of need on 10 + 15 beds can be spread evenly; the stay factor of a unit counts."""
    stages = {"rehab": stage(10, ("small", "large"))}
    found = bound({"small": ward(10), "large": ward(15)}, stages, {"acute": stream(2)})
    assert found.load_per_place == pytest.approx(0.8)
    slower = bound({"small": ward(10), "large": ward(15, stay_factor=2.0)}, stages, {"acute": stream(2)})
    # x of the 20 go to small: x/10 = 2(20 - x)/15, so x = 80/7 and the load is 8/7.
    assert slower.load_per_place == pytest.approx(8 / 7)


def test_a_class_that_only_one_unit_takes_cannot_be_spread() -> None:
    """12 beds' worth of people who take only the small ward of 10 make 120%, however large the other is."""
    found = bound(
        {"small": ward(10), "large": ward(100)},
        {"rehab": stage(10, "small")},
        {"acute": stream(1.2)},
    )
    assert found.load_per_place == pytest.approx(1.2)
    assert "no steady state" in (found.sentence() or "")


def test_a_way_out_makes_a_steady_state_but_not_enough_planned_beds() -> None:
    """With an unlimited unit or a leave rung nothing grows for ever; the planned beds are still overloaded."""
    ladder = ({"units": "ward"}, {"after_days": 3, "units": "out_of_area"})
    stages = {"rehab": {"needed_days": {"constant": 10}, "ladder": ladder}}
    units = {"ward": ward(10), "away": {"kind": "out_of_area", "places": "unlimited"}}
    found = bound(units, stages, {"acute": stream(1.5)})
    assert found.load_per_place == 0
    assert found.planned_load_per_bed == pytest.approx(1.5)
    assert "overflow is not an exception but permanent" in (found.sentence() or "")
    leaving = {
        "rehab": {"needed_days": {"constant": 10}, "ladder": ({"units": "ward"}, {"after_days": 1, "leave": "lost"})}
    }
    assert bound({"ward": ward(10)}, leaving, {"acute": stream(1.5)}).load_per_place == 0


def test_drawn_delay_readmission_growth_and_timetable_count() -> None:
    """Need 8 + delay 2, a quarter come back: visits x 4/3; 30 beds, 10 of them only in the second half."""
    from datetime import date

    then = {
        "home": {"share": 0.75, "transfer_days": {"exponential": {"mean": 2}}},
        "back": {"share": 0.25, "next": "rehab", "transfer_days": {"exponential": {"mean": 2}}},
    }
    tree_time = small_tree()["time"]
    half = date(2026, 5, 16)  # day 45 of 90
    units = {"ward": ward(20, timetable=({"date": half, "places": 30},))}
    found = bound(units, {"rehab": stage(8, "ward", then=then)}, {"acute": stream(1.5)}, time=tree_time)
    assert found.planned_beds == pytest.approx(25)
    assert found.load_per_place == pytest.approx(1.5 * 4 / 3 * 10 / 25)


def test_visits_follow_the_branches() -> None:
    """Half of the people of the small scenario go on to the team."""
    visits = visits_per_day(prepare(Scenario.model_validate(small_tree()), 0))
    assert visits[0, 0] == pytest.approx(0.6)
    assert visits[1, 0] == pytest.approx(0.3)
