"""Warm-up from theory: the share of the caseload still missing is what the closed form says."""

from __future__ import annotations

import math

import pytest

from bedsim.analysis.warm_up import MARGIN_DAYS, choose_warm_up
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


def with_stays(first: dict[str, object], second: dict[str, object]) -> Scenario:
    """Return the small scenario with these needs, no transfer delay, everybody going on to the team."""
    tree = small_tree()
    stages = tree["pathways"]["rehab"]
    stages["first"]["needed_days"], stages["team_stage"]["needed_days"] = first, second
    stages["first"]["then"] = {"support": {"share": 1.0, "next": "team_stage"}}
    tree["time"] = {**tree["time"], "warm_up_days": "auto", "run_length_days": 1096}
    tree["streams"]["acute"]["referrals"] = {"per_day": 4.0}
    return Scenario.model_validate(tree)


def test_a_stated_warm_up_is_kept() -> None:
    """A number of days in the scenario stands."""
    tree = small_tree()
    assert choose_warm_up(Scenario.model_validate(tree)).days == 60


def test_short_stays_need_one_year_and_the_margin() -> None:
    """Exponential stays of 15 and 10 days leave nothing missing after a year."""
    warm_up = choose_warm_up(with_stays({"exponential": {"mean": 15}}, {"exponential": {"mean": 10}}))
    assert warm_up.days == 365 + MARGIN_DAYS
    assert max(warm_up.missing_fraction.values()) < 1e-6


def test_the_share_missing_is_the_integral_of_the_survival() -> None:
    """Exponential with mean m: exp(-t/m) is missing after t; with m = 80 days 1.04% after one year, so two years."""
    warm_up = choose_warm_up(with_stays({"exponential": {"mean": 80}}, {"constant": 0.5}))
    assert warm_up.days == 730 + MARGIN_DAYS
    assert warm_up.missing_fraction["rehab.first"] == pytest.approx(math.exp(-730.5 / 80), rel=0.5)
    long = choose_warm_up(with_stays({"exponential": {"mean": 200}}, {"constant": 0.5}))
    assert long.days == round(3 * 365.25) + MARGIN_DAYS
    assert long.missing_fraction["rehab.first"] == pytest.approx(math.exp(-3 * 365.25 / 200), rel=0.1)


def test_a_stage_begins_after_the_stages_before_it() -> None:
    """A day with the team after 800 days in the ward is wholly missing until day 800."""
    warm_up = choose_warm_up(with_stays({"constant": 800}, {"constant": 1}))
    assert warm_up.days == round(3 * 365.25) + MARGIN_DAYS


def test_no_warm_up_is_long_enough_for_stays_of_decades() -> None:
    """The sentence names the stage."""
    with pytest.raises(BedsimError, match=r"caseload of rehab\.first would still be missing"):
        choose_warm_up(with_stays({"exponential": {"mean": 5_000}}, {"constant": 1}))
