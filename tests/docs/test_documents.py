"""What the documents promise holds: their commands run, their code runs, their scenarios load."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

import bedsim
from bedsim.cli import main
from bedsim.scenario.inputs import inputs

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
SCENARIOS = [path for path in SHIPPED if path.name != "sources.yaml"]
OVERLAYS = sorted((ROOT / "scenarios" / "overlays").glob("*.yaml"))
CIRCULAR = "back-solved from 132 beds at 90% and 26 days, hence no evidence that 132 is right"
PAGES = [ROOT / "README.md", ROOT / "scenarios" / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]


def blocks(path: Path, language: str) -> list[str]:
    """Return a page's code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.M | re.S)


def commands(path: Path) -> set[str]:
    """Return the `bedsim run` commands of a page's blocks."""
    lines = "".join(blocks(path, "sh")).replace("\\\n", " ").splitlines()
    return {line.removeprefix("$ ").strip() for line in lines if "bedsim run " in line}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_code_block_names_its_language(path: Path) -> None:
    """A block without one would be run by no test."""
    fences = re.findall(r"^```(.*)$", path.read_text(encoding="utf-8"), flags=re.M)
    assert set(fences[::2]) <= {"sh", "yaml", "python", "text"}
    assert set(fences[1::2]) <= {""}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_number_of_a_shipped_scenario_has_a_source_or_an_assumption(path: Path) -> None:
    """A number without source, derivation or assumption is not shipped; alone or under either overlay."""
    for overlays in ([], *([overlay] for overlay in OVERLAYS)):
        bare = [one.path for one in inputs(bedsim.load(path, overlays=overlays)) if one.provenance == "none"]
        assert bare == []


def test_options_are_a_few_lines_over_the_base() -> None:
    """Each option adds units to the base and changes no other number of it."""
    base = bedsim.load(ROOT / "scenarios" / "base.yaml")
    for number, beds in ((1, 55), (2, 55)):
        option = bedsim.load(ROOT / "scenarios" / f"option-{number}.yaml")
        assert option.status == "verified"
        assert (option.pathways, option.streams, option.time) == (base.pathways, base.streams, base.time)
        added = {name: unit for name, unit in option.units.items() if name not in base.units}
        accepted = [u.places for u in added.values() if u.kind != "care_home" or u.rating in ("good", "outstanding")]
        assert sum(places for places in accepted if isinstance(places, int)) == beds
        assert option.units["haywood"].places == 77
    homes = [
        unit for unit in bedsim.load(ROOT / "scenarios" / "option-1.yaml").units.values() if unit.kind == "care_home"
    ]
    assert sum(unit.rating not in ("good", "outstanding") for unit in homes) == 2


def test_the_rate_of_referrals_is_said_to_be_circular_in_those_words() -> None:
    """The scenario, the README and the overlays say where 4.6, 3.8 and 5.0 come from."""
    referrals = bedsim.load(ROOT / "scenarios" / "option-1.yaml").streams["acute"].referrals
    assert referrals.per_day == 4.6
    assert CIRCULAR in " ".join((referrals.derived or "").split())
    assert CIRCULAR in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    rates = {path.stem: bedsim.load(ROOT / "scenarios" / "option-1.yaml", overlays=[path]) for path in OVERLAYS}
    assert {name: one.streams["acute"].referrals.per_day for name, one in rates.items()} == {
        "referrals-bristol": 3.8,
        "referrals-uhnm": 5.0,
    }


def test_the_drawn_delay_is_5_25_days_over_everybody_and_the_destinations_are_as_stated() -> None:
    """Shares times mean transfer delays give 5.25 days; acute transfer 10% and death 4% have shorter needs."""
    stage = bedsim.load(ROOT / "scenarios" / "base.yaml").pathways["bedded_rehab"]["rehabilitation"]
    mean = 0.0
    for branch in stage.then.values():
        if branch.transfer_days is not None:
            assert branch.transfer_days.exponential is not None
            mean += branch.share * branch.transfer_days.exponential.mean
    assert mean == pytest.approx(5.25, abs=0.005)
    own = stage.needed_days.lognormal
    for name, share in (("acute_transfer", 0.10), ("died", 0.04)):
        need = stage.then[name].needed_days
        assert stage.then[name].share == share
        assert need is not None
        assert need.lognormal is not None
        assert own is not None
        assert need.lognormal.mean is not None
        assert own.mean is not None
        assert need.lognormal.mean < own.mean


def test_the_readme_code_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The Python example of the README runs as it stands, but with two replications to save time."""
    monkeypatch.chdir(ROOT)
    code = blocks(ROOT / "README.md", "python")
    assert code
    for block in code:
        quick, n = re.subn(r"n_replications=\d+", "n_replications=2, workers=1", block)
        assert n
        exec(compile(quick, "README.md", "exec"), {"__name__": "readme"})
    capsys.readouterr()


def test_the_commands_of_the_documents_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every `bedsim run` of a page, `make run` included, is understood; here two replications of a short run each."""
    monkeypatch.chdir(ROOT)
    by_page = {page: commands(page) for page in PAGES}
    assert by_page[ROOT / "README.md"]
    assert by_page[ROOT / "scenarios" / "README.md"]
    written = {line for lines in by_page.values() for line in lines}
    recipe = re.search(r"^run:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), flags=re.M)
    assert recipe
    written.add(recipe.group(1).replace("\\\n", " ").replace("$(BIN)/", "").strip())
    for line in sorted(written):
        words = shlex.split(line.replace("\\", "/"), comments=True)
        arguments = ["run", *words[words.index("run") + 1 :]]
        for option, value in (("--replications", "2"), ("--out", str(tmp_path)), ("--workers", "1")):
            if option in arguments:
                arguments[arguments.index(option) + 1] = value
            else:
                arguments += [option, value]
        arguments += ["--set", "time.run_length_days=60", "--set", "time.warm_up_days=60"]
        monkeypatch.setattr(sys, "argv", ["bedsim", *arguments, "--quiet"])
        with pytest.raises(SystemExit) as stop:
            main()
        assert stop.value.code in (0, None), line
        assert capsys.readouterr().out
