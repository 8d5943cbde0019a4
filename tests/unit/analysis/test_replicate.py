"""Replications one by one: each needs no other, and nothing that was finished is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bedsim.analysis import ready
from bedsim.analysis.conduct import conduct
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.plan import plan_run
from bedsim.analysis.ready import make_ready
from bedsim.analysis.recipe import Recipe, Together
from bedsim.analysis.replicate import replicate
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import IN_FLIGHT, Outcome, Threads
from bedsim.errors import BedsimError, StuckError
from bedsim.measures.demand import Demand
from bedsim.measures.totals import Totals
from bedsim.patients.population import Patients
from bedsim.scenario.schema import Scenario
from tests.bits import same_bits
from tests.small import small_scenario, small_tree

ROOT = Path(__file__).parents[3]


def test_replication_k_needs_no_other() -> None:
    """A replication alone is the same as in company."""
    recipe = Recipe(plan_run(small_scenario(), 4).blueprint, seed=3)
    batch = replicate(recipe, 4, 4, Threads(1))
    alone = recipe.replication(3)
    assert batch.totals is not None
    for name, rows in alone.rows.items():
        assert rows.tobytes() == batch.totals.rows[name][3:].tobytes(), name


def test_people_stuck_for_ever_stop_the_run_but_keep_what_was_finished() -> None:
    """A ring at the end of replication k is an error; the k before it stay, also those of the same chunk."""
    plan = plan_run(small_scenario(ring=True), 60)
    run, batch = conduct(plan, 1, Threads(1))
    assert batch.error is not None
    assert "ward_a, ward_b" in str(batch.error)
    assert run is not None, "the first replication must finish, or nothing is shown to be kept"
    assert f"replication {run.n_replications}:" in str(batch.error)
    assert run.interrupted


@pytest.mark.parametrize("n_workers", [1, 2, 7])
@pytest.mark.parametrize("size", [1, 3, 60])
def test_what_is_kept_of_a_run_with_people_stuck_does_not_depend_on_the_workers(n_workers: int, size: int) -> None:
    """All replications before the first in which somebody is stuck, none after it, and the same error."""
    recipe = Recipe(plan_run(small_scenario(ring=True), 60).blueprint, seed=1)
    alone = replicate(recipe, 60, 60, Threads(1))
    batch = replicate(recipe, 60, size, Threads(n_workers))
    assert same_bits(batch.totals, alone.totals)
    assert str(batch.error) == str(alone.error)
    assert not batch.interrupted


class Backwards:
    """Workers that finish the last chunk first."""

    def finished(self, task: Callable[[range], Outcome], parts: Iterable[range]) -> Generator[Outcome, None, None]:
        yield from [task(part) for part in parts][::-1]


def test_the_first_replication_with_people_stuck_counts_not_the_first_that_was_found() -> None:
    """With every chunk done and the last handed in first, what is said is the same."""
    recipe = Recipe(plan_run(small_scenario(ring=True), 60).blueprint, seed=1)
    alone, batch = replicate(recipe, 60, 60, Threads(1)), replicate(recipe, 60, 2, Backwards())
    assert same_bits(batch.totals, alone.totals)
    assert str(batch.error) == str(alone.error)


def test_ctrl_c_keeps_what_was_finished_and_what_was_being_done() -> None:
    """After three replications the first Ctrl-C hands out no more; those in hand are kept, and none is left out."""
    recipe = Recipe(plan_run(small_scenario(), 50).blueprint, seed=1)
    done: list[int] = []

    def stop_at_three(n: int) -> None:
        done.append(n)
        if len(done) == 3:
            signal.raise_signal(signal.SIGINT)

    batch = replicate(recipe, 50, 1, Threads(1), progress=stop_at_three)
    assert batch.interrupted
    assert batch.totals is not None
    assert 3 <= len(batch.totals) == len(done) <= 3 + 2 * IN_FLIGHT
    assert batch.totals.replications.tolist() == list(range(len(done)))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_is_heard_when_all_that_is_left_is_in_hand() -> None:
    """All of the replications are kept, and what comes after them, such as the ends of ranges, is not begun."""
    recipe = Recipe(plan_run(small_scenario(), 6).blueprint, seed=1)
    done: list[int] = []

    def stop_at_first(n: int) -> None:
        done.append(n)
        if len(done) == 1:
            signal.raise_signal(signal.SIGINT)

    batch = replicate(recipe, 6, 2, Threads(2), progress=stop_at_first)
    assert batch.is_stopped
    assert same_bits(batch.totals, recipe.chunk(range(6)).totals)


def test_an_interrupted_run_says_what_its_first_replications_say() -> None:
    """Those that were quick and those that were slow are not told apart: nothing after a gap is counted."""
    recipe = Recipe(plan_run(small_scenario(), 50).blueprint, seed=1)

    class Hasty:
        def finished(self, task: Callable[[range], Outcome], parts: Iterable[range]) -> Generator[Outcome, None, None]:
            todo = iter(parts)
            yield task(next(todo))
            slow = next(todo)
            yield task(next(todo))
            signal.raise_signal(signal.SIGINT)
            assert next(todo, None) is None
            assert slow == range(2, 4)

    batch = replicate(recipe, 50, 2, Hasty())
    assert batch.interrupted
    assert same_bits(batch.totals, recipe.chunk(range(2)).totals)


def test_the_second_ctrl_c_stops_at_once() -> None:
    """Whoever does not want to wait for the chunks in hand need not."""
    recipe = Recipe(plan_run(small_scenario(), 50).blueprint, seed=1)

    def twice(_: int) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        replicate(recipe, 50, 1, Threads(1), progress=twice)


@pytest.mark.parametrize("n_workers", [1, 3])
@pytest.mark.parametrize("size", [1, 7, 60])
def test_a_way_without_end_keeps_what_was_finished_before_it(n_workers: int, size: int) -> None:
    """As people stuck do: the first replication in which somebody has one ends the run, whoever does it."""
    tree = small_tree()
    tree["pathways"]["rehab"]["first"]["needed_days"] = {"constant": 1}
    tree["pathways"]["rehab"]["first"]["ladder"] = ({"units": "team"},)
    tree["pathways"]["rehab"]["first"]["then"] = {"home": {"share": 0.14}, "back": {"share": 0.86, "next": "first"}}
    recipe = Recipe(plan_run(Scenario.model_validate(tree), 60).blueprint, seed=1)
    batch = replicate(recipe, 60, size, Threads(n_workers))
    assert batch.totals is not None, "the first replication must finish, or nothing is shown to be kept"
    k = len(batch.totals)
    assert 0 < k < 60
    assert str(batch.error).startswith(f"replication {k}: a person's route has more than 50 stages")
    assert same_bits(batch.totals, recipe.chunk(range(k)).totals)
    with pytest.raises(BedsimError, match="more than 50 stages") as found:  # and no search takes it for a full unit
        Trials(1, workers=Threads(n_workers)).run({"one": recipe.blueprint}, 60)
    assert not isinstance(found.value, StuckError)


def test_a_chunk_ends_when_everybody_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is drawn after it, and no demand simulated for those who were stuck before."""
    ring = Recipe(plan_run(small_scenario(ring=True), 60).blueprint, seed=1)
    tree = small_tree(ring=True)
    tree["units"]["ward_a"]["places"] = tree["units"]["ward_b"]["places"] = 60
    free = Recipe(plan_run(Scenario.model_validate(tree), 60).blueprint, seed=1)
    asked: list[tuple[Recipe, int]] = []
    drawn: list[int] = []
    demand, people = Recipe.demand, Recipe.people

    def drawing(self: Recipe, number: int) -> Patients:
        drawn.append(number)
        return people(self, number)

    def counted(self: Recipe, number: int, patients: Patients) -> Demand:
        asked.append((self, number))
        return demand(self, number, patients)

    monkeypatch.setattr(Recipe, "demand", counted)
    monkeypatch.setattr(Recipe, "people", drawing)
    k = ring.chunk(range(60)).stuck_at
    assert k is not None
    assert drawn == [number for _, number in asked] == list(range(k + 1))
    asked.clear()
    stuck, whole = Together((ring, free)).chunk(range(60))
    assert (stuck.stuck_at, whole.stuck_at) == (k, None)
    assert [number for one, number in asked if one is ring] == list(range(k + 1))
    assert [number for one, number in asked if one is free] == list(range(60))


def test_what_another_process_has_finished_meanwhile_is_not_done_again() -> None:
    """A chunk that appears after the start is taken from there; those that are missing are done and kept."""
    recipe = Recipe(plan_run(small_scenario(), 6).blueprint, seed=1)
    theirs = recipe.chunk(range(2, 4)).totals
    kept: list[list[int]] = []

    class Shared:
        def finished(self, n_replications: int) -> Iterator[Totals]:
            return iter(())

        def find(self, part: range) -> Totals | None:
            return theirs if part == range(2, 4) else None

        def keep(self, chunk: Totals) -> None:
            kept.append(chunk.replications.tolist())

    batch = replicate(recipe, 6, 2, Threads(1), Shared())
    assert kept == [[0, 1], [4, 5]]
    assert same_bits(batch.totals, recipe.chunk(range(6)).totals)


def test_the_sentence_on_compiling_is_said_only_if_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm cache says nothing; waiting says that it is the first time."""
    said: list[str] = []
    make_ready("compiled", said.append)  # warm from here on
    said.clear()
    monkeypatch.setattr(ready, "QUIET_SECONDS", 60.0)
    make_ready("compiled", said.append)
    assert said == []
    monkeypatch.setattr(ready, "QUIET_SECONDS", 0.0)
    make_ready("compiled", said.append)
    assert said == [ready.COMPILING]


def test_nothing_is_left_to_compile_after_making_ready() -> None:
    """What the shipped scenarios call is compiled, or loaded, before the work is shared out."""
    code = (
        "import sys, bedsim\n"
        "from bedsim.analysis.plan import plan_run\n"
        "from bedsim.analysis.ready import make_ready\n"
        "from bedsim.analysis.recipe import Recipe\n"
        "def compiled():\n"
        "    ours = [module for name, module in sys.modules.items() if name.startswith('bedsim.')]\n"
        "    found = [one for module in ours for one in vars(module).values() if hasattr(one, 'nopython_signatures')]\n"
        "    return {(one.__module__, one.__name__, str(one.signatures)) for one in found if one.signatures}\n"
        "make_ready('compiled', str)\n"
        "ready = compiled()\n"
        "assert ready\n"
        "for name in ('option-1', 'option-2', 'new-model-of-care', 'care-homes'):\n"
        "    plan = plan_run(bedsim.load(f'scenarios/{name}.yaml'), 1)\n"
        "    Recipe(plan.blueprint, 1).replication(0)\n"
        "print(sorted(compiled() - ready))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_interval_is_students() -> None:
    """Mean and 95% t interval of 1, 2, 3: 2 +- 4.302653 / sqrt(3); one value has none; NaN is left out."""
    mean, low, high = mean_and_interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert mean == 2.0
    assert high - mean == pytest.approx(4.302652729911275 / np.sqrt(3), rel=1e-9)
    assert mean - low == pytest.approx(high - mean)
    assert mean_and_interval(np.array([5.0])) == (5.0, None, None)
