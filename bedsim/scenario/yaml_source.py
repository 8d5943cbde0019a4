"""From YAML text to values with lines, refusing YAML's traps.

Why: YAML reads `no` as false, `12:30` as 750 and `010` as 8, keeps the last of two equal keys and lets ten lines grow
to a billion values. All such mistakes of a text are collected in one walk over its events; only a text that is not
YAML, is nested too deeply or grows too large ends the walk. No tag is obeyed, so nothing is ever executed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bedsim.errors import Problem
from bedsim.scenario.files import Refused
from bedsim.scenario.tree import Keys, Node, Origin, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_NODES = 100_000
"""Values in one file, aliases counted as often as they are used."""
MOST_DEPTH = 50
MOST_DIGITS = 300
"""Longer whole numbers are read as floats, hence infinite and refused by the schema."""

_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_TRAP_BOOL = re.compile(r"yes|no|on|off", re.IGNORECASE)
_TRAP_ZERO = re.compile(r"[-+]?0[0-9]+(\.[0-9]*)?")
_TRAP_CLOCK = re.compile(r"[-+]?[0-9]+(:[0-9]{1,2})+(\.[0-9]*)?")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WHOLE_EXPONENT = re.compile(r"[-+]?[0-9]+[eE]\+?[0-9]{1,2}")
_NOT_FINITE = re.compile(r"([-+]?)\.(inf|nan)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse(text: str, origin: Origin, under: Keys = ()) -> tuple[Node | None, list[Problem]]:
    """Return the tree of a YAML text and every mistake in it; no tree if the text cannot be read to its end.

    `under` is where the text's values go, for the names of fields in messages. A text without any value has no tree
    and no problem.
    """
    walk = _Walk(origin)
    line = 0
    try:
        for event in (events := YAML(typ="safe", pure=True).parse(text)):
            if isinstance(event, DocumentStartEvent):
                if walk.tree is not None:
                    raise walk.stop(event, under, "be one document", "several, parted by ---", "one file each")
                walk.tree = walk.node(next(events), events, under, 1)[0]
    except _Stopped:
        walk.tree = None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        walk.tree = None
        found = f"{error.problem or error.context}"
        remedy = "use spaces, not tabs" if "'\\t'" in found else "look at this line and above it"
        walk.report(line, under, "be YAML", f"not: {found}", remedy)
    except Exception as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        walk.tree = None
        walk.report(line, under, "be YAML", "not: it holds characters that YAML forbids", "remove them")
    return walk.tree, walk.problems


def scalar(text: str) -> Scalar:
    """Return the value of an unquoted YAML scalar.

    Parameters
    ----------
    text
        The scalar as written.

    Returns
    -------
    :
        None, a truth value, a number, a date or the text itself.

    Raises
    ------
    Refused
        If it is one of YAML's traps or a date that does not exist.

    Examples
    --------
    >>> scalar("1e3"), scalar("0.5"), scalar("true"), scalar("~"), scalar("haywood")
    (1000, 0.5, True, None, 'haywood')
    """
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _TRAP_BOOL.fullmatch(text):
        raise Refused("be true or false, or text in quotes", text, f'true, false or "{text}"')
    if _TRAP_ZERO.fullmatch(text):
        raise Refused("be a number without leading zeros, or text in quotes", text, f'{float(text):g} or "{text}"')
    if _TRAP_CLOCK.fullmatch(text):
        raise Refused("be text in quotes, or an hour as a number", text, f'"{text}", or 12.5 for half past twelve')
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise Refused("be a date of the calendar", text, "2026-04-01") from error
    return _number(text)


def _number(text: str) -> int | float | str:
    """Return the number a text means, else the text."""
    if _INT.fullmatch(text) and len(text) <= MOST_DIGITS:
        return int(text)
    if _WHOLE_EXPONENT.fullmatch(text):
        return int(float(text))
    if _FLOAT.fullmatch(text):
        return float(text)
    match = _NOT_FINITE.fullmatch(text)
    return float(match.group(1) + match.group(2)) if match else text


class _Stopped(Exception):  # noqa: N818 - internal signal; the problem is already reported
    """The walk cannot go on."""


class _Walk:
    """One walk over the events of one text: the tree, the problems, and what the bounds need."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.tree: Node | None = None
        self.problems: list[Problem] = []
        self.n_nodes = 0
        self.anchors: dict[str, tuple[Node, int, int] | None] = {}
        """Node, number of nodes and height by anchor; None while the anchored value is not complete."""

    def report(self, line: int, path: Keys, must: str, found: str, remedy: str = "") -> None:
        """Add a problem."""
        field = ".".join(map(str, path)) or "the file"
        number = line if self.origin.has_lines else 0
        self.problems.append(Problem(self.origin.shown, number, field, must, found, remedy))

    def stop(self, event: Any, path: Keys, must: str, found: str, remedy: str = "") -> _Stopped:
        """Add a problem after which nothing more can be read."""
        self.report(event.start_mark.line + 1, path, must, found, remedy)
        return _Stopped()

    def node(self, event: Any, events: Iterator[Any], path: Keys, depth: int) -> tuple[Node, int]:
        """Return the node that begins with an event, and its height."""
        if isinstance(event, AliasEvent):
            return self._alias(event, path, depth)
        before = self.n_nodes
        self._count(1, event, path)
        if depth > MOST_DEPTH:
            raise self.stop(event, path, f"be nested at most {MOST_DEPTH} deep", "deeper", "a flatter file")
        line = event.start_mark.line + 1
        if event.ctag is not None:
            self.report(line, path, "be a plain value", f"tagged {event.ctag}"[:80], "the value without its tag")
        if event.anchor:
            self.anchors[event.anchor] = None
        height = 1
        if isinstance(event, ScalarEvent):
            made = self._scalar(event, path)
        elif isinstance(event, SequenceStartEvent):
            made, height = self._sequence(event, events, path, depth)
        else:
            made, height = self._mapping(event, events, path, depth)
        if event.ctag is not None:
            made = replace(made, broken=True)
        if event.anchor:
            self.anchors[event.anchor] = (made, self.n_nodes - before, height)
        return made, height

    def _count(self, n: int, event: Any, path: Keys) -> None:
        self.n_nodes += n
        if self.n_nodes > MOST_NODES:
            raise self.stop(event, path, f"hold at most {MOST_NODES:,} values, aliases expanded", "more", "no aliases")

    def _alias(self, event: AliasEvent, path: Keys, depth: int) -> tuple[Node, int]:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            found = f"*{event.anchor}"
            raise self.stop(event, path, "be an alias of a complete value before it", found, "the value itself")
        made, n, height = anchored
        self._count(n, event, path)
        if depth + height - 1 > MOST_DEPTH:
            raise self.stop(event, path, f"be nested at most {MOST_DEPTH} deep", "deeper", "a flatter file")
        return made, height

    def _made(self, value: Any, event: Any, *, broken: bool = False) -> Node:
        line = event.start_mark.line + 1 if self.origin.has_lines else 0
        return Node(value, self.origin, line, broken=broken)

    def _scalar(self, event: ScalarEvent, path: Keys) -> Node:
        if event.style is not None or event.ctag is not None:
            return self._made(event.value, event)
        try:
            return self._made(scalar(event.value), event)
        except Refused as refused:
            self.report(event.start_mark.line + 1, path, refused.must, refused.found, refused.remedy)
            return self._made(event.value, event, broken=True)

    def _sequence(self, event: SequenceStartEvent, events: Iterator[Any], path: Keys, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        height = 0
        while not isinstance(item := next(events), SequenceEndEvent):
            made, h = self.node(item, events, (*path, len(items)), depth + 1)
            items.append(made)
            height = max(height, h)
        return self._made(tuple(items), event), height + 1

    def _mapping(self, event: MappingStartEvent, events: Iterator[Any], path: Keys, depth: int) -> tuple[Node, int]:
        children: dict[str, Node] = {}
        height = 0
        broken = False
        while not isinstance(key_event := next(events), MappingEndEvent):
            key = self._key(key_event, events, path, depth)
            name = key if key is not None else "?"
            made, h = self.node(next(events), events, (*path, name), depth + 1)
            height = max(height, h)
            line = key_event.start_mark.line + 1
            if key is None:
                broken = True
            elif key in children:
                first = f"written on line {children[key].line} too" if self.origin.has_lines else "written twice"
                self.report(line, (*path, key), "be written once", first, "keep one of them")
            else:
                children[key] = replace(made, line=line if self.origin.has_lines else 0)
        return self._made(children, event, broken=broken), height + 1

    def _key(self, event: Any, events: Iterator[Any], path: Keys, depth: int) -> str | None:
        """Return a key, or None if it is refused."""
        line = event.start_mark.line + 1
        if isinstance(event, ScalarEvent) and event.style is None and event.value == "<<":
            self.report(line, (*path, "<<"), "not be merged by YAML", "a merge key <<", "extends: base.yaml")
            return None
        n_problems = len(self.problems)
        node, _ = self.node(event, events, (*path, "?"), depth + 1)
        if isinstance(node.value, str) and not node.broken:
            return node.value
        if len(self.problems) == n_problems:
            kind = "a mapping or a list" if isinstance(node.value, (dict, tuple)) else f"{node.value}"
            self.report(line, path, "have text as keys", kind, "the key in quotes")
        return None
