"""What is said and written of money: never without its year, its ranges and the word illustrative where it belongs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import bedsim
from bedsim.analysis.run import Run
from bedsim.report.describe import sections
from bedsim.report.money_tables import HEADER, money_lines, money_rows, money_table
from bedsim.report.money_words import (
    budget_sentences,
    money_sentence,
    needs_range,
    payer_sentences,
    prices_range,
    segment_sentences,
)
from bedsim.report.page_money import page_money
from bedsim.report.pounds import as_pounds, pounds_interval, pounds_span
from bedsim.report.publish import tables_of
from bedsim.report.tables import csv_text
from bedsim.report.verdict import verdict
from bedsim.scenario.schema import Scenario
from tests.priced import INDEX, charge
from tests.small import small_tree


def priced_tree() -> dict[str, Any]:
    """Return the small system for a year, with two segments, a budget, and prices of which one states a range."""
    tree = small_tree()
    tree["time"]["run_length_days"] = 365
    tree["segments"] = {"well": {"population": 900}, "frail": {"population": 100}}
    tree["streams"]["acute"]["segments"] = {"shares": {"well": 0.5, "frail": 0.5}}
    tree["prices"] = {
        "price_year": 2025,
        "index": INDEX | {"derived": "a test"},
        "units": {
            "community_hospital": {"open_day": charge(308, 2020, derived="a test")},
            "away": {"occupied_day": charge(345, 2022, "local_authority", range={"pounds": (300, 600)})},
        },
        "acute_day_lost": charge(395, 2022, "acute_trust", derived="a test"),
        "budgets": {"frail": {"pounds_a_year": 1.0, "year": 2025}},
    }
    return tree


@pytest.fixture(scope="module")
def run() -> Run:
    return bedsim.run(Scenario.model_validate(priced_tree()), n_replications=6, workers=1)


def test_the_sentence_has_the_total_its_ranges_its_year_and_its_grounds(run: Run) -> None:
    """Simulation error, referrals and needs, prices; a person; how much is assumed; in the verdict too."""
    said = money_sentence(run)
    assert run.money is not None
    total = run.money.total("2026-27")
    assert said.startswith(f"ILLUSTRATIVE, since prices are assumed. All this costs {as_pounds(total.mean())[:4]}")
    for words in (
        " in 2026-27, in pounds of 2025 (simulation error ",
        "; over the stated ranges of referrals and needs ",
        "; over those of prices ",
        " for each person referred.",
        "Prices that are assumed make ",
    ):
        assert words in said
    assert "index" not in said, "the index is derived"
    assert said in verdict(run)


def test_the_ranges_are_of_real_runs_and_of_the_ends_of_prices(run: Run) -> None:
    """The ends of referrals and needs are runs; those of prices are the same run at 300 and 600 pounds."""
    needs, ends = needs_range(run), prices_range(run)
    assert run.money is not None
    assert needs is not None
    assert ends is not None
    totals = [one.money.total("2026-27").mean() for one in (run, *run.range_ends.values()) if one.money is not None]
    assert needs == (min(totals), max(totals))
    away = run.money.by("name", "2026-27")["away"].mean()
    here = run.money.total("2026-27").mean()
    assert ends == pytest.approx((here + away * (300 / 345 - 1), here + away * (600 / 345 - 1)))


def test_the_table_adds_up_and_the_file_has_every_number(run: Run) -> None:
    """Kinds, payers and segments each make the total; the CSV has them with intervals, and is safe."""
    header, rows = money_rows(run)
    assert header == HEADER
    read = list(csv.DictReader(io.StringIO(csv_text(header, rows).removeprefix("\ufeff"))))
    year = [row for row in read if row["period"] == "2026-27"]
    (total,) = [float(row["value"]) for row in year if row["of"] == "total"]
    for of in ("group", "kind", "payer", "unit", "segment", "item"):
        assert sum(float(row["value"]) for row in year if row["of"] == of) == pytest.approx(total)
    assert {row["unit"] for row in year} == {"pounds of 2025", "probability"}
    (over,) = [row for row in year if row["of"] == "overspending"]
    assert (over["name"], float(over["price"]), float(over["value"])) == ("frail", 1.0, 1.0)
    assert tables_of(run)["money"] == (header, rows)
    words = [line.words for line in money_lines(run)]
    assert words[:2] == ["total", "for each person referred"]
    assert {"community hospital", "council", "acute trust", "frail", "ward a, places open"} <= set(words)
    assert money_table(run) is not None


def test_a_budget_and_the_segments_are_said(run: Run) -> None:
    """One pound is overspent for sure, as far as six replications tell; half of the people are a tenth of everybody."""
    (said,) = budget_sentences(run)
    assert said == (
        "With these prices, rates and needs the chance that frail costs more than its budget of £1 in 2026-27 is 100% "
        "(6 of 6 replications; 95% interval 54% to 100%)."
    )
    assert said in verdict(run)
    (shares,) = segment_sentences(run)
    assert "frail (10.0% of people): " in shares


def test_the_page_has_it_once_a_plan_marked(run: Run) -> None:
    """Every line with its heading; marked illustrative although the plan itself is a worked example."""
    (one,) = page_money(run, "small", "Worked example")
    assert one.mark == "Illustrative"
    assert one.caption == "Money of the financial year 2026-27, in pounds of 2025"
    words = [line.words for line in one.lines]
    assert words[0] == "Total"
    assert "By payer: council" in words
    assert all(line.value for line in one.lines)


def test_sourced_prices_are_not_called_illustrative(run: Run) -> None:
    """The twin: with a derivation for every price the mark goes, and so does the sentence on assumed ones."""
    tree = priced_tree()
    tree["prices"]["units"]["away"]["occupied_day"]["derived"] = "a test"
    scenario = Scenario.model_validate(tree)
    sourced = replace(run, scenario=scenario, blueprint=replace(run.blueprint, scenario=scenario))
    assert money_sentence(sourced).startswith("All this costs ")
    assert "assumed" not in money_sentence(sourced)


def test_without_prices_nothing_is_said_or_written(run: Run) -> None:
    """No sentence, no table, no file."""
    bare = bedsim.run(Scenario.model_validate(small_tree()), n_replications=2, workers=1)
    assert money_sentence(bare) == ""
    assert list(budget_sentences(bare)) == list(segment_sentences(bare)) == []
    assert money_table(bare) is None
    assert money_rows(bare)[1] == []
    assert page_money(bare, "small", "") == []
    assert "pounds" not in verdict(bare)


def test_prices_are_described_with_their_year_and_source(run: Run) -> None:
    """Each price stands with its unit, its range and its grounds."""
    lines = {line.name: line for line in sections(run.scenario)["prices"]}
    away = lines["units.away.occupied_day.pounds"]
    assert (away.value, away.unit, away.range) == ("345", "pounds", "300 to 600")
    assert lines["units.away.occupied_day.year"].value == "2022"
    assert lines["index.levels"].value.startswith("80, 90")


def test_amounts_are_rounded_to_one_digit_more_than_the_interval() -> None:
    """Millions from a million on; exact amounts whole, negative ones with their sign before the pound."""
    assert as_pounds(36_500.0, 36_500.0, 36_500.0) == "£36,500"
    assert as_pounds(float("nan")) == "none"
    assert as_pounds(-1_310_000, -1_960_000, -670_000) == "-£1.31 million"
    assert as_pounds(-0.2) == "£0"
    assert pounds_interval(-73_000, -235_111, 89_222) == "-235,000 to 89,000"
    assert pounds_span(0.0, 2.0e6) == "0.00 to 2.00 million"
    assert np.isfinite(float(pounds_span(1.0, 2.0).split(" to ")[0]))


def test_of_one_payer_a_sentence_is_enough(run: Run) -> None:
    """Several have a part of the table each, and no sentence; one has the sentence, and no table of one line."""
    assert "by payer" in [line.words for line in money_lines(run)]
    assert list(payer_sentences(run)) == []
    assert run.money is not None
    items = tuple(replace(item, payer="icb") for item in run.money.items)
    alone = replace(run)
    object.__setattr__(alone, "money", replace(run.money, items=items))
    assert "by payer" not in [line.words for line in money_lines(alone)]
    assert list(payer_sentences(alone)) == ["The integrated care board pays for all of it."]
