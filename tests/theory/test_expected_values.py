"""The expected values once more, by formulas written here: a slip in copying or reading a case fails here."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, linalg, special, stats

from tests.theory.cases import expected, inputs
from tests.theory.markov import State, erlang_b, erlang_c, mean, steady_state


def close(value: float, exact: float) -> bool:
    """Say whether a value is the exact one, to the digits given."""
    return math.isclose(value, exact, rel_tol=2e-9)


def test_one_ward_with_a_waiting_list_is_erlang_c():
    """EX-MMC-01 and EX-POOL-01: p_wait = C(c, a), mean wait = C(c, a) stay / (c - a)."""
    assert close(erlang_c(12, 10.0), expected("EX-MMC-01", "p_wait"))
    assert close(erlang_c(12, 10.0) * 5.0 / 2.0, expected("EX-MMC-01", "mean_wait_all"))
    for name, beds, load in (("split", 13, 11.0), ("pooled", 26, 22.0)):
        assert close(erlang_c(beds, load), expected("EX-POOL-01", f"{name}_p_wait"))
        assert close(erlang_b(beds, load), expected("EX-POOL-01", f"{name}_p_loss"))


def test_a_loss_ward_is_erlang_b():
    """EX-MGCC-01: p_blocked = B(26, 22.5), census = a (1 - B); every shape of stays has the same mean."""
    lost = erlang_b(26, 22.5)
    assert close(lost, expected("EX-MGCC-01", "p_blocked"))
    assert close(22.5 * (1 - lost), expected("EX-MGCC-01", "mean_occupied"))
    weibull = inputs("EX-MGCC-01")["los_variants"][4]
    assert close(weibull["scale"] * special.gamma(1 + 1 / weibull["shape"]), 25.0)


def test_a_ward_opened_empty_fills_as_the_survival_of_stays():
    """EX-MGINF-02: mean census at t = rate x integral of P(stay > u) from 0 to t."""
    stay = stats.lognorm(s=0.9444564782, scale=math.exp(2.772876805))
    for day, census in expected("EX-MGINF-02", "mean_census_at_day").items():
        filled = integrate.quad(stay.sf, 0, float(day), epsabs=1e-11, epsrel=1e-11)[0]
        assert math.isclose(0.72 * filled, census, rel_tol=1e-7)


def test_seasonal_arrivals_give_a_later_and_flatter_wave():
    """EX-MTGINF-01: census = a (1 + b (sin wt - w m cos wt) / (1 + w^2 m^2))."""
    w, m = 2 * math.pi / 365, 24.0

    def census(t: float) -> float:
        return 0.8 * m * (1 + 0.25 * (math.sin(w * t) - w * m * math.cos(w * t)) / (1 + (w * m) ** 2))

    for day, value in expected("EX-MTGINF-01", "mean_census_at_day").items():
        assert close(census(float(day)), value)
    assert math.isclose(census(114), expected("EX-MTGINF-01", "peak_mean"), rel_tol=1e-6)


def test_weekday_arrivals_give_a_weekly_census():
    """EX-MTGINF-03: census at midnight = sum over days before of rate x chance to be in still."""
    rates = inputs("EX-MTGINF-03")["rates_per_day_Mon_to_Sun"]
    for i, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        in_still = [9.0 * (math.exp(-k / 9) - math.exp(-(k + 1) / 9)) for k in range(700)]
        exponential = sum(rates[(i - k) % 7] * still for k, still in enumerate(in_still))
        assert close(exponential, expected("EX-MTGINF-03", "mean_midnight_census_exponential", day))
        fixed = sum(rates[(i - k) % 7] for k in range(9))
        assert close(fixed, expected("EX-MTGINF-03", "mean_midnight_census_deterministic", day))


def test_reneging_is_erlang_a():
    """EX-ERLA-01: a birth-death chain whose deaths are min(n, c) / stay + max(n - c, 0) / patience."""
    chain = birth_death(400, lambda n: 1.2, lambda n: min(n, 20) / 18 + max(n - 20, 0) / 10)
    assert close(chain[20:].sum(), expected("EX-ERLA-01", "p_wait"))
    waiting = np.maximum(np.arange(400) - 20, 0)
    assert close(chain @ waiting / 10 / 1.2, expected("EX-ERLA-01", "p_renege"))
    assert close(chain @ np.minimum(np.arange(400), 20), expected("EX-ERLA-01", "mean_occupied"))


def test_a_finite_waiting_room_is_a_short_birth_death_chain():
    """EX-MMCK-01: at most 20 in bed and 5 waiting."""
    chain = birth_death(26, lambda n: 1.2, lambda n: min(n, 20) / 18)
    assert close(chain[25], expected("EX-MMCK-01", "p_lost"))
    assert close(chain[20:25].sum() / (1 - chain[25]), expected("EX-MMCK-01", "p_wait_given_admitted"))
    assert close(chain @ np.minimum(np.arange(26), 20), expected("EX-MMCK-01", "mean_occupied"))


def birth_death(n_states: int, birth, death) -> np.ndarray:
    """Return the steady state of a birth-death chain on 0 .. n_states - 1."""
    weights = np.cumprod([1.0, *(birth(n - 1) / death(n) for n in range(1, n_states))])
    return weights / weights.sum()


def test_priorities_share_the_waiting_as_cobham_says():
    """EX-PRIO-01: wait of class k = C stay / c / ((1 - load above k) (1 - load up to k))."""
    p_wait, above = erlang_c(10, 9.1), 0.0
    assert close(p_wait, expected("EX-PRIO-01", "p_wait_every_class"))
    for k, rate in enumerate((0.15, 0.25, 0.25), start=1):
        up_to = above + rate * 14 / 10
        wait = p_wait * 1.4 / ((1 - above) * (1 - up_to))
        assert close(wait, expected("EX-PRIO-01", f"class{k}_mean_wait"))
        above = up_to


def test_fixed_stays_with_waiting_follow_crommelin():
    """EX-MDC-01: people at t + D = max(people at t - c, 0) + a Poisson number of load x c arrivals."""
    n = 400
    arrivals = stats.poisson(0.38 * 14).pmf(np.arange(n))
    steps = np.array([np.concatenate((np.zeros(k), arrivals[: n - k])) for k in range(n)])
    chain = np.full(n, 1 / n)
    for _ in range(3000):
        chain = np.concatenate((chain[:7].sum(keepdims=True), chain[7:], np.zeros(6))) @ steps
        chain /= chain.sum()
    assert close(chain[6:].sum(), expected("EX-MDC-01", "p_wait"))
    assert close(chain @ np.maximum(np.arange(n) - 6, 0), expected("EX-MDC-01", "mean_queue"))


def test_blocking_after_acute_care_is_a_chain_of_three_numbers():
    """EX-TANDEM-01: in treatment, blocked, in rehabilitation."""

    def moves(state: State):
        a, b, r = state
        if a + b < 8:
            yield 0.5, (a + 1, b, r)
        if a:
            yield a / 8 * 0.6, (a - 1, b, r)
            yield a / 8 * 0.4, (a - 1, b, r + 1) if r < 5 else (a - 1, b + 1, r)
        if r:
            yield r / 20, (a, b - 1, r) if b else (a, b, r - 1)

    chain = steady_state((0, 0, 0), moves)
    of = {
        "p_lost": lambda s: s[0] + s[1] == 8,
        "mean_acute_in_treatment": lambda s: s[0],
        "mean_acute_blocked": lambda s: s[1],
        "mean_rehab_occupied": lambda s: s[2],
        "p_rehab_full": lambda s: s[2] == 5,
    }
    assert len(chain) == 90
    assert all(close(mean(chain, f), expected("EX-TANDEM-01", name)) for name, f in of.items())
    p_blocked = mean(chain, lambda s: s[0] * (s[2] == 5)) / mean(chain, lambda s: s[0])
    assert close(p_blocked, expected("EX-TANDEM-01", "p_transfer_patient_is_blocked"))


def community(state: State, rate: float, stay: float, p_service: float, slots: int, use: float, room: int):
    """Yield the moves of a ward of 10 beds before a service: in treatment, delayed, slots used, waiting."""
    w, d, s, q = state

    def freed(w: int, d: int, s: int) -> State:
        return (w + 1, d, s, q - 1) if q else (w, d, s, 0)

    if w + d < 10:
        yield rate, (w + 1, d, s, q)
    elif q < room:
        yield rate, (w, d, s, q + 1)
    if w:
        yield w / stay * p_service, freed(w - 1, d, s + 1) if s < slots else (w - 1, d + 1, s, q)
        if p_service < 1:
            yield w / stay * (1 - p_service), freed(w - 1, d, s)
    if s:
        yield s / use, freed(w, d - 1, s) if d else (w, d, s - 1, q)


@pytest.mark.parametrize(
    ("case", "numbers"),
    [("EX-COMM-01", (0.5, 18.0, 1.0, 10, 18.0, 0)), ("EX-COMM-02", (0.3, 21.0, 0.6, 7, 28.0, 100))],
)
def test_discharge_blocked_by_a_service_is_a_chain_of_four_numbers(case, numbers):
    """EX-COMM-01 and -02; with a waiting room of 100 instead of an endless one, of which fewer are ever used."""
    chain = steady_state((0, 0, 0, 0), lambda state: community(state, *numbers))
    of = {
        "p_ward_full": lambda s: s[0] + s[1] == 10,
        "mean_in_rehab_treatment": lambda s: s[0],
        "mean_delayed_total": lambda s: s[1],
        "service1_mean_slots_used": lambda s: s[2],
    }
    assert all(close(mean(chain, f), expected(case, name)) for name, f in of.items())
    finishing = mean(chain, lambda s: s[0])
    p_delayed = mean(chain, lambda s: s[0] * (s[2] == numbers[3])) / finishing
    assert close(p_delayed, expected(case, "service1_p_referred_patient_is_delayed"))


def test_two_sites_with_preferences_are_a_chain_of_five_numbers():
    """EX-SITES-01: people of classes 1, 2, 3 at site 1, of classes 1, 2 at site 2."""

    def moves(state: State):
        one, two = sum(state[:3]), sum(state[3:])
        for rate, here, there in ((0.3, 0, 3), (0.25, 1, 4), (0.15, 2, None)):
            sites = [(one < 8, here), (two < 7, there)]
            for has_room, place in sites[::-1] if here == 1 else sites:
                if place is not None and has_room:
                    yield rate, add(state, place, 1)
                    break
        for place, stay in enumerate((16.0, 20.0, 24.0, 16.0, 20.0)):
            if state[place]:
                yield state[place] / stay, add(state, place, -1)

    def add(state: State, place: int, change: int) -> State:
        return (*state[:place], state[place] + change, *state[place + 1 :])

    chain = steady_state((0, 0, 0, 0, 0), moves)
    p_one, p_two = mean(chain, lambda s: sum(s[:3]) == 8), mean(chain, lambda s: sum(s[3:]) == 7)
    p_both = mean(chain, lambda s: sum(s) == 15)
    assert len(chain) == 5940
    assert close(p_both, expected("EX-SITES-01", "class1", "p_lost"))
    assert close(p_one, expected("EX-SITES-01", "class3", "p_lost"))
    assert close(1 - p_one, expected("EX-SITES-01", "class1", "p_first_choice"))
    assert close(1 - p_two, expected("EX-SITES-01", "class2", "p_first_choice"))
    assert close(mean(chain, lambda s: sum(s[3:])), expected("EX-SITES-01", "site2", "mean_occupied"))


def test_a_new_ward_fills_as_the_matrix_exponential_says():
    """EX-TRANS-01: the chain of 0 to 20 people, begun at 0."""
    n = np.arange(21)
    rates = np.diag(np.full(20, 0.9), 1) + np.diag(n[1:] / 21, -1)
    rates -= np.diag(rates.sum(axis=1))
    for day in ("7", "30", "120"):
        now = linalg.expm(rates * float(day))[0]
        assert close(now @ n, expected("EX-TRANS-01", day, "mean_occupied"))
        assert math.isclose(now[20], expected("EX-TRANS-01", day, "p_full"), rel_tol=1e-7)
    with_integral = np.zeros((22, 22))
    with_integral[:21, :21], with_integral[20, 21] = rates, 0.9
    lost = linalg.expm(with_integral * 365.0)[0, 21]
    assert close(lost, expected("EX-TRANS-01", "expected_lost_first_365_days"))


def test_a_chain_of_three_is_a_chain_of_five_numbers():
    """EX-CHAIN-02: in acute treatment, blocked there, in rehabilitation, blocked there, with the service."""

    def freed(a: int, b: int, r: int, d: int, c: int) -> State:
        """A rehabilitation bed is free: the longest blocked takes it."""
        return (a, b - 1, r + 1, d, c) if b else (a, b, r, d, c)

    def moves(state: State):
        a, b, r, d, c = state
        if a + b < 5:
            yield 0.45, (a + 1, b, r, d, c)
        if a:
            yield a / 12, (a - 1, b, r, d, c)
            yield a / 12, (a - 1, b, r + 1, d, c) if r + d < 5 else (a - 1, b + 1, r, d, c)
        if r:
            yield r / 18 * 0.6, freed(a, b, r - 1, d, c)
            yield r / 18 * 0.4, freed(a, b, r - 1, d, c + 1) if c < 2 else (a, b, r - 1, d + 1, c)
        if c:
            yield c / 21, freed(a, b, r, d - 1, c) if d else (a, b, r, d, c - 1)

    chain = steady_state((0, 0, 0, 0, 0), moves)
    of = {
        "p_lost": lambda s: s[0] + s[1] == 5,
        "mean_acute_occupied": lambda s: s[0] + s[1],
        "mean_acute_blocked": lambda s: s[1],
        "mean_rehab_occupied": lambda s: s[2] + s[3],
        "mean_rehab_blocked": lambda s: s[3],
        "mean_community_used": lambda s: s[4],
        "p_rehab_full": lambda s: s[2] + s[3] == 5,
    }
    assert len(chain) == 318
    assert all(close(mean(chain, f), expected("EX-CHAIN-02", name)) for name, f in of.items())


def test_the_delay_of_monks_is_erlang_b_at_the_offered_load():
    """MONKS-T2: loads summed from the published table; p = B(n, load), now and with every rate 5% higher."""
    acute = (0.24 * 7.4 + 0.13 * 4.6 + 0.63 * 7.0) / 1.2 + 1.8 / 9.3 + 4.0 / 3.6 + 3.8 / 3.2
    stroke = (0.24 / 1.2 + 1 / 21.8) * (0.6 * 28.4 + 0.4 * 30.3)
    others = (0.11 / 3.6 + 1 / 31.7) * 27.6 + (0.05 / 3.2 + 1 / 28.6) * 16.1 + 0.01 / 9.3 * 18.7
    exact = expected("MONKS-T2", "exact_for_pydesrap_rule")
    for ward, load in (("acute", acute), ("rehab", stroke + others)):
        assert math.isclose(load, exact[f"offered_load_{ward}"], rel_tol=1e-6)
        for column, factor in ((f"{ward}_now", 1.0), (f"{ward}_plus5_rate_x1_05", 1.05)):
            for beds, value in exact[column].items():
                assert math.isclose(erlang_b(int(beds), load * factor), value["p"], abs_tol=6e-7)
