"""Places that follow a stream: by hand, on the days on which they change, and at the first instant."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bedsim.analysis.overload import overload
from bedsim.analysis.ranges import at_range_end
from bedsim.patients.blueprint import prepare
from bedsim.patients.network import build_network
from bedsim.scenario import load
from bedsim.scenario.following import followed_by_day, followed_places
from bedsim.scenario.schema import Scenario
from tests.unit.scenario.good import problems_of, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path

TEAM = "team: {kind: community_service, places: unlimited}"
FOLLOWING = "team: {kind: community_service, places: 30, places_follow: {stream: step_down, per_day: 4.6}}"


def scenario(places: int = 30, growth: float | None = 0.02, **referrals: Any) -> Scenario:
    """Return a scenario whose team follows its stream, which had 4.6 referrals a day when the places were stated."""
    rate = referrals or {"per_day": 4.6}
    tree = {
        "time": {"start": date(2026, 4, 1), "run_length_days": 1096, "cool_down_days": 0},
        "units": {
            "team": {
                "kind": "community_service",
                "places": places,
                "places_follow": {"stream": "x", "per_day": 4.6},
                "timetable": ({"date": date(2026, 5, 1), "accepting": False},),
            }
        },
        "pathways": {"p": {"s": {"needed_days": {"constant": 1.0}, "ladder": ({"units": "team"},)}}},
        "streams": {
            "x": {"pathway": "p", "referrals": rate | ({} if growth is None else {"growth": {"per_year": growth}})}
        },
    }
    return Scenario.model_validate(tree)


def places(one: Scenario, day: int) -> int:
    """Return the team's places on a day."""
    return followed_places(one, one.units["team"], day)


def test_places_grow_with_the_stream_to_whole_places() -> None:
    """30 x 1.02^(d / 365.25) passes 30.5 between days 304 and 305, 31.5 between 899 and 900; 29.5 a year before."""
    one = scenario()
    assert [places(one, day) for day in (-310, -309, 0, 304, 305, 899, 900)] == [29, 30, 30, 30, 31, 31, 32]


def test_places_of_many_days_are_those_of_each() -> None:
    """Also where the rate itself changes from day to day, as one by segment does."""
    one, days = scenario(), range(-40, 1096)
    tree = scenario(growth=None).model_dump(by_alias=True)
    tree["segments"] = {"frail": {"population": 100_000.0, "growth": {"per_year": 0.1}}}
    tree["streams"]["x"]["referrals"] = {"by_segment": {"frail": {"per_1000_a_year": 16.8}}}
    for following in (one, Scenario.model_validate(tree)):
        found = followed_by_day(following, following.units["team"], days)
        assert found == [places(following, day) for day in days]
        assert found[0] < found[-1]


@pytest.mark.parametrize(
    ("referrals", "expected"),
    [
        ({"per_day": 4.6}, 30),
        ({"per_day": 3.8}, 25),  # 24.78
        ({"per_day": 5.0}, 33),  # 32.61
        ({"per_day": 0.01}, 1),  # never fewer than 1
        ({"per_1000_a_year": 8.4, "population": 400_000.0}, 60),  # 9.2 a day
    ],
)
def test_places_follow_the_base_rate(referrals: dict[str, float], expected: int) -> None:
    """Stated places times the rate over the rate they were stated for."""
    assert places(scenario(growth=None, **referrals), 0) == expected


def test_season_and_surges_move_no_place() -> None:
    """A busy month has the places of the year."""
    busy = {"per_day": 4.6, "month": {"index": (1.5,) * 6 + (0.5,) * 6}}
    assert places(scenario(growth=None, **busy), 10) == 30


def test_the_network_changes_on_those_days_and_keeps_the_rest_of_the_timetable() -> None:
    """From the first instant, 400 days before the start: 29 places, then 30, 31 and 32; closed from 1 May on."""
    network = build_network(scenario(), 400)
    rows = [(entry.day, entry.places, entry.accepting) for entry in network.timetable]
    assert rows == [
        (-400.0, 29.0, True),
        (-309.0, 30.0, True),
        (30.0, 30.0, False),
        (305.0, 31.0, False),
        (900.0, 32.0, False),
    ]


def test_the_bound_on_the_load_counts_the_places_that_follow() -> None:
    """4.6 a day for 10 days on 30 places are 153%, with as many places at 6 a day: 4.6 / 6 of them, 23, are 200%."""
    one = scenario(growth=None)
    tree = one.model_dump(by_alias=True)
    tree["pathways"]["p"]["s"]["needed_days"] = {"constant": 10.0}
    tree["units"]["team"]["timetable"] = ()
    loads = []
    for per_day in (4.6, 6.0):
        tree["units"]["team"]["places_follow"]["per_day"] = per_day
        found = overload(prepare(Scenario.model_validate(tree), 0))
        loads.append(found.load_per_place)
        assert (found.sentence() or "").startswith("Overload")
    assert loads == pytest.approx([46 / 30, 46 / 23])
    tree["units"]["team"] |= {"places": 60, "places_follow": {"stream": "x", "per_day": 4.6}}
    assert overload(prepare(Scenario.model_validate(tree), 0)).sentence() is None


def test_at_the_ends_of_the_range_places_follow(tmp_path: Path) -> None:
    """3.8 to 5.0 referrals a day: 25 and 33 places for 30 at 4.6."""
    one = load(written(tmp_path, spoiled(TEAM, FOLLOWING)))
    ends = [at_range_end(one, end) for end in ("low", "high")]
    assert [followed_places(end, end.units["team"], 0) for end in ends] == [25, 33]


def test_people_present_need_the_places_that_follow(tmp_path: Path) -> None:
    """60 beds at a rate of 6 are 46 at 4.6, and 54 people do not fit in."""
    beds = "    beds: 60\n"
    follow = f"{beds}    places_follow: {{stream: step_down, per_day: 6}}\n"
    (problem,) = problems_of(written(tmp_path, spoiled(beds, follow)))
    assert problem.found.startswith("54 in haywood, which has 46")


def test_a_stream_from_a_file_has_no_rate_to_follow(tmp_path: Path) -> None:
    """A rule says so, with the streams that would do."""
    written(tmp_path, "date,expected_per_day\n2026-04-01,3\n", "expected.csv")
    text = spoiled(TEAM, FOLLOWING)
    text = text.replace("per_day: 4.6\n", "expected_csv: expected.csv\n").replace(
        "      range: {per_day: [3.8, 5.0]}\n", ""
    )
    (problem,) = problems_of(written(tmp_path, text))
    assert (problem.field, problem.found) == ("units.team.places_follow.stream", "step_down, without either")
