"""The parts of a replication on the fast path, each as work that can be timed alone: draw, simulate, measure."""

from __future__ import annotations

from dataclasses import dataclass

from bedsim.engine.compiled import simulate
from bedsim.engine.stays import Stays
from bedsim.measures.demand import demand_of
from bedsim.measures.replication import measure
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.blueprint import Blueprint
from bedsim.patients.draw import draw
from bedsim.patients.population import Patients
from benchmarks.timing import Work

SEED = 1
DRAW, SIMULATE, MEASURE, WHOLE, DEMAND = "draw", "simulate", "measure", "whole", "demand runs"


@dataclass(frozen=True)
class Case:
    """One replication's people and what became of them."""

    patients: Patients
    stays: Stays


def cases(blueprint: Blueprint, n: int) -> list[Case]:
    """Return the first replications: work takes turns with them, so that no figure hangs on one replication."""
    drawn = [draw(blueprint, SEED, i) for i in range(n)]
    return [Case(patients, simulate(patients, blueprint.network)) for patients in drawn]


def pieces(blueprint: Blueprint, known: list[Case]) -> dict[str, Work]:
    """Return the parts of a replication with one simulation, and the two further simulations of the demand.

    Measuring counts the demand too: here from the same stays, which takes as long.
    """
    network = blueprint.network
    unlimited, without_limits = network.with_unlimited(network.planned_units), network.without_limits()

    def case(i: int) -> Case:
        return known[i % len(known)]

    def measured(i: int, patients: Patients, stays: Stays) -> object:
        return measure(blueprint, patients, stays, demand_of(yardstick_of(blueprint), patients, stays, stays), i)

    def whole(i: int) -> object:
        patients = draw(blueprint, SEED, i)
        return measured(i, patients, simulate(patients, network))

    def demand(i: int) -> object:
        patients = case(i).patients
        return simulate(patients, unlimited), simulate(patients.without_transfer(), without_limits)

    return {
        DRAW: lambda i: draw(blueprint, SEED, i),
        SIMULATE: lambda i: simulate(case(i).patients, network),
        MEASURE: lambda i: measured(i, case(i).patients, case(i).stays),
        WHOLE: whole,
        DEMAND: demand,
    }
