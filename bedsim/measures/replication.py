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

from bedsim.measures.counting import histograms_of_lines, settle_midnights
from bedsim.measures.midnights import read_runs
from bedsim.measures.statistics import cut, p_delay_if_lost, ratio, ratios, weekly_counts
from bedsim.measures.tally import ACUTE_DAYS_LOST, N_ASKED, N_SENT_AWAY, N_UNFINISHED, N_UNFINISHED_WAITS, N_WAITS
from bedsim.measures.yardstick import BOTTOMS, TOPS, yardstick_of
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.measures.statistics import Key
    from bedsim.measures.tally import Tally
    from bedsim.measures.yardstick import Yardstick
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

    Ints = NDArray[np.int64]

WEEKLY = ("midnight_census", "overflow", "demand_beds")
"""Measures of the system that are counted week by week too, for plots through time."""


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
    weekly: dict[Key, Ints]
    """Of the system's measures in `WEEKLY`, shape (n_weeks, width): how many midnights of each whole week of the
    window had 0, 1, 2, ... people. Days after the last whole week are left out; a window under a week is one week."""
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
    yardstick = yardstick_of(blueprint)
    tally, changes = read_runs(yardstick, patients, stays, demand, no_delay)
    counts, starts = settle_midnights(changes)
    keys, midnights = yardstick.midnight_keys, changes[:, :-1]
    by_key = dict(zip(keys, midnights, strict=True))
    histograms = dict(zip(keys, cut(counts, starts), strict=True))
    means = dict(zip(keys, (midnights.sum(axis=1) / yardstick.rules.n_days).tolist(), strict=True))
    return ReplicationMeasures(
        replication=replication,
        means=means | _of_groups(yardstick, tally) | _of_system(yardstick, tally, by_key),
        maxima=dict(zip(keys, (np.diff(starts) - 1.0).tolist(), strict=True)),
        histograms=histograms | _hours(yardstick, tally, stays),
        weekly={(SYSTEM, name): weekly_counts(by_key[SYSTEM, name]) for name in WEEKLY},
        referrals=tally.referrals,
        admissions=tally.admissions,
        outcomes=tally.outcomes,
        n_unfinished=int(tally.totals[N_UNFINISHED]),
        first_places=tally.first_places,
    )


def _of_groups(yardstick: Yardstick, tally: Tally) -> dict[Key, float]:
    """Return the means of every group that are one sum over another."""
    sums = np.hstack((tally.sums, yardstick.open_and_days))
    values = ratios(sums[:, TOPS], sums[:, BOTTOMS])[yardstick.has_ratio]
    return dict(zip(yardstick.ratio_keys, values.tolist(), strict=True))


def _of_system(yardstick: Yardstick, tally: Tally, midnights: dict[Key, Ints]) -> dict[Key, float]:
    """Return the means that are given of the system alone."""
    n_days = yardstick.rules.n_days
    found = {
        "overflow_days_fraction": ratio(int((midnights[SYSTEM, "overflow"] > 0).sum()), n_days),
        "unfinished_waits": float(tally.totals[N_UNFINISHED_WAITS]),
        "acute_bed_days_lost_per_day": ratio(tally.totals[ACUTE_DAYS_LOST], n_days),
        "referrals_per_day": ratio(int(tally.referrals.sum()), n_days),
        "out_of_area_fraction": ratio(tally.totals[N_SENT_AWAY], tally.totals[N_ASKED]),
    }
    if yardstick.has_planned_limit:
        demand_beds = midnights[SYSTEM, "demand_beds"]
        above = int((demand_beds > yardstick.planned_at_midnight).sum())
        found["p_delay_if_lost"] = p_delay_if_lost(np.bincount(demand_beds), int(yardstick.planned_at_end))
        found["demand_above_beds_fraction"] = ratio(above, n_days)
    return {(SYSTEM, name): value for name, value in found.items()}


def _hours(yardstick: Yardstick, tally: Tally, stays: Stays) -> dict[Key, Ints]:
    """Return how many waits and delays lasted so many hours."""
    found: dict[Key, Ints] = {}
    for name, hours in (("wait_days", tally.wait_hours), ("delay_days", tally.delay_hours)):
        counts, starts = histograms_of_lines(hours, stays.unit, yardstick.rules.lines, len(yardstick.groups))
        found |= {(group, name): one for group, one in zip(yardstick.groups, cut(counts, starts), strict=True)}
    n_requests = int(tally.sums[-1, N_WAITS])
    found[SYSTEM, "wait_days"] = np.bincount(tally.request_hours[:n_requests])
    return found
