"""Tracks become one timetable: by hand, bit for bit where they say nothing, and the same for both engines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bedsim.analysis.recipe import Recipe, checked_stays
from bedsim.analysis.trials import Trials
from bedsim.engine.compiled import simulate
from bedsim.engine.simpy_engine import simulate as simulate_simpy
from bedsim.engine.stuck import refuse_stuck
from bedsim.errors import StuckError
from bedsim.measures.reading import Reader
from bedsim.measures.totals import merge
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.draw import draw
from bedsim.patients.network import ladder_index
from bedsim.patients.population import NONE
from bedsim.patients.steps import Steps, covered, steps
from bedsim.patients.tracks import ALWAYS, Tracks, UnitTracks
from bedsim.scenario.load import load
from bedsim.scenario.schema import Scenario
from tests.bits import same_bits
from tests.networks import Step, build, random_network, rungs, unit
from tests.scenarios_in_python import spec

SCENARIOS = Path(__file__).parents[3] / "scenarios"
WARM_UP = 200
INSPECTIONS = {
    "interval_days": {"gamma": {"mean": 60.0, "cv": 0.5}},
    "transitions": {
        "good": {"good": 0.6, "requires_improvement": 0.4},
        "requires_improvement": {"good": 0.7, "requires_improvement": 0.3},
    },
}
BETTER = {"interval_days": 30.0, "transitions": {"good": {"outstanding": 1.0}, "outstanding": {"good": 1.0}}}
CLOSURES = {
    "per_year": 20.0,
    "duration_days": {"lognormal": {"mean": 6.0, "cv": 0.5}},
    "part": 0.3,
    "winter_factor": 2.0,
}
BY_DAY = {"days": ("mon", "tue", "wed", "thu", "fri"), "from_hour": 9.0, "until_hour": 17.0}


def with_tracks(gate: dict[str, Any] | None = None, present: bool = False, **units: dict[str, Any]) -> Blueprint:
    """The scenario of the draws with keys of units and of the gate laid over it."""
    tree = spec()
    for name, more in units.items():
        tree["units"][name] |= more
    tree["quality_gate"] = gate or {}
    tree["slug"] = "tracks"
    if present:
        tree["time"]["warm_up_days"] = WARM_UP
        entry = {"stream": "acute", "unit": "ash", "stage": "rehab", "patients": 9, "residual_days": {"constant": 50.0}}
        tree["present_at_start"] = (entry,)
    return prepare(Scenario.model_validate(tree), WARM_UP)


def everything(**more: Any) -> Blueprint:
    """The scenario with every track there is."""
    return with_tracks(
        {"inspections": INSPECTIONS},
        ward={"closures": CLOSURES},
        ash={
            "admission_hours": BY_DAY,
            "spot": {"places": 3, "chance": 0.5, "review_days": 14.0},
            "closures": CLOSURES | {"part": 1.0, "per_year": 6.0},
        },
        team={"closures": CLOSURES},
        **more,
    )


@dataclass(frozen=True)
class Fixed:
    """A source without chance."""

    value: Steps

    def drawn(self, seed: int, replication: int) -> Steps:
        """Return the same for ever."""
        return self.value


def rows(tracks: Tracks) -> list[tuple[float, float, bool]]:
    """The merged rows of the one unit."""
    return [(row.day, row.places, row.accepting) for row in tracks.sampled(1, 0).network.timetable]


def test_tracks_are_merged_as_by_hand() -> None:
    """Infection from day 3 to 10, half of the places; the timetable shuts on 5, reopens on 8, shrinks on 12; the gate
    suspends from 9 to 11; three places are bought from day 6 on. What is written and bought, less what is closed."""
    _, network = build([unit(7)], [], [(5.0, 0, 7, False), (8.0, 0, 7, True), (12.0, 0, 4, True)], end=20.0)
    one = UnitTracks(
        unit=0,
        places=steps([5.0, 8.0, 12.0], [7.0, 7.0, 4.0], 7.0),
        accepting=steps([5.0, 8.0, 12.0], [0.0, 1.0, 1.0], 1.0),
        hours=ALWAYS,
        bound_from=0.0,
        gate=Fixed(covered(np.array([9.0]), np.array([11.0]), 1.0)),
        infection=Fixed(covered(np.array([3.0]), np.array([10.0]), 0.5)),
        spot=Fixed(steps([6.0], [3.0], 0.0)),  # type: ignore[arg-type]
    )
    tracks = Tracks(network, (one,))
    assert rows(tracks) == [
        (3.0, 3.0, True),  # 7 less 3.5, rounded up
        (5.0, 3.0, False),
        (6.0, 5.0, False),  # 10 less 5
        (8.0, 5.0, True),
        (9.0, 0.0, False),
        (11.0, 10.0, True),
        (12.0, 7.0, True),
    ]
    sampled = tracks.sampled(1, 0)
    assert [(row.day, row.places) for row in sampled.suspended] == [(9.0, 10.0), (11.0, 0.0)]
    assert [(row.day, row.places) for row in sampled.closed] == [(3.0, 4.0), (6.0, 5.0), (9.0, 0.0)]


def test_a_unit_that_is_closed_whole_accepts_nobody_even_if_unlimited() -> None:
    """Part 1: no places, and nobody admitted where places have no number."""
    _, network = build([unit(np.inf)], [], [], end=20.0)
    shut = Fixed(covered(np.array([3.0]), np.array([4.0]), 1.0))
    one = UnitTracks(0, steps([], [], np.inf), ALWAYS, ALWAYS, 0.0, infection=shut)
    assert rows(Tracks(network, (one,))) == [(3.0, np.inf, False), (4.0, np.inf, True)]


@pytest.mark.parametrize(("part", "places", "closed"), [(0.1, 30, 3), (0.07, 100, 7), (0.5, 7, 4), (0.01, 5, 1)])
def test_a_part_is_whole_places_rounded_up(part: float, places: int, closed: int) -> None:
    """A part that makes whole places is not one place more, although it is a float."""
    _, network = build([unit(places)], [], [], end=9.0)
    one = UnitTracks(0, steps([], [], places), ALWAYS, ALWAYS, 0.0, infection=Fixed(steps([2.0], [part], 0.0)))
    assert rows(Tracks(network, (one,))) == [(2.0, places - closed, True)]


def test_without_tracks_the_network_is_the_blueprint_s_own() -> None:
    """Nothing is copied or drawn where nothing is sampled; with hours alone all replications share one network."""
    plain, by_day = with_tracks(), with_tracks(ash={"admission_hours": BY_DAY})
    assert plain.network_of(1, 0) is plain.network_of(2, 7) is plain.network is plain.tracks.at_best
    assert by_day.network_of(1, 0) is by_day.network_of(2, 7)
    assert by_day.network_of(1, 0) is not by_day.network


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param({"minimum_rating": "none", "inspections": INSPECTIONS}, id="no gate"),
        pytest.param({"inspections": BETTER}, id="never below"),
        pytest.param({"minimum_rating": "requires_improvement", "inspections": INSPECTIONS}, id="low enough"),
    ],
)
def test_a_gate_that_shuts_nobody_was_never_there(gate: dict[str, Any]) -> None:
    """Gate off, or homes that pass at each inspection: the totals of the same people, bit for bit."""
    never, gated = with_tracks({"minimum_rating": "none"}), with_tracks(gate)
    for i in range(3):
        assert gated.network_of(1, i).timetable == never.network_of(1, i).timetable
        assert same_bits(Recipe(gated, 1).replication(i), Recipe(never, 1).replication(i))


def test_a_gate_that_shuts_homes_is_noticed() -> None:
    """The twin: with homes that may fail the totals are others."""
    never, gated = with_tracks({"minimum_rating": "none"}), with_tracks({"inspections": INSPECTIONS})
    assert not any(same_bits(Recipe(gated, 1).replication(i), Recipe(never, 1).replication(i)) for i in range(3))


def admitted_while_shut(blueprint: Blueprint, network_of: Any) -> int:
    """How many are admitted to ash while its rating is below the minimum, in 10 replications."""
    (ash,) = (one for one in blueprint.tracks.units if blueprint.units[one.unit] == "ash")
    found = 0
    for i in range(10):
        patients = draw(blueprint, 1, i)
        stays = checked_stays(blueprint, patients, network_of(i), "compiled")
        came = stays.admitted_day[stays.unit == ash.unit]
        assert ash.gate is not None
        found += int(ash.gate.drawn(1, i).at(came).sum())
    return found


def test_a_home_below_the_minimum_gets_nobody_in_any_replication() -> None:
    """Suspended, it admits nobody and keeps its people; it is restored when it passes."""
    blueprint = with_tracks({"inspections": INSPECTIONS})
    assert admitted_while_shut(blueprint, lambda i: blueprint.network_of(1, i)) == 0
    assert admitted_while_shut(blueprint, lambda _: blueprint.network) > 10  # the twin: without the gate some are


def test_a_home_below_the_minimum_at_the_start_is_there_and_shut_until_it_passes() -> None:
    """With inspections it is on the ladders and among the planned beds; it opens at the inspection that restores it."""
    better = {
        "interval_days": 40.0,
        "transitions": {"requires_improvement": {"good": 1.0}, "not_yet_rated": {"good": 1.0}, "good": {"good": 1.0}},
    }
    blueprint = with_tracks({"inspections": better}, ash={"rating": "not_yet_rated"})
    ash = blueprint.units.index("ash")
    assert ash in blueprint.network.planned_units
    assert not with_tracks(ash={"rating": "not_yet_rated"}).network.units[ash].is_planned
    for i in range(5):
        first, second = (row for row in blueprint.network_of(1, i).timetable if row.unit == ash)
        assert (first.day, first.places, first.accepting) == (-WARM_UP, 0.0, False)
        assert (second.places, second.accepting) == (9.0, True)
        assert 0 < second.day < 40


def test_people_are_admitted_at_the_hours_stated_and_nobody_at_others() -> None:
    """Every admission to the home lies on a weekday between nine and five; whoever waits for the hour comes at nine."""
    blueprint = with_tracks(ash={"admission_hours": BY_DAY}, elm={"places": 0}, ward={"places": 3})
    stays = checked_stays(blueprint, draw(blueprint, 1, 0), blueprint.network_of(1, 0), "compiled")
    came = stays.admitted_day[stays.unit == blueprint.units.index("ash")]
    weekday = (np.floor(came).astype(int) + blueprint.scenario.time.start.weekday()) % 7
    assert len(came) > 50
    assert weekday.max() <= 4
    assert (came % 1 * 24 >= 9 - 1e-9).all()
    assert (came % 1 * 24 < 17).all()
    assert np.isclose(came % 1 * 24, 9).any()


def test_hours_around_the_clock_are_no_hours() -> None:
    """From midnight to midnight on every day nothing is ever shut."""
    blueprint = with_tracks(ash={"admission_hours": {}})
    assert blueprint.network_of(1, 0).timetable == blueprint.network.timetable


def test_people_present_at_the_start_are_in_their_places_whatever_the_tracks_say() -> None:
    """Hours, a closure and a rating below the minimum bind there from the next day on."""
    blueprint = everything(present=True)
    shut = with_tracks(
        {
            "inspections": {
                "interval_days": 1e4,
                "transitions": {"inadequate": {"inadequate": 1.0}, "good": {"good": 1.0}},
            }
        },
        present=True,
        ash={"rating": "inadequate"},
    )
    for one in (blueprint, shut):
        for i in range(5):
            patients = draw(one, 1, i)
            stays = checked_stays(one, patients, one.network_of(1, i), "compiled")
            admitted = stays.admitted_day[stays.unit == one.units.index("ash")]
            assert (admitted == -WARM_UP).sum() == 9
    rows = [row for row in shut.network_of(1, 0).timetable if row.unit == shut.units.index("ash")]
    assert [(row.day, row.places, row.accepting) for row in rows] == [(1.0 - WARM_UP, 0.0, False)]


def test_who_waits_for_a_unit_that_is_closed_by_chance_is_not_stuck_for_ever() -> None:
    """At the run's end the only unit may be closed or shut for the night: it opens again, and that is no error."""
    tree = spec()
    tree["pathways"]["bedded"]["rehab"]["ladder"] = ({"units": "ash"},)
    tree["units"]["ash"] |= {"admission_hours": BY_DAY, "closures": CLOSURES | {"part": 1.0, "per_year": 90.0}}
    blueprint = prepare(Scenario.model_validate(tree), 0)
    for i in range(5):
        patients, network = draw(blueprint, 1, i), blueprint.network_of(1, i)
        stays = checked_stays(blueprint, patients, network, "compiled")
        with pytest.raises(StuckError):  # the twin: as if the night lasted for ever
            refuse_stuck(patients, network, stays)


def test_a_longer_warm_up_changes_nothing_in_the_timetable_after() -> None:
    """The rows after the shorter run's beginning are the same; at its beginning the state is."""
    short = everything()
    long = prepare(short.scenario, WARM_UP + 500)
    for i in range(5):
        a, b = (one.network_of(1, i) for one in (short, long))
        begin = -WARM_UP
        assert [row for row in a.timetable if row.day > begin] == [row for row in b.timetable if row.day > begin]
        for u in range(len(a.units)):
            states = [
                (
                    [(one.units[u].places, True)]
                    + [row[2:] for row in one.timetable if row.unit == u and row.day <= begin]
                )
                for one in (a, b)
            ]
            assert states[0][-1] == states[1][-1]


@pytest.mark.parametrize("replication", [0, 1])
def test_both_engines_give_the_same_stays_with_every_track(replication: int) -> None:
    """Inspections, hours, bought places and closures are rows of a timetable, nothing else."""
    blueprint = everything()
    patients, sampled = draw(blueprint, 1, replication), blueprint.tracks.sampled(1, replication)
    assert len(sampled.network.timetable) > len(blueprint.network.timetable) + 50
    for network in (sampled.network, sampled.demand_network):
        assert simulate(patients, network).equals(simulate_simpy(patients, network))


def test_both_engines_agree_on_random_networks_whose_units_have_random_tracks() -> None:
    """100 small networks in which units close in part, sell places, are suspended and keep hours."""
    for seed in range(100):
        patients, network = random_network(seed, whole_days=seed % 2 == 0)
        rng = np.random.default_rng(seed)
        tracks = Tracks(network, tuple(_random_tracks(rng, network, u) for u in range(len(network.units))))
        merged = tracks.sampled(1, 0).network
        assert simulate(patients, merged).equals(simulate_simpy(patients, merged))


def _random_tracks(rng: np.random.Generator, network: Any, u: int) -> UnitTracks:
    """Whole and broken days on which each track changes."""
    rows = [row for row in network.timetable if row.unit == u]
    span = network.end_day - network.start_day

    def times() -> np.ndarray:
        drawn = np.sort(network.start_day + rng.random(6) * span)
        return np.unique(np.where(rng.random(6) < 0.5, np.floor(drawn), drawn))

    def shut(value: float) -> Fixed:
        begins = times()
        return Fixed(covered(begins, begins + rng.integers(1, 4), value))

    return UnitTracks(
        unit=u,
        places=steps([row.day for row in rows], [row.places for row in rows], network.units[u].places),
        accepting=steps([row.day for row in rows], [float(row.accepting) for row in rows], 1.0),
        hours=covered(begins := times(), begins + span / 8, 1.0).since(network.start_day, 1.0),
        bound_from=network.start_day,
        gate=shut(1.0),
        infection=shut(float(rng.choice([0.3, 0.5, 1.0]))),
        spot=Fixed(steps(days := times(), rng.integers(0, 3, len(days)).astype(float), 0.0)),  # type: ignore[arg-type]
    )


def test_nobody_is_moved_out_when_a_part_is_closed() -> None:
    """Two people in two places, one closed from day 1 to 5: both stay, and the next comes when two are open."""
    patients, network = build(
        [unit(2)], [(0.0, Step(10.0)), (0.0, Step(3.0)), (2.0, Step(1.0, rungs((0, 0))))], end=20.0
    )
    closed = Fixed(covered(np.array([1.0]), np.array([5.0]), 0.5))
    one = UnitTracks(0, steps([], [], 2.0), ALWAYS, ALWAYS, 0.0, infection=closed)
    stays = simulate(patients, Tracks(network, (one,)).sampled(1, 0).network)
    assert stays.admitted_day.tolist() == [0.0, 0.0, 5.0]
    assert stays.left_day.tolist() == [10.0, 3.0, 6.0]


def test_places_that_are_there_and_those_that_are_not_add_up() -> None:
    """Of each unit: open + suspended + closed = written + bought, bed-day for bed-day; means are over the days."""
    blueprint = everything()
    recipe, one = Recipe(blueprint, 1), yardstick_of(blueprint)
    bought_there = False
    for i in range(5):
        totals = recipe.replication(i)
        there, suspended, closed = (totals.rows[f"{name}_by_year"][0] for name in ("open", "suspended", "closed"))
        (ash,) = (tracks for tracks in blueprint.tracks.units if blueprint.units[tracks.unit] == "ash")
        assert ash.spot is not None
        bought = ash.spot.drawn(1, i).at(np.arange(120.0)).sum()  # reviews are at midnights
        written = one.open_bed_days.sum(axis=0)
        finite = np.isfinite(written)
        expected = written + bought * (np.arange(len(written)) == ash.unit)
        found = (there + suspended + closed).sum(axis=0)
        assert np.allclose(found[finite], expected[finite], rtol=1e-12)
        bought_there |= bought > 0
        reader = Reader(one, totals)
        keys, values = reader.means("open_beds")
        assert values[0, keys.index(("ash", "open_beds", "all"))] == pytest.approx(there[:, ash.unit].sum() / 120)
        keys, values = reader.means("places_excluded_by_gate")
        of_kind = values[0, keys.index(("care_home", "places_excluded_by_gate", "all"))]
        assert of_kind == pytest.approx(suspended.sum() / 120)
        keys, values = reader.means("places_closed")
        planned = list(blueprint.network.planned_units)
        assert values[0, keys.index(("system", "places_closed", "all"))] == pytest.approx(
            closed[:, planned].sum() / 120
        )
    assert bought_there


def test_homes_that_are_shut_for_good_are_counted_as_excluded() -> None:
    """Without inspections: all places of a home below the minimum, of it, of care homes and of the system."""
    blueprint = with_tracks(ash={"rating": "inadequate"})
    reader = Reader(yardstick_of(blueprint), Recipe(blueprint, 1).replication(0))
    keys, values = reader.means("places_excluded_by_gate")
    found = {key[0]: value for key, value in zip(keys, values[0].tolist(), strict=True) if key[2] == "all"}
    assert {name for name, value in found.items() if value} == {"ash", "care_home", "system"}
    assert found["ash"] == found["care_home"] == found["system"] == 9.0
    assert reader.means("places_closed")[0] == []
    plain = with_tracks()
    assert Reader(yardstick_of(plain), Recipe(plain, 1).replication(0)).means("places_excluded_by_gate")[0] == []


def test_a_unit_is_left_out_of_the_ladders_of_stages_it_does_not_take() -> None:
    """Where a kind is named; the other home is named alone."""
    blueprint = with_tracks(ash={"takes": ("another",)})
    ladder = blueprint.network.ladders[ladder_index(blueprint.scenario, 0, 0)]
    named = {blueprint.units[unit] for rung in ladder for unit in rung.units}
    assert "elm" in named
    assert "ash" not in named


def test_the_bed_curve_s_networks_have_the_same_luck() -> None:
    """Tracks lie over whatever places a blueprint's network has: with other numbers, the same days."""
    blueprint = everything()
    more = tuple(replace(one, places=one.places + 2) for one in blueprint.network.units)
    other = replace(blueprint, network=replace(blueprint.network, units=more))
    a, b = (
        {(row.day, row.unit, row.accepting) for row in one.network_of(1, 0).timetable} for one in (blueprint, other)
    )
    assert a == b
    assert NONE not in {row.unit for row in other.network_of(1, 0).timetable}


def test_trials_and_runs_meet_the_same_luck() -> None:
    """Whoever simulates a replication asks for the network of its number: the same totals, bit for bit."""
    blueprint = everything()
    (trial,) = Trials(seed=3).run({"it": blueprint}, 3).values()
    assert same_bits(trial.totals, merge([Recipe(blueprint, 3).replication(i) for i in range(3)], range(3)))


@pytest.mark.long
def test_both_engines_give_the_same_stays_in_the_shipped_scenario() -> None:
    """A whole replication of care-homes.yaml, and of the network of its demand."""
    blueprint = prepare(load(SCENARIOS / "care-homes.yaml"), 300)
    patients, sampled = draw(blueprint, 1, 0), blueprint.tracks.sampled(1, 0)
    for network in (sampled.network, sampled.demand_network):
        assert simulate(patients, network).equals(simulate_simpy(patients, network))
