"""Who the people are: the part of a scenario on which it depends who comes.

Why: the same person walks into every scenario that has the same people, so they are drawn once for all of these.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedsim.patients.blueprint import Blueprint

Name = TypeVar("Name")


def alike(blueprints: Mapping[Name, Blueprint]) -> tuple[dict[Name, Blueprint], ...]:
    """Return blueprints in groups that have the same people."""
    groups: dict[str, dict[Name, Blueprint]] = {}
    for name, blueprint in blueprints.items():
        groups.setdefault(people_of(blueprint), {})[name] = blueprint
    return tuple(groups.values())


def people_of(blueprint: Blueprint) -> str:
    """Return a text that is the same of two blueprints only if the same people are drawn of them."""
    scenario = blueprint.scenario
    drawn_of = {
        *("time", "localities", "segments", "pathways", "streams", "levers", "present_at_start"),
        *("candidate_rates_per_day", "tables"),
    }
    if scenario.present_at_start:  # they are in units, whose stay factors count
        drawn_of |= {"units", "quality_gate"}
    tree = scenario.model_dump(mode="json", include=drawn_of)
    return json.dumps([blueprint.warm_up_days, tree], separators=(",", ":"))
