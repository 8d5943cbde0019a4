"""How far the share of observations above each number spreads between replications: what intervals of percentiles need.

Why: a percentile is that of all days (or people) of all replications together, and its interval comes from the
interval on the cumulative share, with the replication as the unit of sampling. For that three sums over replications
are enough, of whole numbers, which merge as histograms do: with n observations in a replication and e of them above a
number, the sums of n^2, of e^2 and of n e. Where they are kept at every number is said here; `marks` has the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from bedsim.jit import jit
from bedsim.measures.histograms import Histograms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Unions(NamedTuple):
    """Sets of histogram lines that are one together, laid end to end."""

    lines: Ints
    starts: Ints
    """(n_unions + 1,)"""


def unions_of(sets: Sequence[Sequence[int]]) -> Unions:
    """Return sets of lines, laid end to end.

    >>> unions_of([[3, 4], [3]])
    Unions(lines=array([3, 4, 3]), starts=array([0, 2, 3]))
    """
    lines = np.array([line for one in sets for line in one], dtype=np.int64)
    return Unions(lines, np.cumsum([0, *map(len, sets)]))


def squares_of(histograms: Histograms, unions: Unions) -> Histograms:
    """Return a replication's squares: of each union n^2, then e^2 of 0, 1, 2, ...

    Of days no more is needed: each replication has as many, so that the sums of n^2 and n e follow from the counts. Of
    lengths, which are more in one replication than in another, see `marks`.

    Parameters
    ----------
    histograms
        Of one replication.
    unions
        The sets of its lines of which percentiles are given.

    Returns
    -------
    Histograms
        A line for each union. They add up over replications; what is above the largest number is 0, as elsewhere.
    """
    return Histograms(*_squares(histograms.counts, histograms.starts, *unions))


@dataclass(frozen=True)
class Share:
    """The cumulative share of pooled observations, and how exactly the replications tell it."""

    share: Floats
    """(width,) of the observations that are at most 0, 1, 2, ..."""
    error: Floats
    """Its standard error, that of a ratio of two sums over replications (Cochran 1977, section 6.4); NaN with one."""
    n_replications: int

    def percentiles(self, percents: Sequence[float], confidence: float) -> list[tuple[int, int, int]]:
        """Return the smallest number whose share reaches each percentage, and the ends of its interval.

        The interval holds each number whose share, and not that of the number below it, may be the percentage within
        the interval of the share. That is taken on the log-odds, for near 0 and 1 a share errs far more towards the
        middle.
        """
        t = float(special.stdtrit(self.n_replications - 1, 0.5 + confidence / 2))
        odds, is_open = special.logit(self.share), (self.share > 0) & (self.share < 1)
        either_way = np.zeros(len(odds))
        np.divide(t * self.error, self.share * (1 - self.share), out=either_way, where=is_open)
        shares = np.stack((self.share, special.expit(odds + either_way), special.expit(odds - either_way)))
        reached = np.array(percents)[:, np.newaxis, np.newaxis] / 100 - _SLIP
        found = (shares >= reached).argmax(axis=2)
        return [(int(value), int(low), int(high)) for value, low, high in found]

    def smooth_percentile(self, percent: float) -> tuple[float, float]:
        """Return the percentile with fractions of a person, and its standard error, for comparisons.

        Between two numbers the share is taken to rise evenly, and the error of a percentile is that of the share over
        the density, here that of the three numbers around it.
        """
        p = percent / 100
        at = int(np.argmax(self.share >= p - _SLIP))
        below = self.share[at - 1] if at else 0.0
        part = (p - below) / (self.share[at] - below)
        first, last = max(at - 2, -1), min(at + 1, len(self.share) - 1)
        density = (self.share[last] - (self.share[first] if first >= 0 else 0.0)) / (last - first)
        error = part * self.error[at] + (1 - part) * (self.error[at - 1] if at else 0.0)
        return float(at - 1 + part), float(error / density)


def share_of_days(counts: Ints, squares: Ints, n_replications: int) -> Share:
    """Return the cumulative share of a union of days, as many in each replication.

    Parameters
    ----------
    counts
        How many days of all replications had 0, 1, 2, ... people; at least one.
    squares
        Its line of sums of squares, as `squares_of` gives them.
    n_replications
        How many there are.

    Returns
    -------
    Share
        Of numbers from 0 to the largest observed.

    Examples
    --------
    Two replications of two days: 0 and 1 people, 1 and 1 people.

    >>> one = share_of_days(np.array([1, 3]), np.array([8, 5]), 2)
    >>> one.share.tolist(), one.error.tolist()
    ([0.25, 1.0], [0.25, 0.0])
    """
    above, n = shares_above(counts), int(counts.sum())
    products = np.append(n, n - np.cumsum(counts)[:-1]) * (n // n_replications)
    # after the last number nobody is above
    of_all = np.append(squares, 0)[: len(counts) + 1], np.append(products, 0)[: len(counts) + 1]
    return Share(1 - above, error_of(above, *of_all, n, n_replications), n_replications)


def shares_above(counts: Ints) -> Floats:
    """Return the share of observations above 0, 1, 2, ..."""
    n = counts.sum()
    above: Floats = (n - np.cumsum(counts)) / n
    return above


def error_of(above: Floats, squares: Ints, products: Ints, n: int, n_replications: int) -> Floats:
    """Return the standard error of shares: that of a ratio of two sums over replications (Cochran 1977, section 6.4).

    Parameters
    ----------
    above
        Shares of the observations.
    squares
        The sum over replications of n^2, then of e^2 for each share.
    products
        Of n n, then of n e.
    n
        How many observations there are.
    n_replications
        How many replications; with one the error is not known, and NaN.

    Returns
    -------
    Floats
        One for each share.
    """
    if n_replications < 2:
        return np.full(len(above), np.nan)
    left_over = above**2 * squares[0] - 2 * above * products[1:] + squares[1:]
    scale = n_replications / (n_replications - 1)
    error: Floats = np.sqrt(np.maximum(scale * left_over, 0.0)) / n
    return error


_SLIP = 1e-12
"""A share that is exactly the percentage reaches it, although it is a float."""


@jit
def _squares(counts: Ints, starts: Ints, lines: Ints, union_starts: Ints) -> tuple[Ints, Ints]:
    n_unions = len(union_starts) - 1
    spread_starts = np.zeros(n_unions + 1, np.int64)
    for union in range(n_unions):
        width = 0
        for k in range(union_starts[union], union_starts[union + 1]):
            width = max(width, starts[lines[k] + 1] - starts[lines[k]])
        spread_starts[union + 1] = spread_starts[union] + width
    squares = np.zeros(spread_starts[n_unions], np.int64)
    for union in range(n_unions):
        of_union = squares[spread_starts[union] : spread_starts[union + 1]]
        for k in range(union_starts[union], union_starts[union + 1]):
            added = counts[starts[lines[k]] : starts[lines[k] + 1]]
            for i in range(len(added)):
                of_union[i] += added[i]
        above = 0  # from the largest number down: how many are that or more, and so above the number before it
        for i in range(len(of_union) - 1, -1, -1):
            above += of_union[i]
            of_union[i] = above * above
    return squares, spread_starts
