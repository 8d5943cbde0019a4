"""The laws of every run, each broken once; those of conservation are broken in tests/engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bedsim.engine import invariants
from bedsim.engine.invariants import check_invariants
from bedsim.engine.simpy_engine import simulate
from bedsim.engine.stays import Stays
from bedsim.patients.network import Network
from bedsim.patients.population import Patients
from tests.networks import Step, build, rungs, unit

WINDOW = (0.0, 10.0)


@pytest.fixture
def run() -> tuple[Patients, Network, Stays]:
    """Two wards of one place; two people stay 2 days in the first, then 2 in the second; a third asks too late."""
    route = Step(2.0, rungs((0, 0)), next=Step(2.0, rungs((0, 1))))
    patients, network = build([unit(1, "a"), unit(1, "b")], [(0.0, route), (1.0, route), (99.0, route)], end=50.0)
    return patients, network, simulate(patients, network)


def test_a_right_run_passes_with_and_without_people(run: tuple[Patients, Network, Stays]) -> None:
    """No law is broken by it, nor by a run in which nobody is referred, nor by one in which nobody is placed."""
    check_invariants(*run, WINDOW)
    for units, people in (([unit(1)], []), ([unit(0)], [(0.0, Step(2.0, rungs((0, 0))))])):
        patients, network = build(units, people)
        check_invariants(patients, network, simulate(patients, network), WINDOW)


@pytest.mark.parametrize(
    ("column", "row", "value", "said"),
    [
        ("row", 1, 0, "order of the rows"),
        ("patient", 1, 1, "not that of its row's patient"),
        ("unit", 1, -1, "patient 0 has a unit without a place, or a place without a unit"),
        ("unit", 1, 2, "in a unit that does not exist"),
        ("admitted_day", 3, np.nan, "patient 1 has a unit without a place"),
        ("go_day", 3, 5.5, "patient 1 leaves on day 6.0, not 5.5"),
        ("requested_day", 3, 6.5, "patient 1 leaves before being admitted"),
        ("left_day", 3, np.nan, "a finished patient still holds or waits"),
        ("left_day", 3, np.inf, "patient 1 leaves on day inf"),
    ],
)
def test_a_broken_row_is_noticed(
    run: tuple[Patients, Network, Stays], column: str, row: int, value: float, said: str
) -> None:
    """One value of one row changed is named."""
    patients, network, stays = run
    values = getattr(stays, column).copy()
    values[row] = value
    with pytest.raises(AssertionError, match=said):
        check_invariants(patients, network, replace(stays, **{column: values}), WINDOW)


def test_bed_days_that_do_not_add_up_are_noticed(
    run: tuple[Patients, Network, Stays], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The integral of the census is held against the stays' overlaps with the window: here a walk that drops a day."""

    def lossy(*arguments: object) -> tuple[object, ...]:
        *found, bed_days = invariants_sweep(*arguments)
        return *found, bed_days - np.array([0.0, 1.0])

    invariants_sweep = invariants.sweep
    monkeypatch.setattr(invariants, "sweep", lossy)
    with pytest.raises(AssertionError, match=r"unit b: census integral 3\.0 but bed-days 4\.0"):
        check_invariants(*run, WINDOW)
