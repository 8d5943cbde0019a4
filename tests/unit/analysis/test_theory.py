"""Theory beside the number: exact values against closed forms of their own, and what a planted error must do."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bedsim.analysis.conduct import conduct
from bedsim.analysis.plan import Plan, plan_run
from bedsim.analysis.run import Run
from bedsim.analysis.theory import FEWEST, Comparison, outcome_shares, theory
from bedsim.analysis.theory_census import demand_census, no_delay_census
from bedsim.analysis.theory_ward import erlang_b, erlang_c, ward_of
from bedsim.analysis.workers import local_workers
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.report.tables import csv_text
from bedsim.report.theory_table import theory_rows, theory_sentence, theory_table
from bedsim.scenario.schema import Scenario
from tests.scenarios_in_python import HOURS, MONTHS, WEEK

START = date(2026, 4, 1)
WARD = {"kind": "community_hospital", "places": 20}
TEAM = {"kind": "community_service", "places": "unlimited"}


def tree(
    stages: dict[str, Any],
    referrals: dict[str, Any] | None = None,
    units: dict[str, Any] | None = None,
    warm_up_days: int = 0,
    days: int = 60,
    **more: Any,
) -> dict[str, Any]:
    """Return a scenario of one stream and one pathway."""
    return {
        "time": {"start": START, "run_length_days": days, "warm_up_days": warm_up_days, "cool_down_days": 30},
        "units": units or {"ward": WARD, "team": TEAM},
        "pathways": {"way": stages},
        "streams": {"acute": {"pathway": "way", "referrals": referrals or {"per_day": 2.0}}},
        **more,
    }


def blueprint(spec: dict[str, Any]) -> Blueprint:
    """Prepare a scenario."""
    scenario = Scenario.model_validate(spec)
    assert not isinstance(scenario.time.warm_up_days, str)
    return prepare(scenario, scenario.time.warm_up_days)


def stage(need: dict[str, Any], unit: str = "ward", **more: Any) -> dict[str, Any]:
    """Return a stage that one unit takes at once."""
    return {"needed_days": need, "ladder": ({"units": unit},), **more}


def simulated(spec: dict[str, Any], n: int, seed: int = 1) -> Run:
    """Run a scenario without its bed curve."""
    return conducted(plan_run(Scenario.model_validate(spec), n), seed)


def conducted(plan: Plan, seed: int) -> Run:
    """Run a plan without its bed curve."""
    run, _ = conduct(plan, seed, local_workers("compiled", 1), has_bed_curve=False)
    assert run is not None
    return run


# ---- the census ---------------------------------------------------------------------------------------------------


def test_a_constant_need_fills_a_ward_in_a_straight_line() -> None:
    """2 a day for 10 days: 2 d people on day d, and 20 from day 10 on."""
    found = no_delay_census(blueprint(tree({"rehab": stage({"constant": 10})})))
    assert found is not None
    np.testing.assert_allclose(found, 2.0 * np.minimum(np.arange(60), 10), atol=1e-9)


def test_every_profile_at_once_is_the_integral_of_rate_times_survival() -> None:
    """Growth, month, weekday, hour and wave: summed anew in steps of ten minutes, with SciPy's lognormal."""
    wave = {"amplitude": 0.2, "peak_day": 20.0, "period_days": 100.0}
    referrals = {
        "per_day": 3.0,
        "growth": {"per_year": 0.1},
        "month": {"index": MONTHS},
        "weekday": {"index": WEEK},
        "hour": {"index": HOURS},
        "yearly_wave": wave,
    }
    need = {"lognormal": {"mu": 2.0, "sigma": 0.8}}
    found = no_delay_census(blueprint(tree({"rehab": stage(need)}, referrals, warm_up_days=40)))
    assert found is not None
    step = 1 / 144
    at = np.arange(-40, 60, step) + step / 2
    day = np.floor(at).astype(int)
    dates = [date.fromordinal(START.toordinal() + int(one)) for one in day]
    rate = 3.0 * 1.1 ** (day / 365.25) * (1 + 0.2 * np.cos(2 * np.pi * (day + 0.5 - 20) / 100))
    rate *= np.array([MONTHS[one.month - 1] * WEEK[one.weekday()] for one in dates])
    rate *= np.array(HOURS)[((at - day) * 24).astype(int)]
    for midnight in (0, 13, 59):
        came = at < midnight
        expected = (rate[came] * stats.lognorm.sf(midnight - at[came], 0.8, scale=math.exp(2.0))).sum() * step
        assert found[midnight] == pytest.approx(expected, rel=2e-5)


def test_a_later_stage_fills_after_the_first() -> None:
    """Exponential stays of 4 days with a team, then of 6 in the ward: lambda times a difference of exponentials."""
    first = stage({"exponential": {"mean": 4}}, "team", then={"on": {"share": 1.0, "next": "second"}})
    found = no_delay_census(blueprint(tree({"first": first, "second": stage({"exponential": {"mean": 6}})})))
    assert found is not None
    a, b, t = 1 / 4, 1 / 6, np.arange(60.0)
    expected = 2.0 * a / (b - a) * ((1 - np.exp(-a * t)) / a - (1 - np.exp(-b * t)) / b)
    np.testing.assert_allclose(found[1:], expected[1:], rtol=1e-4)


def test_loops_branches_and_factors_count() -> None:
    """0.6 go home after 10 days, 0.4 stay 5 and come again: 1/0.6 visits of 8 days, a tenth longer in this ward."""
    then = {
        "home": {"share": 0.6},
        "again": {"share": 0.4, "next": "rehab", "needed_days": {"constant": 5}},
    }
    units = {"ward": {**WARD, "stay_factor": 1.1}}
    spec = tree({"rehab": stage({"constant": 10}, then=then)}, units=units, warm_up_days=300)
    found = no_delay_census(blueprint(spec))
    assert found is not None
    np.testing.assert_allclose(found, 2.0 * 8 * 1.1 / 0.6, rtol=1e-6)


def test_each_home_has_its_own_first_choice() -> None:
    """Of two wards one keeps people twice as long; a quarter of the people have it first."""
    units = {
        "near": {**WARD, "locality": "north"},
        "far": {**WARD, "locality": "south", "stay_factor": 2.0},
    }
    places = {"north": {"coordinates": (53.0, -2.0)}, "south": {"coordinates": (52.0, -2.0)}}
    spec = tree({"rehab": stage({"constant": 4}, "nearest(community_hospital)")}, units=units, localities=places)
    spec["streams"]["acute"]["localities"] = {"shares": {"north": 0.75, "south": 0.25}}
    found = no_delay_census(blueprint(spec))
    assert found is not None
    assert found[30] == pytest.approx(2 * 4 * (0.75 + 2 * 0.25))


def test_unlimited_planned_beds_hold_people_while_leaving_is_arranged_too() -> None:
    """10 days of need and 3 more for half of the people; without delay 10 alone."""
    then = {"home": {"share": 0.5}, "slow": {"share": 0.5, "transfer_days": {"exponential": {"mean": 3}}}}
    spec = blueprint(tree({"rehab": stage({"constant": 10}, then=then)}, warm_up_days=200))
    delayed, undelayed = demand_census(spec), no_delay_census(spec)
    assert delayed is not None
    assert undelayed is not None
    np.testing.assert_allclose(delayed, 2 * 11.5, rtol=1e-9)
    np.testing.assert_allclose(undelayed, 2 * 10, rtol=1e-9)


def test_somebody_who_stays_put_is_in_one_place_after_the_other() -> None:
    """The second ward is named first for the second stage, but people keep the place they have, of another factor."""
    units = {"ward": WARD, "slow": {**WARD, "stay_factor": 3.0}}
    stages = {
        "rehab": stage({"constant": 4}, then={"on": {"share": 1.0, "next": "again"}}),
        "again": {"needed_days": {"constant": 2}, "ladder": ({"units": ("slow", "ward")},)},
    }
    found = no_delay_census(blueprint(tree(stages, units=units)))
    assert found is not None
    assert found[30] == pytest.approx(2 * 6)


LIMITED_TEAM = {"kind": "community_service", "places": 5}
ON = {"on": {"share": 1.0, "next": "support"}}


@pytest.mark.parametrize(
    ("spec", "is_known"),
    [
        (tree({"rehab": stage({"constant": 4}, then=ON), "support": stage({"constant": 4}, "team")}), True),
        (
            tree(
                {"rehab": stage({"constant": 4}, then=ON), "support": stage({"constant": 4}, "team")},
                units={"ward": WARD, "team": LIMITED_TEAM},
            ),
            False,
        ),
        (tree({"rehab": stage({"constant": 4})}, units={"ward": {**WARD, "leave": {"days": ("mon",)}}}), False),
        (
            tree(
                {"rehab": stage({"constant": 4})},
                units={"ward": {**WARD, "timetable": ({"date": START, "accepting": False},)}},
            ),
            False,
        ),
        (
            tree(
                {"rehab": stage({"constant": 4})},
                units={"ward": {**WARD, "timetable": ({"date": START, "places": 3},)}},
            ),
            True,
        ),
    ],
)
def test_demand_is_known_only_where_nothing_else_is_limited(spec: dict[str, Any], is_known: bool) -> None:
    """Neither the next place, nor leave times, nor a closure; without delay it is known all the same."""
    assert (demand_census(blueprint(spec)) is not None) == is_known
    assert no_delay_census(blueprint(spec)) is not None


@pytest.mark.parametrize(
    "spec",
    [
        tree({"rehab": {"needed_days": {"constant": 4}, "ladder": ({"after_days": 1, "units": "ward"},)}}),
        tree({"rehab": stage({"constant": 4})}, {"booked": ({"date": START, "patients": 3},)}),
        tree(
            {"rehab": stage({"constant": 4})},
            present_at_start=({"stream": "acute", "unit": "ward", "stage": "rehab", "patients": 2},),
        ),
    ],
    ids=["a first rung that opens later", "booked people", "people present"],
)
def test_what_theory_does_not_cover_is_not_said_to_be_known(spec: dict[str, Any]) -> None:
    """A place after a wait, people at one instant, and people who were there before."""
    assert no_delay_census(blueprint(spec)) is None
    assert demand_census(blueprint(spec)) is None


# ---- one ward, routes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("beds", "load"), [(1, 0.5), (12, 10.0), (26, 22.5), (140, 121.0)])
def test_erlangs_formulas_are_the_sums(beds: int, load: float) -> None:
    """By the Poisson distribution: B = pmf / cdf at the beds; C with the tail of the waiting list."""
    b = stats.poisson.pmf(beds, load) / stats.poisson.cdf(beds, load)
    assert erlang_b(beds, load) == pytest.approx(b, rel=1e-10)
    tail = stats.poisson.pmf(beds, load) * beds / (beds - load)
    assert erlang_c(beds, load) == pytest.approx(tail / (stats.poisson.cdf(beds - 1, load) + tail), rel=1e-10)


def waiting_ward(mean: float = 5.0, **more: Any) -> dict[str, Any]:
    """Return an M/M/12 ward with a load of 10, or its stays a little longer."""
    units = {"ward": {"kind": "community_hospital", "places": 12}}
    return tree({"rehab": stage({"exponential": {"mean": mean}})}, {"per_day": 2.0}, units, 700, 1096, **more)


def loss_ward(mean: float = 25.0) -> dict[str, Any]:
    """Return an M/G/26/26 ward of lognormal stays, or its stays a little longer."""
    rungs = ({"units": "ward"}, {"after_days": 0, "leave": "lost"})
    stages = {"rehab": {"needed_days": {"lognormal": {"mean": mean, "cv": 0.8}}, "ladder": rungs}}
    units = {"ward": {"kind": "community_hospital", "places": 26}}
    return tree(stages, {"per_day": 0.9}, units, 700, 1096)


def test_a_ward_is_known_for_what_it_is() -> None:
    """Beds, rate, stay, and whether people wait or are lost."""
    waiting, losing = ward_of(blueprint(waiting_ward())), ward_of(blueprint(loss_ward()))
    assert waiting is not None
    assert losing is not None
    assert (waiting.beds, waiting.load, losing.beds, losing.load) == pytest.approx((12, 10, 26, 22.5))
    assert waiting.wait_days == pytest.approx(erlang_c(12, 10) * 5 / 2)
    assert losing.census == pytest.approx(22.5 * (1 - erlang_b(26, 22.5)))


def changed(spec: dict[str, Any], **of_stage: Any) -> dict[str, Any]:
    """Return a ward with its stage changed."""
    spec["pathways"]["way"]["rehab"] |= of_stage
    return spec


@pytest.mark.parametrize(
    "spec",
    [
        changed(waiting_ward(), needed_days={"gamma": {"mean": 5, "cv": 0.5}}),
        changed(waiting_ward(), deconditioning={"per_day": 0.1, "most_days": 3}),
        changed(waiting_ward(), ladder=({"units": "ward"}, {"after_days": 3, "leave": "gone"})),
        changed(waiting_ward(), ladder=({"units": "ward", "keep_free": 1},)),
        changed(waiting_ward(), then={"home": {"share": 1.0, "transfer_days": {"constant": 1}}}),
        waiting_ward(5.9),
        waiting_ward(7.0),
        {**waiting_ward(), "units": {"ward": {**WARD, "turnover_days": 1}}},
        {**waiting_ward(), "units": {"ward": {**WARD, "timetable": ({"date": date(2026, 6, 1), "places": 9},)}}},
        tree({"rehab": stage({"exponential": {"mean": 5}})}, {"per_day": 2, "weekday": {"index": WEEK}}),
        tree({"rehab": stage({"exponential": {"mean": 5}})}, {"per_day": 2}),
    ],
    ids=[
        *("no exponential", "deconditioning", "patience", "keep free", "transfer", "nearly full", "overloaded"),
        *("cleaning", "timetable", "weekdays", "no warm-up"),
    ],
)
def test_a_ward_that_is_more_than_one_formula_is_not_judged_by_it(spec: dict[str, Any]) -> None:
    """Whatever else matters, or a start that is not forgotten, takes the formula away."""
    assert ward_of(blueprint(spec)) is None


def test_routes_lead_where_their_shares_say() -> None:
    """A loop of 0.2 and an end after the second stage: home 0.5 / 0.8, and the rest in 0.75 to 0.25."""
    stages = {
        "rehab": stage(
            {"constant": 1},
            then={"home": {"share": 0.5}, "more": {"share": 0.2, "next": "rehab"}, "on": {"share": 0.3, "next": "two"}},
        ),
        "two": stage({"constant": 1}, then={"well": {"share": 0.75}, "ill": {"share": 0.25}}),
    }
    one = blueprint(tree(stages))
    shares = outcome_shares(one, 0)
    assert shares is not None
    found = dict(zip(one.outcomes, shares.tolist(), strict=True))
    assert found == pytest.approx({"home": 0.625, "well": 0.375 * 0.75, "ill": 0.375 * 0.25})
    assert outcome_shares(blueprint(loss_ward()), 0) is None


# ---- beside the simulation ----------------------------------------------------------------------------------------


def unlimited(mean: float = 15.0) -> dict[str, Any]:
    """Return a scenario of which both kinds of unlimited demand are known, or its needs a little longer."""
    then = {
        "home": {"share": 0.6, "transfer_days": {"exponential": {"mean": 2}}},
        "on": {"share": 0.4, "next": "support"},
    }
    stages = {
        "rehab": stage({"lognormal": {"mean": mean, "cv": 0.7}}, then=then),
        "support": stage({"exponential": {"mean": 8}}, "team"),
    }
    referrals = {"per_day": 4.0, "weekday": {"index": WEEK}, "month": {"index": MONTHS}, "growth": {"per_year": 0.05}}
    return tree(stages, referrals, {"ward": {**WARD, "places": 60}, "team": TEAM}, 200, 1096)


SCENARIOS = {"unlimited": (unlimited, 15.0), "waiting": (waiting_ward, 5.0), "loss": (loss_ward, 25.0)}
N = {"unlimited": 40, "waiting": 100, "loss": 100}


@cache
def compared(name: str, seed: int, factor: float = 1.0) -> tuple[Comparison, ...]:
    """Return the comparisons of a scenario, its needs really longer by a factor that the exact side does not know."""
    make, mean = SCENARIOS[name]
    believed = simulated(make(mean), N[name], seed)
    if factor == 1.0:
        return theory(believed)
    really = simulated(make(mean * factor), N[name], seed)
    return theory(dataclasses.replace(believed, totals=really.totals))


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 12))])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_right_simulation_agrees(name: str, seed: int) -> None:
    """Every number, whatever the seed."""
    found = compared(name, seed)
    assert all(one.is_judged and one.agrees and one.verdict == "agrees" for one in found)
    assert {one.period for one in found} >= {"all", "2026-27", "2028-29"}
    measures = {one.measure for one in found}
    assert measures >= {"referrals_per_day", "demand_beds_no_delay", "demand_beds"}
    assert measures >= {"waiting": {"p_wait", "wait_days", "midnight_census"}}.get(name, {"outcome"})


@pytest.mark.parametrize(
    ("name", "measures"),
    [
        ("unlimited", {"demand_beds_no_delay", "demand_beds"}),
        ("waiting", {"demand_beds_no_delay", "demand_beds", "midnight_census", "p_wait", "wait_days"}),
        ("loss", {"demand_beds_no_delay", "demand_beds", "outcome"}),
    ],
)
def test_needs_that_are_3_percent_too_long_are_found(name: str, measures: set[str]) -> None:
    """Over the whole window by every measure that they move, and by none that they leave alone."""
    found = [one for one in compared(name, 1, 1.03) if one.period == "all"]
    wrong = {one.measure for one in found if not one.agrees}
    assert wrong & measures
    assert {"demand_beds_no_delay", "demand_beds"} <= wrong
    assert all(one.verdict == "DOES NOT AGREE" for one in found if not one.agrees)
    assert "referrals_per_day" not in wrong


def test_the_limit_is_one_in_a_million_over_all_comparisons() -> None:
    """Two-sided, n - 1 degrees of freedom."""
    found = compared("unlimited", 1)
    assert found[0].limit == pytest.approx(stats.t.ppf(1 - 1e-6 / len(found) / 2, N["unlimited"] - 1))
    one = next(one for one in found if one.measure == "demand_beds")
    assert one.ci_low is not None
    assert one.ci_high is not None
    half_width = (one.ci_high - one.ci_low) / 2
    assert one.t == pytest.approx((one.simulated - one.exact) / half_width * stats.t.ppf(0.975, N["unlimited"] - 1))


@pytest.mark.parametrize("n", [1, 2, FEWEST - 1])
def test_few_replications_are_shown_and_not_judged(n: int) -> None:
    """With one there is no interval either."""
    found = theory(simulated(unlimited(), n))
    assert not any(one.is_judged for one in found)
    assert {one.verdict for one in found} == {"not judged below 20 replications"}
    assert all((one.t is None) == (n == 1) and (one.ci_low is None) == (n == 1) for one in found)
    assert "are shown and not judged" in theory_sentence(found)


def test_what_does_not_vary_agrees_to_the_last_digit_or_not_at_all() -> None:
    """Replayed and booked people: the count is certain, and one person more is found."""
    spec = tree({"rehab": stage({"constant": 4})}, {"booked": ({"date": date(2026, 4, 20), "patients": 30},)})
    run = simulated(spec, 20)
    (one,) = (one for one in theory(run) if one.measure == "referrals_per_day")
    assert (one.exact, one.simulated, one.t) == (0.5, 0.5, 0.0)
    assert one.agrees
    spec["streams"]["acute"]["referrals"] = {"booked": ({"date": date(2026, 4, 20), "patients": 31},)}
    wrong = dataclasses.replace(run, totals=simulated(spec, 20).totals)
    (one,) = (one for one in theory(wrong) if one.measure == "referrals_per_day")
    assert one.t == math.inf
    assert not one.agrees


def test_replayed_counts_are_known_too() -> None:
    """Their times of day are drawn from the hour profile; the census is that of the counts."""
    rows = [("date", "referrals"), *((date.fromordinal(START.toordinal() + i).isoformat(), "3") for i in range(60))]
    spec = tree({"rehab": stage({"constant": 10})}, {"observed_csv": "seen.csv"}, tables={"seen.csv": tuple(rows)})
    found = no_delay_census(blueprint(spec))
    assert found is not None
    np.testing.assert_allclose(found, 3.0 * np.minimum(np.arange(60), 10), atol=1e-9)
    assert all(one.agrees for one in theory(simulated(spec, 20)))


def test_the_table_and_the_sentence_say_it() -> None:
    """Names as words, and in a CSV every column; a disagreement is said first of all."""
    right, wrong = compared("waiting", 1), compared("waiting", 1, 1.03)
    table = theory_table(right)
    assert table.row_count == len(right)
    assert "agrees with all of them" in theory_sentence(right)
    assert "DOES NOT AGREE with" in theory_sentence(wrong)
    assert "Do not use these results" in theory_sentence(wrong)
    assert theory_sentence(()) == "No number of this scenario is known exactly."
    text = csv_text(*theory_rows(right))
    assert text.count("\r\n") == len(right) + 1
    assert "share who wait" in text
