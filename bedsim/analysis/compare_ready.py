"""Making scenarios ready to be compared: what cannot be compared is refused before anything is simulated.

Why: numbers of other days, or of other people, are no comparison of plans. All options run with the longest warm-up
that any of them needs, for a longer one changes nobody, and a comparison is known by what is simulated in it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from bedsim.analysis.overload import visits_per_day
from bedsim.analysis.plan import MOST_STAYS, MOST_STAYS_OF_ONE, scenario_hash
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.errors import BedsimError, RunTooLargeError
from bedsim.patients.blueprint import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

USUAL, MOST = 200, 10_000
"""Replications of each option."""
HASH_DIGITS = 12
LAID_OVER = "-with-"
"""In the name of a scenario, between its file and what is laid over it."""


def check_comparable(scenarios: Sequence[Scenario], n_replications: int) -> dict[str, Scenario]:
    """Return scenarios by name; refuse, before anything is simulated, what cannot be compared."""
    if not 2 <= n_replications <= MOST:
        raise BedsimError(
            f"replications must be from 2 to {MOST:,} to compare, but is {n_replications}. Try --replications {USUAL}."
        )
    if len(scenarios) < 2:
        raise BedsimError(
            f"compare must have two scenarios or more, but has {len(scenarios)}. "
            "Try another scenario beside it, or bedsim run."
        )
    endings = {one.slug.partition(LAID_OVER)[2] for one in scenarios}
    # What is laid over all need not stand in every name.
    is_shared = len(endings) == 1 and all(one.variations for one in scenarios)
    slugs = [one.slug.partition(LAID_OVER)[0] if is_shared else one.slug for one in scenarios]
    names = [
        slug if slugs.count(slug) == 1 or not one.variations else f"{slug} [{'; '.join(one.variations)}]"
        for slug, one in zip(slugs, scenarios, strict=True)
    ]
    twins = [name for name, n in Counter(names).items() if n > 1]
    if twins:
        raise BedsimError(
            f"scenarios must have different names to be compared, but {twins[0]} is given twice; nothing was "
            "simulated. Try each once, under a file name of its own."
        )
    spans = {name: (one.time.start, one.time.run_length_days) for name, one in zip(names, scenarios, strict=True)}
    first, *others = names
    different = [name for name in others if spans[name] != spans[first]]
    if different:
        days = {name: f"{spans[name][1]:g} days from {spans[name][0]}" for name in (first, different[0])}
        raise BedsimError(
            f"scenarios must observe the same days to be compared, but {first} observes {days[first]} and "
            f"{different[0]} {days[different[0]]}; nothing was simulated. Try it without {different[0]}, or give both "
            "the same time.start and time.run_length_days."
        )
    return dict(zip(names, scenarios, strict=True))


def hash_over(named: Mapping[str, Scenario]) -> str:
    """Return a hash over the scenarios, their names and their order."""
    text = "\n".join(f"{name} {scenario_hash(one)}" for name, one in named.items())
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]


def blueprints_of(named: Mapping[str, Scenario], n_replications: int) -> dict[str, Blueprint]:
    """Return the blueprints, with the longest warm-up; people present at the first instant keep that instant.

    Parameters
    ----------
    named
        From `check_comparable`.
    n_replications
        Of each.

    Returns
    -------
    dict[str, Blueprint]
        By the same names.

    Raises
    ------
    RunTooLargeError
        If it would take hours.
    """
    _refuse_cost({name: prepare(one, 0) for name, one in named.items()}, n_replications)
    own = {name: choose_warm_up(one).days for name, one in named.items()}
    days = {name: own[name] if one.present_at_start else max(own.values()) for name, one in named.items()}
    found = {name: prepare(one, days[name]) for name, one in named.items()}
    _refuse_cost(found, n_replications)
    return found


def _refuse_cost(blueprints: Mapping[str, Blueprint], n_replications: int) -> None:
    """Refuse a replication, or all of them together, of more stays than a run may have."""
    stays: dict[str, float] = {}
    for name, blueprint in blueprints.items():
        time = blueprint.scenario.time
        days = blueprint.warm_up_days + time.run_length_days + time.cool_down_days
        stays[name] = days * sum(visits_per_day(blueprint).values())
    name, most = max(stays.items(), key=lambda one: one[1])
    if most > MOST_STAYS_OF_ONE:
        raise RunTooLargeError(
            f"{name}: one replication is about {most:.2g} stays, and more than {MOST_STAYS_OF_ONE:,} are refused; "
            "nothing was simulated. Try a shorter run."
        )
    if (together := n_replications * sum(stays.values())) > MOST_STAYS["compiled"]:
        raise RunTooLargeError(
            f"{n_replications:,} replications of {len(stays)} scenarios are about {together:.2g} stays, and more than "
            f"{MOST_STAYS['compiled']:,} are refused; nothing was simulated. Try fewer replications."
        )


def same_people(one: Scenario, other: Scenario) -> bool:
    """Say whether two scenarios have the same referrals, needs and levers; beds and ladders may differ."""
    first, second = (
        {
            (pathway, name): (stage.needed_days, stage.then)
            for pathway, stages in scenario.pathways.items()
            for name, stage in stages.items()
        }
        for scenario in (one, other)
    )
    return one.streams == other.streams and one.levers == other.levers and first == second
