"""Builders of small runs by hand: a scenario of seven units, people with their stays written out, and the measures.

The window is days 0 to 8 (not included), after 4 days of warm-up and before 4 of cool-down. Lengths in the tests are
sums of powers of two, so means are exact.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pytest

from bedsim.engine.stays import Stays
from bedsim.measures.calendar import ALL
from bedsim.measures.definitions import MEASURES
from bedsim.measures.demand import demand_of
from bedsim.measures.midnights import read_run
from bedsim.measures.reading import Reader
from bedsim.measures.replication import measure
from bedsim.measures.totals import Totals
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.blueprint import Blueprint, ladder_index, own_ladder_index, prepare
from bedsim.patients.population import NONE, Patients
from bedsim.scenario.schema import Scenario

NAN = math.nan
START = "2026-01-01"
N_DAYS = 8
VISITS = {"bands": [{"per_day": 4.0}, {"from_day": 2.0, "per_day": 1.0}], "a_week_by_one": 14.0}
BEDS = {
    "ward": {"kind": "community_hospital", "places": 2, "locality": "north"},
    "annex": {"kind": "community_hospital", "places": 1, "locality": "south"},
    "home_ash": {"kind": "care_home", "places": 1, "rating": "good"},
    "esc": {"kind": "escalation", "places": 1},
    "away": {"kind": "out_of_area", "places": "unlimited"},
    "assess_bed": {"kind": "acute", "places": 3},
    "team": {"kind": "community_service", "places": "unlimited", "visits": VISITS},
}
LOCALITIES = {
    "north": {"coordinates": [53.0, -2.0]},
    "south": {"coordinates": [52.9, -2.0]},
}
"""A tenth of a degree of latitude apart: 11.1195 km."""
SEGMENTS = {"well": {"population": 900.0}, "frail": {"population": 100.0}}
MIX = {"shares": {"well": 0.5, "frail": 0.5}}
TRAVEL = {"detour_factor": 1.25, "km_per_hour": 40}
FIXED = {"constant": 1.0}
STAGES = {
    "rehab": {
        "needed_days": FIXED,
        "ladder": [
            {"units": ["ward", "annex"]},
            {"after_days": 1, "units": "care_home"},
            {"after_days": 2, "units": ["esc", "away"]},
            {"after_days": 9, "leave": "gave_up"},
        ],
        "then": {
            "home": {"share": 0.5, "transfer_days": FIXED, "reason": "papers"},
            "more": {"share": 0.25, "next": "again"},
            "died": {"share": 0.25},
        },
    },
    "again": {"needed_days": FIXED, "ladder": [{"units": ["ward", "annex"]}], "then": {"home": {"share": 1.0}}},
    "assess": {
        "needed_days": FIXED,
        "ladder": [{"units": "assess_bed"}],
        "then": {"fit": {"share": 1.0, "next": "rehab"}},
    },
    "support": {"needed_days": FIXED, "ladder": [{"units": "team"}], "then": {"home": {"share": 1.0}}},
}


@dataclass
class Ask:
    """A stay row; what is not said follows the instant before it without delay."""

    stage: str
    unit: str | None
    requested: float
    admitted: float = NAN
    left: float = NAN
    ready: float | None = None
    transfer_end: float | None = None
    go: float | None = None


@dataclass
class Person:
    """One person and their rows, in order of time."""

    referred: float
    asks: list[Ask] = field(default_factory=list)
    outcome: str | None = "home"
    stream: str = "from_acute"
    home: str | None = None
    present_in: str | None = None
    segment: str = "well"


@dataclass(frozen=True)
class Found:
    """One replication's numbers by key; those of the whole window by group and measure alone."""

    totals: Totals
    reader: Reader

    @cached_property
    def by_period(self) -> dict[tuple[str, str, str], float]:
        """Return every mean."""
        tables = [self.reader.means(name) for name in MEASURES]
        return {key: values[0, i] for keys, values in tables for i, key in enumerate(keys)}

    @cached_property
    def maxima_by_period(self) -> dict[tuple[str, str, str], float]:
        """Return every maximum."""
        tables = [self.reader.maxima(name) for name, one in MEASURES.items() if "max" in one.statistics]
        return {key: values[0, i] for keys, values in tables for i, key in enumerate(keys)}

    @cached_property
    def histograms_by_period(self) -> dict[tuple[str, str, str], np.ndarray]:
        """Return how often each number was observed."""
        return {key: self.reader.counts(*key) for name in MEASURES for key in self.reader.histogram_keys(name)}

    @property
    def means(self) -> dict[tuple[str, str], float]:
        return _of_window(self.by_period)

    @property
    def maxima(self) -> dict[tuple[str, str], float]:
        return _of_window(self.maxima_by_period)

    @property
    def histograms(self) -> dict[tuple[str, str], np.ndarray]:
        return _of_window(self.histograms_by_period)

    def __getattr__(self, name: str) -> np.ndarray:
        """Return counts of the whole window: `referrals`, `outcomes`, `first_places`, `admissions`."""
        rows = self.totals.rows
        found = rows[name][0] if name in rows else rows[f"{name}_by_year"][0].sum(axis=0)
        if name in ("referrals", "outcomes"):  # of parties: a stream and a segment
            found = found.reshape(-1, len(SEGMENTS), *found.shape[1:]).sum(axis=1)
        return found


def _of_window(values: dict) -> dict:
    return {key[:2]: value for key, value in values.items() if key[2] == ALL}


@dataclass(frozen=True)
class Hand:
    """Makes blueprints, patients and stays."""

    def scenario(self, start: str = START, n_days: int = N_DAYS, **units: dict[str, object]) -> Scenario:
        """Return the scenario, units changed as said."""
        written = {
            "time": {"start": start, "run_length_days": n_days, "warm_up_days": 4, "cool_down_days": 4},
            "localities": LOCALITIES,
            "segments": SEGMENTS,
            "travel": TRAVEL,
            "units": {name: unit | units.get(name, {}) for name, unit in BEDS.items()},
            "pathways": {"bedded": STAGES},
            "streams": {
                "from_acute": {"pathway": "bedded", "referrals": {"per_day": 1.0}, "segments": MIX},
                "from_home": {
                    "pathway": "bedded",
                    "route": "step_up",
                    "waits_in": "home",
                    "referrals": {"per_day": 1.0},
                    "segments": MIX,
                },
            },
            "present_at_start": [{"stream": "from_acute", "unit": "ward", "stage": "rehab", "patients": 1}],
        }
        return Scenario.model_validate_json(json.dumps(written))

    def blueprint(
        self, warm_up_days: int = 4, start: str = START, n_days: int = N_DAYS, **units: dict[str, object]
    ) -> Blueprint:
        """Return the blueprint of that scenario."""
        return prepare(self.scenario(start, n_days, **units), warm_up_days)

    def patients(self, blueprint: Blueprint, people: list[Person]) -> Patients:
        """Return the people; only the columns the measures may read mean anything."""
        rows = [(i, ask) for i, person in enumerate(people) for ask in person.asks]
        streams = [stream.name for stream in blueprint.streams]
        firsts = np.cumsum([0] + [len(person.asks) for person in people])[:-1]
        zeros = np.zeros(len(rows))
        nobody = np.full(len(rows), NONE)
        return Patients(
            stream=np.array([streams.index(person.stream) for person in people], dtype=np.int64),
            locality=np.array([[*LOCALITIES, None].index(person.home) for person in people], dtype=np.int64),
            segment=np.array([list(SEGMENTS).index(person.segment) for person in people], dtype=np.int64),
            origin=("layer 0 on", blueprint.present[0].label),
            origin_index=np.array([int(person.present_in is not None) for person in people], dtype=np.int64),
            index=np.arange(len(people)),
            referred_day=np.array([person.referred for person in people], dtype=np.float64),
            first_row=firsts,
            patient=np.array([i for i, _ in rows], dtype=np.int64),
            stage=self._stages(rows),
            visit=np.ones(len(rows), dtype=np.int64),
            needed_days=zeros,
            transfer_days=zeros,
            reason=np.full(len(rows), blueprint.reasons.index("papers")),
            branch=nobody,
            ladder=np.array([self._ladder(blueprint, people[i], ask) for i, ask in rows], dtype=np.int64),
            priority=np.zeros(len(rows), dtype=np.int64),
            patience_days=np.full(len(rows), np.inf),
            exit_outcome=nobody,
            then_row=nobody,
            next_row=nobody,
            outcome=nobody,
        )

    def stays(self, blueprint: Blueprint, people: list[Person]) -> Stays:
        """Return the people's rows as an engine would."""
        rows = [(i, ask) for i, person in enumerate(people) for ask in person.asks]
        columns: dict[str, list[float]] = {"ready": [], "transfer_end": [], "go": []}
        for _, ask in rows:
            instant = 9999.0 if math.isnan(ask.left) else ask.left  # of those still in: ready after the run
            for name in ("go", "transfer_end", "ready"):
                said = getattr(ask, name)
                instant = instant if said is None else said
                columns[name].append(NAN if ask.unit is None else instant)
        return Stays(
            row=np.arange(len(rows)),
            patient=np.array([i for i, _ in rows], dtype=np.int64),
            stage=self._stages(rows),
            visit=np.ones(len(rows), dtype=np.int64),
            requested_day=np.array([ask.requested for _, ask in rows], dtype=np.float64),
            admitted_day=np.array([ask.admitted for _, ask in rows], dtype=np.float64),
            ready_day=np.array(columns["ready"], dtype=np.float64),
            transfer_end_day=np.array(columns["transfer_end"], dtype=np.float64),
            go_day=np.array(columns["go"], dtype=np.float64),
            left_day=np.array([ask.left for _, ask in rows], dtype=np.float64),
            unit=np.array(
                [NONE if ask.unit is None else blueprint.units.index(ask.unit) for _, ask in rows], dtype=np.int64
            ),
            rung=np.zeros(len(rows), dtype=np.int64),
            outcome=np.array(
                [NONE if one.outcome is None else blueprint.outcomes.index(one.outcome) for one in people],
                dtype=np.int64,
            ),
        )

    def measure(
        self,
        people: list[Person],
        *,
        demand: list[Person] | None = None,
        no_delay: list[Person] | None = None,
        blueprint: Blueprint | None = None,
    ) -> Found:
        """Return the measures of these people; the demand runs are like the run itself unless said."""
        blueprint = blueprint or self.blueprint()
        stays, *runs = (self.stays(blueprint, run or people) for run in (people, demand, no_delay))
        patients = self.patients(blueprint, people)
        needed = demand_of(yardstick_of(blueprint), patients, *runs)
        totals = measure(blueprint, patients, stays, needed, replication=3)
        return Found(totals, Reader(yardstick_of(blueprint), totals))

    def midnights(
        self,
        people: list[Person],
        *,
        demand: list[Person] | None = None,
        blueprint: Blueprint | None = None,
    ) -> dict[tuple[str, str], list[int]]:
        """Return the numbers at each midnight of these people."""
        blueprint = blueprint or self.blueprint()
        yardstick = yardstick_of(blueprint)
        patients = self.patients(blueprint, people)
        stays, *runs = (self.stays(blueprint, run) for run in (people, demand or people, people))
        found = read_run(yardstick, patients, stays, demand_of(yardstick, patients, *runs)).midnights
        return dict(zip(yardstick.midnight_keys, found[:, :-1].tolist(), strict=True))

    def stayer(self, unit: str, admitted: float, left: float, **others: float) -> Person:
        """Return somebody referred and admitted at once for one stage of rehabilitation."""
        outcome = None if math.isnan(left) else "home"
        return Person(admitted, [replace(Ask("rehab", unit, admitted, admitted, left), **others)], outcome)

    def _stages(self, rows: list[tuple[int, Ask]]) -> np.ndarray:
        return np.array([list(STAGES).index(ask.stage) for _, ask in rows], dtype=np.int64)

    def _ladder(self, blueprint: Blueprint, person: Person, ask: Ask) -> int:
        if person.present_in is not None and ask is person.asks[0]:
            return own_ladder_index(blueprint.scenario, blueprint.units.index(person.present_in))
        return ladder_index(blueprint.scenario, list(STAGES).index(ask.stage), 0)

    Ask = Ask
    Person = Person


@pytest.fixture(scope="session")
def hand() -> Hand:
    return Hand()
