"""From a scenario file to a `Scenario`: everything the file, its parents, overlays and options say, checked.

Why: nothing is simulated before everything is known to be right. All problems are found in one go and raised as one
`ScenarioError`; how files lie over one another is told in `merge`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import reduce
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bedsim.errors import Problem, ScenarioError
from bedsim.scenario.checks import Context, findings
from bedsim.scenario.demand import base_rate_per_day
from bedsim.scenario.documents import read_chain, read_overlay, setting
from bedsim.scenario.files import Refused
from bedsim.scenario.identity import identity
from bedsim.scenario.merge import BASE_RATES, merge
from bedsim.scenario.schema import Scenario
from bedsim.scenario.tables import Library, mean_of_column, read_tables
from bedsim.scenario.translate import broken_paths, entity_of, problems_of, remainder
from bedsim.scenario.tree import Node, below, child_of, find, problem_at, to_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedsim.scenario.tree import Keys

LONGEST_SLUG = 100


def load(path: str | Path, set_values: Sequence[str] = (), overlays: Sequence[str | Path] = ()) -> Scenario:
    """Return the scenario that a file describes, with overlays and then `--set` options laid over it.

    Parameters
    ----------
    path
        The scenario's file. Paths inside a file are relative to that file.
    set_values
        Texts such as `units.haywood.beds=90`; items of lists are named by their index from 0.
    overlays
        Files of a few keys, laid over the scenario in order.

    Returns
    -------
    :
        The scenario as resolved, in which everything is right. What was laid over the file is in its `variations`. A
        `verified` one over which other `units` are laid, by a file, an overlay or `--set`, is `illustrative` unless
        that states the status too: its numbers of beds by site are no longer those that are public.

    Raises
    ------
    ScenarioError
        With every problem found, each with the file and line (or the option) in which the value was written.
    """
    problems: list[Problem] = []
    documents = read_chain(Path(path), problems)
    documents.extend(read_overlay(Path(overlay), problems) for overlay in overlays)
    layers = [document for document in documents if document is not None]
    if len(layers) < len(documents) or not layers:
        raise ScenarioError(problems)
    n_files = len(layers) - len(overlays)
    extended = list(accumulate(layers[:n_files], _merged))
    tree = reduce(_merged, layers[n_files:], extended[-1])
    if child_of(tree, "clinics") is not None:
        raise ScenarioError([*problems, _of_clinics(layers[n_files - 1])])
    if n_files == 1 and all(child_of(tree, key) is None for key in ("time", "units", "pathways")):
        raise ScenarioError([*problems, _overlay_alone(layers[0])])
    options = []
    for option in set_values:
        layer_set = setting(tree, option, problems)
        if layer_set is not None:
            options.append(layer_set)
            tree = merge(tree, layer_set, Scenario, keeps_words=True)
    below_it = [_laid_over(one, layers[n_files:], set_values) for one in reversed(extended[:-1])]
    known = tuple(map(identity, (tree, *below_it)))
    tree = _with_status(tree, [*([layer] for layer in layers), options])
    layers += options
    library = Library()
    problems.extend(read_tables(tree, library))
    by_loader = {
        "slug": _slug(Path(path), overlays),
        "builds_on": tuple(_slug(Path(layer.origin.shown), ()) for layer in reversed(layers[: n_files - 1])),
        "identities": known,
        "variations": (*(Path(overlay).stem for overlay in overlays), *set_values),
        "tables": dict(library.tables),
        "candidate_rates_per_day": _candidate_rates(tree, layers, library, problems),
    }
    return _validated(tree, by_loader, problems)


def _merged(tree: Node, layer: Node) -> Node:
    """Return a file with the next file or overlay laid over it."""
    return merge(tree, layer, Scenario)


def _laid_over(tree: Node, overlays: Sequence[Node], set_values: Sequence[str]) -> Node:
    """Return a file that is extended with the same laid over it, as far as it fits."""
    tree = reduce(_merged, overlays, tree)
    for option in set_values:
        layer = setting(tree, option, [])
        tree = tree if layer is None else merge(tree, layer, Scenario, keeps_words=True)
    return tree


def _validated(tree: Node, by_loader: dict[str, Any], problems: list[Problem]) -> Scenario:
    """Return the scenario, or raise all its problems: those known, the schema's and those between entities."""
    values = to_values(tree)
    wrong = {entity_of(path) for path in broken_paths(tree)}
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate({**values, **by_loader})
    except ValidationError as error:
        translated = problems_of(tree, error)
        problems.extend(problem for _, problem in translated)
        wrong |= {entity_of(path) for path, _ in translated}
        wrong |= {entity_of(tuple(one["loc"])) for one in error.errors(include_url=False, include_input=False)}
    if scenario is None or wrong:
        context = Context.of_remainder(remainder({**values, **by_loader}, wrong), values, wrong)
    else:
        context = Context.of(scenario)
    found = [one for one in findings(context) if not find(tree, one.path)[0].broken]
    problems.extend(problem_at(tree, one.path, one.must, one.found, one.remedy) for one in found)
    if problems or scenario is None:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return scenario


def _of_clinics(document: Node) -> Problem:
    """Return the problem of a file of clinics that is given as a scenario of beds."""
    must, found = "be a scenario of beds", "a file of clinics"
    return Problem(document.origin.shown, 0, "the file", must, found, f"bedsim clinics {document.origin.shown}")


def _overlay_alone(document: Node) -> Problem:
    """Return the problem of an overlay that is given as the scenario."""
    must, found = "have time, units and pathways, or extend a file that has them", "without: this looks like an overlay"
    return Problem(document.origin.shown, document.line, "the file", must, found, "lay it over a scenario with --also")


def _with_status(tree: Node, layers: Sequence[Sequence[Node]]) -> Node:
    """Return the tree with the status that what was laid over it leaves; all `--set` options are one layer."""
    status = child_of(tree, "status")
    if status is None or status.value != "verified":
        return tree
    states, changes = (
        [any(child_of(node, key) is not None for node in layer) for layer in layers] for key in ("status", "units")
    )
    last_stated = max(i for i, is_stated in enumerate(states) if is_stated)
    if not any(changes[last_stated + 1 :]):
        return tree
    assert isinstance(tree.value, dict)
    return replace(tree, value={**tree.value, "status": replace(status, value="illustrative")})


def _slug(path: Path, overlays: Sequence[str | Path]) -> str:
    """Return a folder's name made from the files' names, never from a title."""
    stems = [re.sub(r"[^a-z0-9]+", "-", Path(one).stem.lower()).strip("-") for one in (path, *overlays)]
    return "-with-".join(stem or "scenario" for stem in stems)[:LONGEST_SLUG].strip("-")


def _candidate_rates(tree: Node, layers: list[Node], library: Library, problems: list[Problem]) -> dict[str, float]:
    """Return each stream's mean referrals a day in the first layer, from the root on, that gives its base rate.

    A rate of 0 gives no candidates: then the next layer counts. Streams that are replayed or booked have none.
    """
    streams = below(tree, "streams")
    rates: dict[str, float] = {}
    for name in streams.value if streams is not None and isinstance(streams.value, dict) else ():
        for layer in layers:
            rate = _base_rate(layer, ("streams", name, "referrals"), layers, library, problems)
            if rate is not None:
                rates[name] = rate
            if rate:
                break
    return rates


def _base_rate(layer: Node, path: Keys, layers: list[Node], library: Library, problems: list[Problem]) -> float | None:
    """Return the mean referrals a day that one layer's base rate means, None if it gives none.

    A rate by segment counts the people whom the first of all `layers` that does so gives the segment.
    """
    table = below(layer, *path, "expected_csv")
    if table is not None and isinstance(table.value, str):
        try:
            return mean_of_column(library.read(table), "expected_per_day")
        except Refused as refused:
            at = (*path, "expected_csv")
            problems.append(problem_at(layer, at, refused.must, refused.found, refused.remedy))
            return None
    segments = below(layer, *path, "by_segment")
    if segments is not None and isinstance(segments.value, dict) and segments.value:
        rates = []
        for name in segments.value:
            stated = (_number(below(one, "segments", name, "population")) for one in layers)
            people = next((n for n in stated if n is not None), None)
            rates.append(base_rate_per_day(None, _number(below(segments, name, "per_1000_a_year")), people))
        return sum(rate for rate in rates if rate is not None)
    return base_rate_per_day(*(_number(below(layer, *path, key)) for key in BASE_RATES[:3]))


def _number(node: Node | None) -> float | None:
    value = node.value if node is not None else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
