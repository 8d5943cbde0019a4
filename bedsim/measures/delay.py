"""Delay to leave: beds held by people who are ready to go, and what they wait for.

Why: a delayed bed is a bed that needs no building. Delay runs from `ready_day` to `left_day` in three parts
that follow one another: transfer (until `transfer_end_day`), leave time (until `go_day`), no place (until
`left_day`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.census import bed_days_by_unit, midnight_counts
from bedsim.measures.statistics import Numbers, ratio, whole_hours

if TYPE_CHECKING:
    from bedsim.measures.groups import Group
    from bedsim.measures.rows import Rows


def measure_delay(rows: Rows, groups: tuple[Group, ...], n_units: int) -> Numbers:
    """Measure delayed beds in the window, and the delays and stays of people referred in it who have left."""
    placed, n_days = rows.is_placed, rows.n_days
    unit = rows.unit[placed]
    instants = (
        rows.ready_day[placed],
        rows.transfer_end_day[placed],
        rows.go_day[placed],
        rows.left_day[placed],
    )
    counts = midnight_counts(instants[0], instants[-1], unit, n_units, n_days)
    occupied = bed_days_by_unit(rows.admitted_day[placed], instants[-1], unit, n_units, n_days)
    delayed = bed_days_by_unit(instants[0], instants[-1], unit, n_units, n_days)
    parts = {
        name: bed_days_by_unit(begin, end, unit, n_units, n_days)
        for name, begin, end in zip(("transfer", "leave_time", "no_place"), instants[:-1], instants[1:], strict=True)
    }
    left = np.flatnonzero(placed & rows.is_referred & np.isfinite(rows.left_day))
    left_unit = rows.unit[left]
    delay_days = rows.left_day[left] - rows.ready_day[left]
    delay_hours = whole_hours(delay_days)
    los_days = rows.left_day[left] - rows.admitted_day[left]

    numbers = Numbers()
    for group in groups:
        units, name = group.has_unit, group.name
        numbers.daily[name, "delayed_beds"] = counts[units].sum(axis=0)
        occupied_days, delayed_days = float(occupied[units].sum()), float(delayed[units].sum())
        numbers.means[name, "delayed_fraction_of_occupied"] = ratio(delayed_days, occupied_days)
        if group.is_limited:
            numbers.means[name, "delayed_fraction_of_open"] = ratio(delayed_days, group.open_bed_days)
        for part, bed_days in parts.items():
            numbers.means[name, f"delayed_{part}_fraction"] = ratio(float(bed_days[units].sum()), occupied_days)
        mine = group.has_unit[left_unit]
        n_left = int(mine.sum())
        numbers.means[name, "delay_days"] = ratio(float(delay_days[mine].sum()), n_left)
        numbers.means[name, "los_days"] = ratio(float(los_days[mine].sum()), n_left)
        numbers.histograms[name, "delay_days"] = np.bincount(delay_hours[mine])
    return numbers
