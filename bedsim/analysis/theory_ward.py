"""A scenario that is one ward: what Erlang's formulas say of it.

Why: one unit at a constant rate is the only queue in which waits and losses are known exactly. Either nobody waits and
whoever finds no bed is lost (Erlang B, whatever the length of stay), or everybody waits and stays are exponential
(Erlang C). The formulas are of a steady state, so they count only if the warm-up has left nothing to speak of missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.lever_flows import acting
from bedsim.analysis.theory_census import time_in_up_to
from bedsim.patients.distributions import GammaShape
from bedsim.patients.network import UNLIMITED, ladder_index
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.stage_plan import StagePlan

MOST_MISSING_FRACTION = 1e-4
"""Of the steady state, on the first day of the window; a year of a thousand replications does not show so little."""


@dataclass(frozen=True)
class Ward:
    """One ward, in numbers."""

    unit: str
    beds: int
    per_day: float
    stay_days: float
    lost: int
    """The outcome of those who find no bed; NONE if people wait."""

    @property
    def load(self) -> float:
        """Bed-days asked for a day."""
        return self.per_day * self.stay_days

    @property
    def p_lost(self) -> float:
        """Share who find every bed taken if those are lost (Erlang B)."""
        return erlang_b(self.beds, self.load)

    @property
    def p_wait(self) -> float:
        """Share who wait if everybody waits (Erlang C)."""
        return erlang_c(self.beds, self.load)

    @property
    def wait_days(self) -> float:
        """Mean wait over everybody."""
        return self.p_wait * self.stay_days / (self.beds - self.load)

    @property
    def census(self) -> float:
        """Mean number of people in the ward."""
        return self.load if self.lost == NONE else self.load * (1 - self.p_lost)


def erlang_b(beds: int, load: float) -> float:
    """Return the share of people lost.

    >>> erlang_b(2, 1.0)
    0.2
    """
    share = 1.0
    for n in range(1, beds + 1):
        share = load * share / (n + load * share)
    return share


def erlang_c(beds: int, load: float) -> float:
    """Return the share of people who wait; the load is below the beds.

    >>> round(erlang_c(2, 1.0), 12)
    0.333333333333
    """
    lost = erlang_b(beds, load)
    return lost / (1 - load / beds * (1 - lost))


def ward_of(blueprint: Blueprint) -> Ward | None:
    """Return the ward that a scenario is; None if it is more than that, or not yet in its steady state."""
    if acting(blueprint):
        return None
    per_day = _constant_rate(blueprint)
    starts = {int(stage) for stream in blueprint.streams for stage in stream.start_stages}
    if per_day is None or len(starts) != 1:
        return None
    (stage,) = starts
    plan = blueprint.stages[stage]
    unit = _only_unit(blueprint, stage)
    if unit is None or any(one.next_stage != NONE or one.transfer is not None for one in plan.branches):
        return None
    rules, loss = blueprint.network.units[unit], blueprint.network.stages[stage]
    is_plain = rules.turnover_days == 0 and rules.leave is None and loss.deconditioning_per_day == 0
    if (
        not is_plain
        or rules.places in (0, UNLIMITED)
        or any(entry.unit == unit for entry in blueprint.network.timetable)
        or any(tracks.unit == unit for tracks in blueprint.tracks.units)
    ):
        return None
    stay_days = rules.stay_factor * sum(one.share * one.needed.mean for one in plan.branches)
    if stay_days == 0:
        return None
    lost = [rung.outcome for rung in plan.exits if rung.after_days == 0 and rung.outcome != NONE]
    ward = Ward(rules.name, int(rules.places), per_day, stay_days, lost[0] if lost else NONE)
    if len(plan.exits) != len(lost) or len(lost) > 1:
        return None
    is_steady = _has_lost_its_start if lost else _has_its_queue
    return ward if is_steady(blueprint, plan, ward, rules.stay_factor) else None


def _constant_rate(blueprint: Blueprint) -> float | None:
    """Return the referrals a day of all streams, if each is a Poisson stream of one rate."""
    total = 0.0
    for demand in blueprint.demands:
        daily, hourly = demand.expected_per_day, demand.hourly
        is_poisson = demand.variation is None and demand.observed is None and not len(demand.booked.index)
        if not is_poisson or np.ptp(daily) > 0 or np.ptp(hourly) > 0:
            return None
        total += float(daily[0])
    return None if blueprint.present or total == 0 else total


def _only_unit(blueprint: Blueprint, stage: int) -> int | None:
    """Return the unit that every ladder of a stage names, at once and to the last place, and no other."""
    homes = range(len(blueprint.scenario.localities) + 1)
    ladders = {blueprint.network.ladders[ladder_index(blueprint.scenario, stage, home)] for home in homes}
    if len(ladders) != 1:
        return None
    (ladder,) = ladders
    if len(ladder) != 1 or len(ladder[0].units) != 1 or ladder[0].after_days > 0 or ladder[0].keep_free:
        return None
    return ladder[0].units[0]


def _has_lost_its_start(blueprint: Blueprint, plan: StagePlan, ward: Ward, factor: float) -> bool:
    """Say whether next to none of the stays that a steady state holds began before the run did."""
    days = np.array([blueprint.warm_up_days / factor])
    seen = factor * sum(one.share * float(time_in_up_to(one.needed, days)[0]) for one in plan.branches)
    return 1 - seen / ward.stay_days < MOST_MISSING_FRACTION


def _has_its_queue(blueprint: Blueprint, plan: StagePlan, ward: Ward, _: float) -> bool:
    """Say whether stays are exponential and the empty start is forgotten, at the rate at which a queue forgets."""
    needs = [one.needed for one in plan.branches]
    scales = {need.scale for need in needs if isinstance(need, GammaShape) and need.shape == 1.0}
    if len(scales) != 1 or not all(isinstance(need, GammaShape) and need.shape == 1.0 for need in needs):
        return False
    gap = math.sqrt(ward.beds) - math.sqrt(ward.load)
    return (
        ward.load < ward.beds and math.exp(-(gap**2) / ward.stay_days * blueprint.warm_up_days) < MOST_MISSING_FRACTION
    )
