"""Runs a scenario file as the product does, with one engine run a replication.

Why: `bedsim.run` simulates every replication three times, the second and third for the demand measures, which no exact
case asks for; here those two are left out, so that the same time buys three times as many patients.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import bedsim
from bedsim.analysis.conduct import Plan, plan_run
from bedsim.analysis.replicate import Alter
from bedsim.analysis.run import Run
from bedsim.engine.invariants import check_invariants
from bedsim.engine.simpy_engine import simulate
from bedsim.engine.stuck import refuse_stuck
from bedsim.measures.replication import ReplicationMeasures, measure
from bedsim.patients.blueprint import Blueprint
from bedsim.patients.draw import draw
from bedsim.patients.population import Patients

SCENARIOS = Path(__file__).parent / "scenarios"
SEED = 1
"""Of every run; never changed to make a test pass."""


def needs_scaled(factor: float) -> Alter:
    """Return the planted error: everybody needs their place `factor` times as long."""
    return partial(_scale_needs, factor=factor)


def _scale_needs(patients: Patients, factor: float) -> Patients:
    return patients.with_needs_scaled(factor)


def run_scenario(name: str, n_replications: int, alter: Alter | None = None, set_values: tuple[str, ...] = ()) -> Run:
    """Load `scenarios/<name>.yaml` and return its run, in this process."""
    scenario = bedsim.load(SCENARIOS / f"{name}.yaml", set_values=list(set_values))
    plan = plan_run(scenario, n_replications)
    return _run(plan, [_replicate_once(plan.blueprint, k, alter) for k in range(n_replications)])


def _replicate_once(blueprint: Blueprint, replication: int, alter: Alter | None) -> ReplicationMeasures:
    """Do what `bedsim.analysis.replicate.replicate_once` does, but for the two demand runs."""
    patients = draw(blueprint, SEED, replication)
    if alter is not None:
        patients = alter(patients)
    stays = simulate(patients, blueprint.network)
    window = (0.0, float(blueprint.scenario.time.run_length_days))
    check_invariants(patients, blueprint.network, stays, window)
    refuse_stuck(patients, blueprint.network, stays)
    return measure(blueprint, patients, stays, stays, stays, replication)


def _run(plan: Plan, measures: list[ReplicationMeasures]) -> Run:
    return Run(
        scenario=plan.scenario,
        blueprint=plan.blueprint,
        seed=SEED,
        hash=plan.hash,
        measures=tuple(measures),
        warm_up=plan.warm_up,
        overload=plan.overload,
    )
