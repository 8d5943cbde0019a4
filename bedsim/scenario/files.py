"""Reading text from files that a scenario names.

Why: a planner's file may be missing, a folder, a spreadsheet or huge; each gets a sentence. This module raises
`Refused`, whose three parts become a `Problem` once the caller knows the line.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Refused(Exception):  # noqa: N818 - a sentence for the user, named for what happens to the value
    """A value that cannot be used: the rule, what was found and what to try."""

    def __init__(self, must: str, found: str, remedy: str = "") -> None:
        super().__init__(must, found, remedy)
        self.must = must
        self.found = found
        self.remedy = remedy


def read_text(path: Path, limit: int) -> str:
    """Return the text of a UTF-8 file of at most `limit` bytes, without a byte order mark.

    Parameters
    ----------
    path
        The file.
    limit
        The largest size accepted, bytes.

    Returns
    -------
    :
        Its text.

    Raises
    ------
    Refused
        If the file is missing, a folder, unreadable, too large, empty, binary or not UTF-8.
    """
    try:
        if path.is_dir():
            raise Refused("be a file", "a folder", "the name of a file in it")
        if not path.is_file():
            raise Refused("be a file that exists", f"missing: {path}", _neighbour(path))
        size = path.stat().st_size
        content = path.read_bytes() if size <= limit else b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused("be a file that can be read", f"unreadable: {reason}", "another path") from error
    if size > limit:
        raise Refused(f"be at most {limit // 1_000_000} MB", f"{size / 1e6:.1f} MB", "a smaller file")
    if not content.strip():
        raise Refused("hold something", "empty")
    if b"\0" in content:
        raise Refused("be text", "binary", "a text file, not a spreadsheet or an archive")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused("be text in UTF-8", f"something else from line {line} on", "save it as UTF-8") from error


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the most similar of some words, or an empty text if none is similar.

    Parameters
    ----------
    word
        What was written.
    words
        What could have been meant.

    Returns
    -------
    :
        One of `words`, or "".

    Examples
    --------
    >>> nearest("haywod", ["haywood", "bradwell"])
    'haywood'
    """
    return next(iter(difflib.get_close_matches(word, list(words), n=1)), "")


def _neighbour(path: Path) -> str:
    """Return the most similar name beside a missing file."""
    folder = path.parent
    if not folder.is_dir():
        return ""
    return nearest(path.name, sorted(entry.name for entry in folder.iterdir()))
