"""One ward in Ciw, as its documentation writes it: a network of one node, and statistics from the records after it."""

from __future__ import annotations

import math

import ciw
import numpy as np

from benchmarks.ward import Numbers, Ward, ward_numbers


def ward_network(
    ward: Ward, gap_days: ciw.dists.Distribution, needed_days: ciw.dists.Distribution
) -> ciw.network.Network:
    return ciw.create_network(
        arrival_distributions=[gap_days], service_distributions=[needed_days], number_of_servers=[ward.beds]
    )


def run(ward: Ward, network: ciw.network.Network) -> tuple[Numbers, dict[str, np.ndarray]]:
    """Simulate and report; the records too, one element a person, NaN where it has not happened."""
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(ward.end_day)
    records = simulation.get_all_records(include_incomplete=True)
    days = [(record.arrival_date, _known(record.service_start_date), _known(record.exit_date)) for record in records]
    columns = np.array(days).T
    stays = dict(zip(("referred_day", "admitted_day", "left_day"), columns, strict=True))
    midnights = np.arange(ward.warm_up_days, ward.end_day)
    referred, admitted, left = (np.searchsorted(np.sort(column), midnights, side="right") for column in columns)
    return ward_numbers(ward, stays, admitted - left, referred - admitted), stays


def _known(day: float | None) -> float:
    return math.nan if day is None else day


def replication(ward: Ward, seed: int) -> Numbers:
    """Draw, simulate and report one replication."""
    ciw.seed(seed)
    gaps, needs = ciw.dists.Exponential(ward.referrals_per_day), ciw.dists.Lognormal(*ward.log_parameters)
    return run(ward, ward_network(ward, gaps, needs))[0]
