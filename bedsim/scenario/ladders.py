"""Ladders in concrete units: what `community_hospital`, `nearest(care_home)` or `own(community_service)` means for one
home locality.

Why: the policy is written once in kinds; the checks and the network need the units it names, in the patient's own
order. Care homes that the quality gate shuts, and units that do not take the stage, are left out wherever a kind is
named.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from bedsim.scenario.present import line_list
from bedsim.scenario.schema import KINDS

if TYPE_CHECKING:
    from bedsim.scenario.schema import Locality, Scenario, Unit

EARTH_RADIUS_KM = 6371.0088
"""Mean radius, IUGG; any radius gives the same order."""
_OF_A_HOME = re.compile(r"(nearest|own)\(\s*([a-z_]+)\s*\)")
"""A term whose units depend on where the patient lives."""


def below_minimum(scenario: Scenario, unit: str) -> bool:
    """Say whether the quality gate shuts this unit for the whole run: a care home rated below the minimum, or not
    rated, that is not inspected again."""
    spec, gate = scenario.units[unit], scenario.quality_gate
    return spec.kind == "care_home" and gate.inspections is None and not gate.passes(spec.rating)


def takes(unit: Unit, stage: str) -> bool:
    """Say whether a unit takes people for a stage."""
    return unit.takes is None or stage in unit.takes


def kind_of_term(term: str) -> str | None:
    """Return the kind that a ladder's term names, plainly or in `nearest` or `own`; None for a unit's name."""
    match = _OF_A_HOME.fullmatch(term)
    kind = match.group(2) if match else term
    return kind if kind in KINDS else None


def is_own(term: str) -> bool:
    """Say whether a ladder's term names only units in the person's own locality."""
    match = _OF_A_HOME.fullmatch(term)
    return match is not None and match.group(1) == "own"


def units_of_terms(
    scenario: Scenario, terms: tuple[str, ...], locality: str | None, stage: str | None = None
) -> tuple[str, ...]:
    """Return the units that a rung's terms name for people of one locality, by preference, each once; of a kind
    only the ones that take people for the stage, if one is given. Who has no locality has no units of their own."""
    units: list[str] = []
    for term in terms:
        kind = kind_of_term(term)
        if kind is None:
            units.append(term)
            continue
        named = [name for name, unit in scenario.units.items() if unit.kind == kind]
        named = [name for name in named if not below_minimum(scenario, name)]
        named = [name for name in named if stage is None or takes(scenario.units[name], stage)]
        match = _OF_A_HOME.fullmatch(term)
        if match is not None and match.group(1) == "nearest":
            named = by_distance(scenario, named, locality)
        elif match is not None:
            named = [name for name in named if locality is not None and scenario.units[name].locality == locality]
        units.extend(named)
    return tuple(dict.fromkeys(units))


def homes_of_people(scenario: Scenario, pathway: str) -> list[str | None]:
    """Return where the people live who take a pathway, those listed as present at the start among them; None stands
    for people without a locality, or where nobody takes it."""
    homes: dict[str | None, None] = {}
    for stream in scenario.streams.values():
        if stream.pathway == pathway:
            shares = stream.localities.shares if stream.localities else {}
            theirs = [home for home, share in shares.items() if share > 0]
            homes.update(dict.fromkeys(theirs) if theirs else {None: None})
    for entry in scenario.present_at_start:
        for person in line_list(scenario, entry):
            came_by = scenario.streams.get(person.get("stream", ""))
            if came_by is not None and came_by.pathway == pathway:
                homes[person.get("locality") or None] = None
    return list(homes) or [None]


def by_distance(scenario: Scenario, units: list[str], locality: str | None) -> list[str]:
    """Order units by distance from a locality; without coordinates, those of the own locality first."""
    home = scenario.localities.get(locality) if locality else None

    def distance(name: str) -> float:
        unit = scenario.units[name]
        here, there = home.coordinates if home else None, unit_coordinates(scenario, unit)
        if here is None or there is None:
            return 0.0 if locality is not None and unit.locality == locality else math.inf
        return distance_km(here, there)

    return sorted(units, key=distance)


def unit_coordinates(scenario: Scenario, unit: Unit) -> tuple[float, float] | None:
    """Return a unit's own coordinates, else its locality's."""
    if unit.coordinates is not None:
        return unit.coordinates
    place: Locality | None = scenario.localities.get(unit.locality) if unit.locality else None
    return place.coordinates if place else None


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the great-circle distance in km between two (latitude, longitude) pairs in degrees; haversine formula.

    >>> round(distance_km((53.047, -2.181), (53.108, -2.037)), 1)
    11.8
    """
    (lat_1, lon_1), (lat_2, lon_2) = ([math.radians(x) for x in place] for place in (here, there))
    h = math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))
