"""Warm-up from theory: how long until a caseload that started empty is as full as it will be.

Why: with unlimited places, the share of a steady caseload still missing after t days is the part of all bed-days that
lies more than t days after referral (the integral of the survival beyond t over the mean, stage by stage). The warm-up
is the first whole number of years after which less than 0.5% is missing at every stage, plus a margin for waiting
lists, which theory does not cover. One year is too short for a caseload with a heavy tail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.patients.network import stage_names
from bedsim.patients.population import NONE
from bedsim.scenario.demand import DAYS_PER_YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]

MOST_MISSING_FRACTION = 0.005
MARGIN_DAYS = 90
"""Assumption: a waiting list that starts empty settles within a season once the caseloads are full."""
MOST_YEARS = 20
N_PEOPLE = 20_000
"""Drawn people over whom the integral is taken; a sample, so the same scenario always gives the same answer."""
SAMPLE_SEED = 0


@dataclass(frozen=True)
class WarmUp:
    """The warm-up chosen, and the share of each stage's caseload still missing after it (margin left aside)."""

    days: int
    missing_fraction: dict[str, float]


def choose_warm_up(scenario: Scenario, from_start: Blueprint | None = None) -> WarmUp:
    """Return the scenario's own warm-up, or the one theory asks for if it says `auto`.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    from_start
        Its blueprint without a warm-up, if there is one already.

    Returns
    -------
    WarmUp
        Whole days.

    Raises
    ------
    BedsimError
        If 20 years would not be enough.
    """
    stated = scenario.time.warm_up_days
    return theory_of(scenario, from_start)[-1] if stated == "auto" else WarmUp(stated, {})


def theory_of(scenario: Scenario, from_start: Blueprint | None = None) -> tuple[WarmUp, ...]:
    """Return a warm-up of one year, two years and so on, up to the first that is long enough.

    Parameters
    ----------
    scenario
        From `bedsim.load`; the warm-up that it states does not count.
    from_start
        Its blueprint without a warm-up, if there is one already.

    Returns
    -------
    tuple[WarmUp, ...]
        The last is what `auto` takes.

    Raises
    ------
    BedsimError
        If 20 years would not be enough.
    """
    blueprint = prepare(scenario, 0) if from_start is None else from_start
    without = [prepare(scenario.model_copy(update={"levers": {}}), 0)] if scenario.levers else []
    samples = [_sample(one) for one in (blueprint, *without)]  # levers may begin at any time, and make stays shorter
    tried: list[WarmUp] = []
    for years in range(1, MOST_YEARS + 1):
        t = years * DAYS_PER_YEAR
        found = [_missing(scenario, sample, t) for sample in samples]
        missing = {name: max(one.get(name, 0.0) for one in found) for name in found[0] | found[-1]}
        tried.append(WarmUp(round(t) + MARGIN_DAYS, missing))
        if max(missing.values(), default=0.0) < MOST_MISSING_FRACTION:
            return tuple(tried)
    slowest = max(missing, key=lambda name: missing[name])
    raise BedsimError(
        f"no warm-up of up to {MOST_YEARS} years is long enough: {missing[slowest]:.1%} of the caseload of "
        f"{slowest} would still be missing. Try shorter needs there, or state time.warm_up_days."
    )


def _missing(scenario: Scenario, sample: tuple[Floats, Floats, NDArray[np.int64]], t: float) -> dict[str, float]:
    """Return the share of each stage's steady caseload that is missing t days after an empty start."""
    begins, lengths, stages = sample
    beyond = np.maximum(begins + lengths - t, 0.0) - np.maximum(begins - t, 0.0)
    return {
        f"{pathway}.{stage}": float(beyond[stages == i].sum() / total)
        for i, (pathway, stage) in enumerate(stage_names(scenario))
        if (total := lengths[stages == i].sum()) > 0
    }


def _sample(blueprint: Blueprint) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return begin since referral, length and stage of the stages of drawn people who never wait."""
    begins, lengths, stages, n_people = [], [], [], 0
    for replication in range(200):
        patients = draw(blueprint, SAMPLE_SEED, replication)
        begin, length = _without_waiting(blueprint, patients)
        begins.append(begin)
        lengths.append(length)
        stages.append(patients.stage)
        n_people += patients.n_patients
        if n_people >= N_PEOPLE:
            break
    return np.concatenate(begins), np.concatenate(lengths), np.concatenate(stages)


def _without_waiting(blueprint: Blueprint, patients: Patients) -> tuple[Floats, Floats]:
    """Return when each row would begin, since referral, and its length, were every place free at once."""
    slowest = [
        max((blueprint.network.units[u].stay_factor for rung in ladder for u in rung.units), default=1.0)
        for ladder in blueprint.network.ladders
    ]
    length = patients.needed_days * np.array(slowest)[patients.ladder] + patients.transfer_days
    begin = np.zeros(patients.n_rows)
    parents = np.flatnonzero((patients.next_row != NONE) | (patients.then_row != NONE))
    # Parents come before children, so one pass a generation settles every row.
    while len(parents):
        for links, elapsed in ((patients.next_row, length), (patients.then_row, np.zeros_like(length))):
            going = parents[links[parents] != NONE]
            begin[links[going]] = begin[going] + elapsed[going]
        children = np.concatenate((patients.next_row[parents], patients.then_row[parents]))
        children = children[children != NONE]
        parents = children[(patients.next_row[children] != NONE) | (patients.then_row[children] != NONE)]
    return begin, length
