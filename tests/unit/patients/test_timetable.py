"""Timetables: changes of units as columns."""

from __future__ import annotations

import numpy as np

from bedsim.measures.groups import days_of_places
from bedsim.patients.timetable import Timetable, TimetableEntry, merged, timetable_of

OPENS = TimetableEntry(1.0, 1, 4.0, True)
SHUTS = TimetableEntry(3.5, 0, 2.0, False)
GROWS = TimetableEntry(3.5, 1, np.inf, True)


def test_changes_come_in_order_however_they_were_put_together() -> None:
    """By day, then by unit; and a timetable is read entry by entry as it was written."""
    whole = timetable_of([GROWS, OPENS, SHUTS])
    assert list(whole) == [OPENS, SHUTS, GROWS]
    assert merged([timetable_of([GROWS]), timetable_of([]), timetable_of([SHUTS, OPENS])]) == whole
    assert len(whole) == 3
    assert not timetable_of([])


def test_timetables_of_the_same_changes_are_equal() -> None:
    """And no others: another unit, day, number of places or shut instead of open is another timetable."""
    whole = timetable_of([OPENS, SHUTS])
    assert hash(whole) == hash(timetable_of([SHUTS, OPENS]))
    for other in (
        OPENS._replace(day=1.5),
        OPENS._replace(unit=2),
        OPENS._replace(places=5.0),
        OPENS._replace(accepting=False),
    ):
        assert whole != timetable_of([other, SHUTS])
    assert whole != timetable_of([OPENS])
    assert whole != (OPENS, SHUTS)


def test_the_places_of_a_unit_hold_until_they_change() -> None:
    """At the very instant of a change the new number counts."""
    places = timetable_of([OPENS, SHUTS, GROWS]).places_of(1, 7.0)
    assert places.at(np.array([0.0, 1.0, 3.0, 3.5, 9.0])).tolist() == [7.0, 4.0, 4.0, np.inf, np.inf]


def test_bed_days_add_up_by_hand() -> None:
    """Two days of 7, then 4, which counts at once and is there at the end of the part; what comes later does not."""
    changes = timetable_of([TimetableEntry(-5.0, 0, 7.0, True), TimetableEntry(2.0, 0, 4.0, True)])
    changes = merged([changes, timetable_of([TimetableEntry(3.0, 0, 9.0, True), TimetableEntry(0.5, 2, np.inf, True)])])
    bed_days, at_end = days_of_places(np.array([1.0, 6.0, 3.0]), changes, np.array([0, 3, 4]))
    assert bed_days.tolist() == [[18.0, 18.0, np.inf], [9.0, 6.0, np.inf]]
    assert at_end.tolist() == [[4.0, 6.0, np.inf], [9.0, 6.0, np.inf]]


def test_other_places_leave_the_rest_as_it_is() -> None:
    """As when planned beds are unlimited: a unit still closes when it did."""
    changed = timetable_of([OPENS, SHUTS]).with_places(np.array([1.0, 2.0]))
    assert isinstance(changed, Timetable)
    assert list(changed) == [OPENS._replace(places=1.0), SHUTS]
    assert list(changed.only(changed.unit == 1)) == [OPENS._replace(places=1.0)]
