"""A scenario that is sized in a moment, for tests of `size` and `frontier` and of what is said of them."""

from __future__ import annotations

from typing import Any

from bedsim.analysis.dial import dial
from bedsim.analysis.size import standards_of
from bedsim.analysis.sizing import Sizing
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import Threads
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


def sized_tree(team: int | str = 4) -> dict[str, Any]:
    """Return the small system, observed for 60 days; half of its people go on to a home team that may be full."""
    tree = small_tree()
    tree["slug"] = "sized"
    tree["time"] |= {"run_length_days": 60, "warm_up_days": 30, "cool_down_days": 10}
    tree["units"]["team"]["places"] = team
    return tree


def without_ranges(tree: dict[str, Any]) -> dict[str, Any]:
    """Take away the stated ranges of demand and stay."""
    del tree["streams"]["acute"]["referrals"]["range"], tree["pathways"]["rehab"]["first"]["needed_days"]["range"]
    return tree


def binding_community_tree() -> dict[str, Any]:
    """Return the same with everybody going on to a team of two and no other delay: only more of the team helps."""
    tree = without_ranges(sized_tree(team=2))
    tree["pathways"]["rehab"]["first"]["then"] = {"support": {"share": 1.0, "next": "team_stage"}}
    return tree


def sizing(tree: dict[str, Any], standards: list[str], vary: str = "planned_beds", seed: int = 1) -> Sizing:
    """Return standards along a dial, nothing simulated yet."""
    scenario = Scenario.model_validate(tree)
    varied, wanted = dial(scenario, vary), standards_of(standards, scenario)
    needs_demand = any(one.needs_demand for one in wanted)
    return Sizing(Trials(seed, workers=Threads(1), has_demand=needs_demand), varied, wanted)
