"""The control variate: exact on a line, honest in its interval, and narrower."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bedsim.analysis.control import by_regression, controlled
from bedsim.analysis.plan import plan_run
from bedsim.analysis.theory import exact_means
from bedsim.scenario.schema import Scenario
from tests.unit.analysis.test_theory import conducted, simulated, stage, tree

SEEDS, REPLICATIONS = 400, 20
FEWEST_HITS = 368
"""A true 95% interval holds in fewer of 400 once in 700 times (binomial)."""


def small() -> dict[str, object]:
    """Return two months of a small ward of which the mean demand is known with the delay to leave, too."""
    then = {"home": {"share": 1.0, "transfer_days": {"exponential": {"mean": 3}}}}
    return tree({"rehab": stage({"exponential": {"mean": 8}}, then=then)}, {"per_day": 1.0}, warm_up_days=150)


def test_a_measure_that_is_a_line_in_the_control_is_known_exactly() -> None:
    """2 x + 1 at x = 3, whatever the replications say of x; the interval is a point."""
    controls = np.array([2.0, 2.5, 3.5, 4.5, 3.0])
    found = by_regression(2 * controls + 1, controls, 3.0)
    assert found is not None
    assert (found.mean, found.ci_low, found.ci_high) == pytest.approx((7, 7, 7))
    assert found.correlation == pytest.approx(1)
    assert found.width_ratio == pytest.approx(0, abs=1e-6)


def test_the_interval_is_that_of_a_regression_at_a_known_value() -> None:
    """By SciPy's regression: the fitted value at the exact mean, with n - 2 degrees of freedom."""
    rng = np.random.default_rng(1)
    controls = rng.normal(10, 2, 30)
    values = 3 + 0.7 * controls + rng.normal(0, 1, 30)
    found, fit = by_regression(values, controls, 10.0), stats.linregress(controls, values)
    assert found is not None
    s = np.sqrt(((values - fit.intercept - fit.slope * controls) ** 2).sum() / 28)
    away = 10 - controls.mean()
    half_width = stats.t.ppf(0.975, 28) * s * np.sqrt(1 / 30 + away**2 / ((controls - controls.mean()) ** 2).sum())
    assert found.mean == pytest.approx(fit.intercept + fit.slope * 10)
    assert found.ci_high - found.mean == pytest.approx(half_width)
    assert found.correlation == pytest.approx(fit.rvalue)


def test_there_is_no_control_without_an_exact_mean_or_anything_that_varies() -> None:
    """Too few replications, people present at the start, or the same number every time."""
    assert controlled(simulated(small(), 3), "demand_beds") is None
    present = {"stream": "acute", "unit": "ward", "stage": "rehab", "patients": 2}
    assert controlled(simulated({**small(), "present_at_start": (present,)}, 5), "demand_beds") is None
    assert by_regression(np.ones(5), np.arange(5.0), 2.0) is None
    assert by_regression(np.arange(5.0), np.ones(5), 1.0) is None


def test_the_control_narrows_the_mean_demand() -> None:
    """By the correlation, about sqrt(1 - r^2)."""
    run = simulated(small(), 200)
    found = controlled(run, "demand_beds")
    assert found is not None
    assert found.plain[0] == pytest.approx(run.value("demand_beds"))
    assert found.width_ratio == pytest.approx(np.sqrt(1 - found.correlation**2), rel=0.02)
    assert found.width_ratio < 0.7
    census = controlled(run, "midnight_census")
    assert census is not None
    assert census.width_ratio < 1


@pytest.mark.long
def test_the_controlled_interval_holds_the_truth_as_often_as_it_says() -> None:
    """In at least 368 of 400 fixed seeds, and on average it is narrower than the plain one, which holds it too."""
    hits = plain_hits = 0
    widths = []
    truth = exact_means(simulated(small(), 1), "demand_beds")["all"]
    plan = plan_run(Scenario.model_validate(small()), REPLICATIONS)
    for seed in range(SEEDS):
        found = controlled(conducted(plan, seed), "demand_beds")
        assert found is not None
        _, low, high = found.plain
        assert low is not None
        assert high is not None
        hits += found.ci_low <= truth <= found.ci_high
        plain_hits += low <= truth <= high
        widths.append((found.ci_high - found.ci_low, high - low))
    with_control, without = np.mean(widths, axis=0)
    assert hits >= FEWEST_HITS
    assert plain_hits >= FEWEST_HITS
    assert with_control < without


@pytest.mark.long
def test_a_wrong_exact_mean_of_the_control_loses_the_truth() -> None:
    """The planted error: a control believed to be 3% higher than it is, with replications enough to see it."""
    run = simulated(small(), 2_000)
    values, controls = (run.by_replication(name) for name in ("demand_beds", "demand_beds_no_delay"))
    truth, exact = (exact_means(run, name)["all"] for name in ("demand_beds", "demand_beds_no_delay"))
    right, wrong = by_regression(values, controls, exact), by_regression(values, controls, 1.03 * exact)
    assert right is not None
    assert wrong is not None
    assert right.ci_low <= truth <= right.ci_high
    assert not wrong.ci_low <= truth <= wrong.ci_high
