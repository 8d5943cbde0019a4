"""Rules on dates and on the people present at the start."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Literal

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.files import nearest
from bedsim.scenario.following import followed_places, followed_rate_per_day
from bedsim.scenario.present import line_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.context import Names
    from bedsim.scenario.tree import Keys

FIRST_YEAR, LAST_YEAR = 1950, 2200
"""Of the first day; beyond them a date is a slip of the pen."""
MOST_FINDINGS = 3
"""How many people of one line list are named."""


def _window(context: Context) -> tuple[int, int]:
    """Return the first day of the run and the day after its last, as date ordinals.

    With a warm-up that is not stated, only the days from `start` on are known to be within the run.
    """
    time = context.scenario.time
    warm_up = 0 if time.warm_up_days == "auto" else time.warm_up_days
    start = time.start.toordinal()
    return start - warm_up, start + time.run_length_days + time.cool_down_days


def _day(ordinal: int) -> str:
    """Return the date of an ordinal, or the calendar's own first or last date if it lies outside."""
    return str(date.fromordinal(min(max(ordinal, 1), date.max.toordinal())))


def _outside(context: Context, at: Keys, day: date, *, exclusive: bool = False) -> Iterator[Finding]:
    """Yield a finding if a date is outside the run; an exclusive end may be the day after its last."""
    first, end = _window(context)
    last = end if exclusive else end - 1
    if not first <= day.toordinal() <= last:
        remedy = "another date"
        if day.toordinal() < first and context.scenario.time.warm_up_days == "auto":
            remedy = (
                f"a later date, or state time.warm_up_days: {first - day.toordinal()}, which is auto, to begin so early"
            )
        yield Finding(at, f"be a date within the run, {_day(first)} to {_day(last)}", str(day), remedy)


def start_is_a_sensible_date(context: Context) -> Iterator[Finding]:
    """The first day is in the centuries for which anybody plans."""
    start = context.scenario.time.start
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        yield Finding(("time", "start"), f"be in the years {FIRST_YEAR} to {LAST_YEAR}", str(start), "2026-04-01")


def timetable_is_within_the_run(context: Context) -> Iterator[Finding]:
    """A unit changes while the run lasts."""
    for name, unit in context.scenario.units.items():
        for i, row in enumerate(unit.timetable):
            yield from _outside(context, ("units", name, "timetable", i, "date"), row.date)


def surge_is_within_the_run(context: Context) -> Iterator[Finding]:
    """A surge begins and ends while the run lasts."""
    for name, stream in context.scenario.streams.items():
        for i, surge in enumerate(stream.referrals.surges):
            at = ("streams", name, "referrals", "surges", i)
            yield from _outside(context, (*at, "from"), surge.from_)
            yield from _outside(context, (*at, "until"), surge.until, exclusive=True)


def booking_is_within_the_run(context: Context) -> Iterator[Finding]:
    """People are booked for days of the run."""
    for name, stream in context.scenario.streams.items():
        for i, booked in enumerate(stream.referrals.booked):
            yield from _outside(context, ("streams", name, "referrals", "booked", i, "date"), booked.date)


def counts_cover_some_of_the_run(context: Context) -> Iterator[Finding]:
    """A file of expected or observed referrals has at least one date of the run."""
    first, end = _window(context)
    for name, stream in context.scenario.streams.items():
        for key in ("expected_csv", "observed_csv"):
            table = context.scenario.tables.get(getattr(stream.referrals, key) or "")
            if not table or "date" not in table[0]:
                continue
            days = [row[table[0].index("date")] for row in table[1:] if len(row) == len(table[0])]
            if days and not any(_day(first) <= day <= _day(end - 1) for day in days):
                at = ("streams", name, "referrals", key)
                found = f"without any: its dates run from {min(days)[:20]} to {max(days)[:20]}"
                yield Finding(at, f"hold dates of the run, {_day(first)} to {_day(end - 1)}", found, "another start")


def people_present_are_somewhere_known(context: Context) -> Iterator[Finding]:
    """People present at the start belong to a stream, a unit and a stage of that stream's pathway."""
    for i, entry in enumerate(context.scenario.present_at_start):
        at = ("present_at_start", i)
        if entry.line_list_csv is None:
            named = {"stream": entry.stream or "", "unit": entry.unit or "", "stage": entry.stage or ""}
            for key, name, names in _not_known(context, named):
                remedy = nearest(name, sorted(names or ()))
                yield Finding((*at, key), f"name a {key} of the scenario", name, remedy)
            continue
        wrong = [
            (number, key, name)
            for number, cells in enumerate(line_list(context.scenario, entry), start=2)
            for key, name, _ in _not_known(context, cells)
        ]
        for number, key, name in wrong[:MOST_FINDINGS]:
            yield Finding(
                (*at, "line_list_csv"), f"name a {key} of the scenario in each row", f"{name} in row {number}"
            )


def _not_known(context: Context, named: dict[str, str]) -> Iterator[tuple[str, str, Names]]:
    """Yield key, name and the known names for what is not known of one person or entry."""
    stream = context.scenario.streams.get(named.get("stream", ""))
    stages = (context.stages or {}).get(stream.pathway) if stream else None
    known: dict[str, Names] = {
        "stream": context.streams,
        "unit": context.units,
        "stage": stages,
        "locality": context.localities,
    }
    for key, names in known.items():
        name = named.get(key)
        if name is not None and names is not None and name not in names and (name or key != "locality"):
            yield key, name, names


def people_present_need_a_stated_warm_up(context: Context) -> Iterator[Finding]:
    """People are present at the first instant of the run, so the scenario must say when that is."""
    if context.scenario.present_at_start and context.scenario.time.warm_up_days == "auto":
        must = "be a stated number of days, since people are present at the start of the run"
        yield Finding(("time", "warm_up_days"), must, "auto", "warm_up_days: 0")


def people_present_fit_in(context: Context) -> Iterator[Finding]:
    """At the first instant no unit that people are present in is closed, or has fewer places than people."""
    units = context.scenario.units
    present: dict[str, int] = {}
    for i, entry in enumerate(context.scenario.present_at_start):
        at = ("present_at_start", i, "fraction" if entry.fraction is not None else "patients")
        if entry.line_list_csv is not None:
            at = ("present_at_start", i, "line_list_csv")
        new = Counter(cells.get("unit", "") for cells in line_list(context.scenario, entry))
        if entry.unit in units:
            places = units[entry.unit].places
            if entry.fraction is not None and places == "unlimited":
                found = f"of {entry.unit}, which is unlimited"
                yield Finding(at, "be a fraction of a number of places", found, "patients: 20")
                continue
            new[entry.unit] += entry.n_people(places)
        for name in sorted(name for name, n in new.items() if n and name in units):
            present[name] = present.get(name, 0) + new[name]
            yield from _not_admitted(context, at, name, present[name])


def _not_admitted(context: Context, at: Keys, name: str, n: int) -> Iterator[Finding]:
    """Yield a finding if so many people cannot hold a place in a unit at the first instant."""
    places, accepting = _at_first_instant(context, name)
    later = f"a day after the start, on {_day(_window(context)[0] + 1)}"
    if not accepting:
        found = f"{n} in {name}, which is closed at the first instant"
        yield Finding(at, "be people in a unit that is open", found, f"close it {later}")
    elif places != "unlimited" and n > places:
        found = f"{n} in {name}, which has {places} at the first instant"
        stated = context.scenario.units[name].places
        remedy = f"shrink it {later}" if stated == "unlimited" or n <= stated else "fewer people"
        yield Finding(at, "be no more people than the unit has places", found, remedy)


def _at_first_instant(context: Context, name: str) -> tuple[int | Literal["unlimited"], bool]:
    """Return a unit's places, and whether it accepts, once the rows due by the first instant have been applied.

    With a warm-up that is not stated the first instant is not known, and no row counts.
    """
    unit, time = context.scenario.units[name], context.scenario.time
    places, accepting = unit.places, True
    if time.warm_up_days == "auto":
        return places, accepting
    first = (time.start.toordinal() - time.warm_up_days, 0.0)
    follow = unit.places_follow
    if follow is not None and places != "unlimited" and followed_rate_per_day(context.scenario, follow) is not None:
        places = followed_places(context.scenario, unit, -time.warm_up_days)
    for row in sorted(unit.timetable, key=lambda row: (row.date, row.hour)):
        if (row.date.toordinal(), row.hour) <= first:
            places = places if row.places is None else row.places
            accepting = accepting if row.accepting is None else row.accepting
    return places, accepting


TIME_RULES = (
    start_is_a_sensible_date,
    timetable_is_within_the_run,
    surge_is_within_the_run,
    booking_is_within_the_run,
    counts_cover_some_of_the_run,
    people_present_need_a_stated_warm_up,
)
"""Rules that need `time` to be right."""
PRESENT_RULES = (people_present_are_somewhere_known, people_present_fit_in)
