"""The STRESS-DES statement: every heading of the published checklist, what is not real by name, and nothing made up."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from bedsim.report.stress import STILL, statement
from bedsim.report.stress_logic import diagram, in_words
from bedsim.scenario import load
from bedsim.scenario.inputs import inputs
from bedsim.scenario.schema import Scenario
from bedsim.scenario.shapes import Distribution
from tests.unit.scenario.good import GOOD, written

SCENARIOS = Path(__file__).parents[3] / "scenarios"
SHIPPED = sorted(path for path in SCENARIOS.glob("*.yaml") if path.name != "sources.yaml")
HEADINGS = {
    "1. Objectives": ("1.1 Purpose of the model", "1.2 Model outputs", "1.3 Experimentation aims"),
    "2. Logic": (
        "2.1 Base model overview diagram",
        "2.2 Base model logic",
        "2.3 Scenario logic",
        "2.4 Algorithms",
        "2.5.1 Components: entities",
        "2.5.2 Components: activities",
        "2.5.3 Components: resources",
        "2.5.4 Components: queues",
        "2.5.5 Components: entry and exit points",
    ),
    "3. Data": ("3.1 Data sources", "3.2 Pre-processing", "3.3 Input parameters", "3.4 Assumptions"),
    "4. Experimentation": ("4.1 Initialisation", "4.2 Run length", "4.3 Estimation approach"),
    "5. Implementation": (
        "5.1 Software or programming language",
        "5.2 Random sampling",
        "5.3 Model execution",
        "5.4 System specification",
    ),
    "6. Code access": ("6.1 Computer model sharing statement",),
}
"""Monks and others (2019), https://doi.org/10.1080/17477778.2018.1442155, in the published order."""
HOSTILE = "a | b\n# c <script>alert(1)</script> [x](javascript:1) ```mermaid `id` *d* \x1b[2J \u202eg"


@pytest.fixture
def good(tmp_path: Path) -> Scenario:
    """Load a small scenario in which everything is right."""
    return load(written(tmp_path, GOOD))


@cache
def made(path: Path) -> tuple[Scenario, str]:
    """Return a shipped scenario and its statement."""
    return (scenario := load(path)), statement(scenario)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_heading_is_there_for_every_shipped_scenario(path: Path) -> None:
    """In the published order, each with what is known and what the modeller must still write."""
    page = made(path)[1]
    assert re.findall(r"^#{2,3} (.*)$", page, flags=re.M) == [
        heading for section, items in HEADINGS.items() for heading in (section, *items)
    ]
    assert page.count(STILL) == sum(map(len, HEADINGS.values()))
    for part in re.split(r"^### ", page, flags=re.M)[1:]:
        known, _, still = part.partition("\n")[2].partition(STILL)
        assert known.strip(), part[:20]
        assert still.strip(), part[:20]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_illustrative_is_named(path: Path) -> None:
    """In the title, among the assumptions, and in what the status means."""
    scenario, page = made(path)
    assert page.startswith("# STRESS-DES statement: ILLUSTRATIVE. ") == (scenario.status == "illustrative")
    assumptions = page.partition("### 3.4 Assumptions")[2]
    assert assumptions.strip().startswith("ILLUSTRATIVE. ") == (scenario.status == "illustrative")
    if scenario.status == "illustrative":
        assert page.count("the beds by site, or what else the plan changes, are not public") == 2


def test_every_number_is_under_input_parameters(good: Scenario) -> None:
    """With its value and range; the ways on, the lists, the ways in and out are told with their numbers."""
    page = statement(good)
    parameters = page.partition("### 3.3 Input parameters")[2].partition("### 3.4")[0]
    for one in inputs(good):
        assert f"{one.value:,.10g}" in parameters, one.path
    assert "lognormal (mean 21, cv 0.7) days" in page
    assert "after 1 day `care_home`, `home_ash`; after 7 days `far`" in page
    assert "`home_elm`: kind care_home, 10 places, rated inadequate, gets nobody: below the minimum rating." in page
    assert "In by `step_down`: a Poisson process, 4.6 a day on the start date" in page
    assert "In at the start: people who hold a place in `haywood`." in page
    assert "- Out: `home`, `died`, `discharged`." in page
    assert "365 days of warm-up before 2026-04-01, stated in the scenario" in page


def test_what_is_laid_over_a_scenario_is_its_scenario_logic(tmp_path: Path) -> None:
    """And a number that nobody explains is among the assumptions, as not explained."""
    bare = written(tmp_path, GOOD.replace("    assumption: as planned\n    range", "    range"))
    page = statement(load(bare, set_values=["units.home_ash.beds=21"]))
    assert "Laid over the file: units.home_ash.beds=21." in page
    assert "`units.haywood.places`: not explained." in page


def test_levers_and_prices_are_told_where_there_are_any() -> None:
    """In the scenario's logic, among the algorithms and the outputs; of a scenario without levers that it has none."""
    page = made(SCENARIOS / "new-model-of-care.yaml")[1]
    assert "Levers, which act on people before the run: `response_to_the_frail` from 2026-10-01" in page
    assert "- Levers change who is referred" in page
    assert "Money: what the prices under 3.3 make of these" in page
    assert "There are no levers." in made(SCENARIOS / "option-1.yaml")[1]


def test_the_diagram_has_every_way(good: Scenario) -> None:
    """An arrow for each branch and each way out of waiting, and a node for each stage, stream and outcome."""
    chart = diagram(good)
    assert chart.startswith("```mermaid\nflowchart LR\n")
    assert "  bedded_rehab__rehabilitation -->|with_support 40%| bedded_rehab__support" in chart
    assert '  bedded_rehab__rehabilitation -->|died 10%| out_died(["died"])' in chart
    assert "  stream_step_down -->|100%| bedded_rehab__rehabilitation" in chart


def test_a_stage_that_only_levers_reach_has_a_dotted_arrow() -> None:
    """From each stream that the lever can reach, with the largest share; no stage is without an arrow into it."""
    chart = diagram(load(SCENARIOS / "new-model-of-care.yaml"))
    assert "-.->|lever home_first, up to 15%| bedded_rehab__home_response" in chart
    for stage in re.findall(r"^  (\w+__\w+)\[", chart, flags=re.M):
        assert re.search(rf"\| {stage}$", chart, flags=re.M), stage


def test_ways_out_of_waiting_are_dotted(tmp_path: Path) -> None:
    """A leave rung leads to its outcome, after so long a wait."""
    text = GOOD.replace("{after_days: 7, units: far,", "{after_days: 7, leave: gave_up,")
    chart = diagram(load(written(tmp_path, text)))
    assert '  bedded_rehab__rehabilitation -.->|waited 7 days| out_gave_up(["gave_up"])' in chart


def test_hostile_words_do_nothing(good: Scenario) -> None:
    """Titles, notes, sources and names: no tag, no link, no further heading, no block of code, no control character."""
    unit = good.units["haywood"].model_copy(update={"name": HOSTILE, "assumption": HOSTILE})
    changed = good.model_copy(
        update={
            "title": HOSTILE,
            "notes": HOSTILE,
            "sources": {**good.sources, "audit": HOSTILE},
            "units": good.units | {"haywood": unit},
            "variations": (HOSTILE,),
        }
    )
    page = statement(changed)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert page.count("```") == 2
    assert re.search(r"(?<!\\)\[x", page) is None
    assert len(re.findall(r"^#{1,3} ", page, flags=re.M)) == 1 + len(HEADINGS) + sum(map(len, HEADINGS.values()))


def test_distributions_are_told_in_a_line() -> None:
    """Constants, mixtures and cuts too."""
    tree = {
        "mixture": [{"weight": 0.5, "constant": 2.0}, {"weight": 0.5, "exponential": {"mean": 4.0}}],
        "truncate": {"min_days": 1.0, "max_days": 9.0},
    }
    told = in_words(Distribution.model_validate_json(json.dumps(tree)))
    assert told == "a mixture of 0.5 x 2 days and 0.5 x exponential (mean 4) days, given from 1 to 9 days"
