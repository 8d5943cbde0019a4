"""The expected values of one ward once more, by formulas written here: a slip in copying or reading fails here."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, linalg, special, stats

from tests.theory.cases import expected, inputs
from tests.theory.markov import close, erlang_b, erlang_c


@pytest.mark.parametrize("case", ["EX-MMC-01", "EX-MMC-02", "EX-MMC-05"])
def test_one_ward_with_a_waiting_list_is_erlang_c(case):
    """p_wait = C(c, a), P(wait > t) = C exp(-(c - a) t / stay); of the beds, the chain of people in the system."""
    beds, stay = inputs(case)["beds"], inputs(case)["los"]["mean"]
    load = inputs(case)["arrivals_per_day"] * stay
    p_wait, mean_wait = erlang_c(beds, load), stay / (beds - load)
    assert close(p_wait, expected(case, "p_wait"))
    assert close(mean_wait, expected(case, "mean_wait_of_those_waiting"))
    assert close(p_wait * mean_wait, expected(case, "mean_wait_all"))
    assert close(p_wait * load / (beds - load), expected(case, "mean_queue"))
    for days in ("0.25", "1", "3", "7", "14"):
        assert close(p_wait * math.exp(-float(days) / mean_wait), expected(case, f"p_wait_gt_{days}d"))
    in_bed = np.diff(np.concatenate(([0.0], birth_death(3000, lambda n: load, lambda n: min(n, beds))[:beds].cumsum())))
    for level in (50, 80, 90, 95, 99):
        wait = max(mean_wait * math.log(p_wait / (1 - level / 100)), 0.0)
        assert math.isclose(wait, expected(case, f"wait_percentile_{level}_all_patients"), rel_tol=2e-9)
    for level in (50, 80, 85, 90, 95):
        least = int(np.searchsorted(in_bed.cumsum(), level / 100))  # the rest is in `beds`
        assert least == expected(case, f"bed_occupancy_percentile_{level}")


def test_pooled_wards_are_erlang_b_and_c():
    """EX-POOL-01: of 13 and of 26 beds, with waiting and with loss."""
    for name, beds, load in (("split", 13, 11.0), ("pooled", 26, 22.0)):
        assert close(erlang_c(beds, load), expected("EX-POOL-01", f"{name}_p_wait"))
        assert close(erlang_c(beds, load) * 22.0 / (beds - load), expected("EX-POOL-01", f"{name}_mean_wait"))
        assert close(erlang_b(beds, load), expected("EX-POOL-01", f"{name}_p_loss"))


def test_a_loss_ward_is_erlang_b():
    """EX-MGCC-01: p_blocked = B(26, 22.5), census = a (1 - B), cut Poisson; every shape of stays has the same mean."""
    lost = erlang_b(26, 22.5)
    assert close(lost, expected("EX-MGCC-01", "p_blocked"))
    assert close(22.5 * (1 - lost), expected("EX-MGCC-01", "mean_occupied"))
    people = np.arange(27)
    census = stats.poisson(22.5).pmf(people) / stats.poisson(22.5).cdf(26)
    assert close(math.sqrt(census @ people**2 - (census @ people) ** 2), expected("EX-MGCC-01", "occupancy_sd"))
    for level in (5, 50, 85, 90, 95, 99):
        assert np.searchsorted(census.cumsum(), level / 100) == expected("EX-MGCC-01", f"occupancy_percentile_{level}")
    weibull = inputs("EX-MGCC-01")["los_variants"][4]
    assert close(weibull["scale"] * special.gamma(1 + 1 / weibull["shape"]), 25.0)


def test_classes_that_share_a_loss_ward_lose_the_same_share():
    """EX-MGCC-04: B(26, sum of loads); the census of a class is its load (1 - B)."""
    classes = inputs("EX-MGCC-04")["classes"]
    loads = {name: one["arrivals_per_day"] * one["mean_los"] for name, one in classes.items()}
    lost = erlang_b(26, sum(loads.values()))
    assert close(lost, expected("EX-MGCC-04", "p_blocked_each_class"))
    for name, load in loads.items():
        assert close(load * (1 - lost), expected("EX-MGCC-04", "mean_occupied_by_class", name))
        admitted = 365 * classes[name]["arrivals_per_day"] * (1 - lost)
        assert close(admitted, expected("EX-MGCC-04", "admissions_per_year_by_class", name))


def test_unlimited_beds_have_a_poisson_census():
    """EX-MGINF-01: Poisson(18), its percentiles and tails, and pmf(n) / cdf(n)."""
    census = stats.poisson(18.0)
    for level, people in expected("EX-MGINF-01", "census_percentiles").items():
        assert census.ppf(float(level)) == people
    for people in range(18, 32, 2):
        assert close(census.sf(people), expected("EX-MGINF-01", "p_census_gt", str(people)))
        ratio = expected("EX-MGINF-01", "p_delay_erlang_ratio_by_beds", str(people))
        assert close(census.pmf(people) / census.cdf(people), ratio)


def test_the_spread_of_a_mean_follows_from_the_correlation_in_time():
    """EX-REPS-01: variance = 2 load m / T (1 - (1 - exp(-T/m)) m / T), correlation = exp(-lag / m)."""
    load, m = 18.0, 20.0
    for days, sd in expected("EX-REPS-01", "sd_of_replication_mean").items():
        t = float(days) / m
        exact = math.sqrt(2 * load / t * (1 - (1 - math.exp(-t)) / t))
        assert close(exact, sd)
        half_width = stats.norm.ppf(0.975) * exact / math.sqrt(30)
        assert close(half_width, expected("EX-REPS-01", "ci95_halfwidth_with_30_reps_normal", days))
    for days, correlation in expected("EX-REPS-01", "autocorrelation_lag_days").items():
        assert close(math.exp(-float(days) / m), correlation)


def test_a_ward_opened_empty_fills_as_the_survival_of_stays():
    """EX-MGINF-02: mean census at t = rate x integral of P(stay > u) from 0 to t."""
    stay = stats.lognorm(s=0.9444564782, scale=math.exp(2.772876805))
    for day, census in expected("EX-MGINF-02", "mean_census_at_day").items():
        filled = integrate.quad(stay.sf, 0, float(day), epsabs=1e-11, epsrel=1e-11)[0]
        assert math.isclose(0.72 * filled, census, rel_tol=1e-7)
        if day in expected("EX-MGINF-02", "p95_census_at_day"):
            assert stats.poisson(census).ppf(0.95) == expected("EX-MGINF-02", "p95_census_at_day", day)


def test_seasonal_arrivals_give_a_later_and_flatter_wave():
    """EX-MTGINF-01: census = a (1 + b (sin wt - w m cos wt) / (1 + w^2 m^2))."""
    w, m = 2 * math.pi / 365, 24.0

    def census(t: float) -> float:
        return 0.8 * m * (1 + 0.25 * (math.sin(w * t) - w * m * math.cos(w * t)) / (1 + (w * m) ** 2))

    for day, value in expected("EX-MTGINF-01", "mean_census_at_day").items():
        assert close(census(float(day)), value)
    peak = expected("EX-MTGINF-01", "peak_day")
    assert close(math.atan(w * m) / w, expected("EX-MTGINF-01", "lag_days"))
    assert close(91.25 + math.atan(w * m) / w, peak)
    assert close(census(peak), expected("EX-MTGINF-01", "peak_mean"))
    assert close(census(peak + 182.5), expected("EX-MTGINF-01", "trough_mean"))
    for day, people in expected("EX-MTGINF-01", "p95_census_at_day").items():
        assert stats.poisson(census(float(day))).ppf(0.95) == people
    assert math.isclose(stats.poisson(census(91.25)).cdf(31), 0.94994, abs_tol=5e-6)  # what the table says of it


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
    assert close(chain[26:].sum(), expected("EX-ERLA-01", "p_queue_gt_5"))


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
    assert close(p_wait * 14 / (10 - 9.1), expected("EX-PRIO-01", "fifo_mean_wait_for_comparison"))


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


def test_a_new_ward_fills_as_the_matrix_exponential_says():
    """EX-TRANS-01: the chain of 0 to 20 people, begun at 0."""
    n = np.arange(21)
    rates = np.diag(np.full(20, 0.9), 1) + np.diag(n[1:] / 21, -1)
    rates -= np.diag(rates.sum(axis=1))
    for day in ("7", "14", "30", "60", "120"):
        now = linalg.expm(rates * float(day))[0]
        assert np.searchsorted(now.cumsum(), 0.95) == expected("EX-TRANS-01", day, "p95")
        assert close(now @ n, expected("EX-TRANS-01", day, "mean_occupied"))
        assert math.isclose(now[20], expected("EX-TRANS-01", day, "p_full"), rel_tol=1e-7)
    with_integral = np.zeros((22, 22))
    with_integral[:21, :21], with_integral[20, 21] = rates, 0.9
    lost = linalg.expm(with_integral * 365.0)[0, 21]
    assert close(lost, expected("EX-TRANS-01", "expected_lost_first_365_days"))


def test_bed_numbers_are_the_least_with_a_share_within_the_target():
    """EX-DIM-01: B(n, a) and C(n, a) at n and n - 1, the occupancy at n, and the Poisson percentiles."""
    for kind, share in (("loss", erlang_b), ("wait", erlang_c)):
        for load, row in expected("EX-DIM-01", f"{kind}_min_beds").items():
            for target, beds in row.items():
                assert share(beds, load) <= float(target) < share(beds - 1, load)
    for load, row in expected("EX-DIM-01", "loss_occupancy_rate_at_min_beds").items():
        for target, rate in row.items():
            beds = expected("EX-DIM-01", "loss_min_beds", str(load), target)
            assert math.isclose(load * (1 - erlang_b(beds, load)) / beds, rate, rel_tol=1e-8)
    for load, people in expected("EX-DIM-01", "poisson_95th_percentile_demand").items():
        assert stats.poisson(load).ppf(0.95) == people
    for load, share in expected("EX-DIM-01", "blocking_when_sized_at_85pct_average").items():
        assert math.isclose(erlang_b(math.ceil(load / 0.85), load), share, rel_tol=1e-7)


def test_the_delay_of_monks_is_erlang_b_at_the_offered_load():
    """MONKS-T2: loads summed from the published table; p = B(n, load), with rates as now and higher in two ways."""
    acute = (0.24 * 7.4 + 0.13 * 4.6 + 0.63 * 7.0) / 1.2 + 1.8 / 9.3 + 4.0 / 3.6 + 3.8 / 3.2
    stroke = (0.24 / 1.2 + 1 / 21.8) * (0.6 * 28.4 + 0.4 * 30.3)
    others = (0.11 / 3.6 + 1 / 31.7) * 27.6 + (0.05 / 3.2 + 1 / 28.6) * 16.1 + 0.01 / 9.3 * 18.7
    columns = {"now": 1.0, "plus5_rate_x1_05": 1.05, "plus5_iat_x0_95": 1 / 0.95}
    by_rule = {
        "exact_for_pydesrap_rule": {"acute": acute, "rehab": stroke + others},
        "exact_if_no_esd_LOS_used_for_every_non_ESD_stroke": {"acute": acute + 0.63 * 0.4 / 1.2},
    }
    for rule, loads in by_rule.items():
        exact = expected("MONKS-T2", rule)
        for ward, load in loads.items():
            assert math.isclose(load, exact[f"offered_load_{ward}"], rel_tol=1e-6)
            for name, factor in columns.items():
                for beds, value in exact.get(f"{ward}_{name}", {}).items():
                    assert math.isclose(erlang_b(int(beds), load * factor), value["p"], abs_tol=6e-7)
                    assert math.isclose(1 / erlang_b(int(beds), load * factor), value["one_in"], abs_tol=6e-3)
