"""Replications over processes: the same bits however the work is shared out, and nothing finished is lost."""

from __future__ import annotations

import dataclasses
import os

import numpy as np
import pytest

from bedsim.analysis.conduct import conduct, plan_run
from bedsim.analysis.replicate import replicate, replicate_once
from bedsim.analysis.run import mean_and_interval
from tests.small import small_scenario


def same(a: object, b: object) -> bool:
    """Say whether two replications' numbers are the same bit for bit."""
    for field in dataclasses.fields(a):
        x, y = getattr(a, field.name), getattr(b, field.name)
        if isinstance(x, dict):
            if list(x) != list(y) or not all(np.array_equal(x[k], y[k], equal_nan=True) for k in x if np.ndim(x[k])):
                return False
            if not all(np.float64(x[k]).tobytes() == np.float64(y[k]).tobytes() for k in x if not np.ndim(x[k])):
                return False
        elif not np.array_equal(x, y):
            return False
    return True


def test_one_worker_and_two_give_the_same_bits() -> None:
    """Serial = parallel, over two real worker processes, neither of which is this one."""
    plan = plan_run(small_scenario(), 6)
    alone = replicate(plan.blueprint, 6, seed=3, workers=1, per_task=4)
    shared = replicate(plan.blueprint, 6, seed=3, workers=2)
    assert alone.worker_ids == {os.getpid()}
    assert len(shared.worker_ids) == 2
    assert os.getpid() not in shared.worker_ids
    assert [one.replication for one in shared.finished] == list(range(6))
    assert all(same(a, b) for a, b in zip(alone.finished, shared.finished, strict=True))


def test_replication_k_needs_no_other() -> None:
    """A replication alone is the same as in company."""
    plan = plan_run(small_scenario(), 4)
    batch = replicate(plan.blueprint, 4, seed=3, workers=1)
    assert same(replicate_once(plan.blueprint, 3, 3), batch.finished[3])


def test_replications_and_seeds_differ() -> None:
    """Two replications, and two seeds, are not the same luck (a comparison that could not fail would be no test)."""
    plan = plan_run(small_scenario(), 2)
    first, second = (replicate_once(plan.blueprint, 3, k) for k in (0, 1))
    assert not same(first, second)
    assert not same(first, replicate_once(plan.blueprint, 4, 0))


def test_people_stuck_for_ever_stop_the_run_but_keep_what_was_finished() -> None:
    """A ring at the end of replication k is an error; the k before it stay, also those of the same task."""
    plan = plan_run(small_scenario(ring=True), 60)
    run, batch = conduct(plan, seed=1, workers=1)
    assert batch.error is not None
    assert "ward_a, ward_b" in str(batch.error)
    k = len(batch.finished)
    assert k > 0, "the first replication must finish, or nothing is shown to be kept"
    assert f"replication {k}:" in str(batch.error)
    assert run is not None
    assert run.interrupted


def test_an_interruption_keeps_what_was_finished() -> None:
    """Ctrl-C after three replications leaves three replications."""
    plan = plan_run(small_scenario(), 5)
    done: list[int] = []

    def stop_at_three(n: int) -> None:
        done.append(n)
        if len(done) == 3:
            raise KeyboardInterrupt

    batch = replicate(plan.blueprint, 5, seed=1, workers=1, progress=stop_at_three)
    assert batch.interrupted
    assert [one.replication for one in batch.finished] == [0, 1, 2]


def test_the_interval_is_students() -> None:
    """Mean and 95% t interval of 1, 2, 3: 2 +- 4.302653 / sqrt(3); one value has none; NaN is left out."""
    mean, low, high = mean_and_interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert mean == 2.0
    assert high - mean == pytest.approx(4.302652729911275 / np.sqrt(3), rel=1e-9)
    assert mean - low == pytest.approx(high - mean)
    assert mean_and_interval(np.array([5.0])) == (5.0, None, None)
