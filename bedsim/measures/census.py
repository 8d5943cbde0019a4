"""Beds at midnight: census, open beds, occupancy, overflow and the demand for beds.

Why: the numbers a bed manager counts. The midnight census of day d counts the half-open stays
`admitted_day <= d < left_day`, so it sees the state after everything that happens at that midnight;
bed-days are overlaps of stays with the window, exact and not a mean of midnights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.groups import SYSTEM, is_of_kind, open_planned_at_midnight
from bedsim.measures.rows import asks_for_planned
from bedsim.measures.statistics import Numbers, p_delay_if_lost, ratio
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.groups import Group
    from bedsim.measures.rows import Rows
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def midnight_counts(begin: Floats, end: Floats, place: Ints, n_places: int, n_days: int) -> Ints:
    """Count the intervals `[begin, end)` that hold each midnight 0 .. n_days - 1, place by place.

    Parameters
    ----------
    begin
        Days.
    end
        Days, at or after the beginning; may be infinite.
    place
        From 0 to n_places - 1: the line of the answer that an interval counts in.
    n_places
        Lines of the answer.
    n_days
        Its columns.

    Returns
    -------
    Ints
        Shape (n_places, n_days).

    Examples
    --------
    >>> midnight_counts(np.array([0.0, 0.5]), np.array([2.0, np.inf]), np.array([0, 0]), 1, 4).tolist()
    [[1, 2, 1, 1]]
    """
    width, size = n_days + 1, n_places * (n_days + 1)
    first = np.clip(np.ceil(begin), 0, n_days).astype(np.int64)
    last = np.clip(np.ceil(end), 0, n_days).astype(np.int64)
    begun = np.bincount(place * width + first, minlength=size)
    ended = np.bincount(place * width + last, minlength=size)
    counts: Ints = (begun - ended).reshape(n_places, width).cumsum(axis=1)[:, :n_days]
    return counts


def window_days(begin: Floats, end: Floats, n_days: int) -> Floats:
    """Return how many days of each interval fall in the window `[0, n_days)`."""
    overlap: Floats = np.maximum(np.minimum(end, n_days) - np.maximum(begin, 0.0), 0.0)
    return overlap


def bed_days_by_unit(begin: Floats, end: Floats, unit: Ints, n_units: int, n_days: int) -> Floats:
    """Return each unit's sum of the days of its intervals that fall in the window."""
    return np.bincount(unit, window_days(begin, end, n_days), n_units).astype(np.float64)


def measure_beds(rows: Rows, groups: tuple[Group, ...], network: Network) -> Numbers:
    """Measure every group's midnight census, and open beds and occupancy where places are limited."""
    n_units, placed = len(network.units), rows.is_placed
    stay = rows.admitted_day[placed], rows.left_day[placed], rows.unit[placed]
    counts = midnight_counts(*stay, n_units, rows.n_days)
    occupied = bed_days_by_unit(*stay, n_units, rows.n_days)
    numbers = Numbers()
    for group in groups:
        numbers.daily[group.name, "midnight_census"] = counts[group.has_unit].sum(axis=0)
        if group.is_limited:
            bed_days = float(occupied[group.has_unit].sum())
            numbers.means[group.name, "open_beds"] = group.open_bed_days / rows.n_days
            numbers.means[group.name, "occupancy_fraction"] = ratio(bed_days, group.open_bed_days)
    waiting = waiting_at_midnight(rows)
    escalation, out_of_area = (counts[is_of_kind(network, kind)].sum(axis=0) for kind in ("escalation", "out_of_area"))
    overflow = waiting + escalation + out_of_area
    numbers.daily[SYSTEM, "waiting"] = waiting
    numbers.daily[SYSTEM, "in_escalation"] = escalation
    numbers.daily[SYSTEM, "in_out_of_area"] = out_of_area
    numbers.daily[SYSTEM, "overflow"] = overflow
    numbers.means[SYSTEM, "overflow_days_fraction"] = ratio(int((overflow > 0).sum()), rows.n_days)
    return numbers


def waiting_at_midnight(rows: Rows) -> Ints:
    """Count the people who ask for a planned bed at each midnight and have not been admitted."""
    asks = rows.is_rehabilitation
    return _at_midnight(rows.requested_day[asks], rows.asked_until_day[asks], rows.n_days)


def measure_demand(blueprint: Blueprint, patients: Patients, demand: Stays, no_delay: Stays, system: Group) -> Numbers:
    """Measure the demand for planned beds: planned units unlimited, and no limit and no delay at all.

    `p_delay_if_lost` uses the planned places open in the last instant of the window; it does not exist where
    they are unlimited or there are none.
    """
    numbers = Numbers()
    network, n_days = blueprint.network, blueprint.scenario.time.run_length_days
    in_planned = (demand.unit != NONE) & system.has_unit[demand.unit]
    asks = asks_for_planned(network, patients, no_delay) & ~np.isnan(no_delay.admitted_day)
    demand_beds = _census(demand, in_planned, n_days)
    numbers.daily[SYSTEM, "demand_beds"] = demand_beds
    numbers.daily[SYSTEM, "demand_beds_no_delay"] = _census(no_delay, asks, n_days)
    if system.has_unit.any() and np.isfinite(system.places_at_end):
        beds = int(system.places_at_end)
        numbers.means[SYSTEM, "p_delay_if_lost"] = p_delay_if_lost(np.bincount(demand_beds), beds)
        above = demand_beds > open_planned_at_midnight(network, n_days)
        numbers.means[SYSTEM, "demand_above_beds_fraction"] = ratio(int(above.sum()), n_days)
    return numbers


def _census(stays: Stays, chosen: Bools, n_days: int) -> Ints:
    left = stays.left_day[chosen]
    return _at_midnight(stays.admitted_day[chosen], np.where(np.isnan(left), np.inf, left), n_days)


def _at_midnight(begin: Floats, end: Floats, n_days: int) -> Ints:
    counts: Ints = midnight_counts(begin, end, np.zeros(len(begin), dtype=np.int64), 1, n_days)[0]
    return counts
