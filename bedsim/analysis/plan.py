"""The plan of a run: what is known before anything is simulated.

Why: what must be said before simulating (the cost, the overload) is found before simulating: the warm-up, the bound on
the load, the ends of the stated ranges, and how long all of it will take.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bedsim.analysis.overload import overload, visits_per_day
from bedsim.analysis.ranges import at_range_end, n_at_range_ends, ranged_inputs
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.errors import BedsimError, RunTooLargeError
from bedsim.patients.blueprint import prepare
from bedsim.scenario.identity import without_words

if TYPE_CHECKING:
    from bedsim.analysis.overload import Overload
    from bedsim.analysis.precision import Precision
    from bedsim.analysis.ranges import End
    from bedsim.analysis.warm_up import WarmUp
    from bedsim.engine.choose import Engine
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

MOST_STAYS_OF_ONE = 2_000_000
"""Stays of one replication, about 2 GB of memory."""
MOST_STAYS: dict[Engine, int] = {"compiled": 5_000_000_000, "simpy": 100_000_000}
"""Stays of all replications of a run, some hours of one core; beyond it the run is refused with its cost."""
MOST_REPLICATIONS = 1_000_000
"""One row of each lies on disk, some 12 kB."""
SECONDS_PER_STAY: dict[Engine, float] = {"compiled": 2e-6, "simpy": 1.5e-4}
"""Drawing, three simulations and measuring, one core of the machine in README.md; for the message only."""


@dataclass(frozen=True)
class Plan:
    """A scenario ready to run."""

    scenario: Scenario
    blueprint: Blueprint
    warm_up: WarmUp
    overload: Overload
    hash: str
    n_replications: int
    engine: Engine
    stays_of_one: float
    """Stays expected of one replication."""
    precision: Precision | None = None
    """What is enough; the number of replications is then the most that are run."""
    ends: dict[End, Plan] = field(default_factory=dict)
    """The low and the high end of the stated ranges; none if no range is stated."""

    @property
    def key(self) -> str:
        """What a run of it is known by to others with the same seed and engine."""
        return f"{self.hash}-{self.n_replications}"


def plan_run(
    scenario: Scenario, n_replications: int, engine: Engine = "compiled", precision: Precision | None = None
) -> Plan:
    """Return what is known before simulating; refuse what would cost too much.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        How many will be run.
    engine
        The one they will be run with; the numbers do not depend on it, the cost does.
    precision
        If fewer replications may be enough: for what.

    Returns
    -------
    Plan
        With the warm-up chosen, the overload bound found and the ends of the stated ranges planned too.

    Raises
    ------
    RunTooLargeError
        Saying the cost, if more stays would be simulated than hours of one core can do.
    BedsimError
        If no warm-up is long enough, or fewer than one replication is asked for.
    """
    if n_replications < 1:
        raise BedsimError(f"replications must be at least 1, but is {n_replications}. Try --replications 100.")
    plan = replace(_plan(scenario, n_replications, engine), precision=precision)
    if not ranged_inputs(scenario):
        return plan
    n = n_at_range_ends(n_replications)
    ends: tuple[End, End] = ("low", "high")
    return replace(plan, ends={end: _plan(at_range_end(scenario, end), n, engine) for end in ends})


def scenario_hash(scenario: Scenario) -> str:
    """Return the content hash of what is simulated: every number, and none of the words around them."""
    tree = without_words(scenario.model_dump(mode="json", by_alias=True, exclude={"sources"}))
    text = json.dumps(tree, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _plan(scenario: Scenario, n_replications: int, engine: Engine) -> Plan:
    from_start = prepare(scenario, 0)
    visits = sum(visits_per_day(from_start).values())
    _refuse_cost(scenario, n_replications, engine, 0, visits)
    warm_up = choose_warm_up(scenario, from_start)
    return Plan(
        scenario=scenario,
        blueprint=(blueprint := prepare(scenario, warm_up.days)),
        warm_up=warm_up,
        overload=overload(blueprint),
        hash=scenario_hash(scenario),
        n_replications=n_replications,
        engine=engine,
        stays_of_one=_refuse_cost(scenario, n_replications, engine, warm_up.days, visits),
    )


def _refuse_cost(
    scenario: Scenario, n_replications: int, engine: Engine, warm_up_days: int, visits_per_day: float
) -> float:
    """Return the stays expected of one replication; raise with the cost if there are too many."""
    time, most = scenario.time, MOST_STAYS[engine]
    days = warm_up_days + time.run_length_days + time.cool_down_days
    of_one = days * visits_per_day
    hours = n_replications * of_one * SECONDS_PER_STAY[engine] / 3600
    cost = (
        f"{n_replications:,} replications of {days / 365.25:,.1f} years are about {n_replications * of_one:.2g} stays, "
        f"some {hours:,.1f} hours on one core, far more if many people wait"
    )
    if of_one > MOST_STAYS_OF_ONE:
        raise RunTooLargeError(
            f"{cost}; more than {MOST_STAYS_OF_ONE:,} stays in one replication are refused. Try a shorter run."
        )
    if n_replications * of_one > most:
        raise RunTooLargeError(
            f"{cost}; more than {most:,} stays are refused. "
            f"Try {max(1, int(most / of_one * 0.9)):,} replications or a shorter run."
        )
    if n_replications > MOST_REPLICATIONS:
        raise RunTooLargeError(f"{cost}; more than {MOST_REPLICATIONS:,} replications are refused.")
    return of_one
