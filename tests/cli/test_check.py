"""`bedsim check` as it is typed; and the shipped scenarios against the committed baseline."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bedsim.analysis.ready import COMPILING
from bedsim.cli import main

ROOT = Path(__file__).parents[2]
TITLE = "A small ward"
SMALL = """
title: {title}
time: {{start: 2026-04-01, warm_up_days: 60, run_length_days: 90, cool_down_days: 30}}
units:
  ward: {{kind: community_hospital, beds: 10, assumption: a test}}
  away: {{kind: out_of_area, places: unlimited, assumption: a test}}
pathways:
  rehab:
    stay:
      needed_days: {{lognormal: {{mean: {mean}, cv: 0.7}}, assumption: a test}}
      ladder: [{{units: ward}}, {{after_days: 3, units: away}}]
streams: {{acute: {{pathway: rehab, referrals: {{per_day: 0.5, assumption: a test}}}}}}
"""
RING = """
title: A ring
time: {start: 2026-04-01, warm_up_days: 0, run_length_days: 300}
units: {a: {kind: community_hospital, beds: 3}, b: {kind: other, places: 3}}
pathways:
  p:
    one: {needed_days: {constant: 5}, ladder: [{units: a}], then: {x: {share: 0.1}, y: {share: 0.9, next: two}}}
    two: {needed_days: {constant: 5}, ladder: [{units: b}], then: {x: {share: 0.1}, y: {share: 0.9, next: one}}}
streams: {s: {pathway: p, referrals: {per_day: 0.5}}}
"""
Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Check:
    """Run the command in a folder of its own that has a scenario; return exit code, output and errors."""
    (tmp_path / "small.yaml").write_text(SMALL.format(title=TITLE, mean=15))

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["bedsim", "check", *map(str, arguments)])
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err.replace(f"{COMPILING}\n", "")

    return run


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """Hold the baseline of the small scenario, which is made once."""
    return {}


@pytest.fixture
def updated(check: Check, tmp_path: Path, made: dict[str, bytes]) -> Path:
    """Return the path of a baseline of 400 replications, of which 100 are kept apart."""
    path = tmp_path / "results" / "baseline.json"
    if not made:
        code, out, _ = check("small.yaml", "--update", "--reason", "the first", "--replications", 400, "--quiet")
        assert (code, out) == (0, f"{Path('results/baseline.json')} has new numbers of small.\n")
        made["baseline"] = path.read_bytes()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(made["baseline"])
    return path


def test_the_same_command_again_passes_to_the_last_count(check: Check, updated: Path) -> None:
    """Exit code 0; the baseline says when and why it was made."""
    code, out, err = check("small.yaml", "--quiet")
    assert (code, out, err) == (0, "small: pass. 100 replications are those of the baseline to the last count.\n", "")
    entry = json.loads(updated.read_text())["scenarios"]["small"]
    assert (entry["reason"], entry["n_replications"], entry["n_first"], entry["history"]) == (
        "the first",
        400,
        100,
        [],
    )


def test_a_changed_input_fails_and_is_named_everywhere(check: Check, updated: Path, tmp_path: Path) -> None:
    """Exit code 1; table, JSON, JUnit XML and Markdown say what moved, by how much, and which input changed."""
    (tmp_path / "small.yaml").write_text(SMALL.format(title=TITLE, mean=30))
    changed = "pathways.rehab.stay.needed_days.lognormal.mean 15 -> 30"
    code, out, _ = check("small.yaml", "--quiet", "--junit", "check.xml", "--markdown", "check.md")
    assert code == 1
    assert "small: fail, after 100 replications." in out
    assert changed in out
    assert "p95 of demand_beds" in out
    assert ElementTree.parse(tmp_path / "check.xml").findall("testsuite/testcase/failure")
    assert changed in unescape((tmp_path / "check.md").read_text())
    code, out, _ = check("small.yaml", "--quiet", "--format", "json")
    found = json.loads(out)["checks"][0]
    assert code == 1
    assert found["changed_inputs"] == [changed]
    assert found["numbers"][0]["difference"] > 2
    assert found["numbers"][0]["answer"] == "fail"


def test_a_set_is_checked_as_a_changed_file_is(check: Check, updated: Path) -> None:
    """The input that it changes is named."""
    code, out, _ = check("small.yaml", "--quiet", "--set", "units.ward.beds=13")
    assert code == 1
    assert "units.ward.places 10 -> 13" in out


def test_what_is_not_known_yet_says_what_it_needs_and_patience_gives_it(check: Check, updated: Path) -> None:
    """Exit code 3 with too few replications for three times the margins, and 0 with more."""
    few = ("small.yaml", "--quiet", "--seed", 2, "--replications", 10, "--margin", 6)
    code, out, _ = check(*few)
    assert code == 3
    assert "more replications: --patience" in out
    code, out, _ = check(*few, "--patience", 390)
    assert code == 0
    assert "small: pass, after" in out


def test_numbers_that_nothing_explains_fail(check: Check, updated: Path) -> None:
    """A count differs, and all that it depends on is the same; on another machine it is judged instead."""
    tree = json.loads(updated.read_text())
    tree["scenarios"]["small"]["first_counts"]["overflow"] = "0"
    updated.write_text(json.dumps(tree))
    code, out, _ = check("small.yaml", "--quiet")
    assert code == 1
    assert "these differ: counts of overflow" in " ".join(out.split())
    tree["scenarios"]["small"]["made_with"]["machine"] = "another"
    updated.write_text(json.dumps(tree))
    code, out, _ = check("small.yaml", "--quiet", "--margin", 6)
    assert code == 0
    assert "machine another -> " in out


def test_an_update_remembers_what_was_and_leaves_other_scenarios(check: Check, updated: Path, tmp_path: Path) -> None:
    """Old numbers with their reason and date; entries of scenarios not given stay to the byte."""
    (tmp_path / "other.yaml").write_text(SMALL.format(title="Another", mean=10))
    again = ("--update", "--replications", 20, "--quiet", "--reason")
    before = json.loads(updated.read_text())["scenarios"]["small"]
    assert check("other.yaml", *again, "a second")[0] == 0
    assert check("small.yaml", *again, "shorter")[0] == 0
    entries = json.loads(updated.read_text())["scenarios"]
    assert set(entries) == {"small", "other"}
    assert entries["small"]["history"] == [
        {"date": before["date"], "reason": "the first", "numbers": before["numbers"]}
    ]
    assert check("small.yaml", "other.yaml", "--quiet")[0] == 0


MISTAKES = {
    "an unknown scenario": (("other.yaml",), "has no numbers of other, only of small"),
    "no baseline": (("small.yaml", "--baseline", "none.json"), "there is no baseline none.json"),
    "no reason": (("small.yaml", "--update"), "must have a reason"),
    "an empty reason": (("small.yaml", "--update", "--reason", " "), "must have a reason"),
    "a reason alone": (("small.yaml", "--reason", "why"), "--reason is for --update"),
    "a set updated": (("small.yaml", "--update", "--reason", "x", "--set", "units.ward.beds=9"), "without --set"),
    "no margin": (("small.yaml", "--margin", "0"), "margin must be above 0 beds, but is 0"),
    "a margin that is none": (("small.yaml", "--margin", "nan"), "margin must be above 0 beds, but is nan"),
    "few replications": (("small.yaml", "--replications", "9"), "at least 10 replications, but has 9"),
    "twins": (("small.yaml", "small.yaml"), "small is given twice"),
    "no folder": (("small.yaml", "--junit", "none/check.xml"), "there is no folder none"),
    "people stuck": (("small.yaml", "ring.yaml", "--update", "--reason", "x", "--replications", "20"), "a, b"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_cost_a_sentence_and_nothing_is_written(
    check: Check, updated: Path, tmp_path: Path, mistake: str
) -> None:
    """Exit code 2; the baseline stands to the byte."""
    (tmp_path / "other.yaml").write_text(SMALL.format(title="Another", mean=10))
    (tmp_path / "ring.yaml").write_text(RING)
    before, names = updated.read_bytes(), sorted(tmp_path.rglob("*"))
    arguments, said = MISTAKES[mistake]
    code, out, err = check(*arguments, "--quiet")
    assert (code, out) == (2, "")
    assert said in err
    assert updated.read_bytes() == before
    assert sorted(tmp_path.rglob("*")) == names


def test_a_baseline_of_another_format_is_neither_read_nor_written_over(check: Check, updated: Path) -> None:
    """An older version's."""
    updated.write_text('{"format": 0}')
    for arguments in ((), ("--update", "--reason", "x")):
        code, _, err = check("small.yaml", "--quiet", *arguments)
        assert code == 2
        assert "must be of format 1" in err
    assert updated.read_text() == '{"format": 0}'


def test_an_interruption_writes_nothing(check: Check, updated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 130."""

    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    before = updated.read_bytes()
    monkeypatch.setattr("bedsim.analysis.looks.conduct", interrupted)
    code, _, err = check("small.yaml", "--quiet", "--update", "--reason", "x")
    assert (code, err) == (130, "Interrupted; nothing was written.\n")
    assert updated.read_bytes() == before


def test_a_check_needs_neither_pandas_nor_matplotlib(check: Check, updated: Path, tmp_path: Path) -> None:
    """They are not loaded."""
    script = (
        "import sys\nfrom bedsim.cli import main\n"
        "sys.argv = ['bedsim', 'check', 'small.yaml', '--seed=9', '--replications=10']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(sorted({'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("scenarios", "margin"),
    [
        (["base", *(f"option-{number}" for number in range(1, 7))], 2),
        (["before"], 4),
        (["new-model-of-care", "phased-plan", "phased-plan-beds-first", "care-homes"], 2),
    ],
    ids=["options", "before", "plans"],
)
def test_the_shipped_scenarios_are_those_of_the_baseline(check: Check, scenarios: list[str], margin: int) -> None:
    """Within 2 beds of 132, or 4 of 264, on 95% of days; if that is not known after 800 replications it fails.

    Where the code and the libraries are the same, or give the same counts, nothing is judged. What moved on purpose
    goes into the baseline with `bedsim check ... --update --reason`.
    """
    paths = [ROOT / "scenarios" / f"{name}.yaml" for name in scenarios]
    assert all(path.exists() for path in paths)
    baseline = ROOT / "results" / "baseline.json"
    code, out, err = check(*paths, "--baseline", baseline, "--margin", margin, "--patience", 700, "--quiet")
    assert code == 0, f"{out}\n{err}"
