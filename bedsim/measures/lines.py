"""Which counts belong to which published percentile: the lines of histograms that are one together.

Why: days, waits and delays are counted in small parts, by unit and year or by month, and what is published is put
together from them. Counting one replication and reading many must put together the same lines, so it is said here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.measures.definitions import MEASURES
from bedsim.measures.spread import Unions, unions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bedsim.measures.yardstick import Yardstick

Key = tuple[str, str, str]
"""Unit (or kind, `system`, home, route, segment, reason, stage), measure and period."""
WAYS = "ways"
"""No histograms: minutes on the way are counted when they are read, by year and cell."""
SQUARES, PRODUCTS = "squares_of_", "products_of_"
"""Begin the names of what `spread` keeps of histograms."""
DIFFERING = ("waits", "delays", "requests")
"""Histograms of lengths: replications have different numbers of them, and their spread is kept at marks."""


class Place(NamedTuple):
    """Where the counts of a published percentile are."""

    histograms: str
    """The name in `Totals`, or `WAYS`."""
    lines: tuple[int, ...]
    union: int | None
    """The line of their spread; None where it is not kept: travel minutes."""


def places_of(yardstick: Yardstick) -> dict[str, dict[Key, Place]]:
    """Return where the counts of every published percentile are, by measure and key."""
    found: dict[str, dict[Key, Place]] = {measure: {} for measure in MEASURES}
    n_unions: dict[str, int] = {}
    for name, key, lines in (*_of_midnights(yardstick), *_of_people(yardstick)):
        found[key[1]][key] = Place(name, lines, None if name == WAYS else n_unions.get(name, 0))
        n_unions[name] = n_unions.get(name, 0) + 1
    return found


def unions_by_name(places: Mapping[str, Mapping[Key, Place]]) -> dict[str, Unions]:
    """Return the unions of lines of which the spread is kept, by the histograms' name, in the order of their lines."""
    sets: dict[str, dict[int, tuple[int, ...]]] = {}
    for place in (place for of_measure in places.values() for place in of_measure.values()):
        if place.union is not None:
            sets.setdefault(place.histograms, {})[place.union] = place.lines
    return {name: unions_of([lines for _, lines in sorted(of_name.items())]) for name, of_name in sets.items()}


def _of_midnights(yardstick: Yardstick) -> Iterator[tuple[str, Key, tuple[int, ...]]]:
    calendar = yardstick.calendar
    for name, lines, periods in (
        ("midnights_by_year", yardstick.daily_lines.tolist(), calendar.years),
        ("midnights_by_month", yardstick.system_lines.tolist(), calendar.months),
    ):
        for period, parts in periods.items():
            for i, line in enumerate(lines):
                group, measure = yardstick.midnight_keys[line]
                yield name, (group, measure, period), tuple(part * len(lines) + i for part in parts)


def _of_people(yardstick: Yardstick) -> Iterator[tuple[str, Key, tuple[int, ...]]]:
    units, people, stays = yardstick.members, yardstick.people_members, yardstick.stay_members
    for name, measure, groups, members in (
        ("waits", "wait_days", yardstick.groups[:-1], units[:-1]),
        ("requests", "wait_days", yardstick.people_groups, people),
        ("delays", "delay_days", (*yardstick.groups, *yardstick.segments), stays),
        (WAYS, "travel_minutes", yardstick.people_groups, people),
    ):
        if not yardstick.knows_way(measure):
            continue
        for period, years in yardstick.calendar.years.items():
            for group, mine in zip(groups, members, strict=True):
                of_group = np.flatnonzero(mine).tolist()
                yield name, (group, measure, period), tuple(year * len(mine) + i for year in years for i in of_group)
