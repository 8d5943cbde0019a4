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
    """Return an expected value of a case, or a part of them."""
    value = cases()[case]["expected"]
    for key in path:
        value = value[key]
    return value
