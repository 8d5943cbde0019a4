"""What each measure is: its unit of measure, a one-line definition, what it is given of, and its statistics.

Why: the report, the JSON rows and the docs say the same of a measure because they read it here; a measure
that is not in this table is not published.
"""

from __future__ import annotations

from dataclasses import dataclass

from bedsim.measures.statistics import PERCENTILES

MEAN = ("mean",)
OF_PEOPLE = (*MEAN, *(f"p{percent}" for percent in PERCENTILES))
DAILY = (*OF_PEOPLE, "max")


@dataclass(frozen=True)
class Measure:
    """A published measure."""

    unit: str
    """Unit of measure."""
    definition: str
    statistics: tuple[str, ...] = MEAN
    """`mean`, `p5` ... `p99`, `max` (the mean over replications of the window's maximum)."""
    is_limited_only: bool = False
    """It exists only where the number of places is limited in all of the window."""
    is_system_only: bool = False
    """Given of the system alone; otherwise of every unit, every kind present and the system."""


def _of_system(unit: str, definition: str, statistics: tuple[str, ...] = MEAN) -> Measure:
    return Measure(unit, definition, statistics, is_system_only=True)


def _of_limited(unit: str, definition: str) -> Measure:
    return Measure(unit, definition, is_limited_only=True)


MEASURES: dict[str, Measure] = {
    "open_beds": _of_limited("beds", "places by the timetable, accepting or not; mean over the window's time"),
    "midnight_census": Measure("people", "people in a place at midnight", DAILY),
    "occupancy_fraction": _of_limited(
        "fraction", "occupied over open bed-days of the window; may pass 1 after a unit shrinks"
    ),
    "demand_beds": _of_system(
        "beds", "midnight census of planned beds if they were unlimited, all else as given", DAILY
    ),
    "demand_above_beds_fraction": Measure(
        "fraction",
        "share of the window's midnights at which demand_beds is above the planned beds open then",
        is_limited_only=True,
        is_system_only=True,
    ),
    "demand_beds_no_delay": _of_system(
        "beds",
        "people at midnight in a stage that asks for a planned bed, with every place unlimited and no delay",
        DAILY,
    ),
    "p_delay_if_lost": Measure(
        "fraction",
        "share who find no bed if those who find none are lost: pmf(n)/cdf(n) of demand_beds at the n "
        "planned beds open at the end of the window (Monks 2016); not the share who wait",
        is_limited_only=True,
        is_system_only=True,
    ),
    "overflow": _of_system("people", "waiting + in_escalation + in_out_of_area at midnight", DAILY),
    "waiting": _of_system("people", "people who wait for a planned bed at midnight", DAILY),
    "in_escalation": _of_system("people", "people in escalation units at midnight", DAILY),
    "in_out_of_area": _of_system("people", "people in out-of-area units at midnight", DAILY),
    "overflow_days_fraction": _of_system("fraction", "share of the window's midnights with any overflow"),
    "p_wait": Measure(
        "fraction",
        "share that wait at all, of requests by people referred in the window: of a unit or kind, those "
        "admitted to it; of the system, all that ask for a planned bed",
    ),
    "wait_days": Measure(
        "days",
        "wait of the requests p_wait counts, until admitted or given up, or so far at the end of the run",
        OF_PEOPLE,
    ),
    "unfinished_waits": _of_system(
        "people", "people referred in the window who still wait for a planned bed at the end of the run"
    ),
    "acute_bed_days_lost_per_day": _of_system(
        "bed-days a day", "acute beds held, in the window's time, by people who wait for a planned bed"
    ),
    "delayed_beds": Measure("people", "people in a place at midnight who are ready to leave", DAILY),
    "delayed_fraction_of_occupied": Measure("fraction", "delayed over occupied bed-days of the window"),
    "delayed_fraction_of_open": _of_limited("fraction", "delayed over open bed-days of the window"),
    "delayed_transfer_fraction": Measure(
        "fraction", "bed-days of people ready whose transfer is being arranged, over occupied bed-days"
    ),
    "delayed_leave_time_fraction": Measure(
        "fraction", "bed-days of people who await the unit's next leave time, over occupied bed-days"
    ),
    "delayed_no_place_fraction": Measure(
        "fraction", "bed-days of people who could go but have no next place, over occupied bed-days"
    ),
    "delay_days": Measure(
        "days", "from ready to left, of stays that ended, of people referred in the window", OF_PEOPLE
    ),
    "los_days": Measure("days", "from admitted to left, delay included, of the stays delay_days counts"),
    "referrals_per_day": _of_system("people a day", "people referred in the window"),
    "admissions_per_day": Measure(
        "people a day", "admissions in the window; a move between units is one, a stay put is none"
    ),
    "discharges_per_day": Measure(
        "people a day", "departures in the window; a move between units is one, a stay put is none"
    ),
    "out_of_area_fraction": _of_system(
        "fraction", "share to out-of-area units, of the window's admissions that ask for a planned bed"
    ),
}
