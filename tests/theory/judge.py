"""Comparing simulated with expected values: what passes, and what a planted error must do.

Why: one rule, used by the tests and by the check of the committed table. A value passes if it is within its tolerance
and precise enough: its 95% half-width is at most half the tolerance. If the expected value is exact, a t test at 1e-6
over the number of comparisons must not reject it either. A planted error is noticed if the whole 95% interval is
outside the tolerance.
"""

from __future__ import annotations

from scipy import special

from tests.theory.driver import estimates, needs_scaled, observe
from tests.theory.estimates import Estimate, student
from tests.theory.experiment import Experiment
from tests.theory.experiments import N_COMPARISONS

CHANCE_OF_FALSE_ALARM = 1e-6
"""Over all comparisons together."""


def passes(estimate: Estimate, expected: float, tolerance: float, *, is_exact: bool) -> bool:
    """Say whether a simulated value agrees with the expected one."""
    error = abs(estimate.mean - expected)
    most = special.stdtrit(estimate.n - 1, 1 - CHANCE_OF_FALSE_ALARM / N_COMPARISONS / 2)
    is_likely = error <= most * estimate.half_width / student(estimate.n)
    return bool(error <= tolerance and estimate.half_width <= tolerance / 2 and (is_likely or not is_exact))


def is_noticed(estimate: Estimate, expected: float, tolerance: float) -> bool:
    """Say whether the whole interval is outside the tolerance."""
    return abs(estimate.mean - expected) - estimate.half_width > tolerance


def as_given(experiment: Experiment) -> dict[str, Estimate]:
    """Run an experiment and return its quantities."""
    replications = observe(experiment.scenario, experiment.n_replications, set_values=experiment.set_values)
    return estimates(replications, experiment.readings)


def with_planted_error(experiment: Experiment) -> dict[str, Estimate]:
    """Run an experiment with everybody's stay too long and return its quantities."""
    longer = needs_scaled(experiment.factor)
    replications = observe(experiment.scenario, experiment.n_planted, longer, experiment.set_values)
    return estimates(replications, experiment.readings)
