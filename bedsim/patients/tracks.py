"""Tracks: everything that opens and shuts places, merged into one timetable before the engine runs.

Why: an engine knows one timetable. The written one, hours of admission, the quality gate, infection and places bought
on the spot are tracks of their own; a unit accepts people if all of them do, and has the written places and those
bought, less the part that is closed. What is drawn is drawn here, a replication at a time, so a unit without tracks
keeps its written rows and a scenario without tracks its very network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.network import bank_holidays
from bedsim.patients.steps import Steps, covered, steps
from bedsim.patients.timetable import Timetable, merged, timetable_of
from bedsim.patients.track_changes import changes
from bedsim.patients.track_sources import SpotSource, closure_source, inspection_source
from bedsim.scenario.values import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from bedsim.patients.network import Network
    from bedsim.patients.track_sources import Source
    from bedsim.scenario.schema import Scenario
    from bedsim.scenario.tracks import AdmissionHours

    Floats = NDArray[np.float64]

NO_CHANGES = timetable_of(())
ALWAYS = steps([], [], before=1.0)
NEVER = steps([], [], before=0.0)


@dataclass(frozen=True, eq=False)
class Sampled:
    """The network of one replication, and the places that are there or missing in it."""

    network: Network
    is_drawn: bool = False
    """Whether places depend on the replication; without it they are those of the written timetable."""
    opened: Timetable = NO_CHANGES
    """The rows of the network's timetable that change places, if any are drawn."""
    suspended: Timetable = NO_CHANGES
    """The places of care homes that the quality gate suspends, where they change; none before the first row."""
    closed: Timetable = NO_CHANGES
    """The places closed by infection, likewise."""

    @cached_property
    def demand_network(self) -> Network:
        """The network in which planned beds are unlimited; they still close."""
        return self.network.with_unlimited(self.network.planned_units)


@dataclass(frozen=True)
class UnitTracks:
    """What one unit has besides its written timetable."""

    unit: int
    places: Steps
    """As written."""
    accepting: Steps
    """As written."""
    hours: Steps
    bound_from: float
    """Tracks bind from this day on: people present at the start are in their places."""
    gate: Source | None = None
    infection: Source | None = None
    spot: SpotSource | None = None

    @property
    def is_sampled(self) -> bool:
        """Say whether anything of it is drawn."""
        return (self.gate, self.infection, self.spot) != (None, None, None)

    def changes(self, seed: int, replication: int, start: float, end: float, written: float) -> list[Timetable]:
        """Return what changes of the unit in one replication, if it has the places `written` until then.

        Four timetables: what the engine reads, and the places that are opened, suspended and closed.
        """

        def drawn(source: Source | None) -> Steps:
            return NEVER if source is None else source.drawn(seed, replication).since(self.bound_from, 0.0)

        tracks = (self.places, self.accepting, self.hours, drawn(self.gate), drawn(self.infection), drawn(self.spot))
        ends = np.cumsum([len(track.days) for track in tracks])
        days, values = (np.concatenate(columns) for columns in zip(*tracks, strict=True))
        found = changes(days, values, ends, (start, end), written)
        return [Timetable(day, np.full(len(day), self.unit), places, accepting) for day, places, accepting in found]


@dataclass(frozen=True, eq=False)
class Tracks:
    """What all replications of a network have in common of their tracks."""

    network: Network
    units: tuple[UnitTracks, ...]

    @property
    def draws_planned_beds(self) -> bool:
        """Say whether the number of planned beds that are open depends on chance."""
        return any(one.is_sampled and self.network.units[one.unit].is_planned for one in self.units)

    @cached_property
    def at_best(self) -> Network:
        """The network with every place that may be bought, and no track that closes any."""
        spot = {one.unit: one.spot.spec.places for one in self.units if one.spot is not None}
        if not spot:
            return self.network
        units, timetable = self.network.units, self.network.timetable
        more = np.array([float(spot.get(i, 0)) for i in range(len(units))])
        return replace(
            self.network,
            units=tuple(replace(unit, places=unit.places + n) for unit, n in zip(units, more.tolist(), strict=True)),
            timetable=timetable.with_places(timetable.places + more[timetable.unit]),
        )

    @cached_property
    def _unsampled(self) -> Sampled:
        """The one of all replications, if nothing is drawn."""
        return self._merged(0, 0)

    def sampled(self, seed: int, replication: int) -> Sampled:
        """Return a replication's network; the blueprint's own if there is no track at all."""
        if any(unit.is_sampled for unit in self.units):
            return self._merged(seed, replication)
        return self._unsampled

    def _merged(self, seed: int, replication: int) -> Sampled:
        if not self.units:
            return Sampled(self.network)
        start, end = self.network.start_day, self.network.end_day
        written = self.network.timetable
        others = written.only(~np.isin(written.unit, [one.unit for one in self.units]))
        parts = [[others], [others], [NO_CHANGES], [NO_CHANGES]]
        for one in self.units:
            found = one.changes(seed, replication, start, end, self.network.units[one.unit].places)
            for part, changed in zip(parts, found, strict=True):
                part.append(changed)
        timetable, *places = map(merged, parts)
        return Sampled(replace(self.network, timetable=timetable), any(one.is_sampled for one in self.units), *places)


def tracks_of(scenario: Scenario, network: Network, occupied: Collection[int]) -> Tracks:
    """Return the tracks of a scenario.

    Parameters
    ----------
    scenario
        Says what tracks there are.
    network
        The scenario's or one made of it, with other numbers of places: the written track of each unit.
    occupied
        The units in which people are at the first instant: nothing but the written timetable binds there on that day.

    Returns
    -------
    Tracks
        Of the units that have any.
    """
    first, last = int(network.start_day), int(np.ceil(network.end_day))
    units = []
    for i, (name, unit) in enumerate(scenario.units.items()):
        has_gate = unit.kind == "care_home" and scenario.quality_gate.inspections is not None
        has_gate = has_gate and scenario.quality_gate.minimum_rating != "none"
        if not (has_gate or unit.admission_hours or unit.spot or unit.closures):
            continue
        bound_from = network.start_day + (i in occupied)
        rows = network.timetable.only(network.timetable.unit == i)
        hours = ALWAYS if unit.admission_hours is None else _hours(scenario, unit.admission_hours, first, last)
        units.append(
            UnitTracks(
                unit=i,
                places=steps(rows.day, rows.places, network.units[i].places),
                accepting=steps(rows.day, rows.accepting.astype(np.float64), 1.0),
                hours=hours.since(bound_from, 1.0),
                bound_from=bound_from,
                gate=inspection_source(scenario, name, last) if has_gate else None,
                infection=closure_source(scenario, name, unit.closures, first, last) if unit.closures else None,
                spot=SpotSource(name, unit.spot, first, last) if unit.spot else None,
            )
        )
    return Tracks(network, tuple(units))


def _hours(scenario: Scenario, spec: AdmissionHours, first: int, last: int) -> Steps:
    """Return 1 while people are admitted."""
    days = np.arange(first, last, dtype=np.float64)
    dates = [scenario.time.start + timedelta(days=int(day)) for day in days]
    is_holiday = bank_holidays(dates) if spec.except_bank_holidays else (lambda _day: False)
    allowed: Floats = days[[WEEKDAYS[day.weekday()] in spec.days and not is_holiday(day) for day in dates]]
    begins: Floats = allowed + spec.from_hour / 24
    ends: Floats = allowed + spec.until_hour / 24
    return covered(begins, ends, 1.0)
