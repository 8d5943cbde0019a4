"""The answer without the quality gate: what its care homes' places would do.

Why: a gate trades beds for quality, and whoever sets it must see the price. So the first replications of a run are
simulated once more with every care home let in: the same people, the same luck, nothing else changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.compare_paired import Paired, paired
from bedsim.analysis.trials import Trials
from bedsim.measures.reading import keys_of
from bedsim.patients.blueprint import prepare
from bedsim.scenario.schema import SYSTEM
from bedsim.scenario.tracks import QualityGate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run
    from bedsim.analysis.workers import Workers

    Floats = NDArray[np.float64]

MOST_REPLICATIONS = 10
"""The run's first."""
MEASURED = ("p_wait", "wait_days", "overflow_days_fraction")
EXCLUDED = "places_excluded_by_gate"


@dataclass(frozen=True)
class WithoutGate:
    """What would be without the gate, of all planned beds together in the run's headline period."""

    places: float
    """Places that the gate excludes, on average over the period."""
    n_replications: int
    gated: Floats
    """Means of `MEASURED` with the gate."""
    free: Floats
    """Without it."""
    differences: Paired
    """Without less with."""


def without_gate(run: Run, workers: Workers | None = None) -> WithoutGate | None:
    """Return the answer without the quality gate.

    Parameters
    ----------
    run
        With its replications finished.
    workers
        Who simulates, by default this machine.

    Returns
    -------
    WithoutGate | None
        None if the gate excludes no places in the run, or if somebody can never move without it.
    """
    period = run.headline
    if (SYSTEM, EXCLUDED, period) not in keys_of(run.reader.yardstick, EXCLUDED):
        return None
    places = run.value(EXCLUDED, period=period)
    if not places > 0:
        return None
    free = run.scenario.model_copy(update={"quality_gate": QualityGate(minimum_rating="none")})
    n = min(MOST_REPLICATIONS, run.n_replications)
    trials = Trials(run.seed, run.engine, workers, has_demand=False)
    (trial,) = trials.run({"without": prepare(free, run.blueprint.warm_up_days)}, n).values()
    if trial.totals is None:
        return None
    with_it, without_it = (
        np.column_stack([one.by_replication(name, period=period)[:n] for name in MEASURED]) for one in (run, trial)
    )
    return WithoutGate(places, n, with_it.mean(axis=0), without_it.mean(axis=0), paired(with_it, without_it))
