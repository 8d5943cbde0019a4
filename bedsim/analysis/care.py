"""What becomes of people beside the beds: those whom levers keep out of them, and those who leave without a place.

Why: a planner asks what community care does to admissions. People who are avoided are in no bed, and people who give up
waiting are in no bed either; the first is what a lever is for, the second what it may cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.memory import let_go
from bedsim.patients.population import NONE
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.reading import Reader
    from bedsim.patients.blueprint import Blueprint

    Floats = NDArray[np.float64]


def avoided(reader: Reader, period: str) -> Floats | None:
    """Return how many people levers keep out of planned beds in a period, (n,); None without such levers."""
    keys, values = reader.means("avoided_people")
    key = (SYSTEM, "avoided_people", period)
    return np.ascontiguousarray(values[:, keys.index(key)]) if key in keys else None


def left_without_place(reader: Reader, blueprint: Blueprint, period: str) -> dict[str, Floats]:
    """Return how many people referred in a period of years give up waiting, by outcome, each (n,)."""
    outcomes = {rung.outcome for stage in blueprint.stages for rung in stage.exits if rung.outcome != NONE}
    years, rows = reader.yardstick.calendar.years[period], reader.totals.rows["outcomes_by_year"]
    people = {i: rows[..., i][:, years].sum(axis=(1, 2)) for i in sorted(outcomes)}
    found = {blueprint.outcomes[i]: one.astype(np.float64) for i, one in people.items()}
    let_go(rows)
    return found
