"""When a clinic is held, with how many slots and where; and whether they are enough, said before anything is simulated.

Why: too few slots give no answer but a list that grows with the length of the run, and that is arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from bedsim.clinics.schema import SlotsByWeekday
from bedsim.report.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bedsim.clinics.schema import Clinic, ClinicPlan, Slots

    Ints = NDArray[np.int64]

DAYS_A_WEEK, WORKING_DAYS = 7, 5
ROUNDING = 1e-9
"""Sums of shares may fall short of a whole number by so much."""


@dataclass(frozen=True)
class Sessions:
    """The days on which a clinic is held, in order."""

    day: Ints
    slots: Ints
    kept: Ints
    """Of the slots, those kept for follow-ups."""
    site: tuple[str, ...]
    """The names of the sites, in the order in which the clinic is at them."""
    at: Ints
    """Of each session, the index of its site."""


def sessions_of(plan: ClinicPlan, clinic: Clinic) -> Sessions:
    """Return a clinic's sessions from the first day of the warm-up to the last of the cool-down."""
    time = plan.time
    days = np.arange(-time.warm_up_days, time.run_length_days + time.cool_down_days)
    from_monday = days + time.start.weekday()
    is_held = (from_monday // DAYS_A_WEEK) % clinic.every_weeks == 0
    move = clinic.move
    moved = np.zeros(len(days), dtype=bool) if move is None else days >= (move.date - time.start).days
    slots = slots_by_weekday(clinic.slots)[from_monday % DAYS_A_WEEK]
    if move is not None and move.slots is not None:
        slots = np.where(moved, slots_by_weekday(move.slots)[from_monday % DAYS_A_WEEK], slots)
    is_held &= slots > 0
    slots = slots[is_held]
    fraction = clinic.follow_ups.kept_slots_fraction if clinic.follow_ups else 0.0
    so_far = np.floor(np.cumsum(slots) * fraction + ROUNDING).astype(np.int64)
    kept = so_far - np.append(np.int64(0), so_far[:-1])
    site = (clinic.site,) if move is None else (clinic.site, move.to)
    return Sessions(days[is_held], slots, kept, site, moved[is_held].astype(np.int64))


def slots_by_weekday(slots: Slots) -> Ints:
    """Return the slots of each weekday from Monday; a number a week is spread over Monday to Friday, Mondays first.

    >>> slots_by_weekday(12).tolist(), slots_by_weekday(SlotsByWeekday(thu=3)).tolist()
    ([3, 3, 2, 2, 2, 0, 0], [0, 0, 0, 3, 0, 0, 0])
    """
    if isinstance(slots, SlotsByWeekday):
        return np.array([getattr(slots, name) for name in SlotsByWeekday.model_fields])
    each, rest = divmod(slots, WORKING_DAYS)
    return np.array([*(each + (i < rest) for i in range(WORKING_DAYS)), 0, 0])


def slots_per_week(clinic: Clinic, slots: Slots) -> float:
    """Return a clinic's slots in an average week."""
    return float(slots_by_weekday(slots).sum()) / clinic.every_weeks


def slots_needed_per_week(clinic: Clinic) -> float:
    """Return the slots that a clinic's referrals take in the long run, missed ones and follow-ups included.

    An appointment takes 1 / (1 - q) slots if a share q is missed and booked again, (1 - q^n) / (1 - q) if whoever
    misses it n times is discharged, and 1 - q^n of them are then attended. A share f of those leads to another. So with
    s slots and a attended of each appointment, a referral takes s / (1 - a f).
    """
    missed, often = 0.0, None
    if clinic.did_not_attend is not None:
        missed, often = clinic.did_not_attend.fraction, clinic.did_not_attend.discharged_after
    attended = 1.0 if often is None else 1.0 - missed**often
    again = clinic.follow_ups.fraction if clinic.follow_ups else 0.0
    return clinic.referrals.per_week * attended / (1.0 - missed) / (1.0 - attended * again)


def overloads(plan: ClinicPlan) -> Iterator[str]:
    """Yield a sentence for each clinic, before and after a move, whose referrals take all its slots or more."""
    for name, clinic in plan.clinics.items():
        needed, called = slots_needed_per_week(clinic), plain(clinic.name or name)
        eras, move = [(clinic.slots, "")], clinic.move
        if move is not None and move.slots not in (None, clinic.slots):
            eras = [(clinic.slots, f" before {move.date}"), (move.slots, f" from {move.date} on")]
            if move.date <= plan.time.start - timedelta(days=plan.time.warm_up_days):
                del eras[0]
        for slots, when in eras:
            given = slots_per_week(clinic, slots)
            if needed >= given - ROUNDING:
                yield (
                    f"OVERLOAD at {called}{when}: its referrals take {needed:.3g} slots a week, missed "
                    f"ones and follow-ups included, and it has {given:.3g}. The list grows as long as that lasts, so "
                    "waits depend on how long is simulated."
                )
