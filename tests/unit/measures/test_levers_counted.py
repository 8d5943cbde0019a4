"""People whom levers affect: counted by year, lever and segment, and who of them never asks for a planned bed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from bedsim.analysis.recipe import Recipe
from bedsim.measures.reading import Reader, keys_of
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.patients.population import NONE
from bedsim.scenario.schema import Scenario
from tests.small import small_tree

START = date(2026, 4, 1)
EARLY = START - timedelta(days=365)
Values = dict[tuple[str, str], float]


def tree(places: int | str = "unlimited", **levers: dict[str, Any]) -> dict[str, Any]:
    """Return the small scenario with two segments, and a team that sends people to a bed after two days."""
    found = small_tree()
    found["units"]["community"] = {"kind": "community_service", "places": places}
    found["pathways"]["rehab"]["at_home"] = {
        "needed_days": {"constant": 30.0},
        "ladder": ({"units": "community"}, {"after_days": 2.0, "then": "first"}),
    }
    found["segments"] = {"fit": {"population": 900.0}, "frail": {"population": 100.0}}
    found["streams"]["acute"]["segments"] = {"shares": {"fit": 0.6, "frail": 0.4}}
    return found | {"levers": {name: {"start": EARLY, **lever} for name, lever in levers.items()}}


def read(spec: dict[str, Any]) -> Values:
    """Return what one replication says of levers, in the whole window."""
    blueprint = prepare(Scenario.model_validate(spec), 60)
    reader = Reader(yardstick_of(blueprint), Recipe(blueprint, 1).replication(0))
    found = {}
    for measure in ("lever_people", "avoided_people"):
        keys, values = reader.means(measure)
        found |= {(key[0], measure): values[0, i] for i, key in enumerate(keys) if key[2] == "all"}
    return found


def referred_in_window(spec: dict[str, Any]) -> tuple[int, int]:
    """Return how many people of each segment are referred in the window without levers."""
    patients = draw(prepare(Scenario.model_validate(spec | {"levers": {}}), 60), 1, 0)
    is_seen = (patients.referred_day >= 0) & (patients.referred_day < 90)
    fit, frail = np.bincount(patients.segment[is_seen], minlength=2).tolist()
    return fit, frail


HALF_FRAIL = {"admission_avoidance": {"share": 1.0}, "reach": {"segments": ("frail",)}}
HOME = {"home_first": {"share": 1.0, "instead": "at_home"}}


def test_people_not_referred_are_counted_by_lever_and_segment() -> None:
    """All the frail: of them the lever's number, of the fit 0; the system has the sum."""
    spec = tree(avoid=HALF_FRAIL)
    _, frail = referred_in_window(spec)
    assert frail > 10
    assert read(spec) == {
        ("lever:avoid", "lever_people"): frail,
        ("system", "avoided_people"): frail,
        ("segment:fit", "avoided_people"): 0,
        ("segment:frail", "avoided_people"): frail,
        ("lever:avoid", "avoided_people"): frail,
    }


def test_people_who_begin_at_home_are_avoided_if_they_never_ask_for_a_bed() -> None:
    """With places for all nobody does; with none everybody does after two days; with some, those who find none."""
    spec = tree(home=HOME)
    n = sum(referred_in_window(spec))
    everybody, nobody, some = (read(tree(places, home=HOME)) for places in ("unlimited", 0, 6))
    assert everybody["lever:home", "avoided_people"] == n
    assert nobody["lever:home", "avoided_people"] == 0
    assert 0 < some["lever:home", "avoided_people"] < n
    assert {found["lever:home", "lever_people"] for found in (everybody, nobody, some)} == {n}


def test_whom_a_lever_only_shortens_is_affected_and_not_avoided() -> None:
    """A lever of stays avoids nobody; those kept away by an earlier lever are not its people."""
    shorter = {"stay_reduction": {"factor": 0.9, "stages": ("first",)}}
    spec = tree(avoid=HALF_FRAIL, shorter=shorter)
    fit, frail = referred_in_window(spec)
    found = read(spec)
    assert (found["lever:avoid", "lever_people"], found["lever:shorter", "lever_people"]) == (frail, fit)
    assert ("lever:shorter", "avoided_people") not in found
    assert [key for key in read(tree(shorter=shorter)) if key[1] == "avoided_people"] == []


def test_people_with_a_coordinator_are_counted_and_those_of_them_not_referred_too() -> None:
    """A coordinator of one person at a time for ten days takes on nine or ten people in ninety days."""
    one = {"coordinators": 1, "caseload": 1, "episode_days": 10.0, "referred_less": 1.0}
    found = read(tree(coordination={"care_coordination": one}))
    assert found["lever:coordination", "lever_people"] == found["system", "avoided_people"]
    assert 6 <= found["lever:coordination", "lever_people"] <= 10


def test_who_is_avoided_by_a_later_lever_is_avoided_once() -> None:
    """A coordinator's person whom the next lever keeps away counts as avoided for that one only."""
    many = {"coordinators": 100, "caseload": 100, "episode_days": 10.0}
    spec = tree(coordination={"care_coordination": many}, avoid=HALF_FRAIL)
    fit, frail = referred_in_window(spec)
    found = read(spec)
    assert found["lever:coordination", "lever_people"] == fit + frail
    assert found["lever:coordination", "avoided_people"] == 0
    assert found["system", "avoided_people"] == found["lever:avoid", "avoided_people"] == frail


def test_people_of_warm_up_and_cool_down_are_not_counted() -> None:
    """Only those who are, or would have been, referred in the window."""
    spec = tree(avoid=HALF_FRAIL)
    affected = draw(prepare(Scenario.model_validate(spec), 60), 1, 0).affected
    assert (affected["patient"] == NONE).all()
    assert len(affected) > read(spec)["lever:avoid", "lever_people"]


@pytest.mark.parametrize("measure", ["lever_people", "avoided_people"])
def test_without_levers_there_is_no_such_measure(measure: str) -> None:
    """Nothing is said of nobody; visits made once affect no person either."""
    assert keys_of(yardstick_of(prepare(Scenario.model_validate(tree()), 60)), measure) == []
    spec = tree(once={"visit_deduplication": {"share": 0.1, "units": ("community",)}})
    assert keys_of(yardstick_of(prepare(Scenario.model_validate(spec), 60)), measure) == []
