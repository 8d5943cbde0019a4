"""The rules of model.md, section 6, as a loop over instants: an oracle that shares no code with any engine.

Why: it is slow and has no event list, no timers and no processes - at each instant it looks at everybody - so what is
wrong in an engine's bookkeeping is not wrong here. Only small networks.
"""

from __future__ import annotations

import math

import numpy as np

from bedsim.engine.stays import Stays
from bedsim.patients.network import Network
from bedsim.patients.population import NONE, Patients

NAN = math.nan


def plain_simulate(patients: Patients, network: Network) -> Stays:
    """Return the stays of these patients in this network."""
    return PlainEngine(patients, network).run()


class PlainEngine:
    """One run: a state for each person, looked at instant by instant."""

    def __init__(self, patients: Patients, network: Network) -> None:
        self.p, self.net = patients, network
        self.places = [unit.places for unit in network.units]
        self.accepts = [True for _ in network.units]
        self.timetable = list(network.timetable)
        self.cleanings: list[tuple[float, int]] = []
        n = patients.n_patients
        self.state = ["to come"] * n
        self.row = [int(row) for row in patients.first_row]
        self.holds = [NONE] * n
        self.outcome = [NONE] * n
        self.log: dict[int, dict[str, float]] = {}

    def run(self) -> Stays:
        self.now = self.net.start_day
        while self.now < self.net.end_day:
            self.instant()
            self.now = min((t for t in self.coming() if t > self.now), default=math.inf)
        return self.stays()

    def coming(self) -> list[float]:
        """Every instant at which something may happen."""
        times = [entry.day for entry in self.timetable] + [until for until, _ in self.cleanings]
        for person, state in enumerate(self.state):
            row = self.row[person]
            if state == "to come":
                times.append(float(self.p.referred_day[person]))
            elif state == "staying":
                times.append(self.log[row]["go"])
            elif state == "waiting":
                asked = self.log[row]["requested"]
                times += [asked + rung.after_days for rung in self.ladder(row)]
                times.append(asked + float(self.p.patience_days[row]))
        return times

    def instant(self) -> None:
        while True:
            while self.step_a():
                self.step_b()
            self.step_b()
            if self.is_due():
                continue
            if not self.step_c():
                return

    def is_due(self) -> bool:
        return any(
            state == "staying" and self.log[self.row[person]]["go"] <= self.now
            for person, state in enumerate(self.state)
        )

    def step_a(self) -> bool:
        happened = False
        while self.timetable and self.timetable[0].day <= self.now:
            entry = self.timetable.pop(0)
            self.places[entry.unit], self.accepts[entry.unit] = entry.places, entry.accepting
            happened = True
        clean = [c for c in self.cleanings if c[0] <= self.now]
        self.cleanings = [c for c in self.cleanings if c[0] > self.now]
        for person, state in enumerate(self.state):
            if state == "to come" and self.p.referred_day[person] <= self.now:
                self.ask(person, self.row[person])
                happened = True
            elif state == "staying" and self.log[self.row[person]]["go"] <= self.now:
                row = self.row[person]
                if self.p.next_row[row] != NONE:
                    self.ask(person, int(self.p.next_row[row]))
                else:
                    self.end(person, int(self.p.outcome[row]))
                happened = True
        return happened or bool(clean)

    def step_b(self) -> None:
        for person, state in enumerate(self.state):
            if state == "waiting" and self.holds[person] != NONE:
                own = int(self.log[self.holds[person]]["unit"])
                for i, rung in enumerate(self.ladder(self.row[person])):
                    if self.is_open(self.row[person], rung.after_days) and own in rung.units:
                        self.admit(person, own, i)
                        break
        while True:
            takers = [(self.rank(person), person) for person, s in enumerate(self.state) if s == "waiting"]
            for _, person in sorted(takers):
                choice = self.choice(person)
                if choice is not None:
                    self.admit(person, *choice)
                    break
            else:
                return

    def step_c(self) -> bool:
        leavers = [
            person
            for person, state in enumerate(self.state)
            if state == "waiting" and self.is_open(self.row[person], float(self.p.patience_days[self.row[person]]))
        ]
        for person in leavers:
            row = self.row[person]
            self.log[row]["left"] = self.now
            if self.p.then_row[row] != NONE:
                self.ask(person, int(self.p.then_row[row]))
            else:
                self.end(person, int(self.p.exit_outcome[row]))
        return bool(leavers)

    def ladder(self, row: int):
        return self.net.ladders[self.p.ladder[row]]

    def is_open(self, row: int, after_days: float) -> bool:
        return self.now >= self.log[row]["requested"] + after_days

    def rank(self, person: int) -> tuple[int, float]:
        return int(self.p.priority[self.row[person]]), self.log[self.row[person]]["requested"]

    def free(self, unit: int) -> float:
        held = sum(1 for row in self.holds if row != NONE and self.log[row]["unit"] == unit)
        return self.places[unit] - held - sum(1 for _, cleaned in self.cleanings if cleaned == unit)

    def choice(self, person: int) -> tuple[int, int] | None:
        for i, rung in enumerate(self.ladder(self.row[person])):
            if self.is_open(self.row[person], rung.after_days):
                for unit in rung.units:
                    if self.accepts[unit] and self.free(unit) > rung.keep_free:
                        return unit, i
        return None

    def ask(self, person: int, row: int) -> None:
        self.row[person], self.state[person] = row, "waiting"
        self.log[row] = dict.fromkeys(("admitted", "ready", "transfer_end", "go", "left"), NAN)
        self.log[row] |= {"requested": self.now, "unit": NONE, "rung": NONE}

    def admit(self, person: int, unit: int, rung: int) -> None:
        row = self.row[person]
        if self.holds[person] != NONE:
            old = self.log[self.holds[person]]
            old["left"] = self.now
            if old["unit"] != unit:
                self.clean(int(old["unit"]))
        self.holds[person], self.state[person] = row, "staying"
        rules, stage = self.net.units[unit], self.net.stages[self.p.stage[row]]
        entry = self.log[row]
        stay = float(self.p.needed_days[row]) * rules.stay_factor
        if stage.deconditioning_per_day > 0:
            waited = self.now - entry["requested"]
            stay = stay + min(stage.deconditioning_per_day * waited, stage.deconditioning_most_days)
        ready = self.now + stay
        x = ready + float(self.p.transfer_days[row])
        entry |= {"admitted": self.now, "unit": unit, "rung": rung, "ready": ready, "transfer_end": x}
        entry["go"] = x if rules.leave is None else first_leave(rules.leave, x)

    def clean(self, unit: int) -> None:
        turnover_days = self.net.units[unit].turnover_days
        if turnover_days > 0 and math.isfinite(self.places[unit]):
            self.cleanings.append((self.now + turnover_days, unit))

    def end(self, person: int, outcome: int) -> None:
        self.state[person], self.outcome[person] = "gone", outcome
        if self.holds[person] != NONE:
            held = self.log[self.holds[person]]
            held["left"] = self.now
            self.holds[person] = NONE
            self.clean(int(held["unit"]))

    def stays(self) -> Stays:
        rows = sorted(self.log)

        def floats(name: str) -> np.ndarray:
            return np.array([self.log[row][name] for row in rows], dtype=np.float64)

        def ints(name: str) -> np.ndarray:
            return np.array([self.log[row][name] for row in rows], dtype=np.int64)

        asked = np.array(rows, dtype=np.int64)
        return Stays(
            row=asked,
            patient=self.p.patient[asked],
            stage=self.p.stage[asked],
            visit=self.p.visit[asked],
            requested_day=floats("requested"),
            admitted_day=floats("admitted"),
            ready_day=floats("ready"),
            transfer_end_day=floats("transfer_end"),
            go_day=floats("go"),
            left_day=floats("left"),
            unit=ints("unit"),
            rung=ints("rung"),
            outcome=np.array(self.outcome, dtype=np.int64),
        )


def first_leave(rule, x: float) -> float:
    """Return the first allowed instant at or after x, by trying every day (the last seven days repeat)."""
    if x >= 2.0**53:
        return x
    for day in range(math.floor(x), math.floor(x) + 100):
        i = day - rule.first_day
        if i >= len(rule.allowed):
            i = len(rule.allowed) - 1 - (len(rule.allowed) - 1 - i) % 7
        if not rule.allowed[i]:
            continue
        instant = max(x, float(day)) if rule.hour is None else day + rule.hour / 24
        if instant >= x:
            return instant
    raise AssertionError("no leave day within 100 days")
