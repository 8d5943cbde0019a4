"""Demand is simulated once for options of which the rules say that it is the same, and for no others."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bedsim
from bedsim.analysis.compare import compare
from bedsim.analysis.compare_ready import blueprints_of
from bedsim.analysis.same_demand import demand_from
from bedsim.analysis.trials import OF_DEMAND, Trials
from bedsim.analysis.workers import Threads
from bedsim.patients.blueprint import prepare
from tests.options import TREE, option

SHIPPED = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module")
def six() -> dict[str, bedsim.Scenario]:
    """Load the six options, of a window of four months."""
    short = ["time.run_length_days=120", "time.warm_up_days=120", "time.cool_down_days=30"]
    return {f"option-{i}": bedsim.load(SHIPPED / f"option-{i}.yaml", set_values=short) for i in range(1, 7)}


def test_the_shipped_options_have_one_demand_to_the_last_bit(six: dict[str, bedsim.Scenario]) -> None:
    """What is taken from the first is what each says by itself; percentiles too."""
    blueprints = blueprints_of(six, 3)
    assert demand_from(blueprints) == dict.fromkeys(six, "option-1")
    own = {name: Trials(seed=1, workers=Threads(2)).run({name: one}, 3)[name] for name, one in blueprints.items()}
    compared = compare(list(six.values()), 3, workers=2)
    for name, trial in own.items():
        for measure in OF_DEMAND:
            keys, values = trial.reader.means(measure)
            for key, column in zip(keys, values.T, strict=True):
                if key[2] in ("all", "winter"):
                    assert compared._means[name][key].tolist() == column.tolist(), (name, key)
        counts = trial.reader.counts("system", "demand_beds", "all")
        assert compared.counts[name, "demand_beds"].sum(axis=0)[: len(counts)].tolist() == counts.tolist()


def changed(slug: str, **units: Any) -> bedsim.Scenario:
    """Return an option of which some units differ."""
    tree = deepcopy(TREE)
    for name, what in units.items():
        tree["units"][name] = tree["units"].get(name, {}) | what
    return bedsim.Scenario.model_validate({**tree, "slug": slug})


def later(slug: str) -> bedsim.Scenario:
    """Return an option that offers its planned beds after a day."""
    pathways = deepcopy(TREE["pathways"])
    pathways["rehab"]["first"]["ladder"] = ({"after_days": 1, "units": "community_hospital"},)
    return option(slug, pathways=pathways)


@pytest.mark.parametrize(
    "other",
    [
        option("other", beds_b=5),
        changed("other", ward_b={"stay_factor": 1.2}),
        changed("other", ward_a={"stay_factor": 1.2}, ward_b={"stay_factor": 1.2}),
        changed("other", ward_b={"leave": {"days": ("mon",)}}),
        changed("other", ward_b={"timetable": ({"date": date(2026, 6, 1), "accepting": False},)}),
        changed("other", ward_b={"timetable": ({"date": date(2026, 6, 1), "places": 2},)}),
        option("other", time=TREE["time"] | {"cool_down_days": 61}),
        later("other"),
    ],
)
def test_options_that_may_differ_in_demand_have_their_own(other: bedsim.Scenario) -> None:
    """Another number of beds, another way of keeping people, beds that close, or that are offered later."""
    blueprints = {one.slug: prepare(one, 90) for one in (option("now"), other)}
    assert demand_from(blueprints) == {"now": "now", "other": "other"}


def test_a_plan_of_which_the_rules_say_nothing_is_its_own() -> None:
    """Even beside its own copy."""
    blueprints = {name: prepare(later(name), 90) for name in ("one", "other")}
    assert demand_from(blueprints) == {"one": "one", "other": "other"}
    same = {name: prepare(option(name, where_b=where), 90) for name, where in (("one", "the_town"), ("b", "the_moors"))}
    assert demand_from(same) == {"one": "one", "b": "one"}
