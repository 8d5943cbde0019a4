"""The shipped scenarios are what their README says: sites, beds, status, and how full they are."""

from __future__ import annotations

from pathlib import Path

import pytest

import bedsim
from bedsim.report.verdict import verdict
from bedsim.scenario.schema import PLANNED_KINDS

SCENARIOS = Path(__file__).parents[3] / "scenarios"
SITES = {
    "option-2": {"haywood": 77, "leek": 55},
    "option-3": {"haywood": 77, "bradwell": 55},
    "option-4": {"haywood": 77, "longton": 55},
    "option-5": {"haywood": 77, "cheadle": 55},
    "option-6": {"haywood": 77, "leek": 30, "bradwell": 25},
    "before": {"haywood": 80, "bradwell": 64, "leek": 36, "cheadle": 42, "longton": 42},
}


@pytest.mark.parametrize("name", SITES)
def test_beds_stand_where_the_readme_says(name: str) -> None:
    """132 beds in every option, 264 before; a site has the same coordinates in every file."""
    scenario = bedsim.load(SCENARIOS / f"{name}.yaml")
    planned = {unit: spec for unit, spec in scenario.units.items() if spec.kind in PLANNED_KINDS}
    assert {unit: spec.places for unit, spec in planned.items()} == SITES[name]
    assert sum(SITES[name].values()) == (264 if name == "before" else 132)
    page = " ".join((SCENARIOS / "README.md").read_text(encoding="utf-8").split())
    assert f"`{name}.yaml`" in page
    for unit, spec in planned.items():
        before = bedsim.load(SCENARIOS / "before.yaml").units[unit]
        assert (spec.coordinates, spec.locality, spec.name) == (before.coordinates, before.locality, before.name)


@pytest.mark.parametrize("name", ["option-3", "option-4", "option-5", "option-6", "before"])
def test_what_is_not_public_is_called_illustrative_in_the_file_and_in_the_verdict(name: str) -> None:
    """The status, every bed that was inferred, and the first words that a planner reads."""
    scenario = bedsim.load(SCENARIOS / f"{name}.yaml", set_values=["time.run_length_days=30", "time.warm_up_days=30"])
    assert scenario.status == "illustrative"
    if name != "before":
        assert all(
            (scenario.units[unit].assumption or "").startswith("Inferred") for unit in SITES[name] if unit != "haywood"
        )
    words = verdict(bedsim.run(scenario, n_replications=2, workers=1)).lower()
    assert words.startswith("illustrative")


def test_before_differs_in_people_and_stays_and_says_that_it_is_no_option() -> None:
    """Its demand and needs are its own, so nothing may rank it beside the options."""
    before, option = (bedsim.load(SCENARIOS / f"{name}.yaml") for name in ("before", "option-2"))
    assert "no option" in before.title
    assert "not to be ranked" in before.notes
    assert set(before.streams) - set(option.streams) == {"home_first"}
    needs = [one.pathways["bedded_rehab"]["rehabilitation"].needed_days.lognormal for one in (before, option)]
    assert [need.mean for need in needs if need is not None] == [30, 21]


@pytest.mark.parametrize(("home_first_per_day", "is_as_said"), [(1.97, True), (0.0, False)])
def test_before_fills_85_to_92_percent_of_its_beds(home_first_per_day: float, is_as_said: bool) -> None:
    """With its whole interval; without the people who now go home first it would not."""
    scenario = bedsim.load(
        SCENARIOS / "before.yaml", set_values=[f"streams.home_first.referrals.per_day={home_first_per_day}"]
    )
    row = bedsim.run(scenario, n_replications=20).row("occupancy_fraction")
    assert row.ci_low is not None
    assert row.ci_high is not None
    assert row.ci_high - row.ci_low < 0.035
    assert (row.ci_low > 0.85 and row.ci_high < 0.92) == is_as_said
