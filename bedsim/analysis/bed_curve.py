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
from bedsim.analysis.trials import Trials
from bedsim.measures.statistics import p_delay_if_lost
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run
    from bedsim.analysis.trials import Trial
    from bedsim.analysis.workers import Workers

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
    variants = {n: replace(run.blueprint, network=other) for n, other in others.items() if n not in notes}
    n_replications = min(MOST_REPLICATIONS, run.n_replications)
    trials = Trials(run.seed, run.engine, workers, has_demand=False).run(variants, n_replications)
    notes |= {n: trial.stuck for n, trial in trials.items() if trial.stuck}
    found: dict[int, Run | Trial] = {n_own: run, **{n: trial for n, trial in trials.items() if not trial.stuck}}
    demand, nothing = run.pooled_counts(SYSTEM, "demand_beds"), np.full(n_replications, math.nan)
    return BedCurve(
        beds=np.array(beds),
        own=beds.index(n_own),
        beds_by_unit=tuple({network.units[unit].name: n for unit, n in points[one].items()} for one in beds),
        by_replication={
            name: np.array([found[n].by_replication(name)[:n_replications] if n in found else nothing for n in beds])
            for name in SIMULATED
        },
        p_delay_if_lost=np.array([p_delay_if_lost(demand, n) for n in beds]),
        n_replications_of_demand=run.n_replications,
        notes=tuple(f"left out: {notes[n]}" if n in notes else "" for n in beds),
    )
