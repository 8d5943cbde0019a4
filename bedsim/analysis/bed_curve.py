"""The bed curve: what waiting and overflow become with more planned beds, or fewer.

Why: a planner asks what five beds more would do, and no formula knows: ladders, blocking and winters do not follow one.
So the first replications of a run are simulated once more with each of a few numbers of planned beds: the same people,
other beds, everything else as it is. The published rule for people who are lost, `p_delay_if_lost`, stands beside it
under its own name, from the demand of all replications; it is not the share who wait.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.analysis.bed_grid import cannot_hold, grid, planned_beds, split, with_beds
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.replicate import checked_stays
from bedsim.analysis.workers import local_workers
from bedsim.engine.stays import Stays
from bedsim.errors import StuckError
from bedsim.measures.replication import measure
from bedsim.measures.statistics import p_delay_if_lost
from bedsim.measures.totals import merge
from bedsim.memory import keep_memory
from bedsim.patients.draw import draw
from bedsim.patients.population import NONE
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run
    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_REPLICATIONS = 10
"""The run's first; six more simulations of each cost about a second of one core in option 1 (docs/decisions/0024)."""
SIMULATED = ("p_wait", "overflow_days_fraction", "wait_days")
"""The measures of which the curve has the mean, of all planned beds together."""


@dataclass(frozen=True)
class BedCurve:
    """Waiting and overflow by number of planned beds; one element of each array a number of beds, ascending."""

    beds: Ints
    """Planned beds open at the end of the window."""
    own: int
    """The position of the scenario's own number."""
    beds_by_unit: tuple[dict[str, int], ...]
    by_replication: dict[str, Floats]
    """By measure, (n_points, n_replications); NaN where a number of beds was left out."""
    p_delay_if_lost: Floats
    """pmf(n) / cdf(n) of the demand on all days of all replications of the run."""
    n_replications_of_demand: int
    notes: tuple[str, ...]
    """Why a number of beds was left out; empty if it was not."""

    @property
    def n_replications(self) -> int:
        """How many of the run's replications, from the first on, were simulated with each number of beds."""
        return int(self.by_replication[SIMULATED[0]].shape[1])

    def with_interval(self, measure: str) -> Floats:
        """Return the mean of a measure and the ends of its 95% interval, (n_points, 3); NaN where there is none."""
        found = [mean_and_interval(values) for values in self.by_replication[measure]]
        return np.array(found, dtype=np.float64)

    def columns(self) -> dict[str, list[Any]]:
        """Return the curve as columns, one element a number of beds: measures with intervals, and what they rest on."""
        n = len(self.beds)
        simulated = {
            f"{name}{end}": column.tolist()
            for name in SIMULATED
            for end, column in zip(("", "_ci_low", "_ci_high"), self.with_interval(name).T, strict=True)
        }
        return {
            "planned_beds": self.beds.tolist(),
            "which": ["the scenario" if i == self.own else "changed" for i in range(n)],
            **simulated,
            "n_replications": [0 if note else self.n_replications for note in self.notes],
            "p_delay_if_lost": self.p_delay_if_lost.tolist(),
            "n_replications_p_delay_if_lost": [self.n_replications_of_demand] * n,
            "beds_by_unit": [", ".join(f"{unit} {beds}" for unit, beds in one.items()) for one in self.beds_by_unit],
            "note": list(self.notes),
        }

    def table(self) -> pd.DataFrame:
        """Return the same as a table."""
        import pandas as pd

        return pd.DataFrame(self.columns())


def bed_curve(run: Run, workers: Workers | None = None) -> BedCurve | None:
    """Return the bed curve of a run.

    Parameters
    ----------
    run
        With its replications finished; the first of them are simulated with other numbers of beds.
    workers
        Who does it, by default this machine; the numbers do not depend on it, nor on the engine.

    Returns
    -------
    BedCurve | None
        The scenario's own number of beds is among those of the curve. None if its planned beds have no number at some
        midnight of the window, or there are none at its end.
    """
    own, network = planned_beds(run.blueprint), run.blueprint.network
    if own is None or run.beds_range is None:
        return None
    beds, n_own = grid(sum(own.values())), sum(own.values())
    points = {n: dict(zip(own, split(n, list(own.values())), strict=True)) for n in beds}
    others = {n: with_beds(network, own, point) for n, point in points.items() if n != n_own}
    notes = {n: note for n, other in others.items() if (note := cannot_hold(run.blueprint, other))}
    task = _OtherBeds(
        {n: replace(run.blueprint, network=other) for n, other in others.items() if n not in notes},
        run.seed,
        run.engine,
    )
    n_replications = min(MOST_REPLICATIONS, run.n_replications)
    runs = {n_own: run}
    for n, answers in _replicated(task, n_replications, workers or local_workers(run.engine, None)).items():
        totals = [answer for answer in answers if not isinstance(answer, str)]
        if len(totals) < n_replications:
            notes[n] = next(answer for answer in answers if isinstance(answer, str))
        else:
            runs[n] = replace(run, blueprint=task.blueprints[n], totals=merge(totals, range(n_replications)))
    demand, nothing = run.pooled_counts(SYSTEM, "demand_beds"), np.full(n_replications, math.nan)
    return BedCurve(
        beds=np.array(beds),
        own=beds.index(n_own),
        beds_by_unit=tuple({network.units[unit].name: n for unit, n in points[one].items()} for one in beds),
        by_replication={
            name: np.array([runs[n].by_replication(name)[:n_replications] if n in runs else nothing for n in beds])
            for name in SIMULATED
        },
        p_delay_if_lost=np.array([p_delay_if_lost(demand, n) for n in beds]),
        n_replications_of_demand=run.n_replications,
        notes=tuple(f"left out: {notes[n]}" if n in notes else "" for n in beds),
    )


@dataclass(frozen=True)
class _OtherBeds:
    """What is done with a replication: drawn once, simulated with each number of beds."""

    blueprints: dict[int, Blueprint]
    seed: int
    engine: Engine

    def __call__(self, part: range) -> tuple[int, dict[int, Totals | str]]:
        """Return the number of the one replication in `part`, and its totals by number of beds.

        A text in place of totals says that somebody was found stuck.
        """
        keep_memory()
        (number,) = part
        patients = draw(next(iter(self.blueprints.values())), self.seed, number)
        unread = _no_stays(patients)  # in place of the runs that only the measures of demand read
        found: dict[int, Totals | str] = {}
        for n, blueprint in self.blueprints.items():
            try:
                stays = checked_stays(blueprint, patients, self.engine)
            except StuckError as error:
                found[n] = f"replication {number}: {error}"
            else:
                found[n] = measure(blueprint, patients, stays, unread, unread, number)
        return number, found


def _no_stays(patients: Patients) -> Stays:
    """Return the stays of people of whom nobody has come yet."""
    numbers, days = np.empty(0, dtype=np.int64), np.empty(0)
    return Stays(
        row=numbers,
        patient=numbers,
        stage=numbers,
        visit=numbers,
        requested_day=days,
        admitted_day=days,
        ready_day=days,
        transfer_end_day=days,
        go_day=days,
        left_day=days,
        unit=numbers,
        rung=numbers,
        outcome=np.full(patients.n_patients, NONE),
    )


def _replicated(task: _OtherBeds, n_replications: int, workers: Workers) -> dict[int, list[Totals | str]]:
    """Return what came of each number of beds, replication by replication."""
    if not task.blueprints:
        return {}
    outcomes = workers.finished(task, (range(number, number + 1) for number in range(n_replications)))
    try:
        by_replication = dict(outcomes)
    finally:
        outcomes.close()
    return {n: [by_replication[number][n] for number in range(n_replications)] for n in task.blueprints}
