"""People at midnight: who is in a place, is ready to leave, waits or would need a planned bed.

Why: the numbers a bed manager counts. The midnight census of day d counts the half-open stays
`admitted_day <= d < left_day`, so it sees the state after everything that happens at that midnight; bed-days, in the
tally's sums, are overlaps of stays with the window, exact and not a mean of midnights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bedsim.measures.counting import settle_midnights
from bedsim.measures.tallied import (
    IN_ESCALATION,
    IN_OUT_OF_AREA,
    SEGMENT_MIDNIGHTS,
    WAITING,
    People,
    Rows,
    Tally,
    new_tally,
)
from bedsim.measures.tally import tally_run
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.demand import Demand
    from bedsim.measures.yardstick import Yardstick
    from bedsim.patients.population import Patients

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Readings(NamedTuple):
    """What a replication says."""

    tally: Tally
    midnights: Ints
    """(n_lines, n_days + 1), in the order of `Yardstick.midnight_keys`; the last column is no midnight."""
    n_waits: int
    """How many of `Tally.wait_hours` there are; likewise the next two."""
    n_delays: int
    n_requests: int


def read_run(
    yardstick: Yardstick,
    patients: Patients,
    stays: Stays,
    demand: Demand | None = None,
    planned_at_midnight: Floats | None = None,
) -> Readings:
    """Return what is counted and added up in a replication's run, with the demand for beds if there is any; planned
    beds are those of the timetable if no others are given."""
    n_groups, rules = len(yardstick.groups), yardstick.rules
    shape = len(yardstick.midnight_keys), len(rules.month_of_day) + 1
    midnights: NDArray[Any] = np.zeros(shape, dtype=np.int32)  # the narrower, the less memory to go through
    census, ready, of_system, by_segment = np.split(midnights, (n_groups, 2 * n_groups, yardstick.n_lines_by_month))
    of_segments = by_segment.reshape(len(SEGMENT_MIDNIGHTS), -1, midnights.shape[1])
    waiting, in_escalation, in_out_of_area, overflow, demand_beds, no_delay_beds, overflow_days, above_days = of_system
    *_, overflow_by_segment, demand_by_segment, no_delay_by_segment, overflow_days_by_segment = of_segments
    asks_for_planned = yardstick.names_planned[patients.ladder]
    is_present = np.array([origin in yardstick.present for origin in patients.origin], dtype=bool)
    people = People(
        stream=patients.stream,
        segment=patients.segment,
        locality=patients.locality,
        referred_day=patients.referred_day,
        is_present=is_present[patients.origin_index],
        first_row=patients.first_row,
        asks_for_planned=asks_for_planned,
        reason=patients.reason,
        outcome=stays.outcome,
    )
    tally = new_tally(rules, census, ready, waiting[np.newaxis], of_segments, len(stays.row), yardstick.n_parts)
    n = tally_run(people, Rows(*(getattr(stays, name) for name in Rows._fields)), rules, tally)
    for kind, changes_of_kind in (("escalation", in_escalation), ("out_of_area", in_out_of_area)):
        if (line := yardstick.line(kind)) != NONE:
            changes_of_kind[:] = census[line]
    overflow[:] = waiting + in_escalation + in_out_of_area
    overflow_by_segment[:] = of_segments[[WAITING, IN_ESCALATION, IN_OUT_OF_AREA]].sum(axis=0)
    if demand is not None:
        demand_beds[:], demand_by_segment[:] = demand.beds[0], demand.beds[1:]
        no_delay_beds[:], no_delay_by_segment[:] = demand.no_delay[0], demand.no_delay[1:]
    settle_midnights(midnights)
    overflow_days[:] = overflow > 0
    overflow_days_by_segment[:] = overflow_by_segment > 0
    planned = yardstick.planned_at_midnight if planned_at_midnight is None else planned_at_midnight
    above_days[:-1] = demand_beds[:-1] > planned
    return Readings(tally, midnights, *n)
