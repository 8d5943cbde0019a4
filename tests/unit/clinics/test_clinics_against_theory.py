"""Clinics against exact values of queues in discrete time.

A list with a session of c slots a week and Poisson referrals, a a week: just before a session Q people are on it, and
Q' = max(Q - c, 0) + A before the next. With c = 1 that is the queue M/D/1 at its departures: by Pollaczek and Khinchine
E Q = a + a^2 / (2 (1 - a)). Somebody who is seen at the n-th session after their referral is counted in n values of Q,
so by Little's law E n = E Q / a. The first of these sessions is half a week away on average, the others a week each: a
wait of E n - 1/2 weeks, whatever the order in which people are seen. With c = 1 that is 1 / (2 (1 - a)).

If a slot is missed with probability 1 - s and the person stays on the list, Q' = Q - B [Q > 0] + A, B being 1 with
probability s. In the steady state P(Q > 0) = a / s, and the second moments give E Q = a (2 - a) / (2 (s - a)).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bedsim.clinics import run
from bedsim.clinics.measures import Key
from bedsim.clinics.run import ClinicRun
from bedsim.clinics.sessions import slots_needed_per_week
from tests.unit.clinics.plans import plan_of

N = 40
ERRORS = 4
"""Standard errors by which chance may miss: once in 15,000 times for as many replications."""


def exact_wait(a: float, s: float = 1.0) -> float:
    """Return the mean wait in weeks with one slot a week."""
    return (2 - a) / (2 * (s - a)) - 0.5


def exact_wait_of_many(a: float, c: int) -> float:
    """Return the mean wait in weeks with c slots in a weekly session, from the stationary law of the list."""
    most = 40 * c
    arrivals = stats.poisson.pmf(np.arange(most + 1), a)
    step = np.zeros((most + 1, most + 1))
    for q in range(most + 1):
        left = max(q - c, 0)
        step[q, left:] = arrivals[: most + 1 - left]
        step[q, most] += 1 - step[q].sum()
    law = np.linalg.matrix_power(step, 4096)[0]
    return float(law @ np.arange(most + 1)) / a - 0.5


def weekly(per_week: float, **clinic: Any) -> ClinicRun:
    """Run a clinic whose people are referred on any day."""
    return run(plan_of({"referrals": {"per_week": per_week}} | clinic), N, seed=7)


def misses(found: ClinicRun, exact: float, measure: str = "wait_weeks") -> float:
    """Return by how many standard errors a mean misses the exact value, and that an error of 10% would be seen."""
    values = found.values[Key("one", measure, "mean", "all")]
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert ERRORS * error < 0.1 * abs(exact)
    return abs(values.mean() - exact) / error


def test_the_formulas_agree_where_both_hold() -> None:
    """The stationary law of one slot, and the formula with nobody missing theirs, are 1 / (2 (1 - a))."""
    for a in (0.3, 0.6, 0.8):
        assert exact_wait(a) == pytest.approx(1 / (2 * (1 - a)))
        assert exact_wait_of_many(a, 1) == pytest.approx(exact_wait(a), rel=1e-6)


@pytest.mark.parametrize("a", [0.3, 0.6])
def test_one_slot_a_week_has_the_exact_mean_wait(a: float) -> None:
    """1 / (2 (1 - a)) weeks."""
    assert misses(weekly(a), exact_wait(a)) < ERRORS


def test_a_session_of_several_slots_has_the_exact_mean_wait() -> None:
    """Five slots, four referrals a week."""
    assert misses(weekly(4.0, slots={"thu": 5}), exact_wait_of_many(4.0, 5)) < ERRORS


def test_missed_slots_give_the_exact_mean_wait_of_a_slower_clinic() -> None:
    """One slot a week, a fifth of them missed and booked again."""
    found = weekly(0.5, did_not_attend={"fraction": 0.2})
    assert misses(found, exact_wait(0.5, 0.8)) < ERRORS
    assert misses(found, 0.2, "missed_fraction") < ERRORS


@pytest.mark.parametrize(
    ("planted", "exact"),
    [
        ({"did_not_attend": {"fraction": 0.06}}, exact_wait(0.6)),
        ({"follow_ups": {"fraction": 0.1, "after_weeks": 4}}, exact_wait(0.6)),
        ({"every_weeks": 2, "slots": {"mon": 2}}, exact_wait(0.6)),
        ({}, exact_wait(0.6) - 0.5),
    ],
    ids=["missed", "follow-ups", "every other week", "without the part of a week"],
)
def test_planted_errors_are_found(planted: dict[str, Any], exact: float) -> None:
    """A few slots lost, a few follow-ups, the same slots in half as many sessions, half a week forgotten."""
    found = weekly(0.6, **planted)
    values = found.values[Key("one", "wait_weeks", "mean", "all")]
    assert abs(values.mean() - exact) > ERRORS * values.std(ddof=1) / np.sqrt(N)


def test_slots_taken_are_what_is_said_before_the_run() -> None:
    """Referrals, missed appointments, discharges and follow-ups: slots given a week; discharged unseen are q^n."""
    rules = {
        "did_not_attend": {"fraction": 0.25, "discharged_after": 2},
        "follow_ups": {"fraction": 0.4, "after_weeks": 6},
        "slots": {"mon": 8, "thu": 4},
    }
    found = weekly(4.0, **rules)
    needed = slots_needed_per_week(found.plan.clinics["one"])
    assert needed == pytest.approx(4.0 * (1 + 0.25) / (1 - (1 - 0.25**2) * 0.4))
    assert misses(found, needed / 12, "slots_used_fraction") < ERRORS
    assert misses(found, 0.25**2, "discharged_unseen_fraction") < ERRORS
    without = plan_of({"referrals": {"per_week": 4.0}} | rules | {"did_not_attend": {"fraction": 0.25}})
    assert slots_needed_per_week(without.clinics["one"]) == pytest.approx(4.0 * (1 + 0.4 / 0.6) / (1 - 0.25))


def test_people_waiting_are_referrals_times_wait() -> None:
    """Little's law, with follow-ups in the same slots: within 1%, the edges of the window."""
    found = weekly(4.0, slots={"mon": 8}, follow_ups={"fraction": 0.45, "after_weeks": 3})
    waiting, rate, wait = (
        found.value(name, "one", "all").value for name in ("waiting", "referrals_per_week", "wait_weeks")
    )
    assert waiting == pytest.approx(rate * wait, rel=0.01)


def test_too_few_slots_let_the_list_grow_by_what_is_missing() -> None:
    """Three referrals a week and two slots: one more person a week."""
    time = {"start": "2026-04-06", "run_length_days": 2_800, "warm_up_days": 700, "cool_down_days": 126}
    found = run(plan_of({"referrals": {"per_week": 3.0}, "slots": 2}, time=time), N, seed=7)
    growth = (found.waiting[:, 0, -1] - found.waiting[:, 0, 0]) / 400
    assert abs(growth.mean() - 1.0) < ERRORS * growth.std(ddof=1) / np.sqrt(N)
