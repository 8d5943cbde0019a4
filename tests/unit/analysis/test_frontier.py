"""Frontier: each point is what `size` finds there, and what a bed is worth is a ratio of paired differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bedsim.analysis.frontier import Frontier, frontier, ratio_of, values_of
from bedsim.analysis.sizing import solve
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from tests.sizes import binding_community_tree, sized_tree, sizing, without_ranges

STANDARD = "overflow in all <= 3"


@pytest.fixture(scope="module")
def curve() -> Frontier:
    """Return beds at ward A by places of the team, of a system in which the team delays everybody."""
    tree = binding_community_tree()
    tree["units"]["team"]["places"] = 6
    scenario = Scenario.model_validate(tree)
    return frontier(scenario, "units.team.places", "units.ward_a.beds", STANDARD, 3, 5, workers=1)


def test_a_point_is_what_size_finds_there(curve: Frontier) -> None:
    """The fewest beds and their range, of the scenario with as many places of the team."""
    assert [point.x for point in curve.points] == [3, 6, 9]
    for point in curve.points:
        tree = binding_community_tree()
        tree["units"]["team"]["places"] = int(point.x)
        found = solve(sizing(tree, [STANDARD], "units.ward_a.beds"), 5, 20)
        assert found is not None
        assert (point.y, point.low, point.high) == (found.position, found.low, found.high)


def test_more_places_never_need_more_beds(curve: Frontier) -> None:
    """The curve falls, and the scenario's own point is on it."""
    needed = [point.y for point in curve.points]
    assert None not in needed
    assert needed == sorted(needed, reverse=True)  # type: ignore[type-var]
    assert needed[0] != needed[-1]
    assert curve.own == curve.points[1]


def test_what_a_bed_is_worth_is_the_ratio_of_the_slopes(curve: Frontier) -> None:
    """Of the overflow by beds over that by places, a tenth up and down (a whole one at least), by hand."""
    assert curve.own.y is not None
    assert curve.worth is not None
    at, tenth = int(curve.own.y), max(1, round(curve.own.y / 10))

    def overflow(team: int, beds: int) -> float:
        tree = binding_community_tree()
        tree["units"]["team"]["places"] = team
        trial = sizing(tree, [STANDARD], "units.ward_a.beds").trial(beds, 5)
        return float(trial.by_replication("overflow").mean())

    by_beds = (overflow(6, at + tenth) - overflow(6, at - tenth)) / (2 * tenth)
    by_places = (overflow(7, at) - overflow(5, at)) / 2
    assert curve.worth.value == pytest.approx(by_beds / by_places)
    assert curve.worth.low <= curve.worth.value <= curve.worth.high


def test_a_ratio_has_the_interval_of_fieller() -> None:
    """Its ends solve (a - r b)^2 = t^2 var(a - r b): a hypothesis of that ratio is just not rejected."""
    rng = np.random.default_rng(1)
    bottom = rng.normal(3, 0.5, 12)
    top = 2 * bottom + rng.normal(0, 0.5, 12)
    found, t = ratio_of(top, bottom), stats.t.ppf(0.975, 11)
    assert found.value == pytest.approx(top.mean() / bottom.mean())
    assert found.low < found.value < found.high
    for ratio in (found.low, found.high):
        rest = top - ratio * bottom
        assert abs(rest.mean()) == pytest.approx(t * rest.std(ddof=1) / math.sqrt(12))


def test_what_does_nothing_is_worth_infinitely_little() -> None:
    """A slope of nothing, or one that may be nothing, bounds no ratio."""
    zeros, ones, noise = np.zeros(4), np.ones(4), np.array([-1.0, 1.0, -1.0, 1.5])
    assert ratio_of(ones, zeros).value == math.inf
    unsure = ratio_of(ones, noise)
    assert (unsure.low, unsure.high) == (-math.inf, math.inf)


def test_the_values_are_whole_and_hold_the_scenarios_own() -> None:
    """From half to half as many again, none that makes no sense."""
    assert values_of(30, 3) == [15, 30, 45]
    assert values_of(31, 2) == [16, 31, 46]
    assert values_of(1, 2, 1) == [1, 2]
    assert 0 not in values_of(1, 5, 1)


def test_where_nothing_meets_the_standard_there_is_no_point() -> None:
    """A team of one delays too many whatever the beds; of nine, none too many. All without a point is a sentence."""
    tree = binding_community_tree()
    tree["units"]["team"]["places"] = 5
    scenario = Scenario.model_validate(tree)
    standard = "delayed_fraction_of_occupied in all <= 20%"
    found = frontier(scenario, "units.team.places", "units.ward_a.beds", standard, 2, 2, workers=1)
    assert found.points[0].y is None
    assert found.points[-1].y is not None
    assert found.worth is None or found.own.y is not None
    with pytest.raises(BedsimError, match=r"no number of units\.ward_a\.places meets the standards"):
        frontier(scenario, "units.team.places", "units.ward_a.beds", "open_beds in all <= 0.5", 2, 2, workers=1)


@pytest.mark.parametrize(
    ("x", "y", "more"),
    [
        ("streams.acute.referrals.per_day", "planned_beds", {}),
        ("units.team.places", "streams.acute.referrals.per_day", {}),
        ("planned_beds", "units.team.places", {}),
        ("units.team.places", "units.team.places", {}),
        ("units.team.places", "planned_beds", {"n_points": 1}),
        ("units.team.places", "planned_beds", {"n_replications": 1}),
        ("units.tram.places", "planned_beds", {}),
        ("units.team.places", "planned_beds", {"standard": "overflov <= 3"}),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(x: str, y: str, more: dict[str, int]) -> None:
    """Before anything is simulated."""
    scenario = Scenario.model_validate(without_ranges(sized_tree()))
    with pytest.raises(BedsimError, match=r"Try "):
        frontier(scenario, x, y, **{"standard": STANDARD} | more)  # type: ignore[arg-type]
