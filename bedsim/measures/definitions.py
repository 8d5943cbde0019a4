"""What each measure is: its unit of measure, a one-line definition, what it is given of, and what is divided by what.

Why: the numbers, the report, the JSON rows and the docs say the same of a measure because they read it here; a measure
that is not in this table is not published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.measures.specification import DAILY, OF_PEOPLE, Measure, Ratio

if TYPE_CHECKING:
    from bedsim.measures.specification import Groups


def _of(groups: Groups, top: str, bottom: str) -> tuple[Ratio, ...]:
    return (Ratio(groups, top, bottom),)


def _too(groups: Groups, top: str, bottom: str) -> tuple[Ratio, ...]:
    """Return the ratio of these groups and of segments."""
    return Ratio(groups, top, bottom), Ratio("segments", top, bottom)


def _daily(groups: Groups, definition: str, name: str, unit: str = "people", by_month: Groups = "system") -> Measure:
    return Measure(unit, definition, _too(groups, name, "days"), DAILY, by_month)


MEASURES: dict[str, Measure] = {
    "open_beds": Measure(
        "beds",
        "places by the timetable, accepting or not, and those bought, less those of suspended homes and those closed "
        "by infection; mean over the period's time",
        _of("places", "open_bed_days", "days"),
        by_month="places",
        is_limited_only=True,
    ),
    "places_excluded_by_gate": Measure(
        "beds",
        "places of care homes that get nobody because of their rating; mean over the period's time",
        _of("places", "suspended", "days"),
        by_month=None,
        is_limited_only=True,
    ),
    "places_closed": Measure(
        "beds",
        "places closed by infection; mean over the period's time",
        _of("places", "closed", "days"),
        by_month=None,
        is_limited_only=True,
    ),
    "midnight_census": _daily(
        "places",
        "people in a place at midnight; of a community service, its caseload; of a segment, its people in planned beds",
        "midnight_census",
        by_month="places",
    ),
    "occupancy_fraction": Measure(
        "fraction",
        "occupied over open bed-days of the period; of a community service, its caseload over its places; may pass 1 "
        "after a unit shrinks",
        _of("places", "occupied", "open_bed_days"),
        by_month="places",
        is_limited_only=True,
    ),
    "demand_beds": _daily(
        "system",
        "midnight census of planned beds if they were unlimited, all else as given; of a segment, its people there",
        "demand_beds",
        "beds",
    ),
    "demand_above_beds_fraction": Measure(
        "fraction",
        "share of the period's midnights at which demand_beds is above the planned beds open then",
        _of("system", "above_days", "days"),
        is_limited_only=True,
    ),
    "demand_beds_no_delay": _daily(
        "system",
        "people at midnight in a stage that asks for a planned bed, with every place unlimited and no delay",
        "demand_beds_no_delay",
        "beds",
    ),
    "p_delay_if_lost": Measure(
        "fraction",
        "share who find no bed if those who find none are lost: pmf(n)/cdf(n) of demand_beds at the n "
        "planned beds open at the end of the period (Monks 2016); not the share who wait",
        _of("system", "lost_here", "lost_up_to"),
        by_month=None,
        is_limited_only=True,
    ),
    "overflow": _daily("system", "waiting + in_escalation + in_out_of_area at midnight", "overflow"),
    "waiting": _daily("system", "people who wait for a planned bed at midnight", "waiting"),
    "in_escalation": _daily("system", "people in escalation units at midnight", "in_escalation"),
    "in_out_of_area": _daily("system", "people in out-of-area units at midnight", "in_out_of_area"),
    "overflow_days_fraction": Measure(
        "fraction",
        "share of the period's midnights with any overflow; of a segment, of its people",
        _too("system", "overflow_days", "days"),
    ),
    "overflow_bed_days": Measure(
        "bed-days",
        "overflow added up over the period's midnights",
        _too("system", "overflow", "one"),
        by_month=None,
    ),
    "longest_overflow_spell_days": Measure(
        "days",
        "most midnights in a row with any overflow; a spell that began before the period counts from its first day",
        _too("system", "longest_spell", "one"),
        by_month=None,
    ),
    "p_wait": Measure(
        "fraction",
        "share that wait at all, of requests by people referred in the period: of a unit or kind, those "
        "admitted to it; of the system, a home or a route, all that ask for a planned bed",
        (Ratio("units", "waited", "waits"), Ratio("people", "requests_waited", "requests")),
    ),
    "wait_days": Measure(
        "days",
        "wait of the requests p_wait counts, until admitted or given up, or so far at the end of the run",
        (Ratio("units", "wait_days", "waits"), Ratio("people", "request_days", "requests")),
        OF_PEOPLE,
    ),
    "unfinished_waits": Measure(
        "people",
        "people referred in the period who still wait for a planned bed at the end of the run",
        _of("people", "unfinished_waits", "one"),
        by_month=None,
    ),
    "acute_bed_days_lost_per_day": Measure(
        "bed-days a day",
        "acute beds held, in the period's time, by people who wait for a planned bed",
        _of("people", "acute_days_lost", "days"),
    ),
    "delayed_beds": _daily(
        "places",
        "people in a place at midnight who are ready to leave; of a segment, those in planned beds",
        "delayed_beds",
    ),
    "delayed_bed_days_per_day": Measure(
        "bed-days a day",
        "bed-days of people ready to leave, a day of the period; of a reason or stage, those in planned beds of people "
        "for whom a transfer is arranged for that reason, or who have no place for that stage; of a segment, those of "
        "its people in planned beds",
        (*_too("places", "delayed", "days"), Ratio("parts", "delayed", "days")),
    ),
    "delayed_fraction_of_occupied": Measure(
        "fraction",
        "delayed over occupied bed-days of the period; of a reason or stage, over all those of planned beds; of a "
        "segment, over those of its people in planned beds",
        (*_too("places", "delayed", "occupied"), Ratio("parts", "delayed", "occupied")),
    ),
    "delayed_fraction_of_open": Measure(
        "fraction",
        "delayed over open bed-days of the period",
        _of("places", "delayed", "open_bed_days"),
        is_limited_only=True,
    ),
    "delayed_transfer_fraction": Measure(
        "fraction",
        "bed-days of people ready whose transfer is being arranged, over occupied bed-days",
        _too("places", "transfer", "occupied"),
    ),
    "delayed_leave_time_fraction": Measure(
        "fraction",
        "bed-days of people who await the unit's next leave time, over occupied bed-days",
        _too("places", "leave_time", "occupied"),
    ),
    "delayed_no_place_fraction": Measure(
        "fraction",
        "bed-days of people who could go but have no next place, over occupied bed-days",
        _too("places", "no_place", "occupied"),
    ),
    "delay_days": Measure(
        "days",
        "from ready to left, of stays that ended, of people referred in the period; of a segment, in planned beds",
        _too("places", "delay_days", "stays"),
        OF_PEOPLE,
    ),
    "los_days": Measure(
        "days",
        "from admitted to left, delay included, of the stays delay_days counts",
        _too("places", "los_days", "stays"),
    ),
    "referrals_per_day": Measure("people a day", "people referred in the period", _of("people", "referred", "days")),
    "unfinished_fraction": Measure(
        "fraction",
        "share of the people referred in the period who have no outcome at the end of the run",
        _of("people", "unfinished", "referred"),
    ),
    "admissions_per_day": Measure(
        "people a day",
        "admissions in the period; a move between units is one, a stay put is none; of a segment, to planned beds",
        _too("places", "admissions", "days"),
    ),
    "discharges_per_day": Measure(
        "people a day",
        "departures in the period; a move between units is one, a stay put is none; of a segment, from planned beds",
        _too("places", "discharges", "days"),
    ),
    "out_of_area_fraction": Measure(
        "fraction",
        "share to out-of-area units, of the period's admissions that ask for a planned bed",
        _of("people", "sent_away", "asked"),
    ),
    "away_from_home_fraction": Measure(
        "fraction",
        "share to a site outside the person's own locality, of admissions to planned beds by people referred in the "
        "period who asked for one; admissions where either locality is not known are left out",
        _of("people", "away", "placed"),
        by_month=None,
    ),
    "lever_people": Measure(
        "people",
        "people whom the lever affects, of those who are, or but for it would be, referred in the period",
        _of("affecting", "lever_people", "one"),
        by_month=None,
    ),
    "avoided_people": Measure(
        "people",
        "of the same people, those who because of a lever are not referred, or begin elsewhere and ask for no planned "
        "bed until the end of the run",
        _of("avoiding", "avoided_people", "one"),
        by_month=None,
    ),
    "planned_beds_taken": Measure(
        "beds",
        "planned beds held by people of the segment, mean over the period's time",
        _of("segments", "occupied", "days"),
        by_month=None,
    ),
    "visits_per_week": Measure(
        "visits a week",
        "visits made in the period to people on the team's caseload, those freed left out",
        _too("teams", "visits", "weeks"),
        by_month=None,
    ),
    "visits_freed_per_week": Measure(
        "visits a week",
        "visits no longer made in the period, since another team's visit to the same person does for both",
        _too("teams", "visits_freed", "weeks"),
        by_month=None,
    ),
    "staff_needed": Measure(
        "full-time people",
        "visits a week over those that one full-time person makes; of a segment, added up over the teams",
        (Ratio("teams", "visits", "staff_weeks"), Ratio("segments", "staff", "weeks")),
        by_month=None,
        is_staffed_only=True,
    ),
    "travel_minutes": Measure(
        "minutes",
        "from the centre of the person's locality to the site, one way, of admissions to planned beds by people "
        "referred in the period who asked for one: straight line times the scenario's detour factor over its speed",
        _of("people", "minutes", "travelled"),
        OF_PEOPLE,
        by_month=None,
    ),
}
PLACES_ARE_SHARED = "it counts places, and no place is kept for the people of one segment"
NOT_BY_SEGMENT = {
    "open_beds": PLACES_ARE_SHARED,
    "places_excluded_by_gate": PLACES_ARE_SHARED,
    "places_closed": PLACES_ARE_SHARED,
    "occupancy_fraction": f"{PLACES_ARE_SHARED}; planned_beds_taken says how many a segment holds",
    "demand_above_beds_fraction": f"{PLACES_ARE_SHARED}; demand_beds is given by segment",
    "p_delay_if_lost": "it belongs to a number of beds, which all segments share",
    "delayed_fraction_of_open": f"{PLACES_ARE_SHARED}; delayed_fraction_of_occupied is given by segment",
    "lever_people": "several levers may affect one person, so those of all levers together are not people; "
    "avoided_people, whom no two levers avoid, is given by segment",
}
"""The measures that are not given of segments, and why; every other one is, where a scenario has segments."""
