"""Whether `frontier` finds the curve of beds against community places that a Markov chain knows.

The models are those of EX-COMM-02, and of EX-COMM-01 with a waiting list at its door: whoever has finished
rehabilitation keeps the bed until the community service has a place, so that more places need fewer beds. Arrivals are
Poisson, so the share who wait for a bed is the share of time in which all beds are taken. Of 12 right 95% ranges fewer
than 9 hold the truth once in 400 (binomial).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import NamedTuple

import pytest

from bedsim.analysis.frontier import Frontier, frontier
from tests.theory.driver import blueprint_of
from tests.theory.markov import State, mean, steady_state
from tests.theory.test_expected_chains import community

pytestmark = pytest.mark.long

ROOM = 80
"""People at the door at most, in theory; hardly ever are there more."""
MANY = 18
"""Beds that are enough at every point."""
TARGET = 0.15
LONGER = 1.1
FEWEST_HITS = 9


class Model(NamedTuple):
    """A ward before a community service, of which the places are varied."""

    scenario: str
    per_day: float
    need_days: float
    p_service: float
    use_days: float
    own: int
    """Places of the service in the scenario."""
    n_points: int


MODELS = (Model("comm-02", 0.3, 21.0, 0.6, 28.0, 12, 7), Model("comm-01", 0.5, 18.0, 1.0, 18.0, 24, 5))
STEEP = Model("comm-02", 0.3, 21.0, 0.6, 28.0, 7, 2)
"""Where places matter: what a bed is worth is read here."""


@cache
def p_wait(model: Model, beds: int, places: int) -> float:
    """Return the share who find all beds taken, by its chain: in treatment, delayed, places used, waiting."""
    numbers = (model.per_day, model.need_days, model.p_service, places, model.use_days, ROOM, beds)
    chain = steady_state((0, 0, 0, 0), partial(moves, numbers))
    return mean(chain, lambda state: state[0] + state[1] == beds)


def moves(numbers: tuple[float, float, float, int, float, int, int], state: State) -> Iterator[tuple[float, State]]:
    *others, beds = numbers
    yield from community(state, *others, beds)  # type: ignore[arg-type]


def fewest(model: Model, places: int) -> int:
    """Return the known number of beds; from above, where the chain settles soonest."""
    beds = MANY
    while p_wait(model, beds - 1, places) <= TARGET:
        beds -= 1
    return beds


@cache
def found(model: Model, needs: float = 1.0) -> Frontier:
    """Return the curve that is simulated."""
    values = (
        f"units.service.places={model.own}",
        f"pathways.rehabilitation.on_ward.needed_days={{exponential: {{mean: {model.need_days * needs}}}}}",
        "pathways.rehabilitation.on_ward.ladder=[{units: ward}]",
        "time.run_length_days=7300",
        "time.warm_up_days=1500",
        "time.cool_down_days=0",
    )
    scenario = blueprint_of(model.scenario, values).scenario
    standard = f"p_wait in all <= {TARGET}"
    return frontier(scenario, "units.service.places", "units.ward.beds", standard, model.n_points, 20, workers=1)


def beside_the_known(needs: float = 1.0) -> list[tuple[float, float, int]]:
    """Return both ends of the range and the known number, of every point of every model."""
    rows = []
    for model in MODELS:
        for point in found(model, needs).points:
            assert point.low is not None
            assert point.high is not None
            rows.append((point.low, point.high, fewest(model, int(point.x))))
    return rows


def test_the_curve_is_that_of_the_chain() -> None:
    """The known number of beds is in the range at 9 of 12 points or more, and never more than a bed outside."""
    rows = beside_the_known()
    assert len(rows) == 12
    assert sum(low <= known <= high for low, high, known in rows) >= FEWEST_HITS, rows
    assert all(low - 1 <= known <= high + 1 for low, high, known in rows), rows
    assert sum(high - low for low, high, _ in rows) <= 2 * len(rows), "a range of everything would say nothing"


def test_needs_a_tenth_longer_are_noticed() -> None:
    """Planted: people need the ward 10% longer than the chain believes."""
    assert sum(low <= known <= high for low, high, known in beside_the_known(LONGER)) < FEWEST_HITS


def test_what_a_bed_is_worth_is_what_the_chain_says() -> None:
    """Within the interval or half of its length from it; a bed worth half as much again is outside that."""
    curve = found(STEEP)
    assert curve.worth is not None
    assert curve.own.y is not None
    beds, places = int(curve.own.y), STEEP.own
    by_beds = p_wait(STEEP, beds + 1, places) - p_wait(STEEP, beds - 1, places)
    by_places = p_wait(STEEP, beds, places + 1) - p_wait(STEEP, beds, places - 1)
    known = by_beds / by_places
    half = (curve.worth.high - curve.worth.low) / 2
    assert curve.worth.low - half <= known <= curve.worth.high + half
    assert not curve.worth.low - half <= 1.5 * known <= curve.worth.high + half
