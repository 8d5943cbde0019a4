"""bedsim's measures of a replication are those of the arithmetic here: what holds of one holds of the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

import bedsim
from tests.theory.census import census_mean
from tests.theory.driver import SCENARIOS, SEED, observe
from tests.theory.estimates import Reading
from tests.theory.readings import admissions_a_day, delayed_fraction, discharges_a_day, occupied_fraction, p_wait, wait

N_REPLICATIONS = 2
SHORT = ("time.run_length_days=2000", "time.warm_up_days=400")
SAME: dict[str, list[tuple[Reading, str, str]]] = {
    "mmc-01": [
        (p_wait("on_ward"), "p_wait", "system"),
        (wait("on_ward"), "wait_days", "system"),
        (occupied_fraction("ward"), "occupancy_fraction", "ward"),
        (census_mean("ward"), "midnight_census", "ward"),
    ],
    "erla-01": [(p_wait("on_ward"), "p_wait", "system"), (wait("on_ward"), "wait_days", "system")],
    "tandem-01": [
        (wait("in_rehab"), "wait_days", "rehab"),
        (p_wait("in_rehab"), "p_wait", "rehab"),
        (delayed_fraction("acute_ward"), "delayed_no_place_fraction", "acute_ward"),
        (discharges_a_day("acute_ward"), "discharges_per_day", "acute_ward"),
        (admissions_a_day("rehab"), "admissions_per_day", "rehab"),
    ],
    "zward-01": [
        (delayed_fraction("ward"), "delayed_fraction_of_occupied", "ward"),
        (delayed_fraction("ward", of_places=True), "delayed_fraction_of_open", "ward"),
        (delayed_fraction("ward"), "delayed_transfer_fraction", "ward"),
    ],
    "sites-01": [(occupied_fraction("site1"), "occupancy_fraction", "site1")],
    "mginf-01": [(census_mean("ward"), "midnight_census", "ward")],
}


@pytest.mark.parametrize("scenario", SAME)
def test_measures_are_those_of_the_arithmetic_here(scenario: str):
    """Of each replication, to rounding."""
    loaded = bedsim.load(SCENARIOS / f"{scenario}.yaml", set_values=list(SHORT))
    run = bedsim.run(loaded, n_replications=N_REPLICATIONS, seed=SEED, workers=1)
    replications = list(observe(scenario, N_REPLICATIONS, set_values=SHORT))
    for reading, measure, unit in SAME[scenario]:
        for measured, observed in zip(run.by_replication(measure, unit), replications, strict=True):
            read = float(reading.value(np.asarray(reading.sums(observed), dtype=np.float64)))
            assert math.isclose(measured, read, rel_tol=1e-9), (measure, unit)
