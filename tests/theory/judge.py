"""Comparing simulated with exact values: what passes, and what a planted error must do.

Why: one rule, used by the tests and by the check of the committed table. A value passes if it is within its tolerance,
no further from the exact value than a t test at 1e-6 over the number of comparisons allows, and precise enough: its
95% half-width is no wider than the tolerance. A planted error is noticed if the whole 95% interval is outside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from tests.theory.driver import needs_scaled, run_scenario
from tests.theory.experiments import N_COMPARISONS, Experiment

CHANCE_OF_FALSE_ALARM = 1e-6
"""Over all comparisons together."""


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with the half-width of its 95% interval."""

    mean: float
    half_width: float
    n: int

    @staticmethod
    def of(values: np.ndarray) -> Estimate:
        """Return the estimate from one value a replication."""
        n = len(values)
        half_width = special.stdtrit(n - 1, 0.975) * values.std(ddof=1) / np.sqrt(n)
        return Estimate(float(values.mean()), float(half_width), n)


def passes(estimate: Estimate, exact: float, tolerance: float, n_comparisons: int = N_COMPARISONS) -> bool:
    """Say whether a simulated value agrees with the exact one."""
    n, error = estimate.n, abs(estimate.mean - exact)
    standard_error = estimate.half_width / special.stdtrit(n - 1, 0.975)
    most = special.stdtrit(n - 1, 1 - CHANCE_OF_FALSE_ALARM / n_comparisons / 2)
    is_precise = estimate.half_width <= tolerance
    return bool(is_precise and error <= tolerance and error <= most * standard_error)


def is_noticed(estimate: Estimate, exact: float, tolerance: float) -> bool:
    """Say whether the whole interval is outside the tolerance."""
    return abs(estimate.mean - exact) - estimate.half_width > tolerance


def as_given(experiment: Experiment) -> dict[str, Estimate]:
    """Run an experiment and return its quantities."""
    run = run_scenario(experiment.scenario, experiment.n_replications)
    return {name: Estimate.of(read(run)) for name, read in experiment.readings.items()}


def with_planted_error(experiment: Experiment) -> dict[str, Estimate]:
    """Run an experiment with everybody's stay too long and return its quantities."""
    run = run_scenario(experiment.scenario, experiment.n_planted, needs_scaled(experiment.factor))
    return {name: Estimate.of(read(run)) for name, read in experiment.readings.items()}
