"""Compiled steps of counting: midnights, hours, days of the window, histograms, and units added up to groups.

Why: each is a definition that several measures share, so it stands once. Nothing here knows of patients.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.jit import jit
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HOUR_TOLERANCE = 1e-6
"""Hours: a wait of two hours stays two although differences of float64 days miss it by some 1e-10."""


@jit
def whole_hours(days: float) -> int:
    """Return a length of at least 0 in whole hours, rounded up; only a length of 0 is 0 hours.

    >>> [whole_hours(days) for days in (0.0, 0.01, 2 / 24, 2.001 / 24)]
    [0, 1, 2, 3]
    """
    return max(math.ceil(days * 24.0 - HOUR_TOLERANCE), int(days > 0))


@jit
def is_in_window(day: float, n_days: int) -> bool:
    """Say whether an instant is in the window `[0, n_days)`."""
    return 0 <= day < n_days


@jit
def window_days(begin: float, end: float, n_days: int) -> float:
    """Return how many days of an interval fall in the window."""
    return max(min(end, n_days) - max(begin, 0.0), 0.0)


@jit
def add_midnights(changes: Ints, begin: float, end: float) -> None:
    """Count a half-open stay `[begin, end)`: it is seen from the first midnight it holds to the last before its end.

    `changes` has one element more than the window has midnights: where the stay begins to be seen, and where no more.
    """
    n_days = len(changes) - 1
    changes[math.ceil(min(max(begin, 0.0), n_days))] += 1
    changes[math.ceil(min(max(end, 0.0), n_days))] -= 1


@jit
def count_midnights(begin: Floats, end: Floats, sort: Ints, is_chosen: Bools, changes: Ints) -> None:
    """Count the stays `[begin, end)` of the chosen sorts into `changes`, as `add_midnights` does.

    Who was not admitted has a NaN beginning, who is still in a NaN end. Sort NONE is the last of `is_chosen`.
    """
    for i in range(len(begin)):
        if is_chosen[sort[i]] and not math.isnan(begin[i]):
            add_midnights(changes, begin[i], math.inf if math.isnan(end[i]) else end[i])


@jit
def settle_midnights(changes: Ints) -> tuple[Ints, Ints]:
    """Turn changes into the numbers at each midnight, in place, and return their histograms, laid end to end.

    Parameters
    ----------
    changes
        (n, n_days + 1); what the last column becomes is not counted.

    Returns
    -------
    tuple[Ints, Ints]
        Every line's counts of 0, 1, 2, ..., and (n + 1,) where each begins.

    Examples
    --------
    >>> changes = np.array([[1, 1, -2, 1, -1], [0, 0, 0, 0, 0]])
    >>> settle_midnights(changes), changes.tolist()
    ((array([1, 2, 1, 4]), array([0, 3, 4])), [[1, 2, 0, 1, 0], [0, 0, 0, 0, 0]])
    """
    n, n_days = len(changes), changes.shape[1] - 1
    starts = np.zeros(n + 1, np.int64)
    for i in range(n):
        most = changes[i, 0]
        for day in range(1, n_days):
            changes[i, day] += changes[i, day - 1]
            most = max(most, changes[i, day])
        changes[i, n_days] += changes[i, n_days - 1]
        starts[i + 1] = starts[i] + most + 1
    counts = np.zeros(starts[n], np.int64)
    for i in range(n):
        for day in range(n_days):
            counts[starts[i] + changes[i, day]] += 1
    return counts, starts


@jit
def histograms_of_lines(values: Ints, unit: Ints, lines: Ints, n_lines: int) -> tuple[Ints, Ints]:
    """Return every line's histogram, laid end to end, of values that units have; a value of NONE is left out.

    Parameters
    ----------
    values
        One an observation.
    unit
        Likewise.
    lines
        (n_units, ...) the lines, beside its own, that a unit's values count in; NONE for none.
    n_lines
        At least the number of units; a unit's own line bears its number.

    Returns
    -------
    tuple[Ints, Ints]
        Every line's counts of 0, 1, 2, ..., and (n_lines + 1,) where each begins.
    """
    width, starts = np.zeros(n_lines, np.int64), np.zeros(n_lines + 1, np.int64)
    for i in range(len(values)):
        if values[i] != NONE:
            width[unit[i]] = max(width[unit[i]], values[i] + 1)
    for i in range(len(lines)):
        for line in lines[i]:
            if line != NONE:
                width[line] = max(width[line], width[i])
    for line in range(n_lines):
        starts[line + 1] = starts[line] + width[line]
    counts = np.zeros(starts[n_lines], np.int64)
    for i in range(len(values)):
        if values[i] != NONE:
            counts[starts[unit[i]] + values[i]] += 1
    for i in range(len(lines)):
        for line in lines[i]:
            if line != NONE:
                for value in range(width[i]):
                    counts[starts[line] + value] += counts[starts[i] + value]
    return counts, starts


@jit
def add_units(values: NDArray[Any], lines: Ints) -> None:
    """Add each unit's line of values to the other lines that the unit counts in."""
    for unit in range(len(lines)):
        for line in lines[unit]:
            if line != NONE:
                for j in range(values.shape[1]):
                    values[line, j] += values[unit, j]
