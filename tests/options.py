"""Small options that can be compared: two home areas, beds in one or the other, and a plan with other people."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from bedsim.scenario.schema import Scenario

TREE: dict[str, Any] = {
    "title": "An option",
    "status": "worked_example",
    "time": {"start": date(2026, 4, 1), "run_length_days": 365, "warm_up_days": 90, "cool_down_days": 60},
    "localities": {"the_town": {"coordinates": (53.0, -2.2)}, "the_moors": {"coordinates": (53.2, -2.0)}},
    "travel": {"detour_factor": 1.3, "km_per_hour": 40},
    "units": {
        "ward_a": {"kind": "community_hospital", "places": 8, "locality": "the_town"},
        "ward_b": {"kind": "community_hospital", "places": 4, "locality": "the_town"},
        "away": {"kind": "out_of_area", "places": "unlimited"},
    },
    "pathways": {
        "rehab": {
            "first": {
                "needed_days": {"lognormal": {"mean": 15, "cv": 0.7}},
                "ladder": ({"units": "community_hospital"}, {"after_days": 3, "units": "out_of_area"}),
                "then": {"home": {"share": 1.0, "transfer_days": {"exponential": {"mean": 2}}}},
            }
        }
    },
    "streams": {
        "acute": {
            "pathway": "rehab",
            "referrals": {"per_day": 0.6},
            "localities": {"shares": {"the_town": 0.6, "the_moors": 0.4}},
        }
    },
}


def option(slug: str, beds_b: int = 4, where_b: str = "the_town", **changed: Any) -> Scenario:
    """Return an option with so many beds in its second ward, and where that stands; other keys of the tree likewise."""
    tree = deepcopy(TREE)
    tree["units"]["ward_b"] |= {"places": beds_b, "locality": where_b}
    return Scenario.model_validate({**tree, "slug": slug, **changed})


def with_referrals(slug: str, per_day: float) -> Scenario:
    """Return an option with other people."""
    streams = deepcopy(TREE["streams"])
    streams["acute"]["referrals"] = {"per_day": per_day}
    return option(slug, streams=streams)
