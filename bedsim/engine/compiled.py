"""The compiled engine: section 6 of the model in machine code, for speed.

Why: planners need thousands of replications in seconds. It is never trusted: tests demand of it the same bits as of
the SimPy engine, which is the reference, on random networks and on every shipped scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.engine.due import EVENT
from bedsim.engine.instants import run_instants
from bedsim.engine.records import CLASS, NONE, ROW, UNASKED, collect, inputs_of
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
    net, n_rows = network.arrays, patients.n_rows
    rows, states = np.empty(n_rows, dtype=ROW), np.full(n_rows, UNASKED, dtype=np.uint8)
    outcomes = np.full(patients.n_patients, NONE, dtype=np.int64)
    run_instants(
        net._replace(units=net.units.copy(), ladders=net.ladders.copy()),
        inputs_of(patients),
        rows,
        states,
        outcomes,
        np.empty(n_rows, dtype=CLASS),
        # A row has at most two events: a timer that nobody needs any more, and its end or the cleaning of its place.
        np.empty(2 * n_rows, dtype=EVENT),
    )
    return Stays(*collect(rows, states, patients.patient, patients.stage, patients.visit), outcomes)
