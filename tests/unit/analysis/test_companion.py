"""The companion of a scenario: no season, no growth, the same mean rate, and a census that is known at each day."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bedsim.analysis.companion import DailyCounts, companion, daily_counts
from bedsim.analysis.warm_up_check import N_REPLICATIONS, TIMES_THEORY, check_warm_up
from bedsim.analysis.workers import Threads
from bedsim.patients.arrivals import expected_per_day
from bedsim.patients.blueprint import prepare
from bedsim.report.warm_up import verdict_on, warm_up_explained
from bedsim.scenario.schema import Scenario
from tests.scenarios_in_python import MONTHS, WEEK
from tests.small import small_tree

PER_DAY, MEAN_DAYS = 4.0, 20.0


def varied() -> dict[str, Any]:
    """Return the small scenario with all that depends on the date."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"] = {
        "per_day": PER_DAY,
        "growth": {"per_year": 0.1},
        "month": {"index": MONTHS},
        "weekday": {"index": WEEK},
        "yearly_wave": {"amplitude": 0.3, "peak_day": 10},
        "surges": ({"from": date(2026, 4, 10), "until": date(2026, 5, 10), "factor": 2},),
        "booked": ({"date": date(2026, 4, 20), "patients": 9},),
        "daily_variation": {"cv": 0.2},
    }
    tree["units"]["ward_a"]["timetable"] = (
        {"date": date(2026, 4, 1), "places": 5},
        {"date": date(2026, 5, 1), "places": 1},
    )
    tree["units"]["ward_b"]["timetable"] = ({"date": date(2026, 3, 20), "accepting": False},)
    return tree


def test_a_companion_has_no_season_and_no_growth_and_the_mean_rate_of_the_start() -> None:
    """Each day of five years expects the base rate and the mean of what is booked in the window: 4 + 9 / 90."""
    steady = companion(Scenario.model_validate(varied()), 1826)
    rate = expected_per_day(steady, "acute", 0, 1826)
    assert rate == pytest.approx(np.full(1826, PER_DAY + 9 / 90))
    assert (rate == rate[0]).all()
    assert not steady.streams["acute"].referrals.booked
    assert steady.streams["acute"].referrals.daily_variation is not None
    assert (steady.time.warm_up_days, steady.time.run_length_days, steady.time.cool_down_days) == (0, 1826, 0)


def test_a_companion_keeps_the_places_of_the_start_date() -> None:
    """The row of the first day counts, the later one does not; a unit that is shut then has no places."""
    steady = companion(Scenario.model_validate(varied()), 400)
    assert {name: unit.places for name, unit in steady.units.items()} == {
        "ward_a": 5,
        "ward_b": 0,
        "away": "unlimited",
        "team": "unlimited",
    }
    assert not any(unit.timetable for unit in steady.units.values())


def test_a_rate_read_by_date_becomes_its_mean_over_the_window() -> None:
    """2 and 6 a day in turn are 4."""
    tree = varied()
    tree["time"]["run_length_days"] = 2
    tree["streams"]["acute"]["referrals"] = {"expected_csv": "rates.csv"}
    tree["tables"] = {"rates.csv": (("date", "expected_per_day"), ("2026-04-01", "2"), ("2026-04-02", "6"))}
    tree["units"]["ward_a"]["timetable"] = tree["units"]["ward_b"]["timetable"] = ()
    assert companion(Scenario.model_validate(tree), 100).streams["acute"].referrals.per_day == 4.0


def unlimited(mean_days: float) -> Scenario:
    """Return a companion of 200 days in which nobody ever waits and needs are exponential."""
    tree = varied()
    tree["streams"]["acute"]["referrals"] |= {"booked": (), "daily_variation": None}
    for name in ("ward_a", "ward_b"):
        tree["units"][name] |= {"places": "unlimited", "timetable": ()}
    stage = tree["pathways"]["rehab"]["first"]
    stage |= {"needed_days": {"exponential": {"mean": mean_days}}, "then": {"home": {"share": 1.0}}}
    return companion(Scenario.model_validate(tree), 200)


def errors(mean_days: float, n_replications: int = 1000) -> np.ndarray:
    """Return how many standard errors the mean census of some midnights is from the M/G/infinity formula."""
    task = DailyCounts(prepare(unlimited(mean_days), 0), 3, "compiled")
    counts = daily_counts(task, n_replications, Threads(2))
    assert not counts[1:].any(), "nobody goes to the team and nobody waits"
    days = np.array([1, 5, 10, 20, 40, 80, 160])
    # From empty at day 0 the census at t is Poisson: rate x the integral of the survival from 0 to t.
    exact = PER_DAY * MEAN_DAYS * (1 - np.exp(-days / MEAN_DAYS))
    return np.asarray((counts[0].mean(axis=0)[days] - exact) / np.sqrt(exact / n_replications))


def test_a_companion_without_limits_fills_as_the_formula_says() -> None:
    """At each of seven midnights the mean census is within its error: z below 4, of 1,000 replications."""
    assert np.abs(errors(MEAN_DAYS)).max() < 4
    assert stats.norm.sf(4) * 2 * 7 < 0.001


def test_needs_3_percent_longer_are_noticed() -> None:
    """The twin: at day 160 the census of 80 is 2.4 more, 8 standard errors of 0.28; the test above must fail."""
    assert np.abs(errors(MEAN_DAYS * 1.03)).max() > 4


def test_the_counts_do_not_depend_on_the_workers_or_the_engine() -> None:
    """One thread, three threads, the SimPy engine."""
    blueprint = prepare(companion(Scenario.model_validate(varied()), 60), 0)
    one = daily_counts(DailyCounts(blueprint, 1, "compiled"), 4, Threads(1))
    assert one[2].any(), "somebody must wait"
    assert (daily_counts(DailyCounts(blueprint, 1, "compiled"), 4, Threads(3)) == one).all()
    assert (daily_counts(DailyCounts(blueprint, 1, "simpy"), 4, Threads(2)) == one).all()


def test_theory_and_simulation_agree_on_a_scenario_with_spare_beds() -> None:
    """Exponential stays of 15 days on plenty of beds: one year and 90 days, and both rules are content long before."""
    tree = small_tree()
    tree["time"]["warm_up_days"] = "auto"
    tree["units"]["ward_a"]["places"] = 14
    check = check_warm_up(Scenario.model_validate(tree), 1, Threads(2))
    assert (check.days, check.n_days, check.n_replications) == (455, TIMES_THEORY * 455, N_REPLICATIONS)
    assert check.has_steady_state
    assert not check.too_short_for
    assert {one.series for one in check.settled} >= {"people in planned beds", "caseload of community services"}
    beds = check.settled[0]
    load = 0.6 * (15 + 0.5 * 2)
    assert beds.welch.mean == pytest.approx(load, rel=0.05)
    assert "They agree" in verdict_on(check)


def test_a_stated_warm_up_that_is_too_short_is_said() -> None:
    """Ten days for stays of 15: by both rules too short, in a sentence with a remedy."""
    tree = small_tree()
    tree["time"]["warm_up_days"] = 10
    check = check_warm_up(Scenario.model_validate(tree), 1, Threads(2))
    assert check.is_stated
    assert "people in planned beds" in check.too_short_for
    parts = [part for part in warm_up_explained(check, Scenario.model_validate(tree)) if isinstance(part, str)]
    assert any("states 10 days" in part for part in parts)
    assert "Try a longer warm-up" in parts[-1]


def test_an_overloaded_scenario_has_no_steady_state_and_it_is_said() -> None:
    """With no way out and twice the need there is nothing to check, and nothing is simulated."""
    tree = small_tree()
    tree["pathways"]["rehab"]["first"]["ladder"] = ({"units": ("ward_a", "ward_b")},)
    tree["streams"]["acute"]["referrals"] = {"per_day": 1.5}
    check = check_warm_up(Scenario.model_validate(tree), 1, Threads(2))
    assert not check.has_steady_state
    *_, last = warm_up_explained(check, Scenario.model_validate(tree))
    assert isinstance(last, str)
    assert "no steady state" in last
    assert math.isfinite(check.days)
