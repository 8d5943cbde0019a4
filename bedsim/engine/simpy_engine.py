"""The readable engine: section 6 of the model in SimPy.

Why: this is the reference. A patient's journey is a process that reads like the specification; places are given by
one allocator that scans everybody waiting in rank order, because that is the rule. Nothing is drawn here.

An instant has three steps: everything due, then the giving of places (GIVE), then leave and `then` rungs (EXIT). Of
what is due, timetables come first: whether a place given up is cleaned depends on whether the unit is unlimited. State
changes only in the allocator or at the event itself; a resumed journey only goes on.
"""

from __future__ import annotations

import math
from bisect import insort
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bedsim.engine.clock import EXIT, GIVE, TIMETABLE, Clock, Process
from bedsim.engine.rules import instants_of_stay
from bedsim.engine.stays import Stays, stays_of_rows
from bedsim.engine.units import Units
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    import simpy

    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients
    from bedsim.patients.timetable import TimetableEntry

PLACED, STOPPED = "placed", "stopped"
Rank = tuple[int, float, int, int]
"""Priority, requested_day, patient number; then the row, which is no part of the rank but goes with it."""


def simulate(patients: Patients, network: Network, shuffle: np.random.Generator | None = None) -> Stays:
    """Return the stays of these patients in this network.

    Parameters
    ----------
    patients
        People and routes, as drawn.
    network
        Units, ladders and timetable.
    shuffle
        For tests: puts the events due at one instant in random order, which must change nothing.

    Returns
    -------
    Stays
        Every stage asked for, from the network's start to its end.
    """
    simulation = Simulation(patients, network, shuffle)
    simulation.run()
    stays = simulation.stays()
    simulation.forget()
    return stays


class Simulation:
    """One run: the waiting list, the allocator and the journeys."""

    def __init__(self, patients: Patients, network: Network, shuffle: np.random.Generator | None = None) -> None:
        self.clock = Clock(network.start_day, shuffle)
        self.network = network
        self.units = Units(network)
        self.waiting: list[Rank] = []
        self.newcomers: list[int] = []
        self.leaving: list[int] = []
        self.answers: dict[int, simpy.Event] = {}
        self.is_giving_due = False
        self._read(patients)
        n = patients.n_rows
        self.requested, self.admitted, self.ready = [math.nan] * n, [math.nan] * n, [math.nan] * n
        self.transfer_end, self.go, self.left = [math.nan] * n, [math.nan] * n, [math.nan] * n
        self.unit, self.rung = [NONE] * n, [NONE] * n
        self.held_row = [NONE] * patients.n_patients
        self.final_outcome = [NONE] * patients.n_patients

    def _read(self, patients: Patients) -> None:
        """Take the patients' columns as lists, which Python reads faster than arrays."""
        self.patients = patients
        self.patient = patients.patient.tolist()
        self.referred_day = patients.referred_day.tolist()
        self.first_row = patients.first_row.tolist()
        self.stage = patients.stage.tolist()
        self.needed_days = patients.needed_days.tolist()
        self.transfer_days = patients.transfer_days.tolist()
        self.priority = patients.priority.tolist()
        self.patience_days = patients.patience_days.tolist()
        self.ladder = patients.ladder.tolist()
        self.next_row = patients.next_row.tolist()
        self.then_row = patients.then_row.tolist()
        self.outcome = patients.outcome.tolist()
        self.exit_outcome = patients.exit_outcome.tolist()

    # ---- the journey ------------------------------------------------------------------------------------------

    def referrals(self) -> Process:
        """Let each patient's journey begin when the patient is referred."""
        ties = (
            np.arange(self.patients.n_patients)
            if self.clock.shuffle is None
            else self.clock.shuffle.random(self.patients.n_patients)
        )
        for patient in np.lexsort((ties, self.patients.referred_day)).tolist():
            yield self.clock.at(self.referred_day[patient])
            self.clock.start(self.journey(patient))

    def journey(self, patient: int) -> Process:
        """Walk one patient through the stages of the route."""
        row = self.first_row[patient]
        while row != NONE:
            answer = yield self.ask(row)
            if answer == PLACED:
                yield self.clock.at(self.go[row])
                next_row = self.next_row[row]
                if next_row == NONE:
                    self.finish(patient, self.outcome[row])
            else:
                next_row = self.then_row[row]
            row = next_row

    def ask(self, row: int) -> simpy.Event:
        """Ask for a stage now; the event happens when there is a place, or when the ladder says to stop asking."""
        now = self.clock.now
        self.requested[row] = now
        insort(self.waiting, (self.priority[row], now, self.patient[row], row))
        self.newcomers.append(row)
        self.answers[row] = answer = self.clock.event()
        self.give_places_now()
        return answer

    def finish(self, patient: int, outcome: int) -> None:
        """End a journey: the place held, if any, is given up."""
        self.final_outcome[patient] = outcome
        row = self.held_row[patient]
        if row != NONE:
            self.left[row] = self.clock.now
            self.held_row[patient] = NONE
            self.give_back(self.unit[row])

    # ---- the units --------------------------------------------------------------------------------------------

    def give_back(self, unit: int) -> None:
        """Take back a place; it is cleaned first if the unit has a turnover time."""
        cleaning_days = self.units.cleaning_days(unit)
        if cleaning_days > 0:
            self.clock.at(self.clock.now + cleaning_days, partial(self.put_back, unit))
        else:
            self.put_back(unit)

    def put_back(self, unit: int) -> None:
        """Put a place back into use, cleaned if need be."""
        self.units.take(unit, -1)
        self.give_places_now()

    def change(self, entry: TimetableEntry) -> None:
        """Apply a row of the timetable."""
        self.units.change(entry)
        self.give_places_now()

    # ---- giving places ----------------------------------------------------------------------------------------

    def give_places(self) -> None:
        """Give places until nobody who waits can be given one (rules 3 and 4)."""
        self.is_giving_due = False
        held_row = self.held_row
        for row in [row for _, _, patient, row in self.waiting if held_row[patient] != NONE]:
            own = self.unit[held_row[self.patient[row]]]
            if (rung := self.open_rung_with(row, own)) != NONE:
                self.place(row, own, rung)
        while (taker := self.first_taker()) is not None:
            self.place(*taker)
        for row in self.newcomers:
            if row in self.answers:
                self.set_timers(row)
        self.newcomers.clear()

    def first_taker(self) -> tuple[int, int, int] | None:
        """Return the first by rank for whom there is a place: the row, the unit and the rung."""
        now, units, opens = self.clock.now, self.units, self.units.opens
        for _, requested, _, row in self.waiting:
            ladder = self.ladder[row]
            if ladder not in opens:
                units.look_for_room(ladder)
            if now >= requested + opens[ladder]:
                return row, *next((u, i) for after, u, i in units.with_room(ladder) if now >= requested + after)
        return None

    def open_rung_with(self, row: int, unit: int) -> int:
        """Return the first open rung that names a unit, NONE if none does."""
        now, requested = self.clock.now, self.requested[row]
        for i, (after_days, units, _) in enumerate(self.units.ladders[self.ladder[row]]):
            if now >= requested + after_days and unit in units:
                return i
        return NONE

    def place(self, row: int, unit: int, rung: int) -> None:
        """Give a patient a place in a unit; the place held before is given up, or kept if it is in the same unit."""
        now, patient = self.clock.now, self.patient[row]
        self.stop_waiting(row)
        own = self.held_row[patient]
        if own != NONE:
            self.left[own] = now
        if own == NONE or self.unit[own] != unit:
            self.units.take(unit, 1)
            if own != NONE:
                self.give_back(self.unit[own])
        self.held_row[patient] = row
        self.admitted[row], self.unit[row], self.rung[row] = now, unit, rung
        self.fix_stay(row)
        self.clock.happen(self.answers.pop(row), now, answer=PLACED)

    def fix_stay(self, row: int) -> None:
        """Fix, at admission, when the patient is ready, able to go and goes (rule 6)."""
        self.ready[row], self.transfer_end[row], self.go[row] = instants_of_stay(
            self.admitted[row],
            self.requested[row],
            self.needed_days[row],
            self.transfer_days[row],
            self.network.units[self.unit[row]],
            self.network.stages[self.stage[row]],
        )

    def stop_waiting(self, row: int) -> None:
        """Take a row off the waiting list."""
        self.waiting.remove((self.priority[row], self.requested[row], self.patient[row], row))

    def set_timers(self, row: int) -> None:
        """Have places given again when a rung opens, and the patient stop asking when patience ends."""
        now, requested = self.clock.now, self.requested[row]
        for after_days, _, _ in self.units.ladders[self.ladder[row]]:
            if requested + after_days > now:
                self.clock.at(requested + after_days, partial(self.give_if_waiting, row))
        if self.patience_days[row] < math.inf:
            self.clock.at(requested + self.patience_days[row], partial(self.exit_if_waiting, row))

    def give_if_waiting(self, row: int) -> None:
        """Have places given if a patient still waits when a rung opens."""
        if row in self.answers:
            self.give_places_now()

    def exit_if_waiting(self, row: int) -> None:
        """Note that a leave or `then` rung is due; it acts at the end of the instant (step C)."""
        if row in self.answers:
            if not self.leaving:
                self.clock.at(self.clock.now, self.exit_together, EXIT)
            self.leaving.append(row)

    def exit_together(self) -> None:
        """Let all whose leave or `then` rung is due and who still wait go, together (step C)."""
        leaving = [row for row in self.leaving if row in self.answers]
        self.leaving.clear()
        for row in leaving:
            self.stop_waiting(row)
            self.left[row] = self.clock.now
            if self.then_row[row] == NONE:
                self.finish(self.patient[row], self.exit_outcome[row])
            self.clock.happen(self.answers.pop(row), self.clock.now, answer=STOPPED)

    def give_places_now(self) -> None:
        """Have places given, if anybody waits, once everything due at this instant has happened."""
        if self.waiting and not self.is_giving_due:
            self.is_giving_due = True
            self.clock.at(self.clock.now, self.give_places, GIVE)

    def run(self) -> None:
        """Run until the end: what is due before it happens, nothing later."""
        start = self.network.start_day
        for entry in self.network.timetable:
            if entry.day <= start:
                self.change(entry)
            else:
                self.clock.at(entry.day, partial(self.change, entry), TIMETABLE)
        self.clock.start(self.referrals())
        self.clock.run_until(self.network.end_day)

    def forget(self) -> None:
        """Let go of the journeys that are not over: they refer to the simulation, and would keep it in memory."""
        self.clock.queue.clear()
        self.answers.clear()

    def stays(self) -> Stays:
        """Return what happened."""
        days = {
            "requested_day": self.requested,
            "admitted_day": self.admitted,
            "ready_day": self.ready,
            "transfer_end_day": self.transfer_end,
            "go_day": self.go,
            "left_day": self.left,
        }
        return stays_of_rows(self.patients, days, self.unit, self.rung, self.final_outcome)
