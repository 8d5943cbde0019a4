"""The ends of the stated ranges are real scenarios in which the rates and mean needs, and nothing else, have moved."""

from __future__ import annotations

from bedsim.analysis.conduct import run
from bedsim.analysis.plan import scenario_hash
from bedsim.analysis.ranges import at_range_end, n_at_range_ends, ranged_inputs
from bedsim.scenario.schema import Scenario
from tests.small import small_scenario, small_tree


def test_rates_and_mean_needs_that_state_a_range_are_found() -> None:
    """The small scenario states one of each; a branch's own need and a Weibull median count too."""
    assert [(one.path[-1], one.value, one.low, one.high) for one in ranged_inputs(small_scenario())] == [
        ("per_day", 0.6, 0.4, 0.8),
        ("mean", 15.0, 12.0, 20.0),
    ]
    tree = small_tree()
    need = {"weibull": {"median": 10, "shape": 1.5}, "range": {"median": (8, 12), "shape": (1, 2)}}
    tree["pathways"]["rehab"]["first"]["then"]["home"]["needed_days"] = need
    found = [one.path for one in ranged_inputs(Scenario.model_validate(tree))]
    assert found[-1] == ("pathways", "rehab", "first", "then", "home", "needed_days", "weibull", "median")


def test_components_of_a_mixture_have_ends_of_their_own() -> None:
    """A component's own mean moves; a component without a range stays."""
    tree = small_tree()
    tree["pathways"]["rehab"]["first"]["needed_days"] = {
        "mixture": (
            {"weight": 0.5, "constant": 4.0},
            {"weight": 0.5, "lognormal": {"mean": 20.0, "cv": 0.7}, "range": {"mean": (16.0, 28.0)}},
        )
    }
    scenario = Scenario.model_validate(tree)
    path = ("pathways", "rehab", "first", "needed_days", "mixture", 1, "lognormal", "mean")
    assert ranged_inputs(scenario)[-1].path == path
    mixture = at_range_end(scenario, "high").pathways["rehab"]["first"].needed_days.mixture
    assert mixture is not None
    assert mixture[0].constant == 4
    assert mixture[1].lognormal is not None
    assert mixture[1].lognormal.mean == 28


def test_an_end_moves_the_ranged_numbers_and_nothing_else() -> None:
    """At the high end the rate is 0.8 and the mean 20; moved back, the scenario is the same but for its ranges."""
    scenario = small_scenario()
    high = at_range_end(scenario, "high")
    assert high.streams["acute"].referrals.per_day == 0.8
    need = high.pathways["rehab"]["first"].needed_days.lognormal
    assert need is not None
    assert (need.mean, need.cv) == (20, 0.7)
    assert ranged_inputs(high) == ()
    back = high.model_dump()
    back["streams"]["acute"]["referrals"]["per_day"] = 0.6
    back["pathways"]["rehab"]["first"]["needed_days"]["lognormal"]["mean"] = 15
    same = scenario.model_dump()
    same["streams"]["acute"]["referrals"]["range"] = None
    same["pathways"]["rehab"]["first"]["needed_days"]["range"] = None
    assert back == same


def test_ends_are_run_at_least_five_times_and_a_tenth_as_often() -> None:
    """But never oftener than the scenario itself, and never more than 30 times."""
    assert [n_at_range_ends(n) for n in (1, 5, 20, 100, 1_000)] == [1, 5, 5, 10, 30]


def test_a_run_from_python_has_both_ends() -> None:
    """More demand and longer needs fill more beds; the ends carry their own number of replications."""
    done = run(small_scenario(), n_replications=12, seed=1, workers=1)
    low, high = (done.range_ends[end] for end in ("low", "high"))
    assert low.n_replications == high.n_replications == 5
    assert low.value("demand_beds") < done.value("demand_beds") < high.value("demand_beds")


def test_the_hash_is_of_numbers_not_of_words() -> None:
    """Another title keeps the hash; another number, order of branches or reason of delay (counted too) does not."""
    tree = small_tree()
    scenario = Scenario.model_validate(tree)
    reworded = Scenario.model_validate(tree | {"title": "Other words", "notes": "more"})
    assert scenario_hash(scenario) == scenario_hash(reworded)
    renamed = small_tree()
    renamed["pathways"]["rehab"]["first"]["then"]["home"]["reason"] = "equipment"
    assert scenario_hash(Scenario.model_validate(renamed)) != scenario_hash(scenario)
    bigger = small_tree()
    bigger["units"]["ward_a"]["places"] = 7
    assert scenario_hash(Scenario.model_validate(bigger)) != scenario_hash(scenario)
    turned = small_tree()
    turned["pathways"]["rehab"]["first"]["then"] = dict(reversed(turned["pathways"]["rehab"]["first"]["then"].items()))
    assert scenario_hash(Scenario.model_validate(turned)) != scenario_hash(scenario)
