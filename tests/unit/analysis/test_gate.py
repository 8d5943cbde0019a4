"""The answer without the quality gate: the same people, the gate gone, and a sentence only where it excludes places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bedsim.analysis.conduct import run
from bedsim.analysis.gate import MEASURED, without_gate
from bedsim.report.gate_words import gate_sentences
from bedsim.report.verdict import verdict
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


def gated(rating: str, **gate: Any) -> Scenario:
    """The small system with a care home of two places."""
    tree = small_tree()
    tree["units"]["home_ash"] = {"kind": "care_home", "places": 2, "rating": rating}
    tree["pathways"]["rehab"]["first"]["ladder"] = (
        {"units": ("ward_a", "ward_b", "care_home")},
        {"after_days": 3, "units": "out_of_area"},
    )
    tree["quality_gate"] = gate
    return Scenario.model_validate(tree)


@pytest.mark.parametrize(
    "inspections", [None, {"interval_days": 1e4, "transitions": {"inadequate": {"inadequate": 1.0}}}]
)
def test_without_the_gate_it_is_the_scenario_that_has_none(inspections: Any) -> None:
    """Places and measures are those of a run with `minimum_rating: none`, whether or not homes are inspected."""
    shut = run(gated("inadequate", inspections=inspections), n_replications=5)
    free = run(gated("inadequate", minimum_rating="none"), n_replications=5)
    found = without_gate(shut)
    assert found is not None
    assert (found.places, found.n_replications) == (2.0, 5)
    assert found.gated.tolist() == pytest.approx([shut.value(name) for name in MEASURED])
    assert found.free.tolist() == pytest.approx([free.value(name) for name in MEASURED])
    assert (found.free < found.gated).all()
    assert np.allclose(found.differences.mean, found.free - found.gated)


def test_a_gate_that_excludes_nothing_is_not_spoken_of() -> None:
    """A good home, inspected or not, or no gate at all."""
    good = {"interval_days": 30.0, "transitions": {"good": {"good": 1.0}}}
    for scenario in (gated("good"), gated("good", inspections=good), gated("inadequate", minimum_rating="none")):
        found = run(scenario, n_replications=2)
        assert without_gate(found) is None
        assert list(gate_sentences(found)) == []


def test_the_verdict_says_that_planned_beds_are_left_to_chance() -> None:
    """As written, and how many are open on average; without tracks the sentence is as it was."""
    often = {
        "interval_days": 10.0,
        "transitions": {"good": {"good": 0.5, "inadequate": 0.5}, "inadequate": {"good": 1.0}},
    }
    found = run(gated("good", inspections=often), n_replications=4)
    assert "There are 12 planned beds as written; 11." in verdict(found)
    assert " are open on average" in verdict(found)
    (sentence,) = gate_sentences(found)
    assert sentence.startswith("Without the quality gate there would be 0.")
    assert "difference at 95%" in sentence
    assert "There are 12 planned beds. " in verdict(run(gated("good"), n_replications=2))


def test_numbers_that_look_alike_are_not_said_twice() -> None:
    """Where the gate changes nothing that can be seen: one number, and the interval of the difference."""
    gated_run = run(gated("inadequate", minimum_rating="good"), n_replications=4)
    real = without_gate(gated_run)
    assert real is not None
    alike = replace(real, free=real.gated)
    (sentence,) = gate_sentences(gated_run, alike)
    assert sentence.count(" either way (difference at 95%") == len(MEASURED)
    assert " instead of " not in sentence
    (said,) = gate_sentences(gated_run, real)
    assert " instead of " in said
