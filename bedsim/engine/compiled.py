"""The compiled engine: section 6 of the model in machine code, for speed.

Why: planners need thousands of replications in seconds. It is never trusted: tests demand of it the same bits as of
the SimPy engine, which is the reference, on random networks and on every shipped scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.engine.instants import run_instants
from bedsim.engine.records import CLASS, EVENT, PERSON, ROW, ROW_INPUTS, collect, fill
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
