"""Levers as written in files: what is refused and in which words, what deserves a warning, what their words cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bedsim.errors import ScenarioError
from bedsim.scenario import cautions, inputs, load
from bedsim.scenario.checks import Context, findings
from bedsim.scenario.field_docs import unit_of_measure
from tests.unit.scenario.good import GOOD, line_of, problems_of, written

if TYPE_CHECKING:
    from pathlib import Path

GOOD_LEVER = """\
levers:
  falls_service:
    admission_avoidance: {share: 0.15, instead: support, range: {share: [0.1, 0.2]}}
    start: 2026-10-01
    full_from: 2027-04-01
    reach: {streams: [step_down], localities: [leek]}
    assumption: A try.
"""


def with_levers(folder: Path, *lines: str, base: str = GOOD) -> Path:
    """Return the path of the good scenario with levers."""
    return written(folder, base + "levers:\n" + "".join(f"  {line}\n" for line in lines))


def one(effect: str, more: str = "") -> str:
    """Return a lever in one line."""
    return f"x: {{start: 2026-10-01, {effect}, {more}assumption: a try}}"


def test_a_good_lever_is_read(tmp_path: Path) -> None:
    """With its dates, its reach and its one effect."""
    lever = load(written(tmp_path, GOOD + GOOD_LEVER)).levers["falls_service"]
    assert lever.effect_name == "admission_avoidance"
    assert (lever.share, lever.instead, lever.reach.localities, lever.reach.segments) == (
        0.15,
        "support",
        ("leek",),
        None,
    )


def test_the_words_of_a_lever_cover_its_numbers(tmp_path: Path) -> None:
    """Each number of it is listed with its words, its range and what it counts."""
    found = {one.path: one for one in inputs(load(written(tmp_path, GOOD + GOOD_LEVER)))}
    share = found["levers.falls_service.admission_avoidance.share"]
    assert (share.text, share.range) == ("A try.", (0.1, 0.2))


@pytest.mark.parametrize(
    ("effect", "key", "unit"),
    [
        ("StayReduction", ("x", "stay_reduction", "factor"), "times the need"),
        ("StayReduction", ("x", "stay_reduction", "cap_days"), "days"),
        ("DelayReduction", ("x", "delay_reduction", "factor"), "times the delay"),
        ("CareCoordination", ("x", "care_coordination", "caseload"), "people a coordinator"),
        ("CareCoordination", ("x", "care_coordination", "referred_less"), "share"),
    ],
)
def test_a_number_of_a_lever_counts_something(effect: str, key: tuple[str, ...], unit: str) -> None:
    """As `describe` shows it."""
    assert unit_of_measure(("levers", *key)) == unit


REFUSED = {
    "no effect": ("x: {start: 2026-10-01}", "levers.x", "have exactly one of admission_avoidance"),
    "two effects": (
        one("home_first: {share: 0.1, instead: support}, admission_avoidance: {share: 0.1}"),
        "levers.x",
        "have exactly one of admission_avoidance",
    ),
    "a ramp that ends before it starts": (
        one("admission_avoidance: {share: 0.1}", "full_from: 2026-09-30, "),
        "levers.x.full_from",
        "not be before start",
    ),
    "no start": ("x: {admission_avoidance: {share: 0.1}}", "levers.x.start", "be given"),
    "a share above 1": (
        one("admission_avoidance: {share: 1.5}"),
        "levers.x.admission_avoidance.share",
        "be at most 1",
    ),
    "a negative share": (
        one("admission_avoidance: {share: -0.1}"),
        "levers.x.admission_avoidance.share",
        "be at least 0",
    ),
    "home first without a home": (one("home_first: {share: 0.1}"), "levers.x.home_first.instead", "be given"),
    "a factor and a cap": (
        one("stay_reduction: {stages: [support], factor: 0.9, cap_days: 42}"),
        "levers.x.stay_reduction",
        "have exactly one of factor, cap_days",
    ),
    "neither factor nor cap": (
        one("stay_reduction: {stages: [support]}"),
        "levers.x.stay_reduction",
        "have exactly one of factor, cap_days",
    ),
    "longer stays": (
        one("stay_reduction: {stages: [support], factor: 1.1}"),
        "levers.x.stay_reduction.factor",
        "be at most 1",
    ),
    "stays of nothing": (
        one("stay_reduction: {stages: [support], factor: 0}"),
        "levers.x.stay_reduction.factor",
        "be above 0",
    ),
    "no stages": (
        one("stay_reduction: {stages: [], factor: 0.9}"),
        "levers.x.stay_reduction.stages",
        "have 1 or more entries",
    ),
    "longer delays": (one("delay_reduction: {factor: 2}"), "levers.x.delay_reduction.factor", "be at most 1"),
    "half a coordinator": (
        one("care_coordination: {coordinators: 0.5, caseload: 25, episode_days: 90}"),
        "levers.x.care_coordination.coordinators",
        "be a whole number",
    ),
    "a caseload of nobody": (
        one("care_coordination: {coordinators: 5, caseload: 0, episode_days: 90}"),
        "levers.x.care_coordination.caseload",
        "be at least 1",
    ),
    "an episode of no days": (
        one("care_coordination: {coordinators: 5, caseload: 9, episode_days: 0}"),
        "levers.x.care_coordination.episode_days",
        "be above 0",
    ),
    "visits by stream": (
        one("visit_deduplication: {share: 0.1, units: [team]}", "reach: {streams: [step_down]}, "),
        "levers.x.reach",
        "name segments only",
    ),
    "an unknown key": (one("admission_avoidence: {share: 0.1}"), "levers.x.admission_avoidence", "be a key"),
    "not finite": (one("admission_avoidance: {share: .inf}"), "levers.x.admission_avoidance.share", "be"),
    "an unknown stream": (
        one("admission_avoidance: {share: 0.1}", "reach: {streams: [step_dwn]}, "),
        "levers.x.reach.streams.0",
        "name a stream",
    ),
    "an unknown segment": (
        one("admission_avoidance: {share: 0.1}", "reach: {segments: [group_9]}, "),
        "levers.x.reach.segments.0",
        "name a segment",
    ),
    "more visits than are duplicated": (
        one("visit_deduplication: {share: 0.3, units: [team]}"),
        "levers.x.visit_deduplication.share",
        "be at most the share of the visits of team that are duplicated, 0.2",
    ),
}
TEAM = "team: {kind: community_service,"
VISITED = GOOD.replace(TEAM, f"{TEAM} visits: {{bands: [{{per_day: 2}}], duplicated: 0.2}},")


@pytest.mark.parametrize("what", REFUSED)
def test_a_lever_that_makes_no_sense_is_refused_in_a_sentence(tmp_path: Path, what: str) -> None:
    """With the field, the line and the rule; no other problem is reported beside it."""
    line, field, must = REFUSED[what]
    path = with_levers(tmp_path, line, base=VISITED)
    problems = [problem for problem in problems_of(path) if problem.field.startswith("levers")]
    assert [problem.field for problem in problems][:1] == [field]
    assert problems[0].must.startswith(must)
    assert problems[0].line == line_of(path.read_text(), "  x: {")


def test_the_nearest_name_is_suggested(tmp_path: Path) -> None:
    """A misspelt stream and a misspelt stage."""
    (stream,) = problems_of(
        with_levers(tmp_path, one("admission_avoidance: {share: 0.1}", "reach: {streams: [step_dwn]}, "))
    )
    (stage,) = problems_of(with_levers(tmp_path, one("home_first: {share: 0.1, instead: support_x}")))
    assert (stream.remedy, stage.remedy) == ("step_down", "support")


def test_levers_that_take_everybody_away_are_named_with_their_shares(tmp_path: Path) -> None:
    """0.6 and 0.5 of the same people are more than all; of people of two localities they are not."""
    first = "a: {start: 2026-10-01, admission_avoidance: {share: 0.6}, assumption: a}"
    second = "b: {start: 2026-10-01, home_first: {share: 0.5, instead: support}%s, assumption: b}"
    (problem,) = problems_of(with_levers(tmp_path, first, second % ""))
    assert problem.field == "levers.b"
    assert "1.1 (a 0.6 + b 0.5)" in problem.found
    apart = first.replace(", assumption", ", reach: {localities: [stoke]}, assumption")
    load(with_levers(tmp_path, apart, second % ", reach: {localities: [leek]}"))
    coordinators = "care_coordination: {coordinators: 1, caseload: 9, episode_days: 90, referred_less: 0.5}"
    (third,) = problems_of(with_levers(tmp_path, first, f"c: {{start: 2026-10-01, {coordinators}, assumption: c}}"))
    assert third.field == "levers.c"


def test_a_delay_is_reduced_for_a_reason_that_there_is(tmp_path: Path) -> None:
    """The reason of a branch, or its name if it states none; of branches with a delay."""
    text = GOOD.replace("next: support, source: audit}", "next: support, transfer_days: {constant: 2}, source: audit}")
    load(with_levers(tmp_path, one("delay_reduction: {factor: 0.5, reasons: [with_support]}"), base=text))
    (problem,) = problems_of(with_levers(tmp_path, one("delay_reduction: {factor: 0.5, reasons: [home]}"), base=text))
    assert problem.remedy == "one of with_support"


@pytest.mark.parametrize(
    "reach", ["streams: []", "localities: []", "localities: [nowhere]", "streams: [step_down], localities: [nowhere]"]
)
def test_a_reach_that_selects_nobody_is_a_warning(tmp_path: Path, reach: str) -> None:
    """Nobody is referred from `nowhere`: allowed, and said."""
    text = GOOD.replace("localities:\n  stoke", "localities:\n  nowhere: {name: Nowhere}\n  stoke")
    path = with_levers(tmp_path, one("admission_avoidance: {share: 0.1}", f"reach: {{{reach}}}, "), base=text)
    found = [caution for caution in cautions(load(path)) if "reach nobody" in caution]
    assert [caution.endswith(": x.") for caution in found] == [True]
    in_reach = with_levers(
        tmp_path, one("admission_avoidance: {share: 0.1}", "reach: {localities: [leek]}, "), base=text
    )
    assert not [caution for caution in cautions(load(in_reach)) if "reach nobody" in caution]


def test_a_lever_after_the_run_is_a_warning(tmp_path: Path) -> None:
    """A phased plan may be run for one year only."""
    late = one("admission_avoidance: {share: 0.1}").replace("2026-10-01", "2031-10-01")
    assert [caution for caution in cautions(load(with_levers(tmp_path, late))) if "only after the run" in caution]


def test_a_lever_that_leads_where_people_begin_anyway_is_a_warning(tmp_path: Path) -> None:
    """It would affect many and change nobody; one that leads elsewhere is none."""
    same = one("home_first: {share: 0.2, instead: rehabilitation}")
    assert [caution for caution in cautions(load(with_levers(tmp_path, same))) if "begin with that stage" in caution]
    other = one("home_first: {share: 0.2, instead: support}")
    assert not [
        caution for caution in cautions(load(with_levers(tmp_path, other))) if "begin with that stage" in caution
    ]


def test_a_wrong_lever_makes_no_other_wrong(tmp_path: Path) -> None:
    """All problems of all levers come at once, each once."""
    lines = ("a: {start: soon, admission_avoidance: {share: 0.1}}", one("home_first: {share: 0.1, instead: support_x}"))
    fields = [problem.field for problem in problems_of(with_levers(tmp_path, *lines))]
    assert fields == ["levers.a.start", "levers.x.home_first.instead"]


def test_a_levers_number_may_be_set_on_the_command_line(tmp_path: Path) -> None:
    """As any other; what makes no sense is refused as in a file."""
    path = written(tmp_path, GOOD + GOOD_LEVER)
    name = "levers.falls_service.admission_avoidance.share"
    assert load(path, [f"{name}=0.2"]).levers["falls_service"].share == 0.2
    with pytest.raises(ScenarioError, match="be at most 1"):
        load(path, [f"{name}=20"])


def test_a_scenario_of_python_is_checked_alike(tmp_path: Path) -> None:
    """The rules need no file."""
    scenario = load(written(tmp_path, GOOD + GOOD_LEVER))
    assert not list(findings(Context.of(scenario)))
