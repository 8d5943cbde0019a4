"""A run's numbers by period, and where its people go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedsim.analysis.conduct import run
from bedsim.analysis.intervals import mean_and_interval, means_and_intervals
from bedsim.analysis.run import Run
from bedsim.measures.definitions import MEASURES
from bedsim.report.publish import publish, tables_of
from bedsim.report.tables import payload
from bedsim.scenario.schema import Scenario
from tests.small import small_scenario, small_tree

MONTHS = [f"month-{month:02d}" for month in range(1, 13)]


@pytest.fixture(scope="module")
def done() -> Run:
    """Run two years from 1 April, of which people of two homes come."""
    tree = small_tree()
    tree["time"] = {**tree["time"], "start": date(2025, 4, 1), "run_length_days": 730}
    tree["localities"] = {"north": {}, "south": {}}
    tree["units"]["ward_a"]["locality"] = "north"
    tree["streams"]["acute"]["localities"] = {"shares": {"north": 0.7, "south": 0.3}}
    return run(Scenario.model_validate(tree), n_replications=6, seed=1, workers=1)


def test_the_periods_of_a_run_in_their_order(done: Run) -> None:
    """All, the years, winter, the months; the rows of the whole window come first."""
    assert done.periods == ("all", "2025-26", "2026-27", "winter", *MONTHS)
    assert done.headline == "2026-27"
    assert list(dict.fromkeys(row.period for row in done.rows)) == list(done.periods)
    assert [row["period"] for row in payload(done)["rows"]] == [row.period for row in done.rows]
    assert done.rows_of("winter") == tuple(row for row in done.rows if row.period == "winter")


def test_a_number_of_a_period_is_asked_for_by_its_name(done: Run) -> None:
    """By default the whole window, which is the mean of two years of as many days."""
    years = [done.value("overflow", period=period) for period in ("2025-26", "2026-27")]
    assert done.value("overflow") == done.value("overflow", period="all") == pytest.approx(sum(years) / 2)
    assert done.row("overflow", statistic="p95", period="winter").period == "winter"
    with pytest.raises(KeyError):
        done.value("overflow", period="2027-28")


def test_every_row_is_of_its_replications(done: Run) -> None:
    """Mean and interval are those of `by_replication`, whatever the period; no number is given twice."""
    keys = [(row.unit, row.measure, row.statistic, row.period) for row in done.rows]
    assert len(set(keys)) == len(keys)
    for row in done.rows[::7]:
        if row.statistic == "mean":
            found = mean_and_interval(done.by_replication(row.measure, row.unit, row.period))
            assert repr(found) == repr((row.value, row.ci_low, row.ci_high)), row


def test_percentiles_are_of_the_days_of_their_period(done: Run) -> None:
    """As many observations as the period has midnights in all replications; the years together are the window."""
    days = {"all": 730, "2025-26": 365, "2026-27": 365, "winter": 180, "month-02": 56}
    for name in (name for name, one in MEASURES.items() if "max" in one.statistics):
        assert {period: done.pooled_counts("system", name, period).sum() / 6 for period in days} == days
        years = [done.pooled_counts("system", name, period) @ _numbers(done, name, period) for period in days]
        assert years[0] == years[1] + years[2]


def _numbers(done: Run, name: str, period: str) -> np.ndarray:
    return np.arange(len(done.pooled_counts("system", name, period)))


@given(st.lists(st.lists(st.sampled_from([0.0, 1.5, -2.25, 1e9, np.nan]), min_size=3, max_size=3), min_size=1))
def test_intervals_of_many_columns_are_those_of_each(rows: list[list[float]]) -> None:
    """Bit for bit, also of columns in which a replication observed nothing."""
    values = np.array(rows)
    for i, found in enumerate(means_and_intervals(values)):
        assert repr(found) == repr(mean_and_interval(np.ascontiguousarray(values[:, i])))


def test_outcomes_of_a_year_and_of_the_window(done: Run) -> None:
    """With those unfinished, each stream's shares sum to 1; so do the shares of each home's units."""
    for period in ("all", "2025-26", "2026-27"):
        shares = done.outcomes(period).groupby("stream")["value"].sum()
        assert shares["acute"] + done.value("unfinished_fraction", period=period) == pytest.approx(1)
        flow = done.flow(period)
        assert set(flow["home"]) == {"north", "south"}
        assert flow.groupby("home")["value"].sum().tolist() == pytest.approx([1, 1])
    with pytest.raises(KeyError):
        done.outcomes("winter")


def test_a_system_without_planned_beds_homes_reasons_or_next_stages_has_its_numbers(tmp_path: Path) -> None:
    """A team alone: its caseload, its occupancy and outcomes; nothing of planned beds, homes or parts of delay."""
    tree = small_tree()
    tree["units"] = {"team": {"kind": "community_service", "places": 20}}
    tree["pathways"] = {
        "rehab": {"only": {**tree["pathways"]["rehab"]["team_stage"], "then": {"home": {"share": 1.0}}}}
    }
    alone = run(Scenario.model_validate(tree), n_replications=2, seed=1, workers=1)
    assert 0 < alone.value("occupancy_fraction", "team") == alone.value("occupancy_fraction", "community_service") < 1
    assert alone.value("overflow_bed_days") == alone.value("longest_overflow_spell_days") == 0
    absent = {"away_from_home_fraction", "travel_minutes", "p_delay_if_lost"}
    assert not [row for row in alone.rows if row.measure in absent or row.unit.startswith(("reason:", "stage:"))]
    assert len(alone.outcomes()) == 1
    folder = publish(alone, tmp_path / "run", 1.0)
    assert (folder / "summary.csv").exists()
    assert not (folder / "flow.csv").exists()


def test_the_files_of_outcomes_and_flow(done: Run) -> None:
    """One row a period, line and name; without localities there is no flow by home."""
    tables = tables_of(done)
    header, rows = tables["flow"]
    assert header == ("scenario", "period", "home", "unit", "value", "ci_low", "ci_high")
    assert len(rows) == 3 * 2 * 4
    header, rows = tables["outcomes"]
    assert header == ("scenario", "period", "stream", "outcome", "value", "ci_low", "ci_high")
    assert {row[1] for row in rows} == {"all", "2025-26", "2026-27"}
    without = tables_of(run(small_scenario(), n_replications=2, seed=1, workers=1))
    assert without["flow"][1] == []
