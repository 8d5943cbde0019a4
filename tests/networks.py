"""Small networks for the tests, built directly as the arrays an engine reads.

Why: an engine must be right on networks nobody would write as a scenario. `build` makes the hand-computed examples,
`random_network` one of endlessly many small networks in which every rule of model.md, section 6, gets its turn, and
`networks` the hypothesis strategy of these. Any two engines can be compared on them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from bedsim.patients.network import LeaveRule, Network, StageRules, UnitRules, UnitRung
from bedsim.patients.population import NONE, Patients
from bedsim.patients.timetable import TimetableEntry, timetable_of

DONE, LEFT = 0, 1
"""Outcomes: the last stage is over; a leave rung acted."""
PRESENT_PRIORITY = -1_000_000
Rungs = tuple[tuple[float, tuple[int, ...], int], ...]
"""Unit rungs of a ladder: after_days, units, keep_free."""


@dataclass(frozen=True)
class Step:
    """One stage of a person's route and what follows it."""

    needed: float
    rungs: Rungs = ((0.0, (0,), 0),)
    patience: float = math.inf
    """Wait until the leave rung, or until the `then` rung if `then` is given."""
    then: Step | None = None
    next: Step | None = None
    transfer: float = 0.0
    priority: int = 0
    stage: int = 0


def rungs(*listed: tuple[float, int | tuple[int, ...]] | tuple[float, int | tuple[int, ...], int]) -> Rungs:
    """Return a ladder's unit rungs; a single unit need not be in a tuple and keep_free may be left out."""
    return tuple(
        (float(rung[0]), rung[1] if isinstance(rung[1], tuple) else (rung[1],), rung[2] if len(rung) > 2 else 0)
        for rung in listed
    )


def unit(places: float, name: str = "ward", **rules: object) -> UnitRules:
    """Return a unit's rules."""
    return UnitRules(name=name, kind="community_hospital", places=float(places), **rules)  # type: ignore[arg-type]


def build(
    units: Sequence[UnitRules],
    people: Sequence[tuple[float, Step]],
    timetable: Sequence[tuple[float, int, float, bool]] = (),
    stages: Sequence[StageRules] = (StageRules("stage"),),
    start: float = 0.0,
    end: float = 1_000.0,
    streams: Sequence[int] | None = None,
) -> tuple[Patients, Network]:
    """Return patients and network; people are given as (referred_day, first step) and numbered by day, then stream."""
    of_stream = list(streams) if streams is not None else [0] * len(people)
    order = sorted(range(len(people)), key=lambda i: (people[i][0], of_stream[i], i))
    ladders: dict[Rungs, int] = {}
    rows: list[dict[str, float]] = []
    first_rows = []
    for number, i in enumerate(order):
        first_rows.append(len(rows))
        _add_route(people[i][1], number, rows, ladders)
    network = Network(
        units=tuple(units),
        stages=tuple(stages),
        ladders=tuple(tuple(UnitRung(after, named, free) for after, named, free in ladder) for ladder in ladders),
        timetable=timetable_of(TimetableEntry(float(d), u, float(p), a) for d, u, p, a in timetable),
        start_day=float(start),
        end_day=float(end),
    )

    def column(name: str, kind: type = np.int64) -> np.ndarray:
        return np.array([row[name] for row in rows], dtype=kind)

    n = len(order)
    patients = Patients(
        stream=np.array([of_stream[i] for i in order], dtype=np.int64),
        locality=np.zeros(n, dtype=np.int64),
        segment=np.zeros(n, dtype=np.int64),
        origin=("example",),
        origin_index=np.zeros(n, dtype=np.int64),
        index=np.array(order, dtype=np.int64),
        referred_day=np.array([people[i][0] for i in order], dtype=np.float64),
        first_row=np.array(first_rows, dtype=np.int64),
        needed_days=column("needed_days", np.float64),
        transfer_days=column("transfer_days", np.float64),
        patience_days=column("patience_days", np.float64),
        reason=np.zeros(len(rows), dtype=np.int64),
        branch=np.zeros(len(rows), dtype=np.int64),
        **{
            name: column(name)
            for name in (
                "patient",
                "stage",
                "visit",
                "ladder",
                "priority",
                "exit_outcome",
                "then_row",
                "next_row",
                "outcome",
            )
        },
    )
    return patients, network


def _add_route(first: Step, number: int, rows: list[dict[str, float]], ladders: dict[Rungs, int]) -> None:
    """Append the rows of one person's route, parents before children."""
    todo: list[tuple[Step, int, str, tuple[int, ...]]] = [(first, NONE, "", ())]
    while todo:
        step, parent, link, path = todo.pop(0)
        row = len(rows)
        if parent != NONE:
            rows[parent][link] = row
        may_leave = step.then is None and math.isfinite(step.patience)
        rows.append(
            {
                "patient": number,
                "stage": step.stage,
                "visit": path.count(step.stage) + 1,
                "needed_days": step.needed,
                "transfer_days": step.transfer,
                "ladder": ladders.setdefault(step.rungs, len(ladders)),
                "priority": step.priority,
                "patience_days": step.patience,
                "exit_outcome": LEFT if may_leave else NONE,
                "then_row": NONE,
                "next_row": NONE,
                "outcome": DONE if step.next is None else NONE,
            }
        )
        path = (*path, step.stage)
        if step.next is not None:
            todo.append((step.next, row, "next_row", path))
        if step.then is not None:
            todo.append((step.then, row, "then_row", path))


def random_network(seed: int, whole_days: bool) -> tuple[Patients, Network]:
    """Return a small random network with its patients, with whole-day times (ties everywhere) or continuous ones."""
    return _Maker(np.random.default_rng(seed), whole_days).make()


def networks(whole_days: bool) -> st.SearchStrategy[tuple[Patients, Network]]:
    """Return the strategy of random networks."""
    return st.integers(0, 2**32 - 1).map(lambda seed: random_network(seed, whole_days))


class _Maker:
    """Draws the parts of a random network."""

    def __init__(self, rng: np.random.Generator, whole_days: bool) -> None:
        self.rng, self.whole = rng, whole_days

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def one_of(self, values: Sequence[float]) -> float:
        return values[int(self.rng.integers(len(values)))]

    def days(self, low: float, high: float) -> float:
        if self.whole or self.chance(0.1):
            return float(self.rng.integers(math.ceil(low), math.floor(high) + 1))
        return float(self.rng.uniform(low, high))

    def make(self) -> tuple[Patients, Network]:
        self.start = float(self.one_of([0, -3] if self.whole else [0, -2.5]))
        self.end = float(self.one_of([16, 30]))
        self.n_units = int(self.rng.integers(2, 6))
        self.in_circles = self.chance(0.15)
        units = [self.unit(i) for i in range(self.n_units)]
        stages = [self.stage(i) for i in range(3)]
        self.ladders = [self.ladder() for _ in range(int(self.rng.integers(2, 6)))]
        people, timetable = [], []
        if not self.chance(0.07):
            people = [self.person() for _ in range(int(self.rng.integers(4, 26)))]
            people += [self.present(u) for u in range(self.n_units) for _ in range(3) if self.chance(0.15)]
        if self.in_circles:
            units = [unit(1, name=f"unit_{i}") for i in range(self.n_units)]
        else:
            timetable = [entry for u in range(self.n_units) if self.chance(0.5) for entry in self.timetable(u)]
        streams = [int(self.rng.integers(3)) for _ in people]
        return build(units, people, timetable, stages, self.start, self.end, streams)

    def unit(self, i: int) -> UnitRules:
        return unit(
            self.one_of([0, 1, 1, 1, 2, 2, 3, math.inf]),
            name=f"unit_{i}",
            stay_factor=float(self.one_of([1, 1, 2] if self.whole else [1, 0.8, 1.143])),
            turnover_days=self.days(0, 2) if self.chance(0.4) else 0.0,
            leave=self.leave() if self.chance(0.3) else None,
        )

    def leave(self) -> LeaveRule:
        week = [self.chance(0.6) for _ in range(7)]
        week[int(self.rng.integers(7))] = True
        special = [self.chance(0.5) for _ in range(int(self.rng.integers(5, 25)))]
        hour = None if self.chance(0.5) else float(self.one_of([0, 0, 12] if self.whole else [0, 9, 16.5]))
        return LeaveRule(tuple(special + week), int(self.start) - 1, hour)

    def stage(self, i: int) -> StageRules:
        if self.chance(0.6):
            return StageRules(f"stage_{i}")
        return StageRules(f"stage_{i}", float(self.one_of([1, 2] if self.whole else [0.1, 0.37])), self.days(0, 3))

    def ladder(self) -> Rungs:
        if self.in_circles:
            return rungs((0, int(self.rng.integers(self.n_units))))
        if self.chance(0.03):
            return ()
        return tuple(
            (
                0.0 if self.chance(0.5) else self.days(0, 3),
                tuple(self.rng.permutation(self.n_units)[: int(self.rng.integers(1, 4))].tolist()),
                int(self.one_of([0, 0, 0, 1, 2])),
            )
            for _ in range(int(self.rng.integers(1, 4)))
        )

    def step(self, depth: int) -> Step:
        if self.in_circles:  # one place a unit and no way out: people wait for one another, in chains and rings
            own = self.ladders[int(self.rng.integers(len(self.ladders)))]
            return Step(self.days(0, 4), own, next=self.step(depth + 1) if depth < 4 and self.chance(0.9) else None)
        patience = (0.0 if self.chance(0.3) else self.days(0, 4)) if self.chance(0.4) else math.inf
        may_then = math.isfinite(patience) and depth < 4 and self.chance(0.5)
        return Step(
            needed=0.0 if self.chance(0.2) else self.days(0, 4),
            rungs=self.ladders[int(self.rng.integers(len(self.ladders)))],
            patience=patience,
            then=self.step(depth + 1) if may_then else None,
            next=self.step(depth + 1) if depth < 4 and self.chance(0.6) else None,
            transfer=self.days(0, 2) if self.chance(0.3) else 0.0,
            priority=int(self.one_of([0, 0, 1, -1])),
            stage=int(self.rng.integers(3)),
        )

    def person(self) -> tuple[float, Step]:
        return max(self.start, self.days(self.start, 18.0)), self.step(0)

    def present(self, u: int) -> tuple[float, Step]:
        then = self.step(2) if self.chance(0.5) else None
        return self.start, Step(self.days(0, 4), ((0.0, (u,), 0),), next=then, priority=PRESENT_PRIORITY)

    def timetable(self, u: int) -> list[tuple[float, int, float, bool]]:
        days = {self.days(self.start - 1, 14.0) for _ in range(int(self.rng.integers(1, 5)))}
        return [(day, u, self.one_of([0, 1, 1, 2, 3, math.inf]), self.chance(0.65)) for day in days]
