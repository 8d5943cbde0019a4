"""Levers: exactly those whom they should affect, exactly as much, and nobody else."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedsim.engine.compiled import simulate
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.coordinators import taken_on
from bedsim.patients.draw import draw
from bedsim.patients.levers import kept_visits
from bedsim.patients.population import NONE, Patients
from bedsim.patients.uniforms import uniforms
from bedsim.scenario.schema import Scenario
from tests.scenarios_in_python import START, Person, by_identity, patients_of, spec

EARLY = START - timedelta(days=365)
"""Long before the first day of the run."""
WARM_UP = 30
ONE_IN_A_MILLION = 4.9
"""Standard errors that chance goes beyond once in a million."""


def lever(start: date = EARLY, **effect: Any) -> dict[str, Any]:
    """Return a lever, in full from its start unless said otherwise."""
    return {"start": start, **effect}


def with_levers(scenario: dict[str, Any] | None = None, **levers: dict[str, Any]) -> dict[str, Any]:
    """Return the base scenario, or another, with levers."""
    return {**(scenario or spec()), "levers": levers}


def identities(scenario: dict[str, Any], patients: Patients) -> list[Person]:
    """Return the people's lasting names, in the order of their numbers."""
    streams = list(scenario["streams"])
    return [
        (streams[stream], patients.origin[origin], int(index))
        for stream, origin, index in zip(patients.stream, patients.origin_index, patients.index, strict=True)
    ]


def u_of(person: Person, name: str, seed: int = 1, replication: int = 0) -> float:
    """Return a person's own uniform for a lever."""
    stream, origin, index = person
    return float(uniforms((seed, replication, stream, origin, "lever", name), index + 1)[index])


def needs(patients: Patients, stage: int) -> np.ndarray:
    return patients.needed_days[patients.stage == stage]


# ---- nothing -------------------------------------------------------------------------------------------------------

NOTHING = {
    "a share of 0": lever(admission_avoidance={"share": 0.0}),
    "a share of 0 elsewhere": lever(home_first={"share": 0.0, "instead": "support"}),
    "a factor of 1": lever(stay_reduction={"factor": 1.0, "stages": ("rehab", "support")}),
    "a cap above all": lever(stay_reduction={"cap_days": 36_000.0, "stages": ("rehab",)}),
    "a delay's factor of 1": lever(delay_reduction={"factor": 1.0}),
    "no coordinators": lever(
        care_coordination={"coordinators": 0, "caseload": 9, "episode_days": 90.0, "referred_less": 1.0}
    ),
    "coordinators without effect": lever(care_coordination={"coordinators": 9, "caseload": 9, "episode_days": 90.0}),
    "nobody in reach": lever(admission_avoidance={"share": 1.0}, reach={"streams": ()}),
    "a start after the run": lever(START + timedelta(days=999), admission_avoidance={"share": 1.0}),
    "visits alone": lever(visit_deduplication={"share": 0.2, "units": ("team",)}),
}


@pytest.mark.parametrize("what", NOTHING)
def test_a_lever_without_effect_is_no_lever(what: str) -> None:
    """Every column of every person and row, bit for bit."""
    base, other = patients_of(spec()), patients_of(with_levers(x=NOTHING[what]))
    for one in fields(Patients):
        mine, theirs = getattr(base, one.name), getattr(other, one.name)
        if one.name != "affected":
            assert (mine == theirs) if isinstance(mine, tuple) else mine.tobytes() == theirs.tobytes(), one.name


# ---- who is avoided ------------------------------------------------------------------------------------------------


def test_those_avoided_are_exactly_those_whose_own_uniform_is_below_the_share() -> None:
    """A share of 0.15: these people are gone, and of all others nothing has changed, not a bit."""
    scenario = with_levers(falls=lever(admission_avoidance={"share": 0.15}))
    base, left = patients_of(spec()), patients_of(scenario)
    expected = {person for person in identities(spec(), base) if u_of(person, "falls") < 0.15}
    assert expected == set(identities(spec(), base)) - set(identities(scenario, left))
    everybody, others = by_identity(spec(), base), by_identity(scenario, left)
    assert others == {person: drawn for person, drawn in everybody.items() if person not in expected}
    assert left.affected["is_kept_away"].sum() == len(expected) > 50
    assert (left.affected["patient"] == NONE).all()


def avoided_share(share: float) -> tuple[float, float]:
    """Return the share of people avoided over ten replications, and its standard error."""
    scenario = with_levers(falls=lever(admission_avoidance={"share": share}))
    n_left = n_avoided = 0
    for replication in range(10):
        patients = patients_of(scenario, replication=replication)
        n_left, n_avoided = n_left + patients.n_patients, n_avoided + len(patients.affected)
    n = n_left + n_avoided
    return n_avoided / n, math.sqrt(0.15 * 0.85 / n)


def test_a_share_of_15_percent_avoids_15_percent() -> None:
    """Within what chance allows once in a million; a planted share of 20% is noticed."""
    found, error = avoided_share(0.15)
    assert abs(found - 0.15) < ONE_IN_A_MILLION * error < 0.05 / 2
    planted, _ = avoided_share(0.20)
    assert not abs(planted - 0.15) < ONE_IN_A_MILLION * error


def affected_by(**changes: Any) -> set[Person]:
    """Return who is avoided by a lever of a quarter with a ramp over the window, or one changed."""
    falls = lever(START, full_from=START + timedelta(days=100), admission_avoidance={"share": 0.25})
    scenario = with_levers(falls=falls | changes)
    return set(identities(spec(), patients_of(spec()))) - set(identities(scenario, patients_of(scenario)))


@pytest.mark.parametrize(
    "more",
    [
        {"admission_avoidance": {"share": 0.35}},
        {"full_from": START + timedelta(days=50)},
        {"full_from": START},
        {"start": EARLY},
    ],
)
def test_more_of_a_lever_affects_the_same_people_and_others(more: dict[str, Any]) -> None:
    """A larger share, a steeper ramp, an earlier start: a superset."""
    assert affected_by() < affected_by(**more)


def test_a_ramp_grows_in_proportion_from_nothing_to_all() -> None:
    """Nobody on the first day, half of the effect half-way, all of it from the last day on."""
    ramp = lever(START, full_from=START + timedelta(days=10), stay_reduction={"factor": 0.5, "stages": ("rehab",)})
    plan = prepare(Scenario.model_validate(with_levers(x=ramp)), WARM_UP).levers[0]
    assert plan.ramp(np.array([-1, 0, 1, 5, 9, 10, 99])).tolist() == [0, 0, 0.1, 0.5, 0.9, 1, 1]
    at_once = prepare(Scenario.model_validate(with_levers(x=NOTHING["a start after the run"])), WARM_UP).levers[0]
    assert at_once.ramp(np.array([998, 999])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("reach", "is_in"),
    [
        ({"streams": ("community",)}, lambda person, drawn: person[0] == "community"),
        ({"localities": ("south",)}, lambda person, drawn: drawn["locality"] == "south"),
        (
            {"streams": ("acute",), "localities": ("north",)},
            lambda person, drawn: person[0] == "acute" and drawn["locality"] == "north",
        ),
    ],
)
def test_a_lever_affects_people_in_reach_only(reach: dict[str, Any], is_in: Any) -> None:
    """A share of everybody in reach leaves exactly the others."""
    scenario = with_levers(x=lever(admission_avoidance={"share": 1.0}, reach=reach))
    left = by_identity(scenario, patients_of(scenario))
    base = by_identity(spec(), patients_of(spec()))
    assert left == {person: drawn for person, drawn in base.items() if not is_in(person, drawn)}


def test_a_lever_reaches_people_of_a_segment() -> None:
    """By their own segment, whatever stream they are of."""
    scenario = spec() | {"segments": {"fit": {"population": 900.0}, "frail": {"population": 100.0}}}
    for stream in scenario["streams"].values():
        stream["segments"] = {"shares": {"fit": 0.7, "frail": 0.3}}
    base = patients_of(scenario)
    left = patients_of(
        with_levers(scenario, x=lever(admission_avoidance={"share": 1.0}, reach={"segments": ("frail",)}))
    )
    assert 0 < (base.segment == 1).sum() == len(left.affected)
    assert (left.affected["segment"] == 1).all()
    assert left.segment.tolist() == [0] * (base.segment == 0).sum()


def test_people_present_at_the_start_are_out_of_reach() -> None:
    """They were not referred in the run."""
    present = {"present_at_start": ({"stream": "acute", "stage": "rehab", "unit": "ward", "patients": 9},)}
    scenario = with_levers(spec() | present, x=lever(admission_avoidance={"share": 1.0}))
    patients = patients_of(scenario)
    assert patients.n_patients == 9
    assert NONE not in patients.stage


# ---- who begins elsewhere ------------------------------------------------------------------------------------------


def test_those_sent_home_first_begin_there_with_the_draws_they_would_have_had() -> None:
    """Exactly those below the share; whoever comes to a stage later has the same need there as without the lever."""
    scenario = with_levers(home=lever(home_first={"share": 0.3, "instead": "support"}, reach={"streams": ("acute",)}))
    base, other = by_identity(spec(), patients_of(spec())), by_identity(scenario, patients_of(scenario))
    assert base.keys() == other.keys()
    sent = {person for person in base if person[0] == "acute" and u_of(person, "home") < 0.3}
    for person, drawn in base.items():
        mine = other[person]
        if person not in sent:
            assert mine == drawn
            continue
        assert (drawn["first"], mine["first"]) == ("rehab", "support")
        for key in set(drawn) & set(mine) - {"first", "referred_day", "locality"}:
            assert mine[key] == drawn[key]
    assert len(sent) > 100


def test_where_no_community_place_is_free_the_bed_is_needed_after_all() -> None:
    """With no place on the team, and a rung back at once, all stays in planned beds are those without the lever."""

    def stays(levers: dict[str, Any]) -> list[tuple[Any, ...]]:
        scenario = spec()
        scenario["units"]["team"]["places"] = 9
        scenario["units"]["full"] = {"kind": "community_service", "places": 0}
        scenario["pathways"]["bedded"]["at_home"] = {
            "needed_days": {"constant": 20.0},
            "ladder": ({"units": "full"}, {"after_days": 0.0, "then": "rehab"}),
        }
        scenario["streams"]["community"].pop("start")
        scenario["levers"] = levers
        patients, blueprint = patients_of(scenario), prepare(Scenario.model_validate(scenario), WARM_UP)
        assert bool(levers) == (3 in patients.stage)
        found = simulate(patients, blueprint.network)
        placed = found.unit != NONE
        who = identities(scenario, patients)
        columns = (found.patient, found.stage, found.admitted_day, found.left_day, found.unit)
        rows = zip(*(column[placed].tolist() for column in columns), strict=True)
        return sorted((who[patient], *map(str, rest)) for patient, *rest in rows)

    assert stays({}) == stays({"home": lever(home_first={"share": 1.0, "instead": "at_home"})})


def test_levers_take_people_in_the_order_listed() -> None:
    """Whom the first lever keeps away or sends elsewhere, the second does not move again."""
    first, second = lever(admission_avoidance={"share": 0.5}), lever(home_first={"share": 0.5, "instead": "support"})
    patients = patients_of(with_levers(a=first, b=second))
    base = identities(spec(), patients_of(spec()))
    by_a = [person for person in base if u_of(person, "a") < 0.5]
    by_b = [person for person in base if u_of(person, "a") >= 0.5 and u_of(person, "b") < 0.5]
    assert np.bincount(patients.affected["lever"]).tolist() == [len(by_a), len(by_b)]
    turned = patients_of(with_levers(b=second, a=first))
    only_a = [person for person in base if u_of(person, "a") < 0.5 and u_of(person, "b") >= 0.5]
    assert turned.n_patients == len(base) - len(only_a)


# ---- lengths -------------------------------------------------------------------------------------------------------


def test_a_tenth_off_each_stay_is_a_tenth_off_the_offered_load() -> None:
    """Of the same people, to rounding; other stages keep their needs to the bit."""
    base = patients_of(spec())
    shorter = patients_of(with_levers(x=lever(stay_reduction={"factor": 0.9, "stages": ("rehab",)})))
    assert needs(shorter, 0).sum() == pytest.approx(0.9 * needs(base, 0).sum(), rel=1e-12)
    assert needs(shorter, 1).tobytes() == needs(base, 1).tobytes()
    assert not np.allclose(needs(shorter, 0).sum(), 0.89 * needs(base, 0).sum(), rtol=1e-12)


def test_two_factors_multiply() -> None:
    """0.9 and 0.5 make 0.45."""
    half, tenth = ({"factor": factor, "stages": ("rehab",)} for factor in (0.5, 0.9))
    both = patients_of(with_levers(a=lever(stay_reduction=half), b=lever(stay_reduction=tenth)))
    np.testing.assert_allclose(needs(both, 0), 0.45 * needs(patients_of(spec()), 0), rtol=1e-12)


def test_a_factor_works_as_far_as_the_ramp_has_reached() -> None:
    """A person referred half-way has half the reduction."""
    ramp = lever(START, full_from=START + timedelta(days=10), stay_reduction={"factor": 0.5, "stages": ("rehab",)})
    base, other = patients_of(spec()), patients_of(with_levers(x=ramp))
    day = np.floor(base.referred_day)[base.patient]
    expected = base.needed_days * np.where(base.stage == 0, 1 - 0.5 * np.clip(day / 10, 0, 1), 1.0)
    np.testing.assert_allclose(other.needed_days, expected, rtol=1e-12)


def test_a_cap_cuts_the_longest_needs_and_no_others() -> None:
    """At a partial ramp of some people by their own uniform, of the others not at all."""
    base = patients_of(spec())
    capped = patients_of(with_levers(x=lever(stay_reduction={"cap_days": 30.0, "stages": ("rehab",)})))
    assert needs(capped, 0).tolist() == np.minimum(needs(base, 0), 30.0).tolist()
    ramp = {"full_from": START + timedelta(days=200)}
    partly = with_levers(x=lever(START, stay_reduction={"cap_days": 30.0, "stages": ("rehab",)}, **ramp))
    some = patients_of(partly)
    who = identities(partly, some)
    reached = np.array(
        [u_of(person, "x") < math.floor(day) / 200 for person, day in zip(who, some.referred_day, strict=True)]
    )
    is_cut = reached[some.patient] & (some.stage == 0)
    assert some.needed_days.tolist() == np.where(is_cut, np.minimum(base.needed_days, 30), base.needed_days).tolist()
    assert sorted(some.affected["patient"]) == np.flatnonzero(reached).tolist()


def test_delays_are_shorter_for_the_reasons_named() -> None:
    """A half off the delay of those who go home; a need or a delay for another reason is not touched."""
    scenario = with_levers(x=lever(delay_reduction={"factor": 0.5, "reasons": ("home",)}))
    base, other = patients_of(spec()), patients_of(scenario)
    home = prepare(Scenario.model_validate(spec()), 0).reasons.index("home")
    assert other.transfer_days.tolist() == (base.transfer_days * np.where(base.reason == home, 0.5, 1.0)).tolist()
    assert other.needed_days.tobytes() == base.needed_days.tobytes()
    every = patients_of(with_levers(x=lever(delay_reduction={"factor": 0.0})))
    assert not every.transfer_days.any()


# ---- coordinators --------------------------------------------------------------------------------------------------


def test_coordinators_take_on_whoever_comes_first() -> None:
    """Two places for three days each: 0 and 1 get them; 2 finds none; 3 gets that of 0, free again at that instant."""
    days = np.array([0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 7.0])
    found = taken_on(days, np.full(7, 2), 3.0)
    assert found.tolist() == [True, True, False, True, False, True, True]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), max_size=60), st.integers(1, 9))
def test_no_more_people_have_a_coordinator_than_there_are_places(arrivals: list[tuple[int, int]], episode: int) -> None:
    """At each referral: those whose episode goes on; and nobody goes without while there is a place."""
    days = np.sort(np.array([day for day, _ in arrivals], dtype=np.float64))
    places = np.cumsum([more for _, more in arrivals]).astype(np.int64)
    found = taken_on(days, places, float(episode))
    for i, day in enumerate(days):
        n_on = (found[:i] & (days[:i] + episode > day)).sum()
        assert found[i] == (n_on < places[i])


def coordinated(**effect: Any) -> tuple[dict[str, Any], Blueprint]:
    """Return the base scenario with six coordinators of ten, in full from half-way through the window."""
    six = {"coordinators": 6, "caseload": 10, "episode_days": 30.0}
    scenario = with_levers(c=lever(START, full_from=START + timedelta(days=60), care_coordination=six | effect))
    return scenario, prepare(Scenario.model_validate(scenario), WARM_UP)


def test_coordinators_come_one_after_another() -> None:
    """The whole part of what the ramp has reached: a sixth of the way is one of six, exactly."""
    _, blueprint = coordinated()
    days = np.array([-5, 0, 9, 10, 19, 20, 59, 60, 99])
    assert blueprint.levers[0].coordinators(days).tolist() == [0, 0, 0, 1, 1, 2, 5, 6, 6]


def test_only_people_with_a_coordinator_are_affected() -> None:
    """Those who are taken on, in order of referral, have shorter needs and delays in every stage; nobody else has."""
    base = patients_of(spec())
    scenario, blueprint = coordinated(stay_factor=0.5, delay_factor=0.25)
    other = patients_of(scenario)
    places = 10 * blueprint.levers[0].coordinators(np.floor(base.referred_day).astype(np.int64))
    expected = taken_on(base.referred_day, places, 30.0)
    assert 100 < expected.sum() < base.n_patients / 2
    assert sorted(other.affected["patient"]) == np.flatnonzero(expected).tolist()
    theirs = expected[base.patient]
    assert other.needed_days.tolist() == (base.needed_days * np.where(theirs, 0.5, 1)).tolist()
    assert other.transfer_days.tolist() == (base.transfer_days * np.where(theirs, 0.25, 1)).tolist()


def test_those_referred_less_keep_their_place_on_the_caseload() -> None:
    """The same people are taken on; of these, those below the share are not referred."""
    taken = patients_of(coordinated()[0])
    scenario, _ = coordinated(referred_less=0.2)
    left = patients_of(scenario)
    who = [identities(scenario, taken)[i] for i in taken.affected["patient"]]
    gone = {person for person in who if u_of(person, "c") < 0.2}
    assert len(left.affected) == len(taken.affected)
    assert left.affected["is_kept_away"].sum() == len(gone) > 10
    assert set(identities(scenario, taken)) - set(identities(scenario, left)) == gone


# ---- visits --------------------------------------------------------------------------------------------------------


def test_visits_kept_are_the_mean_over_the_days_of_each_month() -> None:
    """Half of April after a start on the 16th; all of May; only for the unit and the segment named."""
    scenario = spec() | {"segments": {"fit": {"population": 900.0}, "frail": {"population": 100.0}}}
    half = lever(date(2026, 4, 16), visit_deduplication={"share": 0.2, "units": ("team",)})
    scenario["levers"] = {"once": half | {"reach": {"segments": ("frail",)}}}
    kept = kept_visits(Scenario.model_validate(scenario), np.array([0, 30, 61]))
    assert kept.shape == (2, 2, 5)
    assert kept[:, 1, 3] == pytest.approx([0.9, 0.8])
    kept[:, 1, 3] = 1
    assert (kept == 1).all()


def test_visits_of_two_levers_multiply_and_grow_with_the_ramp() -> None:
    """Ramps of ten days to 0.2 and 0.5: on day d (1 - 0.02 d)(1 - 0.05 d)."""
    ramp = {"full_from": START + timedelta(days=10)}
    levers = {
        name: lever(START, visit_deduplication={"share": share, "units": ("team",)}, **ramp)
        for name, share in (("a", 0.2), ("b", 0.5))
    }
    kept = kept_visits(Scenario.model_validate(with_levers(**levers)), np.array([0, 10, 20]))[:, 0, 3]
    assert kept == pytest.approx([np.mean([(1 - 0.02 * d) * (1 - 0.05 * d) for d in range(10)]), 0.8 * 0.5])


def test_levers_act_in_warm_up_and_cool_down_too() -> None:
    """A lever that begins before the window affects people referred before it, one without an end those after it."""
    scenario = with_levers(x=lever(admission_avoidance={"share": 1.0}))
    assert draw(prepare(Scenario.model_validate(scenario), WARM_UP), 1, 0).n_patients == 0
    days = patients_of(scenario).affected["referred_day"]
    assert days.min() < 0 < 120 < days.max()
