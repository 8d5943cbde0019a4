"""Stated spend: context beside the money, never in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import bedsim
from bedsim.analysis.compare_differences import Difference
from bedsim.analysis.money import Item, Money
from bedsim.analysis.sensitivity_inputs import ranges_of
from bedsim.analysis.spend import (
    EVERYBODY,
    is_spend_assumed,
    public_shares_beside,
    simulated_parts,
    spent_of,
    stated_spend,
)
from bedsim.measures.calendar import ALL, Calendar
from bedsim.report.money_compare import money_sentences
from bedsim.report.money_tables import money_rows
from bedsim.report.spend_words import _more_or_less, percent, spend_difference_sentences, spend_sentences
from bedsim.scenario.schema import Scenario
from tests.priced import charge, prices
from tests.small import small_tree
from tests.unit.scenario.good import problems_of, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path

WELL, FRAIL = 80_000.0, 20_000.0
"""Stated in pounds of 2020, at 80 of 100: 100,000 and 25,000 pounds of 2025."""
PUBLIC = "public_shares: {{frail: {{people: {}, segments: {}, money: [0.3, 0.4], assumption: a test}}}}\n"


def tree_with_spend(well: float | None = WELL, frail: float | None = FRAIL) -> dict[str, Any]:
    """Return the small system for a year, priced, with two segments, their spend, and something published of one."""
    tree = small_tree()
    tree["time"]["run_length_days"] = 365
    tree["segments"] = {
        name: {"population": people, "name": full, "derived": "a test"}
        | ({} if pounds is None else {"spend": {"pounds_a_year": pounds, "year": 2020, "derived": "a test"}})
        for name, full, people, pounds in (("well", "", 970, well), ("frail", "The frail, <b>all", 30, frail))
    }
    tree["streams"]["acute"]["segments"] = {"shares": {"well": 0.5, "frail": 0.5}}
    tree["sources"] = {"someone": "A report."}
    tree["public_shares"] = {
        "frail": {"segments": ("frail",), "people": (0.02, 0.04), "money": (0.35, 0.40), "source": "someone"}
    }
    tree["prices"] = prices(community_hospital={"open_day": charge(10, derived="a test")})
    tree["prices"]["index"] = tree["prices"]["index"] | {"derived": "a test"}
    return tree


def scenario_with(**spend: float | None) -> Scenario:
    """Return the same as a scenario."""
    return Scenario.model_validate(tree_with_spend(**spend))


def spent(*by_replication: tuple[float, float, float]) -> Money:
    """Return the money of a year: by replication that of the well, of the frail and of nobody."""
    pounds = np.array(by_replication)[:, np.newaxis, :, np.newaxis]
    item = Item("ward", "community_hospital", "open_day", "icb", 1.0, is_assumed=False)
    calendar = Calendar(date(2026, 4, 1), 365)
    return Money(2025, (item,), ("well", "frail"), calendar, pounds, np.ones((len(pounds), 1, 2)))


def test_spend_by_hand() -> None:
    """Of 100,000 and 25,000 pounds 1,000 and 500 are 1% and 2%; with 375 of nobody 1,875 of 125,000 are 1.5%."""
    scenario, money = scenario_with(), spent((1000.0, 500.0, 375.0), (2000.0, 0.0, 0.0))
    assert stated_spend(scenario) == {"well": 100_000.0, "frail": 25_000.0, EVERYBODY: 125_000.0}
    found = simulated_parts(spent_of(money, "2026-27"), scenario, "2026-27")
    assert {name: part.tolist() for name, part in found.items()} == {
        "well": [0.01, 0.02],
        "frail": [0.02, 0.0],
        EVERYBODY: [0.015, 0.016],
    }
    assert simulated_parts(spent_of(money, ALL), scenario, ALL) == {}


def test_a_spend_that_is_twice_as_high_is_noticed() -> None:
    """The planted error: the same money is half the part, of that segment alone."""
    money = spent((1000.0, 500.0, 375.0))
    right, wrong = (
        simulated_parts(spent_of(money, "2026-27"), one, "2026-27")
        for one in (scenario_with(), scenario_with(well=2 * WELL))
    )
    assert wrong["well"] == right["well"] / 2
    assert wrong["frail"] == right["frail"]
    assert wrong[EVERYBODY] != right[EVERYBODY]


def test_spend_of_some_segments_is_of_these_alone() -> None:
    """Nothing is said of everybody while one segment states none."""
    scenario, money = scenario_with(well=None), spent((1000.0, 500.0, 375.0))
    assert stated_spend(scenario) == {"frail": 25_000.0}
    assert set(simulated_parts(spent_of(money, "2026-27"), scenario, "2026-27")) == {"frail"}
    (one,) = public_shares_beside(money, scenario, "2026-27")
    assert one.stated is None


def test_public_shares_stand_beside_what_is_stated_and_what_is_found() -> None:
    """3% of people, a fifth of the stated spend, 500 of 1,875 pounds; of no money no share."""
    (one,) = public_shares_beside(spent((1000.0, 500.0, 375.0), (0.0, 0.0, 0.0)), scenario_with(), "2026-27")
    assert (one.people, one.stated) == (0.03, 0.2)
    assert one.simulated[0] == pytest.approx(500 / 1875)
    assert np.isnan(one.simulated[1])


def test_assumed_spend_is_said_to_be() -> None:
    """Spend without source or derivation, or an index that is assumed and moves it."""
    tree = tree_with_spend()
    assert not is_spend_assumed(Scenario.model_validate(tree))
    tree["segments"]["well"]["spend"]["derived"] = None
    assert is_spend_assumed(Scenario.model_validate(tree))
    tree = tree_with_spend()
    tree["prices"]["index"] = {**tree["prices"]["index"], "derived": None}
    assert is_spend_assumed(Scenario.model_validate(tree))
    for segment in tree["segments"].values():
        segment["spend"]["year"] = 2025
    assert not is_spend_assumed(Scenario.model_validate(tree))


def test_spend_is_context_and_moves_no_bit() -> None:
    """The same pounds with and without it; the words and the file have the parts, and say what they are of."""
    plain = tree_with_spend(well=None, frail=None)
    plain["public_shares"] = {}
    runs = [bedsim.run(Scenario.model_validate(tree), 2, 1, workers=1) for tree in (tree_with_spend(), plain)]
    moneys = [run.money for run in runs]
    assert moneys[0] is not None
    assert moneys[1] is not None
    assert np.array_equal(moneys[0].pounds, moneys[1].pounds)
    assert not list(spend_sentences(runs[1]))
    said = " ".join(spend_sentences(runs[0]))
    for words in (
        "Of the money stated as spent on all care of the people who live there, £125,000 a year in pounds of 2025, ",
        "; The frail, <b>all ",
        " The frail, <b>all: 3.0% of people, 20.0% of the spend as stated, and ",
        "Public (someone): 2% to 4% of people, 35% to 40% of the money.",
        "The two are different things, and need not agree.",
    ):
        assert words in said
    assert "ILLUSTRATIVE" not in said
    assert "ogether" not in said, "one segment"
    header, rows = money_rows(runs[0])
    parts = [dict(zip(header, row, strict=True)) for row in rows if row[2] == "fraction_of_stated_spend"]
    assert [(one["period"], one["name"], one["price"]) for one in parts] == [
        ("2026-27", "well", 100_000.0),
        ("2026-27", "frail", 25_000.0),
        ("2026-27", "everybody", 125_000.0),
    ]
    assert parts[2]["value"] == pytest.approx(moneys[0].total("2026-27").mean() / 125_000)


@pytest.mark.parametrize(
    ("place", "mark"),
    [
        (("segments", "well"), "ILLUSTRATIVE, since the numbers of people are assumed. Well, and The frail"),
        (("segments", "well", "spend"), "ILLUSTRATIVE, since the spend is assumed. Well, and The frail"),
        (
            ("prices", "units", "community_hospital", "open_day"),
            "ILLUSTRATIVE, since the prices are assumed. Well, and",
        ),
    ],
)
def test_a_public_figure_stands_beside_what_is_assumed_only_with_a_mark(place: tuple[str, ...], mark: str) -> None:
    """People, spend or prices: each alone marks the sentence; spend that was chosen is not called found, nor stated."""
    tree = tree_with_spend()
    tree["public_shares"]["frail"]["segments"] = ("well", "frail")
    one = reduce(lambda node, key: node[key], place, tree)
    one.pop("derived")
    one["assumption"] = "a test"
    run = bedsim.run(Scenario.model_validate(tree), 2, 1, workers=1)
    said = list(spend_sentences(run))[-1].replace("well, and", "Well, and")
    assert said.startswith(mark)
    assert "<b>all, together: " in said
    assert ("% of the spend as assumed (chosen, not found), and " in said) == ("spend" in place)
    assert ("% of the spend as stated, and " in said) == ("spend" not in place)
    assert ("% of people as assumed, " in said) == (place == ("segments", "well"))


def test_what_cannot_be_told_from_none_is_not_called_nothing() -> None:
    """With the interval of every part that has one; a part that is the same every time has none."""
    low = Difference("b", "a", "total", "money", "mean", "2026-27", 9, 8, 1.0, None, None, -1.0, 3.0, "money", 1, False)
    assert _more_or_less(low, 100.0) == "not told apart from none (-1.0% to 3.0%)"
    assert _more_or_less(replace(low, low_together=0.5), 100.0) == "1.0% more (0.5% to 3.0%)"
    less = replace(low, difference=-2.0, low_together=-3.0, high_together=-1.0)
    assert _more_or_less(less, 100.0) == "2.0% less (1.0% to 3.0%)"
    assert _more_or_less(replace(less, low_together=-2.0, high_together=-2.0), 100.0) == "2.0% less"
    assert _more_or_less(replace(low, is_same=True), 100.0) == "the same"


def test_a_comparison_says_what_part_of_the_spend_the_difference_is() -> None:
    """A bed more at 10 pounds a day is 3,650 pounds, 2.9% of 125,000; without spend it says nothing of it."""
    more = tree_with_spend()
    more["units"]["ward_a"]["places"] += 1
    plans = [
        Scenario.model_validate(tree | {"slug": name}) for name, tree in (("as_is", tree_with_spend()), ("more", more))
    ]
    found = bedsim.compare(plans, n_replications=3, seed=1, workers=1)
    (said,) = spend_difference_sentences(found)
    assert (
        "what more costs more or less in 2026-27 is this part (95% interval, all differences of money "
        "together): in all 2.9% more; well "
    ) in said
    assert said in " ".join(money_sentences(found))
    assert "states it" not in said
    other = replace(found, scenarios=dict(found.scenarios) | {"more": scenario_with(well=None)})
    assert ", as as_is states it, what more costs" in next(spend_difference_sentences(other))
    bare = replace(found, scenarios={name: scenario_with(well=None, frail=None) for name in found.scenarios})
    assert not list(spend_difference_sentences(bare))


def test_a_range_of_spend_is_not_simulated() -> None:
    """It changes no bed, so no sensitivity run is spent on it."""
    tree = tree_with_spend()
    tree["segments"]["well"]["spend"]["range"] = {"pounds_a_year": (WELL / 2, WELL * 2)}
    names = [one.name for one in ranges_of(Scenario.model_validate(tree)).inputs]
    assert not [name for name in names if "spend" in name]


def test_what_is_named_like_money_is_simulated_like_anything_else() -> None:
    """A unit may be called spend or prices: the range of its stay factor is of beds."""
    tree = tree_with_spend()
    unit = next(iter(tree["units"].values()))
    tree["units"] |= {
        name: unit | {"stay_factor": 1.1, "range": {"stay_factor": (1.0, 1.2)}} for name in ("spend", "prices")
    }
    names = [one.name for one in ranges_of(Scenario.model_validate(tree)).inputs]
    assert [name for name in names if "stay_factor" in name]


@pytest.mark.parametrize(
    ("part", "text"), [(0.375, "37.5%"), (0.0226, "2.3%"), (0.00126, "0.13%"), (-0.00126, "-0.13%"), (0.0, "0%")]
)
def test_small_parts_have_two_digits(part: float, text: str) -> None:
    """From one percent on one decimal."""
    assert percent(part) == text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("population: 9200", "population: 9200, spend: {pounds_a_year: -5, year: 2020}", "at least 0"),
        ("population: 9200", "population: 9200, spend: {pounds_a_year: 5}", "year"),
        ("population: 9200", "population: 9200, spend: {pounds_a_year: 5, year: 2020}", "beside prices"),
        (
            "segments:\n  well",
            f"{PUBLIC.format('[0.04, 0.02]', '[frail]')}segments:\n  well",
            "least and then the most",
        ),
        (
            "segments:\n  well",
            f"{PUBLIC.format('[0.04, 1.2]', '[frail]')}segments:\n  well",
            "public_shares.frail.people",
        ),
        ("segments:\n  well", f"{PUBLIC.format('[0.02, 0.04]', '[frail, frail]')}segments:\n  well", "once"),
        ("segments:\n  well", f"{PUBLIC.format('[0.02, 0.04]', '[frale]')}segments:\n  well", "frale"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    """A negative spend, one without year or prices; ends the wrong way round, above 1, a segment twice or unknown."""
    (problem,) = problems_of(written(tmp_path, spoiled(old, new)))
    assert words in f"{problem.field} {problem}"
    assert problem.line > 1
