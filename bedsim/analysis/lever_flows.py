"""Where people are expected to begin once levers act, day by day.

Why: the referrals that theory expects, and the load that is said before a run, must be those that levers leave. A lever
takes a share of the people in reach, each by a uniform of their own, so what is left after several is a product. Only
how many find a coordinator is not known beforehand: here everybody in reach does while there is any, so that a load is
never said to be more than it is, and theory asks `is_known` first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.levers import LeverPlan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Beginning:
    """People of one stream, home and segment: the stages with which they begin."""

    home: int
    segment: int
    by_stage: dict[int, Floats]
    """Share, by day, of all the people whom the stream would refer were there no levers."""


def acting(blueprint: Blueprint) -> tuple[LeverPlan, ...]:
    """Return the levers that affect people."""
    return tuple(lever for lever in blueprint.levers if lever.spec.visit_deduplication is None)


def is_known(blueprint: Blueprint) -> bool:
    """Say whether it is known beforehand how many people are referred, and where they begin."""
    return all(lever.spec.care_coordination is None or lever.spec.share == 0 for lever in blueprint.levers)


def changes_lengths(blueprint: Blueprint, *, has_transfer: bool) -> bool:
    """Say whether levers change needs, or transfer delays where these count."""
    return any(lever.stages.any() or (has_transfer and lever.reasons.any()) for lever in blueprint.levers)


def beginnings(blueprint: Blueprint, stream: int, days: range) -> Iterator[Beginning]:
    """Yield the people of each home and segment of a stream; of all segments together if there are no levers.

    Parameters
    ----------
    blueprint
        What all replications share.
    stream
        Its index.
    days
        Of the run.

    Yields
    ------
    Beginning
        All its shares over all homes and segments sum to 1, less those of people who are not referred.
    """
    plan, levers, day = blueprint.streams[stream], acting(blueprint), np.arange(days.start, days.stop)
    segments = _segments(blueprint, stream, days) if levers else [(0, np.ones(len(day)))]
    for home, at_home in shares(plan.localities, plan.locality_edges):
        for segment, of_segment in segments:
            left = at_home * of_segment
            by_stage: dict[int, Floats] = defaultdict(lambda: np.zeros(len(day)))
            for lever in levers:
                if lever.reach[stream, home, segment]:
                    taken = left * lever.spec.share * strength(lever, day)
                    left = left - taken
                    if lever.spec.instead is not None:
                        by_stage[int(lever.instead[stream])] += taken
            for stage, share in shares(plan.start_stages, plan.start_edges):
                by_stage[stage] += share * left
            yield Beginning(home, segment, {stage: share for stage, share in by_stage.items() if share.any()})


def strength(lever: LeverPlan, day: Ints) -> Floats:
    """Return how far a lever works at most: that of coordinators in full for everybody while there is one."""
    if lever.spec.care_coordination is not None:
        return (lever.coordinators(day) > 0).astype(np.float64)
    return lever.ramp(day)


def referred_share(blueprint: Blueprint, stream: int, days: range) -> Floats:
    """Return the share of a stream's people who are still referred, by day."""
    total = np.zeros(len(days))
    for beginning in beginnings(blueprint, stream, days):
        for share in beginning.by_stage.values():
            total += share
    return total


def leads_elsewhere(blueprint: Blueprint, stream: int) -> bool:
    """Say whether a lever lets people of a stream begin with another stage."""
    levers = acting(blueprint)
    return any(lever.instead[stream] != NONE and lever.reach[stream].any() for lever in levers)


def shares(values: Ints, edges: Floats) -> list[tuple[int, float]]:
    """Return each value with its share, from the upper edges of the shares without the last."""
    return list(zip(values.tolist(), np.diff(np.concatenate(([0.0], edges, [1.0]))).tolist(), strict=True))


def _segments(blueprint: Blueprint, stream: int, days: range) -> list[tuple[int, Floats]]:
    """Return the share of each segment among a stream's people, by day."""
    of_run = slice(days.start + blueprint.warm_up_days, days.stop + blueprint.warm_up_days)
    edges = blueprint.segment_edges[stream, of_run]
    ends = np.ones((len(days), 1))
    by_segment = np.diff(np.hstack((0 * ends, edges, ends)), axis=1)
    return list(enumerate(by_segment.T))
