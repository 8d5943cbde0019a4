"""How many beds meet a standard, how sure the simulation is of that, and how sure anybody can be.

Why: two errors must not be mixed up. The first range comes from replications: the smallest number of beds is not known
exactly because luck was averaged over finitely many of them. The second comes from the stated ranges of demand and
stays, which more replications do not narrow; it is always given beside the first.

The same people walk into every number of beds. A number meets a standard if the mean (or share) is at most its limit.
The true number is below the first range only if, at that very number, a one-sided limit of risk 2.5% fails; above it
likewise: so the range needs no correction for having looked at many numbers, given that more places never hurt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedsim.analysis.dial import PLANNED_BEDS, Dial, dial
from bedsim.analysis.overload import overload
from bedsim.analysis.ranges import at_range_end, ranged_inputs
from bedsim.analysis.sizing import PILOT, Sizing, Step, is_met, limited_community, solve
from bedsim.analysis.standards import USUAL, Standard
from bedsim.analysis.standards import standard as standard_of
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import local_workers
from bedsim.errors import BedsimError
from bedsim.patients.blueprint import prepare

if TYPE_CHECKING:
    from bedsim.analysis.ranges import End
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

Z_95 = 1.645
"""95% point of the normal distribution: a first guess only."""


@dataclass(frozen=True)
class Size:
    """The fewest places, or the most demand or the longest stay, with which all standards are met."""

    scenario: Scenario
    dial: Dial
    standards: tuple[Standard, ...]
    n_replications: int
    seed: int
    value: float
    low: float
    high: float
    """The range of the simulation at 95%, `low` below `high`."""
    steps: tuple[Step, ...]
    """Every value that all replications were run with, ascending."""
    ends: dict[End, float | None]
    """The same with demand and stays at the ends of their stated ranges; None: no value meets the standards there."""
    n_at_ends: int
    binding: Standard
    """The standard that the next harder value does not meet."""
    with_community: float | None
    """The same if community services had a place for everybody; None if they have, or if that changes nothing known."""
    is_trivial: bool
    """The standards are met by the easiest or hardest value there is, such as 0 places."""

    @property
    def step(self) -> Step:
        """What replications say of the value found."""
        return next(step for step in self.steps if step.value == self.value)

    @property
    def runner_up(self) -> Step | None:
        """The next harder value, which does not meet the standards; None if there is none."""
        harder = [step for step in self.steps if not step.meets]
        return min(harder, key=lambda step: abs(step.value - self.value)) if harder else None


def size(
    scenario: Scenario,
    vary: str = PLANNED_BEDS,
    standard: str | Sequence[str] = USUAL,
    n_replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Size:
    """Return the fewest places, or the most demand or the longest stay, with which a scenario meets standards.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    vary
        `planned_beds`, or a path such as `units.haywood.places` or `streams.acute.referrals.per_day`.
    standard
        One or several, such as `overflow_days_fraction <= 5%`.
    n_replications
        How many of each value, at least 2.
    seed
        Root of all random streams.
    workers
        How many at a time, by default one a core.
    progress
        Told how many replications more are finished.

    Returns
    -------
    Size
        With the range of the simulation and that of the stated ranges.

    Raises
    ------
    BedsimError
        If a standard cannot be read, the path names nothing, or no value meets the standards; then it says what binds.
    """
    varied, wanted = read_size(scenario, vary, standard, n_replications)
    own = varied.blueprint(varied.own_position)
    trials = Trials(
        seed,
        workers=local_workers("compiled", workers),
        has_demand=any(one.needs_demand for one in wanted),
        progress=progress,
    )
    guess = first_guess(varied, own)
    found = solve(Sizing(trials, varied, wanted), n_replications, guess)
    if found is None:
        raise BedsimError(_cannot_be_met(Sizing(trials, varied, wanted)))
    position, (lowest, highest) = found.position, varied.positions
    is_trivial = position == lowest
    if is_trivial and not Sizing(trials, varied, wanted).meets(highest, PILOT):
        raise BedsimError(
            f"{' and '.join(map(str, wanted))} is met with {varied.name} = {varied.value(lowest):g} and not with "
            f"{varied.value(highest):g}, so more of it does not make it easier. Try a standard of what beds are for."
        )
    ends: dict[End, float | None] = {}
    names: tuple[End, End] = ("low", "high")
    for end in names if ranged_inputs(scenario) else ():
        of_end = varied.of(at_range_end(scenario, end))
        moved = first_guess(of_end, of_end.blueprint(of_end.own_position)) - guess  # by theory
        at_end = Sizing(trials, of_end, wanted, end).about(PILOT, position + moved)
        ends[end] = None if at_end is None else varied.value(at_end)
    return Size(
        scenario=scenario,
        dial=varied,
        standards=wanted,
        n_replications=n_replications,
        seed=seed,
        value=varied.value(position),
        low=min(varied.value(found.low), varied.value(found.high)),
        high=max(varied.value(found.low), varied.value(found.high)),
        steps=tuple(sorted(found.steps, key=lambda step: step.value)),
        ends=ends,
        n_at_ends=PILOT,
        binding=found.binding,
        with_community=_with_community(Sizing(trials, varied, wanted, "community"), position),
        is_trivial=is_trivial,
    )


def read_size(
    scenario: Scenario, vary: str, standard: str | Sequence[str], n_replications: int
) -> tuple[Dial, tuple[Standard, ...]]:
    """Return what is varied, and the standards; BedsimError if either is wrong, before anything is worked out."""
    if n_replications < 2:
        raise BedsimError(f"replications must be at least 2 for a range, but is {n_replications}. Try 100.")
    return dial(scenario, vary), standards_of(standard, scenario)


def standards_of(standard: str | Sequence[str], scenario: Scenario) -> tuple[Standard, ...]:
    """Return one standard or several as a user writes them; all mistakes at once."""
    blueprint = prepare(scenario, 0)  # the warm-up changes nothing that a standard may name
    found, mistakes = [], []
    for text in [standard] if isinstance(standard, str) else standard:
        try:
            found.append(standard_of(text, blueprint))
        except BedsimError as error:
            mistakes.append(str(error))
    if mistakes or not found:
        raise BedsimError("\n".join(mistakes) or "at least one standard must be given.")
    return tuple(found)


def first_guess(varied: Dial, blueprint: Blueprint) -> int:
    """Return where to look first: beds for the mean demand and 1.645 times its square root, if beds are varied."""
    if varied.lever is not None and not (varied.lever.is_places and _is_planned(varied, blueprint)):
        return varied.own_position
    bound = overload(blueprint)
    load = bound.planned_offered_load_beds
    return round(varied.own + load + Z_95 * math.sqrt(load) - bound.planned_beds)


def _is_planned(varied: Dial, blueprint: Blueprint) -> bool:
    assert varied.lever is not None, "planned beds are planned"
    return varied.lever.path[1] in [blueprint.units[unit] for unit in blueprint.network.planned_units]


def _with_community(sizing: Sizing, position: int) -> float | None:
    """Return what would do if community services had a place for everybody; None if they have or are what is varied."""
    blueprint, varied = sizing.dial.blueprint(position), sizing.dial.lever
    limited = [blueprint.units[unit] for unit in limited_community(blueprint)]
    if not limited or (varied is not None and varied.is_places and varied.path[1] in limited):
        return None
    found = sizing.about(PILOT, position)
    return None if found is None else sizing.dial.value(found)


def _cannot_be_met(sizing: Sizing) -> str:
    """Return why no position meets the standards."""
    highest = sizing.dial.positions[1]
    trial, looks = sizing.trial(highest, PILOT), sizing.looks(highest, PILOT)
    missed = "; ".join(
        f"{one} is missed with {look.value:.3g} (the limit is {one.most:.3g})"
        if math.isfinite(look.value)
        else f"{one} cannot be told: {trial.stuck or 'nobody is counted'}"
        for one, look in zip(sizing.standards, looks, strict=True)
        if not is_met(one, look.value)
    )
    at_best = f"{sizing.dial.name} = {sizing.dial.value(highest):g}"
    others = Sizing(sizing.trials, sizing.dial, sizing.standards, "community")
    if limited_community(trial.blueprint) and others.meets(highest, PILOT):
        full = ", ".join(
            f"{trial.blueprint.units[unit]} {float(values.mean()):.0%}"
            for unit in limited_community(trial.blueprint)
            if len(values := trial.by_replication("occupancy_fraction", trial.blueprint.units[unit]))
        )
        why = f"Community places bind, not beds: with a place for everybody it is met. Of them are taken: {full}"
        remedy = "Try more places there, or --vary the path of their places"
    else:
        why = "What the standard counts does not go away with more of it"
        remedy = "Try another standard, or --vary another number"
    return f"no value of {sizing.dial.name} meets the standard: even with {at_best}, {missed}. {why}. {remedy}."
