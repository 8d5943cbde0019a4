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
SKIPPED = frozenset({"range", "name", "title", "status", "notes", "sources", "next", "reason", "note", *PROVENANCE})
"""Keys that describe or name; every other text, date or truth value is a choice."""
_WORDS = re.compile(r"\b(source|derived|assumption)\b\s*:")
Kind = Literal["source", "derived", "assumption", "note"]


@dataclass(frozen=True)
class Stated:
    """A value that a scenario states: its path in dots, and all that is said of where it comes from."""

    path: str
    value: float | str
    words: tuple[tuple[Kind, str], ...] = ()
    """Kind and text: source, derived, assumption, as far as they are given, then a note if there is one."""

    @property
    def provenance(self) -> Kind | Literal["none"]:
        """The first kind of words, none if there are none."""
        return self.words[0][0] if self.words else "none"

    @property
    def text(self) -> str:
        """The first words."""
        return self.words[0][1] if self.words else ""


@dataclass(frozen=True)
class Input(Stated):
    """One number, with its range if one is given."""

    value: float
    range: tuple[float, float] | None = None


def inputs(scenario: Scenario) -> tuple[Input, ...]:
    """Return every number that a scenario writes, in the order of the schema.

    Where several kinds of provenance are given, `source` comes before `derived` before `assumption`.
    """
    return tuple(one for one in stated(scenario) if isinstance(one, Input))


def stated(scenario: Scenario) -> tuple[Stated, ...]:
    """Return every number, and every choice without a number for which grounds are given, in the same order."""
    typed = _typed(scenario)
    return tuple(
        replace(one, words=(("assumption", SET),)) if _is_within(one.path.split("."), typed) else one
        for one in stated_in(scenario)
    )


def stated_in(whole: Model) -> tuple[Stated, ...]:
    """Return the same of any values that carry words: a scenario, or another whole file."""
    return tuple(one for one in _stated(whole, (), ()) if isinstance(one, Input) or one.provenance != "none")


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


def _stated(value: object, path: Keys, around: tuple[Model, ...]) -> Iterator[Stated]:
    """Yield what a value states; `around` are the mappings whose words may cover it, outermost first."""
    if isinstance(value, Model):
        kept = around if isinstance(value, PARTS) or not isinstance(value, Sourced) else ()
        for name, field in type(value).model_fields.items():
            if name not in value.model_fields_set or name in SKIPPED or _is_loaders(value, name):
                continue
            inner = getattr(value, name)
            at, trivial = (*path, field.alias or name), inner == field.default or (name == "share" and inner == 1)
            if _is_number(inner) and trivial:
                yield Stated(".".join(map(str, at)), float(inner), _words((*kept, value)))
            else:
                yield from _stated(inner, at, (*kept, value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _is_number(inner) and inner == 1:
                yield Stated(".".join(map(str, (*path, key))), 1.0, _words(around))
            else:
                yield from _stated(inner, (*path, key), around)
    elif isinstance(value, tuple):
        for i, inner in enumerate(value):
            yield from _stated(inner, (*path, i), around)
    elif _is_number(value):
        number, words = float(value), _words(around)  # type: ignore[arg-type]
        yield Input(".".join(map(str, path)), number, words, _range(str(path[-1]), around))
    elif value is not None:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield Stated(".".join(map(str, path)), text, _words(around))


def _is_loaders(value: Model, name: str) -> bool:
    return isinstance(value, Scenario) and name in SET_BY_LOADER


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _words(around: tuple[Model, ...]) -> tuple[tuple[Kind, str], ...]:
    """Return all the words of the nearest mapping that says where its numbers come from."""
    owner = next((one for one in reversed(around) if carries_provenance(one)), None)
    kinds: tuple[Kind, ...] = ("source", "derived", "assumption", "note")
    return tuple((kind, text) for kind in kinds if (text := getattr(owner, kind, None)) is not None)


def _range(key: str, around: tuple[Model, ...]) -> tuple[float, float] | None:
    nearest = next((one for one in reversed(around) if isinstance(one, Sourced)), None)
    return (nearest.range or {}).get(key) if nearest is not None else None
