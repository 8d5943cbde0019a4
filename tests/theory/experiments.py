"""Which scenario is run how often for which case, and what is compared.

Why: sizes are set beforehand, from a pilot of 20 replications, so that the half-width of the hardest quantity is about
0.6 to 0.7 of its tolerance. Compared are the means of censuses, the shares who wait and the shares lost; mean waits
and whatever else needs tens of millions of patients is compared only where it is precise enough at that size.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.theory.cases import expected
from tests.theory.readings import (
    Reading,
    census_above,
    census_at,
    delayed,
    delayed_share,
    first_place_fraction,
    full,
    in_treatment,
    lost_by_census,
    mean_of,
    measured,
    n_outcome,
    occupied,
    outcome_fraction,
)

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONKS = "MONKS-T2"


@dataclass(frozen=True)
class Experiment:
    """A scenario, the case it belongs to, and how many replications are run as given and with the planted error."""

    scenario: str
    """A file in `scenarios/`, without its ending."""
    case: str
    n_replications: int
    readings: dict[str, Reading]
    """By the path of the expected value, keys joined by full stops; words in brackets tell two readings apart."""
    n_planted: int = 20
    factor: float = 1.05
    """The planted error: everybody's stay is this many times as long."""

    def expected(self, quantity: str) -> float:
        """Return the exact value of a quantity."""
        return float(expected(self.case, *quantity.partition(" (")[0].split(".")))

    def tolerance(self, quantity: str) -> float:
        """Return how far the simulated value may be from the exact one: the tolerance stated with the cases."""
        value = self.expected(quantity)
        if self.case == MONKS:
            return value * (0.05 if value >= 0.05 else 0.12)
        is_probability = quantity.split(".")[-1].startswith("p_") or quantity.startswith("p_")
        return value * (0.05 if is_probability and value < 0.05 else 0.02)


def _loss_ward(shape: str, n: int) -> Experiment:
    readings = {
        "p_blocked": outcome_fraction("referred", "lost"),
        "mean_occupied": occupied("ward"),
        "admitted_per_day": measured("admissions_per_day"),
    }
    return Experiment(f"mgcc-01-{shape}", "EX-MGCC-01", n, readings)


def _weekdays(shape: str) -> Experiment:
    path = f"mean_midnight_census_{shape}"
    # The census just before midnight at the end of a Monday is that of the midnight at which Tuesday begins.
    readings = {f"{path}.{day}": census_at("ward", (i + 1) % 7, every=7) for i, day in enumerate(WEEK)}
    readings["weekly_average"] = measured("midnight_census", "ward")
    return Experiment(f"mtginf-03-{shape}", "EX-MTGINF-03", 45, readings)


def _service(case: str, n: int, door: dict[str, Reading]) -> Experiment:
    """Return the experiment of a ward before a community service; `door` is what is read at the front door."""
    readings = {
        **door,
        "mean_in_rehab_treatment": in_treatment("ward"),
        "mean_delayed_total": delayed("ward"),
        "mean_occupied": occupied("ward"),
        "throughput_per_day": measured("discharges_per_day", "ward"),
        "service1_mean_slots_used": occupied("service"),
        "service1_p_referred_patient_is_delayed": measured("p_wait", "service"),
        "service1_mean_delay_per_referred_patient": measured("wait_days", "service"),
    }
    return Experiment(case.removeprefix("EX-").lower(), case, n, readings)


def _delay_by_beds(scenario: str, column: str, n: int) -> Experiment:
    readings = {}
    for ward, beds in (("acute", range(8, 19)), ("rehab", range(9, 19))):
        for b in beds:
            path = f"exact_for_pydesrap_rule.{ward}_{column}.{b}.p"
            readings[path] = lost_by_census(f"{ward}_ward", b)
    return Experiment(scenario, MONKS, n, readings)


EXPERIMENTS = (
    Experiment(
        "mmc-01",
        "EX-MMC-01",
        100,
        {"p_wait": measured("p_wait"), "mean_occupied_beds": occupied("ward")},
    ),
    _loss_ward("exponential", 240),
    _loss_ward("lognormal", 230),
    _loss_ward("gamma", 290),
    _loss_ward("deterministic", 110),
    _loss_ward("weibull", 240),
    Experiment(
        "mginf-01",
        "EX-MGINF-01",
        230,
        {
            "mean_census": measured("midnight_census", "ward"),
            "p_census_gt.18": census_above("ward", 18),
            "p_census_gt.20": census_above("ward", 20),
            "p_delay_erlang_ratio_by_beds.18": lost_by_census("ward", 18),
            "p_delay_erlang_ratio_by_beds.24": lost_by_census("ward", 24),
            "p_delay_erlang_ratio_by_beds.26": lost_by_census("ward", 26),
        },
    ),
    Experiment(
        "mginf-02",
        "EX-MGINF-02",
        5000,
        {f"mean_census_at_day.{day}": census_at("ward", day) for day in (7, 14, 28, 60, 90, 180, 365)},
        n_planted=1000,
    ),
    Experiment(
        "mtginf-01",
        "EX-MTGINF-01",
        50,
        {f"mean_census_at_day.{day}": census_at("ward", day, every=365) for day in (0, 30, 60, 120, 330)}
        | {"peak_mean": census_at("ward", 114, every=365)},  # the peak is on day 114.009
    ),
    _weekdays("exponential"),
    _weekdays("deterministic"),
    Experiment(
        "erla-01",
        "EX-ERLA-01",
        90,
        {
            "p_wait": measured("p_wait"),
            "p_renege": outcome_fraction("referred", "reneged"),
            "mean_occupied": occupied("ward"),
            "mean_queue": measured("waiting"),
            "mean_wait_all_incl_reneged": measured("wait_days"),
        },
    ),
    Experiment(
        "mmck-01",
        "EX-MMCK-01",
        65,
        {
            "p_lost": outcome_fraction("referred", "lost"),
            "p_wait_given_admitted": measured("p_wait", "ward"),
            "mean_queue": occupied("waiting_room"),
            "mean_wait_of_accepted": measured("wait_days", "ward"),
            "mean_occupied": occupied("ward"),
        },
    ),
    Experiment(
        "prio-01",
        "EX-PRIO-01",
        75,
        {
            "p_wait_every_class": measured("p_wait"),
            "p_wait_every_class (urgent)": delayed_share("urgent_list"),
            "p_wait_every_class (soon)": delayed_share("soon_list"),
            "p_wait_every_class (routine)": delayed_share("routine_list"),
            # Of the waits only this one is precise enough; it is what tells priority from first come first served.
            "class1_mean_wait": measured("delay_days", "urgent_list"),
        },
    ),
    Experiment("mdc-01", "EX-MDC-01", 65, {"p_wait": measured("p_wait"), "mean_occupied": occupied("ward")}),
    Experiment(
        "tandem-01",
        "EX-TANDEM-01",
        540,
        {
            "p_lost": outcome_fraction("admitted", "lost"),
            "mean_acute_in_treatment": in_treatment("acute_ward"),
            "mean_acute_blocked": delayed("acute_ward"),
            "mean_acute_occupied": occupied("acute_ward"),
            "mean_rehab_occupied": occupied("rehab"),
            "p_rehab_full": full("rehab", 5),
            "p_transfer_patient_is_blocked": measured("p_wait", "rehab"),
            "acute_throughput_per_day": measured("discharges_per_day", "acute_ward"),
            "rehab_throughput_per_day": measured("discharges_per_day", "rehab"),
            "mean_blocking_delay_per_transfer_patient": measured("wait_days", "rehab"),
            "share_of_acute_bed_days_blocked": measured("delayed_no_place_fraction", "acute_ward"),
        },
    ),
    _service("EX-COMM-01", 620, {"p_lost": outcome_fraction("referred", "lost")}),
    _service("EX-COMM-02", 750, {"p_ward_full": measured("p_wait")}),
    Experiment(
        "sites-01",
        "EX-SITES-01",
        210,
        {
            "class1.p_lost": outcome_fraction("class1", "lost"),
            "class2.p_lost": outcome_fraction("class2", "lost"),
            "class3.p_lost": outcome_fraction("class3", "lost"),
            "class1.p_first_choice": first_place_fraction("class1", "site1"),
            "class2.p_first_choice": first_place_fraction("class2", "site2"),
            "class3.p_first_choice": first_place_fraction("class3", "site1"),
            "site1.mean_occupied": occupied("site1"),
            "site2.mean_occupied": occupied("site2"),
            "site1.p_full": full("site1", 8),
            "site2.p_full": full("site2", 7),
        },
    ),
    Experiment(
        "pool-01-split-waiting",
        "EX-POOL-01",
        100,
        {"split_p_wait": mean_of(measured("p_wait", "ward_a"), measured("p_wait", "ward_b"))},
    ),
    Experiment("pool-01-pooled-waiting", "EX-POOL-01", 250, {"pooled_p_wait": measured("p_wait")}),
    Experiment(
        "pool-01-split-loss",
        "EX-POOL-01",
        50,
        {"split_p_loss": mean_of(outcome_fraction("a", "lost"), outcome_fraction("b", "lost"))},
    ),
    Experiment("pool-01-pooled-loss", "EX-POOL-01", 125, {"pooled_p_loss": outcome_fraction("pooled", "lost")}),
    Experiment(
        "trans-01",
        "EX-TRANS-01",
        4500,
        {f"{day}.mean_occupied": census_at("ward", day) for day in (7, 14, 30, 60, 120)}
        | {"expected_lost_first_365_days": n_outcome("referred", "lost")},
        n_planted=500,
    ),
    Experiment(
        "chain-02",
        "EX-CHAIN-02",
        330,
        {
            "p_lost": outcome_fraction("admitted", "lost"),
            "mean_acute_occupied": occupied("acute_ward"),
            "mean_acute_blocked": delayed("acute_ward"),
            "mean_rehab_occupied": occupied("rehab"),
            "mean_rehab_blocked": delayed("rehab"),
            "mean_community_used": occupied("service"),
            "p_rehab_full": full("rehab", 5),
            "mean_acute_block_per_rehab_referral": measured("wait_days", "rehab"),
            "mean_rehab_block_per_community_referral": measured("wait_days", "service"),
        },
    ),
    _delay_by_beds("monks-t2-now", "now", 75),
    _delay_by_beds("monks-t2-plus5", "plus5_rate_x1_05", 55),
)
N_COMPARISONS = sum(len(experiment.readings) for experiment in EXPERIMENTS)
