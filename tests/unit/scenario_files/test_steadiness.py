"""How much the number of people delayed varies over eight months, in the model and in areas of its size."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bedsim.engine.choose import simulate
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.scenario import load

if TYPE_CHECKING:
    from collections.abc import Sequence

SCENARIOS = Path(__file__).parents[3] / "scenarios"
WARM_UP_DAYS = 820
MONTH_DAYS, N_MONTHS = 30, 8
N_REPLICATIONS = 20
NO_WAY_OUT = ["units.home_team.places=38", "units.care_home_places.places=36"] + [
    f"pathways.bedded_rehab.{stage}.ladder.1.after_days=5000" for stage in ("community_support", "care_home_stay")
]
"""The same delay on average from a queue that nobody leaves."""


def variation(set_values: Sequence[str] = ()) -> float:
    """Return the median, over windows of eight months, of the coefficient of variation of people delayed."""
    blueprint = prepare(load(SCENARIOS / "option-1.yaml", set_values=set_values), WARM_UP_DAYS)
    days = np.arange(blueprint.scenario.time.run_length_days // MONTH_DAYS * MONTH_DAYS)
    found = []
    for replication in range(N_REPLICATIONS):
        stays = simulate(draw(blueprint, 1, replication), blueprint.network, "compiled")
        ready = np.isin(stays.unit, blueprint.network.planned_units) & ~np.isnan(stays.ready_day)
        begun, over = (np.sort(column[ready]) for column in (stays.ready_day, stays.left_day))  # NaN comes last
        delayed = np.searchsorted(begun, days, "right") - np.searchsorted(over, days, "right")
        months = delayed.reshape(-1, MONTH_DAYS).mean(axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(months, N_MONTHS)
        found += list(windows.std(axis=1, ddof=1) / windows.mean(axis=1))
    return float(np.median(found))


def recorded(key: str) -> float:
    """Return a quartile over areas, from profiles.csv."""
    with (SCENARIOS / "data" / "profiles.csv").open(encoding="utf-8", newline="") as file:
        return next(
            float(row["value"])
            for row in csv.DictReader(file)
            if (row["profile"], row["key"]) == ("people_delayed_cv", key)
        )


@pytest.mark.parametrize(
    ("set_values", "is_as_recorded"), [((), True), (NO_WAY_OUT, False)], ids=["shipped", "no way out"]
)
def test_the_delay_is_as_steady_as_areas_record_it(set_values: Sequence[str], is_as_recorded: bool) -> None:
    """Within the middle half of areas; a queue that nobody leaves swings more than three areas in four."""
    between = recorded("lower_quartile") < variation(set_values) < recorded("upper_quartile")
    assert between == is_as_recorded
