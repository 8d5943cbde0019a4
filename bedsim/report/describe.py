"""A scenario's inputs as people read them: each with its value, unit, range and grounds.

Why: before anybody argues about results they should be able to see, on one page that fits into a paper, what was put in
and who says so. Everything that the scenario states and gives grounds for is here; a number without grounds is here
too, and said to be without.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from bedsim.report.heading import MARKS
from bedsim.report.markdown import escaped, plain, table
from bedsim.scenario.cautions import cautions
from bedsim.scenario.field_docs import unit_of_measure
from bedsim.scenario.inputs import Input, Stated, inputs, stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from bedsim.scenario.schema import Scenario

HEADINGS = ("input", "value", "unit", "range", "where it comes from")
BASES = {"source": "Source", "derived": "Derived", "assumption": "Assumption", "note": "Note"}
NO_GROUNDS = "Not explained"
WIDEST = 42
"""Signs of the names of inputs on a terminal of 80 columns; their values have the rest of the line."""
AS_ABOVE = "As above."


class Line(NamedTuple):
    """One input, or a list of numbers that belong together, in words."""

    name: str
    value: str
    unit: str
    range: str
    grounds: str


def opening(scenario: Scenario) -> list[str]:
    """Return what is to be said before the inputs: title, notes, counts, cautions, each in one line."""
    title = (scenario.title or scenario.slug).rstrip(".")
    varied = f" [{'; '.join(scenario.variations)}]" if scenario.variations else ""
    lines = [
        f"{MARKS[scenario.status]}{title}{varied}.",
        scenario.notes,
        _units(scenario),
        f"{grounds_in_words(scenario).capitalize()}.",
    ]
    return [plain(line) for line in (*lines, *cautions(scenario)) if line]


def sections(scenario: Scenario) -> dict[str, list[Line]]:
    """Return the inputs by the part of the scenario to which they belong: `units`, a stage, a stream."""
    found: dict[str, list[Line]] = {}
    for (section, name), group in groupby(stated(scenario), key=lambda one: _place(one.path)):
        found.setdefault(section, []).append(_line(name, list(group)))
    return {section: list(said_once(lines)) for section, lines in found.items()}


def sources(scenario: Scenario) -> dict[str, str]:
    """Return the citations that are named by the inputs or in their words, by key, in the scenario's own order."""
    words = {text for one in stated(scenario) for _, text in one.words} | {scenario.notes}
    named = {key for text in words for key in re.findall(r"[\w-]+", text)} | words
    return {plain(key): plain(text) for key, text in scenario.sources.items() if key in named}


def markdown(scenario: Scenario) -> str:
    """Return the whole description as a page; what the scenario's author wrote is shown as it is, and does nothing."""
    title, *opened = opening(scenario)
    parts = [f"# {escaped(title)}\n", *(f"{escaped(line)}\n" for line in opened)]
    for section, inputs_of in sections(scenario).items():
        rows = [(f"`{line.name}`", *map(escaped, line[1:])) for line in inputs_of]
        parts.append(f"## {escaped(section)}\n\n{table(HEADINGS, rows)}")
    cited = sources(scenario)
    if cited:
        parts.append("## Sources\n")
        parts.append("".join(f"- {escaped(key)}: {escaped(text)}\n" for key, text in cited.items()))
    return "\n".join(parts)


def renderables(scenario: Scenario) -> Iterator[RenderableType]:
    """Yield the whole description for a terminal."""
    from rich.padding import Padding
    from rich.text import Text

    for sentence in opening(scenario):
        yield Text(f"{sentence}\n")
    for section, lines in sections(scenario).items():
        yield Text(section)
        width = min(WIDEST, max(len(line.name) for line in lines))
        for grounds, alike in _by_grounds(lines):
            yield from (Padding(_shown(line, width), (0, 0, 0, 2), expand=False) for line in alike)
            yield Padding(Text(grounds), (0, 0, 1, 6), expand=False)
    for key, text in sources(scenario).items():
        yield Text(f"{key}: {text}")


def _by_grounds(lines: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Yield the lines that rest on the same grounds together, with the grounds."""
    found: list[tuple[str, list[Line]]] = []
    for line in lines:
        if line.grounds == AS_ABOVE or (found and found[-1][0] == line.grounds == NO_GROUNDS):
            found[-1][1].append(line)
        else:
            found.append((line.grounds, [line]))
    yield from found


def _shown(line: Line, width: int) -> RenderableType:
    """Return an input with value, unit and range; a name that has no room in a column stands on a line of its own."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    measured = f"{line.value} {line.unit}" if line.unit not in ("", "year") else line.value
    said = Text(f"{measured}, range {line.range}" if line.range else measured)
    if len(line.name) > width:
        return Group(Text(line.name), Padding(said, (0, 0, 0, 4), expand=False))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=width)
    grid.add_row(Text(line.name), said)
    return grid


def _units(scenario: Scenario) -> str:
    """Return how many units of each kind there are, with their places."""
    kinds: dict[str, list[int | str]] = {}
    for unit in scenario.units.values():
        kinds.setdefault(unit.kind, []).append(unit.places)
    listed = (f"{len(places)} {kind} ({_sum(places)} places)" for kind, places in kinds.items())
    stages = sum(len(stages) for stages in scenario.pathways.values())
    return (
        f"Units: {', '.join(listed)}. {_counted(len(scenario.streams), 'stream')} of referrals, "
        f"{_counted(stages, 'stage')}, {_counted(len(scenario.localities), 'home locality', 'home localities')}."
    )


def _sum(places: list[int | str]) -> str:
    numbers = [one for one in places if isinstance(one, int)]
    return " and ".join(
        [*([f"{sum(numbers):,}"] if numbers else []), *(["unlimited"] if "unlimited" in places else [])]
    )


def grounds_in_words(scenario: Scenario) -> str:
    """Return how many numbers a scenario has, and where they come from, as part of a sentence."""
    found = inputs(scenario)
    kinds = [one.provenance for one in found]
    counts = [f"{kinds.count('source')} are sourced", f"{kinds.count('derived')} derived"]
    counts += [f"{kinds.count('assumption')} assumed", *([f"{n} not explained"] if (n := kinds.count("none")) else [])]
    n_ranges = sum(one.range is not None for one in found)
    return f"of {_counted(len(kinds), 'number')} {', '.join(counts)}; {n_ranges} have a stated range"


def _place(path: str) -> tuple[str, str]:
    """Return the section of an input and its name there; numbers of one list have one name."""
    keys = path.split(".")
    depth = {"pathways": 3, "streams": 2}.get(keys[0], 1)
    name = keys[depth:-1] if keys[-1].isdecimal() else keys[depth:]
    return ".".join(keys[:depth]), ".".join(name)


def _line(name: str, group: list[Stated]) -> Line:
    first = group[0]
    span = first.range if isinstance(first, Input) else None
    unit = unit_of_measure(tuple(first.path.split("."))) if isinstance(first.value, float) else ""
    number = "{:.0f}".format if unit == "year" else _number
    return Line(
        name,
        ", ".join(one.value if isinstance(one.value, str) else number(one.value) for one in group),
        unit,
        "" if span is None else f"{_number(span[0])} to {_number(span[1])}",
        " ".join(f"{BASES[kind]}: {plain(text).rstrip('.')}." for kind, text in first.words) or NO_GROUNDS,
    )


def _counted(n: int, noun: str, plural: str = "") -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {plural or noun + 's'}"


def _number(value: float) -> str:
    return f"{value:,.10g}"


def said_once(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines without repeating grounds that are those of the line before."""
    before = ""
    for line in lines:
        yield line._replace(grounds=AS_ABOVE) if line.grounds == before != NO_GROUNDS else line
        before = line.grounds
