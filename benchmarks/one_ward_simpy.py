"""One ward in SimPy, as a good tutorial writes it: a process a patient, a `Resource` of beds, a process that audits.

This is what bedsim's speed is compared with, so nothing in it is slower than it need be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import simpy

from benchmarks.ward import Numbers, Ward, ward_numbers

Process = Iterator[simpy.Event]


@dataclass(slots=True)
class Stay:
    referred_day: float
    admitted_day: float = math.nan
    left_day: float = math.nan


def draw_people(ward: Ward, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    """Yield the gap before each referral and the person's length of stay, for ever."""
    mean_gap_days = 1 / ward.referrals_per_day
    mu, sigma = ward.log_parameters
    while True:
        yield rng.exponential(mean_gap_days), rng.lognormal(mu, sigma)


class WardModel:
    def __init__(self, ward: Ward, people: Iterable[tuple[float, float]]) -> None:
        self.ward = ward
        self.people = people
        self.env = simpy.Environment()
        self.beds = simpy.Resource(self.env, capacity=ward.beds)
        self.stays: list[Stay] = []
        self.census: list[int] = []
        self.waiting: list[int] = []

    def referrals(self) -> Process:
        for gap_days, needed_days in self.people:
            yield self.env.timeout(gap_days)
            self.env.process(self.patient(needed_days))

    def patient(self, needed_days: float) -> Process:
        stay = Stay(self.env.now)
        self.stays.append(stay)
        with self.beds.request() as bed:
            yield bed
            stay.admitted_day = self.env.now
            yield self.env.timeout(needed_days)
            stay.left_day = self.env.now

    def audit(self) -> Process:
        yield self.env.timeout(self.ward.warm_up_days)
        while True:
            self.census.append(self.beds.count)
            self.waiting.append(len(self.beds.queue))
            yield self.env.timeout(1)

    def run(self) -> Numbers:
        self.env.process(self.referrals())
        self.env.process(self.audit())
        self.env.run(until=self.ward.end_day)
        stays = {
            name: np.array([getattr(stay, name) for stay in self.stays])
            for name in ("referred_day", "admitted_day", "left_day")
        }
        return ward_numbers(self.ward, stays, self.census, self.waiting)


def replication(ward: Ward, seed: int) -> Numbers:
    """Draw, simulate and report one replication."""
    return WardModel(ward, draw_people(ward, np.random.default_rng(seed))).run()
