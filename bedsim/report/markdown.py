"""Tables in Markdown, and text of others made harmless in them.

Why: titles, notes and sources are written by whoever wrote the scenario. In a page they are words: no link, no markup,
no further column of a table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS = re.compile(r"[\\`*|\[\]{}$]|(?<![^\W_])[_~]|[_~](?![^\W_])")
"""What Markdown, or mathematics in it, would obey; inside a word _ and ~ mean nothing, as in many an address."""


def plain(text: str) -> str:
    """Return text in one line, without characters that do not print (and might steer a terminal).

    >>> plain("two\\nlines\\x1b[2J")
    'two lines [2J'
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def escaped(text: str) -> str:
    """Return text in one line that Markdown shows as it is.

    >>> escaped("a | b <script> [x](y) haywood_2")
    'a \\\\| b &lt;script&gt; \\\\[x\\\\](y) haywood_2'
    """
    marked = _MARKS.sub(lambda match: f"\\{match.group()}", plain(text))
    return re.sub("[&<>]", lambda match: _ENTITIES[match.group()], marked)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already, with a line to end it."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
