"""Several plans at once: the same bits as one by one, the same people drawn once, and what stops one stops no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bedsim.analysis import recipe as recipes
from bedsim.analysis.conduct import conduct, conduct_all
from bedsim.analysis.plan import plan_run
from bedsim.analysis.recipe import Recipe
from bedsim.analysis.replicate import Task, replicate, replicate_all
from bedsim.analysis.workers import Threads
from bedsim.measures.totals import Totals
from bedsim.scenario.schema import Scenario
from tests.bits import same_bits
from tests.small import small_scenario, small_tree

N = 6


def variants() -> dict[str, Scenario]:
    """Return the small scenario, one with more beds, one with as many elsewhere, and one with other people."""
    beds, people, sites = small_tree(), small_tree(), small_tree()
    sites["units"]["ward_a"]["places"], sites["units"]["ward_b"]["places"] = 4, 6
    beds["units"]["ward_b"]["places"] = 6
    people["streams"]["acute"]["referrals"]["per_day"] = 0.55
    return {
        "own": small_scenario(),
        "beds": Scenario.model_validate(beds),
        "sites": Scenario.model_validate(sites),
        "people": Scenario.model_validate(people),
    }


def recipe(scenario: Scenario) -> Recipe:
    """Return what is replicated of a scenario."""
    return Recipe(plan_run(scenario, N).blueprint, 1)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the replications of which people were drawn, so far."""
    numbers: list[int] = []
    draw = recipes.draw

    def counted(blueprint: Any, seed: int, number: int) -> Any:
        numbers.append(number)
        return draw(blueprint, seed, number)

    monkeypatch.setattr(recipes, "draw", counted)
    return numbers


@pytest.mark.parametrize("n_workers", [1, 3])
def test_plans_together_give_the_bits_of_each_alone(n_workers: int) -> None:
    """The run, both ends of its ranges and its bed curve."""
    plans = [plan_run(scenario, N) for scenario in variants().values()]
    for plan, (run, batch) in zip(plans, conduct_all(plans, 1, Threads(n_workers)), strict=True):
        alone, _ = conduct(plan, 1, Threads(1))
        assert run is not None
        assert alone is not None
        assert not batch.is_stopped
        assert same_bits(run.totals, alone.totals)
        assert {end: one.n_replications for end, one in run.range_ends.items()} == {"low": 5, "high": 5}
        assert all(same_bits(one.totals, alone.range_ends[end].totals) for end, one in run.range_ends.items())
        assert run.bed_curve is not None
        assert alone.bed_curve is not None
        assert str(run.bed_curve.columns()) == str(alone.bed_curve.columns())


def test_the_same_people_are_drawn_once_for_all_who_have_them(drawn: list[int]) -> None:
    """Three scenarios of four have the same."""
    some = {name: recipe(scenario) for name, scenario in variants().items()}
    both = replicate_all([Task(some["own"]), Task(some["beds"])], N, 2, Threads(1))
    assert drawn == list(range(N))
    assert [batch.totals is not None and len(batch.totals) for batch in both] == [N, N]
    drawn.clear()
    replicate_all([Task(one) for one in some.values()], N, 2, Threads(1))
    assert sorted(drawn) == sorted(2 * list(range(N)))


def test_the_demand_of_those_who_have_the_same_is_simulated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many beds elsewhere are the same demand; who has other beds is asked for itself."""
    some = {name: recipe(scenario) for name, scenario in variants().items() if name != "people"}
    asked: list[Recipe] = []
    demand = Recipe.demand

    def counted(self: Recipe, *of: Any) -> Any:
        asked.append(self)
        return demand(self, *of)

    monkeypatch.setattr(Recipe, "demand", counted)
    found = replicate_all([Task(one) for one in some.values()], N, N, Threads(1))
    assert [asked.count(one) for one in some.values()] == [N, N, 0]
    monkeypatch.undo()
    for batch, one in zip(found, some.values(), strict=True):
        assert same_bits(batch.totals, one.chunk(range(N)).totals)


def test_those_who_lack_other_replications_are_done_apart(drawn: list[int]) -> None:
    """What one has already is not done again for it."""
    own, beds = recipe(variants()["own"]), recipe(variants()["beds"])
    there = own.chunk(range(4)).totals
    drawn.clear()

    class Kept:
        def finished(self, n_replications: int) -> Iterator[Totals]:
            assert there is not None
            yield there

        def find(self, part: range) -> None: ...

        def keep(self, totals: Totals) -> None:
            assert min(totals.replications) >= 4

    told: list[int] = []
    some = replicate_all([Task(own, Kept()), Task(beds)], N, 2, Threads(1), told.append)
    assert sorted(drawn) == [0, 1, 2, 3, 4, 4, 5, 5]
    assert sum(told) == 2 * N
    assert same_bits(some[0].totals, replicate(own, N, N, Threads(1)).totals)
    assert same_bits(some[1].totals, replicate(beds, N, N, Threads(1)).totals)


@pytest.mark.parametrize("n_workers", [1, 2])
def test_people_stuck_in_one_plan_stop_no_other(n_workers: int) -> None:
    """With the same people: one ring has room for all, the other has not."""
    tree = small_tree(ring=True)
    tree["units"]["ward_a"]["places"] = tree["units"]["ward_b"]["places"] = 60
    plans = [plan_run(scenario, 60) for scenario in (small_scenario(ring=True), Scenario.model_validate(tree))]
    (stuck, why), (free, nothing) = conduct_all(plans, 1, Threads(n_workers))
    alone, same = conduct(plans[0], 1, Threads(1))
    assert stuck is not None
    assert alone is not None
    assert 0 < stuck.n_replications == alone.n_replications < 60
    assert str(why.error) == str(same.error) != "None"
    assert stuck.interrupted
    assert free is not None
    assert free.n_replications == 60
    assert not nothing.is_stopped
    assert free.bed_curve is not None


def test_an_interruption_leaves_of_every_plan_what_was_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is begun after it: neither other people, nor range ends, nor bed curves."""
    import signal

    plans = [plan_run(scenario, 40) for scenario in variants().values()]

    def stop(n: int) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("bedsim.analysis.conduct.bed_curve", lambda *_: pytest.fail("a curve was begun"))
    own, beds, _, people = conduct_all(plans, 1, Threads(1), once(stop))
    assert own[0] is not None
    assert beds[0] is not None
    assert 0 < own[0].n_replications == beds[0].n_replications < 40
    assert people[0] is None
    for run, batch in (own, beds, people):
        assert batch.interrupted
        assert run is None or (run.interrupted and not run.range_ends and run.bed_curve is None)


def once(act: Any) -> Any:
    """Return what does something at the first call only."""
    called: list[int] = []

    def careful(n: int) -> None:
        called.append(n)
        if len(called) == 1:
            act(n)

    return careful
