"""Values with the place where each was written.

Why: a message must name the line of the file that holds the mistake, even when the value came through `extends`. A
node remembers its origin and line through merging; `to_values` forgets them for the schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bedsim.errors import Problem

Key = str | int
Keys = tuple[Key, ...]
Scalar = None | bool | int | float | str | date
SHOWN_LENGTH = 80
"""How much of a wrong value a message repeats."""


@dataclass(frozen=True)
class Origin:
    """A file or an option: its name as shown, the folder its relative paths start from, whether it has lines."""

    shown: str
    folder: Path
    has_lines: bool = True


@dataclass(frozen=True)
class Node:
    """A value (mapping, list or scalar) and where it was written."""

    value: dict[str, Node] | tuple[Node, ...] | Scalar
    origin: Origin
    line: int
    label: str = ""
    """The key as written, if it is a synonym of the key in the tree."""
    broken: bool = False
    """A problem is already reported here: what follows from it is not reported again."""


def to_values(node: Node) -> Any:
    """Return the plain values of a node; keys without a value (null) are left out."""
    if isinstance(node.value, dict):
        return {key: to_values(child) for key, child in node.value.items() if child.value is not None}
    if isinstance(node.value, tuple):
        return tuple(to_values(child) for child in node.value)
    return node.value


def child_of(node: Node, key: Key) -> Node | None:
    """Return what lies under a key or an index of a node, if anything does."""
    if isinstance(node.value, dict):
        child = node.value.get(key) if isinstance(key, str) else None
        return child if child is None or child.value is not None else None
    if isinstance(node.value, tuple) and isinstance(key, int) and 0 <= key < len(node.value):
        return node.value[key]
    return None


def below(node: Node | None, *path: Key) -> Node | None:
    """Return what lies at a path of a node, if anything does."""
    for key in path:
        node = child_of(node, key) if node is not None else None
    return node


def find(node: Node, path: Keys) -> tuple[Node, str]:
    """Return the node at a path, or the nearest above it, and the path in dots with keys as written."""
    names: list[str] = []
    place: Node | None = node
    nearest = node
    for key in path:
        place = child_of(place, key) if place else None
        nearest = place or nearest
        names.append((place.label if place else "") or str(key))
    return nearest, ".".join(names)


def problem_at(tree: Node, path: Keys, must: str, found: str, remedy: str = "") -> Problem:
    """Return the problem of the value at a path, with the line where it was written."""
    node, field = find(tree, path)
    return Problem(node.origin.shown, node.line, field, must, found, remedy)


def in_words(value: object) -> str:
    """Return a value as a message repeats it, cut to a readable length.

    Parameters
    ----------
    value
        A plain value: a mapping, a tuple or a scalar.

    Returns
    -------
    :
        A few words.

    Examples
    --------
    >>> in_words(True), in_words(-3), in_words("many"), in_words((1, 2))
    ('true', '-3', "the text 'many'", 'a list of 2')
    """
    if isinstance(value, dict):
        return f"a mapping with {', '.join(map(str, value))}"[:SHOWN_LENGTH] if value else "an empty mapping"
    if isinstance(value, tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) < SHOWN_LENGTH else f"the text {value[:SHOWN_LENGTH]!r}..."
    if isinstance(value, date):
        return f"the date {value}"
    text = str(value)
    return text if len(text) < SHOWN_LENGTH else f"a number of {len(text)} digits"
