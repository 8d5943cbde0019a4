"""Every number of a scenario with where it comes from.

Why: a planner must be able to ask of each number who says so. The words that cover a number are those of the nearest
mapping around it that carries any, looking from a part (a distribution, leave times, a timetable row) up to the thing
it belongs to (a unit, stage, branch, rung, stream, its referrals, a profile ...), and no further. Numbers equal to
the schema's default and shares of 1 say nothing and need no words. What a `--set` changes is an assumption of whoever
typed it, unless the option brings words of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bedsim.scenario.outline import PARTS, PROVENANCE, SET_BY_LOADER, carries_provenance
from bedsim.scenario.schema import Scenario
from bedsim.scenario.shapes import Model, Sourced
from bedsim.scenario.tree import Node, Origin
from bedsim.scenario.yaml_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.tree import Keys

SET = "set on the command line"
_WORDS = re.compile(r"\b(source|derived|assumption)\b\s*:")
Provenance = Literal["source", "derived", "assumption", "none"]


@dataclass(frozen=True)
class Input:
    """One number: its path in dots, its value, what its provenance is and says, and its range if one is given."""

    path: str
    value: float
    provenance: Provenance
    text: str
    range: tuple[float, float] | None = None


def inputs(scenario: Scenario) -> tuple[Input, ...]:
    """Return every number that a scenario writes, in the order of the schema.

    Where several kinds of provenance are given, `source` comes before `derived` before `assumption`.
    """
    typed = _typed(scenario)
    return tuple(
        replace(one, provenance="assumption", text=SET) if _is_within(one.path.split("."), typed) else one
        for one in _inputs(scenario, (), ())
    )


def _typed(scenario: Scenario) -> list[list[str]]:
    """Return the paths whose values come from `--set` without words."""
    options = [text.partition("=") for text in scenario.variations if "=" in text]
    paths = [name.strip().split(".") for name, _, _ in options]
    explained = [path[:-1] for path in paths if path[-1] in PROVENANCE]
    return [
        [leaf[0], *("places" if leaf[0] == "units" and key == "beds" else key for key in leaf[1:])]
        for path, (_, _, value) in zip(paths, options, strict=True)
        if not _is_within(path, explained) and not _WORDS.search(value)
        for leaf in _leaves(parse(value, Origin("--set", Path(), has_lines=False))[0], path)
    ]


def _leaves(node: Node | None, path: list[str]) -> Iterator[list[str]]:
    """Yield the paths that an option gives: of each value, if it gives a mapping in braces."""
    if node is not None and isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _leaves(child, [*path, key])
    else:
        yield path


def _is_within(path: list[str], places: list[list[str]]) -> bool:
    """Say whether a path is at or below one of some places."""
    return any(path[: len(place)] == place for place in places)


def _inputs(value: object, path: Keys, around: tuple[Model, ...]) -> Iterator[Input]:
    """Yield the numbers inside a value; `around` are the mappings whose words may cover them, outermost first."""
    if isinstance(value, Model):
        kept = around if isinstance(value, PARTS) or not isinstance(value, Sourced) else ()
        for name, field in type(value).model_fields.items():
            if name not in value.model_fields_set or name == "range" or _is_loaders(value, name):
                continue
            inner = getattr(value, name)
            trivial = inner == field.default or (name == "share" and inner == 1)
            if not (_is_number(inner) and trivial):
                yield from _inputs(inner, (*path, field.alias or name), (*kept, value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not (_is_number(inner) and inner == 1):
                yield from _inputs(inner, (*path, key), around)
    elif isinstance(value, tuple):
        for i, inner in enumerate(value):
            yield from _inputs(inner, (*path, i), around)
    elif _is_number(value):
        yield _input(float(value), path, around)  # type: ignore[arg-type]


def _is_loaders(value: Model, name: str) -> bool:
    return isinstance(value, Scenario) and name in SET_BY_LOADER


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _input(value: float, path: Keys, around: tuple[Model, ...]) -> Input:
    owner = next((one for one in reversed(around) if carries_provenance(one)), None)
    nearest = next((one for one in reversed(around) if isinstance(one, Sourced)), None)
    ranges = (nearest.range or {}) if nearest is not None else {}
    span = ranges.get(str(path[-1]))
    dotted = ".".join(map(str, path))
    for kind in PROVENANCE:
        text = getattr(owner, kind) if owner is not None else None
        if text is not None:
            return Input(dotted, value, kind, text, span)  # type: ignore[arg-type]
    return Input(dotted, value, "none", "", span)
