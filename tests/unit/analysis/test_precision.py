"""Running until the number of beds is known exactly enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import bedsim
from bedsim.analysis.plan import plan_run
from bedsim.analysis.precision import EVERY, FEWEST, Precision, beds_and_half_width, precision_of
from bedsim.analysis.recipe import Recipe
from bedsim.analysis.replicate import replicate
from bedsim.analysis.workers import Threads
from bedsim.errors import BedsimError
from bedsim.measures.totals import Totals
from tests.bits import same_bits
from tests.small import small_scenario

RECIPE = Recipe(plan_run(small_scenario(), 1).blueprint, seed=1)


def looks_until(n: int, seen: list[int]) -> Callable[[Totals], bool]:
    """Return a look that notes the replications it sees, and is content with some number of them."""

    def is_enough(totals: Totals) -> bool:
        seen.append(len(totals))
        return len(totals) >= n

    return is_enough


@pytest.mark.parametrize("n_workers", [1, 2, 7])
def test_a_run_ends_at_the_first_look_that_is_content_whoever_does_the_work(n_workers: int) -> None:
    """Looks come at every chunk in the order of the replications; what workers have done beyond is not counted."""
    seen: list[int] = []
    batch = replicate(RECIPE, 60, 5, Threads(n_workers), is_enough=looks_until(20, seen))
    assert seen == [5, 10, 15, 20]
    assert same_bits(batch.totals, RECIPE.chunk(range(20)).totals)
    assert not batch.is_stopped


def test_the_first_look_is_late_and_the_others_are_few() -> None:
    """30 replications at least, every tenth, and then as soon as the half-width is what was asked for."""
    totals = {n: replicate(RECIPE, n, 10, Threads(1)).totals for n in (20, 30, 35, 40)}
    content = Precision(1e6)
    found = {n: content.is_reached(RECIPE.blueprint, one) for n, one in totals.items() if one is not None}
    assert found == {20: False, 30: True, 35: False, 40: True}
    one = totals[30]
    assert one is not None
    beds, half_width = beds_and_half_width(RECIPE.blueprint, one)
    for factor, is_reached in ((1.01, True), (0.99, False)):
        assert Precision(half_width * factor).is_reached(RECIPE.blueprint, one) == is_reached
        assert Precision(half_width / beds * factor, is_relative=True).is_reached(RECIPE.blueprint, one) == is_reached


def test_a_run_stops_at_the_precision_or_at_the_most_replications() -> None:
    """What was reached is what was asked for, no look before would have been content, and the cap is kept."""
    run = bedsim.run(small_scenario(), n_replications=400, precision="0.4", workers=2)
    assert FEWEST <= run.n_replications < 400
    assert run.n_replications % EVERY == 0
    assert beds_and_half_width(run.blueprint, run.totals)[1] <= 0.4
    assert "as exact as asked for (0.4 beds)." in Precision(0.4).sentence(run.blueprint, run.totals)
    if run.n_replications > FEWEST:
        before = bedsim.run(small_scenario(), n_replications=run.n_replications - EVERY)
        assert beds_and_half_width(before.blueprint, before.totals)[1] > 0.4
    capped = bedsim.run(small_scenario(), n_replications=45, precision="0.001%")
    assert capped.n_replications == 45
    assert "less exact than asked for (0.001%)" in precision_of("0.001%").sentence(capped.blueprint, capped.totals)


@pytest.mark.parametrize("text", ["0", "0%", "-1", "one", "1 bed", "1e3", "nan", "%", "", "1%%", "0.0000001", "\u0661"])
def test_what_is_no_precision_is_refused(text: str) -> None:
    """A number of beds, or a percentage, above 0."""
    with pytest.raises(BedsimError, match="--precision must be a number of beds or a percentage"):
        precision_of(text)
