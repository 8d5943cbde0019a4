"""From a file to a `ClinicPlan`: the file, those it extends and the area it names, checked.

Why: the mistakes of a file of clinics get the sentences, files and lines that those of a scenario get, all at once, so
the same reader, merging and translation are used. The area's scenario of beds gives only its map: it is not run.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bedsim.clinics.rules import Written, findings
from bedsim.clinics.schema import ClinicPlan
from bedsim.errors import Problem, ScenarioError
from bedsim.scenario.documents import LARGEST_YAML, read_chain
from bedsim.scenario.files import Refused, read_text
from bedsim.scenario.merge import merge
from bedsim.scenario.schema import Scenario
from bedsim.scenario.translate import problems_of
from bedsim.scenario.tree import Keys, Node, child_of, find, problem_at, to_values

OF_AREA = ("localities", "travel", "sources")
"""What is taken from the area's scenario."""
OF_BEDS = ("units", "pathways", "streams")
"""A file with one of these is a scenario of beds."""


def load(path: str | Path) -> ClinicPlan:
    """Return the clinics that a file describes.

    Parameters
    ----------
    path
        The file. Paths inside a file are relative to that file.

    Returns
    -------
    ClinicPlan
        In which everything is right.

    Raises
    ------
    ScenarioError
        With every problem found, each with the file and line in which the value was written.
    """
    problems: list[Problem] = []
    tree = _merged(read_chain(Path(path), problems), ClinicPlan)
    if tree is None:
        raise ScenarioError(problems)
    if child_of(tree, "clinics") is None and any(child_of(tree, key) is not None for key in OF_BEDS):
        raise ScenarioError([*problems, _of_beds(tree)])
    tree = _over_area(tree, problems)
    slug = re.sub(r"[^a-z0-9]+", "-", Path(path).stem.lower()).strip("-") or "clinics"
    return _validated(tree, {**to_values(tree), "slug": slug}, problems)


def _of_beds(tree: Node) -> Problem:
    """Return the problem of a scenario of beds that is given as a file of clinics."""
    shown = tree.origin.shown
    return Problem(shown, 0, "the file", "be a file of clinics", "a scenario of beds", f"bedsim run {shown}")


def _merged(documents: list[Node | None], kind: Any) -> Node | None:
    """Return files laid over one another, the root first; None if one of them cannot be read."""
    tree = documents[0]
    for document in documents[1:]:
        tree = merge(tree, document, kind) if tree is not None and document is not None else None
    return tree


def _over_area(tree: Node, problems: list[Problem]) -> Node:
    """Return the file's own values over the map of the area that it names."""
    area = child_of(tree, "area")
    if area is None or not isinstance(area.value, str):
        return tree
    path = Path(os.path.normpath(area.origin.folder / area.value))
    try:
        read_text(path, LARGEST_YAML)
    except Refused as refused:
        problems.append(problem_at(tree, ("area",), refused.must, refused.found, refused.remedy))
        return tree
    beds = _merged(read_chain(path, problems), Scenario)
    given = {key: node for key in OF_AREA if beds is not None and (node := child_of(beds, key)) is not None}
    return merge(replace(tree, value=given), tree, ClinicPlan)


def _validated(tree: Node, values: dict[str, Any], problems: list[Problem]) -> ClinicPlan:
    """Return the plan, or raise all its problems: those known, the schema's and those between values."""
    plan, wrong = _plan(tree, values, problems)
    left = plan
    if plan is None:  # the rules still look at what is right
        pruned = {key: _pruned(value, key, wrong) for key, value in values.items() if (key,) not in wrong}
        left, _ = _plan(tree, pruned, [])
    if left is not None:
        names = (
            None if (key,) in wrong else frozenset(values.get(key, {})) for key in ("sources", "localities", "sites")
        )
        found = [one for one in findings(Written(left, *names)) if not find(tree, one.path)[0].broken]
        problems.extend(problem_at(tree, one.path, one.must, one.found, one.remedy) for one in found)
    if problems or plan is None:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return plan


def _plan(tree: Node, values: dict[str, Any], problems: list[Problem]) -> tuple[ClinicPlan | None, set[Keys]]:
    """Return the plan that values make, None with the parts that are wrong, whose problems are added."""
    try:
        return ClinicPlan.model_validate(values), set()
    except ValidationError as error:
        problems.extend(problem for _, problem in problems_of(tree, error, ClinicPlan))
        places = (one["loc"] for one in error.errors(include_url=False, include_input=False))
        return None, {place[: 2 if place[0] in ("clinics", "sites", "localities") else 1] for place in places}


def _pruned(value: Any, key: str, wrong: set[Keys]) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in value.items() if (key, name) not in wrong}
