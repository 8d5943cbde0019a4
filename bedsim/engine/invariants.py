"""What must be true of every run, whichever engine ran it (model.md, section 10).

Why: a run that breaks a conservation law is wrong however plausible its numbers; better no number than that one. The
checks look only at the stays, with arithmetic of their own, so they share no code with what they check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

    Floats = NDArray[np.float64]

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
    _check_conservation(patients, network, stays)
    _check_one_place(stays)
    _check_going(stays)
    for unit in range(len(network.units)):
        _check_places(network, stays, unit)
        _check_integral(network, stays, unit, window)


def _check_conservation(patients: Patients, network: Network, stays: Stays) -> None:
    """Referred = finished + in a place + waiting for a first place, and nobody is referred late or lost."""
    placed = ~np.isnan(stays.admitted_day)
    inside = np.unique(stays.patient[placed & np.isnan(stays.left_day)])
    waiting = np.unique(stays.patient[~placed & np.isnan(stays.left_day)])
    finished = np.flatnonzero(stays.outcome != NONE)
    referred = np.flatnonzero(patients.referred_day < network.end_day)
    counted = np.union1d(np.union1d(inside, waiting), finished)
    assert np.array_equal(counted, referred), f"patients lost or invented: {np.setxor1d(counted, referred)[:5]}"
    assert not np.intersect1d(finished, np.union1d(inside, waiting)).size, "a finished patient still holds or waits"


def _check_one_place(stays: Stays) -> None:
    """Nobody is in two places: each stay begins when the one before ends, bit for bit."""
    placed = np.flatnonzero(~np.isnan(stays.admitted_day))
    order = placed[np.lexsort((stays.row[placed], stays.admitted_day[placed], stays.patient[placed]))]
    same = stays.patient[order[1:]] == stays.patient[order[:-1]]
    wrong = same & (stays.admitted_day[order[1:]] != stays.left_day[order[:-1]])
    if wrong.any():
        i = order[1:][wrong][0]
        raise AssertionError(f"patient {stays.patient[i]} is in two places on day {stays.admitted_day[i]}")
    gone = np.flatnonzero(stays.left_day < np.fmax(stays.admitted_day, stays.requested_day))
    assert not len(gone), f"patient {stays.patient[gone[0]]} leaves before being admitted"


def _check_going(stays: Stays) -> None:
    """Who finishes from a place leaves it at the instant that was fixed on admission, bit for bit."""
    is_last = np.diff(stays.patient, append=NONE) != 0
    wrong = is_last & ~np.isnan(stays.admitted_day) & ~np.isnan(stays.left_day) & (stays.left_day != stays.go_day)
    if wrong.any():
        i = np.flatnonzero(wrong)[0]
        raise AssertionError(f"patient {stays.patient[i]} leaves on day {stays.left_day[i]}, not {stays.go_day[i]}")


def _check_places(network: Network, stays: Stays, unit: int) -> None:
    """Whenever somebody is admitted who was not there, those in the unit after that instant are at most its places."""
    rules = network.units[unit]
    mine = np.flatnonzero(stays.unit == unit)
    admitted, left = stays.admitted_day[mine], stays.left_day[mine]
    if not len(mine):
        return
    held_after = _count_up_to(admitted, admitted) - _count_up_to(left, admitted)
    days = np.array([-np.inf] + [entry.day for entry in network.timetable if entry.unit == unit])
    places = np.array([rules.places] + [entry.places for entry in network.timetable if entry.unit == unit])
    open_places = places[np.searchsorted(days, admitted, side="right") - 1]
    ended = set(zip(stays.patient[mine].tolist(), left.tolist(), strict=True))
    stays_put = [
        (patient, day) in ended for patient, day in zip(stays.patient[mine].tolist(), admitted.tolist(), strict=True)
    ]
    wrong = (held_after > open_places) & ~np.array(stays_put)
    if wrong.any():
        i = np.flatnonzero(wrong)[0]
        raise AssertionError(
            f"unit {rules.name} holds {held_after[i]} people in {open_places[i]:g} places "
            f"on day {admitted[i]} (patient {stays.patient[mine[i]]})"
        )


def _check_integral(network: Network, stays: Stays, unit: int, window: tuple[float, float]) -> None:
    """The integral of the census over the window = the sum of the stays' overlaps with it (Little, exact)."""
    mine = stays.unit == unit
    first, last = window
    admitted = stays.admitted_day[mine]
    left = np.where(np.isnan(stays.left_day[mine]), np.inf, stays.left_day[mine])
    overlap = float(np.maximum(np.minimum(left, last) - np.maximum(admitted, first), 0.0).sum())
    instants = np.unique(np.concatenate((np.clip(admitted, first, last), np.clip(left, first, last), [first, last])))
    census = _count_up_to(admitted, instants[:-1]) - _count_up_to(left, instants[:-1])
    integral = float(census @ np.diff(instants))
    assert abs(integral - overlap) <= INTEGRAL_TOLERANCE * max(1.0, overlap), (
        f"unit {network.units[unit].name}: census integral {integral} but bed-days {overlap}"
    )


def _count_up_to(events: Floats, instants: Floats) -> NDArray[np.int64]:
    """Return how many events have happened at each instant, those at the instant included."""
    return np.searchsorted(np.sort(events[~np.isnan(events)]), instants, side="right")
