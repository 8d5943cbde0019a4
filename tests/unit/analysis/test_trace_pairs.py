"""Somebody whom two plans treat otherwise: the first by referral, the same in both, or a sentence."""

from __future__ import annotations

import copy

import pytest

from bedsim.analysis.trace_pairs import first_in_both
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from tests.unit.analysis.test_trace import TREE


def with_places(places: int) -> Scenario:
    """Return the four people's scenario with so many places in the ward."""
    tree = copy.deepcopy(TREE)
    tree["units"]["ward"]["places"] = places
    return Scenario.model_validate(tree)


@pytest.mark.parametrize(
    ("here", "there", "patient"),
    [("escalation", "ward", 2), ("gave_up", "annex", 3), ("ward", "ward", 0), ("annex", "ward", 1)],
)
def test_the_first_person_of_whom_both_are_true_is_found(here: str, there: str, patient: int) -> None:
    """Four come at once. With one place: ward, annex, extra bed, none. With three: the ward, thrice, and the annex."""
    before, after = first_in_both(with_places(1), with_places(3), here, there)
    assert (before.patient, after.patient) == (patient, patient)
    assert (before.stream, before.origin, before.index) == (after.stream, after.origin, after.index)
    assert before.scenario.units["ward"].places == 1
    assert after.scenario.units["ward"].places == 3


def test_nobody_like_that_is_a_sentence() -> None:
    """And so is a word that the second plan does not know."""
    with pytest.raises(BedsimError, match="nobody in replications 0 to 9 with seed 1 is ward in four and annex"):
        first_in_both(with_places(1), with_places(3), "ward", "annex")
    with pytest.raises(BedsimError, match="words of this scenario's list"):
        first_in_both(with_places(1), with_places(3), "ward", "stayed_at_home")
