"""Standards: how they are written, what is refused, and what replications say of them."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from bedsim.analysis.size import standards_of
from bedsim.analysis.standards import Look, Standard, standard
from bedsim.analysis.trials import Trial, Trials
from bedsim.analysis.workers import Threads
from bedsim.errors import BedsimError
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.scenario.schema import Scenario
from tests.sizes import sized_tree

SIZED = Scenario.model_validate(sized_tree())
BLUEPRINT = prepare(SIZED, 30)
YEARS = prepare(
    Scenario.model_validate(sized_tree() | {"time": SIZED.time.model_dump() | {"run_length_days": 400}}), 30
)
"""With a whole financial year, and a winter."""


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trials(seed=1, workers=Threads(1)).run({"own": BLUEPRINT}, 6)["own"]


def made_up(values: list[float], blueprint: Blueprint = BLUEPRINT) -> Any:
    """Return a trial whose replications have these means."""
    array = np.array(values)
    return SimpleNamespace(blueprint=blueprint, totals=array, by_replication=lambda *_: array)


@pytest.mark.parametrize(
    ("text", "measure", "statistic", "unit", "period", "limit"),
    [
        ("overflow_days_fraction <= 0.05", "overflow_days_fraction", "mean", "system", None, 0.05),
        ("overflow_days_fraction <= 5%", "overflow_days_fraction", "mean", "system", None, 0.05),
        ("overflow_days_fraction<=5 %", "overflow_days_fraction", "mean", "system", None, 0.05),
        ("  overflow   in all  ≤ 3  ", "overflow", "mean", "system", "all", 3.0),
        ("overflow.p95 in winter <= 20", "overflow", "p95", "system", "winter", 20.0),
        ("wait_days.P95 <= 1.5", "wait_days", "p95", "system", None, 1.5),
        ("p_wait of ward_a in 2026-27 <= 10%", "p_wait", "mean", "ward_a", "2026-27", 0.1),
        ("p_wait of route:step_down <= 10%", "p_wait", "mean", "route:step_down", None, 0.1),
        ("delayed_beds.p5 of community_hospital <= 2", "delayed_beds", "p5", "community_hospital", None, 2.0),
        ("occupancy_fraction of ward_a <= 105%", "occupancy_fraction", "mean", "ward_a", None, 1.05),
        ("p_delay_if_lost <= 0", "p_delay_if_lost", "mean", "system", None, 0.0),
    ],
)  # fmt: skip
def test_a_standard_is_read(
    text: str, measure: str, statistic: str, unit: str, period: str | None, limit: float
) -> None:
    """Percent is a spelling of hundredths; without a unit it is of the system, without a period of the last year."""
    found = standard(text, YEARS)
    assert found == Standard(" ".join(text.split()), measure, statistic, unit, period, found.limit)
    assert found.limit == pytest.approx(limit)
    assert found.period_of(YEARS) == (period or "2026-27")
    assert found.most == pytest.approx({"mean": limit, "p95": 0.05, "p5": 0.95}[statistic])
    assert found.needs_demand == (measure == "p_delay_if_lost")


def test_percent_is_the_same_number() -> None:
    """To the bit, for whole percents."""
    for percent in range(101):
        of_percent, of_share = (standard(f"p_wait <= {text}", YEARS) for text in (f"{percent}%", f"{percent / 100}"))
        assert of_percent.limit == of_share.limit


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("overflow", "must be a measure, <= and a number"),
        ("", "must be a measure, <= and a number"),
        ("<= 3", "must be a measure, <= and a number"),
        ("overflow <= -1", "must be a measure, <= and a number"),
        ("overflow <= nan", "must be a measure, <= and a number"),
        ("overflow <= 1e400", "must be a measure, <= and a number"),
        ("overflow <= 3; rm -rf /", "must be a measure, <= and a number"),
        ("[bold]overflow[/bold] <= 3", "must be a measure, <= and a number"),
        ("\x1b[31moverflow <= 3", "'\\x1b[31moverflow <= 3'"),
        ("overflow <= \uff13", "must be a measure, <= and a number"),
        ("overflow >= 3", "must say what is too much, with <="),
        ("overflow < 3", "must say what is too much, with <="),
        ("overflow = 3", "must say what is too much, with <="),
        ("overflov <= 3", "no measure called 'overflov'. Try overflow."),
        ("overflow.p97 <= 3", "no statistic of overflow called 'p97'"),
        ("los_days.p95 <= 3", "no statistic of los_days called 'p95'. There are mean."),
        ("overflow in spring <= 3", "no period called 'spring'. There are all, 2026-27, winter, month-01"),
        ("p_wait of ward_c <= 3", "called 'ward_c'. Try ward_b."),
        ("overflow of ward_a <= 3", "overflow is given of called 'ward_a'. There are system."),
        ("occupancy_fraction of away <= 5%", "called 'away'. There are community_hospital, community_service, system"),
        ("p_wait <= 120%", "p_wait is a fraction, which is never more than 1 (100%)"),
        ("wait_days.p95 in winter <= 2", "wait_days of system is given of 2026-27, all, not of winter."),
        ("overflow_bed_days in winter <= 3", "overflow_bed_days of system is given of 2026-27, all, not of winter."),
    ],
)
def test_a_standard_that_cannot_be_read_is_a_sentence(text: str, says: str) -> None:
    """It says what is wrong and what there is; what was typed is shown as text."""
    with pytest.raises(BedsimError) as error:
        standard(text, YEARS)
    assert says in str(error.value)
    assert "\x1b" not in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("piece", ["overflow ", "of ", "\t-", "x", "9", "<= 3 ", "of - in "])
def test_a_very_long_standard_is_refused_at_once(piece: str) -> None:
    """Whole, so that nothing behind its beginning is read past; and one just short enough takes no time either."""
    for text in (f"overflow <= 3{' ' * 400}{piece * 10_000}", f"overflow of {piece * 300}"[:298] + "%"):
        with pytest.raises(BedsimError):
            standard(text, YEARS)


def test_all_mistakes_are_said_at_once() -> None:
    """One line a standard; the good ones among them do not hide them; none at all is a mistake too."""
    with pytest.raises(BedsimError) as error:
        standards_of(["overflov <= 3", "overflow <= 3", "overflow >= 3"], BLUEPRINT.scenario)
    first, second = str(error.value).splitlines()
    assert "'overflov'" in first
    assert "'overflow >= 3'" in second
    with pytest.raises(BedsimError, match="at least one standard"):
        standards_of([], BLUEPRINT.scenario)


def test_a_count_has_its_limits_on_the_logarithm() -> None:
    """Student's t times s over the root of n, as a part of the mean; a replication without anybody is left out."""
    values = [1.0, 2.0, 6.0, 7.0]
    look = standard("overflow <= 3", BLUEPRINT).look(made_up([*values, math.nan]), 0.025, 0.05)
    error = np.std(values, ddof=1) / 2 / 4
    low, high = (4 * math.exp(stats.t.ppf(p, 3) * error) for p in (0.025, 0.95))
    assert look == pytest.approx((4, low, high))


def test_a_fraction_has_its_limits_on_the_log_odds() -> None:
    """So they are within 0 and 1, and the upper one is farther away of a small share."""
    values = [0.0, 0.02, 0.02, 0.16]
    look = standard("p_wait <= 3%", BLUEPRINT).look(made_up(values), 0.025, 0.025)
    of_odds = np.std(values, ddof=1) / 2 / (0.05 * 0.95)
    low, high = (special.expit(special.logit(0.05) + stats.t.ppf(p, 3) * of_odds) for p in (0.025, 0.975))
    assert look == pytest.approx((0.05, low, high))
    assert look.low > 0
    assert look.high - look.value > look.value - look.low


@pytest.mark.parametrize("values", [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
def test_what_is_the_same_every_time_has_no_doubt(values: list[float]) -> None:
    """Never, or always."""
    assert standard("p_wait <= 5%", BLUEPRINT).look(made_up(values), 0.025, 0.025) == (values[0],) * 3


def test_an_occupancy_above_1_has_limits_too() -> None:
    """After a unit shrinks: then the logarithm's."""
    look = standard("occupancy_fraction <= 1", BLUEPRINT).look(made_up([1.0, 1.1, 1.2]), 0.025, 0.025)
    assert look.value == pytest.approx(1.1)
    assert look.low < 1.1 < look.high


def test_one_replication_bounds_nothing_and_nobody_to_count_meets_nothing() -> None:
    """Of one value there is no spread; of none there is no number, which is within no limit."""
    overflow, lost = standard("overflow <= 3", BLUEPRINT), standard("p_delay_if_lost <= 3%", BLUEPRINT)
    assert overflow.look(made_up([2.0]), 0.025, 0.025) == Look(2.0, -math.inf, math.inf)
    assert overflow.look(made_up([math.nan] * 3), 0.025, 0.025).value == math.inf
    stuck = Trial(BLUEPRINT, None, "replication 0: somebody")
    assert overflow.look(stuck, 0.025, 0.025).low == math.inf
    assert lost.look(made_up([math.nan] * 3), 0.025, 0.025).value == 1, "no midnight was within the beds"


def test_a_percentile_is_the_share_above_its_limit(trial: Trial) -> None:
    """By hand from the histogram of waits, which counts whole hours rounded up: a wait of 48 hours is within 2 days."""
    counts = trial.reader.counts("system", "wait_days", "all")
    for days, within in ((0, 0), (2, 48), (1.03, 24), (0.1, 2), (10_000, None)):
        look = standard(f"wait_days.p95 in all <= {days}", BLUEPRINT).look(trial, 0.025, 0.025)
        above = 0 if within is None else counts[within + 1 :].sum()
        assert look.value == pytest.approx(above / counts.sum(), abs=1e-12), days
        assert look.low <= look.value <= look.high
    of_people = trial.reader.counts("system", "overflow", "all")
    look = standard("overflow.p50 in all <= 2", BLUEPRINT).look(trial, 0.025, 0.025)
    assert look.value == pytest.approx(of_people[3:].sum() / of_people.sum())


def test_a_percentile_meets_its_standard_just_when_it_is_within_the_limit(trial: Trial) -> None:
    """The 95th percentile that `percentile` gives is the least limit that is met."""
    for name, step in (("wait_days.p95", 1 / 24), ("overflow.p90", 1), ("overflow.p5", 1)):
        at = standard(f"{name} in all <= 3", BLUEPRINT).percentile(trial)
        for limit, meets in ((at, True), (at + step, True), (at - step, False)):
            if limit >= 0:
                one = standard(f"{name} in all <= {limit:.6f}", BLUEPRINT)
                assert (one.look(trial, 0.025, 0.025).value <= one.most + 1e-12) == meets, (name, limit)
