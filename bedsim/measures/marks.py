"""How far shares of lengths spread between replications: what intervals of percentiles of waits and delays need.

Why: a wait has a number for each hour up to weeks, and there are hundreds of lines of them, by unit, year and segment;
the sums of `spread` at every hour would triple what is kept. They are kept at marks, three to each doubling of the
length. The share itself is known at every hour. What is not is how much further it spreads than if people were
independent: that factor changes little from mark to mark, and is taken to change evenly with the share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit
from bedsim.measures.histograms import Histograms
from bedsim.measures.spread import Share, error_of, shares_above

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.spread import Unions

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HOURS_A_DAY = 24
A_DOUBLING = 3
LONGEST_DAYS = 2**12
"""Eleven years; the factor of the last mark holds beyond."""
MARKS = np.unique(
    [0, *np.round(HOURS_A_DAY * 2.0 ** (np.arange(-5 * A_DOUBLING, 12 * A_DOUBLING + 1) / A_DOUBLING)).astype(np.int64)]
)
"""Hours: 0, 1, 2, ... 19, 24, 30, 38, 48, ... up to `LONGEST_DAYS`; every doubling of a day is one."""


def spread_at_marks(histograms: Histograms, unions: Unions) -> tuple[Histograms, Histograms]:
    """Return a replication's squares and products: of each union n^2 and n n, then e^2 and n e of each of `MARKS`.

    Parameters
    ----------
    histograms
        Hours, of one replication; n in a union, e of them above a mark.
    unions
        The sets of its lines of which percentiles are given.

    Returns
    -------
    tuple[Histograms, Histograms]
        A line for each union, up to the last mark that anything is above. They add up over replications.
    """
    above = _above_marks(histograms.counts, histograms.starts, MARKS)
    squares, products, starts = _of_unions(above, *unions)
    return Histograms(squares, starts), Histograms(products, starts)


def share_of_lengths(counts: Ints, squares: Ints, products: Ints, n_replications: int) -> Share:
    """Return the cumulative share of a union of lengths, exact at every hour, with an error that is exact at the marks.

    Between two marks the square of the error, over that of as many independent people, changes evenly with the share;
    before the first mark with anything at most it, and beyond the last with anything above, it stays. If there is none
    with both, nothing is known: the error is infinite, and an interval holds all hours between two marks.

    Parameters
    ----------
    counts
        How many lengths of all replications were 0, 1, 2, ... hours; at least one.
    squares
        Its line of sums of squares, as `spread_at_marks` gives them.
    products
        Likewise of products.
    n_replications
        How many there are.

    Returns
    -------
    Share
        Of hours from 0 to the longest observed.

    Examples
    --------
    Two replications of two people: 0 and 1 hours, 1 and 9 hours. Nine hours are between the marks 8 and 10.

    >>> one = share_of_lengths(
    ...     np.array([1, 2, 0, 0, 0, 0, 0, 0, 0, 1]), np.array([8, 5, *[1] * 7]), np.array([8, 6, *[2] * 7]), 2
    ... )
    >>> one.share[[0, 1, 8, 9]].tolist(), one.error[[0, 1, 8, 9]].tolist()
    ([0.25, 0.75, 0.75, 1.0], [0.25, 0.25, 0.25, 0.0])
    """
    above = shares_above(counts)
    marks = MARKS[: len(squares) - 1]
    of_marks, independent = above[marks], above * (1 - above)
    error = error_of(of_marks, squares, products, int(counts.sum()), n_replications)
    is_open = independent[marks] > 0
    if is_open.any():
        share, first = np.unique(1 - of_marks[is_open], return_index=True)
        factor = error[is_open] ** 2 / independent[marks][is_open]
        found = np.sqrt(independent * np.interp(1 - above, share, factor[first]))
    else:
        found = np.where(independent > 0, np.inf, 0.0)
    return Share(1 - above, found, n_replications)


@jit
def _above_marks(counts: Ints, starts: Ints, marks: Ints) -> Ints:
    """Return of each line how many there are, and how many of them above each mark, (n_lines, 1 + n_marks)."""
    found = np.zeros((len(starts) - 1, len(marks) + 1), np.int64)
    for line in range(len(starts) - 1):
        above, mark = 0, len(marks) - 1
        for hours in range(starts[line + 1] - starts[line] - 1, -1, -1):
            while mark >= 0 and marks[mark] >= hours:
                found[line, mark + 1] = above
                mark -= 1
            above += counts[starts[line] + hours]
        found[line, 0] = above
    return found


@jit
def _of_unions(above: Ints, lines: Ints, union_starts: Ints) -> tuple[Ints, Ints, Ints]:
    """Return squares and products of each union, and where they begin."""
    n_unions, width = len(union_starts) - 1, above.shape[1]
    sums = np.zeros((n_unions, width), np.int64)
    starts = np.zeros(n_unions + 1, np.int64)
    for union in range(n_unions):
        for k in range(union_starts[union], union_starts[union + 1]):
            for i in range(width):
                sums[union, i] += above[lines[k], i]
        starts[union + 1] = starts[union] + np.count_nonzero(sums[union])  # they only fall
    squares, products = np.zeros(starts[n_unions], np.int64), np.zeros(starts[n_unions], np.int64)
    for union in range(n_unions):
        for i in range(starts[union + 1] - starts[union]):
            squares[starts[union] + i] = sums[union, i] * sums[union, i]
            products[starts[union] + i] = sums[union, i] * sums[union, 0]
    return squares, products, starts
