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
from bedsim.report.money_tables import money_lines
from bedsim.report.page import page
from bedsim.report.page_care import CareTable, Cell
from bedsim.report.page_difference import differences_on_page
from bedsim.report.page_parts import Part
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
    return kept_of(care_tree() | {"identities": ("B",)}, tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a plan that builds on it: nobody of the frail is referred."""
    tree = care_tree("after") | {"builds_on": ("middle", "before"), "identities": ("C", "M", "B")}
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
        assert lead.text.startswith("Plan after, beside Plan before, on which it builds: in 2026-27, ")
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
    scenario = before.run.scenario.model_copy(
        update={"slug": "middle", "title": "Plan middle", "identities": ("M", "B")}
    )
    middle = dataclasses.replace(
        before, folder=tmp_path, run=dataclasses.replace(before.run, scenario=scenario, hash="0" * 12)
    )
    assert "Plan after, beside Plan middle, on which" in parsed(page([before, middle, after])).text
    turned = after.run.scenario.model_copy(update={"builds_on": ("before", "middle"), "identities": ("C", "B", "M")})
    wrong = dataclasses.replace(after, run=dataclasses.replace(after.run, scenario=turned))
    assert "Plan after, beside Plan middle, on which" not in parsed(page([before, middle, wrong])).text


def with_scenario(kept: Kept, **changes: Any) -> Kept:
    """Return a run as if it were of a scenario that is a little different."""
    run = dataclasses.replace(kept.run, scenario=kept.run.scenario.model_copy(update=changes))
    return dataclasses.replace(kept, run=run)


@pytest.mark.parametrize("identities", [("X",), (), ("X", "B")])
def test_a_run_of_other_numbers_by_the_same_name_is_not_what_a_plan_builds_on(
    before: Kept, after: Kept, identities: tuple[str, ...]
) -> None:
    """Another file of that name, or one edited since: why nothing is said stands where the difference would."""
    text = parsed(page([with_scenario(before, identities=identities), after])).text
    assert "on which it builds" not in text
    assert "changes, beside" not in text
    assert "after builds on before, but its changes are not said: this run of before has other numbers" in text
    assert "has other numbers" not in parsed(page([before, after])).text


def test_each_table_of_a_difference_has_the_mark_of_what_it_rests_on(before: Kept, after: Kept) -> None:
    """Either plan's status marks all of them; prices the money and the sentence; groups what is told by group."""
    verified = with_scenario(after, status="verified")

    def marks(runs: list[Kept]) -> dict[str, bool]:
        answer = section(parsed(page(runs)), "answer")
        assert answer is not None
        captions = [next(one.all("caption")).text for one in answer.all("table")]
        whose = next(p.text for p in answer.all("p") if p.attributes.get("class") == "whose")
        words = {"What differs": "figures", "Who gains": "groups", "Money, ": "money"}
        found = {name: one.startswith("Illustrative") for one in captions for w, name in words.items() if w in one}
        return found | {"whose": whose.startswith("Illustrative")}

    assert marks([before, verified]) == {"figures": False, "groups": True, "money": True, "whose": False}
    everything = dict.fromkeys(("figures", "groups", "money", "whose"), True)
    assert marks([before, after]) == everything
    assert marks([with_scenario(before, status="illustrative"), verified]) == everything


def test_money_that_is_led_with_says_that_its_prices_are_assumed(tmp_path: Path) -> None:
    """A bed more is money more; with a source for the price, and nothing else assumed, neither is marked."""
    for price, is_assumed in ({"assumption": "a test"}, True), ({"derived": "a test"}, False):
        runs = []
        for slug, more in (("before", 0), ("after", 1)):
            tree = area_tree() | {"slug": slug, "status": "verified", "builds_on": ("before",)[:more]}
            tree["identities"] = ("C", "B")[1 - more :]
            tree["units"]["ward_a"] |= {"places": 10 + more}
            tree["prices"] = prices(community_hospital={"open_day": charge(10) | price})
            tree["prices"]["index"] = tree["prices"]["index"] | {"derived": "a test"}
            runs.append(kept_of(tree, tmp_path / slug, n=2))
        answer = section(parsed(page(runs)), "answer")
        assert answer is not None
        lead = next(p.text for p in answer.all("p") if p.attributes.get("class") == "lead")
        assert "more spent, in pounds of 2025" in lead
        assert ("in pounds of 2025 (ILLUSTRATIVE, since prices are assumed)" in lead) == is_assumed
        (money,) = (next(one.all("caption")).text for one in answer.all("table") if "Money, " in one.text)
        assert money.startswith("Illustrative") == is_assumed


def test_two_groups_or_units_of_one_name_are_two_rows(before: Kept) -> None:
    """Each as long as the head; a group in which nobody had a wait keeps its place; so do the largest items."""
    frail = before.run.scenario.segments["frail"].model_copy(update={"name": "Mostly well"})
    segments = before.run.scenario.segments | {"frail": frail}
    plan = with_scenario(before, slug="after", builds_on=("before",), identities=("C", "B"), segments=segments)
    (changed,), _ = differences_on_page([Part(plan, 2, "after"), Part(before, 2, "before")])

    def gains() -> CareTable:
        return next(table for table, _ in changed.tables if "Who gains" in table.caption)

    assert [name for name, _ in gains().rows] == ["Mostly well", "Mostly well"]
    assert {len(cells) for _, cells in gains().rows} == {len(gains().columns)} == {4}
    without = [one for one in changed.comparison.gains if (one.unit, one.measure) != ("segment:well", "p_wait")]
    assert len(without) == 3
    changed.comparison.__dict__["gains"] = without
    assert {len(cells) for _, cells in gains().rows} == {4}
    assert [Cell(), Cell()] in [cells[:2] for _, cells in gains().rows]
    lines = [len(money_lines(before.run, named)) for named in (str, lambda name: "ward")]
    assert lines[0] == lines[1]


def test_what_a_plan_builds_on_is_known_by_its_numbers(tmp_path: Path) -> None:
    """With the same laid over both; words may be edited, a number or a CSV file may not; it is kept with a run."""
    table = "date,expected_per_day\n2026-04-01,0.5\n"
    rest = (
        "time: {start: 2026-04-01, run_length_days: 1, warm_up_days: 60}\n"
        "units: {ward: {kind: community_hospital, beds: 8}, away: {kind: out_of_area, places: unlimited}}\n"
        "pathways: {rehab: {first: {needed_days: {exponential: {mean: 15}}, derived: a test, "
        "ladder: [{units: ward}, {after_days: 3, units: out_of_area}]}}}\n"
        "streams: {acute: {pathway: rehab, referrals: {expected_csv: t.csv, derived: a test}}}\n"
    )
    (tmp_path / "leaf.yaml").write_text("extends: root.yaml\nunits: {ward: {beds: 9}}\n", encoding="utf-8")
    (tmp_path / "over.yaml").write_text("units: {ward: {beds: 7}}\n", encoding="utf-8")

    def known(words: str = "", numbers: str = rest, csv: str = table, **laid: Any) -> tuple[str, ...]:
        (tmp_path / "t.csv").write_text(csv, encoding="utf-8")
        (tmp_path / "root.yaml").write_text(f"title: {words}x\n{numbers}", encoding="utf-8")
        leaf, root = (bedsim.load(tmp_path / f"{name}.yaml", **laid) for name in ("leaf", "root"))
        assert Scenario.model_validate_json(scenario_text(leaf)).identities == leaf.identities
        assert "identities" not in leaf.model_dump()
        return (*leaf.identities, *root.identities)

    own, extended, root = known()
    assert extended == root != own
    assert known("Other words, ") == (own, extended, root)
    for changed in known(numbers=rest.replace("mean: 15", "mean: 16")), known(csv=table.replace("0.5", "0.6")):
        assert changed[1] == changed[2]
        assert {extended, own}.isdisjoint(changed)
    for laid in ({"overlays": [tmp_path / "over.yaml"]}, {"set_values": ["units.ward.beds=6"]}):
        _, extended_laid, root_laid = known(**laid)
        assert extended_laid == root_laid != root


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
