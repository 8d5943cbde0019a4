"""Chunks on a cluster: beyond one machine, with Dask's `distributed`.

Why: hundreds of scenarios want more cores than a laptop has. The chunks are those of this machine and so are their
numbers; only who does them differs. The scheduler does a lost worker's chunks again. Whoever asks writes the chunk
files, so the workers need no shared folder; they need the same bedsim and libraries, which every chunk checks.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bedsim.analysis.fingerprint import made_with
from bedsim.analysis.workers import cores, outcomes_of
from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from distributed import Client

    from bedsim.analysis.workers import T, Task

LOCAL = "local"
FEWEST_IN_FLIGHT = 32
"""Chunks are handed out for so many workers at least: a cluster may grow when it sees that there is work."""


@contextmanager
def connected(address: str, n_workers: int | None) -> Iterator[Cluster]:
    """Give the workers of a cluster while connected to it.

    Parameters
    ----------
    address
        Of a Dask scheduler, such as `tcp://10.0.0.5:8786`; or `local`, for worker processes on this machine.
    n_workers
        Of a local cluster, by default one a core; another cluster has its own.

    Yields
    ------
    Cluster
        Its workers.

    Raises
    ------
    BedsimError
        If `distributed` is not installed, nobody answers at the address, or the workers differ from this process.
    """
    try:
        import distributed
    except ImportError:
        raise BedsimError(
            "a cluster needs Dask's distributed, which is not installed. Try: python -m pip install 'bedsim[cluster]'"
        ) from None
    if address == LOCAL:
        local = {"n_workers": n_workers or cores(), "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
        with distributed.LocalCluster(**local) as cluster, distributed.Client(cluster) as client:
            yield Cluster(client)
        return
    try:
        client = distributed.Client(address)
    except (OSError, ValueError) as error:
        raise BedsimError(
            f"no Dask scheduler answers at {address} ({error}). Try the address that dask scheduler prints, or local."
        ) from None
    with client:
        yield Cluster(client)


@dataclass(frozen=True)
class Cluster:
    """The workers of a Dask cluster."""

    client: Client

    def finished(self, task: Task[T], parts: Iterable[range]) -> Generator[T, None, None]:
        """Yield what comes of each part; what is still being done when the work is given up is cancelled."""
        from distributed import KilledWorker

        n = max(sum(self.client.nthreads().values()), FEWEST_IN_FLIGHT)
        pool = self.client.get_executor(pure=False)
        try:
            yield from outcomes_of(pool, n, partial(_checked, task, made_with()), parts)
        except ModuleNotFoundError as error:
            raise BedsimError(f"a worker of the cluster lacks {error.name}. Try installing bedsim there.") from None
        except (CancelledError, KilledWorker) as error:
            raise BedsimError(
                f"the cluster gave up ({type(error).__name__} {error}). What was finished is kept; the same command "
                "goes on from there."
            ) from None
        finally:
            pool.shutdown(wait=False)


def _checked(task: Task[T], expected: dict[str, str], part: range) -> T:
    """Do a chunk on a worker, if it comes out there as it would on the machine that asks."""
    here = made_with()
    differs = [f"{name} {here.get(name)} instead of {value}" for name, value in expected.items() if here[name] != value]
    if differs:
        raise BedsimError(
            f"a worker of the cluster has {', '.join(differs)}, so its numbers could differ. Try the same "
            "environment on all machines."
        )
    return task(part)
