"""The runs of a comparison: every option's replications, with the demand of those that have the same simulated once.

Why: the runs without limits are half of the work, and options that differ in their sites alone have them in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bedsim.analysis.compare_percentiles import Counting
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import local_workers
from bedsim.errors import StuckError
from bedsim.measures.yardstick import yardstick_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bedsim.analysis.trials import Trial
    from bedsim.patients.blueprint import Blueprint

    Ints = NDArray[np.int64]


class Simulated(NamedTuple):
    """What `Comparison` keeps of the runs."""

    trials: dict[str, Trial]
    counts: dict[tuple[str, str], Ints]


def simulated(
    blueprints: Mapping[str, Blueprint],
    percentiles: tuple[str, ...],
    n_replications: int,
    seed: int,
    workers: int | None,
    progress: Callable[[int], None] | None,
) -> Simulated:
    """Return the runs of options, in their order; StuckError if somebody can never move in one of them.

    `percentiles` are the measures of which percentiles are compared.
    """
    counting = Counting(
        local_workers("compiled", workers),
        n_replications,
        {name: yardstick_of(one) for name, one in blueprints.items()},
        percentiles,
    )
    trials = Trials(seed=seed, workers=counting, progress=progress).run(blueprints, n_replications)
    for name, trial in trials.items():
        if trial.stuck:
            raise StuckError(f"{name}, {trial.stuck}")
    counts = {
        (name, measure): table
        for name in blueprints
        for measure in counting.measures
        if (table := counting.counts(name, measure)) is not None
    }
    return Simulated(trials, counts)
