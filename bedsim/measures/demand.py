"""The demand for beds: who would be in one at midnight, if there were enough of them.

Why: it is read from runs of its own, without limits, and scenarios that differ in their sites alone have it in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bedsim.measures.counting import count_midnights, count_midnights_by_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.yardstick import Yardstick
    from bedsim.patients.population import Patients

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


class Demand(NamedTuple):
    """How many more people need a planned bed at each midnight than at the one before: the system, then each segment.

    Each has shape (1 + n_segments, n_days + 1), or (1, n_days + 1) if everybody is of one segment; the last column is
    no midnight.
    """

    beds: Ints
    """With the planned units unlimited."""
    no_delay: Ints
    """With every unit unlimited and no transfer delay."""


def demand_of(yardstick: Yardstick, patients: Patients, demand: Stays, no_delay: Stays | None = None) -> Demand:
    """Return the demand for beds that two runs without limits say; without the second one nothing is in its part."""
    asks_for_planned = yardstick.names_planned[patients.ladder]
    beds = _changes(yardstick, patients, demand, demand.unit, yardstick.is_planned)
    if no_delay is None:
        return Demand(beds, np.zeros_like(beds))
    return Demand(beds, _changes(yardstick, patients, no_delay, no_delay.row, asks_for_planned))


def _changes(yardstick: Yardstick, patients: Patients, run: Stays, sort: Ints, is_chosen: Bools) -> Ints:
    """Return the changes at midnights of the stays of the chosen sorts."""
    n_segments = len(yardstick.segments)
    changes: NDArray[Any] = np.zeros((1 + n_segments, len(yardstick.rules.month_of_day) + 1), dtype=np.int32)
    if n_segments:
        count_midnights_by_group(
            run.admitted_day, run.left_day, sort, is_chosen, patients.segment[run.patient], changes[1:]
        )
        changes[0] = changes[1:].sum(axis=0)
    else:
        count_midnights(run.admitted_day, run.left_day, sort, is_chosen, changes[0])
    return changes
