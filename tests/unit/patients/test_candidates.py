"""Candidates of a Poisson process, and who of them is kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bedsim.patients.candidates import ALL_HOURS, _kept, candidates
from bedsim.patients.uniforms import uniforms
from bedsim.streams import keys_of, written

NAMES = (1, 0, "acute", "layer 0 forward")
RATE = 4.0


def one_by_one(
    layer: int, sign: int, first: int, daily: np.ndarray, hourly: np.ndarray
) -> tuple[list[int], list[float]]:
    """The same in plain words: gaps added up, and whoever is in the run and whose uniform is below their share."""
    gaps, keep = (uniforms((*NAMES, purpose), 5_000).tolist() for purpose in ("gap", "keep"))
    index, days, distance = [], [], 0.0
    for i, (gap, own) in enumerate(zip(gaps, keep, strict=True)):
        distance += -math.log1p(-gap) / RATE
        day = sign * distance
        if first <= day < first + len(daily):
            hour = min(int((day - math.floor(day)) * 24), 23)
            if own < daily[math.floor(day) - first] * hourly[hour] / RATE - layer:
                index.append(i)
                days.append(day)
    return index, days


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("first", [-100, 0, 40])
@pytest.mark.parametrize("layer", [0, 1])
def test_those_are_kept_whose_own_uniform_is_below_the_share_needed(sign: int, first: int, layer: int) -> None:
    """Bit for bit as one by one, whether the run begins before day 0, on it or after."""
    rng = np.random.default_rng(3)
    daily, hourly = rng.random(300) * 2 * RATE, rng.random(24) * 2
    for hours in (hourly, ALL_HOURS):
        index, days = candidates(NAMES, layer, sign, first, RATE, daily, hours)
        assert (index.tolist(), days.tolist()) == one_by_one(layer, sign, first, daily, hours)
        assert len(days) > 20 or (sign < 0 <= first)


def test_there_is_room_for_however_many_there_are() -> None:
    """Arrays that are far too short grow, and everybody before is still there."""
    gap, keep = keys_of([written(NAMES)], [("gap",), ("keep",)])[:, 0]
    everybody = np.full(500, RATE)
    for room in (0, 1, 10_000):
        index, days = _kept(gap, keep, 0, 1, 0, RATE, everybody, ALL_HOURS, room)
        assert index.tolist() == list(range(len(days)))
        assert len(days) > 1_500
        assert days.tolist() == one_by_one(0, 1, 0, everybody, ALL_HOURS)[1]


def test_a_run_without_days_before_day_0_has_no_candidates_there() -> None:
    """Nor has one that expects nobody."""
    assert len(candidates(NAMES, 0, -1, 0, RATE, np.full(9, RATE))[0]) == 0
    assert len(candidates(NAMES, 0, 1, 0, RATE, np.zeros(9))[0]) == 0
