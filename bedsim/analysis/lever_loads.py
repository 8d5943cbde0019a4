"""The load that people bring once levers act: how many ask for a stage, and how long they need there.

Why: the overload bound must stay a bound. Levers change visits and needs day by day and sort by sort of people, so they
are added up so; whatever depends on chance (who finds a coordinator, two caps on one stay) is taken at its least load.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.analysis.lever_flows import acting, beginnings, strength
from bedsim.analysis.theory_census import time_in_up_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.distributions import Shape
    from bedsim.patients.levers import LeverPlan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Load(NamedTuple):
    """Visits a day to a stage by people of one home, and their mean need and transfer delay."""

    per_day: float
    needed_days: float
    transfer_days: float


def lever_loads(blueprint: Blueprint, visits_of_start: Floats, days: range) -> dict[tuple[int, int], Load]:
    """Return the load of each (stage, locality) over some days of the run, if nobody stops asking.

    `visits_of_start`, (n_stages, n_stages), says how often each stage is visited by somebody who begins with another:
    its columns are the stages begun with.
    """
    n = len(blueprint.stages)
    found: dict[int, Floats] = defaultdict(lambda: np.zeros((3, n)))
    for stream in range(len(blueprint.streams)):
        referred = _referrals(blueprint, stream, days)
        for beginning in beginnings(blueprint, stream, days):
            starts = np.zeros((len(days), n))
            for stage, share in beginning.by_stage.items():
                starts[:, stage] = share * referred
            visits = starts @ visits_of_start.T
            needed, transfer = _lengths(blueprint, (stream, beginning.home, beginning.segment), days)
            found[beginning.home] += [part.sum(axis=0) for part in (visits, visits * needed, visits * transfer)]
    return {
        (stage, home): Load(*(float(part) for part in (visits / len(days), needed / visits, transfer / visits)))
        for home, sums in found.items()
        for stage, (visits, needed, transfer) in enumerate(sums.T)
        if visits > 0
    }


def _referrals(blueprint: Blueprint, stream: int, days: range) -> Floats:
    """Return the people whom a stream is expected to refer on each day: rates, observed counts and bookings."""
    demand = blueprint.demands[stream]
    total = demand.expected_per_day[days.start - demand.first : days.stop - demand.first].copy()
    for people in (demand.booked, *([] if demand.observed is None else [demand.observed])):
        day = np.floor(people.referred_day).astype(np.int64) - days.start
        total += np.bincount(day[(day >= 0) & (day < len(days))], minlength=len(days))
    return total


def _lengths(blueprint: Blueprint, cell: tuple[int, int, int], days: range) -> tuple[Floats, Floats]:
    """Return the mean need and transfer delay in each stage, by day of referral, (n_days, n_stages) each."""
    day = np.arange(days.start, days.stop)
    levers = [lever for lever in acting(blueprint) if lever.reach[cell]]
    needed, transfer = (np.zeros((len(day), len(blueprint.stages))) for _ in range(2))
    for i, plan in enumerate(blueprint.stages):
        on_needs = [lever for lever in levers if lever.stages[i]]
        for branch in plan.branches:
            left = np.ones(len(day))
            for lever in on_needs:
                left *= 1 - (1 - _left_of_need(lever, branch.needed)) * strength(lever, day)
            needed[:, i] += branch.share * branch.needed.mean * left
            if branch.transfer is not None:
                left = np.ones(len(day))
                for lever in (lever for lever in levers if lever.reasons[branch.reason]):
                    left *= 1 - (1 - _left_of_delay(lever)) * strength(lever, day)
                transfer[:, i] += branch.share * branch.transfer.mean * left
    return needed, transfer


def _left_of_need(lever: LeverPlan, shape: Shape) -> float:
    """Return what is left of a mean need where a lever works in full."""
    coordination, reduction = lever.spec.care_coordination, lever.spec.stay_reduction
    if coordination is not None:
        return coordination.stay_factor
    assert reduction is not None, "the lever changes no needs"
    if reduction.factor is not None:
        return reduction.factor
    assert reduction.cap_days is not None, "the lever has neither factor nor cap"
    return float(time_in_up_to(shape, np.array([reduction.cap_days]))[0]) / shape.mean if shape.mean else 1.0


def _left_of_delay(lever: LeverPlan) -> float:
    coordination, reduction = lever.spec.care_coordination, lever.spec.delay_reduction
    if coordination is not None:
        return coordination.delay_factor
    assert reduction is not None, "the lever changes no delays"
    return reduction.factor
