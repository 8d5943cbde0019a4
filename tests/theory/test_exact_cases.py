"""Every exact case at full size, and with a planted error: long tests."""

from __future__ import annotations

import pytest

from tests.theory.experiments import EXPERIMENTS, Experiment
from tests.theory.judge import as_given, is_noticed, passes, with_planted_error

pytestmark = pytest.mark.long
each_experiment = pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.scenario)


@each_experiment
def test_every_quantity_agrees_with_the_exact_value(experiment: Experiment):
    """Within the tolerance, as precise as the tolerance, and not rejected by a t test at 1e-6."""
    wrong = {
        name: (estimate, experiment.expected(name), experiment.tolerance(name))
        for name, estimate in as_given(experiment).items()
        if not passes(estimate, experiment.expected(name), experiment.tolerance(name))
    }
    assert not wrong


@each_experiment
def test_stays_a_little_longer_are_noticed(experiment: Experiment):
    """With stays 5% longer at least one quantity leaves its tolerance with its whole 95% interval."""
    estimates = with_planted_error(experiment)
    noticed = [
        name
        for name, estimate in estimates.items()
        if is_noticed(estimate, experiment.expected(name), experiment.tolerance(name))
    ]
    assert noticed, estimates
