"""The committed table of exact cases says what its own numbers say, of every case and quantity."""

from __future__ import annotations

import math

import pytest

from tests.theory.cases import cases
from tests.theory.experiments import EXPERIMENTS
from tests.theory.judge import is_noticed, passes
from tests.theory.table import Line, read

DIGITS = 1e-6
"""Relative: what the table's seven digits leave open."""


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return read()


def test_table_names_every_quantity_of_every_case(lines):
    """One line for each reading of each experiment, in order; every case of cases.yaml has one at least."""
    named = [(line.case, line.scenario, line.quantity) for line in lines]
    assert named == [(one.case, one.scenario, name) for one in EXPERIMENTS for name in one.readings]
    assert {line.case for line in lines} == set(cases())


def test_table_was_written_for_these_values_and_sizes(lines):
    """Expected values, tolerances and numbers of replications are those of the experiments as they are now."""
    by_scenario = {one.scenario: one for one in EXPERIMENTS}
    for line in lines:
        experiment = by_scenario[line.scenario]
        assert math.isclose(line.expected, experiment.expected(line.quantity), rel_tol=DIGITS)
        assert math.isclose(line.tolerance, experiment.tolerance(line.quantity), rel_tol=DIGITS)
        assert line.n == experiment.n_replications >= 30
        assert line.n_planted == experiment.n_planted


def test_every_verdict_follows_from_its_own_numbers(lines):
    """`pass` and `yes` are said exactly where the numbers of the line say so."""
    for line in lines:
        assert (line.verdict == "pass") == passes(line.estimate, line.expected, line.tolerance), line
        assert (line.noticed == "yes") == is_noticed(line.planted_estimate, line.expected, line.tolerance), line


def test_every_quantity_passes_and_every_scenario_notices_the_planted_error(lines):
    """The claim that the table is committed for."""
    assert all(line.verdict == "pass" for line in lines)
    for experiment in EXPERIMENTS:
        assert any(line.noticed == "yes" for line in lines if line.scenario == experiment.scenario)
