"""Loading: bad input is a sentence at the line where the value was written, and all of it comes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedsim.errors import ScenarioError
from bedsim.scenario import load
from tests.unit.scenario.good import GOOD, line_of, problems_of, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path

TEN = """\
title: Ten planted mistakes
sources: {audit: Audit}
time: {start: 2026-04-01, run_length_days: 365, warm_up_days: 365}
units:
  haywood: {kind: community_hospital, beds: -5}
  bradwell: {kind: community_hospital, beds: 20, colour: blue}
  bradwell: {kind: community_hospital, beds: 30}
  home_elm: {kind: care_home, beds: 10, rating: inadequate}
  team: {kind: community_service, places: unlimited, leave: {hour: 12:30}}
  moor: {kind: community_hospital, beds: 10, timetable: [{date: 2036-01-01, beds: 3}]}
pathways:
  rehab:
    ward:
      needed_days: {lognormal: {mean: 21, cv: .nan}}
      ladder: [{units: haywood}]
    support:
      needed_days: {exponential: {mean: 21}, source: adit}
      ladder:
        - {units: haywod}
        - {after_days: 2, units: home_elm}
    home:
      needed_days: {exponential: {mean: 21}}
      ladder: [{units: team}]
      then: {well: {share: 0.5}, unwell: {share: 0.4}}
streams:
  step_down: {pathway: rehab, referrals: {per_day: 4.6}, route: no}
"""
TEN_FIELDS = [
    "units.haywood.beds",
    "units.bradwell.colour",
    "units.bradwell",
    "units.team.leave.hour",
    "units.moor.timetable.0.date",
    "pathways.rehab.ward.needed_days.lognormal.cv",
    "pathways.rehab.support.needed_days.source",
    "pathways.rehab.support.ladder.0.units",
    "pathways.rehab.support.ladder.1.units",
    "pathways.rehab.home.then",
    "streams.step_down.route",
]


def test_planted_mistakes_come_all_at_once(tmp_path: Path) -> None:
    """Eleven mistakes of eleven sorts give eleven messages, no more and no fewer, each at its own line."""
    problems = problems_of(written(tmp_path, TEN))
    assert sorted(problem.field for problem in problems) == sorted(TEN_FIELDS)
    last = {field: field.rsplit(".", 1)[-1] for field in TEN_FIELDS}
    lines = TEN.splitlines()
    for problem in problems:
        if not last[problem.field].isdecimal():
            assert last[problem.field] in lines[problem.line - 1]


@pytest.mark.parametrize(
    ("old", "new", "field", "must"),
    [
        ("beds: 60", "beds: 1000000000000", "units.haywood.beds", "at most 100,000"),
        ("beds: 60", "beds: -1", "units.haywood.beds", "at least 0"),
        ("beds: 60", "beds: 1.5", "units.haywood.beds", "a whole number or unlimited"),
        ("beds: 60", "beds: many", "units.haywood.beds", "a whole number or unlimited"),
        ("beds: 60", "beds: true", "units.haywood.beds", "a whole number or unlimited"),
        ("beds: 60", "bets: 60", "units.haywood.bets", "key that the scenario knows"),
        ("    kind: community_hospital\n    beds: 60", "    beds: 60", "units.haywood.kind", "be given"),
        ("mean: 21, cv", "mean: .nan, cv", "needed_days.lognormal.mean", "finite number"),
        ("mean: 21, cv", "mean: -.inf, cv", "needed_days.lognormal.mean", "finite number"),
        ("mean: 21, cv", "mean: 0, cv", "needed_days.lognormal.mean", "above 0"),
        ("mean: 21, cv: 0.7", "mean: 21", "needed_days.lognormal", "be given by"),
        ("{lognormal: {mean: 21, cv: 0.7}, ", "{", "needed_days", "exactly one of"),
        ("run_length_days: 365", "run_length_days: 36525000", "time.run_length_days", "at most 36,525"),
        ("warm_up_days: 365", "warm_up_days: soon", "time.warm_up_days", "a whole number or auto"),
        ("start: 2026-04-01", "start: '2026-04-01'", "time.start", "a date such as"),
        ("title: A small system", "title: 2026", "title", "be text"),
        ("home: {share: 0.5", "home: {share: 0.51", "rehabilitation.then", "sum to 1"),
        ("{stoke: 0.9, leek: 0.1}", "{stoke: 0.9, leek: 0.2}", "localities.shares", "sum to 1"),
        ("- {after_days: 7,", "- {after_days: -7,", "ladder.2.after_days", "at least 0"),
        ("- {after_days: 7,", "- {after_days: late,", "ladder.2.after_days", "a number or a distribution"),
        (
            "- {after_days: 7, units: far",
            "- {after_days: {gamma: {mean: -1, cv: 1}}, leave: gone",
            "ladder.2.after_days.gamma.mean",
            "above 0",
        ),
        ("units: far,", "units: far, leave: gone,", "ladder.2", "exactly one of"),
        ("units: far,", "units: 5,", "ladder.2.units", "text or a list"),
        ("  team: {", "  Team A: {kind: other, places: 1}\n  team: {", "units.Team A", "small letters"),
        ("pathway: bedded_rehab", "pathway: 7", "step_down.pathway", "be text"),
        ("title: A small system", "slug: ../../etc", "slug", "not be written"),
        ("title: A small system", "candidate_rates_per_day: {a: 1}", "candidate_rates_per_day", "not be written"),
        ("coordinates: [53.0, -2.18]", "coordinates: [53.0]", "stoke.coordinates.1", "be given"),
        ("coordinates: [53.0, -2.18]", "coordinates: [53.0, -218]", "stoke.coordinates.1", "at least -180"),
        ("    referrals:\n      per_day: 4.6\n", "    referrals:\n      per_dya: 4.6\n", "referrals.per_dya", "knows"),
        ("factor: 1.2", "factor: .inf", "surges.0.factor", "finite"),
    ],
)
def test_a_wrong_value_is_one_problem_at_its_line(tmp_path: Path, old: str, new: str, field: str, must: str) -> None:
    """One value, one sentence, with the field as written and the rule in words."""
    text = spoiled(old, new)
    (problem,) = problems_of(written(tmp_path, text))
    assert problem.field.endswith(field)
    assert must in problem.must
    changed = [i for i, (a, b) in enumerate(zip(text.splitlines(), GOOD.splitlines(), strict=False), 1) if a != b]
    assert problem.line - changed[0] in (-1, 0, 1)


def test_a_misspelt_key_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """The remedy is the key that was probably meant; that it is missing is not said again."""
    for old, new, remedy in (
        ("    beds: 60", "    bedss: 60", "beds"),
        ("needed_days: {lognormal", "need_days: {lognormal", "needed_days"),
        ("title:", "titlee:", "title"),
    ):
        (problem,) = problems_of(written(tmp_path, spoiled(old, new)))
        assert problem.remedy == remedy


def test_shares_that_do_not_sum_to_one_get_the_value_that_mends_them(tmp_path: Path) -> None:
    """The remedy is a share, at the line of the list of branches."""
    text = spoiled("with_support: {share: 0.4,", "with_support: {share: 0.41,")
    (problem,) = problems_of(written(tmp_path, text))
    assert problem.line == line_of(text, "      then:")
    assert problem.remedy == "home: 0.49"


def test_an_inherited_mistake_is_reported_where_it_was_written(tmp_path: Path) -> None:
    """File and line are the parent's for the parent's value, the child's for the child's."""
    text = spoiled("beds: 15", "beds: -15")
    base = written(tmp_path, text, "base.yaml")
    child = written(tmp_path, "title: Child\nextends: base.yaml\nunits:\n  haywood: {beds: -60}\n", "child.yaml")
    first, second = problems_of(child)
    assert (first.file, first.line, first.field) == (str(base), line_of(text, "beds: -15"), "units.leek_moor.beds")
    assert (second.file, second.line, second.field) == (str(child), 4, "units.haywood.beds")


def test_a_set_value_is_reported_with_its_option(tmp_path: Path) -> None:
    """The file is the option, without a line."""
    (problem,) = problems_of(written(tmp_path, GOOD), ["units.haywood.beds=-3"])
    assert (problem.file, problem.line) == ("--set units.haywood.beds=-3", 0)
    assert problem.field == "units.haywood.beds"
    assert str(problem).startswith("  units.haywood.beds")


@pytest.mark.parametrize(
    ("option", "field", "remedy"),
    [
        ("units.haywod.beds=90", "units.haywod.beds", "units.haywood.beds"),
        ("units.haywood.bed=90", "units.haywood.bed", "beds"),
        ("unit.haywood.beds=90", "unit", "units"),
        ("units.haywood.beds", "units.haywood.beds", "units.haywood.beds=90"),
        ("=90", "the option", "units.haywood.beds=90"),
        ("units.haywood.beds.more=1", "units.haywood.beds.more", ""),
        ("present_at_start.7.fraction=0.5", "present_at_start.7.fraction", "present_at_start.0"),
        ("slug=x", "slug", "another key"),
        ("extends=x.yaml", "extends", "another key"),
        ("units.haywood.beds=no", "units.haywood.beds", 'true, false or "no"'),
        ("units.haywood.beds=[1", "units.haywood.beds", "look at this line and above it"),
        ("units.haywood.beds=!!python/name:os.system x", "units.haywood.beds", "the value without its tag"),
    ],
)
def test_a_wrong_option_is_refused_by_name(tmp_path: Path, option: str, field: str, remedy: str) -> None:
    """Unknown paths, misspelt keys and YAML's traps are refused in options too."""
    (problem,) = problems_of(written(tmp_path, GOOD), [option])
    assert (problem.file, problem.line, problem.field, problem.remedy) == (f"--set {option}", 0, field, remedy)


def test_set_values_reach_every_part_of_a_scenario(tmp_path: Path) -> None:
    """Units, list items, sections that were not written, mappings in braces; null removes."""
    options = [
        "units.haywood.beds=90",
        "units.leek_moor.timetable.0.beds=25",
        "pathways.bedded_rehab.rehabilitation.ladder.1.after_days=2",
        "quality_gate.minimum_rating=requires_improvement",
        "pathways.bedded_rehab.support.needed_days={gamma: {mean: 1e1, cv: 1}}",
        "present_at_start=null",
        "title=Ninety beds",
    ]
    scenario = load(written(tmp_path, GOOD), options)
    stages = scenario.pathways["bedded_rehab"]
    assert scenario.units["haywood"].places == 90
    assert scenario.units["leek_moor"].timetable[0].places == 25
    assert stages["rehabilitation"].ladder[1].after_days == 2
    assert stages["rehabilitation"].ladder[1].units == ("care_home", "home_ash")
    assert scenario.quality_gate.minimum_rating == "requires_improvement"
    assert stages["support"].needed_days.gamma is not None
    assert stages["support"].needed_days.gamma.mean == 10
    assert (scenario.present_at_start, scenario.title) == ((), "Ninety beds")


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    """The nearest name in the folder is offered."""
    written(tmp_path, GOOD, "option-1.yaml")
    (problem,) = problems_of(tmp_path / "option1.yaml")
    assert (problem.remedy, problem.line) == ("option-1.yaml", 0)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"# nothing but a comment\n", "empty"),
        (b"PK\x03\x04\0\0", "binary"),
        ("title: M\u00fcller".encode("latin-1"), "something else from line 1 on"),
        (b"- a\n- b\n", "a list of 2"),
        (b"just text", "the text 'just text'"),
        (b"x" * 2_000_001, "2.0 MB"),
    ],
)
def test_a_file_that_is_no_scenario_is_one_problem(tmp_path: Path, content: bytes, found: str) -> None:
    """Empty, binary, not UTF-8, too large, or no mapping: said in a sentence."""
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert problem.found == found


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    """A folder is named as such."""
    (problem,) = problems_of(tmp_path)
    assert problem.found == "a folder"


def test_a_cycle_of_extends_is_refused_with_its_line(tmp_path: Path) -> None:
    """The line is that of the extends which comes back."""
    written(tmp_path, "title: b\nextends: a.yaml", "b.yaml")
    (problem,) = problems_of(written(tmp_path, "extends: b.yaml", "a.yaml"))
    assert (problem.file, problem.line) == (str(tmp_path / "b.yaml"), 2)
    assert problem.found == "a.yaml -> b.yaml -> a.yaml"


def test_a_long_chain_of_extends_is_refused(tmp_path: Path) -> None:
    """Twenty files are a chain; twenty-one are too many."""
    written(tmp_path, GOOD, "f0.yaml")
    for i in range(1, 21):
        written(tmp_path, f"extends: f{i - 1}.yaml", f"f{i}.yaml")
    assert load(tmp_path / "f19.yaml").units["haywood"].places == 60
    (problem,) = problems_of(tmp_path / "f20.yaml")
    assert (problem.file, problem.line) == (str(tmp_path / "f1.yaml"), 1)


@pytest.mark.parametrize(("extends", "found"), [("gone.yaml", "missing"), ("7", "7"), ("sub", "a folder")])
def test_a_parent_that_cannot_be_read_is_reported_at_extends(tmp_path: Path, extends: str, found: str) -> None:
    """The line is that of the child which names it."""
    (tmp_path / "sub").mkdir()
    (problem,) = problems_of(written(tmp_path, f"title: x\nextends: {extends}"))
    assert (problem.line, problem.field) == (2, "extends")
    assert problem.found.startswith(found)


HOSTILE = (
    "../../etc/passwd",
    "x ..\\y",
    "<script>alert(1)</script>",
    "a </b>",
    "<!-- x",
    "=cmd|' /C calc'!A0",
    " +1",
    "-1",
    "@x",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_refused(tmp_path: Path, title: str) -> None:
    """Formulas, paths and markup are no titles; the same in an option."""
    quoted = "'" + title.replace("'", "''") + "'"
    (problem,) = problems_of(written(tmp_path, spoiled("title: A small system", f"title: {quoted}")))
    assert (problem.field, problem.line) == ("title", 1)
    assert problem.must.startswith(("not begin with", "hold no"))
    (problem,) = problems_of(written(tmp_path, GOOD), [f"title={quoted}"])
    assert problem.field == "title"


@pytest.mark.parametrize("title", ["[red]x[/]", "Stays < 21 days", "Beds: 132 = 77 + 55", "North/south"])
def test_an_odd_title_is_just_text(tmp_path: Path, title: str) -> None:
    """A title is kept as written and names no folder."""
    quoted = "'" + title.replace("'", "''") + "'"
    scenario = load(written(tmp_path, spoiled("title: A small system", f"title: {quoted}"), "My Case.v2.yaml"))
    assert (scenario.title, scenario.slug) == (title, "my-case-v2")


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("[monday, tuesday]", {("0", "mon"), ("1", "tue")}),
        ("[mon, tuesday]", {("1", "tue")}),
        ("[mon, tue, mon]", {("days", "[mon, tue]")}),
        ("[mon, mon, mon, mon, mon, mon, mon]", {("days", "[mon]")}),
        ("[]", {("days", "")}),
    ],
)
def test_wrong_leave_days_are_answered_with_the_words_allowed(
    tmp_path: Path, days: str, found: set[tuple[str, str]]
) -> None:
    """Each wrong word once; only an empty list is too short; a day named twice is refused."""
    problems = problems_of(written(tmp_path, spoiled("    locality: stoke\n", f"    leave: {{days: {days}}}\n")))
    assert {(problem.field.rsplit(".", 1)[-1], problem.remedy) for problem in problems} == found
    assert len(problems) == len(found)
    assert all("mon, tue, wed" in problem.must for problem in problems if problem.field[-1].isdecimal())
    assert ["entries" in problem.must for problem in problems] == [days == "[]"] * len(problems)


@pytest.mark.parametrize(("written_as", "remedy"), [("01/04/2026", "2026-04-01"), ("31/02/2026", "2026-04-01")])
def test_a_british_date_is_answered_with_the_iso_date(tmp_path: Path, written_as: str, remedy: str) -> None:
    """Day, month, year; a date that does not exist is answered with one that does."""
    (problem,) = problems_of(written(tmp_path, spoiled("start: 2026-04-01", f"start: {written_as}")))
    assert (problem.field, problem.remedy) == ("time.start", remedy)


def test_a_tab_is_answered_with_spaces(tmp_path: Path) -> None:
    """YAML indents with spaces only."""
    (problem,) = problems_of(written(tmp_path, "title: x\ntime:\n\tstart: 2026-04-01\n"))
    assert (problem.line, problem.remedy) == (3, "use spaces, not tabs")


def test_an_overlay_given_as_the_scenario_is_said_once(tmp_path: Path) -> None:
    """Neither time nor units nor pathways, and nothing extended: one problem, not one a missing key."""
    (problem,) = problems_of(written(tmp_path, "streams: {acute: {referrals: {per_day: 5}}}"))
    assert problem.field == "the file"
    assert problem.found.endswith("this looks like an overlay")
    assert problem.remedy == "lay it over a scenario with --also"


def test_what_is_laid_over_a_scenario_is_kept_in_order(tmp_path: Path) -> None:
    """Names of overlays, then the texts of `--set`; no file may claim them."""
    overlay = written(tmp_path, "streams: {step_down: {referrals: {per_day: 5, assumption: busy}}}", "busy.yaml")
    path = written(tmp_path, GOOD)
    assert load(path).variations == ()
    options = ["units.haywood.beds=90", "title=Ninety"]
    assert load(path, options, [overlay]).variations == ("busy", *options)
    (problem,) = problems_of(written(tmp_path, f"variations: [x]\n{GOOD}"))
    assert (problem.field, problem.must) == ("variations", "not be written in a file")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], "verified"),
        (["units.haywood.beds=90"], "illustrative"),
        (["time.cool_down_days=80"], "verified"),
        (["units.haywood.beds=90", "status=verified"], "verified"),
        (["status=worked_example", "units.haywood.beds=90"], "worked_example"),
    ],
)
def test_a_verified_scenario_with_other_units_is_illustrative(tmp_path: Path, options: list[str], status: str) -> None:
    """Unless an option gives the status itself."""
    assert load(written(tmp_path, f"status: verified\n{GOOD}"), options).status == status


@pytest.mark.parametrize("is_overlay", [True, False])
@pytest.mark.parametrize(
    ("over", "status"),
    [
        ("units: {haywood: {beds: 90, assumption: more}}", "illustrative"),
        ("status: verified\nunits: {haywood: {beds: 90, assumption: more}}", "verified"),
        ("streams: {step_down: {referrals: {per_day: 5, assumption: busy}}}", "verified"),
    ],
)
def test_other_units_in_a_file_laid_over_a_verified_one_make_it_illustrative(
    tmp_path: Path, over: str, status: str, is_overlay: bool
) -> None:
    """Whether it is an overlay or extends it; unless it states the status itself."""
    below = written(tmp_path, f"status: verified\n{GOOD}")
    above = written(tmp_path, over if is_overlay else f"extends: {below.name}\n{over}", "above.yaml")
    found = load(below, overlays=[above]) if is_overlay else load(above)
    assert found.status == status


def test_the_message_reads_like_the_house_style(tmp_path: Path) -> None:
    """File, line, field, must, but is, try."""
    path = written(tmp_path, spoiled("home: {share: 0.5,", "home: {share: 0.51,"))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: 1 problem, nothing was simulated.\n"
        f"  line {line_of(GOOD, '      then:')}: pathways.bedded_rehab.rehabilitation.then\n"
        "    must   sum to 1\n"
        "    but is 1.01 (home 0.51 + with_support 0.4 + died 0.1)\n"
        "    try    home: 0.5"
    )


def loads_or_explains(path: Path, options: list[str]) -> None:
    """Load a file; only a `ScenarioError` with a message may be raised."""
    message = "loaded"
    try:
        load(path, options)
    except ScenarioError as error:
        message = str(error)
    assert message


MARKS = ("\n", "  ", "- ", "{", "}", "[", "]", ": ", "null", "no", "&a", "*a", "!x", "0")
PIECES = st.sampled_from([*GOOD.split(), *MARKS])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(), st.lists(PIECES).map(" ".join)), option=st.text(max_size=30))
def test_arbitrary_text_is_never_a_traceback(tmp_path: Path, text: str, option: str) -> None:
    """Whatever a file or an option holds, the answer is a sentence."""
    loads_or_explains(written(tmp_path, text.encode("utf-8", "replace").decode(), "any.yaml"), [])
    loads_or_explains(written(tmp_path, GOOD), [option, f"units.haywood.beds={option}", f"{option}=1"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_spoilt_scenario_is_never_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    """A right scenario with a few pieces replaced, removed or repeated loads or is explained."""
    lines = GOOD.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        i = data.draw(st.integers(0, len(lines) - 1))
        words = lines[i].split(" ")
        j = data.draw(st.integers(0, len(words) - 1))
        words[j] = data.draw(st.one_of(PIECES, st.just(""), st.just("7}"), st.just("{a: 1}")))
        lines[i] = " ".join(words)
    loads_or_explains(written(tmp_path, "\n".join(lines), "spoilt.yaml"), [])
