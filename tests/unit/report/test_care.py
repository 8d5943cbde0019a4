"""The new model of care in tables and words: segments, levers, teams, and people who leave without a place."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rich.console import Console

import bedsim
from bedsim.analysis.care import avoided, left_without_place
from bedsim.analysis.compare import Comparison, compare
from bedsim.engine.choose import simulate
from bedsim.measures.calendar import ALL
from bedsim.patients.draw import draw
from bedsim.report.care_tables import care_tables
from bedsim.report.compare_tables import gains_table
from bedsim.report.publish import tables_of
from bedsim.report.verdict import verdict
from bedsim.scenario.schema import Scenario
from tests.small import small_scenario, small_tree

if TYPE_CHECKING:
    from rich.table import Table

    from bedsim.analysis.run import Run

N = 12
LEVERS = {
    "fewer_come": {
        "start": date(2026, 1, 1),
        "reach": {"segments": ("frail",)},
        "admission_avoidance": {"share": 0.5},
    }
}


def care_scenario(levers: dict[str, Any] | None = None) -> Scenario:
    """Return the small system with two segments, a team that visits and people who give up after four days."""
    tree = small_tree()
    tree["slug"] = "cared_for" if levers else "as_it_is"
    tree["segments"] = {"well": {"population": 900.0}, "frail": {"population": 100.0}}
    tree["streams"]["acute"] |= {"segments": {"shares": {"well": 0.6, "frail": 0.4}}}
    visits = {"bands": ({"per_day": 2.0},), "a_week_by_one": 20.0, "disciplines": {"nurse": 0.25, "therapist": 0.75}}
    tree["units"]["team"]["visits"] = visits
    tree["pathways"]["rehab"]["first"]["ladder"] = (
        {"units": ("ward_a", "ward_b")},
        {"after_days": 4, "leave": "gave_up"},
    )
    tree["levers"] = levers or {}
    return Scenario.model_validate(tree)


@pytest.fixture(scope="module")
def run() -> Run:
    """Run the small system with a lever."""
    return bedsim.run(care_scenario(LEVERS), n_replications=N, seed=3, workers=1)


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """Compare the small system with and without its lever."""
    return compare([care_scenario(), care_scenario(LEVERS)], N, seed=3, workers=1)


def as_printed(table: Table) -> str:
    """Return a table as a terminal shows it."""
    console = Console(file=io.StringIO(), width=120)
    console.print(table)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_people_who_leave_without_a_place_are_those_whose_journey_a_rung_ended(run: Run) -> None:
    """Counted from the stays themselves, by who was referred in the window."""
    expected = []
    for number in range(N):
        patients = draw(run.blueprint, 3, number)
        stays = simulate(patients, run.blueprint.network, "compiled")
        gave_up = stays.outcome == run.blueprint.outcomes.index("gave_up")
        expected.append(np.count_nonzero(gave_up & (patients.referred_day >= 0) & (patients.referred_day < 90)))
    assert sum(expected) > 10
    assert left_without_place(run.reader, run.blueprint, ALL)["gave_up"].tolist() == expected


def test_without_leave_rungs_nobody_leaves_without_a_place() -> None:
    """And without levers nobody is avoided."""
    run = bedsim.run(small_scenario(), n_replications=2, workers=1)
    assert left_without_place(run.reader, run.blueprint, ALL) == {}
    assert avoided(run.reader, ALL) is None
    assert list(care_tables(run)) == []


def test_the_tables_name_segments_levers_teams_and_disciplines(run: Run) -> None:
    """Staff by discipline are shares of the staff; a lever stands with those whom it keeps out of beds."""
    segments, levers, teams = map(as_printed, care_tables(run))
    assert "well" in segments
    assert "frail" in segments
    assert "fewer come" in levers
    staff = run.value("staff_needed", "team")
    assert staff == pytest.approx(run.value("visits_per_week", "team") / 20, rel=1e-12)
    assert f"{staff * 0.75:.2g}" in teams
    assert "therapist" in teams


def test_the_verdict_says_whom_levers_keep_out_and_who_gives_up(run: Run) -> None:
    """Each with its simulation error."""
    words = verdict(run)
    assert "whom a lever affects ask for no planned bed" in words
    assert "leave without a place: gave up" in words


def test_units_are_shared_by_segments(run: Run) -> None:
    """Shares of a unit add up to 1, people to the unit's own; those in planned beds to the segment's beds taken."""
    table = run.unit_segments("all").set_index(["measure", "unit", "segment"])["value"].sort_index()
    for unit in ("ward_a", "ward_b", "team"):
        assert table["fraction", unit].sum() == pytest.approx(
            1, abs=0.002
        )  # a mean of shares, replication by replication
        assert table["fraction", unit, "frail"] == pytest.approx(
            table["people", unit, "frail"] / table["people", unit].sum(), abs=0.05
        )
    for unit in ("ward_a", "ward_b"):
        held = run.value("occupancy_fraction", unit) * run.value("open_beds", unit)
        assert table["people", unit].sum() == pytest.approx(held, rel=1e-9)
    for segment in ("well", "frail"):
        planned = sum(table["people", unit, segment] for unit in ("ward_a", "ward_b"))
        assert planned == pytest.approx(run.value("planned_beds_taken", f"segment:{segment}"), rel=1e-9)
    header, rows = tables_of(run)["unit_segments"]
    assert header == ("scenario", "period", "unit", "segment", "measure", "value", "ci_low", "ci_high")
    assert {row[2:5] for row in rows} == {(unit, segment, measure) for measure, unit, segment in table.index}
    without = bedsim.run(small_scenario(), n_replications=2, workers=1)
    assert tables_of(without)["unit_segments"][1] == []


def test_percentiles_of_segments_and_of_single_units_have_intervals(run: Run) -> None:
    """Around the percentile; of numbers at midnight, waits and delays alike."""
    for measure, unit in (
        ("overflow", "segment:frail"),
        ("midnight_census", "segment:well"),
        ("delay_days", "segment:well"),
        ("delay_days", "ward_a"),
        ("wait_days", "ward_a"),
        ("wait_days", "community_hospital"),
    ):
        row = run.row(measure, unit, "p95")
        assert row.ci_low is not None
        assert row.ci_high is not None
        assert row.ci_low <= row.value <= row.ci_high
        assert run.row(measure, unit, "p75").ci_low < row.ci_high


def test_a_comparison_has_every_measure_of_segments(compared: Comparison) -> None:
    """In the full table, of both options: who is without a bed, and how long their stays are."""
    found = {(one.measure, one.unit) for one in compared.everything}
    names = ("overflow", "delayed_beds", "demand_beds", "los_days", "delayed_transfer_fraction", "admissions_per_day")
    assert {(name, f"segment:{segment}") for name in names for segment in ("well", "frail")} <= found


def test_gains_are_those_of_two_runs_replication_by_replication(compared: Comparison) -> None:
    """For each segment and measure the mean of the differences of runs with the same seed."""
    runs = {one.slug: bedsim.run(one, n_replications=N, seed=3, workers=1) for one in compared.scenarios.values()}
    assert {one.unit for one in compared.gains} == {"segment:well", "segment:frail"}
    for one in compared.gains:
        before, after = (
            runs[name].by_replication(one.measure, one.unit, compared.period) for name in ("as_it_is", "cared_for")
        )
        assert one.difference == pytest.approx((after - before).mean(), rel=1e-9)


def test_who_gains_is_shown_only_where_people_differ(compared: Comparison) -> None:
    """Two plans with the same people gain alike by construction of the ladder; their table would only be long."""
    table = gains_table(compared)
    assert table is not None
    assert "frail" in as_printed(table)
    assert "whom levers of cared_for affect" in compared.sentence()
    more_beds = care_scenario().model_dump()
    more_beds["units"]["ward_b"]["places"] = 5
    alike = compare([care_scenario(), Scenario.model_validate({**more_beds, "slug": "more_beds"})], 4, workers=1)
    assert alike.gains
    assert gains_table(alike) is None
