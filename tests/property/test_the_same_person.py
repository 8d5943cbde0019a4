"""The same person walks into every scenario: what changes in one place leaves every other draw equal by the bit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios_in_python import HOURS, RATES, WEEK, by_identity, patients_of, spec

Draws = dict[Any, dict[Any, Any]]


def drawn(scenario: dict[str, Any], **how: int) -> Draws:
    """Draw a scenario and name everything."""
    return by_identity(scenario, patients_of(scenario, **how))


@pytest.fixture(scope="module")
def base() -> Draws:
    """The base scenario's draws."""
    return drawn(spec())


def test_the_base_scenario_has_everybody_it_needs(base: Draws) -> None:
    """Loops, then rungs, second visits, both streams and both directions in time occur."""
    keys = {key for person in base.values() for key in person}
    assert {("rehab", 2), ("support", 2), ("abroad", 1)} <= keys
    assert {(stream, origin) for stream, origin, _ in base} >= {
        ("acute", "layer 0 forward"),
        ("acute", "layer 0 backward"),
        ("community", "layer 0 forward"),
    }
    assert 500 < len(base) < 1_000


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(base: Draws) -> None:
    """Draws are a function of names."""
    assert drawn(spec()) == base
    other = drawn(spec(), seed=2)
    assert not {p["referred_day"] for p in other.values()} & {p["referred_day"] for p in base.values()}


def test_a_replication_needs_no_other_and_differs_from_it(base: Draws) -> None:
    """Replication 3 is the same whether or not others were drawn before."""
    alone = drawn(spec(), replication=3)
    for k in range(3):
        drawn(spec(), replication=k)
    assert drawn(spec(), replication=3) == alone
    assert not {p["referred_day"] for p in alone.values()} & {p["referred_day"] for p in base.values()}


def test_one_more_patient_changes_nobody(base: Draws) -> None:
    """A booked admission adds one person."""
    changed = spec()
    changed["streams"]["acute"]["referrals"]["booked"] = ({"date": changed["time"]["start"], "patients": 1},)
    more = drawn(changed)
    added = set(more) - set(base)
    assert len(added) == 1
    assert {person: more[person] for person in base} == base


@pytest.mark.parametrize("is_first", [True, False])
def test_one_more_stream_changes_nobody(base: Draws, is_first: bool) -> None:
    """Wherever it is listed."""
    changed = spec()
    new = {"virtual": {**changed["streams"]["community"], "referrals": {"per_day": 2.0}}}
    changed["streams"] = {**new, **changed["streams"]} if is_first else {**changed["streams"], **new}
    changed["candidate_rates_per_day"]["virtual"] = 2.0
    more = drawn(changed)
    assert {stream for stream, _, _ in set(more) - set(base)} == {"virtual"}
    assert {person: more[person] for person in base} == base


@pytest.mark.parametrize("is_first", [True, False])
def test_one_more_stage_changes_nobody_elsewhere(base: Draws, is_first: bool) -> None:
    """A stage that some go on to after `abroad` adds rows and changes no other draw."""
    changed = spec()
    stages = changed["pathways"]["bedded"]
    stages["abroad"]["then"] = {"discharged": {"share": 0.3}, "follow_up": {"share": 0.7, "next": "clinic"}}
    clinic = {"clinic": {"needed_days": {"exponential": {"mean": 2.0}}, "ladder": ({"units": "team"},)}}
    changed["pathways"]["bedded"] = {**stages, **clinic} if not is_first else {**clinic, **stages}
    changed["streams"]["acute"]["start"] = {"rehab": 1.0}
    more = drawn(changed)
    assert any(("clinic", 1) in person for person in more.values())
    for person, expected in base.items():
        found = {key: value for key, value in more[person].items() if key != ("clinic", 1)}
        for key, value in expected.items():
            if key == ("abroad", 1):
                assert found[key]["needed_days"] == value["needed_days"]
            else:
                assert found[key] == value
        assert found.keys() == expected.keys()


def test_one_more_way_out_before_the_others_redraws_nobody(base: Draws) -> None:
    """Patience is keyed by what a rung is called, not by where it stands: a rung that never acts changes no draw."""
    changed = spec()
    for stage in ("rehab", "support"):
        ladder = changed["pathways"]["bedded"][stage]["ladder"]
        changed["pathways"]["bedded"][stage]["ladder"] = ({"after_days": 9_999.0, "leave": "moved_away"}, *ladder)
    assert drawn(changed) == base


def test_two_ways_out_of_one_name_have_draws_of_their_own(base: Draws) -> None:
    """A second rung of the same name and distribution shortens half of the patience by name, and lengthens none."""
    changed = spec()
    ladder = changed["pathways"]["bedded"]["support"]["ladder"]
    changed["pathways"]["bedded"]["support"]["ladder"] = (*ladder, ladder[-1])
    more = drawn(changed)
    pairs = [(base[p]["support", 1], more[p]["support", 1]) for p in base if ("support", 1) in base[p]]
    shorter = [after["patience_days"] < before["patience_days"] for before, after in pairs]
    assert all(after["patience_days"] <= before["patience_days"] for before, after in pairs)
    assert 0.35 < sum(shorter) / len(shorter) < 0.65


@pytest.mark.parametrize("is_first", [True, False])
def test_one_more_unit_changes_nobody(base: Draws, is_first: bool) -> None:
    """Units are given by the engine, not drawn."""
    changed = spec()
    new = {"oak": {"kind": "care_home", "places": 5, "locality": "north", "rating": "good"}}
    changed["units"] = {**new, **changed["units"]} if is_first else {**changed["units"], **new}
    assert drawn(changed) == base


@pytest.mark.parametrize(
    ("stage", "where", "column"),
    [
        ("support", ("needed_days",), "needed_days"),
        ("rehab", ("then", "support", "transfer_days"), "transfer_days"),
        ("rehab", ("ladder", 2, "after_days"), "patience_days"),
    ],
)
def test_another_distribution_changes_only_its_own_column(
    base: Draws, stage: str, where: tuple[str | int, ...], column: str
) -> None:
    """The need, the delay or the patience of one stage."""
    changed = spec()
    at: Any = changed["pathways"]["bedded"][stage]
    for name in where[:-1]:
        at = at[name]
    at[where[-1]] = {"weibull": {"mean": 7.0, "shape": 1.4}}
    more = drawn(changed)
    assert more.keys() == base.keys()
    n_changed = 0
    for person, expected in base.items():
        assert more[person].keys() == expected.keys()
        for key, value in expected.items():
            if not isinstance(key, tuple):
                assert more[person][key] == value
                continue
            differs = {name for name in value if value[name] != more[person][key][name]}
            assert differs <= ({column} if key[0] == stage else set())
            n_changed += bool(differs)
    assert n_changed > 100


@pytest.mark.parametrize("factor", [1.05, 2.7])
def test_more_demand_only_adds_people(base: Draws, factor: float) -> None:
    """5% more, and so much more that a second layer of candidates is needed: a superset by identity."""
    changed = spec()
    for stream in changed["streams"].values():
        stream["referrals"]["per_day"] *= factor
    more = drawn(changed)
    assert len(more) > len(base) * (1 + 0.6 * (factor - 1))
    assert {person: more[person] for person in base} == base
    assert any("layer 1" in origin for _, origin, _ in set(more) - set(base))


def test_less_demand_only_removes_people(base: Draws) -> None:
    """A surge of factor 0.5 in May."""
    changed = spec()
    surge = {"from": changed["time"]["start"].replace(month=5), "until": changed["time"]["start"].replace(month=6)}
    changed["streams"]["acute"]["referrals"]["surges"] = ({**surge, "factor": 0.5},)
    fewer = drawn(changed)
    assert {person: base[person] for person in fewer} == fewer
    assert all(30 <= base[person]["referred_day"] < 61 for person in set(base) - set(fewer))


BASES: list[dict[str, Any]] = [
    {"per_day": 3.9},
    {"per_1000_a_year": 7.1, "population": 200_000.0},
    {"expected_csv": "expected.csv"},
]


@pytest.mark.parametrize("base_rate", BASES, ids=["per_day", "per_1000_a_year", "expected_csv"])
@pytest.mark.parametrize("root", [None, 0.0])
def test_a_scenario_made_in_python_has_the_same_people_whatever_varies_its_demand(
    base_rate: dict[str, Any], root: float | None
) -> None:
    """Without a root's rate, or with one of 0, candidates come at the power of two at or above the stated base rate."""
    changed = spec()
    days = [changed["time"]["start"] + timedelta(days=day) for day in range(-30, 140)]
    changed["tables"] = {"expected.csv": (("date", "expected_per_day"), *((day.isoformat(), "3.9") for day in days))}
    changed["streams"]["acute"]["referrals"] = dict(base_rate)
    changed["candidate_rates_per_day"] = {} if root is None else {"acute": root, "community": root}
    before = drawn(changed)
    surge = {"from": changed["time"]["start"].replace(month=5), "until": changed["time"]["start"].replace(month=6)}
    changed["streams"]["acute"]["referrals"].update(surges=({**surge, "factor": 3.0},))
    after = drawn(changed)
    assert {person: after[person] for person in before} == before
    assert all(30 <= after[person]["referred_day"] < 61 for person in set(after) - set(before))
    named = {**changed, "candidate_rates_per_day": RATES}
    assert drawn(named) == after


def test_a_longer_warm_up_changes_nobody(base: Draws) -> None:
    """The people before are new, the others are the same."""
    more = drawn(spec(), warm_up_days=200)
    assert {person: more[person] for person in base} == base
    assert all(more[person]["referred_day"] < -30 for person in set(more) - set(base))


@pytest.mark.parametrize("which", ["run_length_days", "cool_down_days"])
def test_a_longer_run_changes_nobody(base: Draws, which: str) -> None:
    """The people after are new, the others are the same."""
    changed = spec()
    changed["time"][which] += 300
    more = drawn(changed)
    assert {person: more[person] for person in base} == base
    assert all(more[person]["referred_day"] >= 140 for person in set(more) - set(base))


def test_a_changed_branch_share_moves_only_those_between_the_thresholds(base: Draws) -> None:
    """home 0.4 -> 0.5 at the cost of support: only some who took support now take home."""
    changed = spec()
    then = changed["pathways"]["bedded"]["rehab"]["then"]
    then["home"]["share"], then["support"]["share"] = 0.5, 0.4
    more = drawn(changed)
    assert more.keys() == base.keys()
    moved = [
        (value["branch"], more[person][key]["branch"])
        for person, expected in base.items()
        for key, value in expected.items()
        if key in more[person] and isinstance(key, tuple) and value["branch"] != more[person][key]["branch"]
    ]
    assert set(moved) == {("support", "home")}
    n_visits = sum(key[0] == "rehab" for person in base.values() for key in person if isinstance(key, tuple))
    assert 0.07 < len(moved) / n_visits < 0.13


def test_another_locality_mix_moves_only_those_between_the_thresholds(base: Draws) -> None:
    """north 0.6 -> 0.7: only some from the south are now from the north, and nothing else changes."""
    changed = spec()
    changed["streams"]["acute"]["localities"]["shares"] = {"north": 0.7, "south": 0.3}
    more = drawn(changed)
    moved = {(base[p]["locality"], more[p]["locality"]) for p in base if base[p]["locality"] != more[p]["locality"]}
    assert moved == {("south", "north")}
    for person in base:
        assert {**more[person], "locality": ""} == {**base[person], "locality": ""}


def test_an_hour_profile_keeps_everybody_who_stays_and_shuts_the_hours_of_index_0(base: Draws) -> None:
    """Candidates have their times; a profile only chooses among them."""
    changed = spec()
    changed["streams"]["acute"]["referrals"]["hour"] = {"index": HOURS}
    more = drawn(changed)
    acute = [person for person in more.values() if person["referred_day"] % 1 < 8 / 24]
    assert all(name[0] == "community" for name, person in more.items() if person in acute)
    assert all(more[person] == base[person] for person in set(base) & set(more))


def test_streams_of_one_group_share_good_and_bad_days_and_keep_them() -> None:
    """A stream with variation of its own group is not changed by a new stream in that group."""
    alone = spec()
    both = spec()
    both["streams"]["walk_in"] = {
        "pathway": "bedded",
        "route": "step_up",
        "referrals": {"per_day": 1.0, "daily_variation": {"cv": 0.5}, "weekday": {"index": WEEK}},
    }
    both["candidate_rates_per_day"]["walk_in"] = 1.0
    before, after = drawn(alone), drawn(both)
    assert {person: after[person] for person in before} == before
