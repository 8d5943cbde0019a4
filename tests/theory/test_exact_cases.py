"""Every case of cases.yaml at full size, and with a planted error; all but the cheapest are long tests."""

from __future__ import annotations

import pytest

from tests.theory.cases import cases, quantities
from tests.theory.experiment import Experiment
from tests.theory.experiments import EXPERIMENTS
from tests.theory.judge import as_given, is_noticed, passes, with_planted_error

QUICK = ("mgcc-01-deterministic", "mtginf-03-exponential", "mmck-01")
"""A second or two each: these run every day."""
NOT_COMPARED = ("independent_check_se",)
"""How uncertain other expected values are: these are tolerances."""


def each(experiments: tuple[Experiment, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "experiment",
        [pytest.param(one, id=one.name, marks=[] if one.name in QUICK else pytest.mark.long) for one in experiments],
    )


@each(EXPERIMENTS)
def test_every_quantity_agrees_with_the_expected_value(experiment: Experiment):
    """Within the tolerance, twice as precise, and if it is exact not rejected by a t test at 1e-6."""
    wrong = {
        name: (estimate, experiment.expected(name), experiment.tolerance(name))
        for name, estimate in as_given(experiment).items()
        if not passes(
            estimate, experiment.expected(name), experiment.tolerance(name), is_exact=experiment.is_exact(name)
        )
    }
    assert not wrong


@each(tuple(one for one in EXPERIMENTS if one.n_planted))
def test_stays_a_little_longer_are_noticed(experiment: Experiment):
    """With stays 5% longer (or 10%) at least one quantity leaves its tolerance with its whole 95% interval."""
    estimates = with_planted_error(experiment)
    noticed = [
        name
        for name, estimate in estimates.items()
        if is_noticed(estimate, experiment.expected(name), experiment.tolerance(name))
    ]
    assert noticed, estimates


@pytest.mark.parametrize("case", cases())
def test_every_expected_number_is_compared(case: str):
    """Every number of every case is read by an experiment, and every case has one with the planted error."""
    experiments = [one for one in EXPERIMENTS if one.case == case]
    compared = {name.partition(" (")[0] for one in experiments for name in one.readings}
    assert compared == {path for path in quantities(case) if not path.startswith(NOT_COMPARED)}
    assert any(one.n_planted for one in experiments)
