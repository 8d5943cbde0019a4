"""A small scenario that runs in a tenth of a second, for tests of everything around the engine."""

from __future__ import annotations

from datetime import date
from typing import Any

from bedsim.scenario.schema import Scenario


def small_tree(ring: bool = False) -> dict[str, Any]:
    """Return the scenario as a tree: two wards, a home team, overflow out of area; or two wards that can block."""
    to_b = {"share": 0.5, "next": "second"}
    tree: dict[str, Any] = {
        "title": "A small system",
        "status": "worked_example",
        "slug": "small",
        "time": {"start": date(2026, 4, 1), "run_length_days": 90, "warm_up_days": 60, "cool_down_days": 30},
        "units": {
            "ward_a": {"kind": "community_hospital", "places": 6},
            "ward_b": {"kind": "community_hospital", "places": 4},
            "away": {"kind": "out_of_area", "places": "unlimited"},
            "team": {"kind": "community_service", "places": "unlimited"},
        },
        "pathways": {
            "rehab": {
                "first": {
                    "needed_days": {"lognormal": {"mean": 15, "cv": 0.7}, "range": {"mean": (12, 20)}},
                    "ladder": (
                        {"units": ("ward_a", "ward_b")},
                        {"after_days": 3, "units": "out_of_area"},
                    ),
                    "then": {
                        "home": {"share": 0.5, "transfer_days": {"exponential": {"mean": 2}}},
                        "support": {"share": 0.5, "next": "team_stage"},
                    },
                },
                "team_stage": {"needed_days": {"exponential": {"mean": 10}}, "ladder": ({"units": "team"},)},
            }
        },
        "streams": {
            "acute": {
                "pathway": "rehab",
                "referrals": {"per_day": 0.6, "range": {"per_day": (0.4, 0.8)}, "assumption": "a test"},
            }
        },
    }
    if ring:
        tree["pathways"]["rehab"] = {
            "first": {
                "needed_days": {"constant": 6},
                "ladder": ({"units": "ward_a"},),
                "then": {"home": {"share": 0.5}, "on": to_b},
            },
            "second": {
                "needed_days": {"constant": 6},
                "ladder": ({"units": "ward_b"},),
                "then": {"home": {"share": 0.5}, "back": {"share": 0.5, "next": "first"}},
            },
        }
        tree["streams"]["acute"]["referrals"] = {"per_day": 0.5}
    return tree


def small_scenario(ring: bool = False) -> Scenario:
    """Return the scenario, checked by the schema."""
    return Scenario.model_validate(small_tree(ring))
