"""The ward that every program of the bench simulates, and the numbers each of them must report of it.

Why: a comparison is fair only if all do the same work. So the sizes are written once, and so is what is reported:
means and percentiles of the midnight census, waits and lengths of stay, the main part of what bedsim itself reports
of a ward.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.scenario.schema import Scenario

Numbers = dict[str, float]
PERCENTILES = (5, 25, 50, 75, 80, 85, 90, 95, 98, 99)


@dataclass(frozen=True)
class Ward:
    """One ward with an unlimited waiting list, first come first served; lengths of stay are lognormal."""

    beds: int = 132
    referrals_per_day: float = 6.0
    mean_days: float = 21.0
    sd_days: float = 18.0
    warm_up_days: int = 365
    observed_days: int = 1826

    @property
    def end_day(self) -> int:
        """Days from the empty start to the end."""
        return self.warm_up_days + self.observed_days

    @property
    def log_parameters(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm of a stay."""
        variance = math.log1p((self.sd_days / self.mean_days) ** 2)
        return math.log(self.mean_days) - variance / 2, math.sqrt(variance)

    def blueprint(self) -> Blueprint:
        """Return the same ward as bedsim reads it."""
        tree = {
            "title": "One ward",
            "status": "worked_example",
            "time": {
                "start": date(2026, 4, 1),
                "run_length_days": self.observed_days,
                "warm_up_days": self.warm_up_days,
                "cool_down_days": 0,
            },
            "units": {"ward": {"kind": "community_hospital", "places": self.beds}},
            "pathways": {
                "rehabilitation": {
                    "on_ward": {
                        "needed_days": {"lognormal": {"mean": self.mean_days, "sd": self.sd_days}},
                        "ladder": ({"units": "ward"},),
                    }
                }
            },
            "streams": {"referred": {"pathway": "rehabilitation", "referrals": {"per_day": self.referrals_per_day}}},
        }
        return prepare(Scenario.model_validate(tree), self.warm_up_days)


def described(name: str, values: NDArray[np.float64] | list[float]) -> Numbers:
    """Return the mean and the percentiles of some values."""
    numbers = {f"{name} mean": float(np.mean(values))}
    numbers |= {f"{name} p{q}": float(x) for q, x in zip(PERCENTILES, np.percentile(values, PERCENTILES), strict=True)}
    return numbers


def ward_numbers(
    ward: Ward, stays: Mapping[str, NDArray[np.float64]], census: list[int], waiting: list[int]
) -> Numbers:
    """Return what is reported of the ward.

    `stays` has one element a person referred, in days since the empty start: referred_day, admitted_day and left_day,
    NaN where it has not happened. `census` and `waiting` are the people at each midnight observed.
    """
    referred_day, admitted_day, left_day = stays["referred_day"], stays["admitted_day"], stays["left_day"]
    observed = referred_day >= ward.warm_up_days
    wait_days = np.fmin(admitted_day, ward.end_day)[observed] - referred_day[observed]
    los_days = (left_day - admitted_day)[observed & ~np.isnan(left_day)]
    occupied = np.fmin(left_day, ward.end_day) - np.maximum(admitted_day, ward.warm_up_days)
    bed_days = float(occupied[occupied > 0].sum())  # NaN, not admitted, is not above 0
    return {
        **described("midnight_census", census),
        **described("waiting", waiting),
        **described("wait_days", wait_days),
        **described("los_days", los_days),
        "p_wait": float((wait_days > 0).mean()),
        "occupancy_fraction": bed_days / (ward.beds * ward.observed_days),
        "overflow_days_fraction": float((np.array(waiting) > 0).mean()),
        "referrals_per_day": float(observed.sum()) / ward.observed_days,
        "admissions_per_day": float((admitted_day >= ward.warm_up_days).sum()) / ward.observed_days,
        "discharges_per_day": float((left_day >= ward.warm_up_days).sum()) / ward.observed_days,
    }
