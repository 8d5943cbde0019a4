"""The answer does not depend on who does the work, on how it is cut, or on the engine."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from bedsim.analysis.plan import plan_run
from bedsim.analysis.replicate import Batch, Recipe, replicate
from bedsim.analysis.workers import Processes, Threads, Workers, local_workers
from tests.bits import same_bits
from tests.small import small_scenario

N = 9


def batch_of(workers: Workers, size: int, engine: str = "compiled", seed: int = 3, n: int = N) -> Batch:
    """Return the replications of the small scenario."""
    recipe = Recipe(plan_run(small_scenario(), n).blueprint, seed, engine)  # type: ignore[arg-type]
    return replicate(recipe, n, size, workers)


@pytest.fixture(scope="module")
def alone() -> Batch:
    """Do them one after another, one chunk each."""
    return batch_of(Threads(1), 1)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_threads_and_chunks_change_no_bit(alone: Batch, n: int, size: int) -> None:
    """One, two or seven workers, chunks of one to all: the same totals."""
    assert same_bits(batch_of(Threads(n), size).totals, alone.totals)


def test_the_readable_engine_gives_the_same_bits_in_this_process_and_in_two_others(alone: Batch) -> None:
    """Both engines, and both sorts of workers; two real processes did the work, neither of which is this one."""
    assert same_bits(batch_of(Threads(1), 4, "simpy").totals, alone.totals)
    shared = batch_of(Processes(2), 1, "simpy")
    assert same_bits(shared.totals, alone.totals)
    processes = {worker.partition("-")[0] for worker in shared.workers}
    assert len(processes) == 2
    assert str(os.getpid()) not in processes


def test_two_threads_both_work() -> None:
    """Sixty chunks are not all done by one of two threads of this process."""
    workers = batch_of(Threads(2), 1, n=60).workers
    assert len(workers) == 2
    assert {worker.partition("-")[0] for worker in workers} == {str(os.getpid())}


def test_seeds_and_replications_differ(alone: Batch) -> None:
    """A comparison that could not fail would be no test."""
    assert not same_bits(batch_of(Threads(1), 1, seed=4).totals, alone.totals)
    assert alone.totals is not None
    assert len({row.tobytes() for row in alone.totals.rows["unit_days_by_year"]}) == N


def test_a_run_has_few_chunks_in_hand() -> None:
    """Parts are read as workers become free, twice two and at most as many again: memory does not grow with them."""
    read: list[int] = []

    def parts() -> Iterable[range]:
        for k in range(50):
            read.append(k)
            yield range(k, k + 1)

    recipe = Recipe(plan_run(small_scenario(), 1).blueprint, 1)
    outcomes = Threads(2).finished(recipe.chunk, parts())
    next(outcomes)
    assert len(read) <= 8
    outcomes.close()
    assert len(read) <= 8


def test_engines_get_the_workers_that_suit_them() -> None:
    """Threads for the engine that holds no lock, processes for the other, nothing but this process for one."""
    assert local_workers("compiled", 3) == Threads(3)
    assert local_workers("simpy", 3) == Processes(3)
    assert local_workers("simpy", 1) == Threads(1)
    assert local_workers("compiled", None) == Threads(os.cpu_count() or 1)
