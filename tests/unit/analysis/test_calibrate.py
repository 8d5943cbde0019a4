"""Calibration of the delay: what is changed, what is measured, and what is said of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bedsim
from bedsim.analysis.calibrate import ACCEPTED_DELAY, AS_IT_IS, _ratio, calibrate, limited_community_units, variants
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from tests.small import small_tree

OPTION_1 = Path(__file__).parents[3] / "scenarios" / "option-1.yaml"
RATE, DAYS, SHARE = 2.0, 10.0, 0.5


def scenario(places: int = 12, **referrals: Any) -> Scenario:
    """Return a ward with plenty of beds; half of its people go on to a team, with 10 days of need each."""
    tree = small_tree() | {
        "units": {
            "ward": {"kind": "community_hospital", "places": 90},
            "team": {
                "kind": "community_service",
                "places": places,
                "places_follow": {"stream": "acute", "per_day": RATE},
            },
            "other": {"kind": "community_service", "places": "unlimited"},
        },
        "pathways": {
            "way": {
                "rehab": {
                    "needed_days": {"exponential": {"mean": 12.0}, "range": {"mean": (10.0, 14.0)}},
                    "ladder": ({"units": "ward"},),
                    "then": {
                        "home": {"share": SHARE, "transfer_days": {"exponential": {"mean": 3.0}}},
                        "support": {"share": 1 - SHARE, "next": "support"},
                    },
                },
                "support": {
                    "needed_days": {"exponential": {"mean": DAYS}},
                    "ladder": ({"units": "team"}, {"after_days": 9.0, "units": "other"}),
                },
            }
        },
        "streams": {"acute": {"pathway": "way", "referrals": referrals or {"per_day": RATE}}},
    }
    tree["time"] = tree["time"] | {"run_length_days": 400, "warm_up_days": 200}
    if referrals:
        tree["units"]["team"]["places_follow"] = None
    return Scenario.model_validate(tree)


def test_each_variant_changes_what_it_says_and_nothing_else() -> None:
    """Places by one, or every rate by 5% with the places as they are; no range ends are run."""
    own = scenario()
    found = dict(variants(own))
    assert list(found) == [
        AS_IT_IS,
        "team -1 place",
        "team +1 place",
        "referrals -5%, same places",
        "referrals +5%, same places",
    ]
    assert [one.units["team"].places for one in found.values()] == [12, 11, 13, 12, 12]
    rates = [one.streams["acute"].referrals.per_day for one in found.values()]
    follows = [one.units["team"].places_follow for one in found.values()]
    assert rates == pytest.approx([2, 2, 2, 1.9, 2.1])
    assert [one.per_day for one in follows if one is not None] == rates
    assert all(one.pathways["way"]["rehab"].needed_days.range is None for one in found.values())
    assert all(one.pathways["way"]["support"] == own.pathways["way"]["support"] for one in found.values())


def test_rates_of_segments_and_later_numbers_of_places_change_too() -> None:
    """All rates of a stream by 5%, a place more from each date of the timetable on; a row without places stays."""
    tree = scenario(per_day=RATE).model_dump(by_alias=True)
    rates = {"well": {"per_1000_a_year": 100.0}, "frail": {"per_1000_a_year": 400.0}}
    tree["segments"] = {"well": {"population": 900.0}, "frail": {"population": 100.0}}
    tree["streams"]["acute"]["referrals"] |= {"per_day": None, "by_segment": rates}
    start = tree["time"]["start"]
    rows = ({"date": start + timedelta(30), "places": 15}, {"date": start + timedelta(60), "accepting": False})
    tree["units"]["team"]["timetable"] = rows
    found = dict(variants(Scenario.model_validate(tree)))
    referrals = found["referrals +5%, same places"].streams["acute"].referrals.by_segment
    assert {name: one.per_1000_a_year for name, one in referrals.items()} == {"well": 105.0, "frail": 420.0}
    assert [row.places for row in found["team +1 place"].units["team"].timetable] == [16, None]
    assert found["team +1 place"].units["team"].places == 13


def test_need_and_caseload_over_places_are_as_computed_by_hand() -> None:
    """2 a day x 0.5 x 10 days on 9 places are 111%; nearly 100% are there, and the rest go elsewhere after 9 days."""
    found = calibrate(scenario(places=9), n_replications=10, workers=1)
    own = found.variants[0]
    assert own.need_over_places == {"team": pytest.approx(RATE * SHARE * DAYS / 9)}
    assert 0.9 < own.caseload_over_places["team"] < 1
    fewer, more = found.variants[1:3]
    assert fewer.need_over_places == {"team": pytest.approx(10 / 8)}
    assert fewer.delayed_fraction[0] > own.delayed_fraction[0] > more.delayed_fraction[0]
    assert found.variants[3].need_over_places == {"team": pytest.approx(9.5 / 9)}
    assert own.need_over_places.keys() == found.variants[4].caseload_over_places.keys() == {"team"}


def test_delay_with_places_for_everybody_is_drawn_alone() -> None:
    """1.5 days of delay beside 12 of need are one ninth of bed-days, and none of it is waiting for a place."""
    own = calibrate(scenario(places=90), n_replications=30, workers=1).variants[0]
    mean, low, high = own.delayed_fraction
    assert low is not None
    assert high is not None
    assert low < 1.5 / 13.5 < high
    assert high - low < 0.012  # half of it is half of an error of a tenth of the delay
    assert own.no_place_share[0] == 0
    assert mean < ACCEPTED_DELAY[0]


def test_the_table_and_the_sentence_say_what_was_found() -> None:
    """One row a variant with both intervals and the loads; a delay that is too small is called outside."""
    found = calibrate(scenario(places=90), n_replications=4, workers=1)
    table = found.table()
    assert table["change"].tolist() == [variant.change for variant in found.variants]
    columns = {
        "delayed_fraction_ci_low",
        "no_place_share_ci_high",
        "need_over_places_team",
        "caseload_over_places_team",
    }
    assert columns < set(table)
    assert not found.is_accepted
    assert "outside the 18% to 22% accepted" in found.sentence()
    assert "0% of the delay is waiting for a place, 61% is recorded" in found.sentence()


def test_one_replication_has_no_interval() -> None:
    """The sentence then leaves it out."""
    found = calibrate(scenario(), n_replications=1, workers=1)
    assert found.variants[0].delayed_fraction[1:] == (None, None)
    assert "interval" not in found.sentence().replace("its interval reaches outside", "")


def test_the_ratio_of_means_has_the_interval_of_its_linear_approximation() -> None:
    """Equal parts have no spread; the ratio is that of the means, not the mean of the ratios."""
    assert _ratio(np.array([1.0, 2.0, 4.0]), np.array([2.0, 4.0, 8.0])) == pytest.approx((0.5, 0.5, 0.5))
    assert _ratio(np.array([1.0, 0.0]), np.array([1.0, 3.0]))[0] == pytest.approx(0.25)


def test_a_unit_of_one_place_is_not_emptied() -> None:
    """No place at all is another question."""
    assert "team -1 place" not in dict(variants(scenario(places=1)))


def test_without_limited_community_places_there_is_nothing_to_calibrate() -> None:
    """Said in a sentence, before anything is simulated."""
    one = scenario()
    tree = one.model_dump(by_alias=True)
    tree["units"]["team"] |= {"places": "unlimited", "places_follow": None}
    with pytest.raises(BedsimError, match="needs a unit of kind community_service with limited places"):
        calibrate(Scenario.model_validate(tree))


def test_referrals_without_a_rate_cannot_be_changed() -> None:
    """People who are booked are neither 5% fewer nor more."""
    booked = scenario(booked=({"date": small_tree()["time"]["start"], "patients": 3},))
    with pytest.raises(BedsimError, match="stream acute has no rate"):
        calibrate(booked, n_replications=1)


def test_option_1_has_the_recorded_delay() -> None:
    """18% to 22% of bed-days, with its interval, and 61% of it waiting for a place; limited are two units."""
    option_1 = bedsim.load(OPTION_1)
    assert limited_community_units(option_1) == ("home_team", "care_home_places")
    run = bedsim.run(dict(variants(option_1))[AS_IT_IS], n_replications=20)
    row = run.row("delayed_fraction_of_occupied")
    assert row.ci_low is not None
    assert row.ci_high is not None
    assert ACCEPTED_DELAY[0] < row.ci_low < row.ci_high < ACCEPTED_DELAY[1]
    assert run.value("delayed_no_place_fraction") / row.value == pytest.approx(0.61, abs=0.03)


@pytest.mark.long
def test_option_1_stands_on_no_cliff() -> None:
    """One place, or 5% of referrals, keep the delay within what is accepted; without a way out they would not."""
    found = calibrate(bedsim.load(OPTION_1), n_replications=100)
    assert found.is_accepted
    for variant in found.variants:
        assert ACCEPTED_DELAY[0] < variant.delayed_fraction[0] < ACCEPTED_DELAY[1], variant.change
    never = ["units.home_team.places=38", "units.care_home_places.places=36"] + [
        f"pathways.bedded_rehab.{stage}.ladder.1.after_days=5000" for stage in ("community_support", "care_home_stay")
    ]
    cliff = calibrate(bedsim.load(OPTION_1, set_values=never), n_replications=100)
    fewer, more = (variant.delayed_fraction[0] for variant in cliff.variants[-2:])
    assert fewer < ACCEPTED_DELAY[0] < ACCEPTED_DELAY[1] < more
