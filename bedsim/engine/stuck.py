"""People who can never move, looked for once at the end of a run (model.md, section 6, rule 13).

Why: a ring of units that wait for one another cannot undo itself, and its numbers would look like demand. A pure
function of patients, network and stays, so that one search serves every engine.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import StuckError
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from bedsim.engine.stays import Stays
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients


def refuse_stuck(patients: Patients, network: Network, stays: Stays) -> None:
    """Raise if somebody can never move.

    Parameters
    ----------
    patients
        As drawn.
    network
        As simulated.
    stays
        What the engine returned.

    Raises
    ------
    StuckError
        Naming the ring's units, or the units that are shut for ever, the people and since when they wait.
    """
    places, accepting = last_state(network)
    holds = held_units(stays)
    waiting = np.flatnonzero(np.isnan(stays.admitted_day) & np.isnan(stays.left_day))
    stuck = {int(i) for i in waiting}
    while True:
        held = Counter(holds.get(int(stays.patient[i]), NONE) for i in stuck)
        released = {i for i in stuck if _may_move(i, patients, network, stays, places, accepting, holds, held)}
        if not released:
            break
        stuck -= released
    if not stuck:
        return
    people = sorted({int(stays.patient[i]) for i in stuck})
    since = min(float(stays.requested_day[i]) for i in stuck)
    listed = ", ".join(map(str, people[:10])) + (" and others" if len(people) > 10 else "")
    ring = sorted(network.units[unit].name for unit in _ring(stuck, patients, network, stays, holds))
    if ring:
        what = f"a ring of waiting people: those in {', '.join(ring)} wait for places that are held by one another"
        remedy = "give one of these ladders a way out (a leave rung after some days) or more places"
    else:
        wanted = {unit for i in stuck for unit in _named(int(stays.row[i]), patients, network)}
        shut = sorted(network.units[unit].name for unit in wanted if not accepting[unit] or places[unit] < 1)
        what = f"people wait for units that are shut for ever: {', '.join(shut) or 'no unit'}"
        remedy = "reopen a unit in the timetable, or name another on the ladder"
    raise StuckError(f"{what} (patients {listed}, the first since day {since:g}). Try: {remedy}.")


def _ring(stuck: set[int], patients: Patients, network: Network, stays: Stays, holds: dict[int, int]) -> set[int]:
    """Return the units whose stuck people wait for one another: held to named, pruned of units that lead nowhere."""
    edges = {
        (holds[patient], unit)
        for i in stuck
        if (patient := int(stays.patient[i])) in holds
        for unit in _named(int(stays.row[i]), patients, network)
    }
    while True:
        left = {(a, b) for a, b in edges if any(b == c for c, _ in edges) and any(a == d for _, d in edges)}
        if left == edges:
            return {a for a, _ in edges}
        edges = left


def last_state(network: Network) -> tuple[list[float], list[bool]]:
    """Return each unit's places and whether it accepts after the last row of the timetable that the run reaches."""
    places, accepting = [unit.places for unit in network.units], [True] * len(network.units)
    for entry in network.timetable:
        if entry.day < network.end_day:
            places[entry.unit], accepting[entry.unit] = entry.places, entry.accepting
    return places, accepting


def held_units(stays: Stays) -> dict[int, int]:
    """Return the unit in which each patient holds a place at the end of the run."""
    inside = np.flatnonzero(~np.isnan(stays.admitted_day) & np.isnan(stays.left_day))
    return {int(stays.patient[i]): int(stays.unit[i]) for i in inside}


def _named(row: int, patients: Patients, network: Network) -> set[int]:
    return {unit for rung in network.ladders[patients.ladder[row]] for unit in rung.units}


def _may_move(
    i: int,
    patients: Patients,
    network: Network,
    stays: Stays,
    places: list[float],
    accepting: list[bool],
    holds: dict[int, int],
    held: Counter[int],
) -> bool:
    """Say whether a waiting patient has a way out, or a unit that those who are stuck do not fill."""
    row = int(stays.row[i])
    if np.isfinite(patients.patience_days[row]):
        return True
    own = holds.get(int(stays.patient[i]), NONE)
    return any(
        unit == own or (accepting[unit] and places[unit] - held[unit] > rung.keep_free)
        for rung in network.ladders[patients.ladder[row]]
        for unit in rung.units
    )
