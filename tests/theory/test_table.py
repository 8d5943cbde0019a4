"""The committed table of cases says what its own numbers say, of every case and quantity."""

from __future__ import annotations

import math

import pytest

from tests.theory.cases import cases
from tests.theory.experiments import EXPERIMENTS
from tests.theory.judge import is_noticed, passes
from tests.theory.table import Line, read

DIGITS = 1e-6
"""Relative: what the table's seven digits leave open."""
GROUP = 30
"""Replications that make one value of the half-widths of EX-REPS-01."""
BY_NAME = {(one.case, one.name, quantity): one for one in EXPERIMENTS for quantity in one.readings}


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return read()


def test_table_names_every_quantity_of_every_case(lines):
    """One line for each reading of each experiment, in order; every case of cases.yaml has one at least."""
    assert [(line.case, line.experiment, line.quantity) for line in lines] == list(BY_NAME)
    assert {line.case for line in lines} == set(cases())


def test_table_was_written_for_these_values_and_sizes(lines):
    """Expected values, tolerances and numbers of replications are those of the experiments as they are now."""
    for line in lines:
        experiment = BY_NAME[line.case, line.experiment, line.quantity]
        assert math.isclose(line.expected, experiment.expected(line.quantity), rel_tol=DIGITS)
        assert math.isclose(line.tolerance, experiment.tolerance(line.quantity), rel_tol=DIGITS)
        group = GROUP if line.quantity.startswith("ci95") else 1
        assert line.n == experiment.n_replications // group >= 30
        assert line.n_planted == experiment.n_planted // group


def test_every_verdict_follows_from_its_own_numbers(lines):
    """`pass` and `yes` are said exactly where the numbers of the line say so."""
    for line in lines:
        is_exact = BY_NAME[line.case, line.experiment, line.quantity].is_exact(line.quantity)
        is_passed = passes(line.estimate, line.expected, line.tolerance, is_exact=is_exact)
        assert (line.verdict == "pass") == is_passed, line
        assert (line.noticed == "yes") == is_noticed(line.planted_estimate, line.expected, line.tolerance), line


def test_every_quantity_passes_and_every_planted_error_is_noticed(lines):
    """The claim that the table is committed for."""
    assert all(line.verdict == "pass" for line in lines)
    noticed = {(line.case, line.experiment) for line in lines if line.noticed == "yes"}
    assert noticed >= {(one.case, one.name) for one in EXPERIMENTS if one.n_planted}
    assert {case for case, _ in noticed} == set(cases())
