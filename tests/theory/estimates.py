"""How the sums of many replications become one estimate with its interval.

Why: intervals come from replications alone. A reading takes a few sums of each replication; the value is a function of
their totals, mostly a ratio, so that replications need not be long. Its standard error is that of the jackknife, which
leaves out one replication at a time. Percentiles are those of all replications together; their interval is that of the
distribution function, read at the percentile's level (Woodruff 1952).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

from bedsim.analysis.intervals import mean_and_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.theory.observed import Observed

    Floats = NDArray[np.float64]

Sums = Callable[["Observed"], Sequence[float]]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with the half-width of its 95% interval, from n independent replications."""

    mean: float
    half_width: float
    n: int


class Readable(Protocol):
    """What is read of each replication, and the estimate from many."""

    def sums(self, observed: Observed) -> Sequence[float] | Floats:
        """Return the sums of one replication."""

    def estimate(self, sums: Floats) -> Estimate:
        """Return the estimate from one row of sums a replication, shape (n, k)."""


def student(n: int) -> float:
    """Return the number of standard errors in the half of a 95% interval from n values."""
    return float(special.stdtrit(n - 1, 0.5 + CONFIDENCE / 2))


def ratio(totals: Floats) -> Floats:
    """Return the first of two totals over the second."""
    return totals[..., 0] / totals[..., 1]


@dataclass(frozen=True)
class Reading:
    """A smooth function of totals over replications."""

    sums: Sums
    value: Callable[[Floats], Floats] = ratio
    """From totals, shape (..., k), to values, shape (...)."""

    def estimate(self, sums: Floats) -> Estimate:
        """Return the estimate from one row of sums a replication, shape (n, k)."""
        n, totals = len(sums), sums.sum(axis=0)
        without_one = self.value(totals - sums)
        standard_error = np.sqrt((n - 1) / n * ((without_one - without_one.mean()) ** 2).sum())
        return Estimate(float(self.value(totals)), float(student(n) * standard_error), n)


@dataclass(frozen=True)
class WithControls(Reading):
    """The same, less what chance has made of sums whose expected value is 0 (control variates).

    Only for shares so near a target that it would take minutes of processor time without: a fault in what is drawn is
    taken for chance here, and must be noticed by the other readings.
    """

    n_controls: int = 0
    """The last of the sums."""

    def estimate(self, sums: Floats) -> Estimate:
        """Return the intercept of the jackknife's pseudo-values regressed on the controls."""
        n, own, controls = len(sums), sums[:, : -self.n_controls], sums[:, -self.n_controls :]
        totals = own.sum(axis=0)
        pseudo = n * self.value(totals) - (n - 1) * self.value(totals - own)
        design = np.column_stack((np.ones(n), controls))
        coefficients, *_ = np.linalg.lstsq(design, pseudo, rcond=None)
        spread = ((pseudo - design @ coefficients) ** 2).sum() / (n - design.shape[1])
        standard_error = np.sqrt(spread * np.linalg.inv(design.T @ design)[0, 0])
        return Estimate(float(coefficients[0]), float(student(n - self.n_controls) * standard_error), n)


@dataclass(frozen=True)
class Percentile:
    """A percentile of numbers of people, which are whole."""

    numbers: Callable[[Observed], NDArray[np.int64]]
    level: float
    most: int = 200

    def sums(self, observed: Observed) -> Floats:
        """Return how many numbers are at or below 0, 1, 2, ..."""
        numbers = np.minimum(self.numbers(observed), self.most)
        return np.cumsum(np.bincount(numbers, minlength=self.most + 1)).astype(float)

    def estimate(self, sums: Floats) -> Estimate:
        """Return the first number at which the distribution function reaches the level."""
        low, value, high = (float(np.argmax(below >= self.level)) for below in distribution_functions(sums))
        return Estimate(value, max(high - value, value - low), len(sums))


@dataclass(frozen=True)
class LengthPercentile:
    """A percentile of lengths, sought within a fifth of the expected one."""

    lengths: Callable[[Observed], Floats]
    """In ascending order."""
    level: float
    expected: float

    @property
    def net(self) -> Floats:
        """Where the distribution function is counted; between these points it is taken for straight."""
        return self.expected * np.linspace(0.8, 1.2, 401) if self.expected else np.array([0.0, 1e-6])

    def sums(self, observed: Observed) -> Floats:
        """Return how many lengths are at or below each point of the net, and how many there are."""
        lengths = self.lengths(observed)
        return np.append(np.searchsorted(lengths, self.net, side="right"), len(lengths)).astype(float)

    def estimate(self, sums: Floats) -> Estimate:
        """Return where the distribution function reaches the level; off the net, the end of the net."""
        low, value, high = (
            float(np.interp(self.level, below[:-1], self.net)) for below in distribution_functions(sums)
        )
        return Estimate(value, max(high - value, value - low), len(sums))


def distribution_functions(counts: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the upper end, the middle and the lower end of a distribution function's 95% intervals.

    `counts` has a row a replication: how many are at or below each point, the last being all.
    """
    n, totals = len(counts), counts.sum(axis=0)
    below = totals / totals[-1]
    residuals = counts - below * counts[:, -1:]
    half_widths = student(n) * np.sqrt(n / (n - 1) * (residuals**2).sum(axis=0)) / totals[-1]
    upper, lower = (np.maximum.accumulate(below + part * half_widths) for part in (1, -1))
    return upper, below, lower


@dataclass(frozen=True)
class LeastBeds:
    """Whether so many beds keep a share at or below a target, or one more is needed; one if it cannot be told."""

    share: Reading
    beds: int
    target: float

    def sums(self, observed: Observed) -> Sequence[float]:
        """Return the sums of the share."""
        return self.share.sums(observed)

    def estimate(self, sums: Floats) -> Estimate:
        """Return the number of beds; the half-width is 0 if the 95% bound of the share is on the same side."""
        share = self.share.estimate(sums)
        beds = self.beds + (share.mean > self.target)
        one_sided = special.stdtrit(share.n - 1, CONFIDENCE) / student(share.n)
        is_clear = abs(share.mean - self.target) > one_sided * share.half_width
        return Estimate(float(beds), 0.0 if is_clear else 1.0, share.n)


@dataclass(frozen=True)
class GroupedHalfWidth:
    """The half-width of bedsim's 95% interval from 30 replications, as if the t distribution were the normal one."""

    value: Callable[[Observed], float]
    group: int = 30

    def sums(self, observed: Observed) -> Sequence[float]:
        """Return the replication's value."""
        return (self.value(observed),)

    def estimate(self, sums: Floats) -> Estimate:
        """Return the root mean square of the half-widths of all groups: their mean would be 1% too low."""
        groups = sums[: len(sums) // self.group * self.group, 0].reshape(-1, self.group)
        ends = np.array([mean_and_interval(values)[1:] for values in groups], dtype=float)
        normal = special.ndtri(0.5 + CONFIDENCE / 2) / student(self.group)
        squares = ((ends[:, 1] - ends[:, 0]) / 2 * normal) ** 2
        of_squares = Reading(lambda _: (), lambda totals: np.sqrt(ratio(totals)))
        return of_squares.estimate(np.column_stack((squares, np.ones(len(squares)))))
