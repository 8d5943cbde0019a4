"""Where people go: outcomes, first places and admissions by stream, the units in which people of each home are, and
whose people are in each unit.

Why: a share of each outcome or unit is a table of two names, too many for rows of the summary, and pictures and files
need them without pandas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.analysis.intervals import means_and_intervals
from bedsim.measures.calendar import ALL
from bedsim.measures.yardstick import HOME, SEGMENT
from bedsim.memory import let_go

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.measures.reading import Reader
    from bedsim.patients.blueprint import Blueprint

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shares:
    """A table of two names, a value and its interval."""

    header: tuple[str, ...]
    rows: list[tuple[str, str, float, float | None, float | None]]

    def table(self) -> pd.DataFrame:
        """Return it as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=[*self.header])


@dataclass(frozen=True)
class Flow:
    """Where the people of a run go."""

    reader: Reader
    blueprint: Blueprint

    def outcomes(self, period: str = ALL) -> Shares:
        """Return each stream's outcomes as fractions of the people referred in a period of years."""
        counts, people = self._of_streams("outcomes_by_year", period), self._of_streams("referrals_by_year", period)
        return _shares(("stream", "outcome"), self._streams, self.blueprint.outcomes, counts, people[:, :, np.newaxis])

    def first_places(self) -> Shares:
        """Return, by stream, the share of the people referred in the window first placed in each unit."""
        counts, people = self._counts("first_places"), self._of_streams("referrals_by_year", ALL)
        return _shares(("stream", "unit"), self._streams, self.blueprint.units, counts, people[:, :, np.newaxis])

    def admissions(self) -> Shares:
        """Return each stream's admissions a day to each unit, in the window."""
        counts = self._counts("admissions")
        days = np.full_like(counts, self.reader.yardstick.calendar.n_days)
        return _shares(("stream", "unit"), self._streams, self.blueprint.units, counts, days)

    def by_home(self, period: str = ALL) -> Shares:
        """Return, by home locality, the share of each unit of the admissions that asked for a planned bed.

        Of people referred in a period of years. No rows if the scenario has no localities.
        """
        one = self.reader.yardstick
        homes = {name.removeprefix(HOME): i for i, name in enumerate(one.people_groups) if name.startswith(HOME)}
        counts = np.zeros((len(self.reader.totals), len(homes), len(self.blueprint.units)))
        for line, i in enumerate(homes.values()):
            for cell in np.flatnonzero(one.people_members[i]).tolist():
                counts[:, line] += self._by_year("flow_by_year", period, cell)
        return _shares(("home", "unit"), tuple(homes), self.blueprint.units, counts, counts.sum(axis=2, keepdims=True))

    def people_of_segments(self, period: str = ALL) -> Shares:
        """Return, by unit, how many people of each segment are in it, mean over the time of a period of years.

        No rows if the scenario has no segments.
        """
        calendar = self.reader.yardstick.calendar
        days = float(np.diff(calendar.year_starts)[calendar.years[period]].sum())
        use = self._use(period)
        return _shares(("unit", "segment"), self.blueprint.units, self._segments, use, np.full_like(use, days))

    def shares_of_segments(self, period: str = ALL) -> Shares:
        """Return, by unit, the share of its occupied bed-days that people of each segment hold, likewise."""
        use = self._use(period)
        of = use.sum(axis=2, keepdims=True)
        return _shares(("unit", "segment"), self.blueprint.units, self._segments, use, of)

    def _use(self, period: str) -> Floats:
        """Return occupied bed-days by unit and segment; none without segments."""
        return np.ascontiguousarray(self._by_year("use_by_year", period).swapaxes(1, 2)[:, :, : len(self._segments)])

    @property
    def _segments(self) -> tuple[str, ...]:
        return tuple(name.removeprefix(SEGMENT) for name in self.reader.yardstick.segments)

    @property
    def _streams(self) -> tuple[str, ...]:
        return tuple(stream.name for stream in self.blueprint.streams)

    def _of_streams(self, name: str, period: str) -> Floats:
        """Return counts of parties by stream, those of all its segments together."""
        counts = self._by_year(name, period)
        n, _, *rest = counts.shape
        together: Floats = counts.reshape(n, len(self._streams), -1, *rest).sum(axis=2)
        return together

    def _counts(self, name: str, *where: int) -> Floats:
        """Return the counts of each replication at some place, as floats in an array of their own."""
        rows: NDArray[Any] = self.reader.totals.rows[name]
        place: tuple[Any, ...] = (slice(None), *where)
        counts = np.array(rows[place], dtype=np.float64)
        let_go(rows)
        return counts

    def _by_year(self, name: str, period: str, *where: int) -> Floats:
        """Return the counts of each replication in a period of years; KeyError if it is none."""
        first, *others = self.reader.yardstick.calendar.years[period]
        counts = self._counts(name, first, *where)
        for year in others:
            counts += self._counts(name, year, *where)
        return counts


def _shares(
    headings: tuple[str, str], lines: tuple[str, ...], columns: tuple[str, ...], counts: Floats, of: Floats
) -> Shares:
    names = [(line, column) for line in lines for column in columns]
    shares = (counts / np.where(of == 0, np.nan, of)).reshape(len(counts), -1)
    rows = [(*name, *found) for name, found in zip(names, means_and_intervals(shares), strict=True)]
    return Shares((*headings, "value", "ci_low", "ci_high"), rows)
