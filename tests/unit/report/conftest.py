"""Two small runs that tests of words, tables and pictures share."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bedsim.analysis.conduct import run
from bedsim.analysis.run import Run
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


@pytest.fixture(scope="package")
def done() -> Run:
    """Run the small scenario, with both ends of its ranges; its window holds no whole financial year."""
    return run(Scenario.model_validate(small_tree()), n_replications=12, seed=1, workers=1)


def area_tree() -> dict[str, Any]:
    """Return a scenario with all that a verdict may speak of: homes, routes, a full service, a financial year.

    People of the town have a ward of ten beds nearly to themselves; those of the moors two beds in a care home.
    """
    tree = small_tree()
    tree["slug"] = "area"
    tree["time"] = {"start": date(2026, 4, 1), "run_length_days": 730, "warm_up_days": 200, "cool_down_days": 60}
    tree["localities"] = {"the_town": {"coordinates": (53.0, -2.2)}, "the_moors": {"coordinates": (53.2, -2.0)}}
    tree["travel"] = {"detour_factor": 1.3, "km_per_hour": 40}
    tree["units"] = {
        "ward_a": {"kind": "community_hospital", "places": 10, "locality": "the_town"},
        "home_oak": {"kind": "care_home", "places": 2, "locality": "the_moors", "rating": "good"},
        "home_ash": {"kind": "care_home", "places": 2, "locality": "the_town", "rating": "inadequate"},
        "extra": {"kind": "escalation", "places": 3},
        "away": {"kind": "out_of_area", "places": "unlimited"},
        "team": {"kind": "community_service", "places": 2, "assumption": "a test"},
        "bought_in": {"kind": "community_service", "places": "unlimited"},
    }
    town = tree["pathways"]["rehab"]
    moors = {name: dict(stage) for name, stage in town.items()}
    later = ({"after_days": 2, "units": "escalation"}, {"after_days": 9, "units": "out_of_area"})
    town["first"]["ladder"] = ({"units": "ward_a"}, {"after_days": 1, "units": "home_oak"}, *later)
    moors["first"]["ladder"] = ({"units": "home_oak"}, {"after_days": 3, "units": "ward_a"}, *later)
    town["team_stage"]["ladder"] = moors["team_stage"]["ladder"] = (
        {"units": "team"},
        {"after_days": 20, "units": "bought_in"},
    )
    tree["pathways"] = {"of_the_town": town, "of_the_moors": moors}
    referrals = {"per_day": 0.4, "range": {"per_day": (0.3, 0.6)}, "assumption": "a test"}
    tree["streams"] = {
        "acute": {
            "pathway": "of_the_town",
            "referrals": referrals,
            "localities": {"shares": {"the_town": 1.0}},
        },
        "community": {
            "pathway": "of_the_moors",
            "route": "step_up",
            "referrals": {"per_day": 0.15, "derived": "half of 0.3. Not more is known."},
            "localities": {"shares": {"the_moors": 1.0}},
        },
    }
    return tree


@pytest.fixture(scope="package")
def area() -> Run:
    """Run the scenario of an area."""
    return run(Scenario.model_validate(area_tree()), n_replications=12, seed=1, workers=1)
