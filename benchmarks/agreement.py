"""Do the other programs simulate the same thing? Each is given bedsim's own people and must give them the same stays.

Why: a comparison with a wrong model is worth nothing, and no statistics are needed to notice one. Days differ by
rounding only, because SimPy and Ciw add up waiting times where bedsim sets instants; those of the C program have the
same bits.
"""

from __future__ import annotations

import ciw
import numpy as np
from numpy.typing import NDArray

from bedsim.engine.stays import Stays
from bedsim.patients.blueprint import Blueprint
from bedsim.patients.network import locality_names, stage_names
from bedsim.patients.population import NONE, Patients
from benchmarks.one_ward_c import OneWard
from benchmarks.one_ward_ciw import run, ward_network
from benchmarks.one_ward_simpy import WardModel
from benchmarks.option_1_people import Person, Visit
from benchmarks.option_1_simpy import NetworkModel
from benchmarks.ward import Numbers, Ward

TOLERANCE_DAYS = 1e-6

Floats = NDArray[np.float64]


def days_of(stays: Stays) -> list[Floats]:
    """Return the columns that every program must get right."""
    return [stays.requested_day, stays.admitted_day, stays.left_day]


def same_days(ours: list[Floats], theirs: list[Floats]) -> bool:
    """Say whether the same has happened to the same people at the same time."""
    return all(
        len(a) == len(b) and np.allclose(a, b, rtol=0.0, atol=TOLERANCE_DAYS, equal_nan=True)
        for a, b in zip(ours, theirs, strict=True)
    )


def ward_people(ward: Ward, patients: Patients) -> tuple[list[float], list[float]]:
    """Return each person's gap after the one before, in days since the empty start, and length of stay."""
    gaps = np.diff(patients.referred_day + ward.warm_up_days, prepend=0.0)
    return gaps.tolist(), patients.needed_days.tolist()


def ward_in_simpy(ward: Ward, patients: Patients) -> tuple[list[Floats], Numbers]:
    """Return the days of bedsim's people on the SimPy ward, and what it reports."""
    model = WardModel(ward, zip(*ward_people(ward, patients), strict=True))
    numbers = model.run()
    days = [(stay.referred_day, stay.admitted_day, stay.left_day) for stay in model.stays]
    return list(np.array(days).T - ward.warm_up_days), numbers


def ward_in_ciw(ward: Ward, patients: Patients) -> tuple[list[Floats], Numbers]:
    """Return the days of bedsim's people on the Ciw ward, and what it reports."""
    gaps, needs = ward_people(ward, patients)
    sequence = ciw.dists.Sequential
    # a sequence begins again when it is over: the next person comes after the end
    numbers, stays = run(ward, ward_network(ward, sequence([*gaps, float(ward.end_day)]), sequence([*needs, 1.0])))
    order = np.argsort(stays["referred_day"])
    return [column[order] - ward.warm_up_days for column in stays.values()], numbers


def ward_in_c(ward: Ward, patients: Patients, one_ward: OneWard) -> list[Floats]:
    """Return the days of bedsim's people on the ward in C."""
    end_day = float(ward.observed_days)
    return [patients.referred_day, *one_ward(patients, ward.beds, end_day)]


def network_in_simpy(blueprint: Blueprint, patients: Patients) -> tuple[list[Floats], list[str], Numbers]:
    """Return the days and units of bedsim's people in the SimPy network, as they asked, and what it reports."""
    scenario = blueprint.scenario
    stages, localities = stage_names(scenario), locality_names(scenario)

    def person(i: int) -> Person:
        route, row = [], int(patients.first_row[i])
        while row != NONE:
            _, stage = stages[patients.stage[row]]
            lengths = float(patients.needed_days[row]), float(patients.transfer_days[row])
            route.append(Visit(stage, *lengths, blueprint.branches[patients.branch[row]]))
            row = int(patients.next_row[row])
        locality = localities[patients.locality[i]]
        assert locality is not None
        return Person(locality, route)

    people = ((day, person(i)) for i, day in enumerate(patients.referred_day.tolist()))
    model = NetworkModel(scenario, -blueprint.warm_up_days, people)
    numbers = model.run(int(blueprint.network.end_day))
    days = [(stay.requested_day, stay.admitted_day, stay.left_day) for stay in model.stays]
    return list(np.array(days).T), [stay.unit for stay in model.stays], numbers
