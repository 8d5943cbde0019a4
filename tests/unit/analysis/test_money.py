"""Money: prices times counts, to the last penny; it adds up over units, payers, segments and people."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bedsim.analysis.budgets import overspends, people_fractions, share_interval, spend_fractions
from bedsim.analysis.money import NOBODY, Money, money
from bedsim.analysis.recipe import checked_stays
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import Threads
from bedsim.engine.stays import Stays
from bedsim.measures.calendar import ALL
from bedsim.measures.reading import Reader
from bedsim.measures.replication import measure
from bedsim.measures.totals import merge
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.draw import draw
from bedsim.patients.population import Patients
from bedsim.scenario.checks import Context, findings
from bedsim.scenario.prices import Prices
from bedsim.scenario.schema import Scenario
from tests.priced import INDEX, charge


def by_hand_tree() -> dict[str, Any]:
    """Return one whole financial year in which two people are five days with a team and none on the ward."""
    return {
        "slug": "by_hand",
        "time": {"start": date(2026, 4, 1), "run_length_days": 365, "warm_up_days": 0, "cool_down_days": 10},
        "units": {
            "ward": {"kind": "community_hospital", "places": 2},
            "team": {
                "kind": "community_service",
                "places": "unlimited",
                "visits": {"bands": ({"per_day": 3.0}, {"from_day": 2.0, "per_day": 1.0})},
            },
        },
        "pathways": {
            "care": {
                "support": {
                    "needed_days": {"constant": 5},
                    "ladder": ({"units": "team"},),
                    "then": {"home": {"share": 1.0}},
                }
            }
        },
        "streams": {
            "home": {
                "pathway": "care",
                "referrals": {"booked": ({"date": date(2026, 6, 1), "patients": 2},)},
            }
        },
        "prices": {
            "price_year": 2025,
            "index": INDEX,
            "units": {
                "community_hospital": {"open_day": charge(100, 2020), "fixed_a_year": charge(1000, 2021)},
                "team": {"occupied_day": charge(10), "visit": charge(20, payer="local_authority")},
            },
            "outcomes": {"home": charge(7)},
        },
    }


def mixed_tree() -> dict[str, Any]:
    """Return a ward that is often full, a team, two segments, and a window of parts of two financial years."""
    return {
        "slug": "mixed",
        "time": {"start": date(2027, 2, 15), "run_length_days": 90, "warm_up_days": 40, "cool_down_days": 30},
        "segments": {"well": {"population": 900}, "frail": {"population": 100}},
        "units": {
            "ward": {
                "kind": "community_hospital",
                "places": 5,
                "timetable": ({"date": date(2027, 3, 20), "places": 7},),
            },
            "extra": {"kind": "escalation", "places": 1},
            "team": {
                "kind": "community_service",
                "places": 4,
                "visits": {"bands": ({"per_day": 2.0}, {"from_day": 3.0, "per_day": 0.5})},
            },
        },
        "pathways": {
            "rehab": {
                "stay": {
                    "needed_days": {"lognormal": {"mean": 12, "cv": 0.7}},
                    "ladder": (
                        {"units": "ward"},
                        {"after_days": 2, "units": "extra"},
                        {"after_days": 4, "leave": "emergency_admission"},
                    ),
                    "then": {"home": {"share": 0.4}, "support": {"share": 0.6, "next": "support"}},
                },
                "support": {"needed_days": {"exponential": {"mean": 9}}, "ladder": ({"units": "team"},)},
            }
        },
        "streams": {
            "acute": {
                "pathway": "rehab",
                "segments": {"shares": {"well": 0.5, "frail": 0.5}},
                "referrals": {"per_day": 0.5},
            },
            "homes": {
                "pathway": "rehab",
                "route": "step_up",
                "waits_in": "home",
                "segments": {"shares": {"well": 1.0, "frail": 0.0}},
                "referrals": {"per_day": 0.2},
            },
        },
        "prices": {
            "price_year": 2025,
            "index": INDEX,
            "units": {
                "community_hospital": {"open_day": charge(100, 2020), "occupied_day": charge(11)},
                "extra": {"occupied_day": charge(462, 2022, "acute_trust")},
                "team": {"open_day": charge(125, 2021), "visit": charge(20), "fixed_a_year": charge(5000)},
            },
            "acute_day_lost": charge(395, 2022, "acute_trust"),
            "outcomes": {"emergency_admission": charge(1800, 2023)},
            "budgets": {"frail": {"pounds_a_year": 1000.0, "year": 2020}},
        },
    }


def checked(tree: dict[str, Any]) -> Scenario:
    """Return a scenario that breaks no rule."""
    scenario = Scenario.model_validate(tree)
    assert list(findings(Context.of(scenario))) == []
    return scenario


def simulated(scenario: Scenario, n: int) -> tuple[Blueprint, Reader, list[tuple[Patients, Stays]]]:
    """Return replications: their totals, and the people and stays themselves."""
    assert isinstance(scenario.time.warm_up_days, int)
    blueprint = prepare(scenario, scenario.time.warm_up_days)
    runs, totals = [], []
    for number in range(n):
        patients = draw(blueprint, 1, number)
        stays = checked_stays(blueprint, patients, blueprint.network, "compiled")
        totals.append(measure(blueprint, patients, stays, None, number))
        runs.append((patients, stays))
    return blueprint, Reader(yardstick_of(blueprint), merge(totals, range(n))), runs


def money_of(tree: dict[str, Any], n: int = 1) -> Money:
    found = money(*simulated(checked(tree), n)[:2])
    assert found is not None
    return found


def pounds_of_people(blueprint: Blueprint, patients: Patients, stays: Stays, days: tuple[int, int]) -> float:
    """Return what the people of one replication cost by themselves between two days, row by row."""
    prices = blueprint.scenario.prices
    assert prices is not None
    begin, end = days

    def within(since: float, until: float) -> float:
        return max(min(end, math.inf if math.isnan(until) else until) - max(begin, since), 0.0)

    def price(one: Any) -> float:
        return 0.0 if one is None else prices.today(one.pounds, one.year)

    total = 0.0
    for row in range(len(stays.row)):
        person, unit = int(stays.patient[row]), int(stays.unit[row])
        asks_for_planned = blueprint.network.names_planned(int(patients.ladder[stays.row[row]]))
        is_first = row == 0 or stays.patient[row - 1] != person
        stream = blueprint.scenario.streams[blueprint.streams[int(patients.stream[person])].name]
        if asks_for_planned and is_first and stream.waits_in == "acute":
            until = stays.left_day[row] if unit < 0 else stays.admitted_day[row]
            total += within(stays.requested_day[row], until) * price(prices.acute_day_lost)
        if unit < 0 or math.isnan(stays.admitted_day[row]):
            continue
        name, admitted, left = blueprint.units[unit], stays.admitted_day[row], stays.left_day[row]
        spec = blueprint.scenario.units[name]
        charges = prices.of_unit(name, spec.kind)[1]
        assert charges is not None
        total += within(admitted, left) * price(charges.occupied_day)
        bands = spec.visits.bands if spec.visits is not None else ()
        until_days = (*(band.from_day for band in bands[1:]), math.inf)
        for band, until in zip(bands, until_days, strict=False):
            last = admitted + until if math.isnan(left) else min(left, admitted + until)
            total += within(admitted + band.from_day, last) * band.per_day * price(charges.visit)
    for person in range(len(patients.stream)):
        outcome = int(stays.outcome[person])
        if begin <= patients.referred_day[person] < end and outcome >= 0:
            total += price(prices.outcomes.get(blueprint.outcomes[outcome]))
    return total


def test_every_kind_of_charge_by_hand() -> None:
    """365 days of two open beds, a site, ten place-days, 18 visits, two outcomes; inflation from 80 and 90 to 100."""
    found = money_of(by_hand_tree())
    by_charge = {name: float(one[0]) for name, one in found.by("charge", "2026-27").items()}
    assert by_charge == pytest.approx(
        {
            "open_day": 2 * 365 * 100 * 100 / 80,
            "fixed_a_year": 1000 * 100 / 90,
            "occupied_day": 2 * 5 * 10,
            "visit": 2 * (2 * 3 + 3 * 1) * 20,
            "each": 2 * 7,
        }
    )
    payers = {name: float(one[0]) for name, one in found.by("payer").items()}
    assert payers == pytest.approx({"icb": found.total()[0] - 360, "local_authority": 360})
    assert found.a_person()[0] == pytest.approx(found.total()[0] / 2)
    assert found.by_segment()[NOBODY][0] == pytest.approx(91_250 + 1000 / 0.9)  # nobody was ever on the ward


def test_a_charge_that_is_doubled_is_noticed() -> None:
    """The planted error: each price twice as high moves its own line, by just as much."""
    before = {item.name + item.charge: one[0] for item, one in zip(*_lines(money_of(by_hand_tree())), strict=True)}
    for unit, name in (("community_hospital", "open_day"), ("team", "visit")):
        tree = by_hand_tree()
        tree["prices"]["units"][unit][name]["pounds"] *= 2
        after = {item.name + item.charge: one[0] for item, one in zip(*_lines(money_of(tree)), strict=True)}
        changed = {key for key in before if after[key] != pytest.approx(before[key])}
        assert changed == {("ward" if unit == "community_hospital" else unit) + name}
        assert after[changed.pop()] == pytest.approx(2 * before[("ward" if unit != "team" else "team") + name])


def _lines(found: Money) -> tuple[Any, list[Any]]:
    return found.items, found.by_item()


def test_money_adds_up_over_units_payers_segments_and_people() -> None:
    """In each part of a year of three replications: total = units = kinds = payers = segments = people plus open."""
    scenario = checked(mixed_tree())
    blueprint, reader, runs = simulated(scenario, 3)
    found = money(blueprint, reader)
    assert found is not None
    periods = list(found.calendar.years)
    assert periods == [ALL]
    for key in ("name", "kind", "charge", "payer", "group"):
        assert sum(found.by(key).values()) == pytest.approx(found.total(), rel=1e-12)
    assert sum(found.by_segment().values()) == pytest.approx(found.total(), rel=1e-12)
    assert sum(found.by_item()) == pytest.approx(found.total(), rel=1e-12)
    fixed = (33 * 5 + 57 * 7) * 125 + 90 * 4 * 125 * 100 / 90 + 5000 * (45 / 365 + 45 / 366)
    for i, (patients, stays) in enumerate(runs):
        people = pounds_of_people(blueprint, patients, stays, (0, 90))
        assert found.total()[i] == pytest.approx(people + fixed, rel=1e-9)
        assert people > 1000
    years = found.pounds.sum(axis=(2, 3))
    for year, days in enumerate(((0, 45), (45, 90))):
        open_days = (33 * 5 + 12 * 7 if year == 0 else 45 * 7) * 125 + 45 * 4 * 125 * 100 / 90
        fixed = open_days + 5000 * 45 / (365, 366)[year]
        mine = [pounds_of_people(blueprint, *run, days) + fixed for run in runs]
        assert years[:, year] == pytest.approx(mine, rel=1e-9)


def test_a_price_that_is_wrong_does_not_add_up() -> None:
    """The planted error of the law above: with one price doubled people and total disagree."""
    blueprint, reader, runs = simulated(checked(mixed_tree()), 1)
    tree = mixed_tree()
    tree["prices"]["acute_day_lost"]["pounds"] *= 2
    found = money(replace(blueprint, scenario=checked(tree)), reader)
    assert found is not None
    fixed = (33 * 5 + 57 * 7) * 125 + 90 * 4 * 125 * 100 / 90 + 5000 * (45 / 365 + 45 / 366)
    people = pounds_of_people(blueprint, *runs[0], (0, 90))
    assert abs(found.total()[0] - people - fixed) > 100


def test_segments_get_what_their_own_people_use() -> None:
    """Occupied days, visits, waits and outcomes are each person's own; open places are shared by occupied days."""
    blueprint, reader, _ = simulated(checked(mixed_tree()), 2)
    found = money(blueprint, reader)
    assert found is not None
    use = reader.totals.rows["use_by_year"]
    ward, lines = blueprint.units.index("ward"), [(item.name, item.charge) for item in found.items]
    open_pounds = found.pounds[:, :, :, lines.index(("ward", "open_day"))]
    taken_pounds = found.pounds[:, :, :, lines.index(("ward", "occupied_day"))]
    assert taken_pounds[:, :, :2] == pytest.approx(use[:, :, :, ward] * 11)
    shares = use[:, :, :, ward] / use[:, :, :, ward].sum(axis=2, keepdims=True)
    assert open_pounds[:, :, :2] == pytest.approx(open_pounds.sum(axis=2, keepdims=True) * shares)
    assert not found.by_segment()[NOBODY].any()


def test_prices_of_nothing_are_no_money_and_without_prices_there_is_none() -> None:
    """0 pounds for everything; and no prices at all."""
    tree = mixed_tree()
    for charges in tree["prices"]["units"].values():
        for one in charges.values():
            one["pounds"] = 0
    tree["prices"]["acute_day_lost"]["pounds"] = tree["prices"]["outcomes"]["emergency_admission"]["pounds"] = 0
    found = money_of(tree)
    assert not found.pounds.any()
    assert np.isnan(spend_fractions(found, ALL)["well"]).all()
    assert found.assumed_fraction() == 0
    del tree["prices"]
    assert money(*simulated(checked(tree), 1)[:2]) is None


def test_money_is_linear_and_moves_nobody() -> None:
    """Prices three times as high are three times the money; the totals are the same bits with other prices."""
    one, three = mixed_tree(), mixed_tree()
    for charges in (*three["prices"]["units"].values(), three["prices"]["outcomes"], three["prices"]):
        for name, price in charges.items():
            if isinstance(price, dict) and "pounds" in price:
                charges[name] = price | {"pounds": 3 * price["pounds"]}
    (*_, first), (*_, second) = (simulated(checked(tree), 2) for tree in (one, three))
    assert all(a.equals(b) for (_, a), (_, b) in zip(first, second, strict=True))
    assert money_of(three, 2).total() == pytest.approx(3 * money_of(one, 2).total(), rel=1e-12)


def test_ends_of_price_ranges_are_prices() -> None:
    """With a stated range the low end stands in its place; a price without one stays."""
    tree = by_hand_tree()
    tree["prices"]["units"]["team"]["occupied_day"]["range"] = {"pounds": (5.0, 40.0)}
    blueprint, reader, _ = simulated(checked(tree), 1)
    totals = [money(blueprint, reader, at) for at in ("low", None, "high")]
    low, here, high = (one.total()[0] for one in totals if one is not None)
    assert (here - low, high - here) == pytest.approx((10 * 5, 10 * 30))


def test_a_site_costs_while_it_has_a_place_and_a_home_below_the_minimum_never() -> None:
    """The ward shuts after 100 days and its site costs 100 of 365; a home that is rated badly costs nothing."""
    tree = by_hand_tree()
    tree["units"]["ward"]["timetable"] = ({"date": date(2026, 7, 10), "places": 0},)
    tree["units"]["home_elm"] = {"kind": "care_home", "places": 9, "rating": "inadequate"}
    tree["prices"]["units"]["care_home"] = {"open_day": charge(1e6), "fixed_a_year": charge(1e6)}
    found = money_of(tree)
    assert "home_elm" not in found.by("name")
    assert found.by("charge")["fixed_a_year"][0] == pytest.approx(1000 * 100 / 90 * 100 / 365)
    assert found.by("charge")["open_day"][0] == pytest.approx(100 * 2 * 125)


def test_a_units_own_prices_stand_instead_of_its_kinds() -> None:
    """All of them: what the kind charges beside is not charged of it."""
    tree = by_hand_tree()
    tree["prices"]["units"]["ward"] = {"open_day": charge(1)}
    assert money_of(tree).by("name")["ward"][0] == pytest.approx(2 * 365)


def test_what_is_assumed_is_said() -> None:
    """A price without source or derivation, or an index that moves one."""
    tree = by_hand_tree()
    assert money_of(tree).is_illustrative
    sourced = deepcopy(tree)
    for charges in (*sourced["prices"]["units"].values(), sourced["prices"]["outcomes"]):
        for one in charges.values():
            one["derived"] = "a sum"
    assert money_of(sourced).is_illustrative, "the index is assumed"
    assert money_of(sourced).assumed_fraction() == 0
    sourced["prices"]["index"] = INDEX | {"derived": "a sum"}
    assert not money_of(sourced).is_illustrative


def with_spending(pounds: np.ndarray) -> Money:
    """Return money of one whole year, so many pounds a replication, all on the second of two segments."""
    tree = mixed_tree()
    tree["time"] |= {"start": date(2027, 4, 1), "run_length_days": 366}
    tree["units"]["ward"]["timetable"] = ()
    found = money_of(tree)
    values = np.zeros((len(pounds), 1, 3, 1))
    values[:, 0, 1, 0] = pounds
    return replace(found, items=found.items[:1], pounds=values, referred=np.ones((len(pounds), 1, 2)))


def test_the_chance_of_overspending_is_the_share_of_replications_above_the_budget() -> None:
    """A budget of 1,000 pounds of 2020 is 1,250 of 2025: seven of twenty are above it, exactly at it is not."""
    spent = np.array([1250.0] * 13 + [1250.01] * 7)
    (one,) = overspends(with_spending(spent), checked(mixed_tree()), "2027-28")
    assert (one.segment, one.budget, one.n_above, one.n, one.probability) == ("frail", 1250.0, 7, 20, 0.35)
    exact = stats.binomtest(7, 20).proportion_ci(method="exact")
    assert (one.low, one.high) == pytest.approx((exact.low, exact.high))
    assert overspends(with_spending(spent), checked(mixed_tree()), ALL) == []
    assert people_fractions(checked(mixed_tree())) == {"well": 0.9, "frail": 0.1}
    assert (spend_fractions(with_spending(spent), "2027-28")["frail"] == 1).all()


def test_a_probability_never_or_always_seen_has_an_interval() -> None:
    """The rule of three, and what scipy says of the middle."""
    assert share_interval(0, 30) == pytest.approx((0.0, 1 - 0.025 ** (1 / 30)))
    assert share_interval(30, 30) == pytest.approx((0.025 ** (1 / 30), 1.0))


def poisson_tree(budget: float) -> dict[str, Any]:
    """Return people who come by themselves, stay a tenth of a day where there is always room, and cost a pound each."""
    return {
        "slug": "poisson",
        "time": {"start": date(2026, 4, 1), "run_length_days": 365, "warm_up_days": 0, "cool_down_days": 1},
        "segments": {"all": {"population": 1000}},
        "units": {"room": {"kind": "home", "places": "unlimited"}},
        "pathways": {"way": {"stay": {"needed_days": {"constant": 0.1}, "ladder": ({"units": "room"},)}}},
        "streams": {
            "people": {
                "pathway": "way",
                "segments": {"shares": {"all": 1.0}},
                "referrals": {"per_day": 0.1},
            }
        },
        "prices": {
            "price_year": 2025,
            "index": INDEX,
            "outcomes": {"discharged": charge(1)},
            "budgets": {"all": {"pounds_a_year": budget, "year": 2025}},
        },
    }


@pytest.mark.parametrize(("planted", "is_right"), [(0, True), (6, False)])
def test_overspending_of_poisson_people_is_what_the_formula_says(planted: int, is_right: bool) -> None:
    """36.5 people a year, a pound each: the exact interval of 300 replications holds P(N > 40), not of 34."""
    scenario = checked(poisson_tree(40.0 - planted))
    blueprint, reader, _ = simulated(scenario, 300)
    found = money(blueprint, reader)
    assert found is not None
    (one,) = overspends(found, scenario, "2026-27")
    assert (one.low <= float(stats.poisson.sf(40, 36.5)) <= one.high) is is_right


def test_other_prices_are_not_simulated_again() -> None:
    """Trials of the same beds at other prices draw the same people: the money differs, the counts do not."""
    one, dearer = mixed_tree(), mixed_tree()
    dearer["prices"]["acute_day_lost"]["pounds"] = 1000
    variants = {name: prepare(checked(tree), 40) for name, tree in (("one", one), ("dearer", dearer))}
    trials = Trials(1, workers=Threads(1), has_demand=False).run(variants, 2)
    a, b = trials["one"].pounds(2), trials["dearer"].pounds(2)
    assert a is not None
    assert b is not None
    assert (b > a).all()
    assert all(
        np.array_equal(trials["one"].reader.totals.rows[name], trials["dearer"].reader.totals.rows[name])
        for name in trials["one"].reader.totals.rows
    )


def test_an_index_is_a_ratio_of_levels() -> None:
    """345 pounds of 2020 at 80 are 431.25 at 100; what is of the price year stays."""
    prices = Prices.model_validate({"price_year": 2025, "index": INDEX})
    assert prices.today(345, 2020) == pytest.approx(431.25)
    assert prices.today(345, 2025) == 345


@pytest.mark.parametrize(("row", "is_paid"), [("closed_by_year", True), ("suspended_by_year", False)])
def test_places_closed_by_infection_are_paid_for_and_suspended_ones_are_not(row: str, is_paid: bool) -> None:
    """Ten place-days of the ward that are not open: they cost while their staff is there, suspended they do not."""
    blueprint, reader, _ = simulated(checked(by_hand_tree()), 1)
    ward = blueprint.units.index("ward")
    missing = np.zeros_like(reader.totals.rows["open_by_year"])
    missing[:, :, ward] = 10
    rows = reader.totals.rows
    changed = {"open_by_year": rows["open_by_year"] - missing, row: rows[row] + missing}
    other = Reader(reader.yardstick, replace(reader.totals, rows={**rows, **changed}))
    before, after = (money(blueprint, one) for one in (reader, other))
    assert before is not None
    assert after is not None
    saved = before.by("charge")["open_day"][0] - after.by("charge")["open_day"][0]
    assert saved == pytest.approx(0 if is_paid else 10 * 125)
