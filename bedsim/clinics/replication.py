"""One replication of a clinic: its people, its sessions, and who was seen when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.clinics.people import draw
from bedsim.clinics.queue import serve
from bedsim.clinics.sessions import DAYS_A_WEEK
from bedsim.scenario.ladders import distance_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.clinics.schema import ClinicPlan
    from bedsim.clinics.sessions import Sessions

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MINUTES_PER_HOUR = 60
DISCHARGED, MISSED, ATTENDED = -1, 0, 1


@dataclass(frozen=True)
class Played:
    """What happened at one clinic, or at several together: rows of people, of slots given and of sessions."""

    referred_day: Floats
    ended_day: Floats
    """On which the wait for a first appointment ended, attended or discharged; NaN if it goes on."""
    is_seen: Bools
    """Whether it ended with an appointment attended."""
    given_day: Floats
    due_day: Floats
    appointment: Ints
    """0 for the first."""
    outcome: Ints
    """`ATTENDED`, `MISSED` and booked again, or missed and `DISCHARGED`."""
    home: Ints
    """Of whoever was given the slot."""
    minutes: Floats
    """Of the way there from the home; NaN where it is not known."""
    session_day: Ints
    slots: Ints


def play(plan: ClinicPlan, name: str, sessions: Sessions, seed: int, replication: int) -> Played:
    """Return what happens at a clinic in one replication."""
    clinic = plan.clinics[name]
    people = draw(plan, name, seed, replication)
    often = clinic.did_not_attend.discharged_after if clinic.did_not_attend else None
    given, due, outcome = serve(
        people.referred_day,
        people.n_follow_ups,
        people.n_missed,
        sessions.day,
        sessions.slots,
        sessions.kept,
        clinic.follow_ups.after_weeks * DAYS_A_WEEK if clinic.follow_ups else 0,
        often or 0,
    )
    who, appointment, session = given.T
    is_last = (appointment == 0) & (outcome != MISSED)
    ended, seen = np.full(len(people.referred_day), np.nan), np.zeros(len(people.referred_day), dtype=bool)
    ended[who[is_last]] = sessions.day[session[is_last]]
    seen[who[is_last]] = outcome[is_last] == ATTENDED
    home = people.home[who]
    return Played(
        referred_day=people.referred_day,
        ended_day=ended,
        is_seen=seen,
        given_day=sessions.day[session].astype(float),
        due_day=due,
        appointment=appointment,
        outcome=outcome,
        home=home,
        minutes=travel_minutes(plan, sessions.site)[home, sessions.at[session]],
        session_day=sessions.day,
        slots=sessions.slots,
    )


def together(plays: list[Played]) -> Played:
    """Return several clinics as one."""
    return Played(*(np.concatenate([getattr(one, name) for one in plays]) for name in Played.__dataclass_fields__))


def travel_minutes(plan: ClinicPlan, sites: tuple[str, ...]) -> Floats:
    """Return the minutes, one way, from each home to each of some sites; those without a home have the last row.

    As for beds: the great-circle distance, made longer by the detour factor, at the speed. NaN where it is not known.
    """
    minutes = np.full((len(plan.localities) + 1, len(sites)), np.nan)
    for i, home in enumerate(plan.localities.values()):
        for j, site in enumerate(plan.sites[name] for name in sites):
            if plan.travel is not None and home.coordinates is not None and site.coordinates is not None:
                km = distance_km(home.coordinates, site.coordinates) * plan.travel.detour_factor
                minutes[i, j] = km / plan.travel.km_per_hour * MINUTES_PER_HOUR
    return minutes
