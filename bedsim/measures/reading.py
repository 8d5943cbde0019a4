"""Reading totals: each measure's values in each replication, and how often each number was observed.

Why: a replication is kept as sums and counts. One is divided by another here, as `definitions` says, once for all
replications, groups and periods; nothing else knows how totals are laid out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.definitions import MEASURES
from bedsim.measures.lines import DIFFERING, PRODUCTS, SQUARES, WAYS
from bedsim.measures.marks import share_of_lengths
from bedsim.measures.opened import MISSING
from bedsim.measures.quantities import ByMonth, ByYear, names_of
from bedsim.measures.spread import share_of_days
from bedsim.measures.statistics import ratios
from bedsim.measures.yardstick import WEEKLY
from bedsim.memory import let_go, new_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bedsim.measures.lines import Key
    from bedsim.measures.specification import Groups, Ratio
    from bedsim.measures.spread import Share
    from bedsim.measures.totals import Totals
    from bedsim.measures.yardstick import Yardstick

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROWS_AT_ONCE = 1000
"""More replications are read in blocks of so many."""
OF_PLANNED = ("demand_above_beds_fraction", "p_delay_if_lost")
"""They need a number of planned beds at the end of the window."""


@dataclass(frozen=True)
class Reader:
    """The values of measures, of one scenario's totals."""

    yardstick: Yardstick
    totals: Totals

    def part(self, chosen: slice) -> Reader:
        """Return what reads the rows of some replications; the histograms stay those of all."""
        rows = {name: rows[chosen] for name, rows in self.totals.rows.items()}
        return Reader(self.yardstick, replace(self.totals, replications=self.totals.replications[chosen], rows=rows))

    def table(self, period: str) -> tuple[list[Key], Floats]:
        """Return the keys of all measures in a period, and their values in each replication, (n, n_keys)."""
        found = [self.means(measure) for measure in MEASURES]
        keys = [key for keys, _ in found for key in keys]
        chosen = [i for i, key in enumerate(keys) if key[2] == period]
        return [keys[i] for i in chosen], np.concatenate([values for _, values in found], axis=1)[:, chosen]

    def means(self, measure: str) -> tuple[list[Key], Floats]:
        """Return a measure's keys, and its value of each in each replication, (n, n_keys); NaN if nothing was seen."""
        return self._in_blocks(lambda reader: reader._means(measure))

    def _means(self, measure: str) -> tuple[list[Key], Floats]:
        """Return what `means` does, all replications at once."""
        by_year, by_month = ByYear(self.yardstick, self.totals), ByMonth(self.yardstick, self.totals)
        found: list[Floats] = [np.zeros((len(self.totals), 0))]
        for is_by_month, groups, (_, top, bottom) in _blocks(self.yardstick, measure):
            view, exists = by_month if is_by_month else by_year, _exists(self.yardstick, measure, groups)
            tops, bottoms = np.broadcast_arrays(view.quantity(groups, top), view.quantity(groups, bottom))
            values = ratios(tops[:, :, exists], bottoms[:, :, exists])
            n_keys = int(exists.sum()) * len(view.periods)
            found.append(np.broadcast_to(values.reshape(len(values), -1), (len(self.totals), n_keys)))
        return keys_of(self.yardstick, measure), np.concatenate(found, axis=1)

    def maxima(self, measure: str) -> tuple[list[Key], Floats]:
        """Return the keys of a daily measure, and the largest number of each period in each replication."""
        return self._in_blocks(lambda reader: reader._maxima(measure))

    def _in_blocks(self, read: Callable[[Reader], tuple[list[Key], Floats]]) -> tuple[list[Key], Floats]:
        """Return what is read of each replication, some replications at a time, so that memory does not grow."""
        n = len(self.totals)
        if n <= ROWS_AT_ONCE:
            return read(self)
        values: Floats | None = None
        for start in range(0, n, ROWS_AT_ONCE):
            keys, found = read(self.part(slice(start, start + ROWS_AT_ONCE)))
            values = new_rows((n, len(keys)), np.float64) if values is None else values
            values[start : start + len(found)] = found
            let_go(values)
        assert values is not None, "there is a replication"
        return keys, values

    def _maxima(self, measure: str) -> tuple[list[Key], Floats]:
        """Return what `maxima` does, all replications at once."""
        calendar, rows = self.yardstick.calendar, self.totals.rows
        keys: list[Key] = []
        found: list[Floats] = []
        for name, lines, periods in (
            ("maxima_by_year", self.yardstick.daily_lines, calendar.years),
            ("maxima_by_month", self.yardstick.system_lines, calendar.months),
        ):
            for i, line in enumerate(lines.tolist()):
                group, counted = self.yardstick.midnight_keys[line]
                if counted == measure:
                    keys += [(group, measure, period) for period in periods]
                    found += [
                        np.max(rows[name][:, chosen, i], axis=1).astype(np.float64) for chosen in periods.values()
                    ]
            let_go(rows[name])
        return keys, np.stack(found, axis=1)

    def histogram_keys(self, measure: str) -> list[Key]:
        """Return the keys of which it is known how often each number was observed: percentiles exist of these."""
        return list(self.yardstick.published[measure])

    def counts(self, unit: str, measure: str, period: str) -> Ints:
        """Return how many midnights, or people, had 0, 1, 2, ...; waits and delays in hours, ways in minutes."""
        place = self.yardstick.published[measure][unit, measure, period]
        if place.histograms == WAYS:
            return self._minutes(list(place.lines))
        return self.totals.histograms[place.histograms].together(place.lines)

    def share(self, unit: str, measure: str, period: str) -> Share | None:
        """Return the cumulative share of `counts`, None if nothing was counted or its spread is not kept."""
        place, counts = self.yardstick.published[measure][unit, measure, period], self.counts(unit, measure, period)
        if place.union is None or not counts.any():
            return None
        n, histograms = len(self.totals), self.totals.histograms
        squares = histograms[SQUARES + place.histograms].line(place.union)
        if place.histograms not in DIFFERING:
            return share_of_days(counts, squares, n)
        return share_of_lengths(counts, squares, histograms[PRODUCTS + place.histograms].line(place.union), n)

    def weeks(self, measure: str) -> Ints:
        """Return how many midnights of each whole week of the window had 0, 1, 2, ... people, (n_weeks, width).

        Days after the last whole week are left out; a window under a week is one week.
        """
        return self._parts("midnights_by_week", WEEKLY.index(measure), len(WEEKLY))

    def months(self, group: str) -> Ints:
        """Return how many midnights of each month of the window had 0, 1, 2, ... people in a unit or kind, likewise.

        Of `Yardstick.monthly_groups`.
        """
        groups = self.yardstick.monthly_groups
        return self._parts("census_by_month", groups.index(group), len(groups))

    def _parts(self, name: str, which: int, n: int) -> Ints:
        """Return one of n lines of each part of the window, as wide as the widest part."""
        histograms = self.totals.histograms[name]
        lines = [histograms.line(at) for at in range(which, len(histograms.starts) - 1, n)]
        found = np.zeros((len(lines), max(map(len, lines))), dtype=np.int64)
        for part, counts in enumerate(lines):
            found[part, : len(counts)] = counts
        return found

    def _minutes(self, lines: list[int]) -> Ints:
        """Return how many admissions took so many whole minutes, rounded up, to get there from home."""
        one = self.yardstick
        minutes = np.tile(one.minutes, (one.people_members.shape[1] // len(one.minutes), 1))
        flow, known = self._flow.reshape(-1, minutes.shape[1])[lines], np.isfinite(minutes)
        whole = np.ceil(np.nan_to_num(minutes) - _SLIP).astype(np.int64)
        cells = np.array(lines) % len(minutes)
        counted = known[cells] & one.is_planned[:-1]
        return np.bincount(whole[cells][counted], weights=flow[counted]).astype(np.int64)

    @cached_property
    def _flow(self) -> Ints:
        """Admissions by year, cell and unit, of all replications together."""
        rows = self.totals.rows["flow_by_year"]
        flow = np.zeros(rows.shape[1:], dtype=np.int64)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            flow += rows[start : start + ROWS_AT_ONCE].sum(axis=0, dtype=np.int64)
            let_go(rows)
        return flow


def keys_of(yardstick: Yardstick, measure: str) -> list[Key]:
    """Return of what there are means of a measure, before anything is simulated: unit, measure and period."""
    keys: list[Key] = []
    for is_by_month, groups, _ in _blocks(yardstick, measure):
        periods = yardstick.calendar.months if is_by_month else yardstick.calendar.years
        names = np.array(names_of(yardstick, groups))[_exists(yardstick, measure, groups)].tolist()
        keys += [(name, measure, period) for period in periods for name in names]
    return keys


def _blocks(yardstick: Yardstick, measure: str) -> list[tuple[bool, Groups, Ratio]]:
    """Return in which parts a measure is read: by month or by year, of what there is, and what over what."""
    spec = MEASURES[measure]
    if not (yardstick.has_planned_limit if measure in OF_PLANNED else yardstick.knows_way(measure)):
        return []
    blocks = [(False, one.groups, one) for one in spec.ratios if names_of(yardstick, one.groups)]
    if spec.by_month is not None:
        blocks += [(True, spec.by_month, one) for one in spec.ratios if one.groups not in _PARTIAL]
    return blocks


def _exists(yardstick: Yardstick, measure: str, groups: Groups) -> NDArray[np.bool_]:
    """Say of which groups a measure exists."""
    names = names_of(yardstick, groups)
    if measure in MISSING:
        return (yardstick.members_if_open & yardstick.missing[measure]).any(axis=1) & yardstick.has_limit
    if MEASURES[measure].is_limited_only and measure not in OF_PLANNED:
        return np.array([yardstick.has_limit[yardstick.line(name)] for name in names])
    is_staffed = np.isfinite(yardstick.visits_a_week_by_one[list(yardstick.teams)])
    if MEASURES[measure].is_staffed_only and groups == "teams":
        return is_staffed
    if "teams" in MEASURES[measure].groups:  # of segments there is what the teams have
        is_known = bool(yardstick.teams) and (is_staffed.all() or not MEASURES[measure].is_staffed_only)
        return np.full(len(names), is_known, dtype=np.bool_)
    return np.ones(len(names), dtype=np.bool_)


_PARTIAL = ("units", "parts", "segments", "teams", "affecting", "avoiding")
"""Groups without the system: a measure by month is that of the other ratio."""
_SLIP = 1e-9
"""Minutes: a whole number of them stays one."""
__all__ = ["Key", "Reader"]
