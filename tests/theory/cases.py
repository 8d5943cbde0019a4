"""The cases as published: identifier, inputs and expected values, read from cases.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CASES_FILE = Path(__file__).parent / "cases.yaml"


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Return every case by its identifier."""
    tree = YAML(typ="safe", pure=True).load(CASES_FILE.read_text(encoding="utf-8"))
    return {case["id"]: case for case in tree["cases"]}


def inputs(case: str) -> dict[str, Any]:
    """Return the inputs of a case."""
    return cases()[case]["inputs"]


def expected(case: str, *path: str) -> Any:
    """Return an expected value of a case, or a part of them; elements of a list are named by their number."""
    value = cases()[case]["expected"]
    for key in path:
        value = value[int(key)] if isinstance(value, list) else {str(name): part for name, part in value.items()}[key]
    return value


def quantities(case: str) -> list[str]:
    """Return the path of every expected number of a case, its keys joined by slashes."""
    return [path for path, value in _leaves(cases()[case]["expected"]) if isinstance(value, int | float)]


def _leaves(node: Any, path: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    if isinstance(node, dict):
        return [leaf for key, part in node.items() for leaf in _leaves(part, (*path, str(key)))]
    if isinstance(node, list):
        return [leaf for i, part in enumerate(node) for leaf in _leaves(part, (*path, str(i)))]
    return [("/".join(path), node)]
