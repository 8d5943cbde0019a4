"""Files of clinics: what is shipped is right and illustrative, and every mistake has its file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedsim.clinics import load
from bedsim.clinics.tables import inputs_page
from bedsim.errors import Problem, ScenarioError
from bedsim.scenario.inputs import Input, stated_in
from tests.unit.scenario.good import line_of, written

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "clinics"
SHIPPED = sorted(SCENARIOS.glob("*.yaml"))
GOOD = """\
title: A clinic
sources: {audit: Audit of clinics}
time: {start: 2026-04-06, run_length_days: 364, warm_up_days: 0, cool_down_days: 126, assumption: a test}
localities: {leek: {coordinates: [53.1, -2.0], assumption: a test}}
travel: {detour_factor: 1.3, km_per_hour: 40, assumption: a test}
sites:
  here: {coordinates: [53.0, -2.0], assumption: a test}
  there: {coordinates: [53.2, -2.0], assumption: a test}
clinics:
  skin:
    site: here
    slots: {mon: 5}
    assumption: a test
    referrals: {per_week: 4, range: {per_week: [3, 5]}, source: audit}
    did_not_attend: {fraction: 0.1, discharged_after: 2, source: audit}
    follow_ups: {fraction: 0.1, after_weeks: 6, kept_slots_fraction: 0.2, source: audit}
    localities: {shares: {leek: 1}}
    move: {to: there, date: 2026-10-01, source: audit}
"""


def problems(folder: Path, text: str) -> list[Problem]:
    """Return the problems of a text."""
    with pytest.raises(ScenarioError) as caught:
        load(written(folder, text))
    return caught.value.problems


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_clinics_are_illustrative_and_every_number_is_explained(path: Path) -> None:
    """No number of a real clinic is public, so every number of a clinic is an assumption with a reason."""
    plan = load(path)
    assert plan.status == "illustrative"
    assert "public" in plan.notes
    numbers = [one for one in stated_in(plan) if isinstance(one, Input)]
    assert {one.provenance for one in numbers} == {"assumption"}
    assert len([one for one in numbers if one.path.startswith("clinics.")]) > 15
    assert all(one.text for one in numbers)


def test_a_good_file_is_loaded_with_all_it_says(tmp_path: Path) -> None:
    """And the page of its inputs has each number, its range, and the source it names."""
    plan = load(written(tmp_path, GOOD))
    assert plan.clinics["skin"].referrals.per_week == 4
    page = inputs_page(plan)
    assert "| `clinics.skin.referrals.per_week` | 4 | 3 to 5 | Source: audit. |" in page
    assert "- audit: Audit of clinics" in page


@pytest.mark.parametrize(
    ("old", "new", "field", "must", "remedy"),
    [
        (
            "per_week: 4,",
            "per_weak: 4,",
            "clinics.skin.referrals.per_weak",
            "be a key that the scenario knows",
            "per_week",
        ),
        ("slots: {mon: 5}", "slots: {monday: 5}", "clinics.skin.slots.monday", "be a key", "mon"),
        ("start: 2026-04-06", "start: 9999-12-31", "time.start", "be in the years 1950 to 2200", "2026-04-01"),
        ("slots: {mon: 5}", "slots: -5", "clinics.skin.slots", "be at least 0", ""),
        ("slots: {mon: 5}", "slots: many", "clinics.skin.slots", "be a whole number", ""),
        ("site: here", "site: hear", "clinics.skin.site", "name a site of the file", "here"),
        ("to: there", "to: their", "clinics.skin.move.to", "name a site of the file", "there"),
        ("to: there", "to: here", "clinics.skin.move.to", "name another site, or give other slots", ""),
        ("date: 2026-10-01", "date: 2036-10-01", "clinics.skin.move.date", "lie within the run", "2027-04-04"),
        ("date: 2026-10-01", "on: 2026-10-01", "clinics.skin.move.?", "be true or false, or text in quotes", ""),
        ("{leek: 1}", "{leak: 1}", "clinics.skin.localities.shares.leak", "name a locality of the file", "leek"),
        ("{leek: 1}", "{leek: 0.9}", "clinics.skin.localities.shares", "sum to 1", ""),
        (
            "fraction: 0.1, discharged",
            "fraction: 0.95, discharged",
            "clinics.skin.did_not_attend.fraction",
            "at most",
            "",
        ),
        ("after_weeks: 6", "after_weeks: 0", "clinics.skin.follow_ups.after_weeks", "be at least 1", ""),
        ("cool_down_days: 126", "cool_down_days: 90", "time.cool_down_days", "be at least 126", ""),
        ("range: {per_week: [3, 5]}", "range: {per_week: [5, 6]}", "clinics.skin.referrals.range.per_week", "hold", ""),
        ("[3, 5]}, source: audit", "[3, 5]}, source: odit", "clinics.skin.referrals.source", "name an entry", "audit"),
        ("title: A clinic", "title: =1+1", "title", "not begin with any of", ""),
        ("  skin:", "  all:", "clinics.all", "not bear the name of all clinics", "all_1"),
        ("title: A clinic", "titlle: A clinic", "titlle", "be a key that the scenario knows", "title"),
        ("title: A clinic", "area: nowhere.yaml", "area", "be a file that exists", ""),
        ("title: A clinic", "slug: x", "slug", "not be written in a file", ""),
    ],
)
def test_a_mistake_gets_its_line_the_rule_and_a_remedy(
    tmp_path: Path, old: str, new: str, field: str, must: str, remedy: str
) -> None:
    """One problem, in the line in which it was written."""
    assert GOOD.count(old) == 1
    text = GOOD.replace(old, new)
    (found,) = problems(tmp_path, text)
    assert found.field == field
    assert must in found.must
    assert found.line == line_of(text, new)
    assert remedy in found.remedy


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    """Of the schema and between values: a wrong number, an unknown site, an unknown home, a wrong date."""
    text = GOOD.replace("per_week: 4,", "per_week: -4,").replace("kept_slots", "keep_slots") + (
        "  eyes: {site: hear, slots: 4, localities: {shares: {leak: 1}}, referrals: {per_week: 2}}\n"
    )
    found = {one.field for one in problems(tmp_path, text)}
    assert found == {
        "clinics.skin.referrals.per_week",
        "clinics.skin.follow_ups.keep_slots_fraction",
        "clinics.eyes.site",
        "clinics.eyes.localities.shares.leak",
    }


def test_an_extending_file_changes_what_it_names_and_loses_the_words_of_what_it_changes(tmp_path: Path) -> None:
    """As with scenarios: mappings merge, and a number never wears its parent's source."""
    written(tmp_path, GOOD, "good.yaml")
    plan = load(written(tmp_path, "extends: good.yaml\nclinics: {skin: {referrals: {per_week: 6}, move: null}}"))
    skin = plan.clinics["skin"]
    assert (skin.referrals.per_week, skin.referrals.source, skin.referrals.range) == (6, None, None)
    assert skin.move is None
    assert skin.follow_ups is not None


def test_the_area_gives_its_map_and_the_file_may_change_it(tmp_path: Path) -> None:
    """Localities, travel and sources of a scenario of beds; what the file itself says of them goes before."""
    area = (SCENARIOS.parent / "base.yaml").as_posix()
    text = GOOD.replace("localities: {leek", "area: AREA\nlocalities: {leek").replace("AREA", area)
    plan = load(written(tmp_path, text.replace("travel: {detour_factor: 1.3, ", "travel: {")))
    assert set(plan.localities) == {"stoke_north", "stoke_south", "newcastle", "moorlands", "leek"}
    assert plan.travel is not None
    assert plan.travel.detour_factor == 1.3
    assert {"audit", "ipacs-params"} <= set(plan.sources)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [", "title: !!python/object/apply:os.system [ls]\n", "\0"])
def test_files_that_are_no_plans_are_sentences(tmp_path: Path, text: str) -> None:
    """Empty, a list, no YAML, a tag, binary: nothing is run and nothing but sentences comes out."""
    assert problems(tmp_path, text)


@pytest.mark.parametrize("name", ["option-1.yaml", "base.yaml", "overlays/referrals-bristol.yaml"])
def test_a_scenario_of_beds_is_said_to_be_one(name: str) -> None:
    """One sentence with the command that is meant, not a list of keys; the twin is in tests/unit/scenario."""
    path = SCENARIOS.parent / name
    with pytest.raises(ScenarioError) as raised:
        load(path)
    (only,) = raised.value.problems
    assert (only.must, only.found) == ("be a file of clinics", "a scenario of beds")
    assert only.remedy == f"bedsim run {path}"
