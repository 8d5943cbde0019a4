"""The warm-up put to the test: theory's choice beside what MSER-5 and Welch find in a scenario's companion.

Why: theory knows how long a caseload takes to fill if no place is ever short; waiting lists are covered by a margin
that is an assumption. The companion, a simulation without season and growth, has both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.companion import SERIES, DailyCounts, companion, daily_counts
from bedsim.analysis.overload import OVERLOADED
from bedsim.analysis.plan import plan_run
from bedsim.analysis.settling import mser_5, welch
from bedsim.analysis.warm_up import choose_warm_up, theory_of

if TYPE_CHECKING:
    from bedsim.analysis.settling import Welch
    from bedsim.analysis.warm_up import WarmUp
    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.scenario.schema import Scenario

N_REPLICATIONS = 40
TIMES_THEORY = 3
"""The companion is simulated for three times theory's choice: both rules look for a day in the first half."""


@dataclass(frozen=True)
class Settled:
    """When a daily number of people settles, from empty."""

    series: str
    mser_5_day: int | None
    """None if MSER-5 would cut in the second half, as it may where beds are always full and so nothing varies."""
    welch: Welch

    def is_within(self, days: int) -> bool:
        """Say whether it has settled after so many days, by each rule that says anything."""
        by_mser_5 = self.mser_5_day is None or self.mser_5_day <= days
        return by_mser_5 and self.welch.day is not None and self.welch.day <= days


@dataclass(frozen=True)
class WarmUpCheck:
    """A warm-up, the theory of it, and what the companion says."""

    days: int
    """What a run of the scenario takes: its own number, or theory's."""
    is_stated: bool
    theory: tuple[WarmUp, ...]
    """One year, two years and so on; the last is theory's choice."""
    n_replications: int
    n_days: int
    """Of the companion."""
    settled: tuple[Settled, ...]
    """None if there is no steady state."""

    @property
    def has_steady_state(self) -> bool:
        """Say whether the companion can have settled: it is not simulated if more is needed than there is."""
        return bool(self.settled)

    @property
    def too_short_for(self) -> tuple[str, ...]:
        """What has not settled within the warm-up by one of the rules."""
        return tuple(one.series for one in self.settled if not one.is_within(self.days))

    @property
    def unknown_to_mser_5(self) -> tuple[str, ...]:
        """What MSER-5 says nothing of."""
        return tuple(one.series for one in self.settled if one.mser_5_day is None)


def check_warm_up(scenario: Scenario, seed: int, workers: Workers, engine: Engine = "compiled") -> WarmUpCheck:
    """Return the warm-up of a scenario beside what its companion says.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    seed
        Root of all random streams.
    workers
        Who simulates the companion; the numbers do not depend on it, nor on the engine.
    engine
        The one they are to use.

    Returns
    -------
    WarmUpCheck
        Without a simulation if the companion is overloaded.

    Raises
    ------
    BedsimError
        If no warm-up is long enough, or the companion would cost too much.
    """
    theory = theory_of(scenario)
    n_days = TIMES_THEORY * theory[-1].days
    plan = plan_run(companion(scenario, n_days), N_REPLICATIONS, engine)
    settled: tuple[Settled, ...] = ()
    if plan.overload.load_per_place < OVERLOADED:
        counts = daily_counts(DailyCounts(plan.blueprint, seed, engine), N_REPLICATIONS, workers).astype(np.float64)
        settled = tuple(
            Settled(name, mser_5(series.mean(axis=0)), welch(series))
            for name, series in zip(SERIES, counts, strict=True)
            if series.any()
        )
    return WarmUpCheck(
        days=choose_warm_up(scenario).days,
        is_stated=scenario.time.warm_up_days != "auto",
        theory=theory,
        n_replications=N_REPLICATIONS,
        n_days=n_days,
        settled=settled,
    )
