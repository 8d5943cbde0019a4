"""The rules of the pass over the stays: what it needs to know of a scenario, as arrays.

Why: the pass is compiled and asks of numbers alone - which kind a unit is of, on which lines it counts - so names are
turned into numbers here, once for all replications.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.groups import is_of_kind
from bedsim.measures.tallied import CENSUS, IN_ESCALATION, IN_OUT_OF_AREA, Rules
from bedsim.patients.network import locality_names
from bedsim.patients.population import NONE
from bedsim.scenario.segments import segment_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.calendar import Calendar
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def rules_of(
    blueprint: Blueprint,
    calendar: Calendar,
    kinds: tuple[str, ...],
    routes: tuple[str, ...],
    stage_names: tuple[str, ...],
    bands: Floats,
) -> Rules:
    """Return the rules of a blueprint.

    Parameters
    ----------
    blueprint
        What all replications share.
    calendar
        Of the window.
    kinds
        Those there are, in the order of their midnight lines.
    routes
        Those there are, in the order of their cells.
    stage_names
        Those there are, in the order of their parts of the delay.
    bands
        Of visits: `Rules.bands`.

    Returns
    -------
    Rules
        What the pass needs.
    """
    scenario, network = blueprint.scenario, blueprint.network
    units, streams = network.units, [scenario.streams[stream.name] for stream in blueprint.streams]
    is_planned = np.array([unit.is_planned for unit in units], dtype=bool)
    of_kind = [NONE if unit.is_below_minimum else len(units) + kinds.index(unit.kind) for unit in units]
    of_system = np.where(is_planned, len(units) + len(kinds), NONE)
    n_segments = len(segment_names(scenario))
    return Rules(
        month_of_day=calendar.month_of_day,
        month_starts=calendar.month_starts,
        year_of_month=calendar.year_of_month,
        end_day=network.end_day,
        n_outcomes=len(blueprint.outcomes),
        n_homes=len(locality_names(scenario)),
        n_segments=n_segments,
        route=np.array([routes.index(stream.route) for stream in streams]),
        waits_in_acute=np.array([stream.waits_in == "acute" for stream in streams], dtype=bool),
        is_acute=is_of_kind(network, "acute"),
        is_out_of_area=is_of_kind(network, "out_of_area"),
        is_planned=is_planned,
        counts_among=_counts_among(network) if scenario.segments else np.full(len(units), NONE),
        own_line=len(units) + np.arange(n_segments) if scenario.segments else np.array([NONE]),
        stage_part=np.array([len(blueprint.reasons) + stage_names.index(one.name) for one in blueprint.stages]),
        bands=bands,
        lines=np.column_stack((np.array(of_kind, dtype=np.int64), of_system)),
    )


def _counts_among(network: Network) -> Ints:
    """Return of each unit as which of `SEGMENT_MIDNIGHTS` the people of a segment in it count, NONE for none."""
    among = np.full(len(network.units), NONE)
    for kind, midnights in (("escalation", IN_ESCALATION), ("out_of_area", IN_OUT_OF_AREA)):
        among[is_of_kind(network, kind)] = midnights
    among[[unit.is_planned for unit in network.units]] = CENSUS
    return among
