"""A cluster does the same chunks: the same answer, also when it loses a worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from bedsim.analysis import cluster as cluster_module
from bedsim.analysis.cluster import Cluster, connected
from bedsim.analysis.plan import plan_run
from bedsim.analysis.recipe import Recipe
from bedsim.analysis.replicate import replicate
from bedsim.analysis.workers import Threads
from bedsim.errors import BedsimError
from tests.bits import same_bits
from tests.small import small_scenario

N = 24
pytestmark = [
    # Dask's own: the sockets and event loops of a worker that was killed.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Start two worker processes."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50) as two,
        Client(two) as client,
    ):
        yield client


def recipe() -> Recipe:
    """Return the small scenario, ready to be replicated."""
    return Recipe(plan_run(small_scenario(), N).blueprint, seed=3)


def test_a_cluster_that_loses_a_worker_gives_the_answer_of_one_thread(client: Client) -> None:
    """Two worker processes, one killed when the first chunk is in: every replication, the same bits."""
    alone = replicate(recipe(), N, 1, Threads(1))
    workers = {name: int(pid) for name, pid in client.run(os.getpid).items()}
    assert len(set(workers.values())) == 2
    assert os.getpid() not in workers.values()
    killed = next(iter(workers.values()))
    done: list[int] = []

    def kill_one(n: int) -> None:
        if not done:
            os.kill(killed, signal.SIGKILL)
        done.append(n)

    shared = replicate(recipe(), N, 1, Cluster(client), progress=kill_one)
    assert done == [1] * N
    assert same_bits(shared.totals, alone.totals)
    processes = {int(worker.partition("-")[0]) for worker in shared.workers}
    assert set(workers.values()) - {killed} <= processes
    assert os.getpid() not in processes


def test_workers_that_would_give_other_numbers_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another library there than here is a sentence that names both versions."""
    here = cluster_module.made_with()
    monkeypatch.setattr(cluster_module, "made_with", lambda: {**here, "numpy": "0.1"})
    with pytest.raises(BedsimError, match=rf"has numpy {here['numpy']} instead of 0\.1"):
        replicate(recipe(), 2, 1, Cluster(client))


def test_people_stuck_for_ever_are_an_answer_of_a_cluster_too(client: Client) -> None:
    """The error comes back with the replications before it, as from a thread."""
    ring = replace(recipe(), blueprint=plan_run(small_scenario(ring=True), 60).blueprint)
    batch = replicate(ring, 60, 60, Cluster(client))
    assert "a ring of waiting people" in str(batch.error)
    assert same_bits(batch.totals, replicate(ring, 60, 60, Threads(1)).totals)


def test_a_cluster_is_reached_by_its_address(client: Client) -> None:
    """`--cluster ADDRESS` is what the scheduler prints."""
    with connected(client.scheduler.address, None) as workers:
        assert same_bits(replicate(recipe(), 3, 1, workers).totals, replicate(recipe(), 3, 1, Threads(1)).totals)


def test_a_local_cluster_is_started_and_ended_by_the_command() -> None:
    """`--cluster local`: two worker processes of this machine, gone when the work is done."""
    with connected("local", 2) as workers:
        assert isinstance(workers, Cluster)
        processes = [int(pid) for pid in workers.client.run(os.getpid).values()]
        assert same_bits(replicate(recipe(), 3, 1, workers).totals, replicate(recipe(), 3, 1, Threads(1)).totals)
    assert len(processes) == 2
    assert not any(Path(f"/proc/{pid}/stat").exists() for pid in processes)
