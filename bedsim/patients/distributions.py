"""Distributions of lengths of time, as quantile functions of one uniform.

Why: a length is the quantile of one keyed uniform, so another distribution gives the same person another length and
moves nobody else. Each shape also knows its distribution function, its mean and its length-biased form, from which
warm-up, theory and the people present at the start follow. To add a shape, write its class
here, its parameters in `scenario.shapes` and its maker in `patients.shapes`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

from bedsim.patients.quantiles import exponential, lognormal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TABLE_Z = np.linspace(-8.3, 8.3, 2_001)
"""Normal deviates at which slow quantile functions are tabulated; a double of [0, 1) reaches 8.3."""


class Shape(Protocol):
    """What every distribution offers; lengths in days, probabilities in [0, 1]."""

    @property
    def mean(self) -> float:
        """Return the mean, days."""

    def quantile(self, u: Floats) -> Floats:
        """Return the lengths below which a share `u` falls."""

    def cdf(self, x: Floats) -> Floats:
        """Return the share of lengths up to `x`."""

    def length_biased(self) -> Shape:
        """Return the distribution of the lengths found on a given day: density x f(x) / mean."""


@dataclass(frozen=True)
class ConstantShape:
    """Always the same length."""

    days: float

    @property
    def mean(self) -> float:
        """Return the length itself."""
        return self.days

    def quantile(self, u: Floats) -> Floats:
        """Return the length for every `u`."""
        return np.full(len(u), self.days)

    def cdf(self, x: Floats) -> Floats:
        """Return 0 below the length and 1 from it on."""
        return (np.asarray(x) >= self.days).astype(np.float64)

    def length_biased(self) -> Shape:
        """Return itself: every length is the same."""
        return self


@dataclass(frozen=True)
class LognormalShape:
    """exp(mu + sigma z) for a standard normal z."""

    mu: float
    sigma: float

    @property
    def mean(self) -> float:
        """Return exp(mu + sigma^2 / 2)."""
        return math.exp(self.mu + self.sigma**2 / 2)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantile through the normal deviate."""
        return lognormal(special.ndtri(u), self.mu, self.sigma)

    def cdf(self, x: Floats) -> Floats:
        """Return the normal probability of log x."""
        with np.errstate(divide="ignore"):
            return np.asarray(special.ndtr((np.log(x) - self.mu) / self.sigma))

    def length_biased(self) -> Shape:
        """Return the lognormal with mu + sigma^2 (standard result)."""
        return LognormalShape(self.mu + self.sigma**2, self.sigma)


@dataclass(frozen=True)
class GammaShape:
    """Gamma with a shape and a scale in days; shape 1 is exponential, a whole shape is Erlang."""

    shape: float
    scale: float

    @property
    def mean(self) -> float:
        """Return shape times scale."""
        return self.shape * self.scale

    @cached_property
    def _log_quantiles(self) -> Floats:
        # gammaincinv costs 0.5 us a draw; its logarithm is smooth in z, interpolated to better than 1e-5 / shape.
        p = special.ndtr(TABLE_Z)
        upper = special.gammainccinv(self.shape, special.ndtr(-TABLE_Z))
        lower = special.gammaincinv(self.shape, p)
        tiny = (np.log(p) + special.gammaln(self.shape + 1)) / self.shape
        with np.errstate(divide="ignore"):
            logs = np.log(np.where(TABLE_Z > 0, upper, lower))
        return np.where(tiny < -690, tiny, logs)

    def quantile(self, u: Floats) -> Floats:
        """Return the quantile: exact for shape 1, else from a table (relative error under 1e-5 / shape)."""
        if self.shape == 1.0:
            return exponential(u, self.scale)
        return np.exp(np.interp(special.ndtri(u), TABLE_Z, self._log_quantiles)) * self.scale

    def cdf(self, x: Floats) -> Floats:
        """Return the regularised incomplete gamma function."""
        return np.asarray(special.gammainc(self.shape, np.maximum(x, 0.0) / self.scale))

    def length_biased(self) -> Shape:
        """Return the gamma with shape + 1 (standard result)."""
        return GammaShape(self.shape + 1, self.scale)


@dataclass(frozen=True)
class WeibullShape:
    """Weibull with a shape and a scale in days."""

    shape: float
    scale: float

    @property
    def mean(self) -> float:
        """Return scale times Gamma(1 + 1/shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    def quantile(self, u: Floats) -> Floats:
        """Return scale (-log(1 - u))^(1/shape)."""
        return self.scale * (-np.log1p(-u)) ** (1 / self.shape)

    def cdf(self, x: Floats) -> Floats:
        """Return 1 - exp(-(x/scale)^shape)."""
        return -np.expm1(-((np.maximum(x, 0.0) / self.scale) ** self.shape))

    def length_biased(self) -> Shape:
        """Return scale times a gamma variable of shape 1 + 1/shape, to the power 1/shape (standard result)."""
        return PowerShape(GammaShape(1 + 1 / self.shape, 1.0), 1 / self.shape, self.scale)


@dataclass(frozen=True)
class PowerShape:
    """scale times X to a power, for another distribution X."""

    base: GammaShape
    power: float
    scale: float

    @property
    def mean(self) -> float:
        """Return scale times the gamma moment of order `power`."""
        moment = special.gammaln(self.base.shape + self.power) - special.gammaln(self.base.shape)
        return float(self.scale * np.exp(moment))

    def quantile(self, u: Floats) -> Floats:
        """Return the transformed quantile of X."""
        return self.scale * self.base.quantile(u) ** self.power

    def cdf(self, x: Floats) -> Floats:
        """Return the probability of X below the transformed `x`."""
        return self.base.cdf((np.maximum(x, 0.0) / self.scale) ** (1 / self.power))

    def length_biased(self) -> Shape:
        """Return the same form with the gamma's shape raised by `power`."""
        return PowerShape(GammaShape(self.base.shape + self.power, 1.0), self.power, self.scale)


@dataclass(frozen=True)
class EmpiricalShape:
    """Sorted values with weights: the inverse of their steps."""

    values: Floats = field(repr=False)
    weights: Floats = field(repr=False)

    @property
    def mean(self) -> float:
        """Return the weighted mean."""
        return float(self.values @ self.weights)

    @cached_property
    def _cumulated(self) -> Floats:
        total = np.cumsum(self.weights)
        total[-1] = 1.0
        return total

    def quantile(self, u: Floats) -> Floats:
        """Return the first value whose cumulated weight exceeds `u`."""
        return self.values[np.searchsorted(self._cumulated, u, side="right")]

    def cdf(self, x: Floats) -> Floats:
        """Return the weight of the values up to `x`."""
        steps = np.concatenate(([0.0], self._cumulated))
        return steps[np.searchsorted(self.values, x, side="right")]

    def length_biased(self) -> Shape:
        """Return the same values, weighted by their length."""
        return EmpiricalShape(self.values, self.weights * self.values / self.mean)


@dataclass(frozen=True)
class MixtureShape:
    """Parts with weights; one uniform chooses the part and, rescaled, the length within it."""

    weights: tuple[float, ...]
    parts: tuple[Shape, ...]

    @property
    def mean(self) -> float:
        """Return the weighted mean of the parts."""
        return sum(weight * part.mean for weight, part in zip(self.weights, self.parts, strict=True))

    def quantile(self, u: Floats) -> Floats:
        """Return a length of the part in which `u` falls; not monotone in `u` across parts."""
        edges = np.concatenate(([0.0], np.cumsum(self.weights)))
        edges[-1] = 1.0
        chosen = np.searchsorted(edges[1:-1], u, side="right")
        lengths = np.empty(len(u))
        for i, part in enumerate(self.parts):
            mine = chosen == i
            if mine.any():
                inner = (u[mine] - edges[i]) / (edges[i + 1] - edges[i])
                lengths[mine] = part.quantile(np.minimum(inner, np.nextafter(1.0, 0.0)))
        return lengths

    def cdf(self, x: Floats) -> Floats:
        """Return the weighted distribution function."""
        return np.asarray(sum(w * part.cdf(x) for w, part in zip(self.weights, self.parts, strict=True)))

    def length_biased(self) -> Shape:
        """Return the length-biased parts, weighted by their share of all time."""
        mean = self.mean
        weights = tuple(w * part.mean / mean for w, part in zip(self.weights, self.parts, strict=True))
        return MixtureShape(weights, tuple(part.length_biased() for part in self.parts))


@dataclass(frozen=True)
class TruncatedShape:
    """Another distribution given that it falls between two bounds, both included; not capped."""

    base: Shape
    low: float
    high: float

    @cached_property
    def edges(self) -> tuple[float, float]:
        """Return the base's shares below `low` and up to `high`."""
        low = self.base.cdf(np.array([np.nextafter(self.low, 0.0)]))[0] if self.low > 0 else 0.0
        high = self.base.cdf(np.array([self.high]))[0] if math.isfinite(self.high) else 1.0
        return float(low), float(high)

    @property
    def share(self) -> float:
        """Return the share of the base between the bounds."""
        return self.edges[1] - self.edges[0]

    @cached_property
    def mean(self) -> float:
        """Return the mean by the length-biased distribution: E[X; low <= X <= high] = E[X] P*(low <= X <= high)."""
        biased = TruncatedShape(self.base.length_biased(), self.low, self.high)
        return self.base.mean * biased.share / self.share

    def quantile(self, u: Floats) -> Floats:
        """Return the base's quantile between the shares at the bounds."""
        low, high = self.edges
        inner = np.minimum(low + u * (high - low), np.nextafter(high, 0.0))
        return np.clip(self.base.quantile(inner), self.low, self.high)

    def cdf(self, x: Floats) -> Floats:
        """Return the conditional distribution function."""
        low, high = self.edges
        return np.clip((self.base.cdf(x) - low) / (high - low), 0.0, 1.0)

    def length_biased(self) -> Shape:
        """Return the length-biased base between the same bounds."""
        return TruncatedShape(self.base.length_biased(), self.low, self.high)
