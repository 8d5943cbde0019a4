"""One simulated person's journey, and that of the same person in another scenario with the same luck.

Why: people are drawn before anything is simulated, under keys that last across scenarios (docs/model.md, section 4). So
somebody can be followed through one plan and then through another, and what differs is the plan. A patient's number
orders one population and is not that person's name elsewhere: more demand or a longer warm-up puts others before them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.overload import visits_per_day
from bedsim.analysis.plan import MOST_STAYS_OF_ONE
from bedsim.analysis.recipe import checked_stays
from bedsim.analysis.trace_events import at_time, events_of, in_words, readable
from bedsim.analysis.trace_like import matching, read_words
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.errors import BedsimError, RunTooLargeError, StuckError
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.patients.network import locality_names

if TYPE_CHECKING:
    from bedsim.analysis.trace_events import Event, Span
    from bedsim.engine.stays import Stays
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients
    from bedsim.scenario.schema import Scenario

MOST_SEARCHED = 10
"""Replications in which somebody is looked for, if none is named."""
NOT_REAL = "simulated, not a real person"


@dataclass(frozen=True)
class Trace:
    """A person's journey through a scenario."""

    scenario: Scenario = field(repr=False)
    seed: int
    replication: int
    patient: int
    """The number in this population, from 0."""
    stream: str
    origin: str
    """Where the person comes from: a layer of candidates, a booking or a list."""
    index: int
    """Among those of the origin; with stream and origin this is who it is in every scenario."""
    home: str
    """A locality; none if people have none."""
    events: tuple[Event, ...] = field(repr=False)
    spans: tuple[Span, ...] = field(repr=False)

    @property
    def title(self) -> str:
        """The scenario's title with what must be said of it: illustrative, a worked example, laid over."""
        scenario = self.scenario
        mark = "" if scenario.status == "verified" else f"{readable(scenario.status).upper()}. "
        variations = f" [{'; '.join(scenario.variations)}]" if scenario.variations else ""
        return "".join(sign for sign in f"{mark}{scenario.title or scenario.slug}{variations}" if sign.isprintable())

    @property
    def who(self) -> str:
        """The person in a line."""
        return f"Patient {self.patient} of replication {self.replication}, seed {self.seed}: {NOT_REAL}."

    @property
    def totals(self) -> str:
        """How long the person waited without a place, was in places, and stayed after being ready."""
        waiting, places = self._days("waiting"), self._days("staying", "arranging", "leave_time", "no_place")
        late = self._days("arranging", "leave_time", "no_place")
        parts = [f"{in_words(places)} in places" if places else "never in a place"]
        parts += [f"{in_words(late)} of them after being ready to leave"] if late else []
        begin = f"{in_words(waiting)} waiting without a place" if waiting else "No wait without a place"
        return f"{begin[0].upper()}{begin[1:]}; {', '.join(parts)}."

    def text(self) -> str:
        """Return the journey as a timeline, one line an event."""
        lines, before = [], ""
        for event in self.events:
            lines.append(f"{event.stamp if event.stamp != before else '':{len(event.stamp)}}  {event.words}")
            before = event.stamp
        return "\n".join((f"{self.title.rstrip('.')}.", self.who, "", *lines, "", self.totals))

    def _days(self, *kinds: str) -> float:
        return sum(span.end_day - span.begin_day for span in self.spans if span.what in kinds)


@dataclass(frozen=True)
class World:
    """One replication of a scenario: its people and what happens to them."""

    blueprint: Blueprint
    seed: int
    replication: int
    patients: Patients
    stays: Stays

    def trace(self, patient: int) -> Trace:
        """Return a person's journey, by number."""
        patients, blueprint = self.patients, self.blueprint
        events, spans = events_of(blueprint, patients, self.stays, patient)
        return Trace(
            scenario=blueprint.scenario,
            seed=self.seed,
            replication=self.replication,
            patient=patient,
            stream=blueprint.streams[int(patients.stream[patient])].name,
            origin=patients.origin[int(patients.origin_index[patient])],
            index=int(patients.index[patient]),
            home=locality_names(blueprint.scenario)[int(patients.locality[patient])] or "",
            events=events,
            spans=spans,
        )


def trace(
    scenario: Scenario,
    patient: int | None = None,
    like: str | None = None,
    replication: int | None = None,
    seed: int = 1,
) -> Trace:
    """Return one person's journey.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    patient
        The person's number in the replication, from 0; people referred in the warm-up have numbers too.
    like
        Instead of a number, words such as "waited, out_of_area": the first person referred in the window of whom all
        are true.
    replication
        From 0; without one it is 0, and the first ten are searched for somebody `like`.
    seed
        Root of all random streams, as of a run.

    Returns
    -------
    Trace
        With its events; `text()` tells them.

    Raises
    ------
    BedsimError
        If there is no such number, no such word or nobody like that; or if somebody can never move.
    """
    if (patient is None) == (like is None):
        raise BedsimError(
            "a person is named by number or by what happens to them. Try --patient 1000 or --like waited."
        )
    if replication is not None and replication < 0:
        raise BedsimError(f"the replication must be 0 or above, but is {replication}. Try --replication 0.")
    blueprint = prepared(scenario)
    if like is not None:
        return _first_like(blueprint, seed, like, replication)
    assert patient is not None
    world = simulated(blueprint, seed, replication or 0)
    n = world.patients.n_patients
    if not 0 <= patient < n:
        raise BedsimError(
            f"replication {world.replication} of {scenario.slug} with seed {seed} has patients 0 to {n - 1}, those of "
            f"the warm-up included, but the patient asked for is {patient}. Try --patient {n // 2}, or --like waited."
            if n
            else f"replication {world.replication} of {scenario.slug} with seed {seed} has no patients at all. "
            "Try more referrals."
        )
    return world.trace(patient)


def same_person(found: Trace, scenario: Scenario) -> tuple[Trace | None, str]:
    """Return the same person's journey in another scenario, and a sentence on whether it is the same person.

    Parameters
    ----------
    found
        The journey in the first.
    scenario
        The other.

    Returns
    -------
    tuple[Trace | None, str]
        None if the person does not exist there; the sentence says why.
    """
    blueprint = prepared(scenario)
    other = scenario.slug if scenario.slug != found.scenario.slug else "the other scenario"
    absent = f"This person does not exist in {other}: "
    world = simulated(blueprint, found.seed, found.replication)
    patients, streams = world.patients, [stream.name for stream in blueprint.streams]
    if found.stream not in streams:
        return None, f"{absent}it has no stream {found.stream}."
    origins = [i for i, label in enumerate(patients.origin) if label == found.origin]
    who = np.flatnonzero(
        np.isin(patients.origin_index, origins)
        & (patients.stream == streams.index(found.stream))
        & (patients.index == found.index)
    )
    if not len(who):
        what = "demand, levers" if blueprint.levers else "demand"
        return None, f"{absent}nobody is referred in that one's place there, because {what} or the days differ."
    there = world.trace(int(who[0]))
    first, second = (at_time(one.scenario.time.start, _begin(one)) for one in (found, there))
    if first != second:
        return None, (
            f"{absent}the person with the same draws comes on {second:%d %b %Y}, not on {first:%d %b %Y}, because the "
            "scenarios begin on other days or draw their people from other rates."
        )
    number = "" if there.patient == found.patient else f", number {there.patient} there"
    if there.home != found.home:
        homes = f"{readable(there.home) or 'none'} there, {readable(found.home) or 'none'} here"
        return there, f"The same referral{number}, but not the same person: the home is {homes}."
    return there, f"The same person in both{number}: referred at the same minute, with the same random numbers."


def _begin(one: Trace) -> float:
    return one.events[0].day


def prepared(scenario: Scenario) -> Blueprint:
    """Return the blueprint; refuse a replication that would not fit into memory."""
    from_start = prepare(scenario, 0)
    per_day = sum(visits_per_day(from_start).values())
    blueprint = prepare(scenario, choose_warm_up(scenario, from_start).days)
    days = blueprint.network.end_day - blueprint.network.start_day
    if days * per_day > MOST_STAYS_OF_ONE:
        raise RunTooLargeError(
            f"one replication of {days / 365.25:,.1f} years is about {days * per_day:.2g} stays; more than "
            f"{MOST_STAYS_OF_ONE:,} are refused. Try a shorter run."
        )
    return blueprint


def simulated(blueprint: Blueprint, seed: int, replication: int) -> World:
    """Return one replication; say which if somebody in it can never move."""
    patients = draw(blueprint, seed, replication)
    try:
        stays = checked_stays(blueprint, patients, blueprint.network_of(seed, replication), "compiled")
    except StuckError as error:
        raise StuckError(f"replication {replication}: {error}") from None
    return World(blueprint, seed, replication, patients, stays)


def _first_like(blueprint: Blueprint, seed: int, like: str, replication: int | None) -> Trace:
    """Return the first person of whom all words are true; say of how many each is true if there is none."""
    words = read_words(like, blueprint)
    searched = range(MOST_SEARCHED) if replication is None else range(replication, replication + 1)
    n_alone = dict.fromkeys(words, 0)
    for number in searched:
        world = simulated(blueprint, seed, number)
        found = matching(words, blueprint, world.patients, world.stays)
        everything = np.flatnonzero(np.logical_and.reduce([*found.values()]))
        if len(everything):
            return world.trace(int(everything[0]))
        for word, people in found.items():
            n_alone[word] += int(people.sum())
    where = f"replication {searched[0]}" if len(searched) == 1 else f"replications 0 to {searched[-1]}"
    alone = ", ".join(f"{word} {n:,}" for word, n in n_alone.items())
    raise BedsimError(
        f"nobody referred in the window in {where} of {blueprint.scenario.slug} with seed {seed} is all of: "
        f"{', '.join(words)}. People of whom each is true: {alone}. Try fewer words"
        f"{', another --replication' if replication is not None else ''} or another --seed."
    )
