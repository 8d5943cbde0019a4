"""Size: the first number that meets the standards, both ranges, and a reason where there is no such number."""

from __future__ import annotations

import pytest

from bedsim.analysis.size import Size, first_guess, size
from bedsim.analysis.sizing import PILOT, solve
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import Threads
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from tests.sizes import binding_community_tree, sized_tree, sizing, without_ranges

OVERFLOW = "overflow_days_fraction in all <= 20%"
RATE = "streams.acute.referrals.per_day"


@pytest.fixture(scope="module")
def sized() -> Size:
    """Return what is found of the small system, with its ranges."""
    return size(Scenario.model_validate(sized_tree()), standard=OVERFLOW, n_replications=20, workers=1)


def test_the_answer_is_the_first_that_meets_the_standard(sized: Size) -> None:
    """Simulated apart: it does, one fewer does not, and each end of the range is the first by its limit."""
    apart = sizing(sized_tree(), [OVERFLOW])
    assert apart.meets(int(sized.value), 20)
    assert not apart.meets(int(sized.value) - 1, 20)
    assert sized.low <= sized.value <= sized.high
    assert apart.looks(int(sized.low), 20)[0].low <= 0.2 < apart.looks(int(sized.low) - 1, 20)[0].low
    assert apart.looks(int(sized.high), 20)[0].high <= 0.2 < apart.looks(int(sized.high) - 1, 20)[0].high
    assert sized.step.looks == apart.looks(int(sized.value), 20)


def test_what_was_looked_at_is_told(sized: Size) -> None:
    """The steps beside the answer and the ends are there, in order; the runner-up is one bed fewer."""
    values = [step.value for step in sized.steps]
    assert values == sorted(set(values))
    assert {sized.low, sized.value - 1, sized.value, sized.value + 1, sized.high} <= set(values)
    assert [step.planned_beds for step in sized.steps] == values
    assert sized.runner_up is not None
    assert (sized.runner_up.value, sized.runner_up.meets) == (sized.value - 1, False)
    assert not sized.is_trivial


def test_the_second_range_is_wider_and_is_of_the_ends_of_the_inputs(sized: Size) -> None:
    """The same question of the scenario with demand and need at their ends, with 20 replications."""
    assert set(sized.ends) == {"low", "high"}
    low, high = sized.ends["low"], sized.ends["high"]
    assert low is not None
    assert high is not None
    assert low < sized.value < high
    assert sized.n_at_ends == PILOT
    tree = without_ranges(sized_tree())
    tree["streams"]["acute"]["referrals"]["per_day"] = 0.8
    tree["pathways"]["rehab"]["first"]["needed_days"]["lognormal"]["mean"] = 20
    apart = sizing(tree, [OVERFLOW])
    assert apart.meets(int(high), 20)
    assert not apart.meets(int(high) - 1, 20)


def test_the_answer_does_not_depend_on_the_guess() -> None:
    """From far below, from far above and from the usual guess the same."""
    one = sizing(without_ranges(sized_tree()), [OVERFLOW])
    usual = first_guess(one.dial, one.dial.blueprint(10))
    found = {(s.position, s.low, s.high) for guess in (1, usual, 60) if (s := solve(one, 5, guess)) is not None}
    assert len(found) == 1
    assert abs(usual - next(iter(found))[0]) <= 15


def test_of_several_standards_the_hardest_binds() -> None:
    """Together they need what the one that needs most does; the range shares its risk, so it is no narrower."""
    easy, hard = "overflow.p95 in all <= 12", "wait_days in all <= 0.5"
    tree = without_ranges(sized_tree())
    alone = {text: solve(sizing(tree, [text]), 5, 15) for text in (easy, hard)}
    both = solve(sizing(tree, [easy, hard]), 5, 15)
    assert both is not None
    assert alone[easy] is not None
    assert alone[hard] is not None
    assert both.position == alone[hard].position > alone[easy].position
    assert str(both.binding) == hard
    assert both.low <= alone[hard].low
    assert both.high == max(alone[hard].high, alone[easy].high)


def test_the_most_demand_that_the_beds_bear() -> None:
    """The inverse: at that rate the standard is met, a hundredth more it is not; the range has it within."""
    tree = without_ranges(sized_tree())
    tree["streams"]["acute"]["referrals"]["per_day"] = 0.5
    found = size(Scenario.model_validate(tree), RATE, "overflow in all <= 3", 5, workers=1)
    apart = sizing(tree, ["overflow in all <= 3"], RATE)
    position = round((1 - found.value / 0.5) * 100)
    assert apart.meets(position, 5)
    assert not apart.meets(position - 1, 5)
    assert found.low <= found.value <= found.high
    assert found.runner_up is not None
    assert found.runner_up.value > found.value
    assert found.ends == {}, "no range is stated"


def test_the_longest_stay_that_the_beds_bear() -> None:
    """Likewise of a mean need; longer is harder."""
    name = "pathways.rehab.first.needed_days.lognormal.mean"
    found = solve(one := sizing(without_ranges(sized_tree()), ["overflow in all <= 3"], name), 5, 0)
    assert found is not None
    assert one.dial.value(found.position - 1) > one.dial.value(found.position)
    assert one.meets(found.position, 5)
    assert not one.meets(found.position - 1, 5)


def test_zero_beds_meet_a_standard_that_asks_for_nothing() -> None:
    """Said to be so; there is no runner-up."""
    scenario = Scenario.model_validate(without_ranges(sized_tree()))
    found = size(scenario, "units.ward_b.beds", "overflow in all <= 1000", 2, workers=1)
    assert (found.value, found.low, found.high, found.is_trivial) == (0, 0, 0, True)
    assert found.runner_up is None


def test_no_beds_meet_a_standard_that_community_places_bind() -> None:
    """The sentence says that they bind, how full they are and what to try; more places there do meet it."""
    standard = "delayed_fraction_of_occupied in all <= 10%"
    with pytest.raises(BedsimError) as error:
        size(Scenario.model_validate(binding_community_tree()), "units.ward_a.beds", standard, 2, workers=1)
    assert "no value of units.ward_a.places meets the standard: even with units.ward_a.places = 200" in str(error.value)
    assert "Community places bind, not beds: with a place for everybody it is met" in str(error.value)
    assert "Of them are taken: team 100%" in str(error.value).replace("99%", "100%")
    found = solve(sizing(binding_community_tree(), [standard], "units.team.places"), 2, 4)
    assert found is not None
    assert found.position > 2


def test_no_beds_meet_a_standard_that_nothing_meets() -> None:
    """Where community places are not what binds, the sentence does not say so."""
    tree = without_ranges(sized_tree(team="unlimited"))
    with pytest.raises(BedsimError, match="What the standard counts does not go away with more of it") as error:
        size(Scenario.model_validate(tree), standard="open_beds in all <= 0.5", n_replications=2, workers=1)
    assert "Community" not in str(error.value)


def test_a_standard_that_more_beds_make_harder_is_refused() -> None:
    """The search would give a number that means nothing."""
    scenario = Scenario.model_validate(without_ranges(sized_tree()))
    with pytest.raises(BedsimError, match="more of it does not make it easier"):
        size(scenario, standard="open_beds in all <= 40", n_replications=2, workers=1)


def test_a_unit_without_places_does_not_meet_a_standard_of_its_people() -> None:
    """Of a ward of no beds nobody waits, because nobody is admitted: the answer has beds."""
    one = sizing(without_ranges(sized_tree()), ["p_wait of ward_a in all <= 10%"], "units.ward_a.beds")
    assert not one.meets(0, 2)
    found = solve(one, 2, 10)
    assert found is not None
    assert found.position > 0


def test_somebody_stuck_meets_no_standard() -> None:
    """Wards that wait for one another: so many beds that no ring forms in any replication are asked for."""
    from tests.small import small_tree

    one = sizing(small_tree(ring=True), ["overflow in all <= 1000"], "units.ward_a.beds")
    assert one.trial(6, 20).stuck
    assert not one.meets(6, 20)
    found = solve(one, 20, 6)
    assert found is not None
    assert found.position > 6


def test_what_cannot_be_asked_is_a_sentence() -> None:
    """One replication has no range; mistakes of paths and standards come before anything is simulated."""
    scenario = Scenario.model_validate(sized_tree())
    with pytest.raises(BedsimError, match="replications must be at least 2"):
        size(scenario, n_replications=1)
    with pytest.raises(BedsimError, match="no 'ward_c'"):
        size(scenario, "units.ward_c.beds")
    with pytest.raises(BedsimError, match="'overflov'"):
        size(scenario, standard=["overflov <= 3", "overflow <= 3"])


def test_nothing_is_simulated_twice() -> None:
    """A second solution of the same question costs no replication; more replications go on from those known."""
    told: list[int] = []
    one = sizing(without_ranges(sized_tree()), [OVERFLOW])
    one = type(one)(Trials(1, workers=Threads(1), has_demand=False, progress=told.append), one.dial, one.standards)
    first = solve(one, 5, 15)
    n_done = sum(told)
    assert solve(one, 5, 15) == first
    assert sum(told) == n_done
