"""Periods: which days each has, and what happens at their edges, against counts made by hand."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedsim.engine.simpy_engine import simulate
from bedsim.measures.calendar import Calendar
from bedsim.measures.definitions import MEASURES
from bedsim.measures.demand import demand_of
from bedsim.measures.quantities import ByMonth
from bedsim.measures.reading import Reader
from bedsim.measures.replication import measure
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.draw import draw

AROUND_A_YEAR = {"start": "2026-03-30", "n_days": 368}
"""30 and 31 March 2026, the financial year 2026-27 from day 2 to day 366, and 1 April 2027."""


@given(st.dates(date(1999, 1, 1), date(2101, 1, 1)), st.integers(1, 1500))
def test_every_day_is_in_its_month_and_year_and_no_other(start: date, n_days: int) -> None:
    """By the calendar of Python, day by day; whole years alone have a name."""
    calendar = Calendar(start, n_days)
    days = [start + timedelta(days=i) for i in range(n_days)]
    year_of_day = calendar.year_of_month[calendar.month_of_day]
    for i, day in enumerate(days):
        assert calendar.month_of_year[calendar.month_of_day[i]] == day.month - 1
        assert year_of_day[i] == day.year - (day.month < 4) - (start.year - (start.month < 4))
    assert calendar.year_starts.tolist() == [*np.searchsorted(year_of_day, range(calendar.n_years)), n_days]
    assert (
        len(set(zip(calendar.month_of_day.tolist(), [(day.year, day.month) for day in days], strict=True)))
        == len(calendar.month_starts) - 1
    )
    whole = {f"{year}-{(year + 1) % 100:02d}" for year in range(1998, 2110) if _is_inside(year, days)}
    assert set(calendar.years) == {"all", *whole}
    months = {f"month-{day.month:02d}" for day in days}
    assert set(calendar.months) == months | ({"winter"} if months & {"month-12", "month-01", "month-02"} else set())
    assert calendar.headline == max(whole, default="all")


def _is_inside(year: int, days: list[date]) -> bool:
    return days[0] <= date(year, 4, 1) and days[-1] >= date(year + 1, 3, 31)


@pytest.mark.parametrize(
    ("start", "n_days", "years"),
    [
        ("2026-04-01", 1096, ["all", "2026-27", "2027-28", "2028-29"]),
        ("2027-04-01", 366, ["all", "2027-28"]),  # with 29 February 2028
        ("2027-04-01", 365, ["all"]),
        ("2026-04-02", 364, ["all"]),
        ("2026-04-02", 729, ["all"]),
        ("2026-04-02", 730, ["all", "2027-28"]),
        ("2099-04-01", 365, ["all", "2099-00"]),
        ("2026-01-01", 8, ["all"]),
    ],
)
def test_only_years_that_lie_wholly_in_the_window_have_a_name(start: str, n_days: int, years: list[str]) -> None:
    """From 1 April to 31 March, leap days included; the headline is the last of them."""
    calendar = Calendar(date.fromisoformat(start), n_days)
    assert list(calendar.years) == years
    assert calendar.headline == years[-1]


def test_a_midnight_on_the_first_of_april_is_the_new_years_and_a_bed_day_is_split_there(hand: Any) -> None:
    """[1.5, 2.5) is seen at midnight 2, 1 April: half its bed-day is March's. [1, 2) is wholly March's."""
    blueprint = hand.blueprint(**AROUND_A_YEAR)
    found = hand.measure([hand.stayer("ward", 1.5, 2.5), hand.stayer("annex", 1.0, 2.0)], blueprint=blueprint).by_period
    for period, ward, annex in (("all", 1 / 368, 1 / 368), ("2026-27", 1 / 365, 0), ("month-03", 0, 1 / 33)):
        assert found["ward", "midnight_census", period] == ward
        assert found["annex", "midnight_census", period] == annex
    assert found["ward", "midnight_census", "month-04"] == 1 / 31  # 30 days of April 2026 and one of 2027
    assert found["ward", "occupancy_fraction", "all"] == 1 / (2 * 368)
    assert found["ward", "occupancy_fraction", "2026-27"] == 0.5 / (2 * 365)
    assert found["ward", "occupancy_fraction", "month-03"] == 0.5 / (2 * 33)
    assert found["system", "occupancy_fraction", "month-03"] == 1.5 / (4 * 33)
    assert found["annex", "occupancy_fraction", "2026-27"] == 0
    assert found["community_hospital", "occupancy_fraction", "month-04"] == 0.5 / (3 * 31)


def test_people_count_where_they_are_referred_and_moves_where_they_are_made(hand: Any) -> None:
    """Referred a moment before 1 April, admitted on it: the wait is the old year's, the admission the new one's."""
    blueprint = hand.blueprint(**AROUND_A_YEAR)
    people = [
        hand.Person(1.75, [hand.Ask("rehab", "ward", 1.75, 2.0, 4.0)]),
        hand.Person(2.0, [hand.Ask("rehab", "annex", 2.0, 2.0, 367.0)], outcome="died"),
        hand.Person(366.5, [hand.Ask("rehab", "ward", 366.5, 367.5, 400.0)]),
    ]
    found = hand.measure(people, blueprint=blueprint)
    means, histograms = found.by_period, found.histograms_by_period
    assert means["system", "referrals_per_day", "all"] == 3 / 368
    assert means["system", "referrals_per_day", "2026-27"] == 2 / 365
    assert means["system", "wait_days", "2026-27"] == 1.0 / 2
    assert means["system", "wait_days", "all"] == 1.25 / 3
    assert means["ward", "wait_days", "2026-27"] == 1.0
    assert means["system", "admissions_per_day", "2026-27"] == 2 / 365
    assert means["system", "admissions_per_day", "month-04"] == 3 / 31
    assert means["system", "discharges_per_day", "2026-27"] == 1 / 365
    assert means["system", "discharges_per_day", "month-04"] == 2 / 31
    assert means["system", "acute_bed_days_lost_per_day", "2026-27"] == 0.5 / 365
    assert means["system", "acute_bed_days_lost_per_day", "month-04"] == 0.5 / 31
    assert means["ward", "los_days", "2026-27"] == 32.5
    assert means["system", "p_wait", "month-03"] == 1.0  # referred on 31 March 2026 and 2027
    assert histograms["system", "wait_days", "2026-27"].tolist() == [1] + 23 * [0] + [1]
    assert histograms["ward", "wait_days", "all"].sum() == 2
    outcomes = found.totals.rows["outcomes_by_year"][0].sum(axis=1)
    died = blueprint.outcomes.index("died")
    assert outcomes[:, died].tolist() == [0, 1, 0]
    assert outcomes.sum(axis=1).tolist() == [1, 2, 0]


def test_the_leap_day_is_a_day_of_february_of_the_winter_and_of_its_year(hand: Any) -> None:
    """29 February 2028 is day 334 of 2027-28: 1 of 29, of 91 and of 366 days."""
    blueprint = hand.blueprint(start="2027-04-01", n_days=366)
    found = hand.measure([hand.stayer("ward", 334.0, 335.0)], blueprint=blueprint).by_period
    shares = {"month-02": 1 / 29, "winter": 1 / 91, "2027-28": 1 / 366, "all": 1 / 366, "month-03": 0.0}
    assert {period: found["ward", "midnight_census", period] for period in shares} == shares
    assert {period: found["system", "midnight_census", period] for period in shares} == shares


def test_overflow_by_period(hand: Any) -> None:
    """Somebody waits at midnights 0 to 4, two of March and three of April; somebody else on 25 December, day 270."""
    blueprint = hand.blueprint(**AROUND_A_YEAR)
    people = [
        hand.Person(-1.0, [hand.Ask("rehab", "ward", -1.0, 4.5, 5.0)]),
        hand.Person(270.0, [hand.Ask("rehab", "ward", 270.0, 270.25, 271.0)]),
    ]
    found = hand.measure(people, blueprint=blueprint)
    means, maxima = found.by_period, found.maxima_by_period
    assert means["system", "overflow_days_fraction", "all"] == 6 / 368
    assert means["system", "overflow_days_fraction", "2026-27"] == 4 / 365
    assert means["system", "overflow_days_fraction", "winter"] == 1 / 90
    assert means["system", "overflow_days_fraction", "month-12"] == 1 / 31
    assert means["system", "overflow_bed_days", "all"] == 6
    assert means["system", "overflow_bed_days", "2026-27"] == 4
    assert means["system", "longest_overflow_spell_days", "all"] == 5
    assert means["system", "longest_overflow_spell_days", "2026-27"] == 3
    assert maxima["system", "overflow", "month-12"] == 1
    assert maxima["system", "overflow", "month-06"] == 0
    assert found.histograms_by_period["system", "overflow", "2026-27"].tolist() == [361, 4]
    assert found.histograms_by_period["system", "overflow", "winter"].tolist() == [89, 1]
    for name in ("overflow_bed_days", "longest_overflow_spell_days"):
        assert ("system", name, "winter") not in means


def test_demand_is_compared_with_the_beds_of_the_period(hand: Any) -> None:
    """2 people on 31 March and 1 April, 1 bed until then and 2 from then on: above once, in the old year."""
    timetable = [{"date": "2026-04-01", "places": 2}, {"date": "2027-04-01", "places": 9}]
    none = {"places": 0}
    blueprint = hand.blueprint(**AROUND_A_YEAR, ward={"places": 1, "timetable": timetable}, annex=none, home_ash=none)
    people = [hand.stayer("ward", 1.0, 3.0), hand.stayer("ward", 1.0, 3.0)]
    means = hand.measure(people, blueprint=blueprint).by_period
    assert means["system", "demand_above_beds_fraction", "all"] == 1 / 368
    assert means["system", "demand_above_beds_fraction", "2026-27"] == 0
    assert means["system", "demand_above_beds_fraction", "month-03"] == 1 / 33
    assert means["system", "p_delay_if_lost", "2026-27"] == 1 / 365  # 2 beds at its end
    assert means["system", "p_delay_if_lost", "all"] == 0  # 9 at the end of the window
    assert means["system", "open_beds", "2026-27"] == 2
    assert means["system", "open_beds", "all"] == (2 * 1 + 365 * 2 + 9) / 368
    assert means["ward", "open_beds", "month-04"] == (30 * 2 + 9) / 31


def test_every_month_together_is_the_whole_window(hand: Any) -> None:
    """Of drawn people: what is given a day adds up over months, and over years and what lies beside them."""
    blueprint = hand.blueprint(**AROUND_A_YEAR)
    network, patients = blueprint.network, draw(blueprint, 5, 0)
    stays = simulate(patients, network)
    one = yardstick_of(blueprint)
    reader = Reader(one, measure(blueprint, patients, stays, demand_of(one, patients, stays, stays), 0))
    found = [reader.means(name) for name, measured in MEASURES.items() if measured.by_month]
    means = {key: values[0, i] for keys, values in found for i, key in enumerate(keys)}
    days = ByMonth(reader.yardstick, reader.totals).quantity("system", "days").ravel()
    months = [period for period in reader.yardstick.calendar.months if period != "winter"]
    days = dict(zip(reader.yardstick.calendar.months, days.tolist(), strict=True))
    assert sum(days[month] for month in months) == 368
    checked = 0
    for name, one in MEASURES.items():
        for ratio in one.ratios:
            if one.by_month and ratio.bottom == "days":
                of_months = math.fsum(means["system", name, month] * days[month] for month in months)
                assert of_months == pytest.approx(means["system", name, "all"] * 368, rel=1e-12), name
                winter = ("month-12", "month-01", "month-02")
                of_winter = math.fsum(means["system", name, month] * days[month] for month in winter)
                assert of_winter == pytest.approx(means["system", name, "winter"] * days["winter"], rel=1e-12), name
                checked += 1
    assert checked > 15
