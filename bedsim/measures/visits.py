"""Visits to people on community teams' caseloads: from days of episodes to visits.

Why: visits are a sum over the days of each episode, many at first and fewer later. So bed-days are counted by the band
of the episode in which they lie, and visits are these days times the visits a day of their band: exact, and no visit is
simulated.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bedsim.scenario.visits import Visits

    Floats = NDArray[np.float64]


def visits_by_band(by_unit: Sequence[Visits | None]) -> tuple[Floats, Floats]:
    """Return when the bands of each unit begin, and its visits a day in each.

    Parameters
    ----------
    by_unit
        What the people in each unit are visited.

    Returns
    -------
    tuple[Floats, Floats]
        (n_units, n_bands + 1) days after admission, from 0 to infinity; (n_units, n_bands) visits a day to a person.
    """
    n_bands = max((len(visits.bands) for visits in by_unit if visits is not None), default=1)
    begins = np.full((len(by_unit), n_bands + 1), math.inf)
    begins[:, 0] = 0.0
    per_day = np.zeros((len(by_unit), n_bands))
    for unit, visits in enumerate(by_unit):
        for band, one in enumerate(visits.bands if visits is not None else ()):
            begins[unit, band], per_day[unit, band] = one.from_day, one.per_day
    return begins, per_day
