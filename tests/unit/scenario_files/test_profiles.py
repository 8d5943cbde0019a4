"""What the scenarios take from NHS England's counts is what their script computes from them."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from bedsim.scenario import load

if TYPE_CHECKING:
    from types import ModuleType

    from bedsim.scenario.schema import Branch

SCENARIOS = Path(__file__).parents[3] / "scenarios"
DATA = SCENARIOS / "data"
LEFT_READY = 0.86
"""Beside acute transfer, 10%, and death, 4%."""
DELAY_DAYS = 5.25
REASONS = {"home": "decisions", "home_with_support": "equipment_or_housing", "other_bed": "another_bed"} | {
    "care_home": "family_or_funding"
}
WAITING = ("home_support_place", "care_home_place")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Return the script that computes the profiles."""
    spec = importlib.util.spec_from_file_location("profiles", DATA / "profiles.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def profiles() -> dict[str, dict[str, float]]:
    """Return what stands in profiles.csv, by profile and key."""
    found: dict[str, dict[str, float]] = {}
    for row in rows("profiles.csv"):
        found.setdefault(row["profile"], {})[row["key"]] = float(row["value"])
    return found


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of counts."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def branches() -> dict[str, Branch]:
    """Return the ways on from rehabilitation."""
    return load(SCENARIOS / "base.yaml").pathways["bedded_rehab"]["rehabilitation"].then


def test_the_script_computes_what_stands_in_its_file(script: ModuleType) -> None:
    """profiles.csv is neither stale nor edited by hand."""
    pd.testing.assert_frame_equal(script.profiles(), pd.read_csv(DATA / "profiles.csv"), check_dtype=False)


def test_the_weekday_index_is_the_mean_of_each_weekday_over_their_mean(profiles: dict[str, dict[str, float]]) -> None:
    """Computed once more, without pandas: 670 days, 19 June 2022 was not collected."""
    days = [row for row in rows("acute-discharges-to-community-rehabilitation.csv") if row["discharges"]]
    assert len(days) == 670
    by_day: list[list[float]] = [[] for _ in range(7)]
    for row in days:
        by_day[date.fromisoformat(row["date"]).weekday()].append(float(row["discharges"]))
    means = [sum(one) / len(one) for one in by_day]
    expected = [7 * mean / sum(means) for mean in means]
    assert list(profiles["weekday"].values()) == pytest.approx(expected, abs=1e-5)


def test_a_month_with_more_sundays_is_no_quieter_month(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts that turn on the weekday alone give months of index 1; plain monthly means would be up to 3% off."""
    by_weekday = [80, 110, 125, 130, 122, 80, 53]
    days = pd.date_range("2022-04-01", "2024-01-31")
    counts = pd.DataFrame({"date": days, "discharges": [by_weekday[day] for day in days.day_of_week]})
    monkeypatch.setattr(script.pd, "read_csv", lambda *_args, **_options: counts)
    _, month = script.referral_profiles()
    assert month.tolist() == pytest.approx([1.0] * 12, abs=1e-12)
    plain = counts.set_index("date")["discharges"].loc["2023"].groupby(lambda day: day.month).mean()
    assert abs(plain / plain.mean() - 1).max() > 0.015


@pytest.mark.parametrize("name", ["base", "before"])
def test_referrals_have_the_computed_weekdays_and_months(profiles: dict[str, dict[str, float]], name: str) -> None:
    """To three digits, in every stream."""
    for stream in load(SCENARIOS / f"{name}.yaml").streams.values():
        for key in ("weekday", "month"):
            profile = getattr(stream.referrals, key)
            assert list(profile.index) == [round(value, 3) for value in profiles[key].values()]


def test_destinations_are_the_computed_ones_of_those_who_left_ready(profiles: dict[str, dict[str, float]]) -> None:
    """Shares x 0.86, to four digits."""
    own = branches()
    for name, share in profiles["destination"].items():
        assert own[name].share == round(share * LEFT_READY, 4), name


def test_the_drawn_delay_is_the_computed_share_of_each_reason(profiles: dict[str, dict[str, float]]) -> None:
    """Reason and its part of `other`, x 5.25 days over everybody / share of the people, to a hundredth of a day."""
    reasons = profiles["delay_reason"]
    named = sum(reasons[reason] for reason in REASONS.values())
    for name, reason in REASONS.items():
        branch = branches()[name]
        assert branch.reason == reason
        assert branch.transfer_days is not None
        assert branch.transfer_days.exponential is not None
        days = reasons[reason] * (1 + reasons["other"] / named) * DELAY_DAYS / branch.share
        assert branch.transfer_days.exponential.mean == pytest.approx(days, abs=0.01), name


def test_61_percent_of_people_delayed_wait_for_a_place(profiles: dict[str, dict[str, float]]) -> None:
    """The recorded share that `bedsim calibrate` prints beside the modelled one."""
    from bedsim.analysis.calibrate import RECORDED_NO_PLACE_SHARE

    assert round(sum(profiles["delay_reason"][reason] for reason in WAITING), 2) == RECORDED_NO_PLACE_SHARE


def test_uhnm_recorded_1816_discharges_in_2023() -> None:
    """The overlay's 5.0 a day; University Hospitals of North Midlands, all of pathway 2."""
    people = [
        int(row["discharges"])
        for row in rows("uhnm-discharges-on-pathway-2.csv")
        if row["month"].startswith("2023") and row["discharges"]
    ]
    assert sum(people) == 1816
    uhnm = load(SCENARIOS / "option-1.yaml", overlays=[SCENARIOS / "overlays" / "referrals-uhnm.yaml"])
    assert uhnm.streams["acute"].referrals.per_day == round(sum(people) / 365, 1)
