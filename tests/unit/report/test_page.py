"""The page for a board: what it says, that everybody can read it, and that nothing in it runs or leaves it."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bedsim.analysis.conduct import run
from bedsim.analysis.run import Run
from bedsim.analysis.theory import theory
from bedsim.errors import BedsimError
from bedsim.report.figures import as_text
from bedsim.report.page import TEMPLATES, page
from bedsim.report.page_files import MOST_BYTES, MOST_ROWS
from bedsim.report.publish import publish
from bedsim.report.theory_table import theory_sentence
from bedsim.report.verdict import verdict
from bedsim.scenario.schema import Scenario
from bedsim.store.runs import Kept, Manifest
from tests.unit.report.conftest import area_tree
from tests.unit.report.html import Element, parsed

HOSTILE = (
    "\"><script>alert(1)</script> & 'b' javascript:alert(2) http://a.b/?q=\"onclick= https://c.d/e_(f). \x1b[2J\u202e"
)
CSS = (TEMPLATES / "page.css").read_text(encoding="utf-8")


def hostile_tree() -> dict[str, Any]:
    """Return a scenario whose author writes markup wherever words may stand, and that is illustrative."""
    tree = area_tree()
    tree |= {"status": "illustrative", "notes": HOSTILE, "sources": {"a-paper": HOSTILE, "<b>": HOSTILE}}
    tree["streams"]["acute"]["referrals"] |= {"assumption": f"{HOSTILE} a-paper"}
    tree["units"]["team"] |= {"assumption": HOSTILE}
    return tree


def as_kept(of: Run, folder: Path) -> Kept:
    manifest = Manifest(of.hash, of.seed, of.engine, of.n_replications, False, {"bedsim": "0.1.0"}, "x", HOSTILE)
    return Kept(folder, manifest, of)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a run of the hostile scenario with its pictures and the files of other commands."""
    done = run(Scenario.model_validate(hostile_tree()), n_replications=12, seed=1, workers=1)
    folder = publish(done, tmp_path_factory.mktemp("run") / "area", 1.0)
    (folder / "sensitivity.svg").write_text("<svg><script>alert(3)</script></svg>", encoding="utf-8")
    (folder / "sensitivity.txt").write_text(HOSTILE, encoding="utf-8")
    rows = "".join(f"area,<b>input {i}</b>,{i / 7}\r\n" for i in range(MOST_ROWS + 5))
    (folder / "sensitivity_split.csv").write_text(f"\ufeffscenario,in_put,beds\r\n{rows}", encoding="utf-8")
    return as_kept(done, folder)


@pytest.fixture(scope="module")
def alone(kept: Kept) -> Element:
    """Return the page on that run."""
    return parsed(page([kept]))


@pytest.fixture(scope="module")
def verified(area: Run, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return another run, of a verified plan, without any file."""
    scenario = area.scenario.model_copy(update={"status": "verified", "slug": "other", "title": "Other"})
    return as_kept(dataclasses.replace(area, scenario=scenario), tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="module")
def beside(kept: Kept, verified: Kept) -> Element:
    """Return the page on both."""
    return parsed(page([kept, verified]))


@pytest.fixture(params=["alone", "beside"])
def one(request: pytest.FixtureRequest) -> Element:
    """Return each of the pages."""
    return request.getfixturevalue(request.param)


def test_the_answer_comes_first_with_both_ranges(alone: Element, kept: Kept) -> None:
    """The number of beds in the first sentence in large type, the two ranges in the next, before any table."""
    (lead,) = (p for p in alone.all("p") if p.attributes.get("class") == "lead")
    (ranges,) = (p for p in alone.all("p") if p.attributes.get("class") == "ranges")
    beds = kept.run.row("demand_beds", statistic="p95", period=kept.run.headline)
    ends = [kept.run.range_ends[end].row("demand_beds", "system", "p95", kept.run.headline) for end in ("low", "high")]
    assert lead.text.startswith(f"{as_text(beds)} beds would be enough for the demand on 95% of days in 2026-27")
    assert lead.text.endswith("12 are planned.")
    assert re.fullmatch(
        rf"Simulation error \(95%\): \d+ to \d+\. Over the stated ranges of referrals and needs: "
        rf"{as_text(ends[0])} to {as_text(ends[1])}\.",
        ranges.text,
    )
    order = [element for element in alone.all("p", "table", "h2") if element in (lead, ranges) or element.name != "p"]
    assert [element.text for element in order[:2]] == ["The question", "The answer"]
    assert order[2:4] == [lead, ranges]
    for paragraph in verdict(kept.run).split("\n\n")[1:]:
        assert paragraph in alone.text


def test_the_sections_stand_in_the_order_in_which_a_board_reads(one: Element) -> None:
    """Question, answer, pictures, assumptions, what would change it; grounds after that."""
    assert [heading.attributes["id"] for heading in one.all("h2")] == [
        "question",
        "answer",
        "pictures",
        "assumed",
        "change",
        "theory",
        "provenance",
        "glossary",
        "inputs",
        "sources",
    ]


def test_headings_leave_no_gap(one: Element) -> None:
    """One h1; no heading more than one level below the one before it."""
    levels = [int(heading.name[1]) for heading in one.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_has_landmarks_a_language_and_a_way_past_the_header(one: Element) -> None:
    """And the first thing that the keyboard reaches is that way."""
    (html,) = one.all("html")
    assert html.attributes["lang"] == "en-GB"
    (body,) = one.all("body")
    assert [part.name for part in body.inside if isinstance(part, Element)] == ["a", "header", "main", "footer"]
    first = next(body.all("a"))
    assert first.attributes == {"class": "skip", "href": "#answer"}
    ids = [element.attributes["id"] for element in one.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    inner = [link.attributes["href"] for link in one.all("a") if link.attributes["href"].startswith("#")]
    assert {address[1:] for address in inner} <= set(ids)
    for section in one.all("section"):
        assert section.attributes["aria-labelledby"] in ids


def test_pictures_and_tables_are_for_everybody(one: Element) -> None:
    """A picture has its words and a caption; a table a caption, and every header says what it heads."""
    pictures, tables = list(one.all("img")), list(one.all("table"))
    assert len(pictures) >= 3
    assert all(len(image.attributes["alt"]) > 60 for image in pictures)
    assert len(list(one.all("figcaption"))) == len(pictures)
    for table in tables:
        assert next(table.all("caption")).text
        headers = list(table.all("th"))
        assert headers
        assert {header.attributes.get("scope") for header in headers} <= {"col", "row"}
        n_columns = {sum(cell.name in ("th", "td") for cell in row.all("th", "td")) for row in table.all("tr")}
        assert len(n_columns) == 1
    for scrolled in one.all("div"):
        if scrolled.attributes.get("class") == "wide":
            assert scrolled.attributes["tabindex"] == "0"
            assert scrolled.attributes["role"] == "region"
            assert scrolled.attributes["aria-label"]


def test_nothing_runs_and_nothing_is_fetched(one: Element) -> None:
    """No script, no handler, no address but in links that a reader follows; a policy in the page forbids the rest."""
    assert not list(one.all("script", "iframe", "object", "embed", "link", "base", "form", "svg"))
    for element in one.all():
        assert not [name for name in element.attributes if name.startswith("on") or name in ("style", "srcset")]
        for name in ("src", "href", "action", "data"):
            address = element.attributes.get(name, "")
            allowed = {"img": r"data:image/svg\+xml;base64,[\w+/=]+", "a": r"https?://[^\s\"<>]+|#[\w-]+"}
            assert not address or re.fullmatch(allowed[element.name], address), address
    assert "url(" not in CSS
    assert "@import" not in CSS
    policy = next(meta for meta in one.all("meta") if "http-equiv" in meta.attributes)
    assert policy.attributes["content"].startswith("default-src 'none';")


def test_what_others_wrote_is_shown_and_does_nothing(alone: Element, kept: Kept) -> None:
    """Markup is text; http and https become links, up to where the address ends, and nothing else does."""
    shown = alone.text
    assert shown.count("<script>alert(1)</script> & 'b' javascript:alert(2)") >= 4
    assert "\x1b" not in page([kept])
    assert "\u202e" not in page([kept])
    links = {link.attributes["href"] for link in alone.all("a")}
    assert {link for link in links if not link.startswith("#")} == {"http://a.b/?q=", "https://c.d/e_(f)"}
    assert "#source-1" in links, "the key of a citation leads to it"
    assert "<b>input 0</b>" in shown


def test_illustrative_is_said_at_the_top_and_on_every_figure_and_table(alone: Element, beside: Element) -> None:
    """In words, so also in grey and in print; the foot of every printed page says it too."""
    for one in (alone, beside):
        (header,) = one.all("header")
        assert "Illustrative" in header.text
        assert next(one.all("title")).text.startswith("Illustrative: ")
        assert '@bottom-left { content: "Illustrative: see the first page"; }' in next(one.all("style")).text
    for labelled in alone.all("caption", "figcaption"):
        assert labelled.text.startswith("Illustrative"), labelled.text
    (results,) = (section for section in beside.all("section") if section.attributes["aria-labelledby"] == "pictures")
    assert all(labelled.text.startswith("Illustrative") for labelled in results.all("figcaption"))


def test_a_verified_run_bears_no_mark(verified: Kept) -> None:
    """And a page without pictures says where they come from."""
    text = page([verified])
    assert 'class="mark"' not in text
    assert "@bottom-left { content" not in text
    assert "Some pictures are not in the run" in text


def test_illustrative_plans_are_listed_apart_and_not_ranked(beside: Element) -> None:
    """One table of each status, in the order given."""
    tables = [table for table in beside.all("table") if "beside" in table.attributes.get("class", "")]
    captions = [next(table.all("caption")).text for table in tables]
    assert sorted(caption.startswith("Illustrative Listed apart, not ranked.") for caption in captions) == [False, True]
    heads = [[cell.text for cell in next(table.all("thead")).all("th")][1:] for table in tables]
    assert sorted(heads) == [["area"], ["other"]]
    assert "no ranking" in beside.text
    assert "ILLUSTR." not in beside.text


def test_inputs_of_all_plans_stand_once(beside: Element, alone: Element) -> None:
    """And those of one alone below its name, each with its grounds."""
    inputs = next(section for section in beside.all("section") if section.attributes["aria-labelledby"] == "inputs")
    assert next(heading.text for heading in inputs.all("h3")) == "Of all plans"
    rows = [row for row in inputs.all("tr") if next(row.all("th")).text == "acute.referrals.per_day"]
    assert len(rows) <= 2
    named = [next(row.all("th")).text for row in alone.all("tr")]
    assert any("per_day" in name for name in named)
    assert "0.3 to 0.6" in alone.text


def test_what_other_commands_left_is_on_the_page(alone: Element, beside: Element) -> None:
    """Their picture as an image, so that nothing in it runs; of one run their table too, as text, its end left out."""
    for one in (alone, beside):
        change = next(section for section in one.all("section") if section.attributes["aria-labelledby"] == "change")
        assert any("alert(1)" in image.attributes["alt"] for image in change.all("img"))
        assert len(list(change.all("table"))) == (one is alone)
    (table,) = (table for table in alone.all("table") if "rows are in the file" in table.text)
    assert [cell.text for cell in next(table.all("thead")).all("th")] == ["in put", "beds"]
    assert len(list(table.all("tr"))) == MOST_ROWS + 1
    assert "0.143" in table.text
    assert "5 more rows are in the file" in table.text
    assert "bedsim size" in alone.text
    assert "bedsim sensitivity" not in alone.text


def test_theory_stands_beside_the_simulation(alone: Element, beside: Element, kept: Kept) -> None:
    """Every number that is known exactly, with what is said of it; of several runs the sentence alone."""
    known = theory(kept.run)
    (section,) = (one for one in alone.all("section") if one.attributes["aria-labelledby"] == "theory")
    rows = list(section.all("tr"))[1:]
    assert [next(row.all("th")).text for row in rows] == [one.what for one in known]
    assert all("not judged below 20 replications" in row.text for row in rows)
    assert beside.text.count(theory_sentence(known)) >= 1


def test_a_file_that_is_no_table_is_a_sentence(kept: Kept, verified: Kept) -> None:
    """Too long, or not CSV: nothing is shown by half."""
    (verified.folder / "size.csv").write_bytes(b'a,b\r\n"1')
    with pytest.raises(BedsimError, match=r"size.csv cannot be read as a table"):
        page([verified])
    (verified.folder / "size.csv").write_bytes(b"a" * (MOST_BYTES + 1))
    with pytest.raises(BedsimError, match="must have at most 5,000,000 bytes"):
        page([verified])
    (verified.folder / "size.csv").unlink()


def test_runs_of_other_days_and_the_same_run_twice_are_refused(kept: Kept, verified: Kept) -> None:
    """They cannot stand in one table; the sentence names both."""
    longer = verified.run.scenario.time.model_copy(update={"run_length_days": 800})
    scenario = verified.run.scenario.model_copy(update={"time": longer})
    other = dataclasses.replace(verified, run=dataclasses.replace(verified.run, scenario=scenario))
    with pytest.raises(BedsimError, match=r"area begins 2026-04-01 and is 730 days long, and other .* is 800"):
        page([kept, other])
    with pytest.raises(BedsimError, match=r"the run of area \(hash \w+\) is named twice"):
        page([kept, kept])


def test_runs_of_one_scenario_are_told_apart_by_their_folders(kept: Kept, tmp_path: Path) -> None:
    """With another seed, or with values set, a scenario keeps its name."""
    other = dataclasses.replace(kept, folder=tmp_path / "abc-2", run=dataclasses.replace(kept.run, seed=2))
    (table,) = (
        table for table in parsed(page([kept, other])).all("table") if "beside" in table.attributes.get("class", "")
    )
    heads = [cell.text for cell in next(table.all("thead")).all("th")]
    assert heads == ["Illustrative Figure", f"area/{kept.folder.name}", "area/abc-2"]


def test_provenance_is_complete(alone: Element, kept: Kept) -> None:
    """Hash, seed, replications, command, versions and when."""
    section = next(one for one in alone.all("section") if one.attributes["aria-labelledby"] == "provenance")
    facts = {next(row.all("th")).text: next(row.all("td")).text for row in section.all("tr")}
    assert facts["Hash of all inputs"] == kept.run.hash
    assert (facts["Seed"], facts["Replications"]) == ("1", "12, 5 at each end of the ranges")
    assert "bedsim 0.1.0" in facts["Versions"]
    assert {"Command", "Finished", "Days measured", "Machine", "Run folder"} <= set(facts)


def test_the_same_run_gives_the_same_page(kept: Kept) -> None:
    """To the byte."""
    assert page([kept]) == page([kept])


def test_a_plan_without_planned_beds_has_a_page(area: Run, tmp_path: Path) -> None:
    """It begins with what the verdict says of it."""
    tree = area_tree()
    tree["units"] = {
        name: unit | ({"kind": "acute"} if unit["kind"] in ("community_hospital", "care_home") else {})
        for name, unit in tree["units"].items()
    }
    for unit in tree["units"].values():
        unit.pop("rating", None)
    done = run(Scenario.model_validate(tree), n_replications=2, seed=1, workers=1)
    assert "There are no planned rehabilitation beds" in parsed(page([as_kept(done, tmp_path)])).text


def colours() -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", CSS))


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_text_can_be_read_on_every_ground() -> None:
    """A contrast of 4.5 or more, by luminance alone, hence in grey too; no colour stands anywhere else."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    named = colours()
    text = set(re.findall(r"(?<!-)color: var\(--(\w+)\)", CSS))
    grounds = set(re.findall(r"background: var\(--(\w+)\)", CSS))
    assert text == {"ink", "soft", "accent"}
    assert grounds == {"paper", "shade"}
    assert min(contrast(named[a], named[b]) for a in text for b in grounds) >= 4.5
    assert len(re.findall("#[0-9a-f]{3,8}|rgb|hsl", CSS)) == len(named)


def test_the_page_prints_to_a4_in_letters_of_nine_points_or_more() -> None:
    """The size of the sheet, what must not be cut in two, and no smaller letters."""
    assert re.search(r"@page \{ size: A4; margin: ", CSS)
    printed = CSS[CSS.index("@media print") :]
    assert "break-inside: avoid" in printed
    assert "thead { display: table-header-group; }" in printed
    assert min(float(size) for size in re.findall(r"([\d.]+)pt", re.sub("margin[^;]*;", "", printed))) >= 9
