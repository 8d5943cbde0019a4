"""The quantities that means are made of: sums of each replication, by group and period.

Why: a period is put together from years or from months of the year, a kind or the system from its units, a home or a
route from its people. Sums are taken one after another, in a fixed order, so that the same rows give the same bits
however they lie in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.measures.calendar import MONTHS_A_YEAR
from bedsim.measures.counting import fold
from bedsim.measures.levers import LEVER_COUNTS
from bedsim.measures.opened import MISSING
from bedsim.measures.statistics import DAYS_A_WEEK
from bedsim.measures.tallied import (
    GROUP_MIDNIGHTS,
    MARKED_MIDNIGHTS,
    PEOPLE_COUNTS,
    PEOPLE_DAYS,
    SYSTEM_MIDNIGHTS,
    UNIT_COUNTS,
    UNIT_DAYS,
)
from bedsim.memory import let_go
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bedsim.measures.specification import Groups
    from bedsim.measures.totals import Totals
    from bedsim.measures.yardstick import Yardstick

    Floats = NDArray[np.float64]

DELAY_PARTS = ("transfer", "leave_time", "no_place")
MIDNIGHTS = (*GROUP_MIDNIGHTS, *SYSTEM_MIDNIGHTS, *MARKED_MIDNIGHTS)
PLACES = {"open_bed_days": "open_by_year", "suspended": "suspended_by_year", "closed": "closed_by_year"}
"""Bed-days of places, and the rows that hold them."""
FLOWS = ("placed", "away", "travelled", "minutes")
"""Admissions to planned beds by people who asked for one: those of which it is known whether the site is away from
home, those where it is, those of which the way is known, and its minutes."""


def names_of(yardstick: Yardstick, groups: Groups) -> tuple[str, ...]:
    """Return what numbers of a sort are given of."""
    return {
        "units": yardstick.groups[:-1],
        "places": yardstick.groups,
        "people": yardstick.people_groups,
        "system": (SYSTEM,),
        "parts": tuple(yardstick.parts),
        "segments": yardstick.segments,
        "teams": tuple(yardstick.groups[unit] for unit in yardstick.teams),
        "affecting": yardstick.levers.affecting,
        "avoiding": yardstick.levers.avoiding,
    }[groups]


@dataclass(frozen=True)
class ByYear:
    """Quantities of the whole window and of each of its financial years."""

    yardstick: Yardstick
    totals: Totals

    @property
    def periods(self) -> dict[str, list[int]]:
        """The periods, each with the years of the window that it is made of."""
        return self.yardstick.calendar.years

    def quantity(self, groups: Groups, name: str) -> Floats:
        """Return a quantity, (n or 1, n_periods, n_groups or 1)."""
        one, calendar = self.yardstick, self.yardstick.calendar
        if name == "one":
            return np.ones((1, 1, 1))
        if name == "days":
            return _of_periods(np.diff(calendar.year_starts)[np.newaxis, :, np.newaxis], self.periods)
        if name in ("longest_spell", "lost_here", "lost_up_to"):
            return self._of_window_and_years(name, len(one.segments) if groups == "segments" else 0)
        if groups == "people":
            return _of_groups(_of_periods(self._of_cells(name), self.periods), one.people_members)
        if name in MIDNIGHTS:
            lines = [one.midnight_keys.index((group, name)) for group in names_of(one, groups)]
            return _of_periods(self._rows("midnights_by_year", lines), self.periods)
        if name in LEVER_COUNTS:
            members = one.levers.affecting_members if groups == "affecting" else one.levers.avoiding_members
            counts = self._rows("levers_by_year", LEVER_COUNTS.index(name))
            found: Floats = _of_periods(counts, self.periods) @ members.T  # whole numbers: exact in any order
            return found
        if groups == "segments":
            return _of_periods(self._of_segments(name), self.periods)
        if groups == "teams":
            return _of_periods(self._of_teams(name), self.periods)
        if groups == "parts":
            if name == "occupied":
                return self.quantity("places", name)[:, :, -1:]
            return _of_periods(self._rows("delayed_by_year", list(one.parts.values())), self.periods)
        members = one.members_if_open if name in MISSING.values() else one.members
        found = _of_groups(_of_periods(self._of_units(name), self.periods), members)
        return found[:, :, :-1] if groups == "units" else found

    def _of_units(self, name: str, whose: str = "unit") -> Floats:
        """Return a quantity of each unit by year, or of the people of each segment in planned beds."""
        if name in PLACES:
            return self._rows(PLACES[name])
        if name == "delayed":
            return _sum([self._of_units(part, whose) for part in DELAY_PARTS])
        sort, names = ("days", UNIT_DAYS) if name in UNIT_DAYS else ("counts", UNIT_COUNTS)
        return self._rows(f"{whose}_{sort}_by_year", names.index(name))

    def _of_cells(self, name: str) -> Floats:
        """Return a quantity of the people of each route and home by year."""
        if name in FLOWS:
            one = self.yardstick
            table = one.away if name in FLOWS[:2] else one.minutes
            weights = np.isfinite(table) if name in ("placed", "travelled") else np.nan_to_num(table)
            by_cell = np.tile(weights, (one.people_members.shape[1] // len(table), 1)).astype(np.float64)
            units = np.flatnonzero(one.is_planned[:-1]).tolist()
            return _sum([self._rows("flow_by_year", unit) * by_cell[:, unit] for unit in units])
        is_days = name in PEOPLE_DAYS
        rows, names = ("people_days_by_year", PEOPLE_DAYS) if is_days else ("people_counts_by_year", PEOPLE_COUNTS)
        return self._rows(rows, names.index(name))

    def _of_segments(self, name: str) -> Floats:
        """Return a quantity of each segment by year: of its people in planned beds, or of visits to them."""
        one = self.yardstick
        if name == "weeks":
            return self._of_teams(name)
        if name not in ("visits", "visits_freed", "staff"):
            return self._of_units(name, "segment")
        rows = "visits" if name == "staff" else name
        a_week_by_one = one.visits_a_week_by_one if name == "staff" else np.ones(len(one.visits))
        found = np.zeros((len(self.totals), one.calendar.n_years, one.rules.n_segments))
        for team in one.teams:
            found += self._rows(f"{rows}_by_year", team) / a_week_by_one[team]
        return found

    def _of_teams(self, name: str) -> Floats:
        """Return a quantity of each unit whose people are visited, by year."""
        one = self.yardstick
        weeks = np.diff(one.calendar.year_starts)[np.newaxis, :, np.newaxis] / DAYS_A_WEEK
        if name == "weeks":
            return weeks
        if name == "staff_weeks":
            return weeks * one.visits_a_week_by_one[list(one.teams)]
        rows = self._rows(f"{name}_by_year", list(one.teams))
        return _sum([rows[:, :, segment] for segment in range(rows.shape[2])])

    def _of_window_and_years(self, name: str, n_segments: int) -> Floats:
        """Return what is kept of the window first and then of each year, since it does not add up: of the system, or
        of so many segments."""
        places = [0, *(1 + years[0] for years in list(self.periods.values())[1:])]
        if name == "longest_spell":
            spells = self._rows("spells", places, slice(None))
            return spells[:, :, 1:] if n_segments else spells[:, :, :1]
        return self._rows("lost", places, int(name == "lost_up_to"))[:, :, np.newaxis]

    def _rows(self, name: str, *where: Any) -> Floats:
        return _read(self.totals, name, where)


@dataclass(frozen=True)
class ByMonth:
    """Quantities of the winters and of each month of the year, over all years of the window."""

    yardstick: Yardstick
    totals: Totals

    @property
    def periods(self) -> dict[str, list[int]]:
        """The periods, each with the months of the year that it is made of."""
        return self.yardstick.calendar.months

    def quantity(self, groups: Groups, name: str) -> Floats:
        """Return a quantity, (n or 1, n_periods, n_groups); of units and kinds there are few."""
        one, calendar = self.yardstick, self.yardstick.calendar
        if name == "days":
            days = fold(np.diff(calendar.month_starts), calendar.month_of_year, MONTHS_A_YEAR)
            return _of_periods(days[np.newaxis], self.periods)
        if name in MIDNIGHTS:
            lines = [one.midnight_keys.index((group, name)) for group in names_of(one, groups)]
            return _of_periods(self._rows("midnights_by_month", lines), self.periods)
        if groups == "places":
            by_unit = self._rows("occupied_by_month") if name == "occupied" else self._open_bed_days
            return _of_groups(_of_periods(by_unit, self.periods), one.members)
        if name == "open_bed_days":
            return _of_groups(_of_periods(self._open_bed_days, self.periods), one.members[-1:])
        return _of_periods(self._of_system(name)[:, :, np.newaxis], self.periods)

    @property
    def _open_bed_days(self) -> Floats:
        return self._rows("open_by_month")

    def _of_system(self, name: str) -> Floats:
        """Return a quantity of the system by month of the year."""
        if name == "delayed":
            return _sum([self._of_system(part) for part in DELAY_PARTS])
        for rows, names in (
            ("system_days_by_month", UNIT_DAYS),
            ("system_counts_by_month", UNIT_COUNTS),
            ("people_days_by_month", PEOPLE_DAYS),
            ("people_counts_by_month", PEOPLE_COUNTS),
        ):
            if name in names:
                return self._rows(rows, names.index(name))
        raise AssertionError(f"there is no quantity {name} by month")

    def _rows(self, name: str, *where: Any) -> Floats:
        return _read(self.totals, name, where)


def _read(totals: Totals, name: str, where: Sequence[Any]) -> Floats:
    """Return the rows at some place of their last axes, as floats in an array of their own."""
    rows = totals.rows[name]
    found = np.array(rows[(..., *where)], dtype=np.float64)
    let_go(rows)
    return found


def _of_periods(values: Floats, periods: dict[str, list[int]]) -> Floats:
    """Return values by period from values by year or month, the second axis."""
    return np.stack([_sum([values[:, i] for i in chosen]) for chosen in periods.values()], axis=1)


def _of_groups(values: Floats, members: NDArray[np.bool_]) -> Floats:
    """Return values by group from values by unit or cell, the last axis."""
    nothing = np.zeros(values.shape[:-1])
    return np.stack(
        [_sum([values[..., i] for i in np.flatnonzero(mine)]) if mine.any() else nothing for mine in members], axis=-1
    )


def _sum(parts: Iterable[NDArray[Any]]) -> Floats:
    """Return the sum of arrays, one after another: in the same order however they lie in memory."""
    first, *others = parts
    total: Floats = first.astype(np.float64)
    for part in others:
        total = total + part
    return total
