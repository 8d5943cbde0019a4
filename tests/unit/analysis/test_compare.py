"""Options compared: the numbers are those of runs, what is equal is said to be, what is no comparison is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import bedsim
from bedsim.analysis.compare import Comparison, compare
from bedsim.analysis.compare_figures import HEADLINE, Figure
from bedsim.analysis.compare_paired import t_quantile
from bedsim.analysis.compare_ready import check_comparable
from bedsim.errors import BedsimError, RunTooLargeError, StuckError
from tests.options import TREE, option, with_referrals
from tests.small import small_scenario

N = 12
OPTIONS = (option("now"), option("moved", where_b="the_moors"), option("fewer", beds_b=2, status="illustrative"))


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """Compare three options: as it is, a ward moved to the moors, and two beds fewer."""
    return compare(OPTIONS, N, seed=3, workers=1)


def test_the_numbers_are_those_of_the_runs(compared: Comparison) -> None:
    """Replication by replication, so that every difference is that of two runs with the same seed."""
    runs = {one.slug: bedsim.run(one, n_replications=N, seed=3, workers=1) for one in OPTIONS}
    for figure in HEADLINE:
        values = compared.by_replication(figure)
        for name, run in runs.items():
            if figure.percent:
                whole = run.value(figure.measure, statistic=figure.statistic, period="2026-27")
                assert np.ceil(values[name].mean() - 1e-9) == whole, (figure, name)
            else:
                expected = run.by_replication(figure.measure, period="2026-27")
                assert values[name].tolist() == expected.tolist(), (figure, name)
    one = next(row for row in compared.headline if (row.option, row.measure) == ("fewer", "wait_days"))
    differences = np.subtract(*(runs[name].by_replication("wait_days", period="2026-27") for name in ("fewer", "now")))
    half = t_quantile(np.array([N]), len(compared.headline))[0] * differences.std(ddof=1) / np.sqrt(N)
    assert one.difference == pytest.approx(differences.mean())
    assert one.low_together == pytest.approx(differences.mean() - half)
    assert (one.sign, one.n_family) == (1, len(compared.headline))


def test_the_numbers_do_not_depend_on_the_workers(compared: Comparison) -> None:
    """Nor on how the work is cut: bit for bit."""
    assert compare(OPTIONS, N, seed=3, workers=2).headline == compared.headline


def test_a_ward_elsewhere_changes_ways_and_nothing_else(compared: Comparison) -> None:
    """The same people find a bed as soon; that is said, and not tested."""
    moved = [one for one in compared.headline if one.option == "moved"]
    ways = ("travel_minutes", "away_from_home_fraction")
    assert all(one.is_same == (one.measure not in ways) for one in moved)
    assert all(one.sign == 0 for one in moved if one.is_same)
    assert compared.alike(Figure("overflow")) == (("now", "moved"), ("fewer",))
    homes = {one.unit: one.sign for one in compared.travel if (one.option, one.measure) == ("moved", "travel_minutes")}
    assert homes == {"locality:the_town": 1, "locality:the_moors": -1}
    sentence = compared.sentence()
    assert "moved is the same" not in sentence
    assert "the same in moved" in sentence
    assert "what differs is how far from home it is" in sentence
    assert "fewer is ILLUSTRATIVE" in sentence


def test_every_shared_number_is_in_the_table(compared: Comparison) -> None:
    """Of units, kinds, homes and routes; each measure is a family, and its size stands in its rows."""
    table = compared.differences()
    assert isinstance(table, pd.DataFrame)
    assert {"system", "ward_a", "community_hospital", "locality:the_moors", "route:step_down"} <= set(table.unit)
    assert set(table.period) == {"all", "2026-27", "winter"}
    means = table[table.statistic == "mean"]
    assert (means.groupby("family").size() == means.groupby("family").n_family.first()).all()
    assert (means.family == means.measure).all()
    assert (table.low_together <= table.low).all()
    beds = means[(means.measure == "open_beds") & (means.unit == "ward_b") & (means.option == "fewer")]
    assert (beds.difference == -2).all()
    assert (beds.low_together == -2).all()


def test_the_longest_warm_up_is_that_of_all() -> None:
    """A longer warm-up changes nobody; so the option with the shorter one is as it would be alone with the longer."""
    time = TREE["time"] | {"warm_up_days": 150}
    two = compare([option("short"), option("long", time=time)], 4, workers=1)
    assert {trial.blueprint.warm_up_days for trial in two.trials.values()} == {150}
    assert all(one.is_same for one in two.headline)
    assert two.other_people == ()


def test_illustrative_options_and_those_with_other_people_stand_apart(compared: Comparison) -> None:
    """The first are ranked if that is asked for, the second never."""
    table = compared.ranking("travel_minutes")
    assert table.name.tolist()[-1] == "fewer"
    assert table.not_ranked.tolist() == ["", "", "illustrative"]
    assert compared.ranking("overflow", rank_illustrative=True).place.tolist() == [1, 1, 3]
    more = compare([option("now"), option("fewer", beds_b=2), with_referrals("more", 0.7)], 4, workers=1)
    ranked, apart = more.rank(Figure("overflow"), rank_illustrative=True)
    assert [one.name for one in ranked] == ["now", "fewer"]
    assert apart == {"more": "other referrals or stays than now"}
    assert "more has other referrals or stays than now" in more.sentence()
    assert "more" in {one.option for one in more.headline}, "its differences are shown all the same"


def test_two_names_of_one_plan_are_equal_by_construction() -> None:
    """Nothing differs, nothing is tested, and both lead."""
    twins = compare([option("one"), option("other")], 4, workers=1)
    assert all(one.is_same and one.difference == 0 for one in twins.everything)
    assert twins.ranking("overflow").leads_fraction.tolist() == [0.5, 0.5]


def test_variants_of_one_file_are_told_apart_by_what_was_set() -> None:
    """Their names say it."""
    changed = option("now", beds_b=3).model_copy(update={"variations": ("units.ward_b.beds=3",)})
    assert list(check_comparable([option("now"), changed], 2)) == ["now", "now [units.ward_b.beds=3]"]


def test_what_is_laid_over_all_stands_in_the_sentence_and_not_in_every_name() -> None:
    """What is laid over one alone stands in its name."""
    both = [option(f"{name}-with-winter").model_copy(update={"variations": ("winter",)}) for name in ("now", "moved")]
    assert list(check_comparable(both, 2)) == ["now", "moved"]
    assert compare(both, 2, workers=1).sentence().startswith("Two options [winter] were given the same people, 2 times")
    assert list(check_comparable([option("now"), both[0]], 2)) == ["now", "now-with-winter"]
    assert list(check_comparable([option("a-with-b"), option("c-with-b")], 2)) == ["a-with-b", "c-with-b"]


@pytest.mark.parametrize(
    ("scenarios", "n", "said"),
    [
        ([option("now")], 20, "two scenarios or more, but has 1"),
        ([], 20, "two scenarios or more, but has 0"),
        ([option("now"), option("now", beds_b=2)], 20, "now is given twice"),
        ([option("now"), option("then", beds_b=2)], 1, "from 2 to 10,000"),
        ([option("now"), option("then", beds_b=2)], 10_001, "from 2 to 10,000"),
        (
            [option("now"), option("then", time=TREE["time"] | {"run_length_days": 364})],
            20,
            "now observes 365 days from 2026-04-01 and then 364 days from 2026-04-01",
        ),
        (
            [option("now"), option("then", time=TREE["time"] | {"start": date(2025, 4, 1)})],
            20,
            "then 365 days from 2025-04-01",
        ),
    ],
)
def test_what_is_no_comparison_is_refused(scenarios: list[bedsim.Scenario], n: int, said: str) -> None:
    """In a sentence, before anything is simulated."""
    with pytest.raises(BedsimError) as refused:
        compare(scenarios, n)
    assert said in str(refused.value)


def test_people_who_can_never_move_and_work_without_end_are_sentences() -> None:
    """Both name the option."""
    ring = small_scenario(ring=True)
    with pytest.raises(StuckError, match=r"small, replication \d+"):
        compare([ring, ring.model_copy(update={"slug": "other"})], 20, workers=1)
    vast = with_referrals("vast", 1000.0)
    for n, said in ((10_000, "10,000 replications of 2 scenarios"), (2, "vast: one replication")):
        scenarios = [vast, vast.model_copy(update={"slug": "other"})]
        if n == 2:
            time = vast.time.model_copy(update={"run_length_days": 3650})
            scenarios = [one.model_copy(update={"time": time}) for one in scenarios]
        with pytest.raises(RunTooLargeError, match=said):
            compare(scenarios, n)
