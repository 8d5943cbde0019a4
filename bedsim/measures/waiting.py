"""Waiting for a place: who waits, how long, and the acute bed-days it costs.

Why: a wait ends by admission or by stopping to ask, and one still going on at the end of the run counts as
long as it has lasted: left out, the longest waits would be the ones missing. Rows, not people, are the
observations, so the second wait of somebody who comes back counts too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.census import window_days
from bedsim.measures.groups import SYSTEM, is_of_kind
from bedsim.measures.statistics import Numbers, ratio, whole_hours
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.groups import Group
    from bedsim.measures.rows import Rows
    from bedsim.patients.blueprint import Blueprint

    Bools = NDArray[np.bool_]


def measure_waiting(blueprint: Blueprint, rows: Rows, groups: tuple[Group, ...]) -> Numbers:
    """Measure waits of people referred in the window.

    Of a unit or kind: the rows admitted to it, of any stage. Of the system: every row that asks for a planned
    bed, wherever it was placed, if at all.
    """
    numbers = Numbers()
    asks = rows.is_rehabilitation & rows.is_referred
    admitted = np.flatnonzero(rows.is_admission & rows.is_referred)
    for group in groups:
        if group.name == SYSTEM:
            _add_waits(numbers, SYSTEM, rows, np.flatnonzero(asks))
        else:
            _add_waits(numbers, group.name, rows, admitted[group.has_unit[rows.unit[admitted]]])
    numbers.means[SYSTEM, "unfinished_waits"] = float((asks & np.isinf(rows.asked_until_day)).sum())
    lost = rows.is_rehabilitation & waits_in_acute(blueprint, rows)
    lost_days = window_days(rows.requested_day[lost], rows.asked_until_day[lost], rows.n_days).sum()
    numbers.means[SYSTEM, "acute_bed_days_lost_per_day"] = float(lost_days) / rows.n_days
    return numbers


def waits_in_acute(blueprint: Blueprint, rows: Rows) -> Bools:
    """Say of each row if its person asks from an acute place: the one held, else the stream's `waits_in`."""
    streams = blueprint.scenario.streams
    of_stream = np.array([streams[plan.name].waits_in == "acute" for plan in blueprint.streams], dtype=bool)
    of_unit = is_of_kind(blueprint.network, "acute")
    acute: Bools = np.where(rows.held_unit == NONE, of_stream[rows.stream], of_unit[rows.held_unit])
    return acute


def _add_waits(numbers: Numbers, name: str, rows: Rows, chosen: NDArray[np.int64]) -> None:
    wait_days = np.minimum(rows.asked_until_day[chosen], rows.end_day) - rows.requested_day[chosen]
    numbers.means[name, "p_wait"] = ratio(int((wait_days > 0).sum()), len(chosen))
    numbers.means[name, "wait_days"] = ratio(float(wait_days.sum()), len(chosen))
    numbers.histograms[name, "wait_days"] = np.bincount(whole_hours(wait_days))
