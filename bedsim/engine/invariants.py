"""What must be true of every run, whichever engine ran it (model.md, section 10).

Why: a run that breaks a conservation law is wrong however plausible its numbers; better no number than that one. The
checks look only at the stays, with arithmetic of their own, so they share no code with what they check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.engine.sweep import sweep
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

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
    is_placed, is_gone = ~np.isnan(stays.admitted_day), ~np.isnan(stays.left_day)
    _check_rows(patients, network, stays, is_placed)
    _check_conservation(patients, network, stays, is_gone)
    places = _places_of(stays, is_placed)
    _check_one_place(stays, places)
    _check_going(stays, is_placed & is_gone)
    _check_units(network, places, window)


class _Places(NamedTuple):
    """The rows with a place."""

    patient: Ints
    unit: Ints
    admitted: Floats
    left: Floats
    follows: Bools
    """Is the row before of the same person?"""


def _places_of(stays: Stays, is_placed: Bools) -> _Places:
    patient = stays.patient[is_placed]
    follows = np.zeros(len(patient), dtype=bool)
    follows[1:] = patient[1:] == patient[:-1]
    return _Places(patient, stays.unit[is_placed], stays.admitted_day[is_placed], stays.left_day[is_placed], follows)


def _check_rows(patients: Patients, network: Network, stays: Stays, is_placed: Bools) -> None:
    """The rows are rows of their patients, in order, and those with a place, and no others, name a unit."""
    assert (stays.row[1:] > stays.row[:-1]).all(), "the stays are not in the order of the rows"
    assert np.array_equal(stays.patient, patients.patient[stays.row]), "a stay is not that of its row's patient"
    wrong = np.flatnonzero((stays.unit >= 0) != is_placed)
    assert not len(wrong), f"patient {stays.patient[wrong[0]]} has a unit without a place, or a place without a unit"
    assert stays.unit.max(initial=NONE) < len(network.units), "a stay is in a unit that does not exist"


def _check_conservation(patients: Patients, network: Network, stays: Stays, is_gone: Bools) -> None:
    """Referred = finished + in a place + waiting for a first place, and nobody is referred late or lost."""
    is_here = np.zeros(patients.n_patients, dtype=bool)
    is_here[stays.patient[~is_gone]] = True
    is_finished = stays.outcome != NONE
    is_referred = patients.referred_day < network.end_day
    lost = np.flatnonzero((is_here | is_finished) != is_referred)
    assert not len(lost), f"patients lost or invented: {lost[:5]}"
    assert not (is_finished & is_here).any(), "a finished patient still holds or waits"


def _check_one_place(stays: Stays, places: _Places) -> None:
    """Nobody is in two places: each stay begins when the one before ends, bit for bit."""
    wrong = 1 + np.flatnonzero(places.follows[1:] & (places.admitted[1:] != places.left[:-1]))
    if len(wrong):
        i = wrong[0]
        raise AssertionError(f"patient {places.patient[i]} is in two places on day {places.admitted[i]}")
    gone = np.flatnonzero(stays.left_day < np.fmax(stays.admitted_day, stays.requested_day))
    assert not len(gone), f"patient {stays.patient[gone[0]]} leaves before being admitted"


def _check_going(stays: Stays, has_ended: Bools) -> None:
    """Who finishes from a place leaves it at the instant that was fixed on admission, bit for bit."""
    is_last = np.diff(stays.patient, append=NONE) != 0
    wrong = is_last & has_ended & (stays.left_day != stays.go_day)
    if wrong.any():
        i = np.flatnonzero(wrong)[0]
        raise AssertionError(f"patient {stays.patient[i]} leaves on day {stays.left_day[i]}, not {stays.go_day[i]}")


def _check_units(network: Network, places: _Places, window: tuple[float, float]) -> None:
    """No unit is overfull, and in each the census adds up to the bed-days.

    Whenever somebody is admitted who was not there, those in the unit after that instant are at most its places. The
    integral of the census over the window is the sum of the stays' overlaps with it (Little, exact).
    """
    first, last = window
    goes_on = places.follows.copy()
    goes_on[1:] &= places.unit[1:] == places.unit[:-1]
    ends, stays_put, comes_in = (np.flatnonzero(which) for which in (~np.isnan(places.left), goes_on, ~goes_on))
    event = np.concatenate((ends, stays_put, comes_in))
    day = np.concatenate((places.left[ends], places.admitted[stays_put], places.admitted[comes_in]))
    assert np.isfinite(day).all(), "a stay begins or ends on no finite day"
    wrong, held, open_places, census_days = sweep(
        day,
        places.unit[event],
        len(ends),
        len(ends) + len(stays_put),
        np.array([one.places for one in network.units], dtype=np.float64),
        np.array([entry.day for entry in network.timetable], dtype=np.float64),
        np.array([entry.unit for entry in network.timetable], dtype=np.int64),
        np.array([entry.places for entry in network.timetable], dtype=np.float64),
        float(first),
        float(last),
    )
    if wrong != NONE:
        i = event[wrong]
        unit = places.unit[i]
        raise AssertionError(
            f"unit {network.units[unit].name} holds {held[unit]} people in {open_places[unit]:g} places "
            f"on day {places.admitted[i]} (patient {places.patient[i]})"
        )
    overlap = np.maximum(np.fmin(places.left, last) - np.maximum(places.admitted, first), 0.0)
    bed_days = np.bincount(places.unit, overlap, minlength=len(network.units))
    for i in np.flatnonzero(np.abs(census_days - bed_days) > INTEGRAL_TOLERANCE * np.maximum(bed_days, 1.0)):
        raise AssertionError(
            f"unit {network.units[i].name}: census integral {census_days[i]} but bed-days {bed_days[i]}"
        )
