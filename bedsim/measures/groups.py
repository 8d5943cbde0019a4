"""Groups that numbers are given of: units of a kind, the planned beds; their open places; homes and the way to a unit.

Why: open places come from the timetable alone: a closed unit keeps its patients, so its places count as open whether
it accepts or not, and a place being cleaned is open too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.network import locality_names
from bedsim.scenario.ladders import distance_km, unit_coordinates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.network import Network, TimetableEntry
    from bedsim.scenario.schema import Scenario

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MINUTES_PER_HOUR = 60


def is_of_kind(network: Network, *kinds: str) -> Bools:
    """Say of each unit whether it is of one of these kinds; care homes below the minimum are of none."""
    return np.array([unit.kind in kinds and not unit.is_below_minimum for unit in network.units], dtype=bool)


def open_planned_at_midnight(network: Network, n_days: int) -> Floats:
    """Return the planned beds open at each midnight of the window; a change at a midnight counts at once."""
    days = np.arange(n_days)
    total = np.zeros(n_days)
    for i in network.planned_units:
        places = np.full(n_days, network.units[i].places)
        for entry in network.timetable:
            if entry.unit == i:
                places[days >= entry.day] = entry.places
        total += places
    return total


def open_places(network: Network, starts: Ints) -> tuple[Floats, Floats]:
    """Return each unit's open bed-days in parts of the window, and its places in each part's last instant.

    Parameters
    ----------
    network
        Units and timetable.
    starts
        (n_parts + 1,) the day on which each part begins, and the end of the last.

    Returns
    -------
    tuple[Floats, Floats]
        Each (n_parts, n_units).
    """
    return days_of_places(np.array([unit.places for unit in network.units]), network.timetable, starts)


def days_of_places(first: Floats, rows: tuple[TimetableEntry, ...], starts: Ints) -> tuple[Floats, Floats]:
    """Return what `open_places` does, of places that are `first` until the rows change them."""
    places = first.copy()
    bed_days, at_end = (np.zeros((len(starts) - 1, len(places))) for _ in range(2))
    entries = iter([*(entry for entry in rows if entry.day < starts[-1]), None])
    entry = next(entries)
    for part in range(len(starts) - 1):
        since = np.full(len(places), float(starts[part]))
        while entry is not None and entry.day < starts[part + 1]:
            unit = entry.unit
            if entry.day > since[unit]:  # an unlimited unit that changes before the window must not give inf x 0
                bed_days[part, unit] += places[unit] * (entry.day - since[unit])
                since[unit] = entry.day
            places[unit] = entry.places
            entry = next(entries)
        bed_days[part] += places * (starts[part + 1] - since)
        at_end[part] = places
    return bed_days, at_end


def away_from_home(scenario: Scenario, network: Network) -> Floats:
    """Return of each home and planned unit whether the unit stands elsewhere, 1 or 0; NaN where that is not known."""
    away = np.full((len(scenario.localities) + 1, len(network.units)), math.nan)
    for unit in network.planned_units:
        site = scenario.units[network.units[unit].name].locality
        if site is not None:
            away[:-1, unit] = [site != home for home in scenario.localities]
    return away


def travel_minutes(scenario: Scenario, network: Network) -> Floats:
    """Return the minutes from each home to each planned unit, NaN where they are not known: great-circle distance
    times the scenario's detour factor, over its speed."""
    minutes = np.full((len(scenario.localities) + 1, len(network.units)), math.nan)
    travel = scenario.travel
    if travel is None:
        return minutes
    for unit in network.planned_units:
        there = unit_coordinates(scenario, scenario.units[network.units[unit].name])
        for i, name in enumerate(locality_names(scenario)[:-1]):
            here = scenario.localities[str(name)].coordinates
            if here is not None and there is not None:
                km = distance_km(here, there) * travel.detour_factor
                minutes[i, unit] = km / travel.km_per_hour * MINUTES_PER_HOUR
    return minutes
