"""What must be true of every run, whichever engine ran it (model.md, section 10).

Why: a run that breaks a conservation law is wrong however plausible its numbers; better no number than that one. The
checks look only at the stays, with arithmetic of their own, so they share no code with what they check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.engine.laws import (
    EARLY,
    GOING,
    ORDER,
    OWNER,
    PLACE,
    TWO_PLACES,
    UNIT,
    broken_person,
    broken_row,
    comings_and_goings,
)
from bedsim.engine.sweep import sweep
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from bedsim.engine.stays import Stays
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

INTEGRAL_TOLERANCE = 1e-9
"""Relative, between the census integral and the sum of stays."""


def check_invariants(patients: Patients, network: Network, stays: Stays, window: tuple[float, float]) -> None:
    """Stop with the unit, the day and the patient if a law is broken.

    Parameters
    ----------
    patients
        As drawn.
    network
        As simulated.
    stays
        What the engine returned.
    window
        First and last observed day; the census integral is compared over it.

    Raises
    ------
    AssertionError
        Only the developers can mend it.
    """
    _check_rows(patients, network, stays)
    _check_people(patients, network, stays)
    _check_units(network, stays, window)


def _check_rows(patients: Patients, network: Network, stays: Stays) -> None:
    """The rows are rows of their patients, in order; those with a place, and no others, name a unit; nobody is in two
    places, each stay beginning when the one before ends, bit for bit, and the last ending when it was fixed to end."""
    i, law = broken_row(
        stays.row,
        stays.patient,
        stays.unit,
        stays.requested_day,
        stays.admitted_day,
        stays.go_day,
        stays.left_day,
        patients.patient,
        len(network.units),
    )
    if i == NONE:
        return
    who = f"patient {stays.patient[i]}"
    raise AssertionError(
        {
            ORDER: "the stays are not in the order of the rows",
            OWNER: f"a stay of {who} is not that of its row's patient",
            PLACE: f"{who} has a unit without a place, or a place without a unit",
            UNIT: f"a stay of {who} is in a unit that does not exist",
            EARLY: f"{who} leaves before being admitted",
            TWO_PLACES: f"{who} is in two places on day {stays.admitted_day[i]}",
            GOING: f"{who} leaves on day {stays.left_day[i]}, not {stays.go_day[i]}",
        }[law]
    )


def _check_people(patients: Patients, network: Network, stays: Stays) -> None:
    """Referred = finished + in a place + waiting for a first place, and nobody is referred late or lost."""
    person, is_still_here = broken_person(
        stays.patient, stays.left_day, stays.outcome, patients.referred_day, network.end_day
    )
    assert person == NONE or is_still_here, f"patient {person} is lost or invented"
    assert person == NONE, f"patient {person}: a finished patient still holds or waits"


def _check_units(network: Network, stays: Stays, window: tuple[float, float]) -> None:
    """No unit is overfull, and in each the census adds up to the bed-days.

    Whenever somebody is admitted who was not there, those in the unit after that instant are at most its places. The
    integral of the census over the window is the sum of the stays' overlaps with it (Little, exact).
    """
    first, last = window
    event, day, unit, n_ends, n_old, bed_days = comings_and_goings(
        stays.patient, stays.unit, stays.admitted_day, stays.left_day, len(network.units), first, last
    )
    assert np.isfinite(day).all(), "a stay begins or ends on no finite day"
    wrong, held, open_places, census_days = sweep(
        day,
        unit,
        n_ends,
        n_old,
        np.array([one.places for one in network.units], dtype=np.float64),
        network.timetable.day,
        network.timetable.unit,
        network.timetable.places,
        float(first),
        float(last),
    )
    if wrong != NONE:
        i = event[wrong]
        raise AssertionError(
            f"unit {network.units[unit[wrong]].name} holds {held[unit[wrong]]} people in "
            f"{open_places[unit[wrong]]:g} places on day {stays.admitted_day[i]} (patient {stays.patient[i]})"
        )
    for i in np.flatnonzero(np.abs(census_days - bed_days) > INTEGRAL_TOLERANCE * np.maximum(bed_days, 1.0)):
        raise AssertionError(
            f"unit {network.units[i].name}: census integral {census_days[i]} but bed-days {bed_days[i]}"
        )
