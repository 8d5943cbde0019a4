"""Levers in numbers: whom each can reach, from which day on and how far it works, made once for all replications.

Why: dates have become days, names indexes, and reach a table, so that a replication asks of all its people at once.
What levers do to the people of a replication is told in `lever_effects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.network import locality_names, stage_names
from bedsim.patients.population import NONE
from bedsim.scenario.lever_rules import Cell, reaches
from bedsim.scenario.segments import segment_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bedsim.scenario.levers import Lever
    from bedsim.scenario.schema import Scenario

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LeverPlan:
    """A lever in numbers."""

    name: str
    spec: Lever
    start_day: int
    full_day: int
    reach: Bools
    """(n_streams, n_localities and one for none, n_segments)"""
    instead: Ints
    """(n_streams,) the stage with which those affected begin; NONE if they are not referred at all."""
    stages: Bools
    """(n_stages,) those whose needs it changes."""
    reasons: Bools
    """(n_reasons,) those whose transfer delays it changes."""

    @property
    def first_day(self) -> int:
        """The first day on which it has any effect."""
        return self.start_day + (self.full_day > self.start_day)

    def ramp(self, day: Ints) -> Floats:
        """Return how far the lever works on some days, from 0 to 1: in proportion from its start until it is full."""
        if self.full_day == self.start_day:
            return (day >= self.start_day).astype(np.float64)
        return np.clip((day - self.start_day) / (self.full_day - self.start_day), 0.0, 1.0)

    def coordinators(self, day: Ints) -> Ints:
        """Return how many coordinators there are on some days: the whole part of so many as the ramp has reached."""
        coordination = self.spec.care_coordination
        assert coordination is not None, "the lever has no coordinators"
        most, span = coordination.coordinators, self.full_day - self.start_day
        if span == 0:
            return np.where(day >= self.start_day, most, 0)
        return np.clip((day - self.start_day) * most // span, 0, most)


def lever_plans(scenario: Scenario, reasons: Sequence[str]) -> tuple[LeverPlan, ...]:
    """Return the levers in their order; `reasons` are the names of the reasons of delay, by index."""
    return tuple(_plan(scenario, name, lever, reasons) for name, lever in scenario.levers.items())


def kept_visits(scenario: Scenario, starts: Ints) -> Floats:
    """Return the share of visits that are made, none of them twice, in parts of the window.

    Parameters
    ----------
    scenario
        With levers or without.
    starts
        (n_parts + 1,) the day on which each part begins, and the end of the last.

    Returns
    -------
    Floats
        (n_parts, n_segments, n_units) the mean over the part's days of what the levers leave.
    """
    days, segments, units = np.arange(starts[0], starts[-1]), segment_names(scenario), list(scenario.units)
    kept = np.ones((len(days), len(segments), len(units)))
    for plan in lever_plans(scenario, ()):
        effect, reach = plan.spec.visit_deduplication, plan.spec.reach.segments
        if effect is not None:
            of_segment = np.array([reach is None or segment in reach for segment in segments])
            of_unit = np.array([unit in effect.units for unit in units])
            kept *= 1 - effect.share * plan.ramp(days)[:, None, None] * np.outer(of_segment, of_unit)
    sums: Floats = np.add.reduceat(kept, starts[:-1] - starts[0], axis=0)
    return sums / np.diff(starts)[:, None, None]


def _plan(scenario: Scenario, name: str, lever: Lever, reasons: Sequence[str]) -> LeverPlan:
    start_day = (lever.start - scenario.time.start).days
    full_day = start_day if lever.full_from is None else (lever.full_from - scenario.time.start).days
    stages = stage_names(scenario)
    numbers: dict[tuple[str, str | None], int] = {stage: i for i, stage in enumerate(stages)}
    shortened = None if lever.stay_reduction is None else lever.stay_reduction.stages
    chosen = None if lever.delay_reduction is None else lever.delay_reduction.reasons
    has_stays = lever.stay_reduction is not None or lever.care_coordination is not None
    has_delays = lever.delay_reduction is not None or lever.care_coordination is not None
    return LeverPlan(
        name=name,
        spec=lever,
        start_day=start_day,
        full_day=full_day,
        reach=_reach(scenario, lever),
        instead=np.array([numbers.get((stream.pathway, lever.instead), NONE) for stream in scenario.streams.values()]),
        stages=np.array([has_stays and (shortened is None or stage in shortened) for _, stage in stages]),
        reasons=np.array([has_delays and (chosen is None or reason in chosen) for reason in reasons], dtype=bool),
    )


def _reach(scenario: Scenario, lever: Lever) -> Bools:
    return np.array(
        [
            [
                [reaches(lever, Cell(stream, segment, home)) for segment in segment_names(scenario)]
                for home in locality_names(scenario)
            ]
            for stream in scenario.streams
        ]
    )
