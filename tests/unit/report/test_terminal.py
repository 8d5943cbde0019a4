"""Tables on the terminal, and several runs side by side."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable
from typing import Any

from rich.console import Console

from bedsim.analysis.run import Run
from bedsim.measures.definitions import MEASURES
from bedsim.report.comparison import COMPARED, comparison_notes, comparison_tables
from bedsim.report.numbers import shown
from bedsim.report.terminal import MEASURES_SHOWN, OF_MAXIMA, OF_UNITS, terminal_table, unit_table

WIDTH = 80


def printed(parts: Iterable[Any]) -> list[str]:
    """Return what a terminal of 80 columns shows."""
    screen = io.StringIO()
    console = Console(width=WIDTH, file=screen)
    for part in parts:
        console.print(part, markup=False)
    return screen.getvalue().splitlines()


def with_scenario(run: Run, **changes: Any) -> Run:
    """Return a run whose scenario says something else of itself."""
    return dataclasses.replace(run, scenario=run.scenario.model_copy(update=changes))


def test_every_measure_a_table_names_exists() -> None:
    """A measure that is not defined is not published."""
    assert set(MEASURES_SHOWN) <= set(MEASURES)
    assert {measure for measure, _ in OF_UNITS.values()} <= set(MEASURES)
    assert {measure for measure, _, _ in COMPARED.values()} <= set(MEASURES)


def test_the_headline_year_stands_beside_all_days(area: Run) -> None:
    """Both means of a measure in its line; nothing is cut at 80 columns."""
    lines = printed([terminal_table(area)])
    assert [*lines[0].split(), *lines[1].split()] == [
        *("mean", "all", "planned", "beds", "2026-27", "95%", "interval", "p50", "p95", "max", "all", "days")
    ]
    line = next(line.split() for line in lines if line.startswith("referrals_per_day"))
    year, always = (area.row("referrals_per_day", period=period) for period in ("2026-27", "all"))
    assert line[1] == shown("referrals_per_day", year.value, year.ci_low, year.ci_high)
    assert line[-1] == shown("referrals_per_day", always.value, always.ci_low, always.ci_high)
    assert not any("…" in line for line in lines)


def test_a_window_without_a_whole_year_has_one_column_of_means(done: Run) -> None:
    """There is no second column that says the same."""
    assert printed([terminal_table(done)])[1].split()[3:] == ["mean", "95%", "interval", "p50", "p95", "max"]


def test_units_stand_below_their_kind(area: Run) -> None:
    """Each unit that passes the quality gate once, below its kind."""
    lines = [line.rstrip() for line in printed([unit_table(area)])]
    assert lines[0].startswith("units, 2026-27")
    at = {line.split()[0]: i for i, line in enumerate(lines)}
    assert lines[at["community_hospital"] + 1].startswith("  ward_a")
    assert [lines[at["community_service"] + i].split()[0] for i in (1, 2)] == ["team", "bought_in"]
    assert not any("home_ash" in line or "…" in line for line in lines)


def test_runs_stand_side_by_side_with_their_status_and_in_the_order_given(area: Run) -> None:
    """Six of short names fit 80 columns, the next stands below; nothing is ranked, and the table says so."""
    runs = [
        with_scenario(area, slug=f"option-{i}", status="illustrative" if i > 2 else "verified") for i in range(1, 8)
    ]
    tables = list(comparison_tables(runs))
    assert len(tables) == 2
    lines = printed(tables[:1])
    assert lines[0].split() == [f"option-{i}" for i in range(1, 7)]
    assert lines[2].split() == ["verified"] * 2 + ["ILLUSTR."] * 4
    assert not any("…" in line for line in lines)
    beds = next(line.split() for line in lines if line.startswith("planned beds"))
    assert beds[2:] == ["12"] * 6
    notes = list(comparison_notes(runs))
    assert notes[0] == "The runs stand in the order given; this is no ranking."
    assert notes[1].startswith("ILLUSTR.: illustrative, the beds by site, or what else the plan changes")
    assert len(notes) == 2, "all have the same people"


def test_runs_of_other_people_are_not_left_to_be_compared_by_their_beds(area: Run, done: Run) -> None:
    """Other referrals, needs or days are said; other beds, ladders and places to live are not."""
    more_beds = {**area.scenario.units, "ward_a": area.scenario.units["ward_a"].model_copy(update={"places": 12})}
    option = with_scenario(area, slug="option", units=more_beds)
    assert len(list(comparison_notes([area, option]))) == 1
    *_, ladder, note = comparison_notes([area, option, with_scenario(done, slug="before")])
    assert "in area after 1 day and option after 1 day." in ladder
    assert note == "before has other referrals or stays than area: what differs is not due to the beds alone."


def test_runs_with_long_names_stand_in_more_tables_and_no_name_is_broken(area: Run) -> None:
    """As many beside one another as there is room for: a name of 60 alone, and one that is too long for any."""
    names = ["option-1", "phased-plan-beds-first", "new-model-of-care", "x" * 58, "option-2", "y" * 100]
    tables = list(comparison_tables([with_scenario(area, slug=name) for name in names]))
    heads = [printed([table])[0].split() for table in tables]
    assert heads[:3] == [names[:3], names[3:4], names[4:5]]
    assert len(heads) == 4


def test_of_no_runs_there_is_no_table() -> None:
    """And none that is empty."""
    assert list(comparison_tables([])) == []


def test_that_a_mean_of_maxima_may_lie_below_p95_is_said(area: Run) -> None:
    """The heading says that it is a mean, and a sentence below the table of what."""
    assert [str(column.header) for column in terminal_table(area).columns][-2] == "mean\nmax"
    assert "mean of each replication's maximum, and may lie below p95" in OF_MAXIMA
