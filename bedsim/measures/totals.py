"""Totals: what any set of replications says together, in a form that merges.

Why: thousands of replications are cut into chunks, done in any order on any number of workers, kept on disk and taken
up again. Histograms are whole numbers and add; of each replication one row of sums, maxima and counts is kept, sorted
by its number, in a file if they are many. So the totals of a set of replications are the same bits however it was cut,
and memory does not grow with their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.measures.histograms import added_up
from bedsim.measures.lines import DIFFERING, PRODUCTS, SQUARES
from bedsim.memory import let_go, new_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from bedsim.measures.histograms import Histograms

    Ints = NDArray[np.int64]

ROWS: dict[str, type[np.generic]] = {
    **dict.fromkeys(
        (
            "unit_days_by_year",
            "segment_days_by_year",
            "occupied_by_month",
            "system_days_by_month",
            "people_days_by_year",
            "people_days_by_month",
            "delayed_by_year",
            "use_by_year",
            "visits_by_year",
            "visits_freed_by_year",
            "open_by_year",
            "open_by_month",
            "suspended_by_year",
            "closed_by_year",
        ),
        np.float64,
    ),
    **dict.fromkeys(
        (
            "unit_counts_by_year",
            "segment_counts_by_year",
            "system_counts_by_month",
            "people_counts_by_year",
            "people_counts_by_month",
            "midnights_by_year",
            "midnights_by_month",
            "maxima_by_year",
            "maxima_by_month",
            "spells",
            "lost",
            "referrals_by_year",
            "outcomes_by_year",
            "levers_by_year",
            "flow_by_year",
            "first_places",
            "admissions",
        ),
        np.int32,
    ),
}
"""What is kept of each replication, and as which type: days are sums of floats, the rest are counts. What they are:
`tallied.Tally` and `replication`. A year may be a part of one; months are those of the year, from January, over all
years of the window, of units only what the system has, and the bed-days they were occupied and open, and nothing of
segments."""
COUNTED = (
    "midnights_by_year",
    "midnights_by_month",
    "midnights_by_week",
    "census_by_month",
    "waits",
    "delays",
    "requests",
)
SPREAD = ("midnights_by_year", "midnights_by_month", *DIFFERING)
HISTOGRAMS = (*COUNTED, *(SQUARES + name for name in SPREAD), *(PRODUCTS + name for name in DIFFERING))
"""What is counted over all replications: midnights with 0, 1, 2, ... people, of `Yardstick.daily_lines` by year, of
`system_lines` by month of the year, of `weekly_lines` by week and of `monthly_lines` by month of the window; hours of
waits and delays, of units by year, of delays also of segments in planned beds, and of requests for a planned bed, of
cells by year. Of those in `SPREAD` also what `spread` and `marks` say, by `Yardstick.unions`."""


ROWS_AT_ONCE = 128
"""Replications whose rows are written together: some ten megabytes."""
PARTS_AT_ONCE = 16
"""Parts whose histograms are added up together: a megabyte each."""


@dataclass(frozen=True)
class Totals:
    """What a set of replications says; one scenario's, all of the same shapes."""

    replications: Ints
    """(n,) their numbers, ascending."""
    rows: Mapping[str, NDArray[Any]]
    """By the names in `ROWS`: those of each replication, along the first axis."""
    histograms: Mapping[str, Histograms]
    """By the names in `HISTOGRAMS`: sums over the replications."""

    def __len__(self) -> int:
        """Return how many replications they are."""
        return len(self.replications)


def totals_of(replication: int, rows: Mapping[str, NDArray[Any]], histograms: Mapping[str, Histograms]) -> Totals:
    """Return the totals of a single replication, its rows without the first axis."""
    return Totals(
        replications=np.array([replication], dtype=np.int64),
        rows={name: rows[name][np.newaxis].astype(kind) for name, kind in ROWS.items()},
        histograms=dict(histograms),
    )


def merge(parts: Iterable[Totals], numbers: range) -> Totals:
    """Return the totals of all parts together; exact, whatever their order and their cut.

    Parameters
    ----------
    parts
        At least one, of the same scenario; no replication twice.
    numbers
        The replications there may be.

    Returns
    -------
    Totals
        Of the replications that the parts have.
    """
    sums = Sums(numbers)
    for part in parts:
        sums.add(part)
    totals = sums.totals()
    assert totals is not None, "nothing is merged"
    return totals


class Sums:
    """Totals being added up part by part, as chunks are finished.

    A row of a replication is written where it belongs, so that the rows are there once and need no sorting. Many are
    written together: each column lies by itself, so that to write one row costs as much as to write many.
    """

    def __init__(self, numbers: range) -> None:
        self.is_in = np.zeros(len(numbers), dtype=np.bool_)
        """Which of the replications have been added."""
        self._numbers = numbers
        self._rows: dict[str, NDArray[Any]] = {}
        self._waiting: list[tuple[Ints, Mapping[str, NDArray[Any]]]] = []
        """Rows that are not written yet, and where they belong."""
        self._histograms: list[Mapping[str, Histograms]] = []

    def add(self, part: Totals) -> None:
        """Add a part."""
        places = part.replications - self._numbers.start
        assert not self.is_in[places].any(), "a replication is merged twice"
        self.is_in[places] = True
        self._histograms.append(part.histograms)
        if len(self._histograms) > PARTS_AT_ONCE:
            self._add_up()
        self._waiting.append((places, part.rows))
        if sum(len(places) for places, _ in self._waiting) >= ROWS_AT_ONCE:
            self._write()

    def _add_up(self) -> None:
        """Add up the histograms that wait for it, and those added up before."""
        parts = self._histograms
        self._histograms = [{name: added_up([part[name] for part in parts]) for name in parts[0]}]

    def _write(self) -> None:
        """Write the rows that wait for it."""
        places, rows = zip(*self._waiting, strict=True)
        self._waiting = []
        numbers: Ints = np.concatenate(places)
        is_one_piece = bool((np.diff(numbers) == 1).all())  # as it nearly always is, and then written as one
        where = slice(numbers[0], numbers[-1] + 1) if is_one_piece else numbers
        for name, first in rows[0].items():
            if name not in self._rows:
                self._rows[name] = new_rows((len(self._numbers), *first.shape[1:]), first.dtype)
            written = self._rows[name]
            same = {one[name].shape[1:] for one in rows} == {written.shape[1:]}
            assert same, "totals of two scenarios are merged"
            written[where] = np.concatenate([one[name] for one in rows])
            let_go(written)

    def totals(self) -> Totals | None:
        """Return what has been added up so far, None if nothing was."""
        n = int(self.is_in.sum())
        if n == 0:
            return None
        if self._waiting:
            self._write()
        if len(self._histograms) > 1:
            self._add_up()
        chosen = slice(n) if self.is_in[:n].all() else self.is_in
        return Totals(
            replications=np.flatnonzero(self.is_in) + self._numbers.start,
            rows={name: rows[chosen] for name, rows in self._rows.items()},
            histograms=self._histograms[0],
        )
