"""One person's journey: every kind of event by hand, who is found, and who is the same person elsewhere."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import numpy as np
import pytest

import bedsim
from bedsim.analysis import trace_like
from bedsim.analysis.trace import Trace, prepared, same_person, simulated, trace
from bedsim.analysis.trace_events import in_words
from bedsim.errors import BedsimError, RunTooLargeError, StuckError
from bedsim.scenario.schema import Scenario
from tests.small import small_tree

WEDNESDAY = date(2026, 4, 1)
TREE: dict[str, Any] = {
    "title": "Four people",
    "slug": "four",
    "time": {"start": WEDNESDAY, "run_length_days": 20, "warm_up_days": 0, "cool_down_days": 10},
    "localities": {"north": {"coordinates": (53.0, -2.0)}, "far_south": {"coordinates": (52.9, -2.0)}},
    "travel": {"detour_factor": 1.25, "km_per_hour": 40},
    "units": {
        "ward": {
            "kind": "community_hospital",
            "places": 1,
            "locality": "north",
            "leave": {"days": ("mon", "tue", "wed", "thu", "fri"), "hour": 16},
        },
        "annex": {"kind": "community_hospital", "places": 1, "locality": "far_south"},
        "extra_beds": {"kind": "escalation", "places": 1},
        "team": {"kind": "community_service", "places": 1},
    },
    "pathways": {
        "bedded": {
            "rehab": {
                "needed_days": {"constant": 10},
                "ladder": (
                    {"units": ("ward", "annex")},
                    {"after_days": 1, "units": "escalation"},
                    {"after_days": 2, "leave": "no_bed"},
                ),
                "then": {
                    "on": {
                        "share": 1.0,
                        "next": "support",
                        "transfer_days": {"constant": 2},
                        "reason": "home_adaptations",
                    }
                },
            },
            "support": {
                "needed_days": {"constant": 6},
                "ladder": ({"units": "team"},),
                "then": {"well": {"share": 1.0}},
            },
        }
    },
    "streams": {
        "acute": {
            "pathway": "bedded",
            "localities": {"shares": {"north": 1.0}},
            "referrals": {"booked": ({"date": WEDNESDAY, "patients": 4},)},
        }
    },
}
"""Four people come at noon on day 0: one to the ward, one to the annex, one to the extra bed, one to nothing."""
PRESENT: dict[str, Any] = {
    "title": "Two streams",
    "time": {"start": WEDNESDAY, "run_length_days": 20, "warm_up_days": 0, "cool_down_days": 10},
    "units": {
        "ward": {"kind": "community_hospital", "places": 1},
        "away": {"kind": "out_of_area", "places": "unlimited"},
    },
    "pathways": {
        "long": {
            "rehab": {
                "needed_days": {"constant": 10},
                "ladder": ({"units": "ward"},),
                "then": {"on": {"share": 1.0, "next": "again"}},
            },
            "again": {
                "needed_days": {"constant": 3},
                "ladder": ({"units": "ward"},),
                "then": {"home": {"share": 1.0}},
            },
        },
        "short": {
            "first": {
                "needed_days": {"constant": 5},
                "ladder": ({"units": "ward"}, {"after_days": 2, "then": "abroad"}),
            },
            "abroad": {"needed_days": {"constant": 1}, "ladder": ({"units": "away"},)},
        },
    },
    "streams": {
        "acute": {"pathway": "long", "referrals": {"booked": ({"date": date(2026, 4, 7), "hour": 0, "patients": 1},)}},
        "community": {
            "pathway": "short",
            "route": "step_up",
            "waits_in": "home",
            "referrals": {"booked": ({"date": WEDNESDAY, "patients": 1},)},
        },
    },
    "present_at_start": (
        {"stream": "acute", "unit": "ward", "stage": "rehab", "patients": 1, "residual_days": {"constant": 4}},
    ),
}


def scenario(tree: dict[str, Any], **changes: Any) -> Scenario:
    """Return a scenario, with some of its keys changed."""
    return Scenario.model_validate({**copy.deepcopy(tree), **changes})


def told(one: Trace) -> list[tuple[float, str, str]]:
    """Return day, kind and unit of every event."""
    return [(round(event.day, 4), event.kind, event.unit) for event in one.events]


def spans(one: Trace) -> list[tuple[float, float, str, str]]:
    """Return begin, end, what and unit of every span."""
    return [(round(span.begin_day, 4), round(span.end_day, 4), span.what, span.unit) for span in one.spans]


def test_a_journey_with_every_sort_of_delay() -> None:
    """Ready on Saturday, arranged on Monday noon, out at 16:00 at the earliest, and the team is full until day 18.5."""
    one = trace(scenario(TREE), 0)
    assert told(one) == [
        (0.5, "referred", ""),
        (0.5, "asked", ""),
        (0.5, "admitted", "ward"),
        (10.5, "ready", "ward"),
        (12.5, "arranged", "ward"),
        (12.6667, "leave_time", "ward"),
        (12.6667, "asked", "ward"),
        (18.5, "moved", "team"),
        (24.5, "outcome", "team"),
    ]
    assert spans(one) == [
        (0.5, 10.5, "staying", "ward"),
        (10.5, 12.5, "arranging", "ward"),
        (12.5, 12.6667, "leave_time", "ward"),
        (12.6667, 18.5, "no_place", "ward"),
        (18.5, 24.5, "staying", "team"),
    ]
    assert [event.days for event in one.events][2:6] == pytest.approx([0, 10, 2, 1 / 6])
    text = one.text()
    assert text.startswith(
        "ILLUSTRATIVE. Four people.\nPatient 0 of replication 0, seed 1: simulated, not a real person."
    )
    for words in (
        "Wed  1 Apr 2026 12:00  referred from acute hospital (step-down), stream acute; home: north",
        "gets a place in ward (community hospital) at once: first choice; 0 minutes from home",
        "Sat 11 Apr 2026 12:00  ready to leave after 10 days",
        "Mon 13 Apr 2026 12:00  leaving is arranged, 2 days later (home adaptations)",
        "Mon 13 Apr 2026 16:00  the next time at which people may leave, 4 hours later",
        "asks for a place for support, and waits in ward",
        "Sun 19 Apr 2026 12:00  moves from ward to team (community service) after 5.8 days without a next place: first",
        "leaves team after 6 days; outcome: well",
        "No wait without a place; 24 days in places, 8 days of them after being ready to leave.",
    ):
        assert words in text


def test_the_second_choice_is_away_from_home() -> None:
    """11.12 km x 1.25 at 40 km an hour are 21 minutes."""
    (words,) = (event.words for event in trace(scenario(TREE), 1).events if event.kind == "admitted")
    assert words == (
        "gets a place in annex (community hospital) at once: choice number 2; 21 minutes from home, outside the home "
        "locality, in far south"
    )


def test_an_escalation_bed_after_a_day_and_a_run_that_ends_before_the_journey() -> None:
    """Admitted after a day, moved to the team on day 24.5 after 11 days; the run ends on day 30."""
    one = trace(scenario(TREE), 2)
    assert told(one)[2:] == [
        (1.5, "admitted", "extra_beds"),
        (11.5, "ready", "extra_beds"),
        (13.5, "arranged", "extra_beds"),
        (13.5, "asked", "extra_beds"),
        (24.5, "moved", "team"),
        (30.0, "unfinished", "team"),
    ]
    assert spans(one)[0] == (0.5, 1.5, "waiting", "")
    assert spans(one)[-1] == (24.5, 30.0, "staying", "team")
    assert "asks for a place for rehab, and waits in an acute bed" in one.text()
    assert "(escalation) after waiting 1 day: an escalation bed, offered after 1 day of waiting" in one.text()
    assert "the run ends: still in team" in one.text()


def test_somebody_who_gives_up() -> None:
    """After two days without a place."""
    one = trace(scenario(TREE), 3)
    assert told(one) == [(0.5, "referred", ""), (0.5, "asked", ""), (2.5, "gave_up", ""), (2.5, "outcome", "")]
    assert "stops asking for rehab after 2 days without a place" in one.text()
    assert one.events[-1].words == "outcome: no bed"
    assert one.totals == "2 days waiting without a place; never in a place."


def test_somebody_present_at_the_start_stays_put() -> None:
    """In the ward for 4 more days, then for the next stage in the same place; no referral is told."""
    one = trace(scenario(PRESENT), 0)
    assert told(one) == [
        (0.0, "present", "ward"),
        (4.0, "ready", "ward"),
        (4.0, "asked", "ward"),
        (4.0, "stayed", "ward"),
        (7.0, "outcome", "ward"),
    ]
    assert "already in ward (community hospital) when the run begins, for rehab" in one.text()
    assert "stays in ward (community hospital) for again, at once" in one.text()


def test_somebody_who_asks_for_another_stage_instead() -> None:
    """After two days at home, out of area."""
    one = trace(scenario(PRESENT), 1)
    assert told(one) == [
        (0.5, "referred", ""),
        (0.5, "asked", ""),
        (2.5, "turned", ""),
        (2.5, "asked", ""),
        (2.5, "admitted", "away"),
        (3.5, "outcome", "away"),
    ]
    assert "and waits in their own home" in one.text()
    assert "stops asking for first after 2 days, and asks for abroad instead" in one.text()
    assert "gets a place in away (out of area) at once: out of area, first choice" in one.text()


def test_somebody_still_waiting_at_the_end() -> None:
    """The run ends before anybody else leaves."""
    tree = copy.deepcopy(PRESENT)
    tree["time"] |= {"run_length_days": 6, "cool_down_days": 1}
    tree["present_at_start"][0]["residual_days"] = {"constant": 40}
    one = trace(scenario(tree), 2)
    assert told(one)[2:] == [(7.0, "unfinished", "")]
    assert one.events[-1].words == "the run ends: still asking for rehab"
    assert spans(one) == [(6.0, 7.0, "waiting", "")]


def test_what_has_not_happened_is_not_told() -> None:
    """Somebody in a place at the end is not said to be ready at a later day."""
    tree = copy.deepcopy(TREE)
    tree["time"] |= {"run_length_days": 8, "cool_down_days": 1}
    one = trace(scenario(tree), 0)
    assert told(one)[2:] == [(0.5, "admitted", "ward"), (9.0, "unfinished", "ward")]


def test_words_mean_what_they_say() -> None:
    """Of the four people, word by word."""
    world = simulated(prepared(scenario(TREE)), 1, 0)
    expected = {
        "at_once": [0, 1],
        "waited": [2, 3],
        "delayed": [0, 1, 2],
        "stuck": [0, 2],
        "moved": [0, 1, 2],
        "away_from_home": [1],
        "gave_up": [3],
        "unfinished": [2],
        "escalation": [2],
        "community_hospital": [0, 1],
        "annex": [1],
        "no_bed": [3],
        "well": [0, 1],
        "acute": [0, 1, 2, 3],
        "step_down": [0, 1, 2, 3],
        "north": [0, 1, 2, 3],
        "far_south": [],
    }
    assert set(trace_like.WORDS) <= set(expected)
    assert set(expected) < set(trace_like.words_of(world.blueprint))
    found = trace_like.matching(tuple(expected), world.blueprint, world.patients, world.stays)
    assert {word: np.flatnonzero(people).tolist() for word, people in found.items()} == expected


def test_the_first_person_of_whom_all_words_are_true_is_found() -> None:
    """Spaces and underlines are alike; people present at the start and outside the window are left out."""
    assert trace(scenario(TREE), like="delayed, stuck , escalation").patient == 2
    assert trace(scenario(TREE), like="away from home").patient == 1
    assert trace(scenario(PRESENT), like="ward").patient == 2
    late = copy.deepcopy(small_tree())
    found = trace(Scenario.model_validate(late), like="waited,out_of_area")
    assert 0 <= found.events[0].day < 90
    assert {event.unit for event in found.events} >= {"away"}


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"patient": 4}, "has patients 0 to 3, those of the warm-up included, but the patient asked for is 4"),
        ({"patient": -1}, "but the patient asked for is -1"),
        ({"like": "waited, hopeful"}, "but has 'hopeful'. Try of: at_once, waited"),
        ({"like": " , "}, "but has nothing"),
        ({"like": "waited, annex"}, "is all of: waited, annex. People of whom each is true: waited 20, annex 10."),
        ({"like": "gave_up, ward", "replication": 3}, "in replication 3 of four with seed 1"),
        ({"patient": 1, "like": "waited"}, "by number or by what happens"),
        ({}, "by number or by what happens"),
        ({"patient": 1, "replication": -1}, "the replication must be 0 or above"),
    ],
)
def test_a_mistake_is_a_sentence(how: dict[str, Any], sentence: str) -> None:
    """It says what must hold, what was found and what to try."""
    with pytest.raises(BedsimError) as error:
        trace(scenario(TREE), **how)
    assert sentence in str(error.value)
    assert "Try " in str(error.value)


def test_a_person_who_can_never_move_is_an_error_and_so_is_a_run_too_large() -> None:
    """As in a run."""
    tree = copy.deepcopy(TREE)
    tree["units"]["team"]["timetable"] = ({"date": date(2026, 4, 2), "accepting": False},)
    with pytest.raises(StuckError, match="replication 0: people wait for units that are shut for ever: team"):
        trace(scenario(tree), 0)
    large = small_tree()
    large["streams"]["acute"]["referrals"] = {"per_day": 1_000}
    large["time"]["run_length_days"] = 36_000
    with pytest.raises(RunTooLargeError, match="Try a shorter run"):
        trace(Scenario.model_validate(large), 0)


def test_a_population_of_nobody_is_said() -> None:
    """No number can be tried."""
    nobody = copy.deepcopy(PRESENT)
    nobody["present_at_start"] = ()
    nobody["streams"]["acute"]["referrals"]["booked"][0]["date"] = date(2026, 12, 1)
    nobody["streams"]["community"]["referrals"]["booked"][0]["date"] = date(2026, 12, 1)
    with pytest.raises(BedsimError, match="has no patients at all"):
        trace(scenario(nobody), 0)


def small(per_day: float = 0.6, **time: Any) -> Scenario:
    """Return the small scenario at a rate of referrals, its candidates drawn at one rate whatever that is."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"] = {"per_day": per_day}
    tree["time"] |= time
    tree["candidate_rates_per_day"] = {"acute": 0.6}
    tree["slug"] = f"small at {per_day}"
    return Scenario.model_validate(tree)


def test_more_demand_gives_the_same_person_another_number() -> None:
    """Stream, origin and place there are who it is; the number only orders one population."""
    found = trace(small(), 40)
    there, sentence = same_person(found, small(0.9))
    assert there is not None
    assert there.patient > 40
    assert (there.stream, there.origin, there.index) == (found.stream, found.origin, found.index)
    assert there.events[0].when == found.events[0].when
    assert sentence.startswith(f"The same person in both, number {there.patient} there:")


def test_the_same_scenario_gives_the_same_journey() -> None:
    """To the last event."""
    found = trace(small(), 40)
    there, sentence = same_person(found, small())
    assert there == found
    assert sentence == "The same person in both: referred at the same minute, with the same random numbers."


def test_a_person_who_does_not_exist_elsewhere_is_said_not_to() -> None:
    """Less demand leaves some people out; another stream has others."""
    few = small(0.2)
    gone = [there for there in (same_person(trace(small(), i), few) for i in range(6)) if there[0] is None]
    assert gone
    assert gone[0][1] == (
        "This person does not exist in small at 0.2: nobody is referred in that one's place there, because demand or "
        "the days differ."
    )
    other_stream = scenario(PRESENT, streams={"other": PRESENT["streams"]["acute"]}, present_at_start=())
    there, sentence = same_person(trace(small(), 0), other_stream)
    assert (there, sentence) == (None, "This person does not exist in scenario: it has no stream acute.")


def test_somebody_of_another_day_is_not_the_same_person() -> None:
    """Day 0 is another date, or candidates come at another rate."""
    found = trace(small(), 40)
    later = small(start=date(2026, 5, 1))
    other_rate = small().model_copy(update={"candidate_rates_per_day": {"acute": 8.0}})
    for elsewhere in (later, other_rate):
        there, sentence = same_person(found, elsewhere)
        assert there is None
        assert sentence.startswith("This person does not exist in")
    assert "comes on" in same_person(found, later)[1]


def test_another_home_is_said() -> None:
    """The same referral, from elsewhere."""
    moved = copy.deepcopy(TREE)
    moved["streams"]["acute"]["localities"] = {"shares": {"far_south": 1.0}}
    there, sentence = same_person(trace(scenario(TREE), 0), scenario(moved, slug="moved"))
    assert there is not None
    assert sentence == "The same referral, but not the same person: the home is far south there, north here."


def test_the_public_names_are_there() -> None:
    """As the documents use them."""
    assert bedsim.trace is trace
    assert bedsim.same_person is same_person
    assert bedsim.Trace is Trace


@pytest.mark.parametrize(("days", "words"), [(1 / 24, "1 hour"), (0.99, "24 hours"), (1.04, "1 day"), (30, "30 days")])
def test_lengths_are_read_easily(days: float, words: str) -> None:
    """Hours below a day, tenths of days above."""
    assert in_words(days) == words
