"""What may be written of inspections, hours, bought places and closures, and the sentences for what may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bedsim.scenario import load
from bedsim.scenario.inputs import inputs
from tests.unit.scenario.good import GOOD, problems_of, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path

ROWS = "{good: {good: 0.8, inadequate: 0.2}, inadequate: {good: 0.5, inadequate: 0.5}}"
GATE = f"quality_gate: {{inspections: {{interval_days: 700, transitions: {ROWS}, assumption: a guess}}}}\n"
ASH = "home_ash: {kind: care_home,"
HOURS = "admission_hours: {days: [mon, tue], from_hour: 9, until_hour: 17}"
SPOT = "spot: {beds: 4, chance: 0.6}"
CLOSURES = "closures: {per_year: 2, duration_days: {constant: 7}, part: 0.5, winter_factor: 2}"


def test_everything_may_be_written_and_is_given_its_words(tmp_path: Path) -> None:
    """A home with all of it is right; its numbers have the words of the unit around them, `beds` is `places`."""
    text = GATE + spoiled(ASH, f"{ASH} {HOURS}, {SPOT}, {CLOSURES}, takes: [rehabilitation],")
    scenario = load(written(tmp_path, text))
    home = scenario.units["home_ash"]
    assert home.spot is not None
    assert (home.spot.places, home.spot.review_days) == (4, 28.0)
    found = {one.path: one.text for one in inputs(scenario)}
    assert found["units.home_ash.spot.places"] == "illustrative"
    assert found["units.home_ash.closures.duration_days.constant"] == "illustrative"
    assert found["quality_gate.inspections.transitions.good.inadequate"] == "a guess"


@pytest.mark.parametrize(
    ("old", "new", "must", "found"),
    [
        ("good: {good", "goood: {good", "name ratings that exist", "goood"),
        ("inadequate: 0.2}", "awful: 0.2}", "name ratings that exist", "awful"),
        ("inadequate: 0.2}", "not_yet_rated: 0.2}", "lead to a rating", "not_yet_rated after good"),
        ("inadequate: 0.2}", "inadequate: 0.3}", "have rows that sum to 1", "1.1"),
        ("inadequate: 0.2}", "outstanding: 0.2}", "have a row for each rating", "none for outstanding"),
        ("{good: 0.8, inadequate: 0.2}", "{}", "have 1 or more entries", "an empty mapping"),
        ("interval_days: 700", "interval_days: 0", "be at least 1", "0"),
        ("interval_days: 700", "interval_days: {constant: -1}", "be at least 0", "-1"),
    ],
)
def test_a_wrong_table_of_ratings_gets_a_sentence(tmp_path: Path, old: str, new: str, must: str, found: str) -> None:
    """A rating that does not exist, a row that does not sum to 1 or is missing, an interval of nothing."""
    assert GATE.count(old) == 1
    (problem,) = problems_of(written(tmp_path, GATE.replace(old, new) + GOOD))
    assert must in problem.must
    assert found in problem.found
    assert problem.line == 1


@pytest.mark.parametrize(
    ("more", "must", "found"),
    [
        (HOURS.replace("17", "9"), "end after they begin", "until_hour 9, from_hour 9"),
        (HOURS.replace("tue", "mon"), "name each day once", "mon, mon"),
        (HOURS.replace("tue", "tues"), "be one of mon, tue", "tues"),
        (HOURS.replace("17", "25"), "be at most 24", "25"),
        (SPOT.replace("0.6", "1.6"), "be at most 1", "1.6"),
        (SPOT.replace("4", "0"), "be at least 1", "0"),
        (SPOT.replace("}", ", review_days: 0.01}"), "be at least 1", "0.01"),
        (CLOSURES.replace("0.5", "0"), "be above 0", "0"),
        (CLOSURES.replace("per_year: 2", "per_year: -2"), "be at least 0", "-2"),
        (CLOSURES.replace("winter_factor: 2", "winter_factor: 1e9"), "be at most 100", "1000000000"),
        (CLOSURES.replace("duration_days: {constant: 7}, ", ""), "be given", "missing"),
        ("takes: []", "have 1 or more entries", "a list of 0"),
    ],
)
def test_a_slip_in_a_unit_gets_a_sentence(tmp_path: Path, more: str, must: str, found: str) -> None:
    """Each is refused at its line, by one rule."""
    text = spoiled(ASH, f"{ASH} {more},")
    problems = problems_of(written(tmp_path, text))
    assert len(problems) == 1
    assert problems[0].line == next(i for i, line in enumerate(text.splitlines(), 1) if ASH in line)
    assert must in problems[0].must
    assert found in problems[0].found
