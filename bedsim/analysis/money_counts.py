"""What is charged, counted: bed-days, visits, acute days lost and outcomes by financial year and segment.

Why: prices should meet counts in one place, where every count has the same shape. The counts are those that all
measures are made of. A care home that the quality gate suspends is not paid for the places that nobody may take.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.measures.calendar import FIRST_MONTH_OF_YEAR, Calendar
from bedsim.measures.groups import open_places
from bedsim.measures.tallied import ACUTE_DAYS_LOST
from bedsim.memory import let_go
from bedsim.scenario.segments import segment_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.reading import Reader
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """What replications have to be charged for; the first two axes are replications and financial years."""

    use: Floats
    """(n, n_years, n_segments, n_units) occupied place-days."""
    visits: Floats
    """(n, n_years, n_segments, n_units)"""
    acute_days_lost: Floats
    """(n, n_years, n_segments)"""
    outcomes: Floats
    """(n, n_years, n_segments, n_outcomes) of people referred in the year."""
    referred: Floats
    """(n, n_years, n_segments)"""
    open_days: Floats
    """(n, n_years, n_units) place-days that are paid for: those that are there, and those closed by infection, since
    their staff is; infinite where places are unlimited."""
    open_years: Floats
    """(n_years, n_units) the part of each financial year on which a unit has any place."""


def counts_of(blueprint: Blueprint, reader: Reader) -> Counts:
    """Return what replications have to be charged for."""
    calendar, rows = reader.yardstick.calendar, reader.totals.rows
    n, n_years, n_segments = len(reader.totals), calendar.n_years, len(segment_names(blueprint.scenario))
    n_streams, n_homes = len(blueprint.streams), reader.yardstick.rules.n_homes

    def floats(name: str, *where: Any) -> Floats:
        found: Floats = np.array(rows[name][(..., *where)], dtype=np.float64, order="C")
        let_go(rows[name])
        return found

    lost = floats("people_days_by_year", ACUTE_DAYS_LOST).reshape(n, n_years, -1, n_segments, n_homes)
    return Counts(
        use=floats("use_by_year"),
        visits=floats("visits_by_year"),
        acute_days_lost=lost.sum(axis=(2, 4)),
        outcomes=floats("outcomes_by_year").reshape(n, n_years, n_streams, n_segments, -1).sum(axis=2),
        referred=floats("referrals_by_year").reshape(n, n_years, n_streams, n_segments).sum(axis=2),
        open_days=floats("open_by_year") + floats("closed_by_year"),
        open_years=_open_years(blueprint.network, calendar),
    )


def _open_years(network: Network, calendar: Calendar) -> Floats:
    """Return the part of each financial year in which a unit has any place, (n_years, n_units)."""
    sites = replace(
        network,
        units=tuple(replace(unit, places=min(unit.places, 1.0)) for unit in network.units),
        timetable=network.timetable.with_places(np.minimum(network.timetable.places, 1.0)),
    )
    days = np.array([days_of_year(calendar, year) for year in range(calendar.n_years)])
    open_days, _ = open_places(sites, calendar.year_starts)
    parts: Floats = open_days / days[:, np.newaxis]
    return parts


def days_of_year(calendar: Calendar, year: int) -> int:
    """Return the days of a whole financial year, of which the window may hold a part.

    >>> days_of_year(Calendar(date(2026, 3, 31), 366), 0), days_of_year(Calendar(date(2027, 4, 1), 366), 0)
    (365, 366)
    """
    start = calendar.start
    first = start.year - (start.month < FIRST_MONTH_OF_YEAR) + year
    return (date(first + 1, FIRST_MONTH_OF_YEAR, 1) - date(first, FIRST_MONTH_OF_YEAR, 1)).days
