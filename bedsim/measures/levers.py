"""Whom levers affect, and who of them never asks for a planned bed: counted beside the stays.

Why: somebody who is not referred at all is in no table of stays, and somebody who begins at home may need a bed after
all, when the community is full. What a lever avoids is known only once a run is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.scenario.schema import SYSTEM
from bedsim.scenario.segments import segment_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.calendar import Calendar
    from bedsim.patients.population import Patients
    from bedsim.scenario.schema import Scenario

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

LEVER, SEGMENT = "lever:", "segment:"
LEVER_COUNTS = ("lever_people", "avoided_people")
"""Of people who are, or would have been, referred in the window: those affected; those of them who are not referred, or
begin elsewhere and ask for no planned bed until the end of the run."""


@dataclass(frozen=True)
class LeverGroups:
    """Of what the people whom levers affect are counted; a cell is a lever and a segment."""

    affecting: tuple[str, ...]
    """The levers that affect people, such as `lever:falls_service`."""
    avoiding: tuple[str, ...]
    """All levers together, segments, and the levers that may keep people out of planned beds; none without these."""
    affecting_members: Bools
    """(n_affecting, n_cells)"""
    avoiding_members: Bools
    """(n_avoiding, n_cells)"""
    begins_elsewhere: Bools
    """(n_levers,) whether those affected begin elsewhere."""
    n_segments: int

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.begins_elsewhere) * self.n_segments


def lever_groups(scenario: Scenario) -> LeverGroups:
    """Return of what a scenario's levers are counted."""
    levers, n_segments = list(scenario.levers.values()), len(segment_names(scenario))
    lever_of, segment_of = np.divmod(np.arange(len(levers) * n_segments), n_segments)
    moving = [i for i, one in enumerate(levers) if one.visit_deduplication is None]
    keeping = [i for i in moving if levers[i].stay_reduction is None and levers[i].delay_reduction is None]
    names, segments = [f"{LEVER}{name}" for name in scenario.levers], list(scenario.segments)
    together = [np.ones(len(lever_of), dtype=bool)] if keeping else []
    by_segment = [segment_of == i for i in range(len(segments))] if keeping else []

    def members(rows: list[Bools]) -> Bools:
        return np.array(rows, dtype=np.bool_).reshape(len(rows), len(lever_of))

    return LeverGroups(
        affecting=tuple(names[i] for i in moving),
        avoiding=(SYSTEM, *(f"{SEGMENT}{one}" for one in segments), *(names[i] for i in keeping)) if keeping else (),
        affecting_members=members([lever_of == i for i in moving]),
        avoiding_members=members([*together, *by_segment, *(lever_of == i for i in keeping)]),
        begins_elsewhere=np.array([one.instead is not None for one in levers], dtype=bool),
        n_segments=n_segments,
    )


def lever_counts(
    groups: LeverGroups, calendar: Calendar, patients: Patients, stays: Stays, names_planned: Bools
) -> Ints:
    """Return whom the levers affect and avoid in one replication, (n_years, n_cells, of `LEVER_COUNTS`)."""
    affected = patients.affected
    counts = np.zeros((calendar.n_years, groups.n_cells, len(LEVER_COUNTS)), dtype=np.int64)
    if not len(affected):
        return counts
    asks = stays.patient[names_planned[patients.ladder[stays.row]]]
    never_asked = np.append(np.bincount(asks, minlength=patients.n_patients) == 0, False)  # at last for nobody
    has_no_need = groups.begins_elsewhere[affected["lever"]] & never_asked[affected["patient"]]
    is_avoided = affected["is_kept_away"] | has_no_need
    day = np.floor(affected["referred_day"]).astype(np.int64)
    is_seen = (day >= 0) & (day < calendar.n_days)
    year = calendar.year_of_month[calendar.month_of_day[day[is_seen]]]
    place = year * groups.n_cells + (affected["lever"] * groups.n_segments + affected["segment"])[is_seen]
    for i, weights in enumerate((np.ones(len(place)), is_avoided[is_seen])):
        found = np.bincount(place, weights, minlength=calendar.n_years * groups.n_cells)
        counts[:, :, i] = found.reshape(calendar.n_years, groups.n_cells)
    return counts
