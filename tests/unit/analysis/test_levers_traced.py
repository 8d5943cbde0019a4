"""Journeys tell which levers affect a person, and why somebody exists in one scenario only."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from bedsim.analysis.trace import same_person, trace
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.patients.population import NONE
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


def with_levers(**levers: dict[str, Any]) -> Scenario:
    """Return the small scenario with levers that act from long before it."""
    spec = {"levers": {name: {"start": date(2020, 1, 1), **lever} for name, lever in levers.items()}}
    return Scenario.model_validate(small_tree() | spec | {"slug": "with_levers"})


def test_a_journey_names_the_levers_that_affect_the_person() -> None:
    """All of them, where the person is referred; of others nothing is said."""
    home = {"home_first": {"share": 0.5, "instead": "team_stage"}}
    shorter = {"stay_reduction": {"factor": 0.9, "stages": ("first",)}}
    scenario = with_levers(home_first=home, shorter_stays=shorter)
    affected = draw(prepare(scenario, 60), 1, 0).affected
    sent = np.unique(affected["patient"][affected["lever"] == 0])
    told = {patient: trace(scenario, patient).events[0].words for patient in range(8)}
    assert {patient for patient, words in told.items() if "home first" in words} == set(sent[sent < 8].tolist())
    assert {words.partition("; affected by the ")[2] for words in told.values()} == {
        "levers home first, shorter stays",
        "lever shorter stays",
    }
    assert "affected" not in trace(with_levers(), 0).events[0].words


def test_somebody_whom_a_lever_keeps_away_does_not_exist_there() -> None:
    """The sentence names levers among the reasons."""
    scenario = with_levers(avoid={"admission_avoidance": {"share": 1.0}})
    assert (draw(prepare(scenario, 60), 1, 0).affected["patient"] == NONE).all()
    there, sentence = same_person(trace(with_levers(), 3), scenario)
    assert there is None
    assert sentence.endswith("because demand, levers or the days differ.")
