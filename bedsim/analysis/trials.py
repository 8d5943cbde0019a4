"""Trials: variants of a scenario under the same luck, as many replications of each as a question needs.

Why: a decision compares scenarios that differ a little, and the same person must walk into all of them. A replication's
people are drawn once for all variants that have the same people (other beds, other rungs' units), each variant is
simulated with them, and what was simulated is kept: a question that needs more replications goes on from there.
Nothing is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np

from bedsim.analysis.chunks import chunk_size
from bedsim.analysis.money import Money, money
from bedsim.analysis.overload import visits_per_day
from bedsim.analysis.people import alike
from bedsim.analysis.recipe import Recipe, Together
from bedsim.analysis.workers import for_little, local_workers
from bedsim.errors import StuckError
from bedsim.measures.reading import Reader
from bedsim.measures.totals import merge
from bedsim.measures.yardstick import yardstick_of
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint

    Floats = NDArray[np.float64]

Name = TypeVar("Name", bound=Hashable)
PARTS_A_WORKER = 3
"""Replications are cut in so many parts for each worker at least, so that all finish together."""
OF_DEMAND = ("demand_beds", "demand_above_beds_fraction", "p_delay_if_lost", "demand_beds_no_delay")
"""These measures need the runs without limits, which cost as much as the rest."""


@dataclass(frozen=True)
class Trial:
    """What the replications of one variant said."""

    blueprint: Blueprint
    totals: Totals | None
    stuck: str = ""
    """Who can never move in it; the variant then has no numbers."""

    @cached_property
    def reader(self) -> Reader:
        """What reads the totals."""
        assert self.totals is not None, "a variant in which somebody is stuck was read"
        return Reader(yardstick_of(self.blueprint), self.totals)

    @cached_property
    def money(self) -> Money | None:
        """What the replications cost; None if the scenario states no prices."""
        return money(self.blueprint, self.reader)

    def pounds(self, n: int) -> Floats | None:
        """Return what a year of the headline costs in each of the first n replications; None without prices."""
        if self.totals is None or self.money is None:
            return None
        return self.money.total(self.reader.yardstick.calendar.headline)[:n]

    def by_replication(self, measure_name: str, unit: str = SYSTEM, period: str = "all") -> Floats:
        """Return a measure's mean in each replication, shape (n_replications,); NaN where nothing was observed."""
        keys, values = self.reader.means(measure_name)
        return np.ascontiguousarray(values[:, keys.index((unit, measure_name, period))])


@dataclass
class Trials:
    """Variants by name and what was simulated of them so far."""

    seed: int = 1
    engine: Engine = "compiled"
    workers: Workers | None = None
    """By default this machine's."""
    has_demand: bool = True
    """Whether the measures in `OF_DEMAND` are needed; without them they are empty."""
    progress: Callable[[int], None] | None = None
    """Told how many replications more are finished, those of all variants together."""
    _known: dict[Hashable, Trial] = field(default_factory=dict)

    def run(self, variants: Mapping[Name, Blueprint], n_replications: int) -> dict[Name, Trial]:
        """Return each variant's first n replications, or more if more are known.

        Parameters
        ----------
        variants
            By a name that stands for the variant throughout.
        n_replications
            How many of each are wanted.

        Returns
        -------
        dict[Name, Trial]
            By the same names, in the same order.
        """
        while waiting := {
            name: self._n_of(name)
            for name in variants
            if self._n_of(name) < n_replications and not (name in self._known and self._known[name].stuck)
        }:
            fewest = min(waiting.values())
            behind = {name: variants[name] for name, n in waiting.items() if n == fewest}
            more = [n for n in waiting.values() if n > fewest]
            self._add(behind, range(fewest, min([*more, n_replications])))
        return {name: self._known[name] for name in variants}

    def _n_of(self, name: Hashable) -> int:
        trial = self._known.get(name)
        return 0 if trial is None or trial.totals is None else len(trial.totals)

    def _add(self, variants: dict[Name, Blueprint], replications: range) -> None:
        """Simulate some replications of variants and add them to what is known."""
        crew = self.workers or local_workers(self.engine, None)
        task = _Variants(tuple((tuple(group), self._together(group)) for group in alike(variants)))
        if chunk_size(task.stays_of_one, self.engine) >= len(replications):
            crew = for_little(crew)
        found: dict[Name, list[Totals]] = {name: [] for name in variants}
        stuck: dict[Name, _Stuck] = {}
        outcomes = crew.finished(task, _parts(replications, task.stays_of_one, self.engine))
        try:
            for part in outcomes:
                for name, answer in part.items():
                    if isinstance(answer, _Stuck):
                        stuck[name] = min(stuck.get(name, answer), answer)
                    else:
                        found[name].append(answer)
                        if self.progress is not None:
                            self.progress(len(answer))
        finally:
            outcomes.close()
        for name, blueprint in variants.items():
            before = self._known[name].totals if name in self._known else None
            parts = found[name] if before is None else [before, *found[name]]
            totals = None if name in stuck else merge(parts, range(replications.stop))
            self._known[name] = Trial(blueprint, totals, stuck[name].text if name in stuck else "")

    def _together(self, group: dict[Name, Blueprint]) -> Together:
        recipes = tuple(Recipe(blueprint, self.seed, self.engine) for blueprint in group.values())
        return Together(recipes, self.has_demand)


class _Stuck(NamedTuple):
    """The first replication in which somebody was found stuck, and who."""

    number: int
    text: str


@dataclass(frozen=True)
class _Variants(Generic[Name]):
    """What is done with replications: the variants in groups of the same people."""

    groups: tuple[tuple[tuple[Name, ...], Together], ...]

    @property
    def stays_of_one(self) -> float:
        """Stays expected of one replication of all variants together."""
        return sum(_stays(recipe.blueprint) for _, together in self.groups for recipe in together.recipes)

    def __call__(self, part: range) -> dict[Name, Totals | _Stuck]:
        """Return by variant the totals of some replications, or who was found stuck in them."""
        found: dict[Name, Totals | _Stuck] = {}
        for names, together in self.groups:
            for name, outcome in zip(names, together.chunk(part), strict=True):
                if isinstance(outcome.error, StuckError) and outcome.stuck_at is not None:
                    found[name] = _Stuck(outcome.stuck_at, str(outcome.error))
                elif outcome.error is not None:  # no variant of these people can be told
                    raise outcome.error
                elif outcome.totals is not None:
                    found[name] = outcome.totals
        return found


def _stays(blueprint: Blueprint) -> float:
    """Return the stays expected of one replication."""
    time = blueprint.scenario.time
    days = blueprint.warm_up_days + time.run_length_days + time.cool_down_days
    return days * sum(visits_per_day(blueprint).values())


def _parts(replications: range, stays_of_one: float, engine: Engine) -> list[range]:
    """Return the replications cut in parts that workers do."""
    from bedsim.analysis.workers import cores

    fair = -(-len(replications) // (PARTS_A_WORKER * cores()))
    size = max(1, min(chunk_size(stays_of_one, engine), fair))
    return [replications[start : start + size] for start in range(0, len(replications), size)]
