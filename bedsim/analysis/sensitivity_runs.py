"""Many variants of a scenario under the same luck, and of each no more than the day-by-day numbers that are asked for.

Why: what moves a bed number is found from a hundred variants, nearly all with people of their own. Of each replication
one needs how many days had how many people, replication by replication, so that differences can be paired; and where
only the demand is asked for, the run with the beds as they are is left out, which is most of the cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.compare_percentiles import by_group
from bedsim.analysis.nobody import no_stays
from bedsim.analysis.people import alike
from bedsim.analysis.recipe import checked_stays
from bedsim.analysis.workers import local_workers
from bedsim.engine.choose import simulate
from bedsim.errors import StuckError
from bedsim.measures.demand import demand_of
from bedsim.measures.midnights import read_run
from bedsim.measures.yardstick import yardstick_of
from bedsim.memory import keep_memory
from bedsim.patients.draw import draw
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DEMAND, OVERFLOW = "demand_beds", "overflow"
ENOUGH = 95
"""Percent of days on which the beds are enough."""


@dataclass(frozen=True)
class Days:
    """How many days of a period had 0, 1, 2, ... people, replication by replication."""

    demand: Ints
    """(n_replications, width)"""
    overflow: Ints
    """Likewise; zeros where only the demand was asked for."""

    @property
    def beds(self) -> Floats:
        """The beds enough on 95% of days, with fractions: one value a replication, of which the mean is that of all."""
        return by_group(self.demand, ENOUGH)

    @property
    def mean_demand(self) -> Floats:
        """(n_replications,) people who would be in planned beds if there were no limit."""
        return _means(self.demand)

    @property
    def mean_overflow(self) -> Floats:
        """(n_replications,) people waiting, in escalation beds or out of area at midnight."""
        return _means(self.overflow)


def days_of(
    variants: Mapping[str, Blueprint],
    period: str,
    n_replications: int,
    seed: int,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
    has_overflow: bool = True,
) -> dict[str, Days | str]:
    """Return what each variant's replications say of a period; a text in place of it names people who can never move.

    Parameters
    ----------
    variants
        By name.
    period
        Of their calendar, which is the same.
    n_replications
        Of each; replication k has the same luck in all.
    seed
        Root of all random streams.
    workers
        How many at a time, by default one a core.
    progress
        Told how many more replications are finished.
    has_overflow
        Whether the run with the beds as they are is simulated too.

    Returns
    -------
    dict[str, Days | str]
        By name, in the same order.
    """
    groups = alike(variants)
    task = _Task(groups, period, n_replications, seed, has_overflow)
    found: dict[str, Days | str] = {}
    outcomes = local_workers("compiled", workers).finished(task, (range(i, i + 1) for i in range(len(groups))))
    try:
        for of_group in outcomes:
            found |= of_group
            if progress is not None:
                progress(n_replications * len(of_group))
    finally:
        outcomes.close()
    return {name: found[name] for name in variants}


@dataclass(frozen=True)
class _Task:
    """What is done with a group of variants that have the same people, who are drawn once."""

    groups: tuple[dict[str, Blueprint], ...]
    period: str
    n_replications: int
    seed: int
    has_overflow: bool

    def __call__(self, part: range) -> dict[str, Days | str]:
        """Return what the variants of the one group in `part` say."""
        keep_memory()
        group = self.groups[part.start]
        counts: dict[str, list[tuple[Ints, Ints]]] = {name: [] for name in group}
        stuck: dict[str, str] = {}
        for number in range(self.n_replications):
            patients = draw(next(iter(group.values())), self.seed, number)
            for name in group.keys() - stuck.keys():
                try:
                    counts[name].append(self._counts(group[name], patients, number))
                except StuckError as error:
                    stuck[name] = f"replication {number}: {error}"
        return {name: stuck.get(name) or Days(*map(_table, zip(*counts[name], strict=True))) for name in group}

    def _counts(self, blueprint: Blueprint, patients: Patients, number: int) -> tuple[Ints, Ints]:
        """Return the days of one replication: demand and overflow."""
        sampled = blueprint.tracks.sampled(self.seed, number)
        stays = no_stays(patients)  # in place of the run that only overflow is read from
        demand = simulate(patients, sampled.demand_network, "compiled")
        if self.has_overflow:
            stays = checked_stays(blueprint, patients, sampled.network, "compiled")
        one = yardstick_of(blueprint)
        is_in_period = np.isin(one.year_of_day, one.calendar.years[self.period])
        midnights = read_run(one, patients, stays, demand_of(one, patients, demand)).midnights[:, :-1]
        of_demand, of_overflow = (midnights[one.midnight_keys.index((SYSTEM, name))] for name in (DEMAND, OVERFLOW))
        return np.bincount(of_demand[is_in_period]), np.bincount(of_overflow[is_in_period])


def _table(rows: Sequence[Ints]) -> Ints:
    """Return histograms as the rows of a table."""
    table = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for to, row in zip(table, rows, strict=True):
        to[: len(row)] = row
    return table


def _means(counts: Ints) -> Floats:
    return np.asarray(counts @ np.arange(counts.shape[1]) / counts.sum(axis=1))
