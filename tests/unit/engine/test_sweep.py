"""The walk through the instants of a run, against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedsim.engine.sweep import in_order, sweep
from bedsim.patients.population import NONE

NOTHING = np.zeros(0)
DAYS = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e3, 1e3), st.floats(0, 1e-300))


def _sweep(ends: list[float], stays_put: list[float], comes_in: list[float], places: float, changes=()) -> tuple:
    """Walk through one unit, with a window of days 0 to 10."""
    day = np.array([*ends, *stays_put, *comes_in], dtype=np.float64)
    timetable = np.array([at for at, _ in changes]), np.zeros(len(changes), np.int64), np.array([n for _, n in changes])
    timetable = tuple(column.astype(float if i != 1 else np.int64) for i, column in enumerate(timetable))
    n_ends, n_old = len(ends), len(ends) + len(stays_put)
    unit = np.zeros(len(day), dtype=np.int64)
    wrong, held, _, bed_days = sweep(day, unit, n_ends, n_old, np.array([places]), *timetable, 0.0, 10.0)
    return (None if wrong == NONE else float(day[wrong])), int(held[0]), float(bed_days[0])


@given(st.lists(DAYS, max_size=60))
def test_events_are_put_in_order_and_those_of_one_instant_keep_theirs(days: list[float]) -> None:
    """The same as a stable sort, for days spread out, equal, or nearly so."""
    assert in_order(np.array(days, dtype=np.float64)).tolist() == np.argsort(days, kind="stable").tolist()


def test_bed_days_are_the_area_under_the_census_in_the_window() -> None:
    """[-5, 3) gives 3 days, [2, 4.5) 2.5, [8, still in) 2 and [11, 12) none."""
    assert _sweep([3.0, 4.5, 12.0], [], [-5.0, 2.0, 8.0, 11.0], places=2.0) == (None, 1, 7.5)


@pytest.mark.parametrize(("end", "overfull"), [(2.0, None), (2.5, 2.0)])
def test_a_place_given_up_in_the_instant_of_an_admission_is_free(end: float, overfull: float | None) -> None:
    """Those in the unit after the instant count: one leaves on day 2 or later, one comes on day 2, for one place."""
    assert _sweep([end], [], [0.0, 2.0], places=1.0)[0] == overfull


def test_who_stays_put_is_no_admission_even_into_a_unit_that_has_shrunk() -> None:
    """Two in two places; one place from day 3 on; the one who goes on at day 4 may, a newcomer at day 5 may not."""
    assert _sweep([4.0], [4.0], [0.0, 1.0], places=2.0, changes=[(3.0, 1.0)])[0] is None
    assert _sweep([4.0], [4.0], [0.0, 1.0, 5.0], places=2.0, changes=[(3.0, 1.0)])[0] == 5.0


def test_a_change_of_places_counts_from_its_instant_on() -> None:
    """A second place on day 3 serves an admission of day 3, not one of day 2."""
    assert _sweep([], [], [0.0, 3.0], places=1.0, changes=[(3.0, 2.0)])[0] is None
    assert _sweep([], [], [0.0, 2.0], places=1.0, changes=[(3.0, 2.0)])[0] == 2.0
