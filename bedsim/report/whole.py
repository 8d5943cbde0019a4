"""Tables and pages of a terminal of which nothing is cut, whatever the width.

Why: a library that has too little room leaves out signs, and of a number that is another number. So numbers keep their
width, and names give way: between words, then at hyphens, then anywhere. What still has no room is wider than the
terminal, which breaks its lines but loses nothing.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import ConsoleOptions, RenderableType, RenderResult
    from rich.segment import Segment
    from rich.table import Column

GAP = 2
"""Signs between two columns."""
NARROWEST = 10
"""Signs of a column of words, at the least."""
ENDLESS = 10_000


class Name(Text):
    """Words that give way: between them if that is enough, then at hyphens, then anywhere."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Segment]:
        """Yield the lines for a column of so many signs, even of one in which numbers do not wrap."""
        width = max(1, options.max_width)
        words = [line for one in self.plain.splitlines() for line in _wrapped(one, width, whole=True)]
        lines = [line for one in words for line in _wrapped(one, width, whole=False)]
        yield from console.render(Text("\n".join(lines), no_wrap=False), options)


class WholeTable(Table):
    """A table of which columns without wrapping have the width of their numbers, and the others share what is left."""

    def add_column(self, header: RenderableType = "", footer: RenderableType = "", **options: Any) -> None:
        """Add a column; its heading gives way even where its numbers do not."""
        super().add_column(Name(header) if isinstance(header, str) else header, footer, **options)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, wider than there is room if need be."""
        widths = self._whole_widths(console, options)
        for column, width in zip(self.columns, widths, strict=True):
            column.width, column.overflow = width, "fold"
        wide = max(options.max_width, sum(widths) + GAP * len(widths))
        yield from super().__rich_console__(console, options.update(max_width=wide))

    def _whole_widths(self, console: Console, options: ConsoleOptions) -> list[int]:
        """Return the widths of the columns: the widest gives way first, and no word is broken if that is enough."""
        endless = options.update(max_width=ENDLESS)
        measured = [_measured(column, console, endless) for column in self.columns]
        most, words, numbers = ([one[i] for one in measured] for i in range(3))
        widths, room = most, options.max_width - GAP * (len(most) - 1)
        for least in (words, numbers):
            for cap in range(max(most, default=0), NARROWEST - 1, -1):
                widths = [max(each, min(one, cap)) for each, one in zip(least, most, strict=True)]
                if sum(widths) <= room:
                    return widths
        return widths


class WholePage(Console):
    """A page on which lines that are too long are not cut."""

    def print(self, *objects: Any, crop: bool = False, **options: Any) -> None:
        """Print as a console does."""
        super().print(*objects, crop=crop, **options)


def _measured(column: Column, console: Console, endless: ConsoleOptions) -> tuple[int, int, int]:
    """Return the width without any wrapping, without a broken word, and without a broken number."""
    most, words, numbers = [0], [0], [0]
    for part in (column.header, *column.cells):
        size = Measurement.get(console, endless, part)
        is_rigid = column.no_wrap and not isinstance(part, Name)
        most.append(size.maximum)
        words.append(size.maximum if is_rigid else size.minimum)
        numbers.append(size.maximum if is_rigid else 0)
    return max(most), max(words), max(numbers)


def _wrapped(line: str, width: int, *, whole: bool) -> list[str]:
    """Return a line in lines of so many signs; whole words have lines of their own, however long."""
    return textwrap.wrap(line, width, break_long_words=not whole, break_on_hyphens=not whole) or [""]
