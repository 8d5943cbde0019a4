"""One person's journey as events and spans, read from the stays.

Why: a planner believes a simulation when one person in it can be followed from referral to outcome. Nothing is
simulated here and nothing guessed: an event is told on the day it happens, from the rows that the measures read, and
what has not happened by the end of the run is not told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from bedsim.measures.groups import travel_minutes
from bedsim.patients.network import locality_names
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from datetime import date

    from bedsim.engine.stays import Stays
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

Begun = Literal["referred", "present", "asked", "admitted", "moved", "stayed"]
Kind = Begun | Literal["ready", "arranged", "leave_time", "turned", "gave_up", "outcome", "unfinished"]
What = Literal["waiting", "staying", "arranging", "leave_time", "no_place"]
ROUTES = {"step_down": "from acute hospital (step-down)", "step_up": "from home (step-up)"}
MINUTES_A_DAY = 24 * 60
ROUNDING = 1e-6
"""Of a minute: 16:00 is two thirds of a day, which no float is."""


@dataclass(frozen=True)
class Event:
    """Something that happens to a person."""

    day: float
    """Since the scenario's start."""
    when: datetime
    """The same by the calendar, to the minute."""
    kind: Kind
    words: str
    unit: str = ""
    """Where it happens, or where it leads; none while no place is held."""
    stage: str = ""
    days: float = math.nan
    """What took so long: the wait, the need, the delay or, of an outcome, the stay."""

    @property
    def stamp(self) -> str:
        """The date and the minute, as long as any other."""
        return f"{self.when:%a} {self.when.day:2} {self.when:%b %Y %H:%M}"


@dataclass(frozen=True)
class Span:
    """A time in which a person's state does not change."""

    begin_day: float
    end_day: float
    what: What
    unit: str
    """The place held; none while there is none."""
    stage: str
    """The stage asked for, or the one that the place is for."""


class Row(NamedTuple):
    """One row of the stays, in names where they are needed."""

    row: int
    stage: str
    requested: float
    admitted: float
    ready: float
    transfer_end: float
    go: float
    left: float
    unit: int
    rung: int


def events_of(
    blueprint: Blueprint, patients: Patients, stays: Stays, patient: int
) -> tuple[tuple[Event, ...], tuple[Span, ...]]:
    """Return what happens to one person, by number, in order of time, and the spans between; nothing after the run."""
    return _Journey(blueprint, patients, stays, patient).told()


def at_time(start: date, day: float) -> datetime:
    """Return the date and the minute of a day since the start.

    >>> from datetime import date
    >>> at_time(date(2026, 4, 1), 1.5)
    datetime.datetime(2026, 4, 2, 12, 0)
    """
    whole = math.floor(day)
    minute = min(int((day - whole) * MINUTES_A_DAY + ROUNDING), MINUTES_A_DAY - 1)
    return datetime(start.year, start.month, start.day) + timedelta(days=whole, minutes=minute)


def in_words(days: float) -> str:
    """Return a length of time as words.

    >>> in_words(0.01), in_words(0.5), in_words(1.0), in_words(2.35)
    ('under an hour', '12 hours', '1 day', '2.4 days')
    """
    hours = round(days * 24)
    if hours < 1:
        return "under an hour"
    if days < 1:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    shown = f"{days:.1f}".removesuffix(".0")
    return f"{shown} day{'' if shown == '1' else 's'}"


def readable(name: str) -> str:
    """Return a name of the scenario as words."""
    return name.replace("_", " ")


class _Journey:
    """Tells one person's rows, in order of time."""

    def __init__(self, blueprint: Blueprint, patients: Patients, stays: Stays, patient: int) -> None:
        self.blueprint, self.patients, self.patient = blueprint, patients, patient
        self.network, self.scenario = blueprint.network, blueprint.scenario
        self.outcome = int(stays.outcome[patient])
        first, end = np.searchsorted(stays.patient, (patient, patient + 1)).tolist()
        self.rows = [
            Row(
                row=int(stays.row[i]),
                stage=blueprint.stages[int(stays.stage[i])].name,
                requested=float(stays.requested_day[i]),
                admitted=float(stays.admitted_day[i]),
                ready=float(stays.ready_day[i]),
                transfer_end=float(stays.transfer_end_day[i]),
                go=float(stays.go_day[i]),
                left=float(stays.left_day[i]),
                unit=int(stays.unit[i]),
                rung=int(stays.rung[i]),
            )
            for i in range(first, end)
        ]
        self.home = locality_names(self.scenario)[int(patients.locality[patient])]
        self.minutes = travel_minutes(self.scenario, self.network)[int(patients.locality[patient])]
        self.is_present = patients.origin[patients.origin_index[patient]] in {one.label for one in blueprint.present}
        self.stream = blueprint.streams[int(patients.stream[patient])].name
        self.events: list[Event] = []
        self.spans: list[Span] = []

    def told(self) -> tuple[tuple[Event, ...], tuple[Span, ...]]:
        if not self.is_present:
            self.referred()
        held: Row | None = None
        for i, row in enumerate(self.rows):
            following = self.rows[i + 1] if i + 1 < len(self.rows) else None
            self.asked(row, held, is_first=i == 0)
            if row.unit != NONE:
                self.placed(row, held, is_first=i == 0)
                held = row
            elif not math.isnan(row.left):
                self.stopped(row, held, following)
        self.end(held)
        return tuple(self.events), tuple(self.spans)

    def add(self, day: float, kind: Kind, words: str, unit: str = "", stage: str = "", days: float = math.nan) -> None:
        """Add an event, unless the run is over by then."""
        if day < self.network.end_day:
            self.events.append(Event(day, at_time(self.scenario.time.start, day), kind, words, unit, stage, days))

    def span(self, begin: float, end: float, what: What, unit: str, stage: str) -> None:
        """Add a span up to the end of the run, if it lasts at all."""
        end = min(self.network.end_day if math.isnan(end) else end, self.network.end_day)
        if begin < end:
            self.spans.append(Span(begin, end, what, unit, stage))

    def unit(self, row: Row | None) -> str:
        return "" if row is None or row.unit == NONE else self.network.units[row.unit].name

    def referred(self) -> None:
        home = f"; home: {readable(self.home)}" if self.home else ""
        words = f"referred {ROUTES[self.scenario.streams[self.stream].route]}, stream {readable(self.stream)}{home}"
        affected = self.patients.affected
        levers = affected["lever"][affected["patient"] == self.patient].tolist()
        names = ", ".join(readable(self.blueprint.levers[lever].name) for lever in levers)
        words += f"; affected by the lever{'s' if len(levers) > 1 else ''} {names}" if levers else ""
        self.add(float(self.patients.referred_day[self.patient]), "referred", words)

    def asked(self, row: Row, held: Row | None, is_first: bool) -> None:
        """Tell that a stage is asked for, and the time until the answer."""
        if is_first and self.is_present:
            return
        until = row.left if row.unit == NONE else row.admitted
        words = f"asks for a place for {readable(row.stage)}"
        if until != row.requested:
            waits_in = self.scenario.streams[self.stream].waits_in
            places = {"acute": "an acute bed", "home": "their own home"}
            place = places.get(waits_in, readable(waits_in)) if held is None else readable(self.unit(held))
            words = f"{words}, and waits in {place}"
        self.add(row.requested, "asked", words, self.unit(held), row.stage)
        if held is None:
            self.span(row.requested, until, "waiting", "", row.stage)

    def placed(self, row: Row, held: Row | None, is_first: bool) -> None:
        """Tell an admission, and what comes of it until the place may be left."""
        unit, name = self.network.units[row.unit], self.unit(row)
        waited = row.admitted - row.requested
        lasted = "waiting {}" if held is None else "{} without a next place"
        after = f"after {lasted.format(in_words(waited))}" if waited > 0 else "at once"
        where = f"{readable(name)} ({readable(unit.kind)})"
        if is_first and self.is_present:
            kind: Kind = "present"
            words = f"already in {where} when the run begins, for {readable(row.stage)}"
        elif held is not None and held.unit == row.unit:
            kind, words = "stayed", f"stays in {where} for {readable(row.stage)}, {after}"
        else:
            kind = "admitted" if held is None else "moved"
            start = "gets a place in" if held is None else f"moves from {readable(self.unit(held))} to"
            words = f"{start} {where} {after}: {self.choice(row)}{self.way(row)}"
        self.add(row.admitted, kind, words, name, row.stage, waited)
        left = self.network.end_day if math.isnan(row.left) else row.left
        self.span(row.admitted, min(row.ready, left), "staying", name, row.stage)
        self.span(row.ready, min(row.transfer_end, left), "arranging", name, row.stage)
        self.span(row.transfer_end, min(row.go, left), "leave_time", name, row.stage)
        self.span(row.go, left, "no_place", name, row.stage)
        if row.left != row.ready or self.patients.outcome[row.row] == NONE:  # who leaves for good at once may have died
            stay = row.ready - row.admitted
            self.add(row.ready, "ready", f"ready to leave after {in_words(stay)}", name, row.stage, stay)
        if (days := row.transfer_end - row.ready) > 0:
            reason = readable(self.blueprint.reasons[int(self.patients.reason[row.row])])
            words = f"leaving is arranged, {in_words(days)} later ({reason})"
            self.add(row.transfer_end, "arranged", words, name, row.stage, days)
        if (days := row.go - row.transfer_end) > 0:
            words = f"the next time at which people may leave, {in_words(days)} later"
            self.add(row.go, "leave_time", words, name, row.stage, days)

    def choice(self, row: Row) -> str:
        """Say by which rung of the ladder a place was given."""
        rungs = self.network.ladders[int(self.patients.ladder[row.row])]
        rung = rungs[row.rung]
        if rung.after_days > 0:
            how = f"offered after {in_words(rung.after_days)} of waiting"
        else:
            listed = [unit for one in rungs[: row.rung] for unit in one.units if one.after_days == 0]
            number = len(listed) + rung.units.index(row.unit) + 1
            how = "first choice" if number == 1 else f"choice number {number}"
        kinds = {"escalation": "an escalation bed, ", "out_of_area": "out of area, "}
        return f"{kinds.get(self.network.units[row.unit].kind, '')}{how}"

    def way(self, row: Row) -> str:
        """Say how far a planned bed is from home, where that is known."""
        minutes, site = float(self.minutes[row.unit]), self.scenario.units[self.unit(row)].locality
        far = "" if math.isnan(minutes) else f"; {minutes:.0f} minute{'s' * (round(minutes) != 1)} from home"
        is_away = self.network.units[row.unit].is_planned and self.home and site and site != self.home
        return f"{far}{f', outside the home locality, in {readable(str(site))}' if is_away else ''}"

    def stopped(self, row: Row, held: Row | None, following: Row | None) -> None:
        """Tell that somebody stops asking: for good, or to ask for another stage."""
        days = row.left - row.requested
        words = f"stops asking for {readable(row.stage)} after {in_words(days)}"
        if following is None:
            self.add(row.left, "gave_up", f"{words} without a place", self.unit(held), row.stage, days)
        else:
            words = f"{words}, and asks for {readable(following.stage)} instead"
            self.add(row.left, "turned", words, self.unit(held), row.stage, days)

    def end(self, held: Row | None) -> None:
        """Tell how the journey ends, or where the run leaves it."""
        last, place = self.rows[-1], self.unit(held)
        if self.outcome != NONE:
            outcome = readable(self.blueprint.outcomes[self.outcome])
            leaves, days = "", math.nan
            if held is not None:
                days, delay = held.left - held.admitted, held.left - held.ready
                late = f", {in_words(delay)} of them ready to leave" if delay > 0 else ""
                leaves = f"leaves {readable(place)} after {in_words(days)}{late}; "
            self.add(last.left, "outcome", f"{leaves}outcome: {outcome}", place, last.stage, days)
            return
        still = f"still asking for {readable(last.stage)}" if last.unit == NONE else f"still in {readable(place)}"
        if last.unit == NONE and held is not None:
            still = f"{still}, in {readable(place)}"
        end = self.network.end_day
        when = at_time(self.scenario.time.start, end)
        self.events.append(Event(end, when, "unfinished", f"the run ends: {still}", place, last.stage))
