"""The description of a scenario: everything that was put in, with grounds; and what others wrote is only words."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from bedsim.report.describe import AS_ABOVE, grounds_in_words, markdown, opening, renderables, sections, sources
from bedsim.report.markdown import escaped, plain, table
from bedsim.scenario import inputs, load
from bedsim.scenario.inputs import Input, stated
from bedsim.scenario.schema import Scenario
from bedsim.scenario.tracks import QualityGate
from tests.unit.scenario.good import GOOD, spoiled, written

HOSTILE = "a | b\n# c <script>alert(1)</script> [x](javascript:1) ![y](z) `id` *d* _e_ $f$ \x1b[2J \u202eg"


@pytest.fixture
def good(tmp_path: Path) -> Scenario:
    """Load a small scenario in which everything is right."""
    return load(written(tmp_path, GOOD))


def shown(scenario: Scenario, width: int = 200) -> str:
    """Return a description as a terminal shows it."""
    console = Console(file=(page := io.StringIO()), width=width)
    for part in renderables(scenario):
        console.print(part)
    return page.getvalue()


def cells(page: str) -> list[list[str]]:
    """Return the cells of all the tables of a page."""
    rows = (re.split(r"(?<!\\)\|", line)[1:-1] for line in page.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in row] for row in rows]


def test_every_number_is_described_with_value_unit_range_and_grounds(good: Scenario) -> None:
    """Each input is in the table of its section; one in a list stands with the others of the list."""
    lines = {f"{section}.{line.name}": line for section, of in sections(good).items() for line in of}
    for one in inputs(good):
        path = re.sub(r"\.\d+$", "", one.path)
        assert path in lines
        assert lines[path].unit, one.path
        assert f"{one.value:,.10g}" in lines[path].value.split(", ") or f"{one.value:,.10g}" == lines[path].value
    need = lines["pathways.bedded_rehab.rehabilitation.needed_days.lognormal.mean"]
    assert need[1:] == ("21", "days", "18 to 26", "Source: audit.")
    cv = lines["pathways.bedded_rehab.rehabilitation.needed_days.lognormal.cv"]
    assert (cv.value, cv.unit, cv.grounds) == ("0.7", "sd over mean", AS_ABOVE)


def test_choices_without_a_number_are_described_too(good: Scenario) -> None:
    """Where a ladder leads, a rating, a stated default: with the words that cover them, and not counted as numbers."""
    found = {one.path: one for one in stated(good) if not isinstance(one, Input)}
    assert found["units.home_elm.rating"].value == "inadequate"
    assert found["units.home_elm.rating"].words == (("assumption", "illustrative"),)
    assert found["pathways.bedded_rehab.rehabilitation.ladder.2.units"].text == "policy"
    assert "units.far.places" not in found, "nothing is said of where it comes from"
    assert len(inputs(good)) == 34


def test_all_the_words_are_given_and_every_cited_source(tmp_path: Path) -> None:
    """Source, derivation and note of one number; citations named in a text count as cited, others are not listed."""
    text = spoiled("source: audit, range: {mean: [18, 26]}}", "source: audit, derived: 3 x 7 (census-2021), note: n}")
    scenario = load(written(tmp_path, text.replace("source: census-2021", "assumption: x")))
    (line,) = (
        one
        for one in sections(scenario)["pathways.bedded_rehab.rehabilitation"]
        if one.name == "needed_days.lognormal.mean"
    )
    assert line.grounds == "Source: audit. Derived: 3 x 7 (census-2021). Note: n."
    assert set(sources(scenario)) == {"audit", "census-2021"}
    unused = load(written(tmp_path, text.replace("source: census-2021", "assumption: x").replace("(census-2021)", "")))
    assert set(sources(unused)) == {"audit"}


def test_the_counts_are_those_of_the_inputs(tmp_path: Path) -> None:
    """Sourced, derived and assumed; those not explained only if there are any."""
    assert grounds_in_words(load(written(tmp_path, GOOD))).startswith("of 34 numbers ")
    assert "not explained" not in grounds_in_words(load(written(tmp_path, GOOD)))
    bare = load(written(tmp_path, spoiled("    assumption: as planned\n    range", "    range")))
    assert "1 not explained" in grounds_in_words(bare)
    assert "Not explained" in markdown(bare)


def test_an_illustrative_scenario_is_marked(good: Scenario) -> None:
    """In the first words, on the terminal and on the page."""
    assert opening(good)[0].startswith("ILLUSTRATIVE. ")
    assert shown(good).startswith("ILLUSTRATIVE. ")
    assert markdown(good).startswith("# ILLUSTRATIVE. ")


def test_hostile_text_is_shown_and_does_nothing(tmp_path: Path) -> None:
    """Pipes, markup, links, control characters in notes, grounds, sources: no further cell, no tag, no escape."""
    scenario = load(written(tmp_path, GOOD))
    sentence = escaped(HOSTILE)
    update = {
        "title": HOSTILE,
        "notes": HOSTILE,
        "sources": {**scenario.sources, "audit": HOSTILE},
        "quality_gate": QualityGate(minimum_rating="none", assumption=HOSTILE),
    }
    page = markdown(scenario.model_copy(update=update))
    assert page.count(sentence) == 4
    assert {len(row) for row in cells(page)} == {5}
    assert "<script" not in page
    assert "\x1b" not in page + shown(scenario.model_copy(update=update))
    assert "\u202e" not in page
    assert re.search(r"(?<!\\)\[", page) is None


def test_markdown_keeps_addresses_and_names_as_they_are() -> None:
    """An underscore inside a word is no emphasis, and an address with one must stay an address."""
    assert escaped("https://a.b/c_d/e-f?g=1") == "https://a.b/c_d/e-f?g=1"
    assert escaped("_x_ haywood_2 a*b") == r"\_x\_ haywood_2 a\*b"
    assert plain("a\tb\n c") == "a b c"
    assert table(("a",), [("1",)]) == "| a |\n| --- |\n| 1 |\n"
