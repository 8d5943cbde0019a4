"""Conducting a run: warm-up, overload, replications and the ends of the ranges, in that order.

Why: what must be said before simulating (the cost, the overload) is found before simulating. A run that was stopped
keeps the replications that were finished.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bedsim.analysis.overload import overload, visits_per_day
from bedsim.analysis.ranges import at_range_end, n_at_range_ends, ranged_inputs
from bedsim.analysis.replicate import Batch, Progress, replicate
from bedsim.analysis.run import Run
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.errors import BedsimError, RunTooLargeError
from bedsim.patients.blueprint import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedsim.analysis.overload import Overload
    from bedsim.analysis.ranges import End
    from bedsim.analysis.warm_up import WarmUp
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

WORDS = ("title", "status", "notes", "name", "note", "source", "derived", "assumption", "reason", "rated_on")
MOST_STAYS = 100_000_000
"""Stays of all replications of a run; beyond it the run is refused with its cost."""
MOST_STAYS_OF_ONE = 2_000_000
"""Stays of one replication, about 2 GB of memory."""
STAYS_PER_TASK = 10_000
"""About a second's work: short enough for progress and interruptions, long enough for the hand-over not to count."""
SECONDS_PER_STAY = 1.5e-4
"""Drawing, three simulations and measuring, one core of the machine in README.md; for the message only."""


@dataclass(frozen=True)
class Plan:
    """A scenario ready to run: what is known before anything is simulated."""

    scenario: Scenario
    blueprint: Blueprint
    warm_up: WarmUp
    overload: Overload
    hash: str
    n_replications: int
    n_stays: float
    """Stays expected, all replications together."""
    ends: dict[End, Plan] = field(default_factory=dict)
    """The low and the high end of the stated ranges; none if no range is stated."""

    def n_to_run(self, known: Mapping[str, Run]) -> int:
        """Return how many replications there are to run, those of range ends already known left out."""
        return self.n_replications + sum(end.n_replications for end in self.ends.values() if end.hash not in known)


def plan_run(scenario: Scenario, n_replications: int) -> Plan:
    """Return what is known before simulating; refuse what would cost too much.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        How many will be run.

    Returns
    -------
    Plan
        With the warm-up chosen, the overload bound found and the ends of the stated ranges planned too.

    Raises
    ------
    RunTooLargeError
        Saying the cost, if more than 100 million stays would be simulated.
    BedsimError
        If no warm-up is long enough, or fewer than one replication is asked for.
    """
    if n_replications < 1:
        raise BedsimError(f"replications must be at least 1, but is {n_replications}. Try --replications 100.")
    plan = _plan(scenario, n_replications)
    if not ranged_inputs(scenario):
        return plan
    n = n_at_range_ends(n_replications)
    ends: tuple[End, End] = ("low", "high")
    return replace(plan, ends={end: _plan(at_range_end(scenario, end), n) for end in ends})


def conduct(
    plan: Plan,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
    known: dict[str, Run] | None = None,
) -> tuple[Run | None, Batch]:
    """Simulate a plan and the ends of its ranges, and keep what was finished whatever stopped the rest.

    Parameters
    ----------
    plan
        From `plan_run`.
    seed
        Root of all random streams.
    workers
        Worker processes; by default one a core.
    progress
        Told how many more replications were finished.
    known
        Range ends already run with this seed, by hash: they are taken from here, and new ones added.

    Returns
    -------
    tuple[Run | None, Batch]
        The run, None if no replication was finished; and the last batch, which says what stopped it if anything did.
    """
    known = {} if known is None else known
    run, batch = _simulate(plan, seed, workers, progress)
    for end in plan.ends.values():
        if end.hash not in known and not batch.is_stopped:
            at_end, batch = _simulate(end, seed, workers, progress)
            if at_end is not None and not batch.is_stopped:
                known[end.hash] = at_end
    if run is not None:
        ends = {name: known[end.hash] for name, end in plan.ends.items() if end.hash in known}
        complete = ends if len(ends) == len(plan.ends) else {}
        run = replace(run, range_ends=complete, interrupted=batch.is_stopped)
    return run, batch


def run(scenario: Scenario, n_replications: int = 100, seed: int = 1, workers: int | None = None) -> Run:
    """Return a run of a scenario, and of both ends of its stated ranges.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        How many independent replications.
    seed
        Root of all random streams; the same seed gives the same numbers.
    workers
        Worker processes; by default one a core. The numbers do not depend on it.

    Returns
    -------
    Run
        With every replication finished.

    Raises
    ------
    BedsimError
        If the run would be too large, or somebody can never move; `conduct` keeps what was finished before that.
    """
    done, batch = conduct(plan_run(scenario, n_replications), seed, workers)
    if batch.error is not None:
        raise batch.error
    if batch.interrupted or done is None:
        raise KeyboardInterrupt
    return done


def _plan(scenario: Scenario, n_replications: int) -> Plan:
    visits = sum(visits_per_day(prepare(scenario, 0)).values())
    _refuse_cost(scenario, n_replications, 0, visits)
    warm_up = choose_warm_up(scenario)
    n_stays = _refuse_cost(scenario, n_replications, warm_up.days, visits)
    blueprint = prepare(scenario, warm_up.days)
    return Plan(scenario, blueprint, warm_up, overload(blueprint), scenario_hash(scenario), n_replications, n_stays)


def _simulate(plan: Plan, seed: int, workers: int | None, progress: Progress | None) -> tuple[Run | None, Batch]:
    """Simulate a plan without the ends of its ranges."""
    per_task = max(1, int(STAYS_PER_TASK * plan.n_replications / max(plan.n_stays, 1.0)))
    batch = replicate(plan.blueprint, plan.n_replications, seed, workers, progress, per_task=per_task)
    if not batch.finished:
        return None, batch
    run = Run(
        scenario=plan.scenario,
        blueprint=plan.blueprint,
        seed=seed,
        hash=plan.hash,
        measures=tuple(batch.finished),
        warm_up=plan.warm_up,
        overload=plan.overload,
        interrupted=batch.is_stopped,
    )
    return run, batch


def scenario_hash(scenario: Scenario) -> str:
    """Return the content hash of what is simulated: every number, and none of the words around them."""
    tree = _without_words(scenario.model_dump(mode="json", by_alias=True, exclude={"sources"}))
    text = json.dumps(tree, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _without_words(node: Any) -> Any:
    if isinstance(node, dict):
        # A unit or stage may bear one of these names: words are text, things are not.
        is_word = {key: key in WORDS and (child is None or isinstance(child, str)) for key, child in node.items()}
        return {key: _without_words(child) for key, child in node.items() if not is_word[key]}
    return [_without_words(child) for child in node] if isinstance(node, list) else node


def _refuse_cost(scenario: Scenario, n_replications: int, warm_up_days: int, visits_per_day: float) -> float:
    """Return the stays expected of a run; raise with the cost if there are too many."""
    time = scenario.time
    days = warm_up_days + time.run_length_days + time.cool_down_days
    of_one = days * visits_per_day
    hours = n_replications * of_one * SECONDS_PER_STAY / 3600
    cost = (
        f"{n_replications:,} replications of {days / 365.25:,.1f} years are about {n_replications * of_one:.2g} stays, "
        f"some {hours:,.1f} hours on one core, far more if many people wait"
    )
    if of_one > MOST_STAYS_OF_ONE:
        raise RunTooLargeError(
            f"{cost}; more than {MOST_STAYS_OF_ONE:,} stays in one replication are refused. Try a shorter run."
        )
    if n_replications * of_one > MOST_STAYS:
        raise RunTooLargeError(
            f"{cost}; more than {MOST_STAYS:,} stays are refused. "
            f"Try {max(1, int(MOST_STAYS / of_one * 0.9)):,} replications or a shorter run."
        )
    return n_replications * of_one
