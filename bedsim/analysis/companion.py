"""The companion of a scenario: the same system at a constant rate, to see how long it takes to fill from empty.

Why: rules that find a warm-up in a simulated series need a series that settles, and under growth and season none does.
What depends on the date is taken out: month, weekday, wave, growth, surges, bookings, timetables, people present at the
start. What is the same every day stays, and so does the mean rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.ranges import drop_ranges
from bedsim.analysis.recipe import checked_stays
from bedsim.measures.counting import count_midnights, settle_midnights
from bedsim.measures.groups import is_of_kind
from bedsim.memory import keep_memory
from bedsim.patients.arrivals import mean_referrals_per_day
from bedsim.patients.draw import draw
from bedsim.patients.network import build_network
from bedsim.scenario.schema import PLANNED_KINDS, Scenario
from bedsim.scenario.segments import segment_shares

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from bedsim.analysis.workers import Workers
    from bedsim.engine.choose import Engine
    from bedsim.patients.blueprint import Blueprint

    Ints = NDArray[np.int64]

BY_DATE = ("growth", "month", "weekday", "yearly_wave")
BASES = ("per_1000_a_year", "population", "expected_csv", "observed_csv")
TRACKS = ("admission_hours", "spot", "closures")
SERIES = ("people in planned beds", "caseload of community services", "people waiting for any place")


def companion(scenario: Scenario, n_days: int) -> Scenario:
    """Return the scenario without anything that depends on the date, starting empty, for so many days.

    Levers that have begun by the start date act in full, the others not at all.
    Each stream refers at its base rate on the start date; one that is read from a file or booked, at its mean over the
    window. Units have the places they have on the start date, none if they do not accept people then.
    """
    tree = scenario.model_dump(by_alias=True)
    kept = {"slug": scenario.slug, "variations": scenario.variations}
    for stream in tree["streams"].values():
        stream["referrals"] |= {**dict.fromkeys(BY_DATE), "surges": ()}
    flat = Scenario.model_validate({**tree, **kept})
    last = scenario.time.run_length_days
    for name, stream in tree["streams"].items():
        per_day = mean_referrals_per_day(flat, name, 0, last)
        stream["referrals"] |= {**dict.fromkeys(BASES), "by_segment": {}, "booked": (), "per_day": per_day}
        if scenario.segments:
            mix = np.diff(segment_shares(scenario, name, 0), prepend=0.0).tolist()
            stream["segments"] = {"shares": dict(zip(scenario.segments, mix, strict=True))}
    for name, places in _places_on_start(scenario).items():
        tree["units"][name] |= {"places": places, "timetable": (), "places_follow": None, **dict.fromkeys(TRACKS)}
    tree["quality_gate"]["inspections"] = None
    tree["time"] |= {"warm_up_days": 0, "run_length_days": n_days, "cool_down_days": 0}
    tree["levers"] = {
        name: lever | {"start": scenario.time.start, "full_from": None}
        for name, lever in tree["levers"].items()
        if lever["start"] <= scenario.time.start
    }
    tree["present_at_start"] = ()
    drop_ranges(tree)
    return Scenario.model_validate({**tree, **kept})


@dataclass(frozen=True)
class DailyCounts:
    """What is done with a replication of a companion: it is drawn, simulated and counted midnight by midnight."""

    blueprint: Blueprint
    seed: int
    engine: Engine

    def __call__(self, part: range) -> tuple[int, Ints]:
        """Return the number of the one replication in `part`, and its counts, (of `SERIES`, n_days)."""
        keep_memory()
        (number,) = part
        network = self.blueprint.network
        patients = draw(self.blueprint, self.seed, number)
        stays = checked_stays(self.blueprint, patients, network, self.engine)
        changes = np.zeros((len(SERIES), self.blueprint.scenario.time.run_length_days + 1), dtype=np.int64)
        for line, is_chosen in enumerate(self._units()):
            count_midnights(stays.admitted_day, stays.left_day, stays.unit, is_chosen, changes[line])
        # Whoever is not admitted asks until leaving.
        asked_until = np.where(np.isnan(stays.admitted_day), stays.left_day, stays.admitted_day)
        stage = np.ones(len(network.stages) + 1, dtype=bool)
        count_midnights(stays.requested_day, asked_until, stays.stage, stage, changes[-1])
        settle_midnights(changes)
        return number, changes[:, :-1]

    def _units(self) -> list[NDArray[np.bool_]]:
        """Say of each unit, and of no unit, whether it counts in each series of people in places."""
        of_kinds = (is_of_kind(self.blueprint.network, *kinds) for kinds in (PLANNED_KINDS, ("community_service",)))
        return [np.append(chosen, False) for chosen in of_kinds]


def daily_counts(task: DailyCounts, n_replications: int, workers: Workers) -> Ints:
    """Return how many people there are each midnight, (of `SERIES`, n_replications, n_days)."""
    outcomes = workers.finished(task, (range(number, number + 1) for number in range(n_replications)))
    try:
        found = dict(outcomes)
    finally:
        outcomes.close()
    return np.stack([found[number] for number in range(n_replications)], axis=1)


def _places_on_start(scenario: Scenario) -> dict[str, Any]:
    """Return each unit's places on the start date, 0 for one that accepts nobody then."""
    network = build_network(scenario, 0)
    places = [unit.places for unit in network.units]
    accepting = [True] * len(places)
    for entry in network.timetable:
        if entry.day <= 0:
            places[entry.unit], accepting[entry.unit] = entry.places, entry.accepting
    return {
        unit.name: 0 if not accepting[i] else "unlimited" if np.isinf(places[i]) else int(places[i])
        for i, unit in enumerate(network.units)
    }
