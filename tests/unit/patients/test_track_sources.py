"""What is left to chance of places obeys its formulas, and tests that must fail with another law."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from bedsim.patients.steps import Steps
from bedsim.patients.track_sources import LONGEST_DAYS, SpotSource, closure_source, inspection_source
from bedsim.scenario.schema import Scenario
from bedsim.scenario.tracks import RATINGS, Closures, Spot
from tests.scenarios_in_python import START, spec

CHAIN = {
    "outstanding": {"outstanding": 0.6, "good": 0.4},
    "good": {"outstanding": 0.05, "good": 0.75, "requires_improvement": 0.15, "inadequate": 0.05},
    "requires_improvement": {"good": 0.5, "requires_improvement": 0.4, "inadequate": 0.1},
    "inadequate": {"good": 0.2, "requires_improvement": 0.5, "inadequate": 0.3},
}
ANOTHER = CHAIN | {"requires_improvement": {"good": 0.35, "requires_improvement": 0.55, "inadequate": 0.1}}
TEN_YEARS = 3_653
N = 3_000


def scenario(**gate: Any) -> Scenario:
    """A scenario whose care homes are inspected."""
    return Scenario.model_validate({**spec(), "quality_gate": gate})


def inspected(transitions: dict[str, Any], interval: Any = 100.0, rating: str = "good") -> Scenario:
    """The same, with the rating of one home."""
    tree = spec()
    tree["units"]["ash"]["rating"] = rating
    tree["quality_gate"] = {"inspections": {"interval_days": interval, "transitions": transitions}}
    return Scenario.model_validate(tree)


def stationary(transitions: dict[str, dict[str, float]]) -> dict[str, float]:
    """The law that a chain of ratings tends to, by linear algebra."""
    names = list(transitions)
    matrix = np.array([[transitions[a].get(b, 0.0) for b in names] for a in names])
    n = len(names)
    law = np.linalg.lstsq(np.vstack((matrix.T - np.eye(n), np.ones(n))), np.append(np.zeros(n), 1.0), rcond=None)[0]
    return dict(zip(names, law.tolist(), strict=True))


def share_passing(transitions: dict[str, dict[str, float]]) -> float:
    """The share of homes that pass after some twenty inspections."""
    source = inspection_source(inspected(transitions, rating="inadequate"), "ash", 2_000)
    return float(np.mean([source.ratings(1, i)[1][-1] in source.passing for i in range(N)]))


def test_ratings_are_as_frequent_as_the_chain_s_stationary_law() -> None:
    """Good or better after many inspections: the eigenvector's share; half-width 0.018, half of the error of 0.04."""
    law = stationary(CHAIN)
    expected = law["good"] + law["outstanding"]
    half_width = 1.96 * math.sqrt(expected * (1 - expected) / N)
    assert half_width < 0.02
    assert abs(share_passing(CHAIN) - expected) < half_width * 1.3


def test_another_row_of_the_table_is_noticed() -> None:
    """The twin: homes that are put right more seldom are not taken for the same."""
    law = stationary(CHAIN)
    expected = law["good"] + law["outstanding"]
    other = stationary(ANOTHER)
    assert expected - other["good"] - other["outstanding"] > 0.04
    assert abs(share_passing(ANOTHER) - expected) > 1.96 * math.sqrt(expected * (1 - expected) / N) * 1.3


def test_inspections_are_a_renewal_process_met_on_a_given_day() -> None:
    """Their number up to day T is T over the mean interval on average; the first comes after a residual interval."""
    interval = {"gamma": {"mean": 200.0, "cv": 0.5}}
    source = inspection_source(inspected(CHAIN, interval), "ash", 600)
    days = [source.ratings(1, i)[0] for i in range(N)]
    counts = np.array([len(one) for one in days])
    assert abs(counts.mean() - 3.0) < 4 * counts.std() / math.sqrt(N) < 0.1
    first = np.array([one[0] for one in days if len(one)])
    assert abs((first < 50).mean() - first_within(50.0, 200.0, 0.5)) < 4 * math.sqrt(0.25 / N)


def first_within(days: float, mean: float, cv: float) -> float:
    """The share of residuals up to some days: the integral of the survival over the mean."""
    from scipy import stats

    grid = np.linspace(0.0, days, 2_001)
    return float(np.trapezoid(stats.gamma.sf(grid, 1 / cv**2, scale=mean * cv**2), grid) / mean)


def test_the_rating_stated_holds_until_the_first_inspection() -> None:
    """Before it, in the warm-up too, the home passes or not as written; then its own ratings count."""
    source = inspection_source(inspected(CHAIN, rating="inadequate"), "ash", 500)
    days, ratings = source.ratings(1, 3)
    drawn = source.drawn(1, 3)
    assert drawn.at(np.array([-400.0, 0.0, days[0] - 1e-6])).tolist() == [1.0] * 3
    assert drawn.at(days).tolist() == [float(rating not in ("good", "outstanding")) for rating in ratings]


def test_a_chain_that_only_improves_never_goes_back() -> None:
    """Shares of 0 and 1 are kept to the letter."""
    better = {"inadequate": {"requires_improvement": 1.0}, "requires_improvement": {"good": 1.0}, "good": {"good": 1.0}}
    source = inspection_source(inspected(better, rating="inadequate"), "ash", 1_000)
    for i in range(50):
        assert source.ratings(2, i)[1][:4] == ["requires_improvement", "good", "good", "good"]


def test_an_interval_of_nothing_ends() -> None:
    """Inspections are never less than a day apart, whatever the distribution says."""
    days, _ = inspection_source(inspected(CHAIN, {"constant": 0.0}), "ash", 50).ratings(1, 0)
    assert np.diff(days).min() == 1.0


def closures_of(per_year: float, **more: Any) -> tuple[list[Steps], np.ndarray, np.ndarray]:
    """Ten years of short closures in each of 200 replications, with the expected number and the winter of each day."""
    spec_of_closures = Closures.model_validate({"per_year": per_year, "duration_days": {"constant": 1e-4}, **more})
    source = closure_source(scenario(), "ward", spec_of_closures, 0, TEN_YEARS)
    skipped = math.ceil(LONGEST_DAYS)
    months = [(START + timedelta(days=day)).month for day in range(TEN_YEARS)]
    return [source.drawn(1, i) for i in range(200)], source.daily[skipped:], np.isin(months, (12, 1, 2))


def starts(drawn: list[Steps]) -> list[np.ndarray]:
    """The days on which closures begin, within the window."""
    return [one.days[1:][(one.values[1:] > 0) & (one.days[1:] >= 0) & (one.days[1:] < TEN_YEARS)] for one in drawn]


@pytest.mark.parametrize(("planted", "agrees"), [(1.0, True), (1.1, False)])
def test_closures_are_a_poisson_process_of_the_rate_stated(planted: float, agrees: bool) -> None:
    """Their number in 2,000 years of a unit: half-width 3%, as variable as a Poisson number; 10% more are noticed."""
    drawn, _, _ = closures_of(2.0 * planted, winter_factor=3.0)
    counts = np.array([len(days) for days in starts(drawn)])
    expected = 2.0 * TEN_YEARS / 365.25
    half_width = 1.96 * math.sqrt(expected / len(counts))
    assert half_width / expected < 0.05
    assert (abs(counts.mean() - expected) < 1.3 * half_width) == agrees
    assert abs(counts.var(ddof=1) / counts.mean() - 1) < 3 * math.sqrt(2 / len(counts))


@pytest.mark.parametrize(("planted", "agrees"), [(3.0, True), (2.0, False)])
def test_closures_begin_more_often_in_winter(planted: float, agrees: bool) -> None:
    """Share in December to February = f w / (1 + (f - 1) w): that of a factor of 2 is not taken for that of 3."""
    drawn, daily, is_winter = closures_of(2.0, winter_factor=planted)
    days = np.floor(np.concatenate(starts(drawn))).astype(int)
    w = is_winter.mean()
    expected = 3.0 * w / (1 + 2.0 * w)
    half_width = 1.96 * math.sqrt(expected * (1 - expected) / len(days))
    assert (abs(is_winter[days].mean() - expected) < 1.3 * half_width) == agrees
    if agrees:
        assert daily.sum() == pytest.approx(2.0 * TEN_YEARS / 365.25, rel=2e-3)


def test_more_closures_add_some_and_move_none() -> None:
    """Every closure at one a year is there at three a year, in the same winters."""
    (few, _, _), (many, _, _) = (closures_of(rate, winter_factor=2.0) for rate in (1.0, 3.0))
    for a, b in zip(starts(few), starts(many), strict=True):
        assert set(a.tolist()) <= set(b.tolist())


def test_closures_that_meet_are_one_and_none_lasts_above_a_year() -> None:
    """Time closed: 1 - exp(-rate x mean duration) of it, for any durations; half-width 1% of all time."""
    drawn, _, _ = closures_of(12.0, duration_days={"exponential": {"mean": 30.0}})
    closed = []
    for one in drawn:
        closed.append(one.at(np.arange(0.5, TEN_YEARS)).mean())
        assert (np.diff(one.days[1:]) > 0).all()
        assert set(one.values.tolist()) <= {0.0, 1.0}
    expected = 1 - math.exp(-12.0 / 365.25 * 30.0)
    half_width = 1.96 * np.std(closed) / math.sqrt(len(closed))
    assert abs(np.mean(closed) - expected) < 1.3 * half_width < 0.013
    long, _, _ = closures_of(0.1, duration_days={"constant": 30_000.0})
    assert min(np.diff(one.days[1:])[0] for one in long if len(one.days) > 1) == pytest.approx(LONGEST_DAYS)


@pytest.mark.parametrize(("planted", "agrees"), [(0.6, True), (0.65, False)])
def test_places_bought_are_there_with_their_chance(planted: float, agrees: bool) -> None:
    """Mean = places x chance and the number binomial, at each review anew; 0.05 is noticed."""
    source = SpotSource("ash", Spot(places=4, chance=planted, review_days=28.0), -365, 1_000)
    counts = np.concatenate([source.drawn(1, i).values for i in range(200)])
    half_width = 1.96 * math.sqrt(4 * 0.6 * 0.4 / len(counts))
    assert half_width < 0.5 * 4 * 0.05
    assert (abs(counts.mean() - 4 * 0.6) < 1.3 * half_width) == agrees
    if agrees:
        assert abs((counts == 4).mean() - 0.6**4) < 4 * math.sqrt(0.6**4 / len(counts))
        assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 4 / math.sqrt(len(counts))


def test_reviews_are_counted_from_the_start_date() -> None:
    """Places change only on days that are whole numbers of reviews from day 0, both ways."""
    drawn = SpotSource("ash", Spot(places=3, chance=0.5, review_days=10.0), -25, 40).drawn(1, 0)
    assert drawn.days.tolist() == [-math.inf, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0]


@pytest.mark.parametrize("what", ["closures", "spot", "inspections"])
def test_a_longer_run_both_ways_changes_nothing_in_between(what: str) -> None:
    """Each source is drawn from day 0: the same luck from the same day on, however long the warm-up or the run."""
    closures = Closures.model_validate(
        {"per_year": 6.0, "duration_days": {"lognormal": {"mean": 40.0, "cv": 1.0}}, "winter_factor": 2.0}
    )
    tree = inspected(CHAIN)

    def drawn(first: int, last: int, replication: int) -> Steps:
        if what == "closures":
            return closure_source(tree, "ward", closures, first, last).drawn(1, replication)
        if what == "spot":
            return SpotSource("ash", Spot(places=3, chance=0.5), first, last).drawn(1, replication)
        return inspection_source(tree, "ash", last).drawn(1, replication)

    instants = np.arange(-100.0, 300.0, 0.25)
    for i in range(20):
        short, long = drawn(-100, 300, i), drawn(-1_096, 900, i)
        assert np.array_equal(short.at(instants), long.at(instants))


def test_luck_belongs_to_the_unit_the_replication_and_the_seed() -> None:
    """Another unit, replication or seed has other luck; the same names the same."""
    spot = Spot(places=5, chance=0.5, review_days=1.0)
    drawn = {
        key: SpotSource(key[0], spot, -50, 50).drawn(*key[1:]).values.tolist()
        for key in (("ash", 1, 0), ("elm", 1, 0), ("ash", 1, 1), ("ash", 2, 0))
    }
    assert len({tuple(values) for values in drawn.values()}) == 4
    assert SpotSource("ash", spot, -50, 50).drawn(1, 0).values.tolist() == drawn["ash", 1, 0]


def test_ratings_are_those_of_the_regulator() -> None:
    """The best first; a home not yet rated is below all of them."""
    gate = inspected(CHAIN).quality_gate
    assert [gate.passes(rating) for rating in RATINGS] == [True, True, False, False, False]
