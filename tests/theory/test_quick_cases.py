"""Three cases small enough for every day: half-widths are wider, and so is the planted error they must notice."""

from __future__ import annotations

import pytest

from tests.theory.driver import needs_scaled, run_scenario
from tests.theory.experiments import EXPERIMENTS, Experiment
from tests.theory.judge import Estimate, is_noticed, passes

N_REPLICATIONS = 20
TOLERANCE = 0.10
"""Relative; half of the planted error, and no half-width may be wider."""
FACTOR = 1.20

SHORTER = {"mgcc-01-exponential": ("time.run_length_days=6000",), "tandem-01": ("time.run_length_days=6000",)}
NAMES = {
    "mgcc-01-exponential": ("p_blocked", "mean_occupied"),
    "tandem-01": ("p_lost", "mean_acute_occupied", "mean_rehab_occupied", "p_rehab_full"),
    "mtginf-03-exponential": ("mean_midnight_census_exponential.Fri", "mean_midnight_census_exponential.Sun"),
    "mtginf-03-deterministic": (
        "mean_midnight_census_deterministic.Tue",
        "mean_midnight_census_deterministic.Sun",
    ),
}
each_experiment = pytest.mark.parametrize(
    "experiment", [one for one in EXPERIMENTS if one.scenario in NAMES], ids=lambda one: one.scenario
)


@each_experiment
def test_simulation_agrees_with_theory(experiment: Experiment):
    """Within half of the error that is planted below, and as precise."""
    run = run_scenario(experiment.scenario, N_REPLICATIONS, None, SHORTER.get(experiment.scenario, ()))
    for name in NAMES[experiment.scenario]:
        exact, estimate = experiment.expected(name), Estimate.of(experiment.readings[name](run))
        assert passes(estimate, exact, TOLERANCE * exact), (name, exact, estimate)


@each_experiment
def test_stays_much_longer_are_noticed(experiment: Experiment):
    """With stays 20% longer at least one quantity leaves the tolerance with its whole 95% interval."""
    longer = needs_scaled(FACTOR)
    run = run_scenario(experiment.scenario, N_REPLICATIONS, longer, SHORTER.get(experiment.scenario, ()))
    noticed = [
        is_noticed(Estimate.of(experiment.readings[name](run)), exact, TOLERANCE * exact)
        for name in NAMES[experiment.scenario]
        for exact in (experiment.expected(name),)
    ]
    assert any(noticed)
