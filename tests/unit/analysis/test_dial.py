"""Dials: what a name stands for, where it can be turned, and the scenario at each position."""

from __future__ import annotations

import pytest

from bedsim.analysis.dial import dial
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from bedsim.scenario.vary import lever, varied
from tests.sizes import sized_tree

SIZED = Scenario.model_validate(sized_tree())
RATE, MEAN = "streams.acute.referrals.per_day", "pathways.rehab.first.needed_days.lognormal.mean"


def places(name: str, position: int) -> list[float]:
    """Return the places of the two wards and the team at a position."""
    return [unit.places for unit in dial(SIZED, name).blueprint(position).network.units if unit.places < 1e9]


def test_planned_beds_are_split_in_proportion() -> None:
    """Six and four of ten become twelve and eight of twenty; the team keeps its four."""
    assert places("planned_beds", 10) == [6, 4, 4]
    assert places("planned_beds", 20) == [12, 8, 4]
    assert places("planned_beds", 5) == [3, 2, 4]
    planned = dial(SIZED, " planned_beds ")
    assert (planned.own, planned.own_position, planned.positions) == (10, 10, (1, 200))


def test_places_are_turned_up() -> None:
    """A position is a number of places; other units keep theirs; beds is a synonym."""
    assert places("units.ward_a.beds", 9) == [9, 4, 4]
    ward = dial(SIZED, "units.ward_a.beds")
    assert (ward.name, ward.own, ward.own_position, ward.positions) == ("units.ward_a.places", 6, 6, (0, 200))
    assert ward.value(9) == 9


def test_large_numbers_are_looked_at_up_to_ten_times() -> None:
    """Of a unit of 77 beds: 770."""
    tree = sized_tree()
    tree["units"]["ward_a"]["places"] = 77
    assert dial(Scenario.model_validate(tree), "units.ward_a.beds").positions == (0, 770)


@pytest.mark.parametrize(("name", "own"), [(RATE, 0.6), (MEAN, 15.0)])
def test_demand_and_stays_are_turned_down_in_hundredths(name: str, own: float) -> None:
    """Less is easier: position 10 is a tenth less, from ten times as much to a tenth; the scenario's own is 0."""
    turned = dial(SIZED, name)
    assert (turned.own_position, turned.positions) == (0, (-900, 90))
    assert [turned.value(p) for p in (-900, 0, 10, 90)] == pytest.approx([10 * own, own, 0.9 * own, 0.1 * own])
    assert not turned.is_places
    at = turned.blueprint(10).scenario
    assert at.model_dump(exclude={"variations"}) == varied(SIZED, {lever(SIZED, name): 0.9 * own}).model_dump(
        exclude={"variations"}
    )


def test_the_lowest_position_is_one_that_makes_sense() -> None:
    """A team on whose ladder is nothing else needs a place; three people who are present need three beds."""
    assert dial(SIZED, "units.team.places").positions[0] == 1
    tree = sized_tree()
    tree["present_at_start"] = ({"stream": "acute", "stage": "first", "unit": "ward_a", "patients": 3},)
    present = Scenario.model_validate(tree)
    assert dial(present, "units.ward_a.beds").positions[0] == 3
    assert dial(present, "units.ward_b.beds").positions[0] == 0
    planned = dial(present, "planned_beds")
    assert planned.positions[0] == 5, "of which ward A has three"


def test_the_warm_up_is_that_of_the_demand() -> None:
    """Beds change nobody's stay and keep the warm-up; longer stays have a longer one, if it is chosen."""
    tree = sized_tree()
    tree["time"]["warm_up_days"] = "auto"
    scenario = Scenario.model_validate(tree)
    ward, mean = dial(scenario, "units.ward_a.beds"), dial(scenario, MEAN)
    assert ward.blueprint(3).warm_up_days == ward.blueprint(30).warm_up_days
    assert mean.blueprint(-900).warm_up_days > mean.blueprint(0).warm_up_days


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("units.ward_c.places", "units has no 'ward_c'"),
        ("units.away.places", "'unlimited' is there"),
        ("pathways.rehab.first.needed_days.lognormal.cv", "must be places, a referral rate"),
        ("time.run_length_days", "must be places, a referral rate"),
        ("pathways.rehab.first.then.home.share", "must be places, a referral rate"),
    ],
)
def test_what_cannot_be_turned_is_a_sentence(name: str, says: str) -> None:
    """Nothing there, no number, or a number of which more is neither always easier nor always harder."""
    with pytest.raises(BedsimError) as error:
        dial(SIZED, name)
    assert says in str(error.value)


def test_nobody_referred_cannot_be_more_or_less() -> None:
    """A hundredth of nothing is nothing."""
    tree = sized_tree()
    tree["streams"]["none"] = {"pathway": "rehab", "referrals": {"per_day": 0}}
    with pytest.raises(BedsimError, match="must be above 0 to be varied, but is 0"):
        dial(Scenario.model_validate(tree), "streams.none.referrals.per_day")


def test_planned_beds_must_have_a_number() -> None:
    """Unlimited wards, or none, have none."""
    tree = sized_tree()
    tree["units"]["ward_a"]["places"] = "unlimited"
    with pytest.raises(BedsimError, match="unlimited ones"):
        dial(Scenario.model_validate(tree), "planned_beds")
