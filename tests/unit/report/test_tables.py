"""Tables of a terminal: no name is broken, whatever the width."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table

from bedsim.report.tables import LONGEST_WORD, below, empty_table, whole_words

LONG = "delayed_fraction_of_occupied"


def printed(table: Table, width: int) -> list[str]:
    """Return what a terminal of so many columns shows."""
    page = io.StringIO()
    Console(width=width, file=page).print(table)
    return [line.rstrip() for line in page.getvalue().splitlines()]


def table(name: str) -> Table:
    """Return a table with a name and words beside it, not yet finished."""
    made = empty_table()
    made.add_column("the heading of it all")
    made.add_column("words")
    made.add_row(below(f"{name} of them"), "some words that are long enough to be wrapped")
    return made


def test_names_stay_whole_where_words_are_wrapped() -> None:
    """The twin: a table that was not finished breaks them."""
    assert any(LONG in line for line in printed(whole_words(table(LONG)), 60))
    assert not any(LONG in line for line in printed(table(LONG), 60))


def test_further_lines_of_what_stands_below_a_heading_are_indented() -> None:
    """So that nobody takes them for another heading."""
    lines = printed(whole_words(table(LONG)), 60)
    (at,) = (i for i, line in enumerate(lines) if LONG in line)
    assert lines[at].startswith(f"  {LONG}")
    assert lines[at + 1].startswith("  of them")


def test_a_name_without_end_is_folded_and_not_lost() -> None:
    """No terminal has room for it; all of its letters are there."""
    lines = printed(whole_words(table("x" * (LONGEST_WORD + 30))), 80)
    assert sum(line.count("x") for line in lines) == LONGEST_WORD + 30
    assert not any("…" in line for line in lines)
