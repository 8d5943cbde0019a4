"""Distributions as a scenario writes them, and the base of everything that carries a source.

Why: a planner knows a mean and a spread, a median and a mean, or a paper's own parameters; each shape says which it
takes. Turning them into quantile functions is the business of `patients.distributions`.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0, le=1e6)]
NonNegative = Annotated[float, Field(ge=0, le=1e6)]


class Model(BaseModel):
    """Frozen and strict: unknown keys, NaN, infinity and text in place of a number are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True, defer_build=True)


class Sourced(Model):
    """Anything with numbers in it: where they come from."""

    source: str | None = None
    """The name of an entry in `sources`."""
    derived: str | None = None
    """The arithmetic, in words, that leads here from sourced figures."""
    assumption: str | None = None
    """The reason why this value was assumed."""
    range: dict[str, tuple[float, float]] | None = None
    """Low and high end, by the name of the number they belong to."""
    note: str | None = None
    """Anything else that a reader should know."""


class Exponential(Model):
    """Memoryless; own parameter: mean, days."""

    mean: Positive


class Lognormal(Model):
    """Given by mean and sd, mean and cv, median and mean, median and sigma, or mu and sigma (of the logarithm)."""

    mean: Positive | None = None
    sd: Positive | None = None
    cv: Annotated[float, Field(gt=0, le=50)] | None = None
    median: Positive | None = None
    mu: Annotated[float, Field(ge=-20, le=20)] | None = None
    sigma: Annotated[float, Field(gt=0, le=5)] | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        check_pair(self, (("mean", "sd"), ("mean", "cv"), ("median", "mean"), ("median", "sigma"), ("mu", "sigma")))
        if self.median is not None and self.mean is not None and self.mean <= self.median:
            raise ValueError(f"have a mean above its median|mean {self.mean:g}, median {self.median:g}|a larger mean")
        return self


class Gamma(Model):
    """Given by mean and sd, mean and cv, mean and shape, or shape and scale."""

    mean: Positive | None = None
    sd: Positive | None = None
    cv: Annotated[float, Field(gt=0, le=50)] | None = None
    shape: Annotated[float, Field(gt=0.01, le=1e4)] | None = None
    scale: Positive | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        check_pair(self, (("mean", "sd"), ("mean", "cv"), ("mean", "shape"), ("shape", "scale")))
        return self


class Weibull(Model):
    """Given by mean and sd, mean and cv, mean and shape, median and shape, or shape and scale."""

    mean: Positive | None = None
    sd: Positive | None = None
    cv: Annotated[float, Field(gt=0.05, le=20)] | None = None
    median: Positive | None = None
    shape: Annotated[float, Field(ge=0.2, le=50)] | None = None
    scale: Positive | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        pairs = (("mean", "sd"), ("mean", "cv"), ("mean", "shape"), ("median", "shape"), ("shape", "scale"))
        check_pair(self, pairs)
        if self.sd is not None and self.mean is not None and not 0.05 < self.sd / self.mean <= 20:
            raise ValueError(f"have sd over mean between 0.05 and 20|{self.sd / self.mean:g}|another sd")
        return self


class Erlang(Model):
    """The sum of `phases` equal exponential phases; `mean` is the mean of the sum."""

    phases: Annotated[int, Field(ge=1, le=1_000)]
    mean: Positive


class Empirical(Model):
    """Values from a column of a CSV file, each as likely as another; the quantile is the inverse of their steps."""

    csv: str
    """The path of a CSV file, from the file in which it is written."""
    column: str
    """The heading of the column with the values, in days."""


class Truncate(Model):
    """Only values from `min_days` to `max_days`: the distribution given that it falls there (not capped)."""

    min_days: NonNegative = 0.0
    max_days: Positive | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_days is not None and self.max_days <= self.min_days:
            raise ValueError(f"have max_days above min_days|{self.max_days:g}, {self.min_days:g}|a larger max_days")
        return self


class Distribution(Sourced):
    """A length of time in days: exactly one shape, truncated if so said."""

    exponential: Exponential | None = None
    lognormal: Lognormal | None = None
    gamma: Gamma | None = None
    weibull: Weibull | None = None
    erlang: Erlang | None = None
    constant: NonNegative | None = None
    """The same length for everybody, days."""
    empirical: Empirical | None = None
    mixture: Annotated[tuple[Component, ...], Field(min_length=1, max_length=20)] | None = None
    """Distributions with weights that sum to 1: each person has one of them."""
    truncate: Truncate | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        given = [name for name in SHAPES if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"have exactly one of {', '.join(SHAPES)}|{found}|lognormal: {{mean: 21, cv: 0.7}}")
        if self.mixture is not None:
            total = sum(component.weight for component in self.mixture)
            if abs(total - 1.0) > 1e-9:
                raise ValueError(f"have weights that sum to 1|{total:.6g}|other weights|mixture")
        return self

    @property
    def shape_name(self) -> str:
        """The name of the one shape given."""
        return next(name for name in SHAPES if getattr(self, name) is not None)


class Component(Distribution):
    """One part of a mixture, with its weight."""

    weight: Annotated[float, Field(ge=0, le=1)]
    """The share of people who have this one."""


SHAPES = ("exponential", "lognormal", "gamma", "weibull", "erlang", "constant", "empirical", "mixture")
"""The shapes a distribution may have; `patients.distributions` knows each of them."""
LENGTH_KEYS = ("mean", "median", "constant")
"""Numbers of a shape whose stated range is run, at both ends."""

Distribution.model_rebuild()


def check_pair(spec: Model, pairs: tuple[tuple[str, str], ...]) -> None:
    """Raise ValueError unless exactly the two parameters of one of the pairs are given."""
    given = tuple(name for name in type(spec).model_fields if getattr(spec, name) is not None)
    if not any(set(given) == set(pair) for pair in pairs):
        listed = "; ".join(f"{a} and {b}" for a, b in pairs)
        raise ValueError(f"be given by {listed}|{' and '.join(given) or 'nothing'}|{pairs[0][0]} and {pairs[0][1]}")
