"""The numbers of planned beds of a bed curve, and the networks that have them.

How beds are changed: each planned unit that passes the quality gate has the same share more or fewer, in whole beds by
largest remainder. The beds counted are those open at the end of the window; a unit's other numbers, in its timetable
and before it, change in the unit's own proportion.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.groups import open_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network

REACH, N_STEPS = 0.2, 3
"""The grid reaches a fifth below and above the scenario's own number, in three steps each way."""

Beds = dict[int, int]
"""Places of each planned unit at the end of the window, by its index."""


def planned_beds(blueprint: Blueprint) -> Beds | None:
    """Return the planned beds open in the last instant of the window; None if they have no number or there are none."""
    network = blueprint.network
    _, at_end = open_places(network, np.array([0, blueprint.scenario.time.run_length_days]))
    places = at_end[0, list(network.planned_units)]
    if not np.isfinite(places).all() or places.sum() < 1:
        return None
    return dict(zip(network.planned_units, places.astype(int).tolist(), strict=True))


def grid(own: int) -> list[int]:
    """Return the numbers of beds of the curve: equal steps of whole beds around the scenario's own, from 1 on.

    >>> grid(132), grid(3)
    ([105, 114, 123, 132, 141, 150, 159], [1, 2, 3, 4, 5, 6])
    """
    step = max(1, math.floor(own * REACH / N_STEPS + 0.5))
    return [n for n in range(own - N_STEPS * step, own + N_STEPS * step + 1, step) if n >= 1]


def split(total: int, shares: Sequence[int]) -> list[int]:
    """Return whole beds in proportion to shares, by largest remainder; of equal remainders the first listed.

    >>> split(10, [77, 55]), split(5, [1, 1, 2])
    ([6, 4], [1, 1, 3])
    """
    whole = sum(shares)
    found = [total * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: -(total * shares[i] % whole))
    for i in by_remainder[: total - sum(found)]:
        found[i] += 1
    return found


def with_beds(network: Network, own: Beds, beds: Beds) -> Network:
    """Return the network with other numbers of planned beds.

    Parameters
    ----------
    network
        The scenario's.
    own
        What its planned beds are; at least one in all.
    beds
        What they become. A unit's other numbers of places change in its own proportion, to whole places, halves up;
        those of a unit without places at the end in the proportion of all units together.

    Returns
    -------
    Network
        Unlimited places stay unlimited.
    """
    of_all = Fraction(sum(beds.values()), sum(own.values()))
    factor = {unit: Fraction(beds[unit], n) if n else of_all for unit, n in own.items()}

    def scaled(unit: int, places: float) -> float:
        if unit not in own or not math.isfinite(places):
            return places
        return float(math.floor(int(places) * factor[unit] + Fraction(1, 2)))

    return replace(
        network,
        units=tuple(replace(unit, places=scaled(i, unit.places)) for i, unit in enumerate(network.units)),
        timetable=network.timetable.with_places(
            np.array([scaled(entry.unit, entry.places) for entry in network.timetable], dtype=np.float64)
        ),
    )


def cannot_hold(blueprint: Blueprint, network: Network) -> str:
    """Say which unit would have fewer places at the first instant than people who are in it then; empty if none."""
    places = [unit.places for unit in network.units]
    for entry in network.timetable:
        if entry.day <= network.start_day:
            places[entry.unit] = entry.places
    for unit in network.planned_units:
        present = sum(group.n for group in blueprint.present if group.unit == unit)
        if present > places[unit]:
            return f"{present} people are in {network.units[unit].name} at the start"
    return ""
