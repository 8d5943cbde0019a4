"""The places of groups of units: which units are of a kind, and how many places are open.

Why: open places come from the timetable alone: a closed unit keeps its patients, so its places count as open whether
it accepts or not, and a place being cleaned is open too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.network import Network

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]


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


def open_places(network: Network, n_days: int) -> tuple[Floats, Floats]:
    """Return each unit's open bed-days in the window and its places in the window's last instant."""
    places = [unit.places for unit in network.units]
    bed_days, since = [0.0] * len(places), [0.0] * len(places)

    def close(unit: int, day: float) -> None:
        if day > since[unit]:  # an unlimited unit that changes before the window must not give inf x 0
            bed_days[unit] += places[unit] * (day - since[unit])
            since[unit] = day

    for entry in network.timetable:
        if entry.day < n_days:
            close(entry.unit, entry.day)
            places[entry.unit] = entry.places
    for unit in range(len(places)):
        close(unit, float(n_days))
    return np.array(bed_days), np.array(places)
