"""The experiments of the table of bed numbers: is a share within its target with so many beds, and not with fewer?

Why: each ward is run at the number of beds that the table names and at one fewer. How many patients that takes depends
on how near the share is to the target, from 1e4 to 4e8; it is found from the variance that theory gives to shares of
time, so that the target is 5 standard errors away, or 3.8 where that would take minutes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from tests.theory.cases import expected
from tests.theory.census import people_often
from tests.theory.estimates import LeastBeds, Percentile, Readable
from tests.theory.experiment import Experiment
from tests.theory.readings import occupied_fraction, outcome_fraction, p_wait, with_controls

CASE = "EX-DIM-01"
STAY = "on_ward"
AWAY, AWAY_WITH_CONTROLS = 5.0, 3.8
"""Standard errors between a share and its target."""
LEAST_PATIENTS, MOST_OF_ONE, LEAST_REPLICATIONS = 400_000.0, 100_000.0, 40
MOST_WITHOUT_CONTROLS = 1.8e7
"""Patients beyond which a share is read with controls: less what chance in the load has made of it."""
LOAD_PLANTED = 20
WAITING_ROOM = 400
"""Where the waiting list of the theory ends."""


def share_and_variance(load: float, beds: float, n_states: int, above: int) -> tuple[float, float]:
    """Return the share of patients who find more than `above` people, and its variance times the number of patients.

    Of a birth-death chain with stays of a day on average: the variance of the share of time, times that time, is
    2 sum F(j)^2 / (load p(j)), where F(j) is the sum up to j of p x (is it above, less the share); Whitt (1992),
    Management Science 38(5), 708-723. That so many patients come just then is chance again, of variance `share`.
    """
    people = np.arange(n_states)
    log_p = np.concatenate(([0.0], np.cumsum(np.log(load / np.minimum(people[1:], beds)))))
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    share = float(p[people > above].sum())
    part = p * ((people > above) - share)
    # Summed from the nearer end: what is far in the tail is below the rounding of the middle.
    from_below, from_above = np.cumsum(part), np.cumsum(part[::-1])[::-1] - part
    summed = np.where(people <= above, from_below, -from_above)[:-1]
    return share, share + float(2 * (summed**2 / np.maximum(p[:-1], 1e-300)).sum())


def variance_left(load: float, beds: int, n_states: int) -> float:
    """Return the variance of the share who find a ward full, times patients, less that of the load.

    The offered load of n patients has the variance 2 load^2 / n: their number and their stays.
    """
    step = 1e-4 * load
    low, high = (share_and_variance(load + part, beds, n_states, beds - 1)[0] for part in (-step, step))
    return share_and_variance(load, beds, n_states, beds - 1)[1] - 2 * (load * (high - low) / (2 * step)) ** 2


@dataclass
class Ward:
    """What is read of a ward of one size, and how many patients that takes."""

    readings: dict[str, Readable] = field(default_factory=dict)
    n_patients: float = LEAST_PATIENTS

    def add(self, path: str, reading: Readable, n_patients: float = 0.0) -> None:
        """Add a reading that needs so many patients."""
        self.readings[path] = reading
        self.n_patients = max(self.n_patients, n_patients)

    def experiment(self, scenario: str, load: int, *set_values: str) -> Experiment:
        """Return the experiment; the longest replications have 1e5 patients in the window."""
        n = max(LEAST_REPLICATIONS, math.ceil(self.n_patients / MOST_OF_ONE))
        values = (
            f"streams.referred.referrals.per_day={load}",
            f"time.run_length_days={math.ceil(self.n_patients / n / load)}",
            *set_values,
        )
        # The wards of one load notice the planted error, but for those too full already; the others would repeat it.
        may_notice = load == LOAD_PLANTED and not all(path.endswith("(one fewer)") for path in self.readings)
        n_planted = LEAST_REPLICATIONS if may_notice else 0
        return Experiment(scenario, CASE, n, self.readings, n_planted, set_values=values)


def _sized(kind: str) -> list[Experiment]:
    """Return the experiments of wards that lose (`loss`) or delay (`wait`) whom they cannot take."""
    wards: dict[tuple[int, int], Ward] = defaultdict(Ward)
    for load, row in expected(CASE, f"{kind}_min_beds").items():
        for target, least in row.items():
            for beds, what in ((least, "enough"), (least - 1, "one fewer")):
                n_states = beds + (1 if kind == "loss" else WAITING_ROOM)
                share, variance = share_and_variance(load, beds, n_states, beds - 1)
                gap = abs(share - float(target))
                n_patients = variance * (AWAY / gap) ** 2
                reading = outcome_fraction("lost", "referred") if kind == "loss" else p_wait(STAY)
                if n_patients > MOST_WITHOUT_CONTROLS:
                    reading = with_controls(reading, STAY, float(load), 1.0)
                    n_patients = variance_left(load, beds, n_states) * (AWAY_WITH_CONTROLS / gap) ** 2
                path = f"{kind}_min_beds/{load}/{target} ({what})"
                wards[load, beds].add(path, LeastBeds(reading, beds, float(target)), n_patients)
            if kind == "loss":
                wards[load, least].add(f"loss_occupancy_rate_at_min_beds/{load}/{target}", occupied_fraction("ward"))
    if kind == "loss":
        for load, share in expected(CASE, "blocking_when_sized_at_85pct_average").items():
            beds = math.ceil(load / 0.85)
            _, variance = share_and_variance(load, beds, beds + 1, beds - 1)
            half_width = share * (0.025 if share < 0.05 else 0.01) * 0.85
            path = f"blocking_when_sized_at_85pct_average/{load}"
            wards[load, beds].add(path, outcome_fraction("lost", "referred"), variance * (1.96 / half_width) ** 2)
    return [
        ward.experiment(f"dim-01-{kind}", load, f"units.ward.beds={beds}")
        for (load, beds), ward in sorted(wards.items())
    ]


def _unlimited() -> list[Experiment]:
    experiments = []
    for load, people in expected(CASE, "poisson_95th_percentile_demand").items():
        ward = Ward()
        ward.add(f"poisson_95th_percentile_demand/{load}", Percentile(people_often("ward"), 0.95))
        for above in (people - 1, people):
            share, variance = share_and_variance(load, math.inf, 3 * load + 30, above)
            # Stays of one length, as they are here, are forgotten about twice as fast as the theory's.
            ward.n_patients = max(ward.n_patients, 0.6 * variance * (AWAY_WITH_CONTROLS / (share - 0.05)) ** 2)
        experiments.append(ward.experiment("dim-01-unlimited", load))
    return experiments


SIZES = (*_sized("loss"), *_sized("wait"), *_unlimited())
