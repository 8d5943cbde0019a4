"""The calendar of the window: its months, its financial years, and the periods that numbers are given of.

Why: a planner asks of a named year, of the winters and of each month. Everything is added up by month of the window
first, and every period is made of whole months, so that no period differs from another in definition. The first and the
last month of a window may be parts of months: they are the days that lie in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.measures.statistics import DAYS_A_WEEK
from bedsim.scenario.tracks import WINTER_MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

ALL, WINTER = "all", "winter"
"""The whole window; all its days in December, January and February."""
FIRST_MONTH_OF_YEAR = 4
"""A financial year of the NHS runs from 1 April to 31 March."""
MONTHS_A_YEAR = 12


class Parts(NamedTuple):
    """Parts of the window, as `counting.count_days` takes them: runs of days, the part of each, and how many parts."""

    starts: Ints
    """(n_runs + 1,) the day on which each run begins, and the end of the last."""
    parts: Ints
    n_parts: int


@dataclass(frozen=True)
class Calendar:
    """The days of a window, from 0, by month and financial year."""

    start: date
    n_days: int

    @cached_property
    def _firsts(self) -> list[date]:
        """The first day of each month of the window."""
        days = (self.start + timedelta(days=i) for i in range(self.n_days))
        return [day for i, day in enumerate(days) if i == 0 or day.day == 1]

    @cached_property
    def month_starts(self) -> Ints:
        """(n_months + 1,) the day on which each month of the window begins, and its end."""
        return np.array([*((day - self.start).days for day in self._firsts), self.n_days])

    @cached_property
    def month_of_day(self) -> Ints:
        """(n_days,) months of the window are numbered from 0."""
        return np.repeat(np.arange(len(self._firsts)), np.diff(self.month_starts))

    @cached_property
    def month_of_year(self) -> Ints:
        """(n_months,) 0 for January, whatever the year."""
        return np.array([day.month - 1 for day in self._firsts])

    @cached_property
    def year_of_month(self) -> Ints:
        """(n_months,) years are numbered from 0; the first and the last may be parts of one."""
        years = [_financial_year(day) for day in self._firsts]
        return np.array([year - years[0] for year in years])

    @property
    def n_months(self) -> int:
        """How many calendar months the window touches."""
        return len(self.month_of_year)

    @cached_property
    def n_years(self) -> int:
        """How many financial years the window touches."""
        return int(self.year_of_month[-1]) + 1

    @cached_property
    def year_starts(self) -> Ints:
        """(n_years + 1,) the day on which each year of the window begins, and its end."""
        begins = np.searchsorted(self.year_of_month, np.arange(self.n_years))
        return np.append(self.month_starts[begins], self.n_days)

    @cached_property
    def by_year(self) -> Parts:
        """The financial years of the window."""
        return _one_by_one(self.year_starts)

    @cached_property
    def by_month(self) -> Parts:
        """The months of the window."""
        return _one_by_one(self.month_starts)

    @cached_property
    def by_month_of_year(self) -> Parts:
        """The months of the year, whatever the year."""
        return Parts(self.month_starts, self.month_of_year, MONTHS_A_YEAR)

    @cached_property
    def by_week(self) -> Parts:
        """The whole weeks of the window, one under a week as a week; days after the last are in none."""
        n_weeks = max(self.n_days // DAYS_A_WEEK, 1)
        return _one_by_one(np.minimum(np.arange(n_weeks + 1) * DAYS_A_WEEK, self.n_days))

    @cached_property
    def years(self) -> dict[str, list[int]]:
        """The periods made of years: `all`, then each financial year that lies wholly in the window, by its name.

        >>> Calendar(date(2026, 3, 31), 366).years
        {'all': [0, 1], '2026-27': [1]}
        """
        first = _financial_year(self.start)
        found = {ALL: list(range(self.n_years))}
        for i in range(self.n_years):
            begin, end = (date(first + i + k, FIRST_MONTH_OF_YEAR, 1) for k in (0, 1))
            if begin >= self.start and (end - self.start).days <= self.n_days:
                found[f"{begin.year}-{end.year % 100:02d}"] = [i]
        return found

    @cached_property
    def months(self) -> dict[str, list[int]]:
        """The periods made of months, over all years: `winter`, then each calendar month that the window touches.

        >>> Calendar(date(2026, 1, 31), 2).months
        {'winter': [11, 0, 1], 'month-01': [0], 'month-02': [1]}
        """
        touched = sorted(set(self.month_of_year.tolist()))
        winter = [month - 1 for month in WINTER_MONTHS]
        found = {WINTER: winter} if set(winter) & set(touched) else {}
        return found | {f"month-{month + 1:02d}": [month] for month in touched}

    @property
    def periods(self) -> tuple[str, ...]:
        """The names of all periods, in the order in which they are given."""
        return (*self.years, *self.months)

    @property
    def headline(self) -> str:
        """The period of the headline: the last whole financial year of the window, `all` if there is none."""
        return list(self.years)[-1]


def _financial_year(day: date) -> int:
    """Return the calendar year in which a day's financial year begins."""
    return day.year if day.month >= FIRST_MONTH_OF_YEAR else day.year - 1


def _one_by_one(starts: Ints) -> Parts:
    """Return parts of one run of days each."""
    return Parts(starts, np.arange(len(starts) - 1), len(starts) - 1)
