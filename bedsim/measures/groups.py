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

    from bedsim.patients.network import Network
    from bedsim.patients.timetable import Timetable
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
    days, total = np.arange(float(n_days)), np.zeros(n_days)
    for i in network.planned_units:
        total += network.timetable.places_of(i, network.units[i].places).at(days)
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


def days_of_places(first: Floats, changes: Timetable, starts: Ints) -> tuple[Floats, Floats]:
    """Return what `open_places` does, of places that are `first` until they change."""
    edges = starts.astype(np.float64)
    bed_days, at_end = np.outer(np.diff(edges), first), np.tile(first, (len(edges) - 1, 1))
    for unit in np.unique(changes.unit).tolist():
        places = changes.places_of(unit, first[unit])
        days = np.unique(np.concatenate((edges, places.days[(places.days > edges[0]) & (places.days < edges[-1])])))
        held, parts = places.at(days[:-1]), np.searchsorted(days, edges)
        bed_days[:, unit] = np.add.reduceat(held * np.diff(days), parts[:-1])
        at_end[:, unit] = held[parts[1:] - 1]
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
