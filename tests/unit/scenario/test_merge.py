"""Laying files over one another: what replaces what, and that no number wears its parent's source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bedsim.scenario import Scenario, inputs, load
from tests.unit.scenario.good import GOOD, problems_of, written

if TYPE_CHECKING:
    from pathlib import Path

REHAB = "pathways: {bedded_rehab: {rehabilitation: {%s}}}"
NEED = "pathways.bedded_rehab.rehabilitation.needed_days.lognormal"


def child(folder: Path, text: str) -> Scenario:
    """Return the good scenario with a child laid over it."""
    written(folder, GOOD, "base.yaml")
    return load(written(folder, f"extends: base.yaml\n{text}\n", "child.yaml"))


def words(scenario: Scenario, path: str) -> tuple[float, str, str]:
    """Return value, provenance and text of one number."""
    one = next(one for one in inputs(scenario) if one.path == path)
    return one.value, one.provenance, one.text


def test_mappings_merge_and_lists_are_replaced(tmp_path: Path) -> None:
    """A child says only what differs; a list is said anew as a whole."""
    text = """
units: {haywood: {name: Haywood}, leek_moor: {timetable: [{date: 2026-05-01, accepting: false}]}}
"""
    scenario = child(tmp_path, text)
    assert (scenario.units["haywood"].name, scenario.units["haywood"].places) == ("Haywood", 60)
    assert [row.places for row in scenario.units["leek_moor"].timetable] == [None]
    assert scenario.slug == "child"


def test_null_removes_what_was_inherited(tmp_path: Path) -> None:
    """`key: null` takes a key away."""
    scenario = child(tmp_path, "units: {home_elm: null}\npresent_at_start: null")
    assert "home_elm" not in scenario.units
    assert scenario.present_at_start == ()


def test_beds_of_a_child_override_places_of_its_parent(tmp_path: Path) -> None:
    """The two words are one key, whoever uses which."""
    assert child(tmp_path, "units: {team: {beds: 30}}").units["team"].places == 30
    assert child(tmp_path, "units: {haywood: {places: 30}}").units["haywood"].places == 30


def test_beds_and_places_in_one_file_are_refused(tmp_path: Path) -> None:
    """One file uses one of the two words for one unit."""
    (problem,) = problems_of(written(tmp_path, GOOD.replace("    beds: 60\n", "    beds: 60\n    places: 50\n")))
    assert "beds or as places" in problem.must
    assert problem.field == "units.haywood.beds"


@pytest.mark.parametrize(
    ("need", "given"),
    [
        ("gamma: {mean: 25, cv: 0.5}", {"gamma": {"mean": 25.0, "cv": 0.5}}),
        ("lognormal: {median: 18, mean: 25}", {"lognormal": {"median": 18.0, "mean": 25.0}}),
        ("lognormal: {mean: 25}", {"lognormal": {"mean": 25.0, "cv": 0.7}}),
        ("constant: 20", {"constant": 20.0}),
        ("truncate: {max_days: 200}", {"lognormal": {"mean": 21, "cv": 0.7}, "truncate": {"max_days": 200.0}}),
    ],
)
def test_another_shape_or_other_parameters_replace_the_inherited(
    tmp_path: Path, need: str, given: dict[str, Any]
) -> None:
    """Keys that exclude one another never mix; the same keys merge one by one."""
    scenario = child(tmp_path, REHAB % f"needed_days: {{{need}, assumption: mine}}")
    needed = scenario.pathways["bedded_rehab"]["rehabilitation"].needed_days
    kept = needed.model_dump(exclude_unset=True, exclude={"source", "assumption", "range"})
    assert kept == given


@pytest.mark.parametrize(
    ("base", "kept"),
    [
        ("per_1000_a_year: 3.6, population: 500000", {"per_1000_a_year": 3.6, "population": 500_000.0}),
        ("per_day: 5", {"per_day": 5.0}),
    ],
)
def test_another_base_rate_replaces_the_inherited(tmp_path: Path, base: str, kept: dict[str, float]) -> None:
    """Referrals have one base; what varies through time stays."""
    scenario = child(tmp_path, f"streams: {{step_down: {{referrals: {{{base}}}}}}}")
    referrals = scenario.streams["step_down"].referrals
    assert referrals.model_dump(include={"per_day", "per_1000_a_year", "population"}, exclude_none=True) == kept
    assert len(referrals.surges) == 1


def test_a_changed_number_does_not_wear_its_parents_source(tmp_path: Path) -> None:
    """Without words of its own a changed number has none, nor has it the parent's range."""
    scenario = child(tmp_path, REHAB % "needed_days: {lognormal: {mean: 25}}")
    assert words(scenario, f"{NEED}.mean") == (25, "none", "")
    assert scenario.pathways["bedded_rehab"]["rehabilitation"].needed_days.range is None


def test_words_of_a_child_replace_all_words_of_its_parent(tmp_path: Path) -> None:
    """An assumption in the child drops the source of the parent."""
    scenario = child(tmp_path, REHAB % "needed_days: {assumption: a guess}")
    assert words(scenario, f"{NEED}.mean") == (21, "assumption", "a guess")
    assert scenario.pathways["bedded_rehab"]["rehabilitation"].needed_days.source is None


def test_a_range_stays_while_its_number_stays(tmp_path: Path) -> None:
    """Other words for the same numbers leave the range; a new range replaces it by name."""
    scenario = child(tmp_path, REHAB % "needed_days: {assumption: a guess, range: {cv: [0.5, 1]}}")
    needed = scenario.pathways["bedded_rehab"]["rehabilitation"].needed_days
    assert needed.range == {"mean": (18, 26), "cv": (0.5, 1)}


def test_a_changed_part_strips_the_thing_whose_words_covered_it(tmp_path: Path) -> None:
    """A new row of a timetable was never covered by the words of the old unit."""
    scenario = child(tmp_path, "units: {leek_moor: {timetable: [{date: 2026-05-01, beds: 30}]}}")
    assert words(scenario, "units.leek_moor.timetable.0.places") == (30, "none", "")
    assert scenario.units["leek_moor"].assumption is None


def test_a_changed_part_with_words_of_its_own_strips_nothing(tmp_path: Path) -> None:
    """Words go with the number they are written beside."""
    row = "{date: 2026-05-01, beds: 30, assumption: a plan}"
    scenario = child(tmp_path, f"units: {{leek_moor: {{timetable: [{row}]}}}}")
    assert words(scenario, "units.leek_moor.timetable.0.places") == (30, "assumption", "a plan")
    assert words(scenario, "units.leek_moor.places") == (15, "assumption", "as planned")


def test_what_is_not_a_number_strips_nothing(tmp_path: Path) -> None:
    """A name or a repeated value leaves source and range alone."""
    scenario = child(tmp_path, "units: {haywood: {name: The Haywood, beds: 60}}")
    assert scenario.units["haywood"].assumption == "as planned"
    assert scenario.units["haywood"].range == {"places": (50, 70)}


def test_overlays_are_laid_over_in_order(tmp_path: Path) -> None:
    """A later overlay wins, and the slug names them all."""
    base = written(tmp_path, GOOD, "Option 1.yaml")
    first = written(tmp_path, "streams: {step_down: {referrals: {per_day: 5, assumption: high}}}", "high.yaml")
    second = written(tmp_path, "streams: {step_down: {referrals: {per_day: 3.8, source: audit}}}", "low.yaml")
    scenario = load(base, overlays=[first, second])
    assert words(scenario, "streams.step_down.referrals.per_day") == (3.8, "source", "audit")
    assert scenario.slug == "option-1-with-high-with-low"


def test_an_overlay_may_not_extend(tmp_path: Path) -> None:
    """Only the scenario itself has a parent."""
    overlay = written(tmp_path, "extends: case.yaml\ntitle: x", "over.yaml")
    (problem,) = problems_of(written(tmp_path, GOOD), overlays=[overlay])
    assert (problem.file, problem.line, problem.field) == (str(overlay), 1, "extends")


def test_sources_may_be_a_file_beside(tmp_path: Path) -> None:
    """The path is relative to the file that names it, and a child adds its own."""
    inline = GOOD[GOOD.index("sources:") : GOOD.index("time:")]
    written(tmp_path, "audit: Audit\ncensus-2021: Census", "shared/sources.yaml")
    written(tmp_path, GOOD.replace(inline, "sources: sources.yaml\n"), "shared/base.yaml")
    path = written(tmp_path, "extends: shared/base.yaml\nsources: {mine: A letter}", "child.yaml")
    assert load(path).sources == {"audit": "Audit", "census-2021": "Census", "mine": "A letter"}


def test_candidate_rates_come_from_the_root(tmp_path: Path) -> None:
    """The rate from which candidates are drawn does not change with what is laid over the root."""
    text = "streams: {step_down: {referrals: {per_1000_a_year: 3.6, population: 500000}}}"
    assert child(tmp_path, text).candidate_rates_per_day == {"step_down": 4.6}
    low = load(tmp_path / "child.yaml", ["streams.step_down.referrals.population=100000"])
    assert low.candidate_rates_per_day == {"step_down": 4.6}
    assert low.streams["step_down"].referrals.population == 100_000


def test_a_candidate_rate_per_head_is_a_rate_a_day(tmp_path: Path) -> None:
    """Per 1,000 people a year times population over 1,000 and 365.25."""
    text = GOOD.replace("per_day: 4.6\n", "per_1000_a_year: 3.6\n      population: 500000\n")
    text = text.replace("      range: {per_day: [3.8, 5.0]}\n", "")
    rate = load(written(tmp_path, text)).candidate_rates_per_day["step_down"]
    assert rate == pytest.approx(3.6 * 500 / 365.25, rel=1e-15)


def test_a_booked_stream_has_no_candidate_rate(tmp_path: Path) -> None:
    """Nobody is drawn for a stream without a rate."""
    text = GOOD.replace("      per_day: 4.6\n", "").replace("      range: {per_day: [3.8, 5.0]}\n", "")
    assert load(written(tmp_path, text)).candidate_rates_per_day == {}


@pytest.mark.parametrize(("content", "file", "line"), [(None, "case.yaml", 2), ("- a\n", "sources.yaml", 1)])
def test_sources_that_cannot_be_read_are_one_problem(tmp_path: Path, content: str | None, file: str, line: int) -> None:
    """A missing file is reported where it is named, a wrong one in itself; the sources it lacks are not missed."""
    if content is not None:
        written(tmp_path, content, "sources.yaml")
    inline = GOOD[GOOD.index("sources:") : GOOD.index("time:")]
    (problem,) = problems_of(written(tmp_path, GOOD.replace(inline, "sources: sources.yaml\n")))
    assert (problem.file, problem.line) == (str(tmp_path / file), line)
