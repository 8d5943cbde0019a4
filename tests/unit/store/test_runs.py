"""A run read back from its folder: the same run, or a sentence that says why not; nothing there is changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bedsim.analysis.conduct import conduct, conduct_all
from bedsim.analysis.plan import plan_run
from bedsim.analysis.precision import Precision
from bedsim.analysis.workers import local_workers
from bedsim.errors import BedsimError
from bedsim.measures.totals import HISTOGRAMS, Totals
from bedsim.report.publish import publish
from bedsim.report.verdict import verdict
from bedsim.scenario.inputs import stated
from bedsim.scenario.schema import Scenario
from bedsim.store.chunks import chunks_in
from bedsim.store.folder import run_folder
from bedsim.store.runs import read_run, scenario_text
from tests.bits import same_bits
from tests.small import small_scenario, small_tree


def keep_run(out: Path, scenario: Scenario, n: int = 6, precision: Precision | None = None) -> Path:
    """Do what `bedsim run` does, without pictures and bed curve."""
    plan = plan_run(scenario, n, precision=precision)
    folder = run_folder(out, scenario.slug, plan.hash, 1)
    workers = local_workers("compiled", 1)
    done, _ = conduct(plan, 1, workers, keep=chunks_in(folder, 1, print), has_bed_curve=False)
    assert done is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bedsim.report.publish.picture_files", lambda pictures: {})
        return publish(done, folder, 1.0)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small run, not to be changed."""
    return keep_run(tmp_path_factory.mktemp("kept"), small_scenario())


@pytest.fixture
def copied(kept: Path, tmp_path: Path) -> Path:
    """Return a copy of it, to be damaged."""
    return shutil.copytree(kept, tmp_path / "small" / kept.name)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def in_order(totals: Totals) -> Totals:
    """Return totals with their histograms in the order in which chunks keep them."""
    return replace(totals, histograms={name: totals.histograms[name] for name in HISTOGRAMS})


def test_what_comes_back_is_what_was_run(kept: Path) -> None:
    """The same bits, of the run and of both ends, hence the verdict to the letter; the folder is as it was."""
    before = content(kept)
    found = read_run(kept)
    again = conduct(plan_run(small_scenario(), 6), 1, local_workers("compiled", 1), has_bed_curve=False)[0]
    assert again is not None
    assert same_bits(found.run.totals, in_order(again.totals))
    assert set(found.run.range_ends) == {"low", "high"}
    for end, run in again.range_ends.items():
        assert same_bits(found.run.range_ends[end].totals, in_order(run.totals))
    assert f"{verdict(found.run)}\n" == (kept / "verdict.txt").read_text(encoding="utf-8")
    assert content(kept) == before


def test_a_run_is_found_from_the_folders_above_it(kept: Path) -> None:
    """If it is the only one there."""
    assert read_run(kept.parent).folder == read_run(kept.parent.parent).folder == kept


def test_a_scenario_comes_back_with_what_it_states_and_no_more() -> None:
    """Equal, with the same hash, and a default that nobody wrote is no input."""
    scenario = Scenario.model_validate({**small_tree(), "variations": ("winter", "units.ward_a.beds=6")})
    back = Scenario.model_validate_json(scenario_text(scenario))
    assert back == scenario
    assert stated(back) == stated(scenario)
    assert (back.slug, back.variations) == (scenario.slug, scenario.variations)


def test_tables_of_fewer_replications_are_read_from_the_chunks_beside_them(copied: Path) -> None:
    """They stand in a folder of their own, and the chunks in that of the fuller run."""
    fewer = keep_run(copied.parent.parent, small_scenario(), 3)
    assert fewer.name == f"{copied.name}-3-replications"
    assert (read_run(fewer).run.n_replications, read_run(copied).run.n_replications) == (3, 6)


def test_a_run_up_to_a_precision_is_read_from_chunks_cut_for_its_looks(tmp_path: Path) -> None:
    """They lie in a folder apart."""
    folder = keep_run(tmp_path, small_scenario(), 30, Precision(50.0))
    assert read_run(folder).run.n_replications == 30


def test_every_run_of_a_command_holds_its_range_ends(tmp_path: Path) -> None:
    """Two scenarios that are the same at the ends of their ranges are run there once, and each folder holds it."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"] |= {"per_day": 0.5}
    tree["pathways"]["rehab"]["first"]["needed_days"]["lognormal"]["mean"] = 16
    other = Scenario.model_validate(tree)
    plans = [plan_run(scenario, 5) for scenario in (small_scenario(), other)]
    folders = [tmp_path / plan.hash for plan in plans]
    told: list[int] = []
    keeps = [chunks_in(folder, 1, print) for folder in folders]
    conduct_all(plans, 1, local_workers("compiled", 1), told.append, keeps, has_bed_curve=False)
    ends = {end.key: end.n_replications for plan in plans for end in plan.ends.values()}
    assert len(ends) < sum(len(plan.ends) for plan in plans)
    assert sum(told) == 5 + 5 + sum(ends.values())
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {"chunks", "chunks-low", "chunks-high"}


def change(name: str, **changed: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changed}), encoding="utf-8")

    return damage


def chunk(part: str, damage: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damaged(folder: Path) -> None:
        path = next((folder / part).rglob("*.npz"))
        path.write_bytes(damage(path.read_bytes()))

    return damaged


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "unfinished": (change("manifest.json", unfinished=True), "is unfinished: something stopped it. Try the same"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "has chunks but no manifest.json. Try the"),
    "another version": (change("manifest.json", versions={"bedsim": "9.9"}), "must be of bedsim .*, but is of '9.9'"),
    "a manifest of something else": (
        lambda folder: (folder / "manifest.json").write_text("{}"),
        "hash: Field required",
    ),
    "no JSON": (lambda folder: (folder / "manifest.json").write_text("{" * 9999), "is not the manifest of a run"),
    "a hash that leads elsewhere": (change("manifest.json", hash="../../../etc"), "is not the manifest of a run"),
    "a seed that is none": (change("manifest.json", seed="1"), r"is not the manifest of a run \(seed: Input should"),
    "no replications": (change("manifest.json", replications=0), "is not the manifest of a run"),
    "more replications than there are": (change("manifest.json", replications=7), "replications 6 to 6 are not in"),
    "replications without end": (change("manifest.json", replications=10**15), "more than .* stays are refused"),
    "no scenario": (lambda folder: (folder / "scenario.json").unlink(), "holds no scenario.json: an earlier bedsim"),
    "a changed scenario": (change("scenario.json", pathways={}), "is not the one that was run|is not the scenario"),
    "a scenario that is none": (change("scenario.json", time=[]), r"is not the scenario of a run \(time"),
    "a truncated chunk": (chunk("chunks", lambda content: content[:-100]), "is damaged .* Try the same `bedsim run`"),
    "an altered chunk": (chunk("chunks", lambda content: content[:-1] + b"!"), "is damaged .* Try the same"),
    "an altered chunk of an end": (chunk("chunks-high", lambda content: content[:-1] + b"!"), "is damaged"),
    "no chunk": (lambda folder: min((folder / "chunks").rglob("*.npz")).unlink(), "replications 0 to 5 are not in"),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_a_folder_that_is_no_whole_run_is_a_sentence(copied: Path, damage: Callable[[Path], None], said: str) -> None:
    """What is wrong and what to try; never a traceback, and nothing is removed."""
    damage(copied)
    before = content(copied)
    with pytest.raises(BedsimError, match=said):
        read_run(copied)
    assert content(copied) == before


def test_chunks_of_other_code_are_said_to_be_so(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what differs."""
    made_with = {"bedsim's code": "other", "numpy": "9"}
    monkeypatch.setattr("bedsim.analysis.fingerprint.made_with", lambda: made_with)
    with pytest.raises(BedsimError, match=r"was made from something else \(.*bedsim's code, numpy.*\). Try the same"):
        read_run(kept)


def test_a_place_without_a_run_is_a_sentence(kept: Path, tmp_path: Path) -> None:
    """A file, nothing, an empty folder."""
    for place, said in (
        (kept / "manifest.json", "is a file, and must be the folder of a run.*Try: bedsim report .*"),
        (tmp_path / "nowhere", "there is no folder"),
        (tmp_path, "holds no run"),
    ):
        with pytest.raises(BedsimError, match=said):
            read_run(place)


def test_a_folder_of_several_runs_names_them(copied: Path) -> None:
    """So that one of them can be copied."""
    other = shutil.copytree(copied, copied.with_name("another"))
    with pytest.raises(BedsimError, match=r"must hold one run, but holds 2\. Try one of them:") as refused:
        read_run(copied.parent)
    assert {f"  {copied}", f"  {other}"} <= set(str(refused.value).splitlines())
