"""What moves the bed number: stated ranges, paired differences, indices."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bedsim
from bedsim.analysis.sensitivity import FEW_DRAWS, sensitivity, study
from bedsim.analysis.sensitivity_found import Sensitivity
from bedsim.analysis.sensitivity_global import first_order
from bedsim.analysis.sensitivity_inputs import Uncertain, ranges_of, scenario_at
from bedsim.analysis.sensitivity_runs import Days, days_of
from bedsim.analysis.variance import latin_hypercube
from bedsim.errors import BedsimError
from bedsim.patients.blueprint import prepare
from bedsim.scenario.schema import Scenario
from tests.small import small_tree

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def small(**changes: Any) -> Scenario:
    """Return the small system with some of its parts replaced."""
    return Scenario.model_validate(small_tree() | changes)


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    """Return a small analysis."""
    return sensitivity(small(), 8, 1, 16)


# --- which ranges ---------------------------------------------------------------------------------------------------


def names(scenario: Scenario) -> dict[str, int]:
    return {one.name: len(one.levers) for one in ranges_of(scenario).inputs}


def test_every_stated_range_of_option_1_is_run_or_said_to_move_nobody() -> None:
    """The nine homes' longer stays are one assumption, and so are the four delays; travel moves nobody."""
    found = ranges_of(bedsim.load(SCENARIOS / "option-1.yaml"))
    need = "pathways.bedded_rehab.rehabilitation"
    assert {one.name: len(one.levers) for one in found.inputs} == {
        "units.*.stay_factor": 9,
        **{f"{need}.ladder.{rung}.after_days": 1 for rung in (1, 2, 3)},
        f"{need}.needed_days.lognormal.mean": 1,
        f"{need}.needed_days.lognormal.cv": 1,
        f"{need}.then.*.transfer_days.exponential.mean": 4,
        f"{need}.then.acute_transfer.share": 1,
        f"{need}.then.acute_transfer.needed_days.lognormal.mean": 1,
        f"{need}.then.died.share": 1,
        f"{need}.then.died.needed_days.lognormal.mean": 1,
        "streams.acute.referrals.per_day": 1,
        "streams.acute.referrals.growth.per_year": 1,
    }
    assert found.moves_nobody == ("travel.detour_factor", "travel.km_per_hour")
    assert found.left_out == {}


def wards(*words: str) -> dict[str, Any]:
    """Return a ward for each of the words, with a range of its stay factor, and the units that there must be."""
    units = small_tree()["units"]
    named = {"kind": "community_hospital", "places": 3, "stay_factor": 1.1, "range": {"stay_factor": (1.0, 1.2)}}
    return units | {f"ward_{i}": {**named, "assumption": word} for i, word in enumerate(words)}


def test_ranges_in_the_same_words_move_together_and_in_others_alone() -> None:
    """Three wards, two of which are assumed in the same words."""
    found = names(small(units=wards("Less therapy.", "Less therapy.", "More therapy.")))
    assert found["units.*.stay_factor"] == 2
    assert found["units.ward_2.stay_factor"] == 1


def test_two_numbers_of_one_distribution_do_not_move_together() -> None:
    """Mean and spread share their words, and are two unknowns."""
    tree = small_tree()
    tree["pathways"]["rehab"]["first"]["needed_days"] |= {
        "range": {"mean": (12, 20), "cv": (0.5, 1)},
        "assumption": "x",
    }
    need = "pathways.rehab.first.needed_days.lognormal"
    assert {f"{need}.mean", f"{need}.cv"} < names(Scenario.model_validate(tree)).keys()


def test_a_ladder_day_with_a_range_is_an_input() -> None:
    """As any other number."""
    tree = small_tree()
    tree["pathways"]["rehab"]["first"]["ladder"][1].update(range={"after_days": (1, 7)}, assumption="x")
    assert names(Scenario.model_validate(tree))["pathways.rehab.first.ladder.1.after_days"] == 1


def test_the_other_shares_make_room_in_proportion() -> None:
    """A share from 0.5 to 0.8 of three: the others, 3 to 2, share what is left."""
    tree = small_tree()
    first = tree["pathways"]["rehab"]["first"]
    first["then"] = {
        "home": {"share": 0.5, "range": {"share": (0.4, 0.8)}, "assumption": "x"},
        "away": {"share": 0.3},
        "died": {"share": 0.2},
    }
    scenario = Scenario.model_validate(tree)
    (share,) = (one for one in ranges_of(scenario).inputs if one.name.endswith("share"))
    then = scenario_at(scenario, {share: 1.0}).pathways["rehab"]["first"].then
    assert [way.share for way in then.values()] == pytest.approx([0.8, 0.12, 0.08])


def test_a_range_that_cannot_be_run_is_left_out_and_says_why() -> None:
    """A number of places that a timetable changes is not one number."""
    units = small_tree()["units"]
    rows = ({"date": date(2026, 5, 1), "places": 5},)
    units["ward_a"] |= {"range": {"places": (4, 8)}, "assumption": "x", "timetable": rows}
    found = ranges_of(small(units=units))
    (name,) = found.left_out
    assert name == "units.ward_a.places"
    assert "timetable" in found.left_out[name]
    assert len(found.inputs) == 2


# --- mistakes -------------------------------------------------------------------------------------------------------


def test_a_scenario_without_ranges_is_refused() -> None:
    """With what to write."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"].pop("range")
    tree["pathways"]["rehab"]["first"]["needed_days"].pop("range")
    with pytest.raises(BedsimError, match="needs a stated range"):
        study(Scenario.model_validate(tree))


def test_a_scenario_without_planned_beds_is_refused() -> None:
    """There is no number of beds to move."""
    tree = small_tree()
    for unit in ("ward_a", "ward_b"):
        tree["units"][unit]["kind"] = "community_service"
    with pytest.raises(BedsimError, match="number of planned beds"):
        study(Scenario.model_validate(tree))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_replications": 1}, "replications must be at least 2"),
        ({"n_draws": 3}, "draws must be at least 4"),
        ({"n_draws": 63, "has_indices": True}, "draws must be at least 64"),
        ({"n_replications": 10**9}, "refused"),
    ],
)
def test_numbers_too_small_or_too_large_are_refused(options: dict[str, Any], words: str) -> None:
    """Before anything is simulated."""
    with pytest.raises(BedsimError, match=words):
        study(small(), **options)


def test_without_the_library_indices_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is simulated, with what to install; all else works without it."""
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(BedsimError, match=r"pip install 'bedsim\[sensitivity\]'"):
        study(small(), has_indices=True)
    assert study(small()).n_to_run == 5 * 50 + FEW_DRAWS * 20


# --- what moves it --------------------------------------------------------------------------------------------------


def test_more_referrals_and_longer_stays_need_more_beds(found: Sensitivity) -> None:
    """Both ranges move the beds down and up, by more than chance."""
    assert len(found.ranked("beds")) == 2
    for one in found.effects:
        assert one.ends["beds"]["low"][2] < 0 < one.ends["beds"]["high"][1]
    assert "nine draws in ten" in found.sentence()


def test_what_changes_nothing_differs_by_exactly_nothing() -> None:
    """A range of a unit where nobody goes: same people, same beds, a difference of 0 in every replication."""
    units = wards("Nobody goes there.")
    found = sensitivity(small(units=units), 4, 1, 4)
    name = "units.ward_0.stay_factor"
    (still,) = (one for one in found.effects if one.input.name == name)
    assert {interval for ends in still.ends.values() for interval in ends.values()} == {(0.0, 0.0, 0.0)}
    assert found.without_effect("beds") == ([name], 0.0)


def test_a_ladder_day_moves_the_overflow_and_not_the_demand() -> None:
    """Beds out of area after a day or after a fortnight: the demand is as if every planned bed had been free."""
    tree = small_tree()
    tree["pathways"]["rehab"]["first"]["ladder"][1].update(range={"after_days": (0.5, 14)}, assumption="x")
    found = sensitivity(Scenario.model_validate(tree), 10, 1, 4)
    (rung,) = (one for one in found.effects if "ladder" in one.input.name)
    assert rung.is_none("beds")
    assert not rung.is_none("overflow")


def test_the_numbers_do_not_depend_on_the_workers(found: Sensitivity) -> None:
    """Bit for bit."""
    again = sensitivity(small(), 8, 1, 16, workers=2)
    assert again.table().equals(found.table())
    assert again.split == found.split


def test_the_demand_is_that_of_a_run() -> None:
    """Same people, same definition: the same days as `bedsim.run` counts."""
    run = bedsim.run(small(), 3, seed=4)
    mine = days_of({"": run.blueprint}, run.headline, 3, 4)[""]
    assert isinstance(mine, Days)
    for counts, measure in ((mine.demand, "demand_beds"), (mine.overflow, "overflow")):
        assert (
            np.trim_zeros(counts.sum(axis=0), "b").tolist()
            == run.pooled_counts("system", measure, run.headline).tolist()
        )
    assert mine.beds.mean() == pytest.approx(run.value("demand_beds", statistic="p95", period=run.headline), abs=1)


# --- against exact numbers ------------------------------------------------------------------------------------------

STAY_DAYS, RATE, ENDS = 6.0, 4.0, (3.0, 5.0)


def unlimited() -> Scenario:
    """Return a ward without limit: the midnight census is Poisson, whatever the stay."""
    referrals = {"per_day": RATE, "range": {"per_day": ENDS}, "assumption": "x"}
    return Scenario.model_validate(
        {
            "title": "Poisson",
            "slug": "poisson",
            "time": {"start": date(2026, 4, 1), "run_length_days": 365, "warm_up_days": 60},
            "units": {"ward": {"kind": "community_hospital", "places": "unlimited"}},
            "pathways": {
                "rehab": {
                    "stay": {"needed_days": {"exponential": {"mean": STAY_DAYS}}, "ladder": ({"units": ("ward",)},)}
                }
            },
            "streams": {"acute": {"pathway": "rehab", "referrals": referrals}},
            "candidate_rates_per_day": {"acute": 4.0},
        }
    )


def exact_beds(rate: float) -> float:
    """Return the 95th percentile of a Poisson census, the share taken to rise evenly between whole numbers."""
    census = stats.poisson(rate * STAY_DAYS)
    at = int(census.ppf(0.95))
    return at - 1 + (0.95 - float(census.cdf(at - 1))) / float(census.pmf(at))


def is_held(interval: tuple[float, float | None, float | None], exact: float, n: int) -> bool:
    """Say whether an interval holds a value at a millionth instead of 5%, so that a fixed seed is no luck."""
    value, low, high = interval
    assert low is not None
    assert high is not None
    wider = stats.t.ppf(1 - 0.5e-6, n - 1) / stats.t.ppf(0.975, n - 1)
    return abs(value - exact) <= (high - low) / 2 * float(wider)


@pytest.mark.long
def test_the_tornado_of_a_poisson_census_is_exact() -> None:
    """Bed number and both differences against the Poisson percentile; one bed beside it is noticed."""
    n = 200
    found = sensitivity(unlimited(), n, 1, 16)
    own = exact_beds(RATE)
    assert is_held(found.value("beds"), own, n)
    assert not is_held(found.value("beds"), own + 1, n)
    (rate,) = found.effects
    for interval, end in zip(rate.ends["beds"].values(), ENDS, strict=True):
        assert is_held(interval, exact_beds(end) - own, n)
        assert not is_held(interval, exact_beds(end) - own + 1, n)


@pytest.mark.long
def test_the_variance_of_a_poisson_bed_number_is_exact() -> None:
    """Over a uniform rate, by integration; a quarter more would be noticed at half of it."""
    found = sensitivity(unlimited(), 40, 1, 48)
    rates = np.linspace(*ENDS, 2001)
    exact = float(np.var([exact_beds(rate) for rate in rates.tolist()]))
    low, high = found.split.inputs_ends
    assert low < exact < high
    assert found.split.inputs == pytest.approx(exact, rel=0.125)
    assert found.split.inputs * 1.25 != pytest.approx(exact, rel=0.125)


# --- indices --------------------------------------------------------------------------------------------------------

SLOPES = np.array([3.0, 2.0, 1.0, 0.0])
HALF_WIDTH = 0.1


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    """Return draws of four inputs."""
    return latin_hypercube(256, 4, 1)


def indices(draws: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """Return the indices found of a straight function of even inputs."""
    return np.array([one.value for one in first_order(["a", "b", "c", "d"], draws, draws @ slopes, 1)])


def test_the_indices_of_a_straight_function_are_its_squared_slopes(draws: np.ndarray) -> None:
    """Of even inputs: slope^2 over the sum of them; they sum to 1."""
    exact = SLOPES**2 / (SLOPES**2).sum()
    assert np.abs(indices(draws, SLOPES) - exact).max() <= HALF_WIDTH
    assert indices(draws, SLOPES).sum() == pytest.approx(1, abs=2 * HALF_WIDTH)


def test_indices_of_other_slopes_would_be_noticed(draws: np.ndarray) -> None:
    """The planted error: a slope of 3 taken for 2 moves an index by 0.2."""
    exact = SLOPES**2 / (SLOPES**2).sum()
    assert np.abs(indices(draws, np.array([2.0, 2.0, 1.0, 0.0])) - exact).max() > HALF_WIDTH


def test_the_indices_come_with_the_analysis() -> None:
    """By the inputs, from the draws of the split."""
    found = sensitivity(small(), 2, 1, 64, has_indices=True)
    assert [one.name for one in found.indices] == [one.input.name for one in found.effects]
    assert 0.5 < sum(one.value for one in found.indices) < 1.5


def test_an_input_names_its_numbers_and_where_they_are() -> None:
    """At the low end, in the middle, at the high end."""
    (per_day,) = (one for one in ranges_of(small()).inputs if one.name.endswith("per_day"))
    assert isinstance(per_day, Uncertain)
    assert [list(per_day.at(part).values()) for part in (0.0, 0.5, 1.0)] == [[0.4], [pytest.approx(0.6)], [0.8]]
    assert prepare(scenario_at(small(), {per_day: 1.0}), 60).scenario.streams["acute"].referrals.per_day == 0.8
