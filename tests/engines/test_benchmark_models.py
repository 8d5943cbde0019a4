"""The programs that bedsim's speed is compared with simulate the same thing: the same people have the same stays.

Exact, with bedsim's people; what the programs draw by themselves is tested against the scenario's own numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import ciw
import numpy as np
import pytest

from bedsim.engine.simpy_engine import simulate
from bedsim.engine.stays import Stays
from bedsim.measures.calendar import ALL
from bedsim.measures.demand import demand_of
from bedsim.measures.reading import Reader
from bedsim.measures.replication import measure
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.arrivals import expected_per_day
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.draw import draw
from bedsim.patients.population import NONE, Patients
from bedsim.scenario.load import load
from bedsim.scenario.schema import Scenario
from benchmarks.agreement import days_of, network_in_simpy, same_days, ward_in_c, ward_in_ciw, ward_in_simpy
from benchmarks.one_ward_c import compile_one_ward, compiler
from benchmarks.one_ward_simpy import draw_people
from benchmarks.option_1_people import Demand
from benchmarks.page import BEGIN, END
from benchmarks.timing import ROOT
from benchmarks.ward import Ward

WARD = Ward(beds=20, referrals_per_day=0.9, warm_up_days=200, observed_days=800)
OPTION_1 = load(ROOT / "scenarios" / "option-1.yaml", set_values=["time.run_length_days=250"])
MOST_Z = 4.0


def means_of(blueprint: Blueprint, patients: Patients, stays: Stays) -> dict[tuple[str, str], float]:
    """Return what bedsim reports of these stays, by group and measure."""
    totals = measure(blueprint, patients, stays, demand_of(yardstick_of(blueprint), patients, stays, stays), 0)
    keys, values = Reader(yardstick_of(blueprint), totals).table(ALL)
    return {key[:2]: value for key, value in zip(keys, values[0], strict=True)}


def ward_case() -> tuple[Blueprint, Patients, Stays]:
    """Return a busy small ward, its people and their stays."""
    blueprint = WARD.blueprint()
    patients = draw(blueprint, 1, 0)
    return blueprint, patients, simulate(patients, blueprint.network)


@pytest.mark.parametrize("program", [ward_in_simpy, ward_in_ciw])
def test_the_same_people_have_the_same_stays_on_the_ward_of_simpy_and_of_ciw(program) -> None:
    """To rounding; and what the program reports of them is what bedsim reports."""
    blueprint, patients, stays = ward_case()
    days, numbers = program(WARD, patients)
    assert same_days(days_of(stays), days)
    means = means_of(blueprint, patients, stays)
    for name, reported in (
        ("midnight_census", "midnight_census mean"),
        ("waiting", "waiting mean"),
        ("wait_days", "wait_days mean"),
        ("los_days", "los_days mean"),
        ("p_wait", "p_wait"),
        ("occupancy_fraction", "occupancy_fraction"),
        ("overflow_days_fraction", "overflow_days_fraction"),
        ("referrals_per_day", "referrals_per_day"),
        ("admissions_per_day", "admissions_per_day"),
        ("discharges_per_day", "discharges_per_day"),
    ):
        assert numbers[reported] == pytest.approx(means["system", name], rel=1e-9), name


def test_a_ward_of_one_bed_more_is_noticed() -> None:
    """The comparison can fail."""
    _, patients, stays = ward_case()
    days, _ = ward_in_simpy(replace(WARD, beds=WARD.beds + 1), patients)
    assert not same_days(days_of(stays), days)


@pytest.mark.skipif(compiler() is None, reason="there is no C compiler")
def test_the_c_program_gives_the_same_bits(tmp_path: Path) -> None:
    """Every admission and departure, with what has not happened by the end as NaN."""
    _, patients, stays = ward_case()
    one_ward = compile_one_ward(tmp_path)
    for ours, theirs in zip(days_of(stays), ward_in_c(WARD, patients, one_ward), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert np.isnan(stays.left_day).any()


@pytest.fixture(scope="module")
def network_case() -> tuple[Blueprint, Patients, Stays]:
    """Return option 1, shortened, its people and their stays."""
    blueprint = prepare(OPTION_1, 300)
    patients = draw(blueprint, 1, 0)
    return blueprint, patients, simulate(patients, blueprint.network)


def test_the_same_people_have_the_same_stays_in_simpys_network_of_option_1(network_case) -> None:
    """Every request, admission, departure and unit; and the means of the system."""
    blueprint, patients, stays = network_case
    days, units, numbers = network_in_simpy(blueprint, patients)
    order = np.argsort(stays.requested_day)
    assert same_days([column[order] for column in days_of(stays)], days)
    assert [blueprint.units[unit] if unit != NONE else "" for unit in stays.unit[order]] == units
    assert {"extra_beds", "home_ash", "home_team"} < set(units)
    means = means_of(blueprint, patients, stays)
    for name in ("midnight_census", "waiting", "overflow", "wait_days"):
        assert numbers[f"system {name} mean"] == pytest.approx(means["system", name], rel=1e-9), name
    for name in ("midnight_census", "delayed_beds", "delay_days", "los_days"):
        assert numbers[f"home_ash {name} mean"] == pytest.approx(means["home_ash", name], rel=1e-9), name
    assert numbers["system p_wait"] == means["system", "p_wait"]


def test_a_network_that_gives_one_unit_longer_stays_is_noticed(network_case) -> None:
    """The comparison can fail."""
    blueprint, patients, stays = network_case
    ash = OPTION_1.units["home_ash"]
    longer = OPTION_1.model_copy(
        update={"units": OPTION_1.units | {"home_ash": ash.model_copy(update={"stay_factor": 1.2})}}
    )
    days, _, _ = network_in_simpy(replace(blueprint, scenario=longer), patients)
    order = np.argsort(stays.requested_day)
    assert not same_days([column[order] for column in days_of(stays)], days)


def test_the_page_of_results_has_one_place_for_the_tables() -> None:
    """Else ten minutes of measuring would end in an error."""
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
    assert text.index(BEGIN) < text.index(END)


def ward_z(needs_factor: float = 1.0) -> list[float]:
    """Return how many standard errors the drawn gaps and needs of the ward are from their means."""
    ward, n = Ward(), 60_000
    gaps, needs = np.array(list(islice(draw_people(ward, np.random.default_rng(1)), n))).T
    means = 1 / ward.referrals_per_day, ward.mean_days
    deviations = 1 / ward.referrals_per_day, ward.sd_days
    drawn = gaps.mean(), needs.mean() * needs_factor
    return [abs(x - mean) / (sd / math.sqrt(n)) for x, mean, sd in zip(drawn, means, deviations, strict=True)]


def test_the_simpy_ward_draws_the_stated_gaps_and_needs() -> None:
    """Means within 4 standard errors; needs 2% too long, more than twice the half-width, are refused."""
    assert max(ward_z()) < MOST_Z
    assert max(ward_z(1.02)) > MOST_Z


def test_the_ciw_ward_draws_from_a_lognormal_of_the_stated_mean_and_spread() -> None:
    """Ciw's own mean and standard deviation of the distribution it is given."""
    needs = ciw.dists.Lognormal(*Ward().log_parameters)
    assert (needs.mean, needs.sd) == pytest.approx((21.0, 18.0))


def option_1_z(scenario: Scenario) -> dict[str, float]:
    """Return how far the people whom the SimPy network draws are from option 1, in standard errors."""
    first_day, end_day, n_runs = -300, 250, 40
    expected = n_runs * expected_per_day(OPTION_1, "acute", first_day, end_day).sum()
    people = [
        person
        for seed in range(n_runs)
        for _, person in Demand(scenario, first_day, end_day, np.random.default_rng(seed)).people()
    ]
    n, z = len(people), {"referrals": (len(people) - expected) / math.sqrt(expected)}
    homes = Counter(person.locality for person in people)
    for name, share in OPTION_1.streams["acute"].localities.shares.items():
        z[name] = (homes[name] - n * share) / math.sqrt(n * share * (1 - share))
    branches = Counter(person.route[0].branch for person in people)
    for name, branch in OPTION_1.pathways["bedded_rehab"]["rehabilitation"].then.items():
        z[name] = (branches[name] - n * branch.share) / math.sqrt(n * branch.share * (1 - branch.share))
        if branch.needed_days is None:
            needs = np.array([p.route[0].needed_days for p in people if p.route[0].branch == name])
            delays = np.array([p.route[0].transfer_days for p in people if p.route[0].branch == name])
            z[f"{name} needs"] = (needs.mean() - 21.0) / (0.7 * 21.0 / math.sqrt(len(needs)))
            mean = branch.transfer_days.exponential.mean
            z[f"{name} delays"] = (delays.mean() - mean) / (mean / math.sqrt(len(delays)))
    return z


def test_the_simpy_network_draws_the_people_of_option_1() -> None:
    """Referrals, homes, ways on, needs and delays within 4 standard errors; 2% more referrals, 6 of them, are not."""
    rates = Demand(OPTION_1, -300, 250, np.random.default_rng(0)).rates
    assert rates == pytest.approx(expected_per_day(OPTION_1, "acute", -300, 250).tolist(), rel=1e-12)
    assert max(map(abs, option_1_z(OPTION_1).values())) < MOST_Z
    stream = OPTION_1.streams["acute"]
    more = stream.model_copy(update={"referrals": stream.referrals.model_copy(update={"per_day": 4.6 * 1.02})})
    assert abs(option_1_z(OPTION_1.model_copy(update={"streams": {"acute": more}}))["referrals"]) > MOST_Z
