"""Candidates of a Poisson process, of whom each is kept by a uniform of their own.

Why: people and closures come in layers of candidates at one constant rate, drawn both ways from day 0 (`arrivals`), and
most of the work is to draw them. So gaps are drawn, added up and thinned in one compiled pass that ends where the run
does: nobody beyond it is ever made.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit
from bedsim.patients.uniforms import fill
from bedsim.streams import Name, keys_of, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.uniforms import Words

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FORWARD, BACKWARD = "forward", "backward"
WAYS = ((FORWARD, 1), (BACKWARD, -1))
ALL_HOURS = np.ones(24)
AT_A_TIME = 64
"""Candidates whose uniforms are made together: whole blocks."""


def candidates(
    names: tuple[Name, ...], layer: int, sign: int, first: int, rate: float, daily: Floats, hourly: Floats = ALL_HOURS
) -> tuple[Ints, Floats]:
    """Return who is kept of one layer and way.

    Parameters
    ----------
    names
        Of the layer and way.
    layer
        From 0. A candidate is kept if their uniform is below what is expected at their instant, in layers, less this.
    sign
        1 from day 0 on, -1 from day 0 back.
    first
        The first day of the run.
    rate
        Of a layer, a day.
    daily
        What is expected on each day of the run.
    hourly
        The factor of each hour of the day.

    Returns
    -------
    tuple[Ints, Floats]
        Of each, the place among all candidates and the day, by distance from day 0.
    """
    gap, keep = keys_of([written(names)], [("gap",), ("keep",)])[:, 0]
    expected = rate * max(first + len(daily) if sign > 0 else -first, 0)
    return _kept(gap, keep, layer, sign, first, rate, daily, hourly, int(expected + 6 * math.sqrt(expected)) + 16)


@jit
def _kept(
    gap: Words,
    keep: Words,
    layer: int,
    sign: int,
    first: int,
    rate: float,
    daily: Floats,
    hourly: Floats,
    room: int,
) -> tuple[Ints, Floats]:
    """Return index and day of those kept; `room` is how many there may be before arrays must grow."""
    start, end = float(first), float(first + len(daily))
    horizon = end if sign > 0 else -start
    made, keeps = np.empty(AT_A_TIME), np.empty(AT_A_TIME)
    index, days = np.empty(room + AT_A_TIME, dtype=np.int64), np.empty(room + AT_A_TIME)
    distance = 0.0
    i = n = 0
    while distance <= horizon:
        fill(made, gap, i)
        fill(keeps, keep, i)
        if n + AT_A_TIME > len(days):
            index, days = np.append(index, np.empty_like(index)), np.append(days, np.empty_like(days))
        for k in range(AT_A_TIME):
            distance += -math.log1p(-made[k]) / rate
            made[k] = sign * distance
        for k in range(AT_A_TIME):
            day = made[k]
            if start <= day < end:
                # as unsigned numbers: else each index would be looked at for whether it counts from the end
                whole = np.floor(day)
                hour = min(np.uint64((day - whole) * 24), np.uint64(23))  # a last instant may round to 24 h
                index[n], days[n] = i + k, day
                n += keeps[k] < daily[np.uint64(whole - start)] * hourly[hour] / rate - layer
        i += AT_A_TIME
    return index[:n], days[:n]
