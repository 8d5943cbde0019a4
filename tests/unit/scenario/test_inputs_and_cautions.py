"""Where each number comes from, and what deserves a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.scenario import cautions, excluded_homes, inputs, load
from tests.unit.scenario.good import GOOD, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path


def test_every_number_of_the_good_scenario_has_words(tmp_path: Path) -> None:
    """Numbers are listed once each with their provenance, and none is left without."""
    listed = inputs(load(written(tmp_path, GOOD)))
    assert {one.provenance for one in listed} == {"source", "derived", "assumption"}
    assert len({one.path for one in listed}) == len(listed) == 30
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
    assert len(inputs(load(written(tmp_path, text)))) == 30


def test_homes_below_the_minimum_are_reported_with_their_places(tmp_path: Path) -> None:
    """The gate leaves homes out aloud."""
    scenario = load(written(tmp_path, GOOD))
    assert excluded_homes(scenario) == (("home_elm", 10),)
    assert [caution for caution in cautions(scenario) if "home_elm (10 places)" in caution]
    assert excluded_homes(load(written(tmp_path, GOOD), ["quality_gate.minimum_rating=none"])) == ()


def test_numbers_without_words_are_counted(tmp_path: Path) -> None:
    """A `--set` changes a number and brings no source."""
    (caution,) = (c for c in cautions(load(written(tmp_path, GOOD), ["units.haywood.beds=90"])) if "source" in c)
    assert caution == "1 number has no source, derivation or assumption: units.haywood.places."


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
