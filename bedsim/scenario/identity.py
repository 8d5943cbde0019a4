"""What identifies the numbers of a scenario's file, and of each file that it extends, with the same laid over all.

Why: a plan's difference from the plan that it builds on is of the numbers it was made from. A run of another file of
the same name, or of the file before it was edited, is no such plan, whatever it is called. Words may be edited freely.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bedsim.scenario.files import Refused
from bedsim.scenario.tables import Library
from bedsim.scenario.tree import Node, to_values

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = ("title", "status", "notes", "name", "note", "source", "derived", "assumption", "rated_on")
CITATIONS = "sources"
CSV = "csv"
DIGITS = 12


def without_words(node: Any) -> Any:
    """Return values without the words around the numbers, at any depth."""
    if isinstance(node, dict):
        # A unit or stage may bear one of these names: words are text, things are not.
        is_word = {key: key in WORDS and (child is None or isinstance(child, str)) for key, child in node.items()}
        return {key: without_words(child) for key, child in node.items() if not is_word[key]}
    return [without_words(child) for child in node] if isinstance(node, (list, tuple)) else node


def identity(tree: Node) -> str:
    """Return a hash of a tree's numbers and of the CSV files that it names."""
    library = Library()
    for named in _csv_files(tree):
        with suppress(Refused):  # said of the scenario, if it is used
            library.read(named)
    values = {key: child for key, child in to_values(tree).items() if key != CITATIONS}
    text = repr((without_words(values), library.tables))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _csv_files(node: Node) -> Iterator[Node]:
    """Yield what names a CSV file: text under a key that says so."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if key.endswith(CSV) and isinstance(child.value, str):
                yield child
            yield from _csv_files(child)
    elif isinstance(node.value, tuple):
        for child in node.value:
            yield from _csv_files(child)
