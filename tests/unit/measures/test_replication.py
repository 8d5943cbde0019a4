"""The whole reducer: what it gives, that it gives the same bits, and Little's law."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from bedsim.engine.simpy_engine import simulate
from bedsim.measures.definitions import MEASURES
from bedsim.measures.demand import demand_of
from bedsim.measures.levers import LEVER_COUNTS
from bedsim.measures.midnights import read_run
from bedsim.measures.opened import MISSING
from bedsim.measures.reading import Reader
from bedsim.measures.replication import measure
from bedsim.measures.statistics import PERCENTILES
from bedsim.measures.tallied import UNFINISHED
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.draw import draw
from tests.bits import same_bits

NAN = math.nan
GIVEN = {name: one for name, one in MEASURES.items() if name not in (*MISSING, *LEVER_COUNTS)}
"""Of a scenario without levers in which places are neither suspended nor closed."""
PEOPLE = {
    "system",
    *(f"locality:{name}" for name in ("north", "south")),
    *(f"segment:{name}" for name in ("well", "frail")),
}
PEOPLE |= {"route:step_down", "route:step_up"}
PARTS = {"reason:papers", "stage:rehab", "stage:again"}
KINDS = ("community_hospital", "care_home", "escalation", "out_of_area", "acute", "community_service")


def _some_people(hand: Any) -> list[Any]:
    """People of every sort: direct, after a wait, moved, stayed put, gave up, still waiting, still in."""
    return [
        hand.stayer("ward", -2.5, 3.25, ready=1.0, transfer_end=2.0, go=2.5),
        hand.Person(0.5, [hand.Ask("rehab", "esc", 0.5, 2.5, 4.0), hand.Ask("again", "ward", 4.0, 4.0, 6.0)]),
        hand.Person(1.0, [hand.Ask("rehab", "ward", 1.0, 1.5, 3.0), hand.Ask("again", "ward", 3.0, 3.0, 4.0)]),
        hand.Person(2.0, [hand.Ask("rehab", None, 2.0, left=5.0)], outcome="gave_up"),
        hand.Person(6.0, [hand.Ask("rehab", None, 6.0)], outcome=None),
        hand.stayer("home_ash", 5.0, NAN),
    ]


def test_every_measure_of_the_table_is_given_and_none_besides(hand: Any) -> None:
    """Units, kinds present and system, people's groups or parts of delay; limited places or any; as `MEASURES` says."""
    found = hand.measure(_some_people(hand))
    units = hand.blueprint().units
    limited = {*units, *KINDS, "system"} - {"away", "team", "out_of_area", "community_service"}
    members = {
        "units": {*units, *KINDS},
        "places": {*units, *KINDS, "system"},
        "people": PEOPLE,
        "system": {"system"},
        "parts": PARTS,
        "teams": {"team"},
        "segments": {"segment:well", "segment:frail"},
    }
    expected = set()
    for name, one in GIVEN.items():
        groups = set().union(*(members[groups] for groups in one.groups))
        expected |= {(group, name) for group in (groups & limited if one.is_limited_only else groups)}
    assert set(found.means) == expected


def test_statistics_exist_as_the_table_says(hand: Any) -> None:
    """Percentiles where there is a histogram, a maximum where the measure is daily."""
    found = hand.measure(_some_people(hand))
    names = {f"p{percent}" for percent in PERCENTILES}
    for name, one in GIVEN.items():
        keys = {key for key in found.means if key[1] == name}
        assert keys
        assert (names <= set(one.statistics)) == all(key in found.histograms for key in keys)
        assert ("max" in one.statistics) == all(key in found.maxima for key in keys)
        assert (names & set(one.statistics) != set()) == any(key in found.histograms for key in keys)
        assert ("max" in one.statistics) == any(key in found.maxima for key in keys)
        assert "mean" in one.statistics


def test_a_daily_measure_has_one_observation_a_midnight(hand: Any) -> None:
    """The histogram counts 8 midnights; its mean and largest value are the mean and the maximum."""
    found = hand.measure(_some_people(hand))
    assert found.totals.replications.tolist() == [3]
    for key, largest in found.maxima.items():
        counts = found.histograms[key]
        assert counts.dtype == np.int64
        assert counts.sum() == 8
        assert found.means[key] == (counts * np.arange(len(counts))).sum() / 8
        assert largest == np.flatnonzero(counts)[-1]


def test_the_weeks_count_the_midnights_of_whole_weeks(hand: Any) -> None:
    """The eighth day is no whole week: of the first seven, [1, 3) and [6, 8) see 2 and 1, and 4 see nobody."""
    people = [hand.stayer("ward", 1.0, 3.0), hand.stayer("annex", 2.0, 3.0), hand.stayer("ward", 6.0, 8.0)]
    found = hand.measure(people)
    assert found.reader.weeks("midnight_census").tolist() == [[4, 2, 1]]
    assert found.reader.weeks("overflow").tolist() == [[7]]
    assert found.reader.weeks("demand_beds").dtype == np.int64


def test_which_measures_exist_does_not_depend_on_what_happened(hand: Any) -> None:
    """Replications merge array by array: nobody and everybody give the same keys, shapes and lines."""
    nobody, somebody = hand.measure([]), hand.measure(_some_people(hand))
    for name in ("by_period", "maxima_by_period", "histograms_by_period"):
        assert list(getattr(nobody, name)) == list(getattr(somebody, name))
    for name, rows in nobody.totals.rows.items():
        assert rows.shape == somebody.totals.rows[name].shape, name
    for name, histograms in nobody.totals.histograms.items():
        assert len(histograms.starts) == len(somebody.totals.histograms[name].starts), name


def test_bed_days_are_admissions_times_length_of_stay(hand: Any) -> None:
    """Little's law, exact where all stays begin and end in the window: L = lambda W in every group."""
    people = [hand.stayer("ward", t, t + 1.25) for t in (0.0, 0.5, 3.75)]
    people += [hand.stayer("annex", 2.0, 6.5), hand.stayer("home_ash", 1.0, 1.125)]
    found = hand.measure(people)
    for name in ("ward", "annex", "home_ash", "community_hospital", "care_home", "system"):
        occupied = found.means[name, "occupancy_fraction"] * found.means[name, "open_beds"]
        assert occupied == pytest.approx(
            found.means[name, "admissions_per_day"] * found.means[name, "los_days"], rel=1e-14
        )
        assert occupied > 0


def test_the_waiting_list_is_requests_times_wait(hand: Any) -> None:
    """Little's law of the wait, for whole-day waits that begin and end in the window: midnights see every day."""
    waits = ((0.0, 1.0), (1.0, 4.0), (2.0, 2.0), (5.0, 7.0))
    found = hand.measure([hand.Person(a, [hand.Ask("rehab", "ward", a, b, b + 0.5)]) for a, b in waits])
    assert found.means["system", "waiting"] == len(waits) / 8 * found.means["system", "wait_days"]
    assert found.means["system", "acute_bed_days_lost_per_day"] == found.means["system", "waiting"]


def test_a_simulated_run_keeps_the_laws_and_the_same_stays_give_the_same_bits(hand: Any) -> None:
    """Drawn people through the engine: conservation of people, mean midnights near bed-days, twice the same."""
    blueprint = hand.blueprint()
    network, patients = blueprint.network, draw(blueprint, 5, 0)
    stays = simulate(patients, network)
    no_delay = simulate(patients.without_transfer(), network.with_unlimited(range(len(network.units))))
    yardstick = yardstick_of(blueprint)
    demand = demand_of(yardstick, patients, simulate(patients, network.with_unlimited(network.planned_units)), no_delay)
    found, again = (measure(blueprint, patients, stays, demand, 0) for _ in range(2))
    midnights = read_run(yardstick, patients, stays, demand).midnights
    midnights = dict(zip(yardstick.midnight_keys, midnights, strict=True))
    assert same_bits(found, again)
    referred, finished = (found.rows[name].sum() for name in ("referrals_by_year", "outcomes_by_year"))
    unfinished = found.rows["people_counts_by_year"][..., UNFINISHED].sum()
    assert referred == finished + unfinished > 0
    keys, means = Reader(yardstick, found).table("all")
    means = dict(zip([key[:2] for key in keys], means[0], strict=True))
    assert means["system", "demand_beds"] >= means["system", "demand_beds_no_delay"] > 0
    for unit in range(len(network.units)):
        inside = (stays.unit == unit) & (stays.admitted_day <= 3) & ~(stays.left_day <= 3)
        assert midnights[network.units[unit].name, "midnight_census"][3] == inside.sum()


def test_what_measuring_needs_of_a_scenario_is_worked_out_once(hand: Any) -> None:
    """The same blueprint has the same yardstick; another one, though it says the same, has its own."""
    blueprint = hand.blueprint()
    assert yardstick_of(blueprint) is yardstick_of(blueprint)
    assert yardstick_of(hand.blueprint()) is not yardstick_of(blueprint)
