"""Which scenarios have the same demand: it need be simulated only once for them.

Why: the demand for beds is simulated with planned beds unlimited, which costs nearly as much as the option itself.
Options that differ in sites alone have the same people and a place for each at once, so their demand is the same to the
last bit. That is claimed only where it follows from the rules (model.md, section 6): whoever asks for a planned bed is
offered one without delay, and all planned beds offered so keep people equally long and let them leave alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bedsim.analysis.people import people_of
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.network import locality_names

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network, UnitRung

Name = TypeVar("Name", bound="Hashable")
PLANNED = "a planned bed"
Offer = tuple[float, int, tuple[str, ...]]
"""After how long, how many places are kept free, and where."""


def demand_from(blueprints: Mapping[Name, Blueprint]) -> dict[Name, Name]:
    """Return, for each scenario, the first with the same demand; itself if there is none before it."""
    first: dict[Hashable, Name] = {}
    found = {}
    for name, blueprint in blueprints.items():
        demand = _demand_of(blueprint)
        found[name] = name if demand is None else first.setdefault(demand, name)
    return found


def _demand_of(blueprint: Blueprint) -> Hashable:
    """Return what is equal of two options only if their demand is; None if nothing can be said."""
    network, scenario = blueprint.network, blueprint.scenario
    n_ladders = len(blueprint.stages) * len(locality_names(scenario))
    ladders = [_offered(network, ladder) for ladder in network.ladders[:n_ladders]]
    at_once = {u for ladder in network.ladders[:n_ladders] for u in _at_once(ladder) if network.units[u].is_planned}
    manners = {(network.units[u].stay_factor, network.units[u].leave) for u in at_once}
    closing = {entry.unit for entry in network.timetable if not entry.accepting}
    is_by_chance = scenario.present_at_start or blueprint.tracks.units
    if is_by_chance or None in ladders or len(manners) > 1 or closing & at_once:
        return None
    named = {name for ladder in ladders if ladder is not None for _, _, units in ladder for name in units}
    others = [i for i, unit in enumerate(network.units) if unit.name in named]
    timetable = [
        (network.units[entry.unit].name, entry.day, entry.places, entry.accepting)
        for entry in network.timetable
        if entry.unit in others
    ]
    yardstick = yardstick_of(blueprint)
    beds = np.concatenate((yardstick.planned_at_midnight, yardstick.planned_at_ends))
    return (
        people_of(blueprint),
        tuple(ladders),
        frozenset(manners),
        frozenset(network.units[i] for i in others),
        frozenset(timetable),
        beds.tobytes(),
    )


def _at_once(ladder: tuple[UnitRung, ...]) -> list[int]:
    """Return the units offered without delay."""
    return [unit for rung in ladder if rung.after_days == 0 for unit in rung.units]


def _offered(network: Network, ladder: tuple[UnitRung, ...]) -> tuple[Offer, ...] | None:
    """Return what a ladder offers while planned beds are unlimited, all planned beds alike.

    Where a planned bed comes first, nothing opens later. None if planned beds are named and do not come first.
    """
    if not any(network.units[unit].is_planned for rung in ladder for unit in rung.units):
        return tuple(
            (rung.after_days, rung.keep_free, tuple(network.units[unit].name for unit in rung.units)) for rung in ladder
        )
    first = _at_once(ladder)
    if not first or not network.units[first[0]].is_planned:
        return None
    names = (PLANNED if network.units[unit].is_planned else network.units[unit].name for unit in first)
    return ((0.0, 0, tuple(dict.fromkeys(names))),)
