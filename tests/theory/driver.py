"""Runs a scenario file replication by replication: drawn and simulated as bedsim does, read by these tests.

Why: `bedsim.run` simulates every replication three times and measures all there is to measure; here each patient is
simulated once and only what a case asks for is read, so that the same time buys many times as many patients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import bedsim
from bedsim.engine.compiled import simulate
from bedsim.engine.invariants import check_invariants
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.draw import draw
from bedsim.patients.population import Patients
from tests.theory.observed import Observed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tests.theory.estimates import Estimate, Readable

Alter = Callable[[Patients], Patients]
SCENARIOS = Path(__file__).parent / "scenarios"
SEED = 1
"""Of every run; never changed to make a test pass."""


def needs_scaled(factor: float) -> Alter:
    """Return the planted error: everybody needs their place `factor` times as long."""
    return lambda patients: patients.with_needs_scaled(factor)


def blueprint_of(name: str, set_values: Sequence[str] = ()) -> Blueprint:
    """Load `scenarios/<name>.yaml`, whose warm-up is stated, and prepare it."""
    scenario = bedsim.load(SCENARIOS / f"{name}.yaml", set_values=list(set_values))
    return prepare(scenario, int(scenario.time.warm_up_days))


def observe(
    name: str, n_replications: int, alter: Alter | None = None, set_values: Sequence[str] = ()
) -> Iterator[Observed]:
    """Yield the replications of a scenario, one after the other; the first is checked for the laws of conservation."""
    blueprint = blueprint_of(name, set_values)
    for replication in range(n_replications):
        patients = draw(blueprint, SEED, replication)
        if alter is not None:
            patients = alter(patients)
        observed = Observed(blueprint, patients, simulate(patients, blueprint.network))
        if replication == 0:
            check_invariants(patients, blueprint.network, observed.stays, (0.0, observed.days))
        yield observed


def estimates(replications: Iterator[Observed], readings: Mapping[str, Readable]) -> dict[str, Estimate]:
    """Return the estimate of every reading from the same replications."""
    sums: dict[str, list[NDArray[np.float64]]] = {name: [] for name in readings}
    for observed in replications:
        for name, reading in readings.items():
            sums[name].append(np.asarray(reading.sums(observed), dtype=np.float64))
    return {name: reading.estimate(np.array(sums[name])) for name, reading in readings.items()}
