"""Tables of a terminal: nothing is cut whatever the width, and no name is broken as long as there is room."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bedsim.report.tables import below, empty_table
from bedsim.report.whole import WholePage

LONG = "delayed_fraction_of_occupied"
NUMBERS = ("-1,090,000", "-1,090,000 to -1,040,000", "not told apart")
FORTY = "more-home-team-places-fewer-escalations*"
SIXTY = "more-home-team-places-and-fewer-escalation-beds-than-before*"
FOLDED = "a_name_without_any_hyphen_that_has_sixty_signs_to_be_folded*"


def printed(table: Table, width: int, page: type[Console] = WholePage) -> list[str]:
    """Return what a terminal of so many columns shows."""
    found = io.StringIO()
    page(width=width, file=found).print(table)
    return [line.rstrip() for line in found.getvalue().splitlines()]


def table(name: str, made: Table | None = None) -> Table:
    """Return a table with a name and words beside it."""
    made = made or empty_table()
    made.add_column("the heading of it all")
    made.add_column("words")
    made.add_row(below(f"{name} of them"), "some words that are long enough to be wrapped")
    return made


def numbers(name: str, made: Table | None = None) -> Table:
    """Return a table with a name and numbers beside it."""
    made = made or empty_table()
    made.add_column("what they have")
    for heading in ("difference", "95%, all together", "verdict"):
        made.add_column(heading, justify="right", no_wrap=True)
    made.add_row(below(name), *NUMBERS)
    return made


def cells(lines: list[str]) -> list[str]:
    """Return the cells of a table's only row, each put together from its lines."""
    rule = next(i for i, line in enumerate(lines) if set(line) == {"─"})
    row = lines[rule + 1 :]
    at = [0, *(row[0].index(one) for one in NUMBERS if one in row[0]), None]
    return ["".join(line[slice(*ends)].strip() for line in row) for ends in pairwise(at)]


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("name", [FORTY, SIXTY, FOLDED])
def test_of_numbers_beside_a_long_name_nothing_is_cut(name: str, width: int) -> None:
    """Every cell is whole; the table is wider than the terminal only if the numbers leave no room for a name."""
    lines = printed(numbers(name), width)
    assert cells(lines) == [name, *NUMBERS]
    assert max(map(len, lines)) <= max(width, sum(map(len, NUMBERS)) + 3 * 2 + 10)


def test_a_table_that_cuts_its_numbers_is_noticed() -> None:
    """The twins: a table of the library, and a whole one on a page that cuts."""
    assert cells(printed(numbers(SIXTY, Table(box=SIMPLE_HEAD, show_edge=False)), 60)) != [SIXTY, *NUMBERS]
    assert cells(printed(numbers(SIXTY), 60, Console)) != [SIXTY, *NUMBERS]


def test_a_name_gives_way_at_its_hyphens() -> None:
    """And anywhere only where it has none."""
    lines = [line[:28].strip() for line in printed(numbers(SIXTY), 80)]
    assert any(line.startswith("more-home-team-places-") and line.endswith("-") for line in lines)


def test_words_give_way_before_headings_are_broken() -> None:
    """A heading above narrow numbers is wrapped; the numbers keep their line."""
    made = empty_table()
    for heading in ("what there is", "more-home-team-places-and-fewer", "escalation-beds-than-before"):
        made.add_column(heading, justify="right", no_wrap=True)
    made.add_row("people who wait", "12%", "ILLUSTRATIVE")
    lines = printed(made, 48)
    assert lines[-1].split() == ["people", "who", "wait", "12%", "ILLUSTRATIVE"]
    assert max(map(len, lines)) <= 48


def test_names_stay_whole_where_words_are_wrapped() -> None:
    """The twin: a table of the library breaks them."""
    assert any(LONG in line for line in printed(table(LONG), 60))
    assert not any(LONG in line for line in printed(table(LONG, Table()), 60))


def test_further_lines_of_what_stands_below_a_heading_are_indented() -> None:
    """So that nobody takes them for another heading."""
    lines = printed(table(LONG), 60)
    (at,) = (i for i, line in enumerate(lines) if LONG in line)
    assert lines[at].startswith(f"  {LONG}")
    assert lines[at + 1].startswith("  of them")


def test_a_name_without_end_is_folded_and_not_lost() -> None:
    """No terminal has room for it; all of its letters are there."""
    lines = printed(table("x" * 90), 80)
    assert sum(line.count("x") for line in lines) == 90
    assert not any("…" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_column_of_nothing_is_no_error() -> None:
    """As beside runs of which nothing is said; neither is a table without columns."""
    made = empty_table()
    for heading in ("", "more"):
        made.add_column(heading, no_wrap=True)
    made.add_row("", "1")
    assert [line.strip() for line in printed(made, 60) if line.strip()][::2] == ["more", "1"]
    assert not "".join(printed(empty_table(), 60))
