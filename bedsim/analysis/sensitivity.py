"""Sensitivity: how far each stated range moves the bed number, and how much of its uncertainty is inputs.

Why: a planner must know which assumption to go and ask about, and when more replications are no use. Each stated range
is run at its low and at its high end, one at a time, with the same people otherwise; then all are drawn together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.plan import plan_run
from bedsim.analysis.sensitivity_found import PARTS, Effect, End, Sensitivity, effect_of
from bedsim.analysis.sensitivity_global import Index, first_order, has_library
from bedsim.analysis.sensitivity_inputs import ranges_of, scenario_at
from bedsim.analysis.sensitivity_runs import Days, days_of
from bedsim.analysis.variance import latin_hypercube
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.errors import BedsimError, StuckError
from bedsim.measures.calendar import Calendar
from bedsim.patients.blueprint import prepare

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.plan import Plan
    from bedsim.analysis.sensitivity_inputs import Ranges, Uncertain
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]

FEW_DRAWS, MANY_DRAWS = 64, 256
"""Draws of the inputs for the split, and for indices: 256 of ten inputs give an index to 0.04 (docs/decisions/0031)."""
LEAST_DRAWS = 4
OF_A_DRAW = 20
"""Most replications of a draw. The luck is that of all draws, so few are enough."""


@dataclass(frozen=True)
class Study:
    """A sensitivity analysis that may be run: all its variants make sense."""

    plan: Plan
    """Of the scenario as it is."""
    ranges: Ranges
    ends: dict[str, Blueprint]
    """By `_key` of an input and an end."""
    draws: Floats
    drawn: dict[str, Blueprint]
    n_replications: int
    seed: int
    has_indices: bool

    @property
    def n_to_run(self) -> int:
        """How many replications of all variants together."""
        return (1 + len(self.ends)) * self.n_replications + len(self.drawn) * self.of_a_draw

    @property
    def of_a_draw(self) -> int:
        """How many replications of each draw."""
        return min(OF_A_DRAW, self.n_replications)

    def run(self, workers: int | None = None, progress: Callable[[int], None] | None = None) -> Sensitivity:
        """Return what came of it.

        Parameters
        ----------
        workers
            How many at a time, by default one a core.
        progress
            Told how many more replications are finished.

        Returns
        -------
        Sensitivity
            An input of which an end leaves somebody stuck is left out and said.

        Raises
        ------
        StuckError
            If somebody can never move in the scenario as it is.
        BedsimError
            If too few draws can be run.
        """
        scenario = self.plan.scenario
        period = Calendar(scenario.time.start, scenario.time.run_length_days).headline
        variants = {"": self.plan.blueprint, **self.ends}
        found = days_of(variants, period, self.n_replications, self.seed, workers, progress)
        own = found[""]
        if isinstance(own, str):
            raise StuckError(own)
        draws = days_of(self.drawn, period, self.of_a_draw, self.seed, workers, progress, has_overflow=False)
        drawn = {int(name): one for name, one in draws.items() if not isinstance(one, str)}
        if len(drawn) < LEAST_DRAWS:
            raise BedsimError(
                f"only {len(drawn)} of {len(self.draws)} draws from the stated ranges can be run. Try narrower ranges."
            )
        effects, left_out = list[Effect](), dict(self.ranges.left_out)
        kept = list[int]()
        for i, one in enumerate(self.ranges.inputs):
            ends = {end: found[_key(one, end)] for end in PARTS}
            sentence = next((end for end in ends.values() if isinstance(end, str)), None)
            if sentence is not None:
                left_out[one.name] = sentence
            else:
                effects.append(effect_of(one, own, {e: days for e, days in ends.items() if isinstance(days, Days)}))
                kept.append(i)
        positions = self.draws[list(drawn)][:, kept]
        days = tuple(drawn.values())
        return Sensitivity(
            scenario=scenario,
            hash=self.plan.hash,
            seed=self.seed,
            n_replications=self.n_replications,
            period=period,
            own=own,
            effects=tuple(effects),
            left_out=left_out,
            moves_nobody=self.ranges.moves_nobody,
            draws=positions,
            drawn=days,
            n_senseless=len(self.draws) - len(drawn),
            indices=self._indices(positions, effects, days) if self.has_indices else (),
        )

    def _indices(self, positions: Floats, effects: list[Effect], drawn: tuple[Days, ...]) -> tuple[Index, ...]:
        names = [one.input.name for one in effects]
        return first_order(names, positions, np.array([one.beds.mean() for one in drawn]), self.seed)


def study(
    scenario: Scenario,
    n_replications: int = 50,
    seed: int = 1,
    n_draws: int | None = None,
    has_indices: bool = False,
) -> Study:
    """Return what there is to run, refused with a sentence if it cannot be.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        Of the scenario as it is, and of each end of each range; of a draw at most 20.
    seed
        Root of all random streams.
    n_draws
        From the ranges, by a Latin hypercube; by default 64, and 256 for indices.
    has_indices
        Whether first-order indices are found from the draws, with SALib.

    Returns
    -------
    Study
        To be run.

    Raises
    ------
    BedsimError
        If the scenario states no range or has no planned beds, or a number is too small or too large.
    """
    n_draws = n_draws if n_draws is not None else MANY_DRAWS if has_indices else FEW_DRAWS
    if n_replications < 2:
        raise BedsimError(f"replications must be at least 2, but is {n_replications}. Try --replications 50.")
    least = LEAST_DRAWS if not has_indices else FEW_DRAWS
    if n_draws < least:
        raise BedsimError(f"draws must be at least {least}, but is {n_draws}. Try --draws {max(least, FEW_DRAWS)}.")
    if has_indices:
        has_library()
    ranges = ranges_of(scenario)
    plan = plan_run(scenario, (1 + 2 * len(ranges.inputs)) * n_replications + n_draws * OF_A_DRAW)
    if not plan.blueprint.network.planned_units:
        raise BedsimError(
            "sensitivity asks what moves the number of planned beds, and the scenario has none: no unit is of kind "
            "community_hospital or care_home. Try scenarios/option-1.yaml."
        )
    ends: dict[str, Blueprint] = {}
    for one in ranges.inputs:
        for end, part in PARTS.items():
            changed = scenario_at(scenario, {one: part})
            ends[_key(one, end)] = prepare(changed, choose_warm_up(changed).days)
    warm_up_days = max(one.warm_up_days for one in (plan.blueprint, *ends.values()))
    draws = latin_hypercube(n_draws, len(ranges.inputs), seed)
    drawn = {}
    for i, row in enumerate(draws.tolist()):
        try:
            changed = scenario_at(scenario, dict(zip(ranges.inputs, row, strict=True)))
        except BedsimError:  # each end makes sense alone, these values together do not
            continue
        drawn[str(i)] = prepare(changed, warm_up_days)
    return Study(plan, ranges, ends, draws, drawn, n_replications, seed, has_indices)


def sensitivity(
    scenario: Scenario,
    n_replications: int = 50,
    seed: int = 1,
    n_draws: int | None = None,
    has_indices: bool = False,
    workers: int | None = None,
) -> Sensitivity:
    """Return what moves a scenario's bed number: `study`, run.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        Of the scenario as it is, and of each end of each range; of a draw at most 20.
    seed
        Root of all random streams.
    n_draws
        From the ranges, by a Latin hypercube; by default 64, and 256 for indices.
    has_indices
        Whether first-order indices are found from the draws, with SALib (`pip install 'bedsim[sensitivity]'`).
    workers
        How many at a time, by default one a core.

    Returns
    -------
    Sensitivity
        Its `table()`, `sentence()`, `effects`, `split` and `indices`.

    Raises
    ------
    BedsimError
        If the scenario states no range or has no planned beds.
    """
    return study(scenario, n_replications, seed, n_draws, has_indices).run(workers)


def _key(one: Uncertain, end: End) -> str:
    return f"{one.name} {end}"
