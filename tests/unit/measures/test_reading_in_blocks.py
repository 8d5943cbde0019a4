"""Many replications are read some at a time, and nobody can tell but by the memory."""

import dataclasses
import tracemalloc

import numpy as np
import pytest

import bedsim
from bedsim import memory
from bedsim.analysis import intervals
from bedsim.measures import reading
from bedsim.measures.definitions import MEASURES
from tests.small import small_scenario

N = 7


def test_blocks_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of the summary, and every table of shares, is the same bits however many are read at once."""
    run = bedsim.run(small_scenario(), N, workers=1)
    together = [dataclasses.astuple(row) for row in run.rows]
    shares = [table.to_csv() for table in (run.outcomes(), run.first_places(), run.flow())]
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(intervals, "NUMBERS_AT_ONCE", 2 * N)
    monkeypatch.setattr(memory, "ROWS_IN_MEMORY_BYTES", 0)
    again = dataclasses.replace(run)
    assert repr([dataclasses.astuple(row) for row in again.rows]) == repr(together)
    assert [table.to_csv() for table in (again.outcomes(), again.first_places(), again.flow())] == shares


def test_reading_takes_no_more_memory_for_more_replications(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read at once is a block, whatever the number of replications; all at once it grows with them."""
    run = bedsim.run(small_scenario(), N, workers=1)

    def peak(copies: int) -> int:
        rows = {name: np.asfortranarray(np.repeat(part, copies, axis=0)) for name, part in run.totals.rows.items()}
        many = dataclasses.replace(run.totals, replications=np.arange(N * copies), rows=rows)
        reader = reading.Reader(run.reader.yardstick, many)
        found = 0
        tracemalloc.start()
        for measure in MEASURES:
            before = tracemalloc.get_traced_memory()[0]  # with the tuples that Python keeps for later use
            tracemalloc.reset_peak()
            intervals.means_and_intervals(reader.means(measure)[1])
            found = max(found, tracemalloc.get_traced_memory()[1] - before)
        tracemalloc.stop()
        return found

    monkeypatch.setattr(memory, "ROWS_IN_MEMORY_BYTES", 0)
    assert peak(200) > 3 * peak(20), "planted: all replications at once"
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 100)
    monkeypatch.setattr(intervals, "NUMBERS_AT_ONCE", 10_000)
    assert peak(200) < 2 * peak(20), "ten times the replications"
