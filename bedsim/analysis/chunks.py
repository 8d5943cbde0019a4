"""Chunks: which replications are done together, and which are missing when some are there already.

Why: a chunk is what a worker does and what is kept on disk, so it must be long enough for the hand-over not to count,
and short enough for progress and for all workers to finish together. It is cut in the same places whenever the same
is asked for on the same machine: then the same command after a power cut finds the earlier chunks whole. One that asks
for something else takes those that it finds as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bedsim.engine.choose import Engine
    from bedsim.measures.totals import Totals

STAYS_PER_CHUNK: dict[Engine, int] = {"compiled": 250_000, "simpy": 10_000}
"""Some tenths of a second of the compiled engine, about a second of the other."""


class Keeper(Protocol):
    """Where finished chunks are kept between commands; `bedsim.store.chunks` has the one that keeps them on disk."""

    def finished(self, n_replications: int) -> Iterator[Totals]:
        """Yield finished chunks of replications 0 to n - 1, none of which share a replication."""

    def find(self, part: range) -> Totals | None:
        """Return this very chunk if it has been finished meanwhile, by another process."""

    def keep(self, totals: Totals) -> None:
        """Keep a finished chunk; BedsimError if that cannot be done."""


PARTS_A_WORKER = 2
"""Replications are cut in so many chunks for each worker at least."""


def chunk_size(stays_of_one: float, engine: Engine) -> int:
    """Return how many replications make a chunk at the most, from the stays expected of one.

    >>> chunk_size(14_000.0, "compiled"), chunk_size(14_000.0, "simpy")
    (17, 1)
    """
    return max(1, int(STAYS_PER_CHUNK[engine] / max(stays_of_one, 1.0)))


def fair_size(size: int, n_replications: int, n_workers: int) -> int:
    """Return the size of chunks, up to the usual one, with which all workers finish together.

    >>> fair_size(17, 1000, 2), fair_size(17, 20, 2)
    (17, 5)
    """
    return min(size, -(-n_replications // (PARTS_A_WORKER * n_workers)))


def size_for_looks(size: int, every: int) -> int:
    """Return the largest size of a chunk, up to the usual one, by which every look finds whole chunks.

    >>> size_for_looks(17, 10), size_for_looks(4, 10)
    (10, 2)
    """
    return max(part for part in range(1, min(size, every) + 1) if every % part == 0)


def missing_parts(n_replications: int, size: int, finished: Iterable[int]) -> Iterator[range]:
    """Yield the replications from 0 to n - 1 that are not finished, as chunks cut at multiples of the size.

    >>> list(missing_parts(25, 10, [0, 1, 2, 14]))
    [range(3, 10), range(10, 14), range(15, 20), range(20, 25)]
    """
    start = 0
    for number in [*sorted(finished), n_replications]:
        while start < number:
            stop = min(number, (start // size + 1) * size)
            yield range(start, stop)
            start = stop
        start = number + 1
