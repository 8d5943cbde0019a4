"""One replication's numbers: the shared reducer of both engines.

Why: every statistic of every engine is computed here and nowhere else, from the stays alone, so the same
stays give the same bits. Warm-up and cool-down are filters: measures of people take those referred in the
window `[0, run_length_days)`, measures of beds take the time in it. Intervals are not made here: they come
from replications.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.census import measure_beds, measure_demand
from bedsim.measures.definitions import MEASURES, Measure
from bedsim.measures.delay import measure_delay
from bedsim.measures.flow import count_flow, measure_flow
from bedsim.measures.groups import SYSTEM, groups_of
from bedsim.measures.rows import read_rows
from bedsim.measures.statistics import PERCENTILES, p_delay_if_lost, percentile
from bedsim.measures.waiting import measure_waiting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.statistics import Key
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

    Ints = NDArray[np.int64]

KEPT_DAILY = ("midnight_census", "overflow", "demand_beds")
"""Measures whose value at each midnight is kept, for plots through time."""


@dataclass(frozen=True)
class ReplicationMeasures:
    """What one replication says; keys are (unit, measure), unit being a unit's name, a kind or `system`.

    Which keys there are depends on the scenario alone, so replications merge key by key.
    """

    replication: int
    means: dict[Key, float]
    """NaN if nothing was observed."""
    maxima: dict[Key, float]
    """Of daily measures, the window's maximum."""
    histograms: dict[Key, Ints]
    """How many midnights had 0, 1, 2, ... people; of waits and delays, how many lasted so many hours."""
    daily: dict[Key, NDArray[np.int32]]
    """The value at each midnight of the window, of the measures in `KEPT_DAILY`."""
    referrals: Ints
    """(n_streams,) people referred in the window."""
    admissions: Ints
    """(n_streams, n_units) admissions in the window, stays put excluded."""
    outcomes: Ints
    """(n_streams, n_outcomes) outcomes, by the end of the run, of people referred in the window."""
    n_unfinished: int
    """People referred in the window with no outcome at the end of the run."""
    first_places: Ints
    """(n_streams, n_units) units of the first admission of people referred in the window."""


def measure(
    blueprint: Blueprint, patients: Patients, stays: Stays, demand: Stays, no_delay: Stays, replication: int
) -> ReplicationMeasures:
    """Return the numbers of one replication.

    Parameters
    ----------
    blueprint
        What all replications share; its network is the one `stays` ran in.
    patients
        The people of all three runs; transfer delays are taken from the stays, not from here.
    stays
        The run as the scenario gives it.
    demand
        The same people with the planned units unlimited.
    no_delay
        The same people with every unit unlimited and no transfer delay.
    replication
        Its number, from 0.

    Returns
    -------
    ReplicationMeasures
        Means, maxima, histograms and counts.
    """
    network, n_days = blueprint.network, blueprint.scenario.time.run_length_days
    groups = groups_of(network, n_days)
    rows = read_rows(blueprint, patients, stays)
    counts = count_flow(blueprint, patients, stays, rows)
    parts = (
        measure_beds(rows, groups, network),
        measure_demand(blueprint, patients, demand, no_delay, groups[-1]),
        measure_waiting(blueprint, rows, groups),
        measure_delay(rows, groups, len(network.units)),
        measure_flow(rows, groups, network, counts),
    )
    means: dict[Key, float] = {}
    maxima: dict[Key, float] = {}
    histograms: dict[Key, Ints] = {}
    daily: dict[Key, NDArray[np.int32]] = {}
    for part in parts:
        means |= part.means
        histograms |= part.histograms
        for key, values in part.daily.items():
            means[key] = int(values.sum()) / n_days
            maxima[key] = float(values.max())
            histograms[key] = np.bincount(values)
            if key[1] in KEPT_DAILY:
                daily[key] = values.astype(np.int32)
    return ReplicationMeasures(
        replication=replication,
        means=means,
        maxima=maxima,
        histograms=histograms,
        daily=daily,
        referrals=counts.referrals,
        admissions=counts.admissions,
        outcomes=counts.outcomes,
        n_unfinished=counts.n_unfinished,
        first_places=counts.first_places,
    )


__all__ = [
    "MEASURES",
    "PERCENTILES",
    "SYSTEM",
    "Measure",
    "ReplicationMeasures",
    "measure",
    "p_delay_if_lost",
    "percentile",
]
