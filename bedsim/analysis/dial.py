"""What a planner turns to meet a standard: beds or places up, or how much demand or stay they bear.

Why: the search looks at whole positions of which each is easier to meet than the one before. For places a position is
their number; for demand and stays, where less is easier, it is a percentage below what the scenario has.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bedsim.analysis.bed_grid import cannot_hold, planned_beds, split, with_beds
from bedsim.analysis.search import first_within
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.errors import BedsimError
from bedsim.patients.blueprint import prepare
from bedsim.scenario.demand import RATE_KEYS
from bedsim.scenario.shapes import LENGTH_KEYS
from bedsim.scenario.vary import Lever, lever, varied

if TYPE_CHECKING:
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

PLANNED_BEDS = "planned_beds"
"""All planned beds together, each site with its share."""
STEP = 0.01
"""Of the scenario's own value: the steps of demand and stays."""
MOST_TIMES = 10
"""Numbers of places up to so many times as large are looked at, and values from a tenth."""
FEWEST_HIGHEST = 200


@dataclass(frozen=True)
class Dial:
    """Something that is varied in whole positions, the higher the easier; from `dial`."""

    scenario: Scenario
    name: str
    own: float
    """The scenario's own value."""
    lever: Lever | None
    """None: all planned beds together."""
    _made: dict[int, Blueprint] = field(default_factory=dict, repr=False, compare=False)
    """Blueprints by position: the search comes back to them."""

    @property
    def is_places(self) -> bool:
        """Say whether the positions are numbers of places."""
        return self.lever is None or self.lever.is_places

    @cached_property
    def positions(self) -> tuple[int, int]:
        """The lowest position that makes sense, as far as it is looked for, and the highest."""
        if self.is_places:
            lowest, highest = int(self.lever is None), max(FEWEST_HIGHEST, MOST_TIMES * round(self.own))
        else:
            lowest, highest = round((1 - MOST_TIMES) / STEP), round((1 - 1 / MOST_TIMES) / STEP)
        sensible = first_within(self._nonsense, lowest, lowest, self.own_position)
        return self.own_position if sensible is None else sensible, highest

    @property
    def own_position(self) -> int:
        """Where the scenario is."""
        return round(self.own) if self.is_places else 0

    def value(self, position: int) -> float:
        """Return the number of places, or the rate or length, at a position."""
        return float(position) if self.is_places else self.own * (1 - STEP * position)

    def of(self, scenario: Scenario) -> Dial:
        """Return the same dial of a scenario with other numbers, such as an end of the stated ranges."""
        return replace(self, scenario=scenario, _made={})

    def blueprint(self, position: int) -> Blueprint:
        """Return the scenario at a position."""
        if position not in self._made:
            self._made[position] = self._make(position)
        return self._made[position]

    def _make(self, position: int) -> Blueprint:
        if self.lever is None:
            network = self._as_it_is.network
            own = planned_beds(self._as_it_is)
            assert own is not None, "the dial was not checked"
            beds = dict(zip(own, split(position, list(own.values())), strict=True))
            return replace(self._as_it_is, network=with_beds(network, own, beds))
        changed = varied(self.scenario, {self.lever: self.value(position)})
        if self.lever.is_places:  # nobody's stay depends on it, so the warm-up does not
            return prepare(changed, self._as_it_is.warm_up_days)
        return prepare(changed, choose_warm_up(changed).days)

    def _nonsense(self, position: int) -> int:
        """Return 1 if there is no such scenario: a ladder needs a place somewhere, people who are present theirs."""
        if self.lever is None:
            blueprint = self.blueprint(position)
            return 1 if cannot_hold(blueprint, blueprint.network) else -1
        try:
            varied(self.scenario, {self.lever: self.value(position)})
        except BedsimError:
            return 1
        return -1

    @cached_property
    def _as_it_is(self) -> Blueprint:
        return prepare(self.scenario, choose_warm_up(self.scenario).days)


def dial(scenario: Scenario, name: str) -> Dial:
    """Return what a name stands for: `planned_beds`, or the path of places, a referral rate, or a mean length.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    name
        Such as `units.haywood.places` or `streams.acute.referrals.per_day`.

    Returns
    -------
    Dial
        At the scenario's own value.

    Raises
    ------
    BedsimError
        If the name stands for nothing of that kind.
    """
    if name.strip() == PLANNED_BEDS:
        own = planned_beds(prepare(scenario, 0))
        if own is None:
            raise BedsimError(
                f"{PLANNED_BEDS} must be a number to be varied, but the scenario has no planned beds at its end, or "
                "unlimited ones. Try the path of a unit's places."
            )
        return Dial(scenario, PLANNED_BEDS, float(sum(own.values())), None)
    found = lever(scenario, name)
    if not found.is_places and found.path[-1] not in (*RATE_KEYS, *LENGTH_KEYS):
        raise BedsimError(
            f"{name} must be places, a referral rate ({', '.join(RATE_KEYS)}) or a mean length "
            f"({', '.join(LENGTH_KEYS)}), because more of it must make a standard always easier or always harder to "
            f"meet. Try {PLANNED_BEDS} or units.NAME.places."
        )
    if found.value <= 0 and not found.is_places:
        raise BedsimError(f"{name} must be above 0 to be varied, but is {found.value:g}.")
    return Dial(scenario, found.name, found.value, found)
