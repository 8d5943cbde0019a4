"""A check repeats what was, finds what changed, and shares its risk."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bedsim.analysis import baseline
from bedsim.analysis.baseline import GUARDED, MAIN, Entry, counts_of, estimates_of, new_entry
from bedsim.analysis.check import RISK, Checked, check, differences, risks
from bedsim.analysis.conduct import run
from bedsim.analysis.equivalence import Answer
from bedsim.analysis.looks import looked_at, looks_of, plan_of
from bedsim.analysis.workers import Threads
from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from tests.bits import same_bits
from tests.small import small_scenario, small_tree

N = 40


def show(n: int) -> AbstractContextManager[Any]:
    return nullcontext()


@pytest.fixture(scope="module")
def entry() -> Entry:
    return new_entry(small_scenario(), None, N, 1, "2026-11-22", "a test", Threads(1), show)


def checked(entry: Entry, scenario: Scenario | None = None, seed: int = 1, n: int = N, patience: int = 0) -> Checked:
    looks = looks_of(n, patience)
    return check(scenario or small_scenario(), entry, seed, looks, risks(1, len(looks)), Threads(1), show)


def test_an_entry_holds_what_a_run_says(entry: Entry) -> None:
    """Means are the run's, percentiles lie within one of its whole-number ones, errors are those of its intervals."""
    done = run(small_scenario(), N, 1, 1)
    for guarded in GUARDED:
        period = done.headline if guarded.period == "headline" else guarded.period
        row, value = done.row(guarded.measure, "system", guarded.statistic, period), entry.numbers[guarded.name]
        assert value is not None
        assert row.value - 1 <= value <= row.value if guarded.statistic != "mean" else value == pytest.approx(row.value)
    assert entry.estimate(MAIN).standard_error > 0
    assert (entry.n_replications, entry.n_first, entry.history) == (N, N, ())


def test_the_same_again_is_the_same_to_the_last_count(entry: Entry) -> None:
    """Nothing is judged."""
    found = checked(entry)
    assert found.answer is Answer.passed
    assert found.is_repeated


def test_a_refactored_program_or_another_library_passes_if_the_counts_are_the_same(entry: Entry) -> None:
    """What changed is said."""
    found = checked(replace(entry, made_with={**entry.made_with, "numpy": "0.1"}))
    assert found.is_repeated
    assert [one.split()[:2] for one in found.changed_versions] == [["numpy", "0.1"]]


@pytest.mark.parametrize("what", ["counts", "numbers"])
def test_numbers_that_change_though_nothing_did_fail(entry: Entry, what: str) -> None:
    """A count, or a float beyond 1e-9, differs though scenario, seed, code, libraries and machine are the same."""
    value = entry.first_numbers["wait_days.mean.all"]
    assert value is not None
    other = (
        replace(entry, first_counts={**entry.first_counts, "overflow": "0"})
        if what == "counts"
        else replace(entry, first_numbers={**entry.first_numbers, "wait_days.mean.all": value * (1 + 1e-8)})
    )
    found = checked(other)
    assert found.answer is Answer.failed
    assert found.unrepeated == (("counts of overflow",) if what == "counts" else ("wait_days.mean.all",))
    in_the_last_bit = replace(entry, first_numbers={**entry.first_numbers, "wait_days.mean.all": value * (1 + 1e-12)})
    assert checked(in_the_last_bit).is_repeated
    elsewhere = checked(replace(other, made_with={**entry.made_with, "machine": "another"}))
    assert not elsewhere.unrepeated, "on another machine the numbers are judged"
    assert len(elsewhere.changes) == len(GUARDED)


def test_an_input_that_moves_the_beds_is_named_and_fails(entry: Entry) -> None:
    """Twice the referrals are far beyond 2 beds."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"] = {"per_day": 1.2, "assumption": "a test"}
    found = checked(entry, Scenario.model_validate(tree))
    assert found.answer is Answer.failed
    assert found.changed_inputs == ("streams.acute.referrals.per_day 0.6 -> 1.2",)
    assert found.changed_versions == ()


def test_a_changed_scenario_without_a_changed_number_is_said_too(entry: Entry) -> None:
    """The hash knows; another first day has no number."""
    tree = small_tree()
    tree["time"]["cool_down_days"], tree["time"]["run_length_days"] = 30, 91
    found = checked(
        replace(entry, inputs=baseline.inputs_of(plan_of(Scenario.model_validate(tree), 1))),
        Scenario.model_validate(tree),
    )
    assert found.changed_inputs[0].startswith("the scenario, but no number")


def test_what_is_run_for_a_look_is_not_run_for_the_next() -> None:
    """The looks give the bits of runs of as many replications, and do each replication once."""
    done: list[int] = []

    class Counting(Threads):
        def finished(self, task: Any, parts: Any) -> Any:
            return super().finished(lambda part: done.extend(part) or task(part), parts)

    plan = plan_of(small_scenario(), 25)
    for n, found in zip((10, 20, 25), looked_at(plan, 3, (10, 20, 25), Counting(1), show), strict=True):
        assert same_bits(found.totals, run(small_scenario(), n, 3, 1).totals)
    assert done == list(range(25))


def test_patience_stops_at_the_first_look_that_settles(entry: Entry) -> None:
    """A scenario that is judged at once is run no further; one that is not goes to the last look."""
    long = replace(entry, made_with={})
    tree = small_tree()
    tree["streams"]["acute"]["referrals"] = {"per_day": 1.2, "assumption": "a test"}
    assert checked(long, Scenario.model_validate(tree), patience=60).n_replications == N
    hidden = replace(long, standard_errors=dict.fromkeys(entry.numbers, 10.0), seed=2)
    found = checked(hidden, patience=60)
    assert (found.answer, found.n_replications, found.looks) == (Answer.inconclusive, 100, (40, 80, 100))
    assert found.n_more is None


def test_the_parts_of_the_risk_add_up_to_it() -> None:
    """Of all scenarios, numbers and looks; half goes to the beds enough on 95% of days."""
    parts = risks(7, 3)
    assert set(parts) == {one.name for one in GUARDED}
    assert sum(parts.values()) * 7 * 3 == pytest.approx(RISK)
    assert parts[MAIN.name] * 7 * 3 == pytest.approx(RISK / 2)


def test_counts_do_not_depend_on_how_wide_they_are() -> None:
    """Zeros at the end say nothing; a 0 inside a number does."""
    assert baseline._checksum(np.array([1, 10, 0])) == baseline._checksum(np.array([1, 10]))
    assert baseline._checksum(np.array([1, 10])) != baseline._checksum(np.array([1, 1]))


def test_another_seed_gives_other_counts() -> None:
    """Each of the five checksums notices it: none is of nothing."""
    one, other = (counts_of(run(small_scenario(), 10, seed, 1)) for seed in (1, 2))
    assert all(one[name] != other[name] for name in one)
    assert set(estimates_of(run(small_scenario(), 10, 1, 1))) == {guarded.name for guarded in GUARDED}


def test_a_number_that_a_scenario_does_not_have_is_none() -> None:
    """Unlimited wards have no open beds, and the check of them passes."""
    tree = small_tree()
    tree["units"]["ward_a"]["places"] = tree["units"]["ward_b"]["places"] = "unlimited"
    entry = new_entry(Scenario.model_validate(tree), None, 10, 1, "", "a test", Threads(1), show)
    assert entry.numbers["open_beds.mean.all"] is None
    assert checked(entry, Scenario.model_validate(tree), n=10).is_repeated
    other_seed = checked(replace(entry, seed=2), Scenario.model_validate(tree), n=10)
    assert {one.name: one.answer for one in other_seed.changes}["open_beds.mean.all"] is Answer.passed


def test_too_few_replications_are_refused(entry: Entry) -> None:
    """The error of a percentile is not known from nine; nobody can be stuck unsaid."""
    with pytest.raises(BedsimError, match="at least 10"):
        checked(entry, n=9)
    with pytest.raises(BedsimError, match="at least 10"):
        new_entry(small_scenario(), None, 9, 1, "", "a test", Threads(1), show)
    with pytest.raises(BedsimError, match="ward_a, ward_b"):
        checked(entry, small_scenario(ring=True), n=60)


def test_history_keeps_the_last_five(entry: Entry) -> None:
    """The latest first."""
    for i in range(7):
        entry = new_entry(small_scenario(), entry, 10, 1, f"day {i}", f"reason {i}", Threads(1), show)
    assert entry.reason == "reason 6"
    assert [one.reason for one in entry.history] == [f"reason {i}" for i in (5, 4, 3, 2, 1)]
    assert entry.history[0].numbers == entry.numbers


def test_differences_are_in_words() -> None:
    """What came, went and changed."""
    assert differences({}, {}) == ()
    assert differences({"a": 1.0, "b": "x"}, {"a": 1.0, "b": "y"}) == ("b x -> y",)
