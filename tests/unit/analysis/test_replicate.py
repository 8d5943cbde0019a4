"""Replications one by one: each needs no other, and nothing that was finished is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bedsim.analysis import ready
from bedsim.analysis.conduct import conduct
from bedsim.analysis.plan import plan_run
from bedsim.analysis.ready import make_ready
from bedsim.analysis.replicate import Recipe, replicate
from bedsim.analysis.run import mean_and_interval
from bedsim.analysis.workers import Threads
from bedsim.measures import totals
from bedsim.measures.totals import Totals, totals_of
from tests.bits import same_bits
from tests.small import small_scenario

ROOT = Path(__file__).parents[3]


def test_replication_k_needs_no_other() -> None:
    """A replication alone is the same as in company."""
    recipe = Recipe(plan_run(small_scenario(), 4).blueprint, seed=3)
    batch = replicate(recipe, 4, 4, Threads(1))
    alone = totals_of(recipe.replication(3))
    assert batch.totals is not None
    assert alone.means.tobytes() == batch.totals.means[3:].tobytes()
    assert alone.maxima.tobytes() == batch.totals.maxima[3:].tobytes()


def test_people_stuck_for_ever_stop_the_run_but_keep_what_was_finished() -> None:
    """A ring at the end of replication k is an error; the k before it stay, also those of the same chunk."""
    plan = plan_run(small_scenario(ring=True), 60)
    run, batch = conduct(plan, 1, Threads(1))
    assert batch.error is not None
    assert "ward_a, ward_b" in str(batch.error)
    assert run is not None, "the first replication must finish, or nothing is shown to be kept"
    assert f"replication {run.n_replications}:" in str(batch.error)
    assert run.interrupted


def test_an_interruption_keeps_what_was_finished() -> None:
    """Ctrl-C after three replications leaves three replications."""
    recipe = Recipe(plan_run(small_scenario(), 5).blueprint, seed=1)
    done: list[int] = []

    def stop_at_three(n: int) -> None:
        done.append(n)
        if len(done) == 3:
            raise KeyboardInterrupt

    batch = replicate(recipe, 5, 1, Threads(1), progress=stop_at_three)
    assert batch.interrupted
    assert batch.totals is not None
    assert batch.totals.replications.tolist() == [0, 1, 2]


def test_ctrl_c_in_the_middle_of_adding_up_leaves_no_half_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes between two histograms of the second chunk: that chunk is wholly in, and nothing after it."""
    recipe = Recipe(plan_run(small_scenario(), 6).blueprint, seed=1)
    first = recipe.chunk(range(1)).totals
    assert first is not None
    n_keys = len(first.histograms) + len(first.weekly)
    add, main = totals._add, threading.get_ident()
    in_main: list[int] = []

    def add_and_interrupt(*arguments: Any) -> None:
        add(*arguments)
        if threading.get_ident() == main:  # chunks themselves are added up in other threads
            in_main.append(1)
            if len(in_main) == n_keys + n_keys // 2:
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(totals, "_add", add_and_interrupt)
    batch = replicate(recipe, 6, 2, Threads(1))
    monkeypatch.undo()
    assert batch.interrupted
    assert len(in_main) == 2 * n_keys
    assert same_bits(batch.totals, recipe.chunk(range(4)).totals)


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
        "from bedsim.analysis.replicate import Recipe\n"
        "def compiled():\n"
        "    ours = [module for name, module in sys.modules.items() if name.startswith('bedsim.')]\n"
        "    found = [one for module in ours for one in vars(module).values() if hasattr(one, 'nopython_signatures')]\n"
        "    return {(one.__module__, one.__name__, str(one.signatures)) for one in found if one.signatures}\n"
        "make_ready('compiled', str)\n"
        "ready = compiled()\n"
        "assert ready\n"
        "for name in ('base', 'option-1', 'option-2'):\n"
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
