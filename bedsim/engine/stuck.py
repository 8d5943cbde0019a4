"""People who can never move, looked for once at the end of a run (model.md, section 6, rule 13).

Why: a ring of units that wait for one another cannot undo itself, and its numbers would look like demand. A pure
function of patients, network and stays, so that one search serves every engine. Those who hold a place in the same unit
and ask by the same ladder move or are stuck together, so the search is over such sorts of people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import StuckError
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

    Ints = NDArray[np.int64]

Sort = tuple[int, int]
"""The unit in which people hold a place, NONE if in none, and the ladder by which they ask."""


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
    waiting = _waiting_without_way_out(patients, stays)
    if not len(waiting):
        return
    own = _held_units(patients, stays)[stays.patient[waiting]]
    sorts = list(zip(own.tolist(), patients.ladder[stays.row[waiting]].tolist(), strict=True))
    places, accepting = _last_state(network)
    stuck = _stuck_sorts(Counter(sorts), network, places, accepting)
    if not stuck:
        return
    rows = waiting[[sort in stuck for sort in sorts]]
    people = np.unique(stays.patient[rows]).tolist()
    since = float(stays.requested_day[rows].min())
    listed = ", ".join(map(str, people[:10])) + (" and others" if len(people) > 10 else "")
    ring = sorted(network.units[unit].name for unit in _ring(stuck, network))
    if ring:
        what = f"a ring of waiting people: those in {', '.join(ring)} wait for places that are held by one another"
        remedy = "give one of these ladders a way out (a leave rung after some days) or more places"
    else:
        wanted = {unit for _, ladder in stuck for unit in _named(ladder, network)}
        shut = sorted(network.units[unit].name for unit in wanted if not accepting[unit] or places[unit] < 1)
        what = f"people wait for units that are shut for ever: {', '.join(shut) or 'no unit'}"
        remedy = "reopen a unit in the timetable, or name another on the ladder"
    raise StuckError(f"{what} (patients {listed}, the first since day {since:g}). Try: {remedy}.")


def _waiting_without_way_out(patients: Patients, stays: Stays) -> Ints:
    """Return the rows that still ask at the end of the run and have no `leave` or `then` rung."""
    waiting = np.flatnonzero(np.isnan(stays.admitted_day) & np.isnan(stays.left_day))
    return waiting[np.isinf(patients.patience_days[stays.row[waiting]])]


def _held_units(patients: Patients, stays: Stays) -> Ints:
    """Return, one a patient, the unit in which they hold a place at the end of the run, NONE if in none."""
    inside = np.flatnonzero(~np.isnan(stays.admitted_day) & np.isnan(stays.left_day))
    units = np.full(patients.n_patients, NONE)
    units[stays.patient[inside]] = stays.unit[inside]
    return units


def _last_state(network: Network) -> tuple[list[float], list[bool]]:
    """Return each unit's places and whether it accepts after the last row of the timetable that the run reaches."""
    places, accepting = [unit.places for unit in network.units], [True] * len(network.units)
    for entry in network.timetable:
        if entry.day < network.end_day:
            places[entry.unit], accepting[entry.unit] = entry.places, entry.accepting
    return places, accepting


def _stuck_sorts(people: Counter[Sort], network: Network, places: list[float], accepting: list[bool]) -> set[Sort]:
    """Return the sorts that are left when again and again those who may move are released, with their places."""
    stuck = set(people)
    while True:
        held: Counter[int] = Counter()
        for own, ladder in stuck:
            held[own] += people[own, ladder]
        released = {sort for sort in stuck if _may_move(sort, network, places, accepting, held)}
        if not released:
            return stuck
        stuck -= released


def _may_move(sort: Sort, network: Network, places: list[float], accepting: list[bool], held: Counter[int]) -> bool:
    """Say whether a ladder names people's own unit, or one that those who are stuck do not fill."""
    own, ladder = sort
    return any(
        unit == own or (accepting[unit] and places[unit] - held[unit] > rung.keep_free)
        for rung in network.ladders[ladder]
        for unit in rung.units
    )


def _ring(stuck: Iterable[Sort], network: Network) -> set[int]:
    """Return the units whose stuck people wait for one another: held to named, pruned of units that lead nowhere."""
    edges = {(own, unit) for own, ladder in stuck if own != NONE for unit in _named(ladder, network)}
    while True:
        left = {(a, b) for a, b in edges if any(b == c for c, _ in edges) and any(a == d for _, d in edges)}
        if left == edges:
            return {a for a, _ in edges}
        edges = left


def _named(ladder: int, network: Network) -> set[int]:
    return {unit for rung in network.ladders[ladder] for unit in rung.units}
