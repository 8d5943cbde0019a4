"""Every distribution against integrals of its own quantile function and against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from bedsim.errors import BedsimError
from bedsim.patients.distributions import GammaShape, LognormalShape, Shape
from bedsim.patients.shapes import shape_of
from bedsim.scenario.shapes import Distribution

TABLES = {"stays.csv": (("ward", "days"), ("a", "3"), ("a", "1.5"), ("b", "8"), ("b", "3"))}
EMPIRICAL = {"empirical": {"csv": "stays.csv", "column": "days"}}

CONTINUOUS = {
    "exponential": {"exponential": {"mean": 6.0}},
    "lognormal": {"lognormal": {"mean": 21.0, "cv": 0.7}},
    "gamma": {"gamma": {"mean": 14.0, "cv": 1.2}},
    "gamma, regular": {"gamma": {"mean": 14.0, "cv": 0.4}},
    "weibull": {"weibull": {"mean": 10.0, "cv": 0.8}},
    "weibull, heavy": {"weibull": {"mean": 10.0, "cv": 1.6}},
    "erlang": {"erlang": {"phases": 3, "mean": 9.0}},
    "truncated lognormal": {"lognormal": {"mean": 21.0, "cv": 0.7}, "truncate": {"min_days": 5.0, "max_days": 40.0}},
    "truncated gamma": {"gamma": {"mean": 14.0, "cv": 1.2}, "truncate": {"max_days": 20.0}},
    "truncated below": {"weibull": {"mean": 10.0, "cv": 0.8}, "truncate": {"min_days": 3.0}},
}
MIXTURES = {
    "mixture": {
        "mixture": (
            {"weight": 0.7, "exponential": {"mean": 4.0}},
            {"weight": 0.3, "lognormal": {"mean": 30.0, "cv": 0.5}},
        )
    },
    "mixture, long part first": {
        "mixture": ({"weight": 0.5, "exponential": {"mean": 60.0}}, {"weight": 0.5, "exponential": {"mean": 2.0}})
    },
    "truncated mixture": {
        "mixture": ({"weight": 0.5, "exponential": {"mean": 60.0}}, {"weight": 0.5, "exponential": {"mean": 2.0}}),
        "truncate": {"min_days": 1.0, "max_days": 20.0},
    },
    "truncated mixture of mixtures": {
        "mixture": (
            {
                "weight": 0.5,
                "mixture": ({"weight": 0.4, "gamma": {"mean": 60.0, "cv": 0.5}}, {"weight": 0.6, "constant": 7.0}),
            },
            {"weight": 0.5, "exponential": {"mean": 2.0}, "truncate": {"max_days": 5.0}},
        ),
        "truncate": {"max_days": 50.0},
    },
}
DISCRETE = {"constant": {"constant": 5.0}, "empirical": EMPIRICAL}
ALL = CONTINUOUS | MIXTURES | DISCRETE
MIDPOINTS = (np.arange(400_000) + 0.5) / 400_000


def shape(spec: dict[str, object]) -> Shape:
    """Make a distribution from what a file would say."""
    return shape_of(Distribution.model_validate(spec), TABLES)


def moments(spec: dict[str, object]) -> tuple[float, float]:
    """Mean and standard deviation by integrating the quantile: over the normal deviate, which tames both tails.

    A mixture's quantile jumps within (0, 1), so there midpoints do better.
    """
    if "mixture" in spec:
        lengths = shape(spec).quantile((np.arange(4_000_000) + 0.5) / 4_000_000)
        return float(lengths.mean()), float(lengths.std())
    z = np.linspace(-8, 8, 200_001)
    lengths = shape(spec).quantile(stats.norm.cdf(z))
    first, second = (integrate.trapezoid(lengths**k * stats.norm.pdf(z), z) for k in (1, 2))
    return float(first), math.sqrt(max(second - first**2, 0.0))


@pytest.mark.parametrize("name", ALL)
def test_the_mean_is_the_integral_of_the_quantile(name: str) -> None:
    """E[X] = the integral of Q(u) over [0, 1]."""
    assert shape(ALL[name]).mean == pytest.approx(moments(ALL[name])[0], rel=2e-4)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_the_distribution_function_undoes_the_quantile(name: str) -> None:
    """F(Q(u)) = u, to the table's accuracy, and Q is increasing."""
    mine, u = shape(CONTINUOUS[name]), np.linspace(1e-6, 1 - 1e-6, 5_001)
    lengths = mine.quantile(u)
    assert np.abs(mine.cdf(lengths) - u).max() < 2e-5
    assert (np.diff(lengths) > 0).all()


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_draws_follow_the_distribution_function(name: str, biased: bool) -> None:
    """The share of Q(u) up to x is F(x), for u spread evenly over [0, 1); also for mixtures, and length-biased."""
    mine = shape(ALL[name]).length_biased() if biased else shape(ALL[name])
    lengths = mine.quantile(MIDPOINTS)
    for x in (0.5, 1.5, 3.0, 5.0, 7.0, 10.0, 19.9, 21.0, 45.0):
        assert np.mean(lengths <= x) == pytest.approx(float(mine.cdf(np.array([x]))[0]), abs=3e-5)


@pytest.mark.parametrize("name", ALL)
def test_the_length_biased_mean_is_the_second_moment_over_the_mean(name: str) -> None:
    """E*[X] = E[X^2] / E[X]."""
    mean, sd = moments(ALL[name])
    assert shape(ALL[name]).length_biased().mean == pytest.approx((sd**2 + mean**2) / mean, rel=2e-3)


@pytest.mark.parametrize("name", ALL)
def test_residuals_have_the_mean_of_renewal_theory(name: str) -> None:
    """A length-biased length times a uniform has mean E[X^2] / (2 E[X]), within 4 standard errors; 5% off is not."""
    rng = np.random.default_rng(5)
    n = 400_000
    residual = shape(ALL[name]).length_biased().quantile(rng.random(n)) * rng.random(n)
    mean, sd = moments(ALL[name])
    expected = (sd**2 + mean**2) / (2 * mean)
    error = residual.std() / math.sqrt(n)
    assert abs(residual.mean() - expected) < 4 * error
    assert abs(residual.mean() - 1.05 * expected) > 4 * error


@pytest.mark.parametrize(
    ("spec", "mean", "sd"),
    [
        ({"lognormal": {"mean": 21.0, "cv": 0.7}}, 21.0, 14.7),
        ({"lognormal": {"mean": 21.0, "sd": 14.7}}, 21.0, 14.7),
        ({"gamma": {"mean": 14.0, "cv": 1.2}}, 14.0, 16.8),
        ({"gamma": {"mean": 14.0, "sd": 16.8}}, 14.0, 16.8),
        ({"gamma": {"mean": 14.0, "shape": 4.0}}, 14.0, 7.0),
        ({"gamma": {"shape": 4.0, "scale": 3.0}}, 12.0, 6.0),
        ({"weibull": {"mean": 10.0, "cv": 0.8}}, 10.0, 8.0),
        ({"weibull": {"mean": 10.0, "sd": 8.0}}, 10.0, 8.0),
        ({"weibull": {"mean": 10.0, "shape": 1.0}}, 10.0, 10.0),
        ({"weibull": {"shape": 1.0, "scale": 9.0}}, 9.0, 9.0),
        ({"erlang": {"phases": 4, "mean": 12.0}}, 12.0, 6.0),
        ({"exponential": {"mean": 6.0}}, 6.0, 6.0),
        ({"constant": 5.0}, 5.0, 0.0),
    ],
)
def test_the_mean_and_spread_given_are_those_of_the_draws(spec: dict[str, object], mean: float, sd: float) -> None:
    """However a pair of parameters is given, the lengths drawn have that mean and spread."""
    assert shape(spec).mean == pytest.approx(mean, rel=1e-12)
    assert moments(spec) == pytest.approx((mean, sd), rel=2e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("spec", "median", "mean"),
    [
        ({"lognormal": {"median": 15.0, "mean": 21.0}}, 15.0, 21.0),
        ({"lognormal": {"median": 15.0, "sigma": 0.5}}, 15.0, 15.0 * math.exp(0.125)),
        ({"lognormal": {"mu": 2.0, "sigma": 0.5}}, math.exp(2.0), math.exp(2.125)),
        ({"weibull": {"median": 8.0, "shape": 2.0}}, 8.0, 8.0 / math.log(2) ** 0.5 * math.gamma(1.5)),
    ],
)
def test_the_median_given_is_the_quantile_at_one_half(spec: dict[str, object], median: float, mean: float) -> None:
    """Median and mean, or own parameters."""
    assert shape(spec).quantile(np.array([0.5]))[0] == pytest.approx(median, rel=1e-12)
    assert shape(spec).mean == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize("k", [0.05, 0.3, 0.7, 1.5, 3.0, 12.0, 400.0])
def test_the_gamma_table_is_close_to_the_exact_quantile(k: float) -> None:
    """Relative error under 1e-5 / shape (2e-5 up to a cv of 1.4), from the millionth to the far upper tail."""
    u = np.concatenate((np.linspace(1e-6, 1 - 1e-6, 20_001), 1 - np.logspace(-6, -12, 50)))
    exact = stats.gamma.ppf(u, k)
    found = GammaShape(k, 1.0).quantile(u)
    assert np.max(np.abs(found - exact) / exact) < 1e-5 / k


@pytest.mark.parametrize("name", ALL)
def test_lengths_are_finite_and_not_negative_at_both_ends(name: str) -> None:
    """The smallest and the largest double of [0, 1) give lengths that a run can use."""
    u = np.array([0.0, 2.0**-53, 0.5, 1 - 2.0**-53])
    for mine in (shape(ALL[name]), shape(ALL[name]).length_biased()):
        lengths = mine.quantile(u)
        assert np.isfinite(lengths).all()
        assert (lengths >= 0).all()


def test_truncation_is_conditional_not_a_cap() -> None:
    """An exponential of mean 10 on (5, 20]: F(x) = (e^-0.5 - e^(-x/10)) / (e^-0.5 - e^-2), no heap at the bounds."""
    mine = shape({"exponential": {"mean": 10.0}, "truncate": {"min_days": 5.0, "max_days": 20.0}})
    x = np.array([5.0, 8.0, 12.0, 20.0, 30.0])
    law = (math.exp(-0.5) - np.exp(-x / 10)) / (math.exp(-0.5) - math.exp(-2))
    assert np.allclose(mine.cdf(x), [*law[:4], 1.0], atol=1e-12)
    lengths = mine.quantile(MIDPOINTS)
    assert lengths.min() >= 5
    assert lengths.max() <= 20
    assert np.mean(lengths >= 19.999) < 1e-4


def test_the_bounds_of_a_truncation_are_included() -> None:
    """Values from min_days to max_days: of 1.5, 3, 3 and 8 days, those from 3 to 8 are 3, 3 and 8."""
    mine = shape({**EMPIRICAL, "truncate": {"min_days": 3.0, "max_days": 8.0}})
    assert set(mine.quantile(MIDPOINTS).tolist()) == {3.0, 8.0}
    assert mine.mean == pytest.approx(14 / 3)


def test_truncation_that_leaves_nothing_is_refused() -> None:
    """A constant of 5 days is never over 6."""
    with pytest.raises(BedsimError, match="leaves nothing"):
        shape({"constant": 5.0, "truncate": {"min_days": 6.0}})


def test_an_empirical_distribution_gives_back_its_values() -> None:
    """Each value as often as it is listed: the inverse of the steps."""
    mine = shape(EMPIRICAL)
    assert mine.quantile(np.array([0.0, 0.2, 0.25, 0.74, 0.75, 0.999])).tolist() == [1.5, 1.5, 3.0, 3.0, 8.0, 8.0]
    assert mine.mean == pytest.approx(15.5 / 4)
    assert mine.cdf(np.array([1.0, 1.5, 3.0, 9.0])).tolist() == [0.0, 0.25, 0.75, 1.0]


def test_a_mixture_uses_its_uniform_twice() -> None:
    """u below 0.7 gives the first part at u/0.7, u above the second part at (u - 0.7)/0.3."""
    mine = shape(MIXTURES["mixture"])
    assert mine.quantile(np.array([0.35]))[0] == pytest.approx(-4 * math.log(0.5))
    long = shape({"lognormal": {"mean": 30.0, "cv": 0.5}})
    assert mine.quantile(np.array([0.85]))[0] == pytest.approx(long.quantile(np.array([0.5]))[0])


def test_a_part_of_weight_0_is_never_drawn() -> None:
    """A mixture may list a part that nobody takes."""
    mine = shape({"mixture": ({"weight": 0.0, "constant": 99.0}, {"weight": 1.0, "constant": 2.0})})
    assert set(mine.quantile(MIDPOINTS[::100]).tolist()) == {2.0}


def test_what_is_compiled_is_the_formula() -> None:
    """Lognormal and exponential lengths as NumPy has them, but for the last bit, to both ends of the uniforms."""
    u = np.concatenate((MIDPOINTS, [0.0, 2.0**-53, 1 - 2.0**-53]))
    rounding = {"rtol": 4e-16, "atol": 0.0}
    assert np.allclose(GammaShape(1.0, 3.7).quantile(u), -np.log1p(-u) * 3.7, **rounding)
    assert np.allclose(LognormalShape(2.0, 0.6).quantile(u), np.exp(2.0 + 0.6 * special.ndtri(u)), **rounding)
