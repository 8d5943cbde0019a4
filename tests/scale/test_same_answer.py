"""The answer does not depend on who does the work, on how it is cut, or on the engine."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable

import pytest

from bedsim.analysis.plan import plan_run
from bedsim.analysis.recipe import Recipe
from bedsim.analysis.replicate import Batch, replicate
from bedsim.analysis.workers import Copies, Processes, Threads, Workers, can_be_copied, for_little, local_workers
from bedsim.errors import BedsimError, Problem, ScenarioError
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


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy this process although what runs the tests may have threads: the copies use nothing of theirs."""
    if sys.platform != "linux":
        pytest.skip("processes are copied on Linux alone")
    monkeypatch.setattr("bedsim.analysis.workers.can_be_copied", lambda: True)


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize("size", [1, 4])
def test_copies_of_this_process_change_no_bit_and_do_the_work(alone: Batch, size: int) -> None:
    """Two copies, chunks of one and of four: the same totals, none of them from this process."""
    shared = batch_of(Copies(2), size)
    assert same_bits(shared.totals, alone.totals)
    processes = {worker.partition("-")[0] for worker in shared.workers}
    assert 1 <= len(processes) <= 2
    assert str(os.getpid()) not in processes


@pytest.mark.usefixtures("copied")
def test_copies_take_a_task_that_cannot_be_sent_and_leave_nothing_behind() -> None:
    """A function made here and now is inherited; when all is done, or given up, no copy is left."""
    here, before = object(), set(multiprocessing.active_children())
    found = Copies(2).finished(lambda part: (part.start, id(here)), (range(i, i + 1) for i in range(9)))
    assert sorted(found) == [(i, id(here)) for i in range(9)]
    given_up = Copies(2).finished(lambda part: part.start, (range(i, i + 1) for i in range(9)))
    next(given_up)
    given_up.close()
    assert set(multiprocessing.active_children()) <= before


@pytest.mark.usefixtures("copied")
def test_a_copy_that_is_ended_from_outside_is_told_in_a_sentence() -> None:
    """As when the system is short of memory: no traceback, and no waiting for ever."""
    with pytest.raises(BedsimError, match="a worker process was ended from outside"):
        list(Copies(2).finished(lambda part: os.kill(os.getpid(), signal.SIGKILL), [range(1)]))


@pytest.mark.usefixtures("copied")
def test_if_not_all_copies_can_be_made_threads_do_the_work(alone: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when there may be no more processes: the copy that was made is ended, nothing waits for ever or is lost."""
    made: list[int] = []
    fork = os.fork

    def refused() -> int:
        if made:
            raise BlockingIOError
        made.append(1)
        return fork()

    before = set(multiprocessing.active_children())
    monkeypatch.setattr(os, "fork", refused)
    batch = batch_of(Copies(2), 1)
    assert made
    assert same_bits(batch.totals, alone.totals)
    assert {worker.partition("-")[0] for worker in batch.workers} == {str(os.getpid())}
    assert set(multiprocessing.active_children()) <= before


@pytest.mark.usefixtures("copied")
def test_a_users_mistake_found_by_a_copy_arrives_as_it_was() -> None:
    """With all its problems, not as a worker that was ended."""

    def task(part: range) -> None:
        raise ScenarioError([Problem("a.yaml", 3, "units", "at least one", f"{part.start}")])

    with pytest.raises(ScenarioError, match="at least one") as found:
        list(Copies(2).finished(task, [range(1)]))
    assert found.value.problems == [Problem("a.yaml", 3, "units", "at least one", "0")]


def test_copies_end_when_what_they_were_made_by_is_killed() -> None:
    """However it ends, nobody goes on working for nobody: a pipe that only they hold open is closed soon after."""
    reader, writer = os.pipe()
    program = (
        "import os, time; from bedsim.analysis.workers import Copies\n"
        "outcomes = Copies(2).finished(lambda part: time.sleep(60), [range(1), range(1, 2)])\n"
        "import signal; signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), 9)); signal.alarm(1)\n"
        "next(outcomes)"
    )
    with subprocess.Popen([sys.executable, "-c", program], pass_fds=[writer]):
        os.close(writer)
        is_closed, _, _ = select.select([reader], [], [], 20)
    assert is_closed
    assert os.read(reader, 1) == b""
    os.close(reader)


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
    """Copies or threads for the compiled engine, processes for the other, nothing but this process for one."""
    assert local_workers("compiled", 3) == (Copies(3) if can_be_copied() else Threads(3))
    assert local_workers("simpy", 3) == Processes(3)
    assert local_workers("simpy", 1) == local_workers("compiled", 1) == Threads(1)
    assert for_little(Copies(3)) == Threads(3)
    assert for_little(Processes(3)) == Processes(3)


def test_a_process_of_several_threads_is_not_copied() -> None:
    """A lock that another thread holds would stay shut in the copy for ever."""
    is_over = threading.Event()
    other = threading.Thread(target=is_over.wait)
    other.start()
    try:
        assert not can_be_copied()
        assert local_workers("compiled", 3) == Threads(3)
        did_it = {worker.partition("-")[0] for worker in batch_of(Copies(2), 1).workers}
        assert did_it == {str(os.getpid())}
    finally:
        is_over.set()
        other.join()
