"""Trials: the replications of `bedsim run`, whatever is asked for in which order, and the same people in all."""

from __future__ import annotations

from typing import Any

import pytest

from bedsim.analysis.people import people_of
from bedsim.analysis.recipe import Recipe
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import Threads
from bedsim.measures.totals import Totals, merge
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.draw import draw
from bedsim.scenario.schema import Scenario
from tests.bits import same_bits
from tests.sizes import sized_tree
from tests.small import small_scenario

WARM_UP = 30


def blueprint(**changes: Any) -> Blueprint:
    """Return the small system with values in the place of others, by path with two underscores."""
    tree = sized_tree()
    for path, value in changes.items():
        *keys, last = path.split("__")
        node: Any = tree
        for key in keys:
            node = node[key]
        node[last] = value
    return prepare(Scenario.model_validate(tree), WARM_UP)


OWN, LARGER = blueprint(), blueprint(units__ward_a__places=9)
BUSIER = blueprint(streams__acute__referrals={"per_day": 0.7})


def by_recipe(one: Blueprint, n: int, seed: int = 3) -> Totals:
    """Return what `bedsim run` would count."""
    recipe = Recipe(one, seed)
    return merge([recipe.replication(number) for number in range(n)], range(n))


def test_a_trial_has_the_bits_of_a_run() -> None:
    """Of every replication, every number: of one variant alone and of three at once, two of them of the same people."""
    trials = Trials(seed=3, workers=Threads(2))
    found = trials.run({"own": OWN, "larger": LARGER, "busier": BUSIER}, 4)
    assert list(found) == ["own", "larger", "busier"]
    for name, one in (("own", OWN), ("larger", LARGER), ("busier", BUSIER)):
        assert same_bits(found[name].totals, by_recipe(one, 4)), name
        assert same_bits(Trials(seed=3, workers=Threads(1)).run({name: one}, 4)[name].totals, found[name].totals)


def test_the_order_of_questions_changes_nothing_and_nothing_is_done_twice() -> None:
    """More replications go on from those known; fewer are not asked for again; what is told adds up."""
    told: list[int] = []
    trials = Trials(seed=3, workers=Threads(2), progress=told.append)
    trials.run({"larger": LARGER}, 2)
    trials.run({"own": OWN}, 1)
    found = trials.run({"own": OWN, "larger": LARGER}, 4)
    assert sum(told) == 2 * 4
    for name, one in (("own", OWN), ("larger", LARGER)):
        assert same_bits(found[name].totals, by_recipe(one, 4))
    again = trials.run({"larger": LARGER}, 3)["larger"]
    assert again is found["larger"], "those known are given back, though more than asked for"
    assert sum(told) == 2 * 4


def test_another_seed_is_other_luck() -> None:
    """And the same seed the same."""
    one, same, other = (Trials(seed, workers=Threads(1)).run({"own": OWN}, 2)["own"].totals for seed in (3, 3, 4))
    assert same_bits(one, same)
    assert not same_bits(one, other)


def test_without_the_runs_of_demand_all_else_is_the_same() -> None:
    """Measures that need the runs without limits are empty; the others have the same bits."""
    quick = Trials(seed=3, workers=Threads(1), has_demand=False).run({"own": OWN}, 3)["own"]
    full = Trials(seed=3, workers=Threads(1)).run({"own": OWN}, 3)["own"]
    for measure in ("overflow", "p_wait", "wait_days", "overflow_days_fraction", "delayed_fraction_of_occupied"):
        assert quick.by_replication(measure).tobytes() == full.by_replication(measure).tobytes(), measure
    assert not quick.by_replication("demand_beds").any()
    assert full.by_replication("demand_beds").all()


SAME_PEOPLE = {
    "beds": LARGER,
    "no limit": blueprint(units__team__places="unlimited"),
    "cleaning": blueprint(units__ward_a__turnover_days=0.5),
    "the kind of a unit": blueprint(units__ward_b__kind="escalation"),
}
OTHER_PEOPLE = {
    "demand": BUSIER,
    "the need": blueprint(pathways__rehab__first__needed_days={"lognormal": {"mean": 16, "cv": 0.7}}),
    "the days after which a rung opens": blueprint(
        pathways__rehab__first__ladder=({"units": ("ward_a", "ward_b")}, {"after_days": 4, "units": "out_of_area"})
    ),
    "the run length": blueprint(time__run_length_days=61),
    "the warm-up": prepare(OWN.scenario, WARM_UP + 1),
}


@pytest.mark.parametrize("what", SAME_PEOPLE)
def test_variants_of_the_same_people_share_them(what: str) -> None:
    """And they are the same: every column that is drawn, bit for bit."""
    other = SAME_PEOPLE[what]
    assert people_of(other) == people_of(OWN)
    mine, theirs = draw(OWN, 3, 0), draw(other, 3, 0)
    for name, column in vars(mine).items():
        if hasattr(column, "tobytes"):
            assert column.tobytes() == getattr(theirs, name).tobytes(), name


@pytest.mark.parametrize("what", OTHER_PEOPLE)
def test_variants_of_other_people_share_nobody(what: str) -> None:
    """Anything that draws may draw otherwise: to be careful costs time only."""
    assert people_of(OTHER_PEOPLE[what]) != people_of(OWN)


def test_people_present_at_the_start_depend_on_the_units() -> None:
    """Who stays on is in a unit whose stay factor counts, so other units mean other people."""
    present = ({"stream": "acute", "stage": "first", "unit": "ward_a", "patients": 3},)
    one, other = blueprint(present_at_start=present), blueprint(present_at_start=present, units__ward_a__places=9)
    assert people_of(one) != people_of(other)


def test_people_stuck_for_ever_are_an_answer_and_not_an_error() -> None:
    """The variant has no numbers and says who is stuck; the others have theirs; nothing more of it is simulated."""
    ring = prepare(small_scenario(ring=True), 60)
    trials = Trials(seed=1, workers=Threads(1), has_demand=False)
    found = trials.run({"ring": ring, "own": OWN}, 40)
    assert found["ring"].totals is None
    assert found["ring"].stuck.startswith("replication ")
    assert "ward_a, ward_b" in found["ring"].stuck
    assert found["own"].totals is not None
    assert trials.run({"ring": ring}, 60)["ring"] is found["ring"]
