"""One replication as these tests see it: arithmetic of their own on the stays, none of it from bedsim's measures.

Why: an exact value guards what the simulator does, and the arithmetic here is short enough to be checked by eye. That
bedsim's measures say the same of the same replication is a test beside this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Spells:
    """Lengths of time, each from `begin` up to but not including `end`; infinite if it lasts beyond the run."""

    begin: Floats
    end: Floats

    def total(self, days: float) -> float:
        """Return the person-days in the window `[0, days)`."""
        return float(np.clip(np.minimum(self.end, days) - np.maximum(self.begin, 0.0), 0.0, None).sum())

    def count_at(self, first: float, every: float, n: int) -> Ints:
        """Return how many go on at the instants `first`, `first + every`, ..., `n` of them."""

        def counts(days: Floats) -> Ints:
            instants = np.clip(np.ceil((days - first) / every), 0, n).astype(np.int64)  # the first not before it
            return np.bincount(instants, minlength=n + 1)[:n]

        return np.cumsum(counts(self.begin) - counts(self.end))

    def days_at_level(self, days: float) -> Floats:
        """Return for how long in the window `[0, days)` 0, 1, 2, ... of them went on at once."""
        begin, end = np.clip(self.begin, 0.0, days), np.clip(self.end, 0.0, days)
        instants = np.concatenate(([0.0], begin, end, [days]))
        change = np.concatenate(([0], np.ones(len(begin), np.int64), np.full(len(end), -1), [0]))
        order = np.argsort(instants, kind="stable")  # who comes before who goes, so that no level is below 0
        level = np.cumsum(change[order])[:-1]
        return np.bincount(level, weights=np.diff(instants[order]))


def once(method: Callable[..., Any]) -> Callable[..., Any]:
    """Have a method of one replication computed once for the same arguments; what it returns is not to be changed."""

    @wraps(method)
    def kept(self: Observed, *names: str | float | None) -> Any:
        key = (method.__name__, *names)
        if key not in self.kept:
            self.kept[key] = method(self, *names)
        return self.kept[key]

    return kept


@dataclass(frozen=True)
class Observed:
    """One replication: who came, and who stayed where, from when to when."""

    blueprint: Blueprint
    patients: Patients
    stays: Stays
    kept: dict[tuple[str | float | None, ...], Any] = field(default_factory=dict)

    @property
    def days(self) -> float:
        """Length of the window, which begins on day 0."""
        return float(self.blueprint.scenario.time.run_length_days)

    def places(self, unit: str) -> int:
        """Return the places of a unit."""
        return int(self.blueprint.scenario.units[unit].places)

    @once
    def held(self, unit: str, stream: str | None = None) -> Spells:
        """Return when each place of a unit was held, by everybody or by the people of a stream."""
        rows = self._in_unit(unit) if stream is None else self._in_unit(unit) & self._of_stream(stream)
        return Spells(self.stays.admitted_day[rows], _or(self.stays.left_day[rows], np.inf))

    @once
    def held_past_ready(self, unit: str) -> Spells:
        """Return when each place of a unit was held by somebody ready to leave."""
        rows = self._in_unit(unit)
        return Spells(_or(self.stays.ready_day[rows], np.inf), _or(self.stays.left_day[rows], np.inf))

    @once
    def asking(self, stage: str, stream: str | None = None) -> Spells:
        """Return when people asked for a stage and had not been given a place, or left unserved."""
        rows = self._at_stage(stage, stream)
        begin, admitted, left = (getattr(self.stays, f"{name}_day")[rows] for name in ("requested", "admitted", "left"))
        placed = self.stays.unit[rows] >= 0
        return Spells(begin, _or(np.where(placed, admitted, left), np.inf))

    @once
    def waits(self, stage: str, stream: str | None = None) -> Floats:
        """Return how long everybody referred in the window waited for a stage, leavers too."""
        rows = self._at_stage(stage, stream) & self._referred()[self.stays.patient]
        admitted, left = self.stays.admitted_day[rows], self.stays.left_day[rows]
        until = np.where(self.stays.unit[rows] >= 0, admitted, left)
        return _or(until, self.blueprint.network.end_day) - self.stays.requested_day[rows]

    @once
    def sorted_waits(self, stage: str, stream: str | None) -> Floats:
        """Return the waits for a stage in ascending order."""
        return np.sort(self.waits(stage, stream))

    @once
    def midnights(self, unit: str) -> Ints:
        """Return the people in a unit at each midnight of the window."""
        return self.held(unit, None).count_at(0.0, 1.0, int(self.days))

    @once
    def midnights_with(self, unit: str) -> Ints:
        """Return the number of midnights of the window with 0, 1, 2, ... people in a unit."""
        return np.bincount(self.midnights(unit))

    @once
    def days_with(self, unit: str, what: str) -> Floats:
        """Return for how long in the window a unit had 0, 1, 2, ... people, or so many ready to go (`past_ready`)."""
        spells = self.held_past_ready(unit) if what == "past_ready" else self.held(unit, None)
        return spells.days_at_level(self.days)

    @once
    def opened_empty(self, day: float, every: float) -> Ints:
        """Return the people in each unit so many days after it opened; the k-th opens on day k x `every`."""
        opened = every * self.stays.unit
        is_in = (self.stays.admitted_day <= opened + day) & ~(self.stays.left_day <= opened + day)
        return np.bincount(self.stays.unit[is_in & (self.stays.unit >= 0)], minlength=len(self.blueprint.units))

    @once
    def came_within(self, days: float) -> Ints:
        """Return, of the people admitted in each `days` of the window, how many are still in at the end of them."""
        spells = self.held(self.blueprint.units[0], None)
        part = np.floor(spells.begin / days)
        n = int(self.days // days)
        is_in = (part >= 0) & (part < n) & (spells.end > (part + 1) * days)
        return np.bincount(part[is_in].astype(np.int64), minlength=n)

    def n_referred(self, stream: str) -> float:
        """Return how many people a stream refers in the window."""
        return float((self._referred() & self._who(stream)).sum())

    def n_outcome(self, stream: str, outcome: str) -> float:
        """Return how many of the people a stream refers in the window come to this outcome."""
        came_to = self.stays.outcome == self.blueprint.outcomes.index(outcome)
        return float((self._referred() & self._who(stream) & came_to).sum())

    def n_first_placed(self, stream: str, unit: str) -> float:
        """Return how many of the people a stream refers in the window have their first place in this unit."""
        rows = self._in_unit(unit) & (self.stays.row == self.patients.first_row[self.stays.patient])
        people = np.zeros(self.patients.n_patients, dtype=bool)
        people[self.stays.patient[rows]] = True
        return float((self._referred() & self._who(stream) & people).sum())

    def n_admitted(self, unit: str, stream: str | None = None) -> float:
        """Return how many admissions to a unit fall in the window."""
        return self._n_in_window(self.held(unit, stream).begin)

    def n_left(self, unit: str) -> float:
        """Return how many people leave a unit in the window."""
        return self._n_in_window(self.held(unit).end)

    @once
    def needs(self, stage: str) -> Floats:
        """Return the needs of everybody who asked for a stage in the window, as they were drawn."""
        is_asked = (self.stays.requested_day >= 0) & (self.stays.requested_day < self.days)
        return self.patients.needed_days[self.stays.row[self._at_stage(stage, None) & is_asked]]

    def _n_in_window(self, instants: Floats) -> float:
        return float(((instants >= 0) & (instants < self.days)).sum())

    @once
    def _in_unit(self, unit: str) -> Mask:
        return self.stays.unit == self.blueprint.units.index(unit)

    @once
    def _at_stage(self, stage: str, stream: str | None) -> Mask:
        numbers = [i for i, plan in enumerate(self.blueprint.stages) if plan.name == stage]
        rows = np.logical_or.reduce([self.stays.stage == number for number in numbers])
        return rows if stream is None else rows & self._of_stream(stream)

    @once
    def _of_stream(self, stream: str) -> Mask:
        return self._who(stream)[self.stays.patient]

    @once
    def _who(self, stream: str) -> Mask:
        return self.patients.stream == [plan.name for plan in self.blueprint.streams].index(stream)

    @once
    def _referred(self) -> Mask:
        return (self.patients.referred_day >= 0) & (self.patients.referred_day < self.days)


def _or(days: Floats, otherwise: float) -> Floats:
    return np.where(np.isnan(days), otherwise, days)
