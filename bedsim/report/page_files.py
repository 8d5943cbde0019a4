"""Pictures and tables that commands have left in a run's folder, as the page for a board shows them.

Why: `bedsim sensitivity` and others write beside the run's own files, and the page takes what is there. Nobody knows
who has written to the folder since: a picture goes into the page as an image, in which no script runs and nothing is
fetched, and a table as text.
"""

from __future__ import annotations

import base64
import csv
import io
import math
from typing import TYPE_CHECKING, NamedTuple

from bedsim.errors import BedsimError
from bedsim.report.markdown import plain

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 5_000_000
MOST_ROWS = 60
WHOLE = 1000
"""Numbers from here on have no decimals."""
LEFT_OUT = ("scenario", "n_numbers", "unit_of_measure", "period", "pounds_ci_low", "pounds_ci_high", "price_year")
"""Columns that a page on that scenario and its last year can do without."""


class Image(NamedTuple):
    """A picture as the page holds it."""

    address: str
    words: str
    """The picture in words, for who cannot see it."""


class Table(NamedTuple):
    """A table as text."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    n_left_out: int
    """Rows that are only in the file."""


def image_in(folder: Path, name: str) -> Image | None:
    """Return the picture of a name with its words; None if either is not in the folder."""
    drawn, words = _content(folder / f"{name}.svg"), _content(folder / f"{name}.txt")
    if drawn is None or words is None:
        return None
    address = f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"
    return Image(address, plain(words.decode("utf-8", errors="replace")))


def table_in(folder: Path, name: str) -> Table | None:
    """Return the table of a name; None if it is not in the folder, or empty."""
    content = _content(folder / f"{name}.csv")
    if content is None:
        return None
    try:
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=""), strict=True)
    except (csv.Error, ValueError) as error:
        raise BedsimError(
            f"{folder / name}.csv cannot be read as a table ({error}). Try the command that wrote it again."
        ) from None
    kept = [i for i, heading in enumerate(header) if heading not in LEFT_OUT]
    cells = [tuple(_cell(row[i]) if i < len(row) else "" for i in kept) for row in rows[:MOST_ROWS]]
    return Table(tuple(header[i].replace("_", " ") for i in kept), cells, max(0, len(rows) - MOST_ROWS))


def _content(path: Path) -> bytes | None:
    """Return the content of a file; None if it is not there."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BedsimError(f"{path} must have at most {MOST_BYTES:,} bytes: it is not what bedsim writes there.")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BedsimError(f"{path} cannot be read ({error.strerror or error}).") from None


def _cell(text: str) -> str:
    """Return a cell as people read it: a number with three digits, from a thousand on a whole one, text as it is.

    >>> _cell("0.123456"), _cell("1430"), _cell("28661234.5"), _cell("haywood")
    ('0.123', '1430', '28661234', 'haywood')
    """
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:.0f}" if number.is_integer() or WHOLE <= abs(number) < math.inf else f"{number:.3g}"
