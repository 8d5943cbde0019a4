"""The compiled engine: section 6 of the model in machine code, for speed.

Why: planners need thousands of replications in seconds. It is never trusted: tests demand of it the same bits as of
the SimPy engine, which is the reference, on random networks and on every shipped scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.engine.alone import is_never_short, run_alone
from bedsim.engine.instants import run_instants
from bedsim.engine.records import CLASS, EVENT, NONE, PERSON, ROW, ROW_INPUTS, collect, fill
from bedsim.engine.stays import Stays

if TYPE_CHECKING:
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients


def simulate(patients: Patients, network: Network) -> Stays:
    """Return the stays of these patients in this network.

    Parameters
    ----------
    patients
        People and routes, as drawn.
    network
        Units, ladders and timetable.

    Returns
    -------
    Stays
        Every stage asked for, from the network's start to its end; bit for bit those of the SimPy engine.
    """
    return _each_alone(patients, network) if is_never_short(network) else _all_together(patients, network)


def _all_together(patients: Patients, network: Network) -> Stays:
    net = network.arrays
    n_people, n_rows = patients.n_patients, patients.n_rows
    people, rows = np.empty(n_people, dtype=PERSON), np.empty(n_rows, dtype=ROW)
    fill(people, rows, patients.referred_day, patients.first_row, *(getattr(patients, name) for name in ROW_INPUTS))
    run_instants(
        net.start_day,
        net.end_day,
        net.units.copy(),
        net.stages,
        net.ladders.copy(),
        net.rungs,
        net.rung_units,
        net.namings,
        net.leave_days,
        net.timetable,
        people,
        rows,
        np.empty(n_rows, dtype=CLASS),
        # A row has at most two events: a timer that nobody needs any more, and its end or the cleaning of its place.
        np.empty(2 * n_rows, dtype=EVENT),
    )
    return Stays(*collect(rows, patients.visit), people["outcome"].copy())


def _each_alone(patients: Patients, network: Network) -> Stays:
    net = network.arrays
    outcome = np.full(patients.n_patients, NONE, dtype=np.int64)
    who, days, where = run_alone(
        net.end_day,
        net.units,
        net.stages,
        net.ladders,
        net.rungs,
        net.rung_units,
        net.leave_days,
        patients.referred_day,
        patients.first_row,
        tuple(getattr(patients, name) for name in ROW_INPUTS if name not in ("patient", "priority")),
        outcome,
        patients.visit,
        np.empty(1, dtype=ROW),
    )
    return Stays(*who, *days, *where, outcome)
