"""A run read back from its folder: the scenario it was made from and its chunks, so that all numbers are there again.

Why: what is made from a finished run later (a page for a board) must say the same numbers, found by the same code. So
the scenario is kept as it was stated, the chunks are kept anyway, and a folder that does not fit together, or that
other code has made, is refused in a sentence. Nothing in the folder is changed, and nothing is simulated.
"""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from pydantic import Field, TypeAdapter, ValidationError

from bedsim.analysis.plan import plan_run
from bedsim.analysis.precision import Precision
from bedsim.analysis.ranges import n_at_range_ends
from bedsim.analysis.run import Run
from bedsim.engine.choose import Engine
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from bedsim.store.chunks import AGAIN, chunks_in
from bedsim.store.folder import MANIFEST

if TYPE_CHECKING:
    from bedsim.analysis.plan import Plan
    from bedsim.measures.totals import Totals

SCENARIO = "scenario.json"
VERDICT = "verdict.txt"
"""Whatever else lies beside runs has none."""
MOST_NAMED = 8
"""Runs of a folder that are listed, if there are several."""


@dataclass(frozen=True)
class Manifest:
    """What a run's manifest says that the page needs; there is more in the file."""

    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    seed: Annotated[int, Field(ge=0)]
    engine: Engine
    replications: Annotated[int, Field(ge=1)]
    unfinished: bool
    versions: dict[str, str]
    platform: str
    command: str
    finished: str = ""
    """When, in universal time; empty if an earlier bedsim did not say."""


@dataclass(frozen=True)
class Kept:
    """A run as it was read back."""

    folder: Path
    manifest: Manifest
    run: Run


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as it was stated, with what the loader added, so that `read_run` gives an equal one.

    Defaults are left out: a number that was not written is no input that somebody vouches for.
    """
    tree = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    by_loader = ("slug", "variations", "builds_on", "identities")
    added = {name: getattr(scenario, name) for name in by_loader}
    return json.dumps(tree | added, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_run(place: Path) -> Kept:
    """Return a run from its folder.

    Parameters
    ----------
    place
        The run's folder, or one above it with no other run in it.

    Returns
    -------
    Kept
        With all replications and both ends of the ranges; without the bed curve, whose table is in the folder.

    Raises
    ------
    BedsimError
        If there is no run, several, or one that is unfinished, damaged, or made by another version or other code.
    """
    folder = _folder(place)
    manifest = _manifest(folder)
    if manifest.unfinished:
        raise BedsimError(f"the run in {folder} is unfinished: something stopped it. {AGAIN} goes on from there.")
    theirs, ours = manifest.versions.get("bedsim", "unknown"), importlib.metadata.version("bedsim")
    if theirs != ours:
        raise BedsimError(
            f"the run in {folder} must be of bedsim {ours}, but is of {theirs[:20]!r}. {AGAIN} makes it anew."
        )
    plan = plan_run(_scenario(folder), manifest.replications, manifest.engine)
    if plan.hash != manifest.hash:
        raise BedsimError(
            f"the scenario in {folder / SCENARIO} is not the one that was run: it was changed, or another version of "
            f"bedsim wrote it. {AGAIN} writes it anew."
        )
    return Kept(folder, manifest, _run(folder, plan, manifest))


def _folder(place: Path) -> Path:
    """Return the folder of the only run in a place."""
    if place.is_file():
        _no_run(f"{place} is a file, and must be the folder of a run", place.parent)
    if not place.is_dir():
        _no_run(f"there is no folder {place}", Path("results/option-1"))
    if (place / MANIFEST).is_file():
        return place
    found = [path.parent for depth in ("*", "*/*") for path in sorted(place.glob(f"{depth}/{MANIFEST}"))]
    found = [one for one in found if (one / VERDICT).is_file()]  # a comparison of several has a manifest, too
    if len(found) > 1:
        named = "\n".join(f"  {one}" for one in found[:MOST_NAMED])
        more = f"\n  and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise BedsimError(f"{place} must hold one run, but holds {len(found)}. Try one of them:\n{named}{more}")
    if not found and any(place.glob("chunks*")):
        raise BedsimError(f"the run in {place} is unfinished: it has chunks but no {MANIFEST}. {AGAIN} finishes it.")
    if not found:
        _no_run(f"{place} holds no run: no {MANIFEST} is in it", Path("results/option-1"))
    return found[0]


def _no_run(what: str, instead: Path) -> NoReturn:
    raise BedsimError(f"{what}. `bedsim run` makes such folders and says where. Try: bedsim report {instead}")


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        return TypeAdapter(Manifest).validate_json(path.read_bytes(), strict=True)
    except OSError as error:
        raise BedsimError(f"{path} cannot be read ({error.strerror or error}).") from None
    except ValidationError as error:
        raise BedsimError(f"{path} is not the manifest of a run ({_first(error)}). {AGAIN} writes it anew.") from None


def _scenario(folder: Path) -> Scenario:
    path = folder / SCENARIO
    try:
        return Scenario.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BedsimError(f"{folder} holds no {SCENARIO}: an earlier bedsim made the run. {AGAIN} writes it.") from None
    except OSError as error:
        raise BedsimError(f"{path} cannot be read ({error.strerror or error}).") from None
    except ValidationError as error:
        raise BedsimError(f"{path} is not the scenario of a run ({_first(error)}). {AGAIN} writes it anew.") from None


def _first(error: ValidationError) -> str:
    """Return the first thing that is wrong, in a line that prints."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    text = f"{place}: {first['msg']}" if place else str(first["msg"])
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]


def _run(folder: Path, plan: Plan, manifest: Manifest) -> Run:
    # Tables of fewer replications stand beside the folder that keeps the chunks.
    kept = folder if (folder / "chunks").is_dir() else folder.with_name(f"{manifest.hash}-{manifest.seed}")

    def read(name: str, part: Plan) -> Run:
        return Run(
            scenario=part.scenario,
            blueprint=part.blueprint,
            seed=manifest.seed,
            engine=part.engine,
            hash=part.hash,
            totals=_totals(kept, name, part, manifest.seed),
            warm_up=part.warm_up,
            overload=part.overload,
        )

    n = n_at_range_ends(manifest.replications)
    ends = {name: read(name, replace(end, n_replications=n)) for name, end in plan.ends.items()}
    return replace(read("", plan), range_ends=ends)


def _totals(kept: Path, name: str, plan: Plan, seed: int) -> Totals:
    """Return the totals of a plan; the chunks of a run up to a precision are cut otherwise, and lie apart."""
    folder_of = chunks_in(kept, seed, say=lambda _: None)
    usual, cut = folder_of(name, plan), folder_of(name, replace(plan, precision=Precision(1.0)))
    try:
        return usual.read(plan.n_replications)
    except BedsimError:
        if not cut.folder.is_dir():
            raise
    return cut.read(plan.n_replications)
