"""What is expected of levers before anything is simulated: loads by hand, exact numbers, and where none are known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bedsim.analysis.companion import companion
from bedsim.analysis.compare_ready import same_people
from bedsim.analysis.overload import loads, overload, visits_per_day
from bedsim.analysis.overload_months import monthly_overload, overload_by_month
from bedsim.analysis.people import people_of
from bedsim.analysis.theory import outcome_shares, theory
from bedsim.analysis.theory_census import demand_census, no_delay_census
from bedsim.analysis.theory_ward import ward_of
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.scenario.schema import Scenario
from tests.small import small_scenario, small_tree
from tests.unit.analysis.test_theory import simulated

START = date(2026, 4, 1)
EARLY = START - timedelta(days=800)


def tree(**levers: dict[str, Any]) -> dict[str, Any]:
    """Return 2 people a day who need 10 days in one of 25 beds and 1 day of papers, or 20 days at home."""
    return {
        "time": {"start": START, "run_length_days": 100, "warm_up_days": 60, "cool_down_days": 20},
        "units": {
            "ward": {"kind": "community_hospital", "places": 25},
            "team": {"kind": "community_service", "places": 100},
        },
        "pathways": {
            "way": {
                "rehab": {
                    "needed_days": {"constant": 10},
                    "ladder": ({"units": "ward"},),
                    "then": {"home": {"share": 1.0, "transfer_days": {"constant": 1}, "reason": "papers"}},
                },
                "at_home": {"needed_days": {"constant": 20}, "ladder": ({"units": "team"},)},
            }
        },
        "streams": {"acute": {"pathway": "way", "referrals": {"per_day": 2.0}}},
        "levers": {name: {"start": EARLY, **lever} for name, lever in levers.items()},
    }


def blueprint(spec: dict[str, Any]) -> Blueprint:
    return prepare(Scenario.model_validate(spec), 60)


def load_of(**levers: dict[str, Any]) -> float:
    """Return the load that each planned bed must bear at least."""
    return overload(blueprint(tree(**levers))).planned_load_per_bed


HALF_AT_HOME = {"home_first": {"share": 0.5, "instead": "at_home"}}
COORDINATORS = {"coordinators": 6, "caseload": 25, "episode_days": 90.0}
LOADS = {
    "no lever": ({}, 22 / 25),
    "a quarter avoided": ({"admission_avoidance": {"share": 0.25}}, 0.75 * 22 / 25),
    "half at home": (HALF_AT_HOME, 0.5 * 22 / 25),
    "half the stay": ({"stay_reduction": {"factor": 0.5, "stages": ("rehab",)}}, 12 / 25),
    "six days at most": ({"stay_reduction": {"cap_days": 6.0, "stages": ("rehab",)}}, 14 / 25),
    "half the papers": ({"delay_reduction": {"factor": 0.5}}, 21 / 25),
    "coordinators": (
        {"care_coordination": COORDINATORS | {"referred_less": 0.5, "stay_factor": 0.5, "delay_factor": 0.0}},
        0.5 * 10 / 25,
    ),
    "no coordinators": ({"care_coordination": COORDINATORS | {"coordinators": 0, "stay_factor": 0.5}}, 22 / 25),
    "nobody in reach": ({"admission_avoidance": {"share": 1.0}, "reach": {"streams": ()}}, 22 / 25),
    "half of the window": (
        {"admission_avoidance": {"share": 0.5}, "start": START + timedelta(days=50)},
        0.75 * 22 / 25,
    ),
    "a ramp through the window": (
        {"admission_avoidance": {"share": 0.5}, "start": START, "full_from": START + timedelta(days=100)},
        (1 - 0.5 * 0.495) * 22 / 25,
    ),
}


@pytest.mark.parametrize("what", LOADS)
def test_the_overload_bound_counts_what_levers_leave(what: str) -> None:
    """Loads worked out by hand; who gets a coordinator is not known, so the bound lets everybody have one."""
    lever, expected = LOADS[what]
    assert load_of(**({"x": lever} if lever else {})) == pytest.approx(expected, rel=1e-12)


def test_people_sent_home_are_a_load_there() -> None:
    """One a day for 20 days; of two levers the second takes its share of what the first has left."""
    found = loads(blueprint(tree(x=HALF_AT_HOME)))
    assert {key[0]: load for key, load in found.items()} == {0: (1.0, 10.0, 1.0), 1: (1.0, 20.0, 0.0)}
    both = visits_per_day(blueprint(tree(a={"admission_avoidance": {"share": 0.2}}, x=HALF_AT_HOME)))
    assert {key[0]: per_day for key, per_day in both.items()} == pytest.approx({0: 0.8, 1: 0.8})


def test_levers_by_segment_and_home_take_their_share_of_these_alone() -> None:
    """Of 40% frail people, of whom a quarter live in the north, half avoided: a twentieth less."""
    spec = tree(x={"admission_avoidance": {"share": 0.5}, "reach": {"segments": ("frail",), "localities": ("north",)}})
    spec["localities"] = {"north": {}, "south": {}}
    spec["segments"] = {"fit": {"population": 60.0}, "frail": {"population": 40.0}}
    spec["streams"]["acute"] |= {
        "localities": {"shares": {"north": 0.25, "south": 0.75}},
        "segments": {"shares": {"fit": 0.6, "frail": 0.4}},
    }
    assert sum(visits_per_day(blueprint(spec)).values()) == pytest.approx(1.9)


def test_months_before_a_lever_may_be_too_many_for_the_beds() -> None:
    """23 beds with half of the people avoided from June on: April and May are above them though the window is not."""
    spec = tree(x={"admission_avoidance": {"share": 0.5}, "start": date(2026, 6, 1)})
    spec["units"]["ward"]["places"] = 20
    one = blueprint(spec)
    assert [month.planned_load_per_bed > 1 for month in monthly_overload(one)] == [True, True, False, False]
    assert "2 of 4 months" in (overload_by_month(one, overload(one)) or "")


# ---- theory --------------------------------------------------------------------------------------------------------


def test_what_theory_expects_of_avoidance_and_home_first_is_what_is_simulated() -> None:
    """Demand and referrals under two ramps agree with the exact values; those without the levers do not."""
    ramp = {"start": START - timedelta(days=40), "full_from": START + timedelta(days=60)}
    spec = tree(avoid={"admission_avoidance": {"share": 0.15}, **ramp}, home=HALF_AT_HOME | ramp)
    spec["units"]["team"]["places"] = "unlimited"
    spec["pathways"]["way"]["rehab"]["needed_days"] = {"lognormal": {"mean": 10, "cv": 0.7}}
    run = simulated(spec, 60)
    found = theory(run)
    assert {one.measure for one in found} == {"referrals_per_day", "demand_beds", "demand_beds_no_delay"}
    assert all(one.is_judged and one.agrees for one in found)
    without = no_delay_census(blueprint(spec | {"levers": {}}))
    assert without is not None
    demand = next(one for one in found if one.measure == "demand_beds_no_delay")
    assert demand.ci_high is not None
    assert without.mean() > demand.ci_high + 5 * (demand.ci_high - demand.simulated)


def test_avoidance_of_15_percent_is_15_percent_less_demand() -> None:
    """Of the exact census at every midnight, since the lever acts from before the run on."""
    with_lever, without = (
        no_delay_census(blueprint(tree(**levers))) for levers in ({"x": {"admission_avoidance": {"share": 0.15}}}, {})
    )
    assert with_lever is not None
    assert without is not None
    assert with_lever.tolist() == pytest.approx((0.85 * without).tolist(), rel=1e-9)


SHORTER = {"stay_reduction": {"factor": 0.9, "stages": ("rehab",)}}
QUICKER = {"delay_reduction": {"factor": 0.5}}
LESS = {"care_coordination": COORDINATORS | {"referred_less": 0.1}}


@pytest.mark.parametrize(
    ("lever", "demand", "no_delay"),
    [(SHORTER, False, False), (QUICKER, False, True), (LESS, False, False), (HALF_AT_HOME, True, True)],
)
def test_theory_says_nothing_where_a_lever_makes_it_unknown(
    lever: dict[str, Any], demand: bool, no_delay: bool
) -> None:
    """Changed needs, changed delays where they count, and people referred less by coordinators."""
    one = blueprint(tree(x=lever))
    assert (demand_census(one) is not None) == demand
    assert (no_delay_census(one) is not None) == no_delay


def test_a_ward_with_a_lever_is_no_textbook_ward() -> None:
    """Erlang's formulas need one rate and one stay; visits made once are no matter."""
    spec = tree()
    rehab = spec["pathways"]["way"]["rehab"]
    rehab |= {"needed_days": {"exponential": {"mean": 5}}, "then": {"home": {"share": 1.0}}}
    assert ward_of(blueprint(spec)) is not None
    visits = {"visit_deduplication": {"share": 0.1, "units": ("team",)}, "start": EARLY}
    assert ward_of(blueprint(spec | {"levers": {"x": visits}})) is not None
    assert ward_of(blueprint(spec | {"levers": {"x": SHORTER | {"start": EARLY}}})) is None


def test_outcomes_are_known_unless_people_begin_elsewhere() -> None:
    """Who is avoided is no other sort of person; who begins at home ends another way."""
    assert outcome_shares(blueprint(tree(x={"admission_avoidance": {"share": 0.5}})), 0) is not None
    assert outcome_shares(blueprint(tree(x=HALF_AT_HOME)), 0) is None


def test_referrals_are_not_known_where_coordinators_lessen_them() -> None:
    """How many find a coordinator depends on chance."""
    assert theory(simulated(tree(x=LESS), 2)) == ()


# ---- warm-up, companions, people -----------------------------------------------------------------------------------


def with_lever(**lever: Any) -> Scenario:
    """Return the small scenario, its warm-up from theory, with a lever."""
    spec = small_tree() | {"levers": {"x": {"start": EARLY, **lever}}}
    spec["time"] |= {"warm_up_days": "auto"}
    return Scenario.model_validate(spec)


def test_a_lever_makes_no_warm_up_shorter() -> None:
    """Before it begins stays are as long as ever, so the longest of both is taken."""
    slow = {"lognormal": {"mean": 60, "cv": 2.0}}
    spec = with_lever(stay_reduction={"factor": 0.01, "stages": ("first",)}).model_dump()
    spec["pathways"]["rehab"]["first"]["needed_days"] = slow
    both, without = Scenario.model_validate(spec), Scenario.model_validate(spec | {"levers": {}})
    assert choose_warm_up(both) == choose_warm_up(without)
    assert choose_warm_up(without).days > 365 + 90


def test_a_stage_that_only_a_lever_leads_to_counts_for_the_warm_up() -> None:
    """People there stay for long."""
    spec = with_lever(home_first={"share": 0.5, "instead": "slow"}).model_dump()
    spec["pathways"]["rehab"]["slow"] = {
        "needed_days": {"lognormal": {"mean": 200, "cv": 1.5}},
        "ladder": ({"units": "team"},),
    }
    with_slow = choose_warm_up(Scenario.model_validate(spec))
    assert with_slow.days > choose_warm_up(Scenario.model_validate(spec | {"levers": {}})).days
    assert "rehab.slow" in with_slow.missing_fraction


def test_a_companion_has_the_levers_that_have_begun() -> None:
    """In full from its first day; those that begin later depend on the date, and are left out."""
    ramp = {"full_from": START + timedelta(days=500)}
    begun = companion(with_lever(admission_avoidance={"share": 0.5}, **ramp), 300).levers["x"]
    assert (begun.start, begun.full_from) == (START, None)
    assert not companion(with_lever(start=START + timedelta(days=1), admission_avoidance={"share": 0.5}), 300).levers


def test_other_levers_are_other_people() -> None:
    """They are drawn anew, and a comparison says that they are not the same."""
    base, other = small_scenario(), Scenario.model_validate(small_tree() | {"levers": {"x": SHORTER_SMALL}})
    assert people_of(prepare(base, 60)) != people_of(prepare(other, 60))
    assert not same_people(base, other)
    assert same_people(other, other)


SHORTER_SMALL = {"start": EARLY, "stay_reduction": {"factor": 0.9, "stages": ("first",)}}
