"""Compiled steps of counting: midnights, hours, days of each month, histograms, and units added up to groups.

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
def month_at(day: float, month_of_day: Ints) -> int:
    """Return the month of the window in which an instant lies, NONE if it lies outside of it."""
    return month_of_day[int(day)] if 0 <= day < len(month_of_day) else NONE


@jit
def add_midnights(changes: Ints, line: int, begin: float, end: float) -> None:
    """Count a half-open stay `[begin, end)`: it is seen from the first midnight it holds to the last before its end.

    A line of `changes` has one element more than the window has midnights: where the stay begins to be seen, and where
    no more.
    """
    n_days = float(changes.shape[1] - 1)
    changes[line, math.ceil(min(max(begin, 0.0), n_days))] += 1
    changes[line, math.ceil(min(max(end, 0.0), n_days))] -= 1


@jit
def count_midnights(begin: Floats, end: Floats, sort: Ints, is_chosen: Bools, changes: Ints) -> None:
    """Count the stays `[begin, end)` of the chosen sorts into `changes`, as `add_midnights` does.

    Who was not admitted has a NaN beginning, who is still in a NaN end. Sort NONE is the last of `is_chosen`.
    """
    line = changes.reshape(1, -1)
    for i in range(len(begin)):
        if is_chosen[sort[i]] and not math.isnan(begin[i]):
            add_midnights(line, 0, begin[i], math.inf if math.isnan(end[i]) else end[i])


@jit
def count_midnights_by_group(
    begin: Floats, end: Floats, sort: Ints, is_chosen: Bools, group: Ints, changes: Ints
) -> None:
    """Do the same into the line of each stay's group."""
    for i in range(len(begin)):
        if is_chosen[sort[i]] and not math.isnan(begin[i]):
            add_midnights(changes, group[i], begin[i], math.inf if math.isnan(end[i]) else end[i])


@jit
def settle_midnights(changes: Ints) -> None:
    """Turn changes into the numbers at each midnight, line by line and in place.

    >>> changes = np.array([[1, 1, -2, 1, -1], [0, 0, 0, 0, 0]])
    >>> settle_midnights(changes), changes.tolist()
    (None, [[1, 2, 0, 1, 0], [0, 0, 0, 0, 0]])
    """
    for i in range(len(changes)):
        for day in range(1, changes.shape[1]):
            changes[i, day] += changes[i, day - 1]


@jit
def count_days(values: Ints, lines: Ints, starts: Ints, parts: Ints, n_parts: int) -> tuple[Ints, Ints]:
    """Return how many days of each part of the window had 0, 1, 2, ..., laid end to end, part by part.

    Parameters
    ----------
    values
        (n, at least n_days) whole numbers, one line a measure.
    lines
        Which of the lines are counted.
    starts
        (n_runs + 1,) the day on which each run of days begins, and the end of the last. No other days are counted.
    parts
        (n_runs,) the part to which each run belongs.
    n_parts
        How many there are.

    Returns
    -------
    tuple[Ints, Ints]
        The counts, and (n_parts * n_lines + 1,) where those of each part and line begin.

    Examples
    --------
    >>> count_days(np.array([[1, 0, 2]]), np.array([0]), np.array([0, 2, 3]), np.array([0, 1]), 2)
    (array([1, 1, 0, 0, 1]), array([0, 2, 5]))
    """
    n = len(lines)
    edges = np.zeros(n_parts * n + 1, np.int64)
    for k in range(n):
        line = values[lines[k]]
        for run in range(len(parts)):
            width = 0
            for value in line[starts[run] : starts[run + 1]]:
                width = max(width, value + 1)
            at = parts[run] * n + k + 1
            edges[at] = max(edges[at], width)
    for at in range(len(edges) - 1):
        edges[at + 1] += edges[at]
    counts = np.zeros(edges[-1], np.int64)
    for k in range(n):
        line = values[lines[k]]
        for run in range(len(parts)):
            first = edges[parts[run] * n + k]
            for value in line[starts[run] : starts[run + 1]]:
                counts[first + value] += 1
    return counts, edges


@jit
def count_values(values: Ints, lines: Ints, n_lines: int) -> tuple[Ints, Ints]:
    """Return how many values of each line were 0, 1, 2, ..., laid end to end, and where those of each line begin."""
    starts = np.zeros(n_lines + 1, np.int64)
    for i in range(len(values)):
        starts[lines[i] + 1] = max(starts[lines[i] + 1], values[i] + 1)
    for line in range(n_lines):
        starts[line + 1] += starts[line]
    counts = np.zeros(starts[n_lines], np.int64)
    for i in range(len(values)):
        counts[starts[lines[i]] + values[i]] += 1
    return counts, starts


@jit
def longest_spell(values: Ints) -> int:
    """Return the most days in a row that are above 0.

    >>> longest_spell(np.array([3, 0, 1, 1, 0]))
    2
    """
    longest = spell = 0
    for value in values:
        spell = spell + 1 if value > 0 else 0
        longest = max(longest, spell)
    return longest


@jit
def longest_spells(values: Ints, lines: Ints, starts: Ints) -> Ints:
    """Return the longest spell of each line in all the parts of the window together, and then in each of them."""
    found = np.zeros((len(starts), len(lines)), np.int64)
    for k in range(len(lines)):
        line = values[lines[k]]
        found[0, k] = longest_spell(line[starts[0] : starts[-1]])
        for part in range(len(starts) - 1):
            found[part + 1, k] = longest_spell(line[starts[part] : starts[part + 1]])
    return found


@jit
def days_at_and_up_to(values: Ints, limits: Floats, starts: Ints) -> Ints:
    """Return how many days are at a limit, and how many at most at it: in all the parts of the window together by the
    first limit, and then in each of them by its own."""
    found = np.zeros((len(starts), 2), np.int64)
    for part in range(len(starts) - 1):
        for value in values[starts[part] : starts[part + 1]]:
            for of, limit in ((0, limits[0]), (part + 1, limits[part + 1])):
                found[of, 0] += value == limit
                found[of, 1] += value <= limit
    return found


@jit
def add_to_lines(values: NDArray[Any], part: int, lines: tuple[int, int], what: int, amount: float) -> None:
    """Add an amount to one of the values of each of these lines, in a part of the window; NONE is no line."""
    for line in lines:
        if line > NONE:
            values[part, line, what] += amount


@jit
def add_units(values: NDArray[Any], lines: Ints) -> None:
    """Add each unit's line of values to the other lines that the unit counts in."""
    for unit in range(len(lines)):
        for line in lines[unit]:
            if line > NONE:
                for j in range(values.shape[1]):
                    values[line, j] += values[unit, j]


@jit
def sum_days(values: Ints, starts: Ints) -> Ints:
    """Return the sum of each line over the days of each part of the window, (n_parts, n_lines).

    >>> sum_days(np.array([[1, 2, 4], [0, 0, 8]]), np.array([0, 2, 3])).tolist()
    [[3, 0], [4, 8]]
    """
    sums = np.zeros((len(starts) - 1, len(values)), np.int64)
    for i in range(len(values)):
        line = values[i]
        for part in range(len(starts) - 1):
            total = 0
            for value in line[starts[part] : starts[part + 1]]:
                total += value
            sums[part, i] = total
    return sums


@jit
def fold(values: NDArray[Any], into: Ints, n: int) -> NDArray[Any]:
    """Return values added up by where their first index leads.

    >>> fold(np.array([[1], [2], [4]]), np.array([0, 1, 0]), 2).tolist()
    [[5], [2]]
    """
    flat = values.reshape(len(values), -1)
    sums = np.zeros((n, flat.shape[1]), values.dtype)
    for i in range(len(flat)):
        for j in range(flat.shape[1]):
            sums[into[i], j] += flat[i, j]
    return sums
