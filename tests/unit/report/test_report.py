"""Words, tables and pictures of a run."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from bedsim.analysis.conduct import run
from bedsim.analysis.run import Run
from bedsim.measures.definitions import MEASURES
from bedsim.report import occupancy_plot
from bedsim.report.numbers import shown, shown_interval
from bedsim.report.occupancy_plot import alt_text, occupancy_figure, write_occupancy_plot
from bedsim.report.publish import publish
from bedsim.report.tables import COMPARED, TERMINAL_MEASURES, csv_text, harmless, payload
from bedsim.report.verdict import verdict
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


@pytest.fixture(scope="module")
def done() -> Run:
    """Run the small scenario, with both ends of its ranges."""
    return run(Scenario.model_validate(small_tree()), n_replications=12, seed=1, workers=1)


def grey(colour: str) -> float:
    """Return the relative luminance of a colour, 0 black to 1 white (WCAG 2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_numbers_are_rounded_to_what_their_interval_bears() -> None:
    """Up to the first digit of the half-width; fractions in percent; no negative zero."""
    assert shown("midnight_census", 117.234, 117.0, 117.5) == "117.2"
    assert shown("midnight_census", 117.234, 110.0, 124.0) == "117"
    assert shown("p_wait", 0.25678, 0.2518, 0.2618) == "25.7%"
    assert shown("p_wait", 0.25678, 0.2, 0.3) == "26%"
    assert shown("wait_days", -0.0001, -0.01, 0.01) == "0.00"
    assert shown("p_wait", float("nan")) == "none"
    assert shown_interval("p_wait", 0.25, None, None) == "-"
    assert shown_interval("wait_days", 1.25, 1.2, 1.3) == "1.20 to 1.30"


def test_the_verdict_gives_both_ranges_and_what_the_answer_rests_on(done: Run) -> None:
    """The answer first, then what the ranges mean, then the inputs; the figures are those of the rows."""
    demanded, plan, meaning, grounds = verdict(done).split("\n\n")
    demand, wait = done.row("demand_beds"), done.row("wait_days")
    average = shown("demand_beds", demand.value, demand.ci_low, demand.ci_high)
    assert demanded.startswith("WORKED EXAMPLE. A small system. There are 10 planned beds.")
    assert f"and {average} be in use on an average day" in demanded
    assert f"{done.value('demand_beds', statistic='p95'):.0f} beds would then be enough on 95% of days" in demanded
    low, high = (done.range_ends[end].row("demand_beds") for end in ("low", "high"))
    ends = [shown("demand_beds", end.value, end.ci_low, end.ci_high) for end in (low, high)]
    assert f"over the stated ranges {ends[0]} to {ends[1]}" in demanded
    assert f"is {shown('wait_days', wait.value, wait.ci_low, wait.ci_high)} days" in plan
    assert "escalation" not in plan, "the small system has no escalation beds"
    assert "12 replications" in meaning
    assert "5 replications each" in meaning
    assert "1 assumed" in grounds


def test_the_verdict_never_calls_simulation_error_anything_else(done: Run) -> None:
    """No forecast, no prediction interval, and an unfinished run says so."""
    words = verdict(dataclasses.replace(done, interrupted=True))
    assert words.startswith("UNFINISHED (12 replications).")
    assert "prediction" not in words
    assert "confidence" not in words


def test_a_scenario_without_ranges_says_that_none_were_run(done: Run) -> None:
    """The second range is never silently missing."""
    assert "No ranges of demand or stay were run." in verdict(dataclasses.replace(done, range_ends={}))


def test_illustrative_is_marked_in_words_and_picture(done: Run) -> None:
    """Everywhere it shows."""
    scenario = done.scenario.model_copy(update={"status": "illustrative"})
    marked = dataclasses.replace(done, scenario=scenario)
    assert verdict(marked).startswith("ILLUSTRATIVE. ")
    assert "ILLUSTRATIVE" in alt_text(marked)
    title = occupancy_figure(marked).get_suptitle()
    assert title.startswith("ILLUSTRATIVE. ")
    assert payload(marked)["status"] == "illustrative"


def test_the_picture_has_units_the_bed_line_and_alt_text(done: Run, tmp_path: Path) -> None:
    """Axes say what they count, the dashed line is at the open beds, the PNG carries its alt text."""
    census, overflow = occupancy_figure(done).axes
    assert "people in planned beds" in census.get_ylabel()
    assert "people waiting" in overflow.get_ylabel()
    beds = next(line for line in census.lines if str(line.get_label()).startswith("open beds"))
    assert set(np.asarray(beds.get_ydata()).tolist()) == {10}
    assert beds.get_linestyle() == "--"
    path = tmp_path / "picture.png"
    write_occupancy_plot(done, path)
    words = alt_text(done)
    assert "at the 10 open beds" in words
    assert words.encode() in path.read_bytes()


def test_the_picture_can_be_read_in_grey() -> None:
    """Neighbouring tones differ by a contrast of at least 1.5; the lines stand out from the darker band by 3."""
    tones = {name: grey(getattr(occupancy_plot, name)) for name in ("LIGHT", "DARK", "LINE")}

    def contrast(a: float, b: float) -> float:
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)

    assert contrast(1.0, tones["LIGHT"]) >= 1.4
    assert contrast(tones["LIGHT"], tones["DARK"]) >= 1.5
    assert contrast(tones["DARK"], tones["LINE"]) >= 3


def test_a_title_with_dollars_is_text(done: Run) -> None:
    """Matplotlib does not take part of a title for mathematics."""
    scenario = done.scenario.model_copy(update={"title": r"$\frac{1}{$ <b>"})
    occupancy_figure(dataclasses.replace(done, scenario=scenario)).draw_without_rendering()


def test_no_cell_of_a_table_is_a_formula() -> None:
    """Text that a spreadsheet would run gets an apostrophe; numbers and other text stay."""
    assert [harmless(cell) for cell in ("=1+1", "+x", "-x", "@x", "\tx", "x=1", -1.5, None, float("nan"))] == [
        "'=1+1",
        "'+x",
        "'-x",
        "'@x",
        "'\tx",
        "x=1",
        -1.5,
        "",
        "",
    ]
    assert csv_text(("a", "b"), [("x, y", 1.5)]) == 'a,b\r\n"x, y",1.5\r\n'


def test_every_measure_a_table_names_exists() -> None:
    """A measure that is not defined is not published."""
    assert set(TERMINAL_MEASURES) <= set(MEASURES)
    assert {measure for measure, _ in COMPARED.values()} <= set(MEASURES)


def test_tables_for_notebooks(done: Run) -> None:
    """The summary, the percentiles and the shares by stream are data frames in the shared vocabulary."""
    assert list(done.summary().columns) == ["unit", "measure", "statistic", "value", "ci_low", "ci_high"]
    percentiles = done.occupancy.percentiles()
    assert percentiles.loc["system", "p95"] == done.value("midnight_census", statistic="p95")
    outcomes = done.outcomes()
    assert set(outcomes["outcome"]) == {"home", "discharged"}
    assert outcomes["value"].sum() <= 1
    assert done.first_places().groupby("stream")["value"].sum().item() == pytest.approx(1, abs=0.02)
    assert done.admissions().set_index("unit").loc["team", "value"] > 0


def test_every_sort_of_planned_beds_has_its_words() -> None:
    """None, no places, unlimited and changing numbers of planned beds each get a true sentence, and no traceback."""
    for places, words in ((0, "There are no planned beds."), ("unlimited", "There are unlimited planned beds.")):
        tree = small_tree()
        for ward in ("ward_a", "ward_b"):
            tree["units"][ward]["places"] = places
        assert words in verdict(run(Scenario.model_validate(tree), n_replications=2, workers=1))
    tree = small_tree()
    for ward in ("ward_a", "ward_b"):
        tree["units"][ward]["kind"] = "acute"
    none = run(Scenario.model_validate(tree), n_replications=2, workers=1)
    assert "There are no planned rehabilitation beds" in verdict(none)
    tree = small_tree()
    tree["units"]["ward_a"]["timetable"] = ({"date": date(2026, 5, 1), "places": 9},)
    assert "There are 10 to 13 planned beds." in verdict(
        run(Scenario.model_validate(tree), n_replications=2, workers=1)
    )


def test_a_run_without_referrals_has_words_too() -> None:
    """Nothing observed is said as none, not as a traceback."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"] = {"per_day": 0.0}
    empty = run(Scenario.model_validate(tree), n_replications=2, workers=1)
    assert "none of people wait" in verdict(empty)
    assert all(row["value"] is None or row["value"] >= 0 for row in payload(empty)["rows"])


def test_a_run_says_itself_in_one_line(done: Run) -> None:
    """In a notebook a run does not print its arrays."""
    assert repr(done) == f"Run(small, 12 replications, seed 1, hash {done.hash})"


def test_a_run_with_fewer_replications_does_not_replace_one_with_more(done: Run, tmp_path: Path) -> None:
    """Twelve finished replications stay; two go beside them; as many, or more, take the place."""
    fewer = run(done.scenario, n_replications=2, seed=1, workers=1)
    first = publish(done, tmp_path / "run", 1.0)
    assert publish(fewer, tmp_path / "run", 1.0).name == "run-2-replications"
    assert publish(done, tmp_path / "run", 1.0) == first == tmp_path / "run"
    assert json.loads((first / "manifest.json").read_text())["replications"] == 12


def test_the_long_table_says_what_the_csv_module_would(done: Run, tmp_path: Path) -> None:
    """Written line by line for speed, `replications.csv` is what the csv module writes; nothing is an empty cell."""
    means = done.totals.means.copy()
    means[::2, ::3] = np.nan
    done = dataclasses.replace(done, totals=dataclasses.replace(done.totals, means=means))
    rows = [
        (done.scenario.slug, number, *key, "mean", float(value))
        for number, means in zip(done.totals.replications.tolist(), done.totals.means, strict=True)
        for key, value in zip(done.totals.mean_keys, means, strict=True)
    ]
    header = ("scenario", "replication", "unit", "measure", "statistic", "value")
    folder = publish(done, tmp_path / "run", 1.0)
    assert (folder / "replications.csv").read_bytes().decode("utf-8-sig") == csv_text(header, rows)


def test_the_lines_of_the_picture_are_the_percentiles_of_each_week(done: Run) -> None:
    """The median line of a week is the median of its days in all replications, by the counts of that week."""
    line = next(line for line in occupancy_figure(done).axes[0].lines if line.get_label() == "median")
    weeks = done.totals.weekly["system", "midnight_census"]
    assert weeks.sum(axis=1).tolist() == [7 * 12] * (90 // 7)
    days = [np.repeat(np.arange(weeks.shape[1]), week) for week in weeks]
    assert np.asarray(line.get_ydata()).tolist() == [sorted(of_week.tolist())[7 * 12 // 2 - 1] for of_week in days]
