"""The overload bound by month: in which months the planned beds could not do, however people are spread over them.

Why: a load below 1 over three years may hide a January above it. The bound is that of `overload`, with the referrals
and the places of one calendar month in place of those of the whole window, so it says what would be if that month went
on. A bed is held for weeks, so one month above 1 need not fill the beds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bedsim.analysis.overload import OVERLOADED, overload
from bedsim.measures.calendar import Calendar
from bedsim.patients.arrivals import mean_referrals_per_day

if TYPE_CHECKING:
    from datetime import date

    from bedsim.analysis.overload import Overload
    from bedsim.patients.blueprint import Blueprint

MOST_NAMED = 4
"""Months that a sentence names."""


@dataclass(frozen=True)
class MonthLoad:
    """The bound of one calendar month."""

    first: date
    """Its first day in the window."""
    planned_load_per_bed: float
    """At 1 or above the planned beds could not do if the month went on."""

    @property
    def name(self) -> str:
        """The month and the year."""
        return f"{self.first:%B %Y}"


def monthly_overload(blueprint: Blueprint) -> tuple[MonthLoad, ...]:
    """Return the bound of each calendar month of the window; `Overload.planned_load_per_bed` is that of all of it."""
    start, n_days = blueprint.scenario.time.start, blueprint.scenario.time.run_length_days
    starts = Calendar(start, n_days).month_starts.tolist()
    return tuple(
        MonthLoad(start + timedelta(days=first), overload(blueprint, range(first, last)).planned_load_per_bed)
        for first, last in pairwise(starts)
    )


def overload_by_month(blueprint: Blueprint, whole: Overload) -> str | None:
    """Say in which months the planned beds could not do; None if there are none, or if they never can.

    `whole` is the bound of the whole window. Where planned beds and needs stay the same, a month's is at most that many
    times as large as its referrals are those of the window, so months are looked at only where one could be above 1.
    """
    if whole.planned_load_per_bed >= OVERLOADED or not _could_be_above(blueprint, whole):
        return None
    return months_sentence(monthly_overload(blueprint))


def _could_be_above(blueprint: Blueprint, whole: Overload) -> bool:
    scenario = blueprint.scenario
    n_days, names = scenario.time.run_length_days, [stream.name for stream in blueprint.streams]
    planned = set(blueprint.network.planned_units)
    if blueprint.levers or planned.intersection(blueprint.tracks.at_best.timetable.unit.tolist()):
        return True
    spans = [*pairwise(Calendar(scenario.time.start, n_days).month_starts.tolist())]
    means = {name: mean_referrals_per_day(scenario, name, 0, n_days) for name in names}
    most = max(
        (
            mean_referrals_per_day(scenario, name, *span) / mean
            for name, mean in means.items()
            if mean
            for span in spans
        ),
        default=0.0,
    )
    return most * whole.planned_load_per_bed >= OVERLOADED


def months_sentence(months: tuple[MonthLoad, ...]) -> str | None:
    """Say in which months the planned beds could not do; None if there are none such."""
    over = sorted(
        (one for one in months if one.planned_load_per_bed >= OVERLOADED), key=lambda one: -one.planned_load_per_bed
    )
    if not over:
        return None
    if over[0].planned_load_per_bed == float("inf"):
        return f"In {len(over)} of {len(months)} months there are no planned beds for some people who ask for one."
    named = ", ".join(f"{one.name} ({one.planned_load_per_bed:.0%})" for one in over[:MOST_NAMED])
    rest = f" and {len(over) - MOST_NAMED} more" if len(over) > MOST_NAMED else ""
    return (
        f"In {len(over)} of {len(months)} months the referrals of the month, if they went on, would need at least "
        f"all planned beds, however people are spread over them: {named}{rest}."
    )
