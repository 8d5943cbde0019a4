"""Segments: demand from numbers of people, the mix of each day, and a segment for everybody that moves nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bedsim.patients.arrivals import expected_per_day
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.draw import draw
from bedsim.scenario import load
from bedsim.scenario.demand import DAYS_PER_YEAR
from bedsim.scenario.schema import Scenario
from bedsim.scenario.segments import base_rate
from tests.scenarios_in_python import START

PEOPLE = {"well": 300_000.0, "frail": 10_000.0}
RATES = {"well": 4.0, "frail": 60.0}
ROOT_FILE = """\
time: {start: 2026-04-01, run_length_days: 300, warm_up_days: 0, cool_down_days: 0}
segments: {well: {population: 300000}, frail: {population: 10000}}
units: {ward: {kind: community_hospital, beds: 10}}
pathways: {p: {s: {needed_days: {constant: 2}, ladder: [{units: ward}]}}}
streams:
  x:
    pathway: p
    referrals: {by_segment: {well: {per_1000_a_year: 4}, frail: {per_1000_a_year: 25}}}
"""
"""3.97 referrals a day; with 11,000 frail people 4.04, on the other side of a power of two."""
BY_SEGMENT = {name: {"per_1000_a_year": rate} for name, rate in RATES.items()}


def of_segments(referrals: dict[str, Any], growth: float | None = None, **stream: object) -> Scenario:
    """A ward, two segments of which the frail grow, and a stream."""
    return Scenario.model_validate(
        {
            "time": {"start": START, "run_length_days": 3_000, "cool_down_days": 0},
            "segments": {
                "well": {"population": PEOPLE["well"]},
                "frail": {"population": PEOPLE["frail"], "growth": None if growth is None else {"per_year": growth}},
            },
            "units": {"ward": {"kind": "community_hospital", "places": 10}},
            "pathways": {"p": {"s": {"needed_days": {"constant": 2.0}, "ladder": ({"units": "ward"},)}}},
            "streams": {"x": {"pathway": "p", "referrals": referrals, **stream}},
        }
    )


def without_segments(referrals: dict[str, Any]) -> Scenario:
    """The same without segments."""
    tree = of_segments(referrals, segments={"shares": {"well": 1.0}}).model_dump()
    tree["segments"], tree["streams"]["x"]["segments"] = {}, None
    return Scenario.model_validate(tree)


def test_the_rate_is_people_times_their_own_rate() -> None:
    """300,000 x 4 and 10,000 x 60 for 1,000 a year are 1,800 a year."""
    scenario = of_segments({"by_segment": BY_SEGMENT})
    assert base_rate(scenario, scenario.streams["x"].referrals) == pytest.approx(1_800 / DAYS_PER_YEAR, rel=1e-12)
    days = expected_per_day(scenario, "x", 0, 3)
    assert days.tolist() == pytest.approx([1_800 / DAYS_PER_YEAR] * 3, rel=1e-12)


def test_each_segment_grows_by_itself() -> None:
    """After a year of 10% more frail people, 60 a thousand of 11,000 are referred; the well are as many."""
    scenario = of_segments({"by_segment": BY_SEGMENT}, growth=0.10)
    day = DAYS_PER_YEAR
    rate = base_rate(scenario, scenario.streams["x"].referrals, day)
    assert rate == pytest.approx((1_200 + 660) / DAYS_PER_YEAR, rel=1e-12)


def test_the_mix_follows_the_rates_of_the_day() -> None:
    """The frail are 600 of 1,800 at first, and more as they grow: within four standard errors of what is expected.

    The share among n people has a standard error of at most 0.5 / sqrt(n); 10% a year for four years moves the share
    from 0.33 to 0.42, many standard errors.
    """
    blueprint = prepare(of_segments({"by_segment": BY_SEGMENT}, growth=0.10), 0)
    people = draw(blueprint, 1, 0)
    first, fourth = people.referred_day < DAYS_PER_YEAR, (people.referred_day // DAYS_PER_YEAR) == 4
    for chosen, mid_year in ((first, 0.5), (fourth, 4.5)):
        frail = 600 * 1.10**mid_year
        share, n = people.segment[chosen].mean(), int(chosen.sum())
        assert share == pytest.approx(frail / (1_200 + frail), abs=4 * 0.5 / np.sqrt(n))
    grown = 600 * 1.10**4.5
    planted = grown / (1_200 + grown)
    assert people.segment[first].mean() != pytest.approx(planted, abs=0.04)


def test_a_segment_moves_nothing_else() -> None:
    """With segments everybody comes, stays and goes as without them, bit for bit."""
    with_them = draw(prepare(of_segments({"per_day": 4.6}, segments={"shares": {"well": 0.7, "frail": 0.3}}), 30), 1, 2)
    without = draw(prepare(without_segments({"per_day": 4.6}), 30), 1, 2)
    assert with_them.segment.mean() == pytest.approx(0.3, abs=0.02)
    assert not without.segment.any()
    for name, column in vars(without).items():
        if name not in ("segment", "affected"):
            np.testing.assert_array_equal(getattr(with_them, name), column, err_msg=name)


def test_a_larger_share_moves_only_people_between_the_old_and_the_new_threshold() -> None:
    """Segments are cumulated in their order: who is frail at 30% is frail at 40%."""

    def frail(share: float) -> np.ndarray[Any, Any]:
        mix = {"shares": {"well": 1 - share, "frail": share}}
        return draw(prepare(of_segments({"per_day": 4.6}, segments=mix), 0), 1, 0).segment

    assert (frail(0.4) >= frail(0.3)).all()
    assert frail(0.4).sum() > frail(0.3).sum()


def test_one_segment_needs_no_uniform() -> None:
    """Everybody is of the only one."""
    tree = of_segments({"per_day": 4.6}, segments={"shares": {"well": 1.0}}).model_dump()
    del tree["segments"]["frail"]
    blueprint: Blueprint = prepare(Scenario.model_validate(tree), 0)
    assert blueprint.segment_edges.shape[2] == 0
    assert not draw(blueprint, 1, 0).segment.any()


def test_more_people_in_a_segment_later_leave_the_candidates_as_they_are(tmp_path: Path) -> None:
    """The rate from which candidates are drawn is that of the root alone: who was referred is referred still."""
    root = tmp_path / "root.yaml"
    root.write_text(ROOT_FILE, encoding="utf-8")
    before, after = load(root), load(root, ["segments.frail.population=11000"])
    assert before.candidate_rates_per_day == after.candidate_rates_per_day
    days = [set(draw(prepare(one, 0), 1, 0).referred_day.tolist()) for one in (before, after)]
    assert days[0] < days[1]
