"""Numbers and words of a verdict."""

from __future__ import annotations

import dataclasses
import math
from datetime import date

import numpy as np
import pytest

from bedsim.analysis.conduct import run
from bedsim.analysis.run import Run
from bedsim.report.figures import Figures, listed
from bedsim.report.numbers import shown, shown_interval
from bedsim.report.verdict import NEAR_LIMIT, verdict
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


def test_numbers_are_rounded_to_what_their_interval_bears() -> None:
    """Up to the first digit of the half-width, tens too; fractions in percent with one decimal; no negative zero."""
    assert shown("midnight_census", 117.234, 117.0, 117.5) == "117.2"
    assert shown("midnight_census", 117.234, 110.0, 124.0) == "117"
    assert shown("midnight_census", 117.234, 100.0, 134.0) == "120"
    assert shown("midnight_census", 4.0, 0.0, 40.0) == "4", "a digit of the value is always left"
    assert shown("demand_beds", 142.0, 141.0, 144.0) == "142", "a percentile with its interval is a whole number"
    assert shown("open_beds", 30.9013, 30.9013 - 1e-13, 30.9013 + 1e-13) == "30.9", "no error but that of a sum"
    assert shown("p_wait", 0.25678, 0.2518, 0.2618) == "25.7%"
    assert shown("p_wait", 0.99561, 0.9953, 0.9959) == "99.6%"
    assert shown("p_wait", 0.000312, 0.0002, 0.0004) == "0.03%"
    assert shown("p_wait", 0.25678, 0.2, 0.3) == "26%"
    assert shown("wait_days", -0.0001, -0.01, 0.01) == "0.00"
    assert shown("p_wait", float("nan")) == "none"
    assert shown_interval("p_wait", 0.25, None, None) == "-"
    assert shown_interval("p_wait", 0.99, 0.97, 1.01) == "97% to 100%", "within what a share can be"
    assert shown_interval("occupancy_fraction", 1.2, 1.1, 1.3) == "110% to 130%", "a unit that has shrunk"
    assert shown_interval("wait_days", 1.25, 1.2, 1.3) == "1.20 to 1.30"


def test_a_list_reads_as_a_sentence_does() -> None:
    """Commas, and one and."""
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_the_verdict_gives_both_ranges_and_what_the_answer_rests_on(done: Run) -> None:
    """The answer first, then what the ranges mean, then the inputs; the figures are those of the rows."""
    demanded, overflow, waits, _, *_, meaning, grounds = verdict(done).split("\n\n")
    enough, wait = done.row("demand_beds", statistic="p95"), done.row("wait_days")
    beds = shown("demand_beds", enough.value, enough.ci_low, enough.ci_high)
    assert demanded.startswith("WORKED EXAMPLE. A small system. There are 10 planned beds.")
    assert f" {beds} beds (" in demanded
    low, high = (done.range_ends[end].row("demand_beds", statistic="p95") for end in ("low", "high"))
    ends = [shown("demand_beds", end.value, end.ci_low, end.ci_high) for end in (low, high)]
    assert f"over the stated ranges {ends[0]} to {ends[1]}) would then be enough on 95% of days" in demanded
    assert "somebody is waiting for a bed or out of area at midnight" in overflow
    assert f"is {shown('wait_days', wait.value, wait.ci_low, wait.ci_high)} days" in waits
    assert "escalation" not in overflow, "the small system has no escalation beds"
    assert "12 replications" in meaning
    assert "5 replications each" in meaning
    assert "1 assumed" in grounds


def test_the_figures_are_of_the_named_financial_year(area: Run) -> None:
    """The year is named, its figures differ from those of all days, and the winter is set against all days."""
    assert area.headline == "2026-27"
    words = verdict(area)
    row = area.row("p_wait", period="2026-27")
    assert f"\n\n{shown('p_wait', row.value, row.ci_low, row.ci_high)} of people wait (" in words
    assert row.value != area.value("p_wait")
    assert "the demand in 2026-27 would be above them" in words
    assert "Figures are of the financial year 2026-27 unless another time is named" in words
    winter, always = (area.row("overflow", period=period) for period in ("winter", "all"))
    for one, before in ((winter, "In the winters they are "), (always, "on all days simulated ")):
        assert f"{before}{shown('overflow', one.value, one.ci_low, one.ci_high)}" in words


def test_a_window_without_a_whole_year_is_not_called_one(done: Run) -> None:
    """The figures of ninety days are those of all of them."""
    assert done.headline == "all"
    assert "financial year" not in verdict(done)
    assert "the demand would be above them" in verdict(done)


def test_routes_homes_causes_of_delay_and_full_services_are_named(area: Run) -> None:
    """Who waits longest, whose way is longest, why people stay who are ready, and what hangs on an assumed number."""
    words = verdict(area)
    assert "from acute hospital (step-down), " in words
    assert " from home (step-up)." in words
    assert "People from The Moors wait longest" in words
    assert "those from The Town least" in words
    assert "People from The Moors are farthest from home" in words
    assert "because the next place is full (team stage " in words
    assert "while leaving is arranged" in words
    assert area.value("occupancy_fraction", "team", period=area.headline) >= NEAR_LIMIT
    assert "Nearly full: team (" in words
    assert "; the number of places is an assumption. What a place more or less" in words
    assert "home_ash (2)" in words
    assert "Referrals of community, 0.15 a day: half of 0.3." in words
    assert "Not more is known" not in words


def test_a_home_is_named_only_if_the_replications_tell_it_from_the_others(area: Run) -> None:
    """Replication by replication: a group does not differ from itself, nor from a copy with noise as large as it."""
    figures = Figures(area)
    assert figures.differ("wait_days", "locality:the_town", "locality:the_moors", 1)
    assert not figures.differ("wait_days", "locality:the_town", "locality:the_town", 1)
    rng = np.random.default_rng(1)
    values = {"one": rng.normal(size=2_000), "other": rng.normal(size=2_000)}
    noisy = dataclasses.replace(figures, run=_Values(values))  # type: ignore[arg-type]
    assert not noisy.differ("wait_days", "one", "other", 6)
    values["other"] += 0.2
    assert noisy.differ("wait_days", "one", "other", 6)


@dataclasses.dataclass
class _Values:
    """In place of a run: values of groups by replication."""

    values: dict[str, np.ndarray]
    headline: str = "all"

    def by_replication(self, measure: str, unit: str, period: str) -> np.ndarray:
        return self.values[unit]


def test_the_verdict_never_calls_simulation_error_anything_else(done: Run) -> None:
    """No forecast, no prediction interval, and an unfinished run says so."""
    words = verdict(dataclasses.replace(done, interrupted=True))
    assert words.startswith("UNFINISHED (12 replications).")
    assert "prediction" not in words
    assert "confidence" not in words


def test_a_scenario_without_ranges_says_that_none_were_run(done: Run) -> None:
    """The second range is never silently missing."""
    assert "No ranges of demand or stay were run." in verdict(dataclasses.replace(done, range_ends={}))


@pytest.mark.parametrize(
    ("status", "first", "later"),
    [
        ("illustrative", "ILLUSTRATIVE. A small system.", "Illustrative: the beds by site, or what else"),
        ("verified", "A small system.", "The numbers of beds by site are public; nothing else is verified."),
    ],
)
def test_the_status_is_marked_and_explained(done: Run, status: str, first: str, later: str) -> None:
    """Before the title, and among the grounds."""
    words = verdict(
        dataclasses.replace(done, scenario=done.scenario.model_copy(update={"status": status}))  # type: ignore[arg-type]
    )
    assert words.startswith(first)
    assert later in words


def test_a_planner_reads_it_in_a_minute_or_two(area: Run) -> None:
    """With everything there is to say, it stays under 500 words in eight paragraphs."""
    words = verdict(area)
    assert len(words.split()) < 500
    assert len(words.split("\n\n")) <= 8


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
    """Nothing observed is said as nobody, not as a traceback."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"] = {"per_day": 0.0}
    empty = run(Scenario.model_validate(tree), n_replications=2, workers=1)
    assert math.isnan(empty.value("p_wait"))
    assert "Nobody asks for a planned bed." in verdict(empty)
