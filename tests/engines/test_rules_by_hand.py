"""Every numbered rule of model.md, section 6, on networks small enough to be worked out by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from bedsim.analysis.conduct import conduct
from bedsim.analysis.plan import plan_run
from bedsim.analysis.workers import Threads
from bedsim.engine.simpy_engine import simulate
from bedsim.engine.stays import Stays
from bedsim.engine.stuck import refuse_stuck
from bedsim.errors import StuckError
from bedsim.patients.network import LeaveRule, StageRules, build_network
from bedsim.patients.population import NONE
from bedsim.scenario.schema import Scenario
from tests.networks import DONE, LEFT, Step, build, rungs, unit
from tests.small import small_tree

NAN = math.nan
WEEKDAYS_ONLY = (True,) * 5 + (False,) * 2
"""Day 0 is a Monday."""


def run(*args: object, **kwargs: object) -> Stays:
    """Build a network and run it."""
    return simulate(*build(*args, **kwargs))  # type: ignore[arg-type]


def same(values: np.ndarray, expected: list[float]) -> bool:
    """Say whether the values are these, bit for bit, NaN included."""
    return np.array_equal(values, np.array(expected, dtype=float), equal_nan=True)


# ---- 1: the instant ---------------------------------------------------------------------------------------------


def test_a_place_freed_in_the_instant_of_asking_is_taken_by_a_patient_who_would_leave_at_once() -> None:
    """One place, taken from 0 to 3; on day 3 somebody asks with a (0, leave) rung and gets it (rules 1 and 11)."""
    stays = run([unit(1)], [(0.0, Step(3.0)), (3.0, Step(2.0, patience=0.0))])
    assert same(stays.admitted_day, [0, 3])
    assert stays.outcome.tolist() == [DONE, DONE]


def test_leave_rungs_due_together_go_together_and_their_places_are_given_afterwards() -> None:
    """Two wait for the other's unit, both patiences end on day 3: both leave, neither gets the other's place."""
    first = Step(1.0, rungs((0, 0)), next=Step(1.0, rungs((0, 1)), patience=2.0))
    second = Step(1.0, rungs((0, 1)), next=Step(1.0, rungs((0, 0)), patience=2.0))
    stays = run([unit(1, "a"), unit(1, "b")], [(0.0, first), (0.0, second)])
    assert same(stays.left_day, [3, 3, 3, 3])
    assert stays.unit.tolist() == [0, NONE, 1, NONE]
    assert stays.outcome.tolist() == [LEFT, LEFT]


def test_a_stage_of_0_days_lets_the_place_be_used_twice_in_one_instant() -> None:
    """One place; two ask on day 1 for 0 days, one with (0, leave): the second round serves the second."""
    stays = run([unit(1)], [(1.0, Step(0.0)), (1.0, Step(0.0, patience=0.0))])
    assert same(stays.admitted_day, [1, 1])
    assert same(stays.left_day, [1, 1])


def test_nothing_happens_at_the_end_or_later() -> None:
    """End on day 5: a stay until 5 is unfinished, a referral on day 5 does not exist, and nothing is set to 5."""
    stays = run([unit(1)], [(0.0, Step(5.0)), (2.0, Step(1.0)), (5.0, Step(1.0))], end=5.0)
    assert stays.patient.tolist() == [0, 1]
    assert same(stays.left_day, [NAN, NAN])
    assert same(stays.admitted_day, [0, NAN])
    assert stays.outcome.tolist() == [NONE, NONE, NONE]


# ---- 2: asking --------------------------------------------------------------------------------------------------


def test_a_rung_opens_exactly_after_days_after_asking() -> None:
    """Asked for on day 1, the second unit opens after 2 days: admitted there on day 3, by rung 1."""
    stays = run([unit(0, "full"), unit(1, "late")], [(1.0, Step(4.0, rungs((0, 0), (2, 1))))])
    assert same(stays.admitted_day, [3])
    assert (stays.unit.tolist(), stays.rung.tolist()) == ([1], [1])


def test_an_open_rung_stays_open_and_the_first_in_the_list_is_preferred() -> None:
    """Both units are full until day 4 and 5; on day 4 the first frees and is given although the second rung is open."""
    people = [(0.0, Step(4.0, rungs((0, 0)))), (0.0, Step(4.0, rungs((0, 1)))), (1.0, Step(1.0, rungs((0, 0), (2, 1))))]
    stays = run([unit(1, "a"), unit(1, "b")], people)
    assert stays.unit.tolist() == [0, 1, 0]
    assert same(stays.admitted_day, [0, 0, 4])


def test_the_next_stage_is_asked_for_when_the_stage_before_lets_go() -> None:
    """2 days needed and 1 day of transfer delay: the next stage is requested on day 3."""
    stays = run([unit(1, "a"), unit(1, "b")], [(0.0, Step(2.0, transfer=1.0, next=Step(1.0, rungs((0, 1)))))])
    assert same(stays.requested_day, [0, 3])
    assert same(stays.left_day, [3, 4])


# ---- 3: stay put ------------------------------------------------------------------------------------------------


def test_a_patient_stays_put_in_a_unit_that_is_closed_full_and_shrunk() -> None:
    """The unit closes and shrinks to 0 on day 1; on day 2 both keep their places for the next stage, uncleaned."""
    route = Step(2.0, next=Step(3.0, rungs((0, (1, 0)))))
    stays = run(
        [unit(2, "own", turnover_days=1.0), unit(5, "free")], [(0.0, route), (0.0, route)], [(1.0, 0, 0, False)]
    )
    assert stays.unit.tolist() == [0, 0, 0, 0]
    assert same(stays.admitted_day, [0, 2, 0, 2])
    assert same(stays.left_day, [2, 5, 2, 5])


def test_a_patient_stays_put_only_once_the_rung_that_names_the_own_unit_is_open() -> None:
    """The own unit is on a rung that opens after 2 days, the other unit is full: the stage starts on day 3."""
    stays = run([unit(1, "own"), unit(0, "full")], [(0.0, Step(1.0, next=Step(1.0, rungs((0, 1), (2, 0)))))])
    assert same(stays.admitted_day, [0, 3])
    assert stays.rung.tolist() == [0, 1]


# ---- 4: giving places -------------------------------------------------------------------------------------------


def test_places_go_by_priority_then_by_time_of_asking_then_by_number() -> None:
    """Four wait for one place, each for 1 day: the urgent one is first though last to ask, ties go by number."""
    people = [(0.0, Step(5.0)), (1.0, Step(1.0)), (2.0, Step(1.0)), (2.0, Step(1.0)), (3.0, Step(1.0, priority=-1))]
    stays = run([unit(1)], people)
    assert same(stays.admitted_day, [0, 6, 7, 8, 5])


def test_being_blocked_gives_no_advantage() -> None:
    """Who waits in a bed since day 2 comes after who waits outside since day 1."""
    inside = (0.0, Step(2.0, rungs((0, 1)), next=Step(1.0)))
    outside = (1.0, Step(1.0))
    stays = run([unit(1, "a"), unit(1, "b")], [(0.0, Step(3.0)), inside, outside])
    assert same(stays.admitted_day, [0, 0, 4, 3])


def test_the_place_a_patient_moves_out_of_is_given_at_the_same_instant() -> None:
    """On day 2 the first moves from a to b, so the second gets a on day 2."""
    route = Step(2.0, rungs((0, 0)), next=Step(1.0, rungs((0, 1))))
    stays = run([unit(1, "a"), unit(1, "b")], [(0.0, route), (1.0, Step(1.0))])
    assert same(stays.admitted_day, [0, 2, 2])


def test_a_ladder_keeps_out_of_the_last_places_it_must_keep_free() -> None:
    """Three places, keep_free 2 for the first two people and 0 for the third: only one of the two gets in."""
    ring_fenced = Step(10.0, rungs((0, 0, 2)))
    stays = run([unit(3)], [(0.0, ring_fenced), (0.0, ring_fenced), (1.0, Step(1.0))], end=9.0)
    assert same(stays.admitted_day, [0, NAN, 1])


def test_somebody_lower_in_rank_is_served_when_nobody_above_can_use_the_place() -> None:
    """The first waits for a only; b is given to the second."""
    people = [(0.0, Step(9.0)), (1.0, Step(1.0)), (2.0, Step(1.0, rungs((0, (0, 1)))))]
    stays = run([unit(1, "a"), unit(1, "b")], people)
    assert same(stays.admitted_day, [0, 9, 2])


# ---- 5: free ----------------------------------------------------------------------------------------------------


def test_shrinking_evicts_nobody_and_nobody_enters_until_enough_have_left() -> None:
    """3 places shrink to 1 on day 1; they leave on 2, 3 and 4: the fourth person enters on day 4."""
    people = [(0.0, Step(2.0)), (0.0, Step(3.0)), (0.0, Step(4.0)), (1.0, Step(1.0))]
    stays = run([unit(3)], people, [(1.0, 0, 1, True)])
    assert same(stays.left_day, [2, 3, 4, 5])
    assert same(stays.admitted_day, [0, 0, 0, 4])


def test_a_closed_unit_keeps_its_patients_and_admits_nobody() -> None:
    """Closed from 1 to 6: the patient stays until 4, the next enters on day 6."""
    stays = run([unit(2)], [(0.0, Step(4.0)), (2.0, Step(1.0))], [(1.0, 0, 2, False), (6.0, 0, 2, True)])
    assert same(stays.admitted_day, [0, 6])
    assert same(stays.left_day, [4, 7])


def test_an_unlimited_unit_is_never_full_and_never_cleaned_but_may_be_closed() -> None:
    """Three enter at once despite a turnover time; the one who asks on day 5 waits until it accepts again."""
    people = [(0.0, Step(1.0)), (0.0, Step(1.0)), (0.0, Step(1.0)), (5.0, Step(1.0))]
    timetable = [(5.0, 0, math.inf, False), (7.0, 0, math.inf, True)]
    stays = run([unit(math.inf, turnover_days=2.0)], people, timetable)
    assert same(stays.admitted_day, [0, 0, 0, 7])


def test_a_place_given_up_as_the_unit_becomes_limited_is_cleaned() -> None:
    """The timetable of an instant counts for everything in it: 1 place from day 2, given up on 2, cleaned to 4."""
    people = [(0.0, Step(2.0)), (1.0, Step(2.0, rungs((0, 1)), next=Step(1.0))), (2.0, Step(1.0))]
    stays = run([unit(math.inf, "a", turnover_days=2.0), unit(1, "b")], people, [(2.0, 0, 1, True)])
    assert same(stays.admitted_day, [0, 1, 7, 4])


# ---- 6: the stay ------------------------------------------------------------------------------------------------


def test_the_stay_is_formed_in_the_stated_order_of_float_operations() -> None:
    """stay = need * factor, then + deconditioning; ready = admitted + stay; x = ready + transfer; every sum rounded."""
    per_day, admitted, requested, need, factor, transfer = 0.3, 1.7, 0.1, 2.3, 1.1, 0.7
    stays = run(
        [unit(1, stay_factor=factor)],
        [(0.0, Step(admitted / factor)), (requested, Step(need, transfer=transfer))],
        stages=[StageRules("stage", per_day, 9.0)],
    )
    begun = float(stays.admitted_day[1])
    stay = need * factor
    stay = stay + min(per_day * (begun - requested), 9.0)
    assert stays.ready_day[1] == begun + stay
    assert stays.transfer_end_day[1] == (begun + stay) + transfer
    assert stays.left_day[1] == stays.go_day[1] == stays.transfer_end_day[1]


def test_deconditioning_is_capped() -> None:
    """Half a day for each day waited, 2 at most: waits of 2 and 7 days add 1 and 2 days."""
    people = [(0.0, Step(2.0)), (0.0, Step(4.0)), (0.0, Step(1.0))]
    stays = run([unit(1)], people, stages=[StageRules("stage", 0.5, 2.0)])
    assert same(stays.admitted_day, [0, 2, 7])
    assert same(stays.left_day, [2, 7, 10])


# ---- 7: leave times ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "x", "expected"),
    [
        (None, 4.75, 4.75),  # Friday, any hour
        (None, 5.0, 7.0),  # Saturday 00:00 to Monday 00:00
        (None, 6.5, 7.0),
        (None, 7.0, 7.0),
        (12.0, 4.25, 4.5),  # Friday morning to Friday noon
        (12.0, 4.5, 4.5),  # at the hour itself
        (12.0, 4.75, 7.5),  # Friday afternoon to Monday noon
        (0.0, 4.0, 4.0),
        (0.0, 4.25, 7.0),
    ],
)
def test_leaving_waits_for_the_first_allowed_day_and_hour(hour: float | None, x: float, expected: float) -> None:
    """Rule 7 on weekdays only, day 0 a Monday."""
    rule = LeaveRule(WEEKDAYS_ONLY, 0, hour)
    stays = run([unit(1, leave=rule)], [(0.0, Step(x))])
    assert (stays.go_day[0], stays.left_day[0]) == (expected, expected)


def test_a_place_granted_later_is_taken_at_any_hour() -> None:
    """The patient may go from Monday 12:00 on; the next unit is full until Saturday 06:00, and is taken then."""
    route = Step(0.25, rungs((0, 0)), next=Step(1.0, rungs((0, 1))))
    units = [unit(1, "a", leave=LeaveRule(WEEKDAYS_ONLY, 0, 12.0)), unit(1, "b")]
    stays = run(units, [(0.0, route), (0.0, Step(5.25, rungs((0, 1))))])
    assert same(stays.go_day, [0.5, 6.25, 5.25])
    assert same(stays.left_day, [5.25, 6.25, 5.25])


# ---- 8: the delay -----------------------------------------------------------------------------------------------


def test_the_delay_splits_into_transfer_leave_time_and_no_place() -> None:
    """Ready Friday 00:00 (4), transfer to Saturday (5), leave time to Monday (7), no place until Wednesday (9)."""
    route = Step(4.0, rungs((0, 0)), transfer=1.0, next=Step(1.0, rungs((0, 1))))
    units = [unit(1, "a", leave=LeaveRule(WEEKDAYS_ONLY, 0, None)), unit(1, "b")]
    stays = run(units, [(0.0, route), (0.0, Step(9.0, rungs((0, 1))))])
    row = [column[0] for column in (stays.ready_day, stays.transfer_end_day, stays.go_day, stays.left_day)]
    assert row == [4, 5, 7, 9]


# ---- 9: cleaning ------------------------------------------------------------------------------------------------


def test_whoever_gives_up_a_place_starts_cleaning_and_it_is_not_free_meanwhile() -> None:
    """One place, 1 day of cleaning: stays of 2 days begin on days 0, 3 and 6."""
    stays = run([unit(1, turnover_days=1.0)], [(0.0, Step(2.0))] * 3)
    assert same(stays.admitted_day, [0, 3, 6])


def test_a_place_given_up_by_moving_on_or_by_leaving_unplaced_is_cleaned_too() -> None:
    """The first moves on at 1, the second gives up at its leave rung on day 4: the place is free on 2 and on 5."""
    waits = Step(1.0, next=Step(1.0, rungs((0, 2)), patience=1.0))
    people = [(0.0, Step(1.0, next=Step(1.0, rungs((0, 1))))), (0.0, waits), (0.0, Step(1.0))]
    stays = run([unit(1, "a", turnover_days=1.0), unit(1, "b"), unit(0, "none")], people)
    assert same(stays.admitted_day, [0, 1, 2, NAN, 5])


# ---- 10: the timetable ------------------------------------------------------------------------------------------


def test_rows_due_before_or_at_the_first_instant_are_applied_first_in_their_order() -> None:
    """Shut on day -9, open with 2 places on day -2, with 1 on day 0 = the start: one of two is admitted then."""
    timetable = [(-9.0, 0, 0, False), (-2.0, 0, 2, True), (0.0, 0, 1, True)]
    stays = run([unit(7)], [(0.0, Step(3.0)), (0.0, Step(1.0))], timetable)
    assert same(stays.admitted_day, [0, 3])


def test_of_rows_for_one_instant_the_last_written_wins() -> None:
    """Two rows on one date: the second one's places count; what a row leaves unsaid stays as it was."""
    row = {"date": date(2026, 4, 3)}
    timetable = ({**row, "places": 5}, {**row, "places": 6}, {"date": date(2026, 4, 2), "accepting": False})
    network = build_network(_scenario(timetable), 10)
    assert [(e.day, e.places, e.accepting) for e in network.timetable] == [(1.0, 4.0, False), (2.0, 6.0, False)]


# ---- 11: leave and then rungs -----------------------------------------------------------------------------------


def test_a_leave_rung_closes_the_row_and_gives_up_the_place_held_whatever_the_leave_times() -> None:
    """In a until ready on day 1 (Tuesday), asks for a unit without places, leaves on day 5 (Saturday)."""
    route = Step(1.0, rungs((0, 0)), next=Step(1.0, rungs((0, 1)), patience=4.0))
    units = [unit(1, "a", leave=LeaveRule(WEEKDAYS_ONLY, 0, None)), unit(0, "b")]
    stays = run(units, [(0.0, route)])
    assert same(stays.left_day, [5, 5])
    assert same(stays.admitted_day, [0, NAN])
    assert stays.unit.tolist() == [0, NONE]
    assert stays.outcome.tolist() == [LEFT]


def test_a_then_rung_keeps_the_place_held_until_a_later_row_is_admitted() -> None:
    """From day 1 on asks for home care (none), after 2 days for a bed in b, free on day 6: a is held until 6."""
    bed = Step(1.0, rungs((0, 1)))
    route = Step(1.0, rungs((0, 0)), next=Step(1.0, rungs((0, 2)), patience=2.0, then=bed))
    units = [unit(1, "a"), unit(1, "b"), unit(0, "home care")]
    stays = run(units, [(0.0, route), (0.0, Step(6.0, rungs((0, 1))))])
    assert same(stays.requested_day, [0, 1, 3, 0])
    assert same(stays.admitted_day, [0, NAN, 6, 0])
    assert same(stays.left_day, [6, 3, 7, 6])


def test_a_then_rung_at_0_asks_in_the_next_round_of_the_same_instant() -> None:
    """Home first, else a bed at once: asked for and admitted on day 2."""
    stays = run([unit(0, "home"), unit(1, "bed")], [(2.0, Step(1.0, patience=0.0, then=Step(3.0, rungs((0, 1)))))])
    assert same(stays.requested_day, [2, 2])
    assert same(stays.admitted_day, [NAN, 2])
    assert same(stays.left_day, [2, 5])


def test_patience_ends_exactly_patience_days_after_asking() -> None:
    """The place frees on day 3; patience until 3 gets it, patience until 2.5 does not."""
    people = [(0.0, Step(3.0)), (1.0, Step(1.0, patience=1.5)), (1.0, Step(1.0, patience=2.0))]
    stays = run([unit(1)], people)
    assert same(stays.admitted_day, [0, NAN, 3])
    assert same(stays.left_day, [3, 2.5, 4])


def test_patience_belongs_to_the_row_and_not_to_the_patient() -> None:
    """Placed, finished and asking again in one instant, the patient is not thrown out by the first row's patience."""
    route = Step(0.0, patience=0.0, next=Step(1.0, rungs((0, 1))))
    stays = run([unit(1, "a"), unit(1, "b")], [(0.0, Step(4.0, rungs((0, 1)))), (1.0, route)])
    assert same(stays.admitted_day, [0, 1, 4])


# ---- 12: stays --------------------------------------------------------------------------------------------------


def test_left_of_a_placed_row_is_admitted_of_the_next_bit_for_bit() -> None:
    """Thirds of days do not add up exactly, yet the stays meet exactly."""
    route = Step(1 / 3, next=Step(1 / 7, rungs((0, 1)), next=Step(0.1, rungs((0, 0)))))
    stays = run([unit(2, "a"), unit(1, "b")], [(0.1, route), (0.2, route)])
    assert not np.isnan(stays.left_day).any()
    for person in (0, 1):
        mine = stays.patient == person
        assert np.array_equal(stays.left_day[mine][:-1], stays.admitted_day[mine][1:])


def test_visits_are_numbered_by_stage_along_the_way() -> None:
    """Stages 0, 1, 0: visits 1, 1, 2; a row never asked for has no stay."""
    route = Step(1.0, stage=0, patience=9.0, then=Step(1.0), next=Step(1.0, stage=1, next=Step(1.0, stage=0)))
    stays = run([unit(1)], [(0.0, route)], stages=[StageRules("a"), StageRules("b")])
    assert stays.stage.tolist() == [0, 1, 0]
    assert stays.visit.tolist() == [1, 1, 2]


# ---- 13: deadlock -----------------------------------------------------------------------------------------------


def _refusal(*args: object, **kwargs: object) -> str:
    patients, network = build(*args, **kwargs)  # type: ignore[arg-type]
    with pytest.raises(StuckError) as caught:
        refuse_stuck(patients, network, simulate(patients, network))
    return str(caught.value)


def test_two_units_that_wait_for_one_another_are_a_ring_named_in_the_error() -> None:
    """One in elm waits for oak, one in oak waits for elm, for ever, since day 2 and day 1; a third waits outside."""
    a = Step(2.0, rungs((0, 0)), next=Step(1.0, rungs((0, 1))))
    b = Step(1.0, rungs((0, 1)), next=Step(1.0, rungs((0, 0))))
    text = _refusal([unit(1, "elm"), unit(1, "oak"), unit(3, "ash")], [(0.0, a), (0.0, b), (5.0, Step(1.0))])
    assert "ring" in text
    assert "elm, oak" in text
    assert "ash" not in text
    assert "patients 0, 1, 2" in text
    assert "day 1" in text


def test_people_whose_unit_is_shut_for_ever_are_another_error() -> None:
    """The unit closes on day 1 and never reopens."""
    text = _refusal([unit(1, "elm")], [(2.0, Step(1.0))], [(1.0, 0, 1, False)])
    assert "shut for ever" in text
    assert "elm" in text
    assert "ring" not in text


@pytest.mark.parametrize("way_out", ["leave rung", "unit with places", "unlimited", "own unit", "room for one"])
def test_whoever_can_still_move_is_not_stuck(way_out: str) -> None:
    """Each release of rule 13 undoes the ring of two, though nobody has moved by the end."""
    extra = {
        "leave rung": Step(1.0, rungs((0, 1)), patience=900.0),
        "unit with places": Step(1.0, rungs((0, 1), (900, 2))),
        "unlimited": Step(1.0, rungs((0, 1), (900, 3))),
        "own unit": Step(1.0, rungs((0, 1), (900, 0))),
        "room for one": Step(1.0, rungs((0, 1), (900, 4, 1))),
    }[way_out]
    a = Step(2.0, rungs((0, 0)), next=extra)
    b = Step(1.0, rungs((0, 1)), next=Step(1.0, rungs((0, 0))))
    units = [unit(1, "elm"), unit(1, "oak"), unit(1, "ash"), unit(math.inf, "team"), unit(2, "yew")]
    patients, network = build(units, [(0.0, a), (0.0, b)], end=100.0)
    refuse_stuck(patients, network, simulate(patients, network))


def test_people_who_merely_wait_at_the_end_are_not_stuck() -> None:
    """A queue behind a long stay moves on one day."""
    patients, network = build([unit(1)], [(0.0, Step(500.0)), (1.0, Step(1.0))], end=10.0)
    refuse_stuck(patients, network, simulate(patients, network))


def _scenario(timetable: tuple[dict[str, object], ...]) -> Scenario:
    return Scenario.model_validate(
        {
            "time": {"start": date(2026, 4, 1)},
            "units": {"ward": {"kind": "community_hospital", "places": 4, "timetable": timetable}},
            "pathways": {"p": {"s": {"needed_days": {"constant": 1.0}, "ladder": ({"units": "ward"},)}}},
            "streams": {"x": {"pathway": "p", "referrals": {"per_day": 1.0}}},
        }
    )


def test_rule_13_names_what_is_shut_and_not_those_who_wait_for_it():
    """People in x wait for y, which is shut for ever: no ring, though x is full of people who wait."""
    tree = small_tree()
    shut = ({"date": date(2026, 1, 1), "accepting": False},)
    tree["units"] = {"x": {"kind": "acute", "places": 3}, "y": {"kind": "acute", "places": 3, "timetable": shut}}
    first = {"needed_days": {"constant": 5}, "ladder": ({"units": "x"},), "then": {"to_y": {"share": 1.0, "next": "b"}}}
    tree["pathways"] = {"rehab": {"a": first, "b": {"needed_days": {"constant": 5}, "ladder": ({"units": "y"},)}}}
    _, batch = conduct(plan_run(Scenario.model_validate(tree), 2), 1, Threads(1))
    assert "shut for ever: y" in str(batch.error)
    assert "ring" not in str(batch.error)
