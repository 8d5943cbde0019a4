"""Which places are there in a replication: open, suspended by the quality gate, closed by infection.

Why: where places are drawn, occupancy divides by what was there and not by what was written. Where nothing is drawn
they are the timetable's, worked out once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.measures.groups import days_of_places, open_places, open_planned_at_midnight
from bedsim.scenario.schema import PLANNED_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bedsim.measures.calendar import Calendar
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network, UnitRules
    from bedsim.patients.tracks import Sampled

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

MISSING = {"places_excluded_by_gate": "suspended", "places_closed": "closed"}
"""Measures of places that are not there, with the quantity each is made of."""


class Opened(NamedTuple):
    """Places through time."""

    bed_days: Floats
    """(n_months, n_units) open; infinite where a unit is unlimited."""
    planned_at_ends: Floats
    """(1 + n_years,) planned beds in the last instant of the window, then of each year."""
    planned_at_midnight: Floats
    """(n_days,)"""
    suspended: Floats
    """(n_months, n_units) bed-days of care homes that get nobody because of their rating."""
    closed: Floats
    """(n_months, n_units) bed-days closed by infection."""


def opened_as_written(network: Network, calendar: Calendar) -> Opened:
    """Return the places of a network without tracks; a home that the gate shuts has them all suspended."""
    bed_days, _ = open_places(network, calendar.month_starts)
    is_shut = [unit.is_below_minimum for unit in network.units]
    return Opened(
        bed_days,
        _planned_at_ends(network, calendar),
        open_planned_at_midnight(network, calendar.n_days),
        np.where(is_shut, bed_days, 0.0),
        np.zeros(bed_days.shape),
    )


def opened_in(sampled: Sampled, calendar: Calendar) -> Opened:
    """Return the places of one replication in which places are drawn."""
    nothing = np.zeros(len(sampled.network.units))
    network = replace(sampled.network, timetable=sampled.opened)
    opened = opened_as_written(network, calendar)
    return opened._replace(
        suspended=opened.suspended + days_of_places(nothing, sampled.suspended, calendar.month_starts)[0],
        closed=days_of_places(nothing, sampled.closed, calendar.month_starts)[0],
    )


def missing_in(blueprint: Blueprint) -> dict[str, Bools]:
    """Say by measure of missing places of which units it says anything, (n_units,)."""
    units, tracks = blueprint.network.units, blueprint.tracks.units
    gated = {one.unit for one in tracks if one.gate is not None}
    may_close = {one.unit for one in tracks if one.infection is not None}
    return {
        "places_excluded_by_gate": np.array([unit.is_below_minimum or i in gated for i, unit in enumerate(units)]),
        "places_closed": np.array([i in may_close for i in range(len(units))]),
    }


def members_if_open(units: Sequence[UnitRules], kinds: Sequence[str]) -> list[list[bool]]:
    """Say of each kind and of all planned beds to which units they belong, homes that the gate shuts among them."""
    return [[unit.kind in group for unit in units] for group in (*((kind,) for kind in kinds), PLANNED_KINDS)]


def _planned_at_ends(network: Network, calendar: Calendar) -> Floats:
    _, at_ends = open_places(network, calendar.year_starts)
    planned = at_ends[:, list(network.planned_units)].sum(axis=1)
    return np.append(planned[-1], planned)
