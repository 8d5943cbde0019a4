"""From a scenario's distribution to its quantile function.

Why: a scenario may give a mean and a spread, a median and a mean, or a paper's own parameters; this is where they
become the parameters of `distributions`. To add a shape, add its maker to `MAKERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.patients.distributions import (
    ConstantShape,
    EmpiricalShape,
    GammaShape,
    LognormalShape,
    MixtureShape,
    Shape,
    TruncatedShape,
    WeibullShape,
)

if TYPE_CHECKING:
    from bedsim.scenario.shapes import Distribution, Empirical, Erlang, Exponential, Gamma, Lognormal, Weibull

Tables = Mapping[str, tuple[tuple[str, ...], ...]]
"""CSV files as the loader read them: header, then rows."""


def shape_of(spec: Distribution, tables: Tables) -> Shape:
    """Return the distribution that a scenario describes.

    Parameters
    ----------
    spec
        As written in a scenario.
    tables
        The CSV files that the scenario names, for empirical distributions.

    Returns
    -------
    Shape
        With quantile function, distribution function, mean and length-biased form, in days.

    Raises
    ------
    BedsimError
        If truncation leaves nothing of the distribution.

    Examples
    --------
    >>> from bedsim.scenario.shapes import Distribution, Lognormal
    >>> round(shape_of(Distribution(lognormal=Lognormal(mean=21.0, cv=0.7)), {}).mean, 6)
    21.0
    """
    name = spec.shape_name
    shape = MAKERS[name](getattr(spec, name), tables)
    if spec.truncate is None:
        return shape
    high = math.inf if spec.truncate.max_days is None else spec.truncate.max_days
    if TruncatedShape(shape, spec.truncate.min_days, high).share < 1e-9:
        raise BedsimError(f"truncate leaves nothing of the {name} distribution: try wider bounds")
    return _truncated(shape, spec.truncate.min_days, high)


def _truncated(shape: Shape, low: float, high: float) -> Shape:
    """Return a shape between two bounds; a mixture part by part, since its quantile does not rise across parts."""
    if not isinstance(shape, MixtureShape):
        return TruncatedShape(shape, low, high)
    pairs = zip(shape.weights, shape.parts, strict=True)
    left = [(weight * TruncatedShape(part, low, high).share, _truncated(part, low, high)) for weight, part in pairs]
    total = sum(weight for weight, _ in left)
    return MixtureShape(*zip(*((weight / total, part) for weight, part in left if weight > 0), strict=True))


def _exponential(spec: Exponential, _tables: Tables) -> Shape:
    return GammaShape(1.0, spec.mean)


def _lognormal(spec: Lognormal, _tables: Tables) -> Shape:
    if spec.mu is not None and spec.sigma is not None:
        return LognormalShape(spec.mu, spec.sigma)
    if spec.median is not None:
        sigma = spec.sigma
        if sigma is None:
            assert spec.mean is not None
            sigma = math.sqrt(2 * math.log(spec.mean / spec.median))
        return LognormalShape(math.log(spec.median), sigma)
    assert spec.mean is not None
    sigma_2 = math.log1p(_cv(spec) ** 2)
    return LognormalShape(math.log(spec.mean) - sigma_2 / 2, math.sqrt(sigma_2))


def _gamma(spec: Gamma, _tables: Tables) -> Shape:
    if spec.shape is not None:
        scale = spec.scale if spec.scale is not None else (spec.mean or 0.0) / spec.shape
        return GammaShape(spec.shape, scale)
    assert spec.mean is not None
    shape = 1 / _cv(spec) ** 2
    return GammaShape(shape, spec.mean / shape)


def _weibull(spec: Weibull, _tables: Tables) -> Shape:
    shape = spec.shape if spec.shape is not None else _weibull_shape(_cv(spec))
    if spec.scale is not None:
        return WeibullShape(shape, spec.scale)
    if spec.median is not None:
        return WeibullShape(shape, spec.median / math.log(2) ** (1 / shape))
    assert spec.mean is not None
    return WeibullShape(shape, spec.mean / math.gamma(1 + 1 / shape))


def _weibull_shape(cv: float) -> float:
    """Return the Weibull shape with this coefficient of variation."""
    from scipy.optimize import brentq

    def excess(log_shape: float) -> float:
        k = math.exp(log_shape)
        return math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k) - math.log1p(cv**2)

    return math.exp(brentq(excess, math.log(0.1), math.log(100.0), xtol=1e-13))


def _erlang(spec: Erlang, _tables: Tables) -> Shape:
    return GammaShape(float(spec.phases), spec.mean / spec.phases)


def _constant(spec: float, _tables: Tables) -> Shape:
    return ConstantShape(spec)


def _empirical(spec: Empirical, tables: Tables) -> Shape:
    header, *rows = tables[spec.csv]
    column = header.index(spec.column)
    values = np.sort(np.array([float(row[column]) for row in rows]))
    return EmpiricalShape(values, np.full(len(values), 1 / len(values)))


def _mixture(spec: tuple[Distribution, ...], tables: Tables) -> Shape:
    weights = tuple(float(getattr(part, "weight")) for part in spec)  # noqa: B009 - Component, known at run time
    return MixtureShape(weights, tuple(shape_of(part, tables) for part in spec))


def _cv(spec: Lognormal | Gamma | Weibull) -> float:
    """Return the coefficient of variation from cv, or from sd and mean."""
    if spec.cv is not None:
        return spec.cv
    assert spec.sd is not None
    assert spec.mean is not None
    return spec.sd / spec.mean


MAKERS: dict[str, Callable[..., Shape]] = {
    "exponential": _exponential,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "erlang": _erlang,
    "constant": _constant,
    "empirical": _empirical,
    "mixture": _mixture,
}
