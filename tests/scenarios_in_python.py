"""Scenarios for the tests of `patients`, built in Python with every kind of decision in them."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.patients.population import NONE, Patients
from bedsim.scenario.schema import Scenario

START = date(2026, 4, 1)
RATES = {"acute": 4.0, "community": 1.0}
MONTHS = (1.1, 1.1, 1.05, 1.0, 0.95, 0.9, 0.9, 0.9, 0.95, 1.0, 1.05, 1.1)
WEEK = (0.783, 1.109, 1.256, 1.29, 1.225, 0.805, 0.532)
HOURS = (0.0,) * 8 + (1.5,) * 16


def spec() -> dict[str, Any]:
    """Return a fresh base scenario: two streams, a pathway with a loop, then and leave rungs, localities."""
    return copy.deepcopy(
        {
            "time": {"start": START, "run_length_days": 120, "cool_down_days": 20},
            "localities": {"north": {"coordinates": (53.1, -2.0)}, "south": {"coordinates": (52.9, -2.2)}},
            "units": {
                "ward": {"kind": "community_hospital", "places": 30, "locality": "north"},
                "ash": {"kind": "care_home", "places": 9, "locality": "south", "rating": "good"},
                "elm": {"kind": "care_home", "places": 9, "locality": "north", "rating": "good"},
                "team": {"kind": "community_service", "places": 20},
                "far": {"kind": "out_of_area", "places": "unlimited"},
            },
            "pathways": {
                "bedded": {
                    "rehab": {
                        "needed_days": {"lognormal": {"mean": 21.0, "cv": 0.7}},
                        "ladder": (
                            {"units": "nearest(community_hospital)"},
                            {"after_days": 1.0, "units": "nearest(care_home)"},
                            {"after_days": {"exponential": {"mean": 4.0}}, "then": "abroad"},
                        ),
                        "then": {
                            "home": {"share": 0.4, "transfer_days": {"exponential": {"mean": 5.0}}},
                            "support": {
                                "share": 0.5,
                                "next": "support",
                                "transfer_days": {"gamma": {"mean": 5.0, "cv": 0.8}},
                            },
                            "died": {"share": 0.1, "needed_days": {"weibull": {"mean": 10.0, "cv": 0.8}}},
                        },
                    },
                    "support": {
                        "needed_days": {"gamma": {"mean": 14.0, "cv": 1.2}},
                        "ladder": (
                            {"units": "community_service"},
                            {"after_days": {"exponential": {"mean": 9.0}}, "leave": "gave_up"},
                        ),
                        "then": {"well": {"share": 0.8}, "again": {"share": 0.2, "next": "rehab"}},
                    },
                    "abroad": {
                        "needed_days": {"erlang": {"phases": 3, "mean": 20.0}},
                        "ladder": ({"units": "out_of_area"},),
                    },
                }
            },
            "streams": {
                "acute": {
                    "pathway": "bedded",
                    "localities": {"shares": {"north": 0.6, "south": 0.4}},
                    "referrals": {"per_day": 4.0, "growth": {"per_year": 0.02}, "weekday": {"index": WEEK}},
                },
                "community": {
                    "pathway": "bedded",
                    "route": "step_up",
                    "start": {"rehab": 0.7, "support": 0.3},
                    "localities": {"shares": {"north": 0.5, "south": 0.5}},
                    "referrals": {"per_day": 1.0, "month": {"index": MONTHS}, "daily_variation": {"cv": 0.3}},
                },
            },
            "candidate_rates_per_day": dict(RATES),
        }
    )


def patients_of(scenario: dict[str, Any], warm_up_days: int = 30, seed: int = 1, replication: int = 0) -> Patients:
    """Draw a scenario's patients."""
    return draw(prepare(Scenario.model_validate(scenario), warm_up_days), seed, replication)


Person = tuple[str, str, int]


def by_identity(scenario: dict[str, Any], patients: Patients) -> dict[Person, dict[Any, Any]]:
    """Return everything drawn for each person, by (stream, origin, index) and by names, never by numbers."""
    streams, localities = list(scenario["streams"]), [*scenario.get("localities", {}), None]
    blueprint = prepare(Scenario.model_validate(scenario), 0)
    stages = [name for stages in scenario["pathways"].values() for name in stages]
    people: dict[Person, dict[Any, Any]] = {}
    names: list[Person] = []
    for i in range(patients.n_patients):
        name = (streams[patients.stream[i]], patients.origin[patients.origin_index[i]], int(patients.index[i]))
        assert name not in people, f"{name} is drawn twice"
        names.append(name)
        people[name] = {
            "referred_day": float(patients.referred_day[i]),
            "locality": localities[patients.locality[i]],
            "first": stages[patients.stage[patients.first_row[i]]],
        }
    for row in range(patients.n_rows):
        of_person = people[names[patients.patient[row]]]
        key = (stages[patients.stage[row]], int(patients.visit[row]))
        outcome, exit_outcome = int(patients.outcome[row]), int(patients.exit_outcome[row])
        drawn = {
            "needed_days": float(patients.needed_days[row]),
            "transfer_days": float(patients.transfer_days[row]),
            "patience_days": float(patients.patience_days[row]),
            "branch": blueprint.branches[patients.branch[row]],
            "outcome": None if outcome == NONE else blueprint.outcomes[outcome],
            "exit": None if exit_outcome == NONE else blueprint.outcomes[exit_outcome],
            "priority": int(patients.priority[row]),
        }
        assert of_person.setdefault(key, drawn) == drawn, "one visit on two ways has two draws"
    return people
