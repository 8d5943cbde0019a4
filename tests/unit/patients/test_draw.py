"""Drawing patients: bookings, replays, daily variation, people present at the start, routes."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from bedsim.engine.simpy_engine import simulate
from bedsim.errors import BedsimError
from bedsim.patients.arrivals import (
    _daily_variation,
    base_per_day,
    demand_of,
    draw_arrivals,
    expected_per_day,
    mean_referrals_per_day,
)
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.patients.network import locality_names
from bedsim.patients.population import NONE
from bedsim.scenario.present import PresentAtStart
from bedsim.scenario.schema import Scenario
from tests.scenarios_in_python import HOURS, START, by_identity, patients_of, spec


def one_stream(referrals: dict[str, Any], **more: object) -> Scenario:
    """A ward and a stream of people who need 2 days."""
    scenario = {
        "time": {"start": START, "run_length_days": 30, "cool_down_days": 0},
        "units": {"ward": {"kind": "community_hospital", "places": 10}},
        "pathways": {"p": {"s": {"needed_days": {"constant": 2.0}, "ladder": ({"units": "ward"},)}}},
        "streams": {"x": {"pathway": "p", "referrals": referrals}},
        **more,
    }
    return Scenario.model_validate(scenario)


def iso(day: int) -> str:
    """Write the date of a day."""
    return (START + timedelta(days=day)).isoformat()


OBSERVED = (("date", "referrals"), (iso(-12), "9"), (iso(-3), "4"), (iso(0), "0"), (iso(1), "7"), (iso(29), "2"))


@pytest.mark.parametrize("hour", [None, {"index": HOURS}])
@pytest.mark.parametrize("replication", [0, 1])
def test_observed_counts_are_replayed_as_they_were(hour: dict[str, Any] | None, replication: int) -> None:
    """Every replication has exactly the counts of the file within the run, at hours the profile allows."""
    scenario = one_stream({"observed_csv": "seen.csv", "hour": hour}, tables={"seen.csv": OBSERVED})
    patients = draw(prepare(scenario, 10), 1, replication)
    days, counts = np.unique(np.floor(patients.referred_day), return_counts=True)
    assert dict(zip(days.tolist(), counts.tolist(), strict=True)) == {-3: 4, 1: 7, 29: 2}
    if hour:
        assert ((patients.referred_day % 1) >= 8 / 24).all()
    assert mean_referrals_per_day(scenario, "x", -10, 30) == 13 / 40


def test_an_expected_rate_from_a_table_holds_on_its_dates_and_is_0_elsewhere() -> None:
    """A CSV of (date, expected a day)."""
    table = (("date", "expected_per_day"), (iso(-1), "3.5"), (iso(0), "0.25"), (iso(99), "4"))
    scenario = one_stream({"expected_csv": "rate.csv"}, tables={"rate.csv": table})
    rate = expected_per_day(scenario, "x", -2, 3)
    assert rate.tolist() == [0.0, 3.5, 0.25, 0.0, 0.0]
    patients = [draw(prepare(scenario, 10), 1, k).referred_day for k in range(300)]
    days = np.floor(np.concatenate(patients))
    assert set(days.tolist()) == {-1.0, 0.0}
    assert abs((days == -1).sum() / 300 - 3.5) < 5 * np.sqrt(3.5 / 300)


def test_a_rate_per_head_is_people_a_year_over_the_population() -> None:
    """8.4 per 1,000 a year of 200,000 people."""
    scenario = one_stream({"per_1000_a_year": 8.4, "population": 200_000.0})
    base = base_per_day(scenario, scenario.streams["x"].referrals, 0, 3)
    assert base == pytest.approx([8.4 * 200 / 365.25] * 3)


def test_booked_people_come_on_their_day_at_their_hour() -> None:
    """Bookings alone, outside the run left out; two bookings of one day, and of one hour, are different people."""
    day = START + timedelta(days=3)
    booked = (
        {"date": day, "patients": 2},
        {"date": day, "patients": 1, "hour": 18.0},
        {"date": day, "patients": 1, "hour": 18.0},
        {"date": START + timedelta(days=99), "patients": 5},
    )
    scenario = one_stream({"booked": booked})
    patients = draw(prepare(scenario, 0), 1, 0)
    assert patients.referred_day.tolist() == [3.5, 3.5, 3.75, 3.75]
    identities = {(patients.origin[o], int(i)) for o, i in zip(patients.origin_index, patients.index, strict=True)}
    assert len(identities) == 4


def test_an_earlier_booking_does_not_change_a_later_one() -> None:
    """Identity of a booked person is the date, the hour and the place in the list of that hour."""
    changed = spec()
    later = {"date": START + timedelta(days=9), "patients": 2}
    changed["streams"]["acute"]["referrals"]["booked"] = (later,)
    before = by_identity(changed, patients_of(changed))
    changed["streams"]["acute"]["referrals"]["booked"] = ({**later, "hour": 9.0}, later)
    after = by_identity(changed, patients_of(changed))
    assert {person: after[person] for person in before} == before
    assert len(after) == len(before) + 2


def test_the_rate_of_a_stream_counts_bookings_too() -> None:
    """3 a day and 30 people booked within 30 days are 4 a day."""
    booked = ({"date": START, "patients": 30},)
    assert mean_referrals_per_day(one_stream({"per_day": 3.0, "booked": booked}), "x", 0, 30) == pytest.approx(4.0)


def _variation(group: str, stream: str = "x", cv: float = 0.4, first: int = -50, last: int = 4_000) -> np.ndarray:
    streams = {
        name: {
            "pathway": "p",
            "route": route,
            "referrals": {"per_day": 1.0, "daily_variation": {"cv": cv, "group": of}},
        }
        for name, route, of in (("x", "step_down", group), ("y", "step_down", ""), ("z", "step_up", ""))
    }
    demand = demand_of(one_stream({"per_day": 1.0}, streams=streams), stream, first, last)
    assert demand.variation is not None
    return _daily_variation(demand, demand.variation, 1, 0)


def test_daily_variation_has_mean_1_and_the_spread_given() -> None:
    """A gamma variable a day."""
    factors = _variation("", cv=0.4, last=20_000)
    assert abs(factors.mean() - 1) < 5 * 0.4 / np.sqrt(len(factors))
    assert factors.std() == pytest.approx(0.4, rel=0.03)
    assert abs(np.corrcoef(factors[1:], factors[:-1])[0, 1]) < 5 / np.sqrt(len(factors))


def test_streams_of_one_route_or_group_share_their_days() -> None:
    """By default one draw a day and route; a group of another name has its own."""
    assert np.array_equal(_variation(""), _variation("", "y"))
    assert not np.array_equal(_variation(""), _variation("", "z"))
    assert not np.array_equal(_variation("mine"), _variation("mine", "y"))
    assert np.array_equal(_variation("step_up"), _variation("", "z"))


def test_daily_variation_belongs_to_the_day_however_long_the_run() -> None:
    """Day 0 and day -1 keep their factors under another warm-up and run length."""
    short, long = _variation("", first=-5, last=10), _variation("", first=-50, last=99)
    assert np.array_equal(short, long[45:60])


def _present(entry: dict[str, Any], **changes: object) -> dict[str, Any]:
    changed = spec()
    changed["present_at_start"] = (entry,)
    return {**changed, **changes}


PRESENT = {"stream": "acute", "unit": "ward", "stage": "rehab"}


@pytest.mark.parametrize(
    ("size", "n"),
    [({"fraction": 0.9}, 27), ({"patients": 5}, 5), ({"fraction": 1.0}, 30), ({"fraction": 0.75}, 23)],
)
def test_everybody_present_at_the_start_is_placed_at_the_first_instant_in_their_unit(
    size: dict[str, Any], n: int
) -> None:
    """Before everybody who asks then; what is left of their need is theirs, and their way on is drawn."""
    changed = _present({**PRESENT, **size})
    blueprint = prepare(Scenario.model_validate(changed), 30)
    patients = draw(blueprint, 1, 0)
    stays = simulate(patients, blueprint.network)
    there = [i for i in range(patients.n_patients) if patients.origin[patients.origin_index[i]].startswith("present")]
    assert len(there) == n
    rows = np.searchsorted(stays.row, patients.first_row[there])
    assert (stays.admitted_day[rows] == -30).all()
    assert (stays.unit[rows] == 0).all()
    assert np.array_equal(stays.ready_day[rows], -30 + patients.needed_days[patients.first_row[there]])


def test_people_present_at_the_start_change_nobody_else() -> None:
    """Their draws have names of their own."""
    base = by_identity(spec(), patients_of(spec()))
    changed = _present({**PRESENT, "fraction": 0.5})
    more = by_identity(changed, patients_of(changed))
    assert {person: more[person] for person in base} == base


def test_the_residual_of_people_present_is_length_biased_and_their_branches_too() -> None:
    """Mean residual = E[X^2] / (2 E[X]) of the mixture of branches' needs; the short branch is met less often."""
    changed = _present({**PRESENT, "patients": 20_000})
    changed["units"]["ward"]["places"] = 20_000
    patients = patients_of(changed)
    rows = patients.first_row[[patients.origin[o].startswith("present") for o in patients.origin_index]]
    assert len(rows) == 20_000
    residual = patients.needed_days[rows]
    plain, died = (21.0, 21.0**2 * (1 + 0.7**2)), (10.0, 10.0**2 * (1 + 0.8**2))
    mean = 0.9 * plain[0] + 0.1 * died[0]
    expected = (0.9 * plain[1] + 0.1 * died[1]) / (2 * mean)
    assert abs(residual.mean() - expected) < 4 * residual.std() / np.sqrt(len(rows))
    p_died = 0.1 * died[0] / mean
    died_fraction = np.mean(patients.branch[rows] == 2)
    assert abs(died_fraction - p_died) < 4 * np.sqrt(p_died * (1 - p_died) / len(rows))


@pytest.mark.parametrize(("fraction", "n"), [(0.5, 3), (0.3, 2), (0.09, 0), (0.1, 1), (1.0, 5)])
def test_half_a_person_present_counts_as_one(fraction: float, n: int) -> None:
    """The check and the drawing count the people of a fraction alike: the nearest whole number, halves up."""
    entry = PresentAtStart(**PRESENT, fraction=fraction)
    assert entry.n_people(5) == n
    changed = _present({**PRESENT, "fraction": fraction})
    changed["units"]["ward"]["places"] = 5
    assert sum(group.n for group in prepare(Scenario.model_validate(changed), 0).present) == n


def test_a_residual_that_is_stated_is_what_is_left_of_the_stay() -> None:
    """Ready residual_days after the first instant, whatever the stay factor; a need's residual is multiplied by it."""
    stays = {}
    for factor in (1.0, 2.0):
        for residual in ({"constant": 3.5}, None):
            changed = _present({**PRESENT, "patients": 5, "residual_days": residual})
            changed["units"]["ward"]["stay_factor"] = factor
            blueprint = prepare(Scenario.model_validate(changed), 30)
            patients = draw(blueprint, 1, 0)
            found = simulate(patients, blueprint.network)
            first = np.searchsorted(found.row, patients.first_row[:5])
            stays[factor, residual is None] = found.ready_day[first] - found.admitted_day[first]
    assert (stays[1.0, False] == 3.5).all()
    assert (stays[2.0, False] == 3.5).all()
    assert stays[2.0, True] == pytest.approx(2 * stays[1.0, True])


def test_people_of_a_stream_without_localities_have_the_last_index() -> None:
    """It stands for no locality, so that every person has a ladder of their stage."""
    changed = spec()
    del changed["streams"]["acute"]["localities"]
    scenario = Scenario.model_validate(changed)
    patients = patients_of(changed)
    of_acute = patients.locality[patients.stream == 0]
    assert locality_names(scenario)[-1] is None
    assert set(of_acute.tolist()) == {len(locality_names(scenario)) - 1}


def test_a_line_list_places_each_person_with_the_days_given() -> None:
    """Stay left = residual_days, whatever the unit's stay factor; homes as listed, or none."""
    table = (
        ("stream", "unit", "stage", "residual_days", "locality"),
        ("acute", "ward", "rehab", "3.5", "south"),
        ("acute", "team", "support", "2", ""),
        ("acute", "ward", "rehab", "11", "north"),
    )
    changed = _present({"line_list_csv": "people.csv"}, tables={"people.csv": table})
    changed["units"]["ward"]["stay_factor"] = 2.0
    blueprint = prepare(Scenario.model_validate(changed), 30)
    patients = draw(blueprint, 1, 0)
    stays = simulate(patients, blueprint.network)
    found = set()
    homes = [*changed["localities"], None]
    for i in range(patients.n_patients):
        if patients.origin[patients.origin_index[i]].startswith("present"):
            row = np.searchsorted(stays.row, patients.first_row[i])
            home = homes[patients.locality[i]]
            found.add((blueprint.units[stays.unit[row]], stays.admitted_day[row], stays.ready_day[row] + 30, home))
    assert found == {("ward", -30, 3.5, "south"), ("team", -30, 2.0, None), ("ward", -30, 11.0, "north")}


def test_an_empty_stream_draws_nobody() -> None:
    """A rate of 0 is a scenario too."""
    blueprint = prepare(one_stream({"per_day": 0.0}), 5)
    patients = draw(blueprint, 1, 0)
    assert (patients.n_patients, patients.n_rows) == (0, 0)
    assert len(simulate(patients, blueprint.network).row) == 0
    assert draw_arrivals(blueprint.demands[0], 1, 0) == []
    assert patients.needed_days.dtype == np.float64


def test_people_are_numbered_by_referred_day_and_rows_by_person_with_parents_first() -> None:
    """The order that the engines rely on."""
    patients = patients_of(spec())
    assert (np.diff(patients.referred_day) >= 0).all()
    assert (np.diff(patients.patient) >= 0).all()
    assert np.array_equal(np.searchsorted(patients.patient, np.arange(patients.n_patients)), patients.first_row)
    for links in (patients.next_row, patients.then_row):
        parents = np.flatnonzero(links != NONE)
        assert (links[parents] > parents).all()
        assert np.array_equal(patients.patient[links[parents]], patients.patient[parents])
    assert ((patients.outcome == NONE) == (patients.next_row != NONE)).all()


def test_people_of_one_instant_are_numbered_by_stream_and_then_by_index() -> None:
    """Whatever list they come from: two lists of people present in one stream take turns."""
    changed = _present({**PRESENT, "patients": 3})
    entries = (
        {**PRESENT, "patients": 2},
        {**PRESENT, "stream": "community", "patients": 2},
        {**PRESENT, "patients": 3},
    )
    changed["present_at_start"] = (entries[1], entries[0], entries[2])
    patients = patients_of(changed)
    assert (patients.referred_day[:7] == -30).all()
    assert patients.stream[:7].tolist() == [0, 0, 0, 0, 0, 1, 1]
    assert patients.index[:7].tolist() == [0, 0, 1, 1, 2, 0, 1]
    assert patients.origin_index[:5].tolist() == [1, 2, 1, 2, 2]


def test_threads_that_draw_at_the_same_time_draw_what_one_draws_alone() -> None:
    """Nothing is shared but the blueprint."""
    blueprint = prepare(Scenario.model_validate(spec()), 30)
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda k: draw(blueprint, 1, k), range(8)))
    for k, patients in enumerate(together):
        alone = asdict(draw(prepare(Scenario.model_validate(spec()), 30), 1, k))
        assert all(np.array_equal(column, alone[name]) for name, column in asdict(patients).items())


def test_a_route_without_end_is_refused() -> None:
    """At most 50 stages; a loop that nobody leaves is not cut short in silence."""
    changed = spec()
    changed["pathways"]["bedded"]["support"]["then"] = {"again": {"share": 1.0, "next": "support"}}
    with pytest.raises(BedsimError, match="more than 50 stages"):
        patients_of(changed)


def test_a_date_outside_the_year_of_the_start_is_a_day_like_any_other() -> None:
    """29 February 2028 is 699 days after 1 April 2026, and its month is February."""
    scenario = one_stream({"per_day": 1.0, "month": {"index": (0.5, 2.5) + (0.9,) * 10}})
    leap = (date(2028, 2, 29) - START).days
    assert leap == 699
    assert expected_per_day(scenario, "x", leap, leap + 2).tolist() == [2.5, 0.9]


def test_then_rungs_and_branches_that_meet_again_are_refused_quickly() -> None:
    """Home first, else a bed, and from the bed home again: both ways are drawn, so the rows double at each stage."""
    home = {"needed_days": {"constant": 1.0}, "ladder": ({"units": "ward"}, {"after_days": 1.0, "then": "bed"})}
    bed = {"needed_days": {"constant": 1.0}, "ladder": ({"units": "ward"},)}
    back = {"back": {"share": 0.9, "next": "home"}, "well": {"share": 0.1}}
    scenario = one_stream(
        {"per_day": 20.0},
        pathways={"p": {"home": {**home, "then": {"on": {"share": 1.0, "next": "bed"}}}, "bed": {**bed, "then": back}}},
    )
    began = time.perf_counter()
    with pytest.raises(BedsimError, match=r"more than 50 stages on average.*try a leave rung in place of then"):
        draw(prepare(scenario, 10), 1, 0)
    assert time.perf_counter() - began < 5


def _days_present(entries: tuple[dict[str, Any], ...]) -> dict[str, list[float]]:
    """Return the needs of the people present, by the label under which they are drawn."""
    scenario = Scenario.model_validate({**spec(), "present_at_start": entries})
    patients = draw(prepare(scenario, 0), 1, 0)
    needs: dict[str, list[float]] = {}
    for origin, row in zip(patients.origin_index, patients.first_row, strict=True):
        if patients.origin[origin].startswith("present"):
            needs.setdefault(patients.origin[origin], []).append(float(patients.needed_days[row]))
    return needs


def test_an_entry_put_in_before_changes_nobody_present() -> None:
    """People present are keyed by stream, unit, stage and the earlier entries that name the same three."""
    entry, other = {**PRESENT, "patients": 4}, {**PRESENT, "unit": "ash", "patients": 3}
    alone, after = _days_present((entry,)), _days_present((other, entry))
    assert {label: after[label] for label in alone} == alone
    twice = _days_present((entry, entry))
    assert len(twice) == 2
    assert len({tuple(needs) for needs in twice.values()}) == 2
