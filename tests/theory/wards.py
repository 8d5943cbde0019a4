"""The experiments on one ward: waiting lists, losses, unlimited beds."""

from __future__ import annotations

from tests.theory.cases import expected
from tests.theory.census import (
    autocorrelation,
    census_above,
    census_at,
    census_at_percentile,
    census_mean,
    census_percentile,
    census_sd,
    census_variance,
    half_width_of_30,
    lost_by_census,
    mean_of,
    peak_day,
    people_opened,
    queue_above,
    share_of,
    spread_of_means,
)
from tests.theory.estimates import Percentile, Readable
from tests.theory.experiment import Experiment
from tests.theory.readings import (
    admissions_a_day,
    occupied,
    occupied_fraction,
    offered_load,
    outcome_fraction,
    outcomes_a_year,
    p_wait,
    queue,
    wait,
    wait_of_those_waiting,
    wait_percentile,
)

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STAY = "on_ward"


def _erlang_c(scenario: str, n: int) -> Experiment:
    """Return the experiment of a ward with exponential stays and a waiting list, of which all is known."""
    case = f"EX-{scenario.upper()}"
    readings: dict[str, Readable] = {
        "offered_load": offered_load(STAY),
        "utilisation": occupied_fraction("ward"),
        "p_wait": p_wait(STAY),
        "mean_wait_all": wait(STAY),
        "mean_wait_of_those_waiting": wait_of_those_waiting(STAY),
        "mean_queue": queue(STAY),
        "mean_occupied_beds": occupied("ward"),
    }
    for days in ("0.25", "1", "3", "7", "14"):
        readings[f"p_wait_gt_{days}d"] = p_wait(STAY, longer_than=float(days))
    for level in (50, 80, 90, 95, 99):
        name = f"wait_percentile_{level}_all_patients"
        readings[name] = wait_percentile(STAY, level / 100, expected(case, name))
    for level in (50, 80, 85, 90, 95):
        readings[f"bed_occupancy_percentile_{level}"] = census_percentile("ward", level / 100)
    return Experiment(scenario, case, n, readings)


def _loss_ward(shape: str, n: int) -> Experiment:
    readings: dict[str, Readable] = {
        "offered_load": offered_load(STAY),
        "p_blocked": outcome_fraction("lost", "referred"),
        "admitted_per_day": admissions_a_day("ward"),
        "turned_away_per_year_365": outcomes_a_year("lost", "referred"),
        "mean_occupied": occupied("ward"),
        "occupancy_rate": occupied_fraction("ward"),
        "occupancy_sd": census_sd("ward"),
    }
    for level in (5, 50, 85, 90, 95, 99):
        readings[f"occupancy_percentile_{level}"] = census_percentile("ward", level / 100)
    return Experiment(f"mgcc-01-{shape}", "EX-MGCC-01", n, readings)


def _classes(n: int) -> Experiment:
    readings: dict[str, Readable] = {"mean_occupied_total": occupied("ward")}
    classes = ("stroke", "ortho", "general")
    readings["offered_load"] = offered_load(*(f"{name}_stay" for name in classes))
    readings["p_blocked_each_class"] = outcome_fraction("lost", *classes)
    for name in classes:
        readings[f"p_blocked_each_class ({name})"] = outcome_fraction("lost", name)
        readings[f"mean_occupied_by_class/{name}"] = occupied("ward", name)
        readings[f"admissions_per_year_by_class/{name}"] = admissions_a_day("ward", name, days=365.0)
    return Experiment("mgcc-04", "EX-MGCC-04", n, readings)


def _unlimited(n: int) -> Experiment:
    readings: dict[str, Readable] = {"mean_census": census_mean("ward"), "var_census": census_variance("ward")}
    for level in expected("EX-MGINF-01", "census_percentiles"):
        readings[f"census_percentiles/{level}"] = census_percentile("ward", float(level))
    for people in range(18, 32, 2):
        readings[f"p_census_gt/{people}"] = census_above("ward", people)
        readings[f"p_delay_erlang_ratio_by_beds/{people}"] = lost_by_census("ward", people)
    return Experiment("mginf-01", "EX-MGINF-01", n, readings)


def _opened_empty(n: int) -> Experiment:
    days = (7, 14, 28, 60, 90, 180, 365)
    readings: dict[str, Readable] = {f"mean_census_at_day/{day}": census_at("ward", day) for day in days}
    for day in (28, 90, 365):
        readings[f"p95_census_at_day/{day}"] = census_at_percentile("ward", 0.95, day)
    return Experiment("mginf-02", "EX-MGINF-02", n, readings, n_planted=4000)


def _seasons(n: int) -> Experiment:
    readings: dict[str, Readable] = {
        f"mean_census_at_day/{day}": census_at("ward", float(day), every=365.0)
        for day in expected("EX-MTGINF-01", "mean_census_at_day")
    }
    readings |= {
        "peak_mean": census_at("ward", 114.0092953, every=365.0),
        "trough_mean": census_at("ward", 114.0092953 + 182.5, every=365.0),
        "peak_day": peak_day("ward"),
        "lag_days": peak_day("ward", after=91.25),
    }
    for day in ("91.25", "182.5", "273.75"):
        readings[f"p95_census_at_day/{day}"] = census_at_percentile("ward", 0.95, float(day), every=365.0)
    # On day 91.25 no more than 31 are in with a chance of 0.94994: it would take 1e8 years to tell 31 from 32.
    return Experiment("mtginf-01", "EX-MTGINF-01", n, readings, tolerances={"p95_census_at_day/91.25": 2.0})


def _weekdays(shape: str, n: int) -> Experiment:
    path = f"mean_midnight_census_{shape}"
    # The census just before midnight at the end of a Monday is that of the midnight at which Tuesday begins.
    readings: dict[str, Readable] = {
        f"{path}/{day}": census_at("ward", (i + 1) % 7, every=7.0) for i, day in enumerate(WEEK)
    }
    readings["weekly_average"] = census_mean("ward")
    return Experiment(f"mtginf-03-{shape}", "EX-MTGINF-03", n, readings)


def _spread(n: int) -> Experiment:
    readings: dict[str, Readable] = {"mean": occupied("ward")}
    for days in (90, 365, 1825):
        readings[f"sd_of_replication_mean/{days}"] = spread_of_means("ward", days)
        readings[f"ci95_halfwidth_with_30_reps_normal/{days}"] = half_width_of_30("ward", days)
    for days in (1, 7, 28):
        readings[f"autocorrelation_lag_days/{days}"] = autocorrelation("ward", days)
    return Experiment("reps-01", "EX-REPS-01", n, readings, n_planted=6000)


def _priorities(n: int) -> Experiment:
    readings: dict[str, Readable] = {"p_wait_every_class": p_wait(STAY)}
    for i, name in enumerate(("urgent", "soon", "routine"), start=1):
        readings[f"p_wait_every_class ({name})"] = p_wait(STAY, name)
        readings[f"class{i}_mean_wait"] = wait(STAY, name)
        readings[f"class{i}_mean_queue"] = queue(STAY, name)
    return Experiment("prio-01", "EX-PRIO-01", n, readings)


def _opened_wards(day: int, every: float, n: int, n_planted: int, *names: str, factor: float = 1.05) -> Experiment:
    """Return the experiment of many wards opened empty one after the other; `names` are days."""
    readings: dict[str, Readable] = {}
    for name in names:
        people = people_opened(float(name), every)
        readings[f"{name}/mean_occupied"] = mean_of(people)
        readings[f"{name}/p_full"] = share_of(people, lambda found: found == 20)
        readings[f"{name}/p95"] = Percentile(people, 0.95, most=20)
    return Experiment(f"trans-01-day-{day}", "EX-TRANS-01", n, readings, n_planted, factor)


ONE_WARD = (
    _erlang_c("mmc-01", 6500),
    _erlang_c("mmc-02", 1900),
    _erlang_c("mmc-05", 5200),
    Experiment(
        "mdc-01",
        "EX-MDC-01",
        850,
        {
            "p_wait": p_wait(STAY),
            "mean_queue": queue(STAY),
            "mean_wait": wait(STAY),
            "mean_occupied": occupied("ward"),
        },
    ),
    _loss_ward("exponential", 110),
    _loss_ward("lognormal", 135),
    _loss_ward("gamma", 170),
    _loss_ward("deterministic", 60),
    _loss_ward("weibull", 175),
    _classes(95),
    _unlimited(2800),
    _opened_empty(15_000),
    Experiment(
        "mginf-01",
        "EX-MGINF-02",
        4700,
        # With unlimited beds nobody is in anybody's way: those who came in the last week are a ward opened a week ago.
        {"p95_census_at_day/7": Percentile(lambda o: o.came_within(7.0), 0.95)},
        n_planted=0,
    ),
    _seasons(650),
    _weekdays("exponential", 40),
    _weekdays("deterministic", 40),
    _spread(22_500),
    Experiment(
        "erla-01",
        "EX-ERLA-01",
        150,
        {
            "p_wait": p_wait(STAY),
            "p_renege": outcome_fraction("reneged", "referred"),
            "mean_queue": queue(STAY),
            "mean_wait_all_incl_reneged": wait(STAY),
            "mean_occupied": occupied("ward"),
            "utilisation": occupied_fraction("ward"),
            "reneged_per_year": outcomes_a_year("reneged", "referred"),
            "p_queue_gt_5": queue_above(STAY, 5),
        },
    ),
    Experiment(
        "mmck-01",
        "EX-MMCK-01",
        65,
        {
            "p_lost": outcome_fraction("lost", "referred"),
            "p_wait_given_admitted": p_wait(STAY),
            "mean_queue": queue(STAY),
            "mean_wait_of_accepted": wait(STAY),
            "mean_occupied": occupied("ward"),
            "lost_per_year": outcomes_a_year("lost", "referred"),
        },
    ),
    _priorities(2200),
    Experiment("prio-01-fifo", "EX-PRIO-01", 1700, {"fifo_mean_wait_for_comparison": wait(STAY)}),
    Experiment(
        "pool-01-split-waiting",
        "EX-POOL-01",
        620,
        {"split_p_wait": p_wait(STAY), "split_mean_wait": wait(STAY)},
    ),
    Experiment(
        "pool-01-pooled-waiting",
        "EX-POOL-01",
        1250,
        {"pooled_p_wait": p_wait(STAY), "pooled_mean_wait": wait(STAY)},
    ),
    Experiment("pool-01-split-loss", "EX-POOL-01", 40, {"split_p_loss": outcome_fraction("lost", "a", "b")}),
    Experiment("pool-01-pooled-loss", "EX-POOL-01", 110, {"pooled_p_loss": outcome_fraction("lost", "pooled")}),
    Experiment(
        "trans-01",
        "EX-TRANS-01",
        6300,
        {"expected_lost_first_365_days": outcomes_a_year("lost", "referred")},
        n_planted=1000,
    ),
    _opened_wards(14, 15.0, 31_000, 3000, "7", "14", factor=1.10),
    _opened_wards(30, 31.0, 7000, 1000, "30"),
    _opened_wards(120, 121.0, 12_000, 2000, "60", "120"),
)
