"""Recipes: what a replication is made of, alone and together with others of the same people.

Why: one replication is drawn, simulated, checked and measured in one go. Its number alone decides what is drawn, so it
may be made anywhere and in any order; and whoever comes is drawn once for all scenarios that have the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bedsim.analysis.same_demand import demand_from
from bedsim.analysis.workers import Outcome, this_worker
from bedsim.engine.choose import simulate
from bedsim.engine.invariants import check_invariants
from bedsim.engine.stuck import refuse_stuck
from bedsim.errors import BedsimError, StuckError
from bedsim.measures.demand import demand_of
from bedsim.measures.replication import measure
from bedsim.measures.totals import merge
from bedsim.measures.yardstick import yardstick_of
from bedsim.memory import keep_memory
from bedsim.patients.draw import draw

if TYPE_CHECKING:
    from bedsim.engine.choose import Engine
    from bedsim.engine.stays import Stays
    from bedsim.measures.demand import Demand
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients


@dataclass(frozen=True)
class Recipe:
    """All that a replication's numbers depend on, but its own number."""

    blueprint: Blueprint
    seed: int
    engine: Engine = "compiled"

    @cached_property
    def no_delay_network(self) -> Network:
        """The network in which nothing is limited."""
        return self.blueprint.network.without_limits()

    def people(self, number: int) -> Patients:
        """Return who comes in a replication, from 0; BedsimError if somebody's way has no end."""
        try:
            return draw(self.blueprint, self.seed, number)
        except BedsimError as error:
            raise BedsimError(f"replication {number}: {error}") from None

    def demand(self, number: int, patients: Patients) -> Demand:
        """Return the demand of a replication's people for beds."""
        sampled = self.blueprint.tracks.sampled(self.seed, number)
        demand = simulate(patients, sampled.demand_network, self.engine)
        no_delay = simulate(patients.without_transfer(), self.no_delay_network, self.engine)
        return demand_of(yardstick_of(self.blueprint), patients, demand, no_delay)

    def totals(self, number: int, patients: Patients, demand: Demand | None) -> Totals:
        """Return a replication's numbers, with its people and their demand; StuckError if somebody can never move."""
        sampled = self.blueprint.tracks.sampled(self.seed, number)
        try:
            stays = checked_stays(self.blueprint, patients, sampled.network, self.engine)
        except StuckError as error:
            raise StuckError(f"replication {number}: {error}") from None
        return measure(self.blueprint, patients, stays, demand, number, sampled)

    def replication(self, number: int) -> Totals:
        """Return a replication's numbers, its people drawn for it alone."""
        patients = self.people(number)
        return self.totals(number, patients, self.demand(number, patients))

    def chunk(self, part: range) -> Outcome:
        """Do a range of replications, up to the first in which somebody is stuck."""
        return Together((self,)).chunk(part)[0]


@dataclass(frozen=True)
class Together:
    """Recipes of the same people, who are drawn once for all of them, as is the demand for beds of those alike."""

    recipes: tuple[Recipe, ...]
    has_demand: bool = True
    """Whether the demand is simulated; what is measured of it is nothing without."""

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """By recipe, that which has its demand."""
        return tuple(demand_from({i: recipe.blueprint for i, recipe in enumerate(self.recipes)}).values())

    def chunk(self, part: range) -> list[Outcome]:
        """Do a range of replications of each recipe, up to the first in which somebody is stuck or has no end."""
        keep_memory()
        finished: list[list[Totals]] = [[] for _ in self.recipes]
        stuck: dict[int, tuple[BedsimError | None, int | None]] = {}
        for number in part:
            try:
                patients = self.recipes[0].people(number)
            except BedsimError as error:  # all have these people
                stuck = dict.fromkeys(range(len(self.recipes)), (error, number)) | stuck
                break
            asked = {source for i, source in enumerate(self.sources) if self.has_demand and i not in stuck}
            demand = {i: self.recipes[i].demand(number, patients) for i in asked}
            for i, (recipe, source) in enumerate(zip(self.recipes, self.sources, strict=True)):
                if i not in stuck:
                    try:
                        finished[i].append(recipe.totals(number, patients, demand.get(source)))
                    except StuckError as error:
                        stuck[i] = error, number
            if len(stuck) == len(self.recipes):
                break
        merged = [merge(some, part) if some else None for some in finished]
        return [Outcome(one, *stuck.get(i, (None, None)), worker=this_worker()) for i, one in enumerate(merged)]


def checked_stays(blueprint: Blueprint, patients: Patients, network: Network, engine: Engine) -> Stays:
    """Return what happens to these people in this network of the blueprint's, the invariants checked.

    StuckError if somebody can never move: what is closed by chance or by the hour opens again.
    """
    stays = simulate(patients, network, engine)
    check_invariants(patients, network, stays, (0.0, float(blueprint.scenario.time.run_length_days)))
    refuse_stuck(patients, blueprint.tracks.at_best, stays)
    return stays
