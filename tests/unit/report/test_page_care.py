"""The new model of care on the page: for whom, by whom, without a gate, and what a plan changes of the one before."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bedsim
from bedsim.analysis.conduct import run
from bedsim.analysis.run import Run
from bedsim.report.gate_file import MISSING, NAME, keep_gate
from bedsim.report.page import page
from bedsim.scenario.schema import Scenario
from bedsim.store.runs import Kept, Manifest, scenario_text
from tests.priced import charge, prices
from tests.unit.report.conftest import area_tree
from tests.unit.report.html import Element, parsed

NAMED = "Team <i>one</i>, home"


def care_tree(slug: str = "before") -> dict[str, Any]:
    """Return the area for a year with two segments, a team with visits, a home that the gate shuts, and prices."""
    tree = area_tree()
    tree |= {"slug": slug, "title": f"Plan {slug}", "status": "verified"}
    tree["time"] |= {"run_length_days": 365}
    people = sum(one["population"] for one in tree["localities"].values() if "population" in one) or 1000
    tree["segments"] = {
        "well": {"population": people * 0.9, "name": "Mostly well", "assumption": "a test"},
        "frail": {"population": people * 0.1, "name": "The frail <b>", "assumption": "a test"},
    }
    for stream in tree["streams"].values():
        stream["segments"] = {"shares": {"well": 0.5, "frail": 0.5}, "assumption": "a test"}
    team = next(name for name, unit in tree["units"].items() if unit["kind"] == "community_service")
    tree["units"][team] |= {
        "name": NAMED,
        "visits": {
            "bands": ({"per_day": 2.0},),
            "disciplines": {"nurse": 0.25, "support_worker": 0.75},
            "a_week_by_one": 20.0,
            "assumption": "a test",
        },
    }
    tree["prices"] = prices(community_hospital={"open_day": charge(10, derived="a test")})
    return tree


def kept_of(tree: dict[str, Any], folder: Path, seed: int = 1, n: int = 12) -> Kept:
    """Return a finished run as if it had been read from a folder."""
    folder.mkdir(exist_ok=True)
    done: Run = run(Scenario.model_validate(tree), n_replications=n, seed=seed, workers=1)
    manifest = Manifest(done.hash, seed, done.engine, n, False, {"bedsim": "0.1.0"}, "x", "y")
    return Kept(folder, manifest, done)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return kept_of(care_tree(), tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a plan that builds on it: nobody of the frail is referred."""
    tree = care_tree("after") | {"builds_on": ("middle", "before")}
    tree["status"] = "illustrative"
    tree["levers"] = {
        "avoid": {
            "start": tree["time"]["start"],
            "reach": {"segments": ("frail",)},
            "admission_avoidance": {"share": 1.0},
            "assumption": "a test",
        }
    }
    return kept_of(tree, tmp_path_factory.mktemp("after"))


def section(one: Element, name: str) -> Element | None:
    """Return a section of the page."""
    return next((part for part in one.all("section") if part.attributes["aria-labelledby"] == name), None)


def table(one: Element, caption: str) -> dict[str, list[str]]:
    """Return the rows of a table whose caption holds some words, its head first."""
    found = next(each for each in one.all("table") if caption in next(each.all("caption")).text)
    rows = {next(row.all("th")).text: [cell.text for cell in row.all("td")] for row in list(found.all("tr"))[1:]}
    return {"": [cell.text for cell in next(found.all("thead")).all("th")], **rows}


def test_groups_changes_and_teams_stand_with_their_full_names(after: Kept) -> None:
    """Each with its numbers; markup in a name is text; disciplines share the staff; all of it is marked as assumed."""
    care = section(parsed(page([after])), "care")
    assert care is not None
    groups = table(care, "Who they are and how they fare")
    assert list(groups)[1:] == ["Mostly well", "The frail <b>"]
    assert groups[""][:3] == ["Group of the population", "People living there", "Referred a day"]
    assert groups["The frail <b>"][1] == "0"
    changes = table(care, "Whom the plan's changes affect")
    affected = after.run.value("lever_people", "lever:avoid", period=after.run.headline)
    assert float(changes["Avoid"][0].split()[0].replace(",", "")) == pytest.approx(affected, rel=0.02)
    teams = table(care, "What the teams do")
    assert teams[""][-2:] == ["of them nurse", "of them support worker"]
    staff, nurse, worker = (float(cell.split()[0]) for cell in teams[NAMED][-3:])
    assert nurse == pytest.approx(staff / 4, rel=0.03)
    assert worker == pytest.approx(staff * 3 / 4, rel=0.03)
    assert all(one.text.startswith("Illustrative") for one in care.all("caption"))
    assert "<b>" in care.text
    assert not list(care.all("b", "i"))


def test_a_run_without_any_of_it_has_no_such_section(area: Run, tmp_path: Path) -> None:
    """Nor a difference."""
    manifest = Manifest(area.hash, 1, area.engine, 1, False, {"bedsim": "0.1.0"}, "x", "y")
    one = parsed(page([Kept(tmp_path, manifest, area)]))
    assert section(one, "care") is None
    assert "beside" not in next(p.text for p in one.all("p") if p.attributes.get("class") == "lead")


def test_the_answer_without_the_gate_is_read_from_the_folder(before: Kept, tmp_path: Path) -> None:
    """As `bedsim run` wrote it, as text; else the page says how to find it; a gate that shuts nothing has none."""
    kept = dataclasses.replace(before, folder=tmp_path)
    assert MISSING.replace("`", "") in parsed(page([kept])).text
    keep_gate(tmp_path, ["Without the quality gate <script>it</script> would be so."])
    assert (tmp_path / NAME).read_text(encoding="utf-8").count("\n") == 1
    assert "Without the quality gate <script>it</script> would be so." in parsed(page([kept])).text
    tree = care_tree()
    tree["quality_gate"] = {"minimum_rating": "none"}
    assert "quality gate is not known" not in page([kept_of(tree, tmp_path / "open", n=2)])
    keep_gate(tmp_path / "nowhere", [])
    assert not (tmp_path / "nowhere").exists()


def test_a_plan_beside_the_one_it_builds_on_leads_with_the_difference(before: Kept, after: Kept) -> None:
    """The first sentence, marked; every number is that of bedsim compare on the same people; in either order."""
    compared = bedsim.compare([before.run.scenario, after.run.scenario], 12, 1, 1)
    (overflow,) = (one for one in compared.headline if (one.measure, one.statistic) == ("overflow", "mean"))
    for runs in ([before, after], [after, before]):
        one = parsed(page(runs))
        lead = next(p for p in one.all("p") if p.attributes.get("class") == "lead")
        assert lead.text.startswith("Plan after, beside Plan before, on which it builds: in 2026-27 ")
        assert next(p.text for p in one.all("p") if p.attributes.get("class") == "whose") == (
            "Illustrative What after changes, beside before"
        )
        (size,) = re.findall(r"([\d.]+) \([\d.]+ to [\d.]+\) fewer people without a planned bed", lead.text)
        assert float(size) == pytest.approx(-overflow.difference, rel=0.06)
        rows = table(one, "What differs")
        assert rows[""][1:] == ["Difference", "95% interval, all of the table together", "before", "after"]
        cells = rows["People without a planned bed at midnight"]
        assert float(cells[0]) == pytest.approx(overflow.difference, rel=0.06)
        assert float(cells[2]) == pytest.approx(overflow.reference_value, rel=0.06)
        gained = table(one, "Who gains")
        assert gained[""][1:3] == ["Share of people who wait: difference", "Share of people who wait: before"]
        waits = before.run.row("p_wait", "segment:well", period=before.run.headline)
        assert float(gained["Mostly well"][1].rstrip("%")) == pytest.approx(100 * waits.value, rel=0.06)
        assert gained["Mostly well"][0].startswith("-")
        assert "after costs as much as before in 2026-27." in one.text


def test_a_difference_of_other_people_is_not_taken(before: Kept, after: Kept, tmp_path: Path) -> None:
    """Another seed is said; a plan with other overlays, or that does not build on the other, is no pair."""
    other = dataclasses.replace(before, folder=tmp_path, run=dataclasses.replace(before.run, seed=2))
    text = parsed(page([other, after])).text
    assert "after builds on before, but its changes are not said" in text
    assert "on which it builds" not in text
    changes = ({"variations": ("units.ward.beds=9",)}, {"builds_on": ()})
    for change in changes:
        scenario = after.run.scenario.model_copy(update=change)
        apart = dataclasses.replace(after, run=dataclasses.replace(after.run, scenario=scenario))
        assert "on which it builds" not in parsed(page([before, apart])).text


def test_the_nearest_plan_on_the_page_is_the_one_that_is_built_on(before: Kept, after: Kept, tmp_path: Path) -> None:
    """Of two ancestors the nearer; a planted other order is noticed."""
    scenario = before.run.scenario.model_copy(update={"slug": "middle", "title": "Plan middle"})
    middle = dataclasses.replace(
        before, folder=tmp_path, run=dataclasses.replace(before.run, scenario=scenario, hash="0" * 12)
    )
    assert "Plan after, beside Plan middle, on which" in parsed(page([before, middle, after])).text
    turned = after.run.scenario.model_copy(update={"builds_on": ("before", "middle")})
    wrong = dataclasses.replace(after, run=dataclasses.replace(after.run, scenario=turned))
    assert "Plan after, beside Plan middle, on which" not in parsed(page([before, middle, wrong])).text


def test_what_a_plan_builds_on_is_kept_and_moves_nothing(tmp_path: Path) -> None:
    """The chain of extends, the next first; written beside a run; no part of what is simulated."""
    for name, text in {"leaf": "extends: mid.yaml\n", "mid": "extends: root.yaml\n"}.items():
        (tmp_path / f"{name}.yaml").write_text(f"{text}notes: {name}\n", encoding="utf-8")
    root = Path(bedsim.__file__).parents[1] / "scenarios" / "base.yaml"
    (tmp_path / "root.yaml").write_text(f"extends: {root}\n", encoding="utf-8")
    scenario = bedsim.load(tmp_path / "leaf.yaml")
    assert scenario.builds_on == ("mid", "root", "base")
    assert Scenario.model_validate_json(scenario_text(scenario)).builds_on == scenario.builds_on
    assert "builds_on" not in scenario.model_dump()
    assert np.array_equal(bedsim.load(tmp_path / "root.yaml").builds_on, ["base"])
