"""Clinics from people to differences: who is the same person, how far it is, what is measured, who wins by a move."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bedsim import clinics
from bedsim.clinics.measures import Key, Window, measured
from bedsim.clinics.people import draw
from bedsim.clinics.replication import ATTENDED, Played, play, travel_minutes
from bedsim.clinics.schema import ClinicPlan, SlotsByWeekday
from bedsim.clinics.sessions import overloads, sessions_of
from bedsim.errors import BedsimError
from tests.unit.clinics.plans import plan_of

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "clinics"
SHORT = {"start": "2026-04-06", "run_length_days": 364, "warm_up_days": 364, "cool_down_days": 126}
RULES = {
    "referrals": {"per_week": 9.0},
    "slots": {"mon": 9, "thu": 9},
    "did_not_attend": {"fraction": 0.1, "discharged_after": 2},
    "follow_ups": {"fraction": 0.3, "after_weeks": 6},
}
MAP = {
    "localities": {"a": {"coordinates": [0.0, 0.0]}, "b": {"coordinates": [0.0, 3.0]}},
    "travel": {"detour_factor": 1.0, "km_per_hour": 60},
    "sites": {"here": {"coordinates": [0.0, 1.0]}, "there": {"coordinates": [0.0, 2.0]}},
}
DEGREE_KM = 6371.0088 * np.pi / 180


def played(plan: ClinicPlan, replication: int = 0) -> Played:
    """Return one replication of the only clinic."""
    return play(plan, "one", sessions_of(plan, plan.clinics["one"]), 1, replication)


def test_more_referrals_add_people_and_change_nobody() -> None:
    """All who come at 9 a week come at 15, at the same instants, with the same follow-ups and missed appointments."""
    few, many = (draw(plan_of(RULES | {"referrals": {"per_week": n}}, time=SHORT), "one", 1, 0) for n in (9.0, 15.0))
    place = np.searchsorted(many.referred_day, few.referred_day)
    np.testing.assert_array_equal(many.referred_day[place], few.referred_day)
    np.testing.assert_array_equal(many.n_follow_ups[place], few.n_follow_ups)
    np.testing.assert_array_equal(many.n_missed[place, 0], few.n_missed[:, 0])
    assert len(few.referred_day) < len(many.referred_day)


def test_a_longer_warm_up_changes_nobody() -> None:
    """Those referred since a year before are the same people."""
    short, long = (draw(plan_of(RULES, time=SHORT | {"warm_up_days": days}), "one", 1, 0) for days in (364, 900))
    is_later = long.referred_day >= -364
    np.testing.assert_array_equal(long.referred_day[is_later], short.referred_day)
    np.testing.assert_array_equal(long.n_follow_ups[is_later], short.n_follow_ups)


def test_a_higher_share_of_missed_appointments_lets_nobody_miss_fewer() -> None:
    """Person by person."""
    low, high = (
        draw(plan_of(RULES | {"did_not_attend": {"fraction": share}}, time=SHORT), "one", 1, 0) for share in (0.1, 0.2)
    )
    assert (high.n_missed >= low.n_missed).all()
    assert (high.n_missed > low.n_missed).any()


def test_referrals_come_at_the_rate_of_their_weekday() -> None:
    """Twice as many on Mondays, none at weekends: within four standard errors, and the start is a Tuesday."""
    index = [2.0, 1.25, 1.25, 1.25, 1.25, 0.0, 0.0]
    time = {"start": "2026-04-07", "run_length_days": 7_000, "warm_up_days": 0, "cool_down_days": 126}
    found = draw(plan_of({"referrals": {"per_week": 21.0, "weekday": {"index": index}}}, time=time), "one", 1, 0)
    weekday = (np.floor(found.referred_day).astype(int) + 1) % 7
    expected = np.array(index) * 3 * (7_126 / 7)
    assert (abs(np.bincount(weekday, minlength=7) - expected) <= 4 * np.sqrt(expected)).all()


def test_no_effect_is_no_rule_bit_for_bit() -> None:
    """Nobody misses, nobody comes again, nothing is kept, a profile of ones, every week: as if none were written."""
    bare = {"referrals": {"per_week": 9.0}, "slots": 11}
    idle = {
        "referrals": {"per_week": 9.0, "weekday": {"index": [1.0] * 7}},
        "slots": {"mon": 3, "tue": 2, "wed": 2, "thu": 2, "fri": 2},
        "did_not_attend": {"fraction": 0.0, "discharged_after": 1},
        "follow_ups": {"fraction": 0.0, "after_weeks": 3, "kept_slots_fraction": 0.5},
        "every_weeks": 1,
        "waiting_at_start": 0,
    }
    one, other = (played(plan_of(rules, time=SHORT)) for rules in (bare, idle))
    for field in dataclasses.fields(Played):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_sessions_are_held_as_written() -> None:
    """Every other week from that of the start; from the date of a move on, at the other site with its slots."""
    move = {"to": "there", "date": "2026-05-04", "slots": {"tue": 3}}
    plan = plan_of({"slots": {"mon": 2, "fri": 1}, "every_weeks": 2, "move": move}, time=SHORT | {"warm_up_days": 14})
    found = sessions_of(plan, plan.clinics["one"])
    rows = list(zip(found.day.tolist(), found.slots.tolist(), (found.site[i] for i in found.at), strict=True))
    assert rows[:8] == [
        (-14, 2, "here"),
        (-10, 1, "here"),
        (0, 2, "here"),
        (4, 1, "here"),
        (14, 2, "here"),
        (18, 1, "here"),
        (29, 3, "there"),
        (43, 3, "there"),
    ]


def test_the_share_kept_is_kept_over_the_sessions() -> None:
    """0.3 of 6 slots a session: 1, 2, 2, 2, 2, 1 and so on, 18 of every 60."""
    rules = {"slots": {"mon": 6}, "follow_ups": {"fraction": 0.3, "after_weeks": 1, "kept_slots_fraction": 0.3}}
    plan = plan_of(rules, time=SHORT)
    kept = sessions_of(plan, plan.clinics["one"]).kept
    assert kept[:6].tolist() == [1, 2, 2, 2, 2, 1]
    assert kept[:10].sum() == 18


def test_the_way_is_that_to_where_the_clinic_is_on_the_day() -> None:
    """A degree of the equator at 60 km an hour: 111 minutes; one for each home here, and the other way round there."""
    move = {"to": "there", "date": "2026-10-05"}
    people = {"localities": {"shares": {"a": 0.5, "b": 0.5}}}
    plan = plan_of(RULES | people | {"move": move}, time=SHORT, **MAP)
    np.testing.assert_allclose(
        travel_minutes(plan, ("here", "there"))[:2], DEGREE_KM * np.array([[1, 2], [2, 1]]), rtol=1e-5
    )
    one = played(plan)
    is_moved = one.given_day >= 182
    for home, before, after in ((0, 1, 2), (1, 2, 1)):
        np.testing.assert_allclose(one.minutes[(one.home == home) & ~is_moved], before * DEGREE_KM, rtol=1e-5)
        np.testing.assert_allclose(one.minutes[(one.home == home) & is_moved], after * DEGREE_KM, rtol=1e-5)


def test_without_a_map_there_are_no_minutes() -> None:
    """No travel, no coordinates or no homes: no number, and no row."""
    for change in ({"travel": None}, {"sites": {"here": {}, "there": {}}}):
        plan = plan_of(RULES | {"localities": {"shares": {"a": 1.0}}}, time=SHORT, **(MAP | change))
        found = clinics.run(plan, 2)
        assert not [row for row in found.rows if row.measure == "travel_minutes"]
    assert not [
        row for row in clinics.run(plan_of(RULES, time=SHORT, **MAP), 2).rows if row.measure == "travel_minutes"
    ]


def test_the_measures_of_four_people_are_those_of_the_hand() -> None:
    """Referred on days -7, 0, 7 and 14; seen on 0 and 140, discharged on 21, still waiting after the run's 490."""
    window = Window.of(plan_of(time=SHORT))
    one = Played(
        referred_day=np.array([-7.0, 0.0, 7.0, 14.0]),
        ended_day=np.array([0.0, 140.0, 21.0, np.nan]),
        is_seen=np.array([True, True, False, False]),
        given_day=np.array([0.0, 14.0, 21.0, 140.0, 154.0]),
        due_day=np.array([-7.0, 7.0, 7.0, 0.0, 140.0]),
        appointment=np.array([0, 0, 0, 0, 1]),
        outcome=np.array([ATTENDED, 0, -1, ATTENDED, ATTENDED]),
        home=np.zeros(5, dtype=np.int64),
        minutes=np.array([10.0, 99.0, 99.0, 20.0, 60.0]),
        session_day=np.arange(0, 364, 7),
        slots=np.ones(52, dtype=np.int64),
    )
    found = {key[1:3]: value for key, value in measured(window, "one", one) if key.period == "all"}
    assert found == {
        ("referrals_per_week", "mean"): pytest.approx(3 / 52),
        ("wait_weeks", "mean"): pytest.approx((20 + 68) / 2),
        ("wait_weeks", "p95"): pytest.approx((490 - 14) / 7),
        ("within_18_weeks_fraction", "mean"): 0.0,
        ("waiting", "mean"): pytest.approx((140 + 14 + 350) / 364),
        ("waiting", "end"): 1.0,
        ("discharged_unseen_fraction", "mean"): pytest.approx(1 / 3),
        ("unseen_fraction", "mean"): pytest.approx(1 / 3),
        ("follow_up_late_weeks", "mean"): pytest.approx(2.0),
        ("missed_fraction", "mean"): pytest.approx(2 / 5),
        ("slots_used_fraction", "mean"): pytest.approx(5 / 52),
        ("travel_minutes", "mean"): pytest.approx(30.0),
    }


def test_people_on_the_list_at_the_start_are_seen_first_and_in_no_wait() -> None:
    """Twenty of them take the first ten weeks of two slots; referrals and waits count those referred alone."""
    time = SHORT | {"warm_up_days": 0}
    one = played(plan_of({"slots": {"mon": 2}, "waiting_at_start": 20}, time=time))
    assert (one.ended_day[:20] == np.repeat(np.arange(0, 70, 7), 2)).all()
    assert (one.referred_day[20:] >= 0).all()
    found = clinics.run(plan_of({"slots": {"mon": 2}, "waiting_at_start": 20}, time=time), 2)
    assert found.value("referrals_per_week", "one", "all").value < 2
    assert found.waiting[0, 0, 0] == 20


def test_the_list_at_any_instant_adds_up_to_the_time_waited() -> None:
    """Little's law for one replication, exact: the integral of the list is the sum of the waits within the window."""
    one = played(plan_of(RULES, time=SHORT))
    window = Window.of(plan_of(time=SHORT))
    events = np.sort(np.concatenate(([0.0, 364.0], one.referred_day, one.ended_day[~np.isnan(one.ended_day)])))
    events = events[(events >= 0) & (events <= 364)]
    area = sum(
        ((one.referred_day <= a).sum() - (one.ended_day <= a).sum()) * (b - a) for a, b in pairwise(events.tolist())
    )
    (mean,) = (value for key, value in measured(window, "one", one) if key == Key("one", "waiting", "mean", "all"))
    assert mean == pytest.approx(area / 364, rel=1e-12)


def test_overload_is_said_before_the_run_with_its_era() -> None:
    """Enough slots here, too few there: one sentence, which says from when on; none where slots are enough."""
    assert list(overloads(plan_of(RULES, time=SHORT))) == []
    move = {"to": "there", "date": "2026-10-05", "slots": {"mon": 12}}
    (text,) = overloads(plan_of(RULES | {"move": move}, time=SHORT))
    assert "OVERLOAD at one from 2026-10-05 on: its referrals take 14.1 slots a week" in text
    assert "it has 12" in text
    assert len(list(overloads(plan_of(RULES | {"slots": {"mon": 14}}, time=SHORT)))) == 1


def test_moving_the_shipped_clinics_changes_the_way_and_no_wait() -> None:
    """With the same slots every wait is the same in every replication; the Moorlands' way is longer, by the map."""
    first, second = (clinics.load(SCENARIOS / name) for name in ("leek.yaml", "leek-moved.yaml"))
    both = clinics.compare(first, second, 5)
    assert both.is_same_people
    found = {(one.unit, one.measure, one.statistic): one for one in both.differences()}
    assert all(one.is_same == (measure != "travel_minutes") for (_, measure, _), one in found.items())
    assert found["locality:moorlands", "travel_minutes", "mean"].difference == pytest.approx(14.25, abs=0.01)
    assert all(one.is_same for one in both.differences("2026-27")), "before the move"


def test_more_slots_after_a_move_shorten_the_wait_of_the_same_people() -> None:
    """Ten slots more: fewer weeks with confidence, and the same referrals to the bit."""
    first = clinics.load(SCENARIOS / "leek.yaml")
    skin = first.clinics["skin"]
    assert isinstance(skin.slots, SlotsByWeekday)
    more = skin.model_copy(update={"slots": skin.slots.model_copy(update={"fri": 10})})
    second = first.model_copy(update={"clinics": first.clinics | {"skin": more}})
    found = {(one.unit, one.measure, one.statistic): one for one in clinics.compare(first, second, 5).differences()}
    assert found["skin", "wait_weeks", "mean"].ci_high < 0
    assert found["skin", "referrals_per_week", "mean"].is_same
    assert found["minor_surgery", "wait_weeks", "mean"].is_same


def test_the_same_seed_gives_the_same_numbers_and_another_others() -> None:
    """Bit for bit; a replication does not depend on how many there are."""
    plan = plan_of(RULES, time=SHORT)
    one, again, longer, other = (clinics.run(plan, n, seed) for n, seed in ((3, 1), (3, 1), (5, 1), (3, 2)))
    for key, values in one.values.items():
        np.testing.assert_array_equal(values, again.values[key])
        np.testing.assert_array_equal(values, longer.values[key][:3])
    assert (one.waiting != other.waiting).any()


def test_what_cannot_be_done_is_a_sentence() -> None:
    """No replications, far too many, plans of other days, plans without a common clinic, a number that is not there."""
    plan = plan_of(RULES, time=SHORT)
    with pytest.raises(BedsimError, match="must be 1 to 10,000, but is 0"):
        clinics.run(plan, 0)
    with pytest.raises(BedsimError, match="more than 2e\\+07 are refused"):
        clinics.run(plan_of(RULES | {"slots": {"mon": 1000}}), 1000)
    with pytest.raises(BedsimError, match="must observe the same days"):
        clinics.compare(plan, plan_of(RULES), 1)
    with pytest.raises(BedsimError, match="must have a clinic of the same name"):
        clinics.compare(plan, plan.model_copy(update={"clinics": {"two": plan.clinics["one"]}}), 1)
    with pytest.raises(BedsimError, match="there is no mean length of one"):
        clinics.run(plan, 1).value("length", "one")
