"""One replication's numbers: the shared reducer of both engines.

Why: every statistic of every engine is computed here and nowhere else, from the stays alone, so the same stays give
the same bits. Warm-up and cool-down are filters: measures of people take those referred in the window
`[0, run_length_days)`, measures of beds take the time in it. A replication is kept as sums and counts, by financial
year and by month of the year; what is divided by what is said in `blocks`, and done when the numbers are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.measures.calendar import MONTHS_A_YEAR
from bedsim.measures.counting import count_days, count_values, days_at_and_up_to, fold, longest_spells, sum_days
from bedsim.measures.histograms import Histograms
from bedsim.measures.levers import lever_counts
from bedsim.measures.lines import DIFFERING, PRODUCTS, SQUARES
from bedsim.measures.marks import spread_at_marks
from bedsim.measures.midnights import read_run
from bedsim.measures.opened import opened_in
from bedsim.measures.spread import squares_of
from bedsim.measures.tallied import OCCUPIED
from bedsim.measures.totals import Totals, totals_of
from bedsim.measures.yardstick import yardstick_of
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.demand import Demand
    from bedsim.measures.midnights import Readings
    from bedsim.measures.opened import Opened
    from bedsim.measures.yardstick import Yardstick
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients
    from bedsim.patients.tracks import Sampled

    Ints = NDArray[np.int64]


def measure(
    blueprint: Blueprint,
    patients: Patients,
    stays: Stays,
    demand: Demand | None,
    replication: int,
    sampled: Sampled | None = None,
) -> Totals:
    """Return the numbers of one replication.

    Parameters
    ----------
    blueprint
        What all replications share.
    patients
        The people of the run; transfer delays are taken from the stays, not from here.
    stays
        The run as the scenario gives it.
    demand
        The demand of the same people for beds; without it what is measured of it is nothing.
    replication
        Its number, from 0.
    sampled
        The network that `stays` ran in, with its places; by default the blueprint's own.

    Returns
    -------
    Totals
        Of this replication alone.
    """
    yardstick = yardstick_of(blueprint)
    opened = yardstick.opened
    if sampled is not None and sampled.is_drawn:
        opened = opened_in(sampled, yardstick.calendar)
    read = read_run(yardstick, patients, stays, demand, opened.planned_at_midnight)
    histograms = _histograms(yardstick, read)
    tally, n_years = read.tally, yardstick.calendar.n_years
    rows = {
        **_sums(yardstick, read),
        **_places(yardstick, opened),
        "maxima_by_year": _maxima(histograms["midnights_by_year"], n_years),
        "maxima_by_month": _maxima(histograms["midnights_by_month"], MONTHS_A_YEAR),
        "spells": _spells(yardstick, read),
        "lost": _lost(yardstick, read, opened),
        "referrals_by_year": tally.referrals,
        "outcomes_by_year": tally.outcomes,
        "levers_by_year": lever_counts(yardstick.levers, yardstick.calendar, patients, stays, yardstick.names_planned),
        "flow_by_year": tally.flow,
        "first_places": tally.first_places,
        "admissions": tally.admissions,
    }
    return totals_of(replication, rows, histograms)


def _sums(yardstick: Yardstick, read: Readings) -> dict[str, NDArray[Any]]:
    """Return what was added up by month of the window, by year and by month of the year."""
    calendar, tally, planned = yardstick.calendar, read.tally, np.flatnonzero(yardstick.rules.is_planned)
    n_units, n_by_month = len(yardstick.rules.is_planned), yardstick.n_lines_by_month
    visits = (tally.use * yardstick.visits).sum(axis=3)
    midnights = sum_days(read.midnights, calendar.month_starts)

    def by_year(values: NDArray[Any]) -> NDArray[Any]:
        return fold(values, calendar.year_of_month, calendar.n_years).reshape(-1, *values.shape[1:])

    def by_month(values: NDArray[Any]) -> NDArray[Any]:
        return fold(values, calendar.month_of_year, MONTHS_A_YEAR)

    days, counts = by_year(tally.unit_days), by_year(tally.unit_counts)
    return {
        "unit_days_by_year": days[:, :n_units],
        "segment_days_by_year": days[:, n_units:],
        "unit_counts_by_year": counts[:, :n_units],
        "segment_counts_by_year": counts[:, n_units:],
        "occupied_by_month": by_month(tally.unit_days[:, :n_units, OCCUPIED].copy()),
        "system_days_by_month": by_month(tally.unit_days[:, planned].sum(axis=1)),
        "system_counts_by_month": by_month(tally.unit_counts[:, planned].sum(axis=1)),
        "people_days_by_year": by_year(tally.people_days),
        "people_counts_by_year": by_year(tally.people_counts),
        "people_days_by_month": by_month(tally.people_days.sum(axis=1)),
        "people_counts_by_month": by_month(tally.people_counts.sum(axis=1)),
        "delayed_by_year": by_year(tally.delayed[:, 0]),
        "use_by_year": by_year(tally.use.sum(axis=3)),
        "visits_by_year": by_year(visits * yardstick.kept_visits),
        "visits_freed_by_year": by_year(visits * (1 - yardstick.kept_visits)),
        "midnights_by_year": by_year(midnights),
        "midnights_by_month": by_month(midnights[:, :n_by_month].copy()),
    }


def _places(yardstick: Yardstick, opened: Opened) -> dict[str, NDArray[Any]]:
    """Return the bed-days that were there, by year and by month of the year, and those that were not, by year."""
    calendar = yardstick.calendar
    years = calendar.year_of_month, calendar.n_years
    return {
        "open_by_year": fold(opened.bed_days, *years),
        "open_by_month": fold(opened.bed_days, calendar.month_of_year, MONTHS_A_YEAR),
        "suspended_by_year": fold(opened.suspended, *years),
        "closed_by_year": fold(opened.closed, *years),
    }


def _histograms(yardstick: Yardstick, read: Readings) -> dict[str, Histograms]:
    """Return how many midnights had so many people, how many waits and delays lasted so many hours, and the spread."""
    midnights, tally, calendar = read.midnights, read.tally, yardstick.calendar
    n_years = calendar.n_years
    _, n_cells, n_units = tally.flow.shape
    n_lines = tally.unit_days.shape[1]
    found = {
        "midnights_by_year": count_days(midnights, yardstick.daily_lines, *calendar.by_year),
        "midnights_by_month": count_days(midnights, yardstick.system_lines, *calendar.by_month_of_year),
        "midnights_by_week": count_days(midnights, yardstick.weekly_lines, *calendar.by_week),
        "census_by_month": count_days(midnights, yardstick.monthly_lines, *calendar.by_month),
        "waits": _hours(tally.wait_hours, read.n_waits, n_years * n_units),
        "delays": _hours(tally.delay_hours, read.n_delays, n_years * n_lines),
        "requests": _hours(tally.request_hours, read.n_requests, n_years * n_cells),
    }
    histograms = {name: Histograms(*one) for name, one in found.items()}
    for name, unions in yardstick.unions.items():
        if name in DIFFERING:
            histograms[SQUARES + name], histograms[PRODUCTS + name] = spread_at_marks(histograms[name], unions)
        else:
            histograms[SQUARES + name] = squares_of(histograms[name], unions)
    return histograms


def _hours(hours_and_lines: Ints, n: int, n_lines: int) -> tuple[Ints, Ints]:
    """Return how many of the first n lengths of each line lasted so many hours."""
    hours, lines = hours_and_lines[:, :n]
    return count_values(hours, lines, n_lines)


def _maxima(histograms: Histograms, n_parts: int) -> Ints:
    """Return the largest number of each part and line; 0 for a part without days."""
    maxima: Ints = np.maximum(np.diff(histograms.starts) - 1, 0)
    return maxima.reshape(n_parts, -1)


def _spells(yardstick: Yardstick, read: Readings) -> Ints:
    """Return the most midnights in a row with overflow, of the system and of each segment, in the window and in each
    year, (1 + n_years, 1 + n_segments)."""
    return longest_spells(read.midnights, yardstick.overflow_lines, yardstick.calendar.year_starts)


def _lost(yardstick: Yardstick, read: Readings, opened: Opened) -> Ints:
    """Return, of the window and of each year, at how many midnights the demand is the planned beds at the end, and at
    most that; nothing where they have no number."""
    demand = read.midnights[yardstick.midnight_keys.index((SYSTEM, "demand_beds"))]
    return days_at_and_up_to(demand, opened.planned_at_ends, yardstick.calendar.year_starts)
