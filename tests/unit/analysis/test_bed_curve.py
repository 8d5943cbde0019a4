"""The bed curve: by hand, against real runs with as many beds, against Erlang C."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bedsim
from bedsim.analysis import conduct as conducting
from bedsim.analysis.bed_curve import MOST_REPLICATIONS, BedCurve, bed_curve
from bedsim.analysis.bed_grid import grid, split, with_beds
from bedsim.analysis.conduct import conduct, run
from bedsim.analysis.plan import plan_run
from bedsim.analysis.run import Run
from bedsim.analysis.workers import Processes, Threads
from bedsim.report.publish import tables_of
from bedsim.scenario.schema import Scenario
from tests.small import small_scenario, small_tree
from tests.theory.markov import erlang_c

SCENARIOS = Path(__file__).parents[3] / "scenarios"
MEASURES = ("p_wait", "overflow_days_fraction", "wait_days")
START = date(2026, 4, 1)


def one_ward(beds: int | str, referrals: dict[str, Any], needed: dict[str, Any], days: int = 30) -> Scenario:
    """Return one ward with a waiting list and no way out."""
    return Scenario.model_validate(
        {
            "time": {"start": START, "run_length_days": days, "warm_up_days": 0, "cool_down_days": 60},
            "units": {"ward": {"kind": "community_hospital", "places": beds}},
            "pathways": {"rehab": {"stay": {"needed_days": needed, "ladder": ({"units": "ward"},)}}},
            "streams": {"acute": {"pathway": "rehab", "referrals": referrals}},
        }
    )


def run_alone(scenario: Scenario, n_replications: int, seed: int = 1) -> Run:
    """Return a run without range ends and without a bed curve."""
    plan = replace(plan_run(scenario, n_replications), ends={})
    done, batch = conduct(plan, seed, Threads(1), has_bed_curve=False)
    assert done is not None
    assert not batch.is_stopped
    return done


def curve_of(scenario: Scenario, n_replications: int) -> BedCurve:
    """Return the curve of a run."""
    curve = bed_curve(run_alone(scenario, n_replications), Threads(1))
    assert curve is not None
    return curve


def test_three_people_who_come_at_once_by_hand() -> None:
    """Noon of day 10, 4 days each: in 1 bed they wait 0, 4, 8 days; in 2 beds 0, 0, 4; in 3 nobody waits.

    Somebody waits at the 8 midnights from 11 to 18, then at 4, then at none, of 30. Three are in unlimited beds at 4
    midnights and nobody at 26: of those who find no bed and are lost, 0 of 26 in 1 or 2 beds, 4 of 30 in 3.
    """
    booked = {"booked": ({"date": date(2026, 4, 11), "patients": 3},)}
    curve = curve_of(one_ward(2, booked, {"constant": 4}), 2)
    assert curve.beds.tolist() == [1, 2, 3, 4, 5]
    assert curve.own == 1
    assert curve.n_replications == 2
    assert curve.with_interval("p_wait")[:, 0] == pytest.approx([2 / 3, 1 / 3, 0, 0, 0])
    assert curve.with_interval("wait_days")[:, 0] == pytest.approx([4, 4 / 3, 0, 0, 0])
    assert curve.with_interval("overflow_days_fraction")[:, 0] == pytest.approx([8 / 30, 4 / 30, 0, 0, 0])
    assert curve.p_delay_if_lost == pytest.approx([0, 0, 4 / 30, 0, 0])
    assert curve.notes == ("",) * 5


def test_the_grid_has_whole_beds_in_equal_steps_and_the_scenarios_own() -> None:
    """Three steps each way, to a fifth more or fewer; never below one bed."""
    assert grid(132) == [105, 114, 123, 132, 141, 150, 159]
    assert grid(1) == [1, 2, 3, 4]
    for own in range(1, 400):
        beds = grid(own)
        assert own in beds
        assert len({b - a for a, b in pairwise(beds)}) == 1
        assert abs(beds[-1] / own - 1.2) <= 1.5 / own or own < 8


def test_beds_are_split_by_largest_remainder() -> None:
    """105 of 77 and 55: shares of 61.25 and 43.75; the larger remainder gets the bed that is left."""
    assert split(105, [77, 55]) == [61, 44]
    assert split(3, [0, 5, 5]) == [0, 2, 1]
    for total in range(1, 60):
        assert sum(split(total, [10, 10, 7, 9, 6, 8, 5])) == total


def with_own_beds(scenario: Scenario, places: dict[str, int]) -> Scenario:
    """Return the scenario with other beds, as `--set` would have it."""
    tree = scenario.model_dump(by_alias=True)
    for unit, beds in places.items():
        tree["units"][unit]["places"] = beds
    return Scenario.model_validate({**tree, "slug": scenario.slug})


def test_each_point_is_what_a_run_with_as_many_beds_says() -> None:
    """Replication by replication, bit for bit, every measure at every number of beds."""
    curve = curve_of(small_scenario(), 4)
    assert curve.beds.tolist() == [7, 8, 9, 10, 11, 12, 13]
    assert curve.beds_by_unit[0] == {"ward_a": 4, "ward_b": 3}
    for i, places in enumerate(curve.beds_by_unit):
        there = run_alone(with_own_beds(small_scenario(), places), 4)
        for measure in MEASURES:
            assert curve.by_replication[measure][i].tobytes() == there.by_replication(measure).tobytes()
        assert curve.p_delay_if_lost[i] == bedsim.p_delay_if_lost(
            there.pooled_counts("system", "demand_beds"), places["ward_a"] + places["ward_b"]
        )


def test_a_shipped_option_with_beds_set_says_the_same() -> None:
    """Option 1 with `--set` at the fewest beds: the same people, the same answers, bit for bit."""
    scenario = bedsim.load(SCENARIOS / "option-1.yaml")
    curve = curve_of(scenario, 2)
    assert curve.beds[curve.own] == 132
    settings = [f"units.{unit}.beds={beds}" for unit, beds in curve.beds_by_unit[0].items()]
    there = run_alone(bedsim.load(SCENARIOS / "option-1.yaml", set_values=settings), 2)
    for measure in MEASURES:
        assert curve.by_replication[measure][0].tobytes() == there.by_replication(measure).tobytes()


def test_a_timetable_changes_in_its_units_own_proportion() -> None:
    """Ward A closes from 6 beds to 3 and reopens 2 on another site: all scaled as the 6 at the end are, halves up."""
    tree = small_tree()
    tree["units"]["ward_a"]["timetable"] = (
        {"date": date(2026, 4, 10), "places": 3},
        {"date": date(2026, 5, 10), "places": 6},
        {"date": date(2026, 9, 1), "places": 2},
    )
    scenario = Scenario.model_validate(tree)
    curve = curve_of(scenario, 3)
    assert curve.beds[curve.own] == 10
    assert curve.beds_by_unit[-1] == {"ward_a": 8, "ward_b": 5}
    tree["units"]["ward_a"] |= {
        "places": 8,
        "timetable": (
            {"date": date(2026, 4, 10), "places": 4},
            {"date": date(2026, 5, 10), "places": 8},
            {"date": date(2026, 9, 1), "places": 3},
        ),
    }
    tree["units"]["ward_b"]["places"] = 5
    there = run_alone(Scenario.model_validate(tree), 3)
    for measure in MEASURES:
        assert curve.by_replication[measure][-1].tobytes() == there.by_replication(measure).tobytes()


def test_the_scenarios_own_number_changes_nothing() -> None:
    """With the places it has the network is what it was."""
    network = run_alone(small_scenario(), 1).blueprint.network
    assert with_beds(network, {0: 6, 1: 4}, {0: 6, 1: 4}) == network


def test_the_curve_does_not_depend_on_the_workers_or_the_engine() -> None:
    """One thread, three threads, the SimPy engine."""
    own = run_alone(small_scenario(), 3)
    one = bed_curve(own, Threads(1))
    assert one is not None
    for other in (bed_curve(own, Threads(3)), bed_curve(replace(own, engine="simpy"), Threads(2))):
        assert other is not None
        assert other.columns() == one.columns()


@pytest.mark.long
def test_the_curve_is_the_same_from_other_processes() -> None:
    """Two worker processes give what one thread gives."""
    own = run_alone(small_scenario(), 3)
    one, other = bed_curve(own, Threads(1)), bed_curve(own, Processes(2))
    assert one is not None
    assert other is not None
    assert other.columns() == one.columns()


def test_only_the_first_replications_are_simulated_again() -> None:
    """At most ten; the lost are counted over all of them."""
    n = MOST_REPLICATIONS + 2
    own = run_alone(small_scenario(), n)
    curve = bed_curve(own, Threads(2))
    assert curve is not None
    assert curve.n_replications == MOST_REPLICATIONS
    assert (
        curve.by_replication["p_wait"][curve.own].tobytes()
        == own.by_replication("p_wait")[:MOST_REPLICATIONS].tobytes()
    )
    assert curve.n_replications_of_demand == n


@pytest.mark.parametrize("kind", ["unlimited", "none", "shut at the end"])
def test_without_a_number_of_planned_beds_there_is_no_curve(kind: str) -> None:
    """Unlimited beds, no planned beds, and none left at the end of the window."""
    scenario = one_ward("unlimited" if kind == "unlimited" else 3, {"per_day": 0.3}, {"constant": 3})
    tree = scenario.model_dump(by_alias=True)
    if kind == "none":
        tree["units"]["ward"]["kind"] = "other"
    if kind == "shut at the end":
        tree["units"]["ward"]["timetable"] = ({"date": date(2026, 4, 29), "places": 0},)
        tree["pathways"]["rehab"]["stay"]["ladder"] = ({"units": "ward"}, {"after_days": 1, "leave": "gone"})
    assert bed_curve(run_alone(Scenario.model_validate(tree), 2), Threads(1)) is None


def test_a_number_of_beds_at_which_people_are_stuck_is_left_out_and_said() -> None:
    """Two wards that can block one another, and do with fewer beds: no numbers there, a note, all others stand."""
    tree = small_tree(ring=True)
    tree["units"]["ward_a"]["places"], tree["units"]["ward_b"]["places"] = 8, 5
    curve = curve_of(Scenario.model_validate(tree), 5)
    left_out = [i for i, note in enumerate(curve.notes) if note]
    assert left_out
    assert curve.own not in left_out
    assert all("a ring of waiting people" in curve.notes[i] for i in left_out)
    for i in range(len(curve.beds)):
        assert np.isnan(curve.with_interval("p_wait")[i]).all() == (i in left_out)
    columns = curve.columns()
    assert [n == 0 for n in columns["n_replications"]] == [bool(note) for note in curve.notes]


def test_people_who_hold_a_place_at_the_start_are_the_same_at_every_number_of_beds() -> None:
    """Five people are in six beds at the start: numbers that cannot hold them are left out."""
    tree = small_tree()
    tree["time"]["warm_up_days"] = 0
    tree["present_at_start"] = ({"stream": "acute", "unit": "ward_a", "stage": "first", "patients": 5},)
    curve = curve_of(Scenario.model_validate(tree), 2)
    held = [places["ward_a"] >= 5 for places in curve.beds_by_unit]
    assert [not note for note in curve.notes] == held
    assert not all(held)
    assert "5 people are in ward_a at the start" in curve.notes[0]


def test_a_run_has_its_curve_and_its_table() -> None:
    """`bedsim.run` fills it in; the table has a row a number of beds with the scenario's own marked."""
    done = run(small_scenario(), n_replications=3, workers=1)
    assert done.bed_curve is not None
    assert all(end.bed_curve is None for end in done.range_ends.values())
    header, rows = tables_of(done)["bed_curve"]
    assert header[:4] == ("scenario", "planned_beds", "which", "p_wait")
    assert {"p_wait_ci_low", "wait_days_ci_high", "p_delay_if_lost", "n_replications"} < set(header)
    assert [row[1] for row in rows] == [7, 8, 9, 10, 11, 12, 13]
    assert [row[1] for row in rows if row[2] == "the scenario"] == [10]
    own = rows[3]
    assert own[header.index("p_wait")] == done.value("p_wait")
    assert own[header.index("beds_by_unit")] == "ward_a 6, ward_b 4"
    assert len(done.bed_curve.table()) == 7


def test_a_run_that_is_stopped_has_no_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stuck people stop it before; Ctrl-C during the curve leaves the run itself to be published, as interrupted."""
    stuck, _ = conduct(plan_run(small_scenario(ring=True), 60), 1, Threads(1))
    assert stuck is not None
    assert stuck.bed_curve is None
    assert tables_of(stuck)["bed_curve"][1] == []

    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(conducting, "bed_curve", ctrl_c)
    done, batch = conduct(plan_run(small_scenario(), 2), 1, Threads(1))
    assert done is not None
    assert batch.interrupted
    assert done.interrupted
    assert done.bed_curve is None
    assert done.n_replications == 2


LOAD, OWN_BEDS, ERROR = 6.0, 10, 1.05


def distances(load: float) -> tuple[np.ndarray, np.ndarray]:
    """Return, bed number by bed number, how far p_wait is from Erlang C at a load of 6, and the half-width beside it.

    The half-widths are Student's, for a chance of 1 in 1,000 that any of the seven is missed.
    """
    scenario = one_ward(OWN_BEDS, {"per_day": LOAD}, {"exponential": {"mean": load / LOAD}}, days=25_000)
    curve = curve_of(scenario, MOST_REPLICATIONS)
    assert curve.beds.tolist() == list(range(7, 14))
    exact = [erlang_c(n, LOAD) for n in curve.beds.tolist()]
    values = curve.by_replication["p_wait"]
    quantile = stats.t.isf(0.001 / 7 / 2, MOST_REPLICATIONS - 1)
    return values.mean(axis=1) - exact, quantile * values.std(axis=1, ddof=1) / np.sqrt(MOST_REPLICATIONS)


@pytest.mark.long
def test_p_wait_of_one_ward_is_erlang_c_at_every_number_of_beds() -> None:
    """Within half-widths of at most half of what 5% more load would do, from 7 to 13 beds at a load of 6."""
    found, half_widths = distances(LOAD)
    errors = [erlang_c(n, LOAD * ERROR) - erlang_c(n, LOAD) for n in range(7, 14)]
    assert (half_widths <= np.array(errors) / 2).all(), half_widths / errors
    assert (np.abs(found) <= half_widths).all()


@pytest.mark.long
def test_needs_5_percent_longer_are_noticed() -> None:
    """The twin: the same ward with longer stays is outside at every number of beds."""
    found, half_widths = distances(LOAD * ERROR)
    assert (np.abs(found) > half_widths).all()
