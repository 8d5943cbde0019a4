"""Looks: a scenario is run with so many replications, then with more, and none of them is simulated twice.

Why: whether more replications are needed shows only when some are there. What is looked at is the scenario as it is:
the ends of its stated ranges and its bed curve are not run.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bedsim.analysis.conduct import conduct
from bedsim.analysis.plan import plan_run
from bedsim.analysis.replicate import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.analysis.plan import Plan
    from bedsim.analysis.run import Run
    from bedsim.analysis.workers import Workers
    from bedsim.measures.totals import Totals
    from bedsim.scenario.schema import Scenario

Show = Callable[[int], AbstractContextManager[Progress]]
"""Shows the progress of so many replications."""


def looks_of(n: int, patience: int) -> tuple[int, ...]:
    """Return after how many replications to look: n, then twice as many each time, then all.

    >>> looks_of(100, 0), looks_of(100, 100), looks_of(100, 900)
    ((100,), (100, 200), (100, 200, 400, 800, 1000))
    """
    most, looks = n + patience, [n]
    while looks[-1] < most:
        looks.append(min(2 * looks[-1], most))
    return tuple(looks)


def plan_of(scenario: Scenario, n_replications: int) -> Plan:
    """Return the plan of the scenario as it is."""
    return replace(plan_run(scenario, n_replications), ends={})


def looked_at(plan: Plan, seed: int, looks: tuple[int, ...], workers: Workers, show: Show) -> Iterator[Run]:
    """Yield the run at each look.

    Parameters
    ----------
    plan
        From `plan_of`.
    seed
        Root of all random streams.
    looks
        Ascending numbers of replications.
    workers
        Who does the work.
    show
        Shows progress.

    Yields
    ------
    Run
        The first so many replications.

    Raises
    ------
    BedsimError
        If somebody can never move.
    """
    earlier: Totals | None = None
    for n in looks:
        keeper = _Earlier(earlier)
        with show(n) as progress:
            run, batch = conduct(
                replace(plan, n_replications=n),
                seed,
                workers,
                progress,
                keep=lambda *_, keeper=keeper: keeper,
                has_bed_curve=False,
            )
        if batch.error is not None:
            raise batch.error
        if run is None or batch.interrupted:
            raise KeyboardInterrupt
        earlier = run.totals
        yield run


@dataclass(frozen=True)
class _Earlier:
    """What was finished for an earlier look, taken as one chunk; nothing is kept on disk."""

    totals: Totals | None

    def finished(self, n_replications: int) -> Iterator[Totals]:
        """Yield it."""
        del n_replications  # a look has at least as many as the one before
        if self.totals is not None:
            yield self.totals

    def find(self, part: range) -> None:
        """Return nothing: nobody else works on it."""

    def keep(self, totals: Totals) -> None:
        """Leave what is new to the run."""
