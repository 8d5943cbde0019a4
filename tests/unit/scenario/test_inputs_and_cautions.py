"""Where each number comes from, and what deserves a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bedsim.scenario import cautions, excluded_homes, inputs, load
from tests.unit.scenario.good import GOOD, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path


def test_every_number_of_the_good_scenario_has_words(tmp_path: Path) -> None:
    """Numbers are listed once each with their provenance, and none is left without."""
    listed = inputs(load(written(tmp_path, GOOD)))
    assert {one.provenance for one in listed} == {"source", "derived", "assumption"}
    assert len({one.path for one in listed}) == len(listed) == 34
    need = next(one for one in listed if one.path.endswith("rehabilitation.needed_days.lognormal.mean"))
    assert (need.value, need.text, need.range) == (21, "audit", (18, 26))


def test_words_of_a_stage_cover_its_need_but_not_its_branches(tmp_path: Path) -> None:
    """Looking for words goes from a part up to its thing, and no further."""
    text = spoiled("cv: 0.5}, source: audit}\n", "cv: 0.5}}\n      assumption: mine\n")
    text = text.replace("home: {share: 0.5, source: audit}", "home: {share: 0.5}")
    kinds = {one.path: one.provenance for one in inputs(load(written(tmp_path, text)))}
    assert kinds["pathways.bedded_rehab.support.needed_days.gamma.mean"] == "assumption"
    assert kinds["pathways.bedded_rehab.rehabilitation.then.home.share"] == "none"


def test_numbers_that_say_nothing_are_not_listed(tmp_path: Path) -> None:
    """Defaults and certain branches need no words."""
    text = spoiled("- {units: nearest", "- {after_days: 0, units: nearest")
    certain = "priority: 0\n      ladder: [{units: team}]\n      then: {x: {share: 1}}"
    text = text.replace("ladder: [{units: team}]", certain)
    assert len(inputs(load(written(tmp_path, text)))) == 34


def test_homes_below_the_minimum_are_reported_with_their_places(tmp_path: Path) -> None:
    """The gate leaves homes out aloud."""
    scenario = load(written(tmp_path, GOOD))
    assert excluded_homes(scenario) == (("home_elm", 10),)
    assert [caution for caution in cautions(scenario) if "home_elm (10 places)" in caution]
    assert excluded_homes(load(written(tmp_path, GOOD), ["quality_gate.minimum_rating=none"])) == ()


def test_numbers_without_words_are_counted(tmp_path: Path) -> None:
    """An overlay changes a number and brings no source."""
    overlay = written(tmp_path, "units: {haywood: {beds: 90}}", "over.yaml")
    (caution,) = (c for c in cautions(load(written(tmp_path, GOOD), overlays=[overlay])) if "source" in c)
    assert caution == "1 number has no source, derivation or assumption: units.haywood.places."


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        (["units.haywood.beds=90"], "assumption", "set on the command line"),
        (["units.haywood.beds=90", "units.haywood.assumption=a new ward"], "assumption", "a new ward"),
        (["units.haywood={beds: 90, source: audit}"], "source", "audit"),
        (["units.haywood={beds: 90}"], "assumption", "set on the command line"),
    ],
)
def test_a_set_number_is_an_assumption_and_its_neighbours_keep_their_words(
    tmp_path: Path, options: list[str], kind: str, words: str
) -> None:
    """A `--set` changes one number: the others of the unit keep what covers them, unless the option brings words."""
    text = spoiled("    locality: stoke\n", "    locality: stoke\n    stay_factor: 1.2\n")
    scenario = load(written(tmp_path, text), options)
    found = {one.path: (one.provenance, one.text) for one in inputs(scenario)}
    assert found["units.haywood.places"] == (kind, words)
    kept = ("assumption", "as planned") if "set" in words else (kind, words)
    assert found["units.haywood.stay_factor"] == kept
    assert found["units.leek_moor.places"] == ("assumption", "as planned")
    assert not [caution for caution in cautions(scenario) if "no source" in caution]


def test_a_set_item_of_a_list_leaves_the_others_their_words(tmp_path: Path) -> None:
    """One rung's wait is set; the rung after it, and the unit's other rows, are as they were."""
    option = "pathways.bedded_rehab.rehabilitation.ladder.1.after_days=2"
    found = {one.path: one.text for one in inputs(load(written(tmp_path, GOOD), [option]))}
    ladder = "pathways.bedded_rehab.rehabilitation.ladder"
    assert found[f"{ladder}.1.after_days"] == "set on the command line"
    assert found[f"{ladder}.2.after_days"] == "policy"


def test_a_unit_on_no_ladder_is_reported(tmp_path: Path) -> None:
    """A unit nobody asks for is probably forgotten."""
    text = spoiled("  team: {", "  ward_9: {kind: escalation, places: 8, assumption: x}\n  team: {")
    assert "On no ladder, so nobody is ever placed there: ward_9." in cautions(load(written(tmp_path, text)))


RING = """
time: {start: 2026-04-01}
units:
  a: {kind: acute, places: 5}
  b: {kind: other, places: 5}
  c: {kind: other, places: %s}
pathways:
  p:
    one: {needed_days: {constant: 5}, ladder: [{units: a}], then: {x: {share: 0.5, next: two}, y: {share: 0.5}}}
    two: {needed_days: {constant: 5}, ladder: [%s], then: {x: {share: 0.5, next: one}, y: {share: 0.5}}}
streams: {s: {pathway: p, referrals: {per_day: 1}}}
"""


def rings(folder: Path, places: str, ladder: str) -> list[str]:
    """Return the cautions about rings."""
    return [caution for caution in cautions(load(written(folder, RING % (places, ladder)))) if "for ever" in caution]


def test_a_finite_cycle_without_a_way_out_is_reported(tmp_path: Path) -> None:
    """People in a wait for b, people in b for a: both may be full."""
    (caution,) = rings(tmp_path, "5", "{units: b}")
    assert caution.startswith("People in a, b may all wait for each other's places for ever")


def test_a_way_out_in_time_ends_a_ring(tmp_path: Path) -> None:
    """A leave rung, an unlimited unit, or the unit already held: nobody waits for ever."""
    assert not rings(tmp_path, "5", "{units: b}, {after_days: 7, leave: gone}")
    assert not rings(tmp_path, "unlimited", "{units: b}, {after_days: 7, units: c}")
    assert not rings(tmp_path, "5", "{units: [a, b]}")


def test_a_ring_through_a_then_rung_is_reported(tmp_path: Path) -> None:
    """Who tires of waiting for c keeps the place in a, and asks for b, whose people ask for a."""
    text = RING.replace("next: two", "next: middle").replace(
        "    two:",
        "    middle: {needed_days: {constant: 5}, ladder: [{units: c}, {after_days: 2, then: two}]}\n    two:",
    )
    found = [one for one in cautions(load(written(tmp_path, text % ("5", "{units: b}")))) if "for ever" in one]
    assert [one.split(" may ")[0] for one in found] == ["People in a, b"]
    text = text.replace("then: two}]", "leave: gone}]")
    assert not [one for one in cautions(load(written(tmp_path, text % ("5", "{units: b}")))) if "for ever" in one]


def test_whoever_has_no_unit_of_their_own_is_named(tmp_path: Path) -> None:
    """The team is in Leek, so people of Stoke wait for the next rung; with a team there too nobody is named."""
    text = spoiled("ladder: [{units: team}]", "ladder: [{units: own(community_service)}, {after_days: 7, units: far}]")
    text = text.replace("  team: {kind:", "  team: {locality: leek, kind:", 1)
    said = "In bedded_rehab.support, own(community_service) names nobody for people of stoke."
    assert said in cautions(load(written(tmp_path, text)))
    text = text.replace("  far: {", "  city: {locality: stoke, kind: community_service, places: 9}\n  far: {", 1)
    assert not [one for one in cautions(load(written(tmp_path, text))) if "names nobody" in one]
