"""Totals merge exactly: what a set of replications says does not depend on how it was cut."""

from __future__ import annotations

import errno
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedsim import memory
from bedsim.errors import BedsimError
from bedsim.measures.histograms import Histograms
from bedsim.measures.totals import HISTOGRAMS, ROWS, Sums, Totals, merge, totals_of
from tests.bits import same_bits

ALL = range(12)
DAYS, COUNTS, MIDNIGHTS = "unit_days_by_year", "outcomes_by_year", "midnights_by_year"


def made_up(number: int, width: int = 5) -> Totals:
    """Return a replication of arbitrary numbers, histograms as wide as the luck of its number."""
    rng = np.random.default_rng(number)
    rows: dict[str, np.ndarray] = {}
    for name, kind in ROWS.items():
        rows[name] = rng.normal(size=(2, 3)) * 1e-7 if kind is np.float64 else rng.integers(0, 9, (2, 3))
    if number % 3 == 0:
        rows[DAYS][0, 0] = np.nan
    return totals_of(number, rows, {name: histograms(rng, width) for name in HISTOGRAMS})


def histograms(rng: np.random.Generator, width: int) -> Histograms:
    """Return two lines of counts."""
    starts = np.append(0, np.cumsum(rng.integers(0, width + 1, 2)))
    return Histograms(rng.integers(0, 9, starts[-1]), starts)


@given(st.permutations(range(12)), st.lists(st.integers(1, 11), max_size=6))
def test_the_totals_do_not_depend_on_the_cut_or_the_order(numbers: list[int], cuts: list[int]) -> None:
    """Merge is associative and commutative, in bits: any parts of any order give what all at once give."""
    whole = merge((made_up(k) for k in range(12)), ALL)
    edges = [0, *sorted(set(cuts)), 12]
    parts = [merge((made_up(k) for k in numbers[a:b]), ALL) for a, b in pairwise(edges)]
    assert same_bits(merge(parts, ALL), whole)


@pytest.mark.parametrize("at_once", [1, 5])
def test_it_does_not_matter_how_many_are_added_together(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Rows and histograms wait for others, and those that are left are added when the sum is read, which may be again
    and again."""
    whole = merge((made_up(k) for k in range(12)), ALL)
    for what in ("ROWS_AT_ONCE", "PARTS_AT_ONCE"):
        monkeypatch.setattr(f"bedsim.measures.totals.{what}", at_once)
    unread = Sums(ALL)
    for k in reversed(ALL):
        unread.add(made_up(k))
    assert same_bits(unread.totals(), whole)
    sums = Sums(ALL)
    for k in range(12):
        sums.add(made_up(k))
        so_far = sums.totals()
        assert so_far is not None
        assert same_bits(so_far, merge((made_up(i) for i in range(k + 1)), ALL))
    assert same_bits(so_far, whole)


def test_the_comparison_of_totals_can_fail() -> None:
    """One more replication, or one bit of one mean, is another answer."""
    whole = merge((made_up(k) for k in range(3)), ALL)
    assert not same_bits(merge([whole, made_up(3)], ALL), whole)
    other = made_up(1)
    other.rows[DAYS][0, 1, 1] = np.nextafter(other.rows[DAYS][0, 1, 1], 9.0)
    assert not same_bits(merge((made_up(0), other, made_up(2)), ALL), whole)


def test_histograms_add_and_rows_stay_apart() -> None:
    """Sums by hand: the narrower histogram is as if filled up with zeros; rows are those of each replication."""
    ones = [made_up(0), made_up(1)]
    both = merge(reversed(ones), ALL)
    assert both.replications.tolist() == [0, 1]
    for name in HISTOGRAMS:
        for line in range(2):
            counts = [one.histograms[name].line(line) for one in ones]
            wide = max(map(len, counts))
            filled = [np.pad(one, (0, wide - len(one))) for one in counts]
            assert both.histograms[name].line(line).tolist() == (filled[0] + filled[1]).tolist()
    for name in ROWS:
        assert np.array_equal(both.rows[name], np.concatenate([one.rows[name] for one in ones]), equal_nan=True)


def test_what_is_merged_stays_as_it_was() -> None:
    """Totals are values: the sums are made in arrays of their own."""
    part = made_up(7)
    before = made_up(7)
    merge([part, made_up(8, width=3), made_up(9, width=9)], ALL)
    assert same_bits(part, before)


def test_no_replication_counts_twice() -> None:
    """A chunk merged with one that shares a replication is a mistake of the program."""
    with pytest.raises(AssertionError, match="twice"):
        merge([made_up(1), made_up(1)], ALL)


def test_memory_does_not_grow_with_replications(monkeypatch: pytest.MonkeyPatch) -> None:
    """400 more replications with wide histograms add neither their histograms nor, once many, their rows."""
    one = made_up(0, width=2_000)
    of_a_row = sum(rows[0].nbytes for rows in one.rows.values())
    merge([one, made_up(1)], ALL)  # compiles what adds histograms

    def growth() -> float:
        peaks = []
        for n in (400, 800):
            tracemalloc.start()
            sums = Sums(range(n))
            for k in range(n):
                sums.add(Totals(**{**vars(one), "replications": np.array([k])}))
            sums.totals()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        return (peaks[1] - peaks[0]) / 400

    assert of_a_row - 50 < growth() < of_a_row + 50 < one.histograms[MIDNIGHTS].counts.nbytes
    monkeypatch.setattr(memory, "ROWS_IN_MEMORY_BYTES", 100)
    assert growth() < 50


def test_rows_in_a_file_are_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rows lie moves no number, also after they were let go of, and also if some are missing."""
    in_memory = merge((made_up(k) for k in range(9)), ALL)
    monkeypatch.setattr(memory, "ROWS_IN_MEMORY_BYTES", 0)
    in_a_file = merge((made_up(k) for k in range(9)), ALL)
    memory.let_go(in_a_file.rows[DAYS])
    assert same_bits(in_memory, in_a_file)


def test_no_room_for_the_rows_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The room is taken before the first row is written; what cannot be had is said with its size."""
    monkeypatch.setattr(memory, "ROWS_IN_MEMORY_BYTES", 0)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(memory, "_reserve", full)
    with pytest.raises(BedsimError, match=r"12 replications need 0 MB .* \(No space left on device\)"):
        merge([made_up(0)], ALL)


def test_room_is_taken_where_the_system_has_no_call_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros are written instead."""
    monkeypatch.setattr(memory, "ROWS_IN_MEMORY_BYTES", 0)
    monkeypatch.delattr(memory.os, "posix_fallocate", raising=False)
    rows = memory.new_rows((700, 300), np.float64)
    assert rows.sum() == 0.0
