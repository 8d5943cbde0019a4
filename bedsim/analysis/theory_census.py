"""The expected census where nobody is in anybody's way: of streams of any rate, of stays of any length.

Why: with unlimited places the mean number of people in a place is the integral of the rate of arrival times the share
that is still there (M_t/G/infinity), whatever the distribution. So the mean of `demand_beds_no_delay` is known before
anything is simulated, and that of `demand_beds` where nothing else is limited: a simulation that says otherwise errs.

Time is cut into hours, within which rates are constant, so the census that a first stage makes is exact. People reach a
later stage in the exact number and at the exact mean time; only when within the hour is taken to be even.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.lever_flows import beginnings, changes_lengths, is_known
from bedsim.patients.network import UNLIMITED, ladder_index
from bedsim.patients.population import NONE
from bedsim.scenario.schema import MOST_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.distributions import Shape
    from bedsim.patients.network import Network
    from bedsim.patients.stage_plan import StagePlan

    Floats = NDArray[np.float64]

CELLS_A_DAY = 24
NEGLIGIBLE = 1e-12
"""Of all people: those who still go round a loop."""


class NotExactError(Exception):
    """Theory does not cover the scenario; never shown to a user."""


def no_delay_census(blueprint: Blueprint) -> Floats | None:
    """Return the expected `demand_beds_no_delay` at each midnight of the window; None where it is not known."""
    network = blueprint.network.without_limits()
    return _census(blueprint, network, lambda ladder, _: network.names_planned(ladder), has_transfer=False)


def demand_census(blueprint: Blueprint) -> Floats | None:
    """Return the expected `demand_beds` at each midnight of the window; None where more than these is limited."""
    if blueprint.tracks.units:
        return None
    network = blueprint.network.with_unlimited(blueprint.network.planned_units)
    return _census(blueprint, network, lambda _, unit: network.units[unit].is_planned, has_transfer=True)


def time_in_up_to(shape: Shape, days: Floats) -> Floats:
    """Return the mean of a length cut at each of these days: the integral of the share that lasts longer, from 0.

    >>> from bedsim.patients.distributions import GammaShape
    >>> time_in_up_to(GammaShape(1.0, 2.0), np.array([0.0, 2.0, 1e9])).round(3).tolist()
    [0.0, 1.264, 2.0]
    """
    if shape.mean == 0:
        return np.zeros(len(days))
    return shape.mean * shape.length_biased().cdf(days) + days * (1 - shape.cdf(days))


def expected_arrivals(blueprint: Blueprint) -> Floats:
    """Return the people that each stream is expected to refer in each hour, (n_streams, n_hours), but those booked.

    From the first day of the run to the last of the window.
    """
    n_days = blueprint.warm_up_days + blueprint.scenario.time.run_length_days
    found = []
    for demand in blueprint.demands:
        by_hour = np.outer(demand.expected_per_day[:n_days], demand.hourly / CELLS_A_DAY)
        if demand.observed is not None:
            days = demand.observed.referred_day.astype(np.int64) - demand.first
            by_hour += np.outer(np.bincount(days, minlength=n_days)[:n_days], demand.hourly / demand.hourly.sum())
        found.append(by_hour.ravel())
    return np.array(found)


def _census(
    blueprint: Blueprint, network: Network, counts: Callable[[int, int], bool], *, has_transfer: bool
) -> Floats | None:
    if blueprint.present or any(len(demand.booked.index) for demand in blueprint.demands):
        return None
    if not is_known(blueprint) or changes_lengths(blueprint, has_transfer=has_transfer):
        return None
    try:
        return _Flow(blueprint, network, counts, has_transfer).census()
    except NotExactError:
        return None


@dataclass(frozen=True)
class _State:
    """People who ask for a stage, of homes whose ladders begin alike, and the unit that they are in."""

    stage: int
    home: int
    held: int


class _Flow:
    """Follows the expected numbers of people from stage to stage, hour by hour."""

    def __init__(
        self, blueprint: Blueprint, network: Network, counts: Callable[[int, int], bool], has_transfer: bool
    ) -> None:
        self.blueprint, self.network, self.counts, self.has_transfer = blueprint, network, counts, has_transfer
        self.is_sure = [unit.places == UNLIMITED and unit.leave is None for unit in network.units]
        for entry in network.timetable:
            self.is_sure[entry.unit] &= entry.accepting and entry.places == UNLIMITED
        self.n_cells = (blueprint.warm_up_days + blueprint.scenario.time.run_length_days) * CELLS_A_DAY
        self.days = np.arange(self.n_cells + 1) / CELLS_A_DAY
        self.staying: dict[tuple[int, float], Floats] = {}
        self.entering: dict[tuple[int, float], Floats] = {}
        self.leads_on = self._stages_that_lead_on()

    def census(self) -> Floats:
        """Return the expected census at each midnight of the window."""
        states = self._first()
        for _ in range(MOST_STAGES):
            following: dict[_State, Floats] = defaultdict(lambda: np.zeros(self.n_cells))
            for state, flow in states.items():
                self._visit(state, flow, following)
            states = {state: flow for state, flow in following.items() if flow.sum() > NEGLIGIBLE}
            if not states:
                break
        total = np.zeros(self.n_cells + 1)
        for key, flow in self.entering.items():
            total[1:] += _convolved(flow, self.staying[key][1:])
        first = self.blueprint.warm_up_days * CELLS_A_DAY
        return total[first:-1:CELLS_A_DAY]

    def _first(self) -> dict[_State, Floats]:
        """Return who is referred, by first stage and home."""
        states: dict[_State, Floats] = defaultdict(lambda: np.zeros(self.n_cells))
        alike = self._homes_alike()
        days = range(-self.blueprint.warm_up_days, self.blueprint.scenario.time.run_length_days)
        for stream, flow in enumerate(expected_arrivals(self.blueprint)):
            for beginning in beginnings(self.blueprint, stream, days):
                for stage, share in beginning.by_stage.items():
                    states[_State(stage, alike[beginning.home], NONE)] += share.repeat(CELLS_A_DAY) * flow
        return {state: flow for state, flow in states.items() if self.leads_on[state.stage]}

    def _visit(self, state: _State, flow: Floats, following: dict[_State, Floats]) -> None:
        """Add those who enter a place to the census, and hand on those who leave it."""
        ladder, unit = self._placed(state)
        factor, is_counted = self.network.units[unit].stay_factor, self.counts(ladder, unit)
        ways = self._ways(self.blueprint.stages[state.stage])
        onward = {then: _State(then, state.home, unit) for _, _, then, _ in ways if then != NONE}
        going = {then for then in onward if is_counted or self.leads_on[then]}
        for then in going:
            self._placed(onward[then])  # whoever cannot go on at once stays where the census counts them
        for need, transfer, then, share in ways:
            parts = [(need, factor), *([] if transfer is None else [(transfer, 1.0)])]
            leads_on = then in going and self.leads_on[then]
            people = share * flow
            for i, (shape, scale) in enumerate(parts):
                if is_counted:
                    self._enter(people, shape, scale)
                if leads_on or i + 1 < len(parts):
                    people = self._leave(people, shape, scale)
            if leads_on:
                following[onward[then]] += people

    def _placed(self, state: _State) -> tuple[int, int]:
        """Return the ladder and the unit in which everybody of a state is placed at once (rules 3 and 4)."""
        ladder = ladder_index(self.blueprint.scenario, state.stage, state.home)
        units = self._units(ladder)
        unit = state.held if state.held in units else next(iter(units), NONE)
        if unit == NONE or not self.is_sure[unit]:
            raise NotExactError
        return ladder, unit

    def _ways(self, plan: StagePlan) -> list[tuple[Shape, Shape | None, int, float]]:
        """Return the need, transfer delay and next stage of the branches that differ in them, with their share."""
        found: dict[tuple[int, int, int], tuple[Shape, Shape | None, int, float]] = {}
        for branch in plan.branches:
            transfer = branch.transfer if self.has_transfer else None
            key = (id(branch.needed), id(transfer), branch.next_stage)
            share = branch.share + (found[key][3] if key in found else 0.0)
            found[key] = (branch.needed, transfer, branch.next_stage, share)
        return [*found.values()]

    def _enter(self, people: Floats, shape: Shape, factor: float) -> None:
        key = self._kernel(shape, factor)
        self.entering[key] = self.entering[key] + people if key in self.entering else people

    def _leave(self, people: Floats, shape: Shape, factor: float) -> Floats:
        """Return in which cell people leave who enter evenly within each cell."""
        staying = self.staying[self._kernel(shape, factor)]
        return _convolved(people, -np.diff(staying))

    def _kernel(self, shape: Shape, factor: float) -> tuple[int, float]:
        """Make sure that it is known which share of those who enter within a cell stay so many cells later."""
        key = (id(shape), factor)
        if key not in self.staying:
            up_to = factor * time_in_up_to(shape, self.days / factor)
            self.staying[key] = np.append(1.0, np.diff(up_to) * CELLS_A_DAY)
        return key

    def _stages_that_lead_on(self) -> list[bool]:
        """Say of each stage whether anybody who asks for it may be counted, there or later."""
        found = [
            any(self.counts(one, unit) for one in ladders for rung in self.network.ladders[one] for unit in rung.units)
            for ladders in map(self._ladders, range(len(self.blueprint.stages)))
        ]
        for _ in found:
            for i, plan in enumerate(self.blueprint.stages):
                found[i] |= any(one.next_stage != NONE and found[one.next_stage] for one in plan.branches)
        return found

    def _homes_alike(self) -> list[int]:
        """Return for each home the first one whose ladders begin alike and name planned beds or not, stage by stage."""
        seen: dict[tuple[object, ...], int] = {}
        by_home = zip(*map(self._ladders, range(len(self.blueprint.stages))), strict=True)
        return [
            seen.setdefault(tuple((*self._units(one), self.network.names_planned(one)) for one in ladders), home)
            for home, ladders in enumerate(by_home)
        ]

    def _ladders(self, stage: int) -> list[int]:
        """Return the ladders of a stage, home by home."""
        n_homes = len(self.blueprint.scenario.localities) + 1
        return [ladder_index(self.blueprint.scenario, stage, home) for home in range(n_homes)]

    def _units(self, ladder: int) -> list[int]:
        """Return the units that a ladder offers at once."""
        return [unit for rung in self.network.ladders[ladder] if rung.after_days == 0 for unit in rung.units]


def _convolved(flow: Floats, kernel: Floats) -> Floats:
    """Return the convolution of two series of one length, as far as that length."""
    n = len(flow)
    size = 1 << (2 * n - 1).bit_length()
    found: Floats = np.fft.irfft(np.fft.rfft(flow, size) * np.fft.rfft(kernel, size), size)[:n]
    return found
