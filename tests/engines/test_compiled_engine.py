"""The compiled engine gives the same bits as the SimPy engine, and proof that these tests can fail."""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from bedsim.engine import compiled, stays
from bedsim.engine.alone import is_never_short
from bedsim.engine.simpy_engine import simulate as simulate_simpy
from bedsim.engine.stays import Stays
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.patients.network import LeaveRule, Network
from bedsim.patients.population import Patients
from bedsim.scenario.load import load
from tests.networks import Step, build, networks, random_network, rungs, unit

ENGINE = Path(compiled.__file__).parent
SCENARIOS = Path(__file__).parents[2] / "scenarios"
Case = tuple[Patients, Network]


@pytest.mark.parametrize("whole_days", [True, False])
def test_every_column_of_every_stay_is_that_of_the_simpy_engine(whole_days: bool) -> None:
    """500 random networks whose times are whole days, with ties everywhere, and 500 with continuous times."""

    @settings(max_examples=500, deadline=None, derandomize=True, database=None)
    @given(networks(whole_days))
    def agree(case: Case) -> None:
        assert compiled.simulate(*case).equals(simulate_simpy(*case))

    agree()


@pytest.mark.parametrize("whole_days", [True, False])
def test_people_who_need_not_wait_for_one_another_have_the_same_stays_too(whole_days: bool) -> None:
    """The same networks with nothing limited, where the compiled engine takes one person after another."""

    @settings(max_examples=500, deadline=None, derandomize=True, database=None)
    @given(networks(whole_days))
    def agree(case: Case) -> None:
        patients, network = case[0], case[1].without_limits()
        assert is_never_short(network)
        assert compiled.simulate(patients, network).equals(simulate_simpy(patients, network))

    agree()


@pytest.mark.nightly
@pytest.mark.parametrize("whole_days", [True, False])
def test_every_column_agrees_on_20_000_networks_never_tried_before(whole_days: bool) -> None:
    """The same law on 10,000 networks of each sort, others every night."""

    @settings(max_examples=10_000, deadline=None, database=None)
    @given(networks(whole_days))
    def agree(case: Case) -> None:
        assert compiled.simulate(*case).equals(simulate_simpy(*case))

    agree()


QUICK = ("option-1", "option-2", "before")
SHIPPED = [path for path in sorted(SCENARIOS.glob("*.yaml")) if path.name != "sources.yaml"]


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("overlay", [None, pytest.param("referrals-uhnm", marks=pytest.mark.long)])
def test_the_shipped_scenarios_give_the_same_bits(name: str, overlay: str | None) -> None:
    """A whole replication of each option, and of the networks of the demand measures."""
    overlays = [] if overlay is None else [SCENARIOS / "overlays" / f"{overlay}.yaml"]
    blueprint = prepare(load(SCENARIOS / f"{name}.yaml", overlays=overlays), 300)
    patients, network = draw(blueprint, 1, 0), blueprint.network
    for people, places in (
        (patients, network),
        (patients, network.with_unlimited(network.planned_units)),
        (patients.without_transfer(), network.without_limits()),
    ):
        assert compiled.simulate(people, places).equals(simulate_simpy(people, places))


@pytest.mark.long
@pytest.mark.parametrize("path", [path for path in SHIPPED if path.stem not in QUICK], ids=lambda path: path.stem)
def test_every_other_shipped_scenario_gives_the_same_bits(path: Path) -> None:
    """A whole replication, in its own timetable, and of the networks of the demand measures."""
    blueprint = prepare(load(path), 300)
    patients, sampled = draw(blueprint, 1, 0), blueprint.tracks.sampled(1, 0)
    for people, places in (
        (patients, sampled.network),
        (patients, sampled.demand_network),
        (patients.without_transfer(), blueprint.network.without_limits()),
    ):
        assert compiled.simulate(people, places).equals(simulate_simpy(people, places))


def test_a_network_without_patients_is_simulated() -> None:
    """Nobody is referred: there are no stays."""
    patients, network = build([unit(1)], [])
    assert len(compiled.simulate(patients, network).row) == 0


@pytest.mark.parametrize("needed", [1e9, 2.0**53 - 1, 2.0**53, 1e19, 1e300])
@pytest.mark.parametrize("hour", [None, 9.0])
def test_a_stay_without_end_is_simulated_by_both_engines(needed: float, hour: float | None) -> None:
    """A heavy tail may give any length: leave times are found for all that have days, and nothing is read amiss."""
    leave = LeaveRule((False,) * 3 + (True,) * 4, 0, hour)
    case = build([unit(1, leave=leave, stay_factor=1.5)], [(0.0, Step(needed)), (1.0, Step(1.0))])
    assert compiled.simulate(*case).equals(simulate_simpy(*case))


@pytest.mark.parametrize("people", [200, 2_000])
def test_many_who_ask_at_one_instant_are_served_by_rank(people: int) -> None:
    """Ties by the hundred: everybody comes, waits, stays and leaves at the same few instants."""
    step = Step(1.0, rungs((0, 0)), patience=30.0)
    case = build([unit(7, turnover_days=1.0)], [(float(i % 3), step) for i in range(people)], end=40.0)
    assert compiled.simulate(*case).equals(simulate_simpy(*case))


def test_time_per_patient_does_not_grow_with_the_waiting_list() -> None:
    """Rule 4 looks at the first of each class only: steps grow as people do, though all of them wait together."""
    few, many = (_lines_run(*_overloaded(n)) for n in (100, 400))
    assert many < 4.5 * few


# ---- planted changes of the engine ------------------------------------------------------------------------------

IS_OPEN = "now >= row.requested_day + rungs[j].after_days"
PLANTED = {
    "no stay-put": [("if held_row != NONE:", "if False:")],
    "rung open only after its instant": [
        (IS_OPEN, IS_OPEN.replace(">=", ">")),
        ("now >= rows[candidate].requested_day", "now > rows[candidate].requested_day"),
    ],
    "priority ignored": [("if row.priority != other.priority:", "if False:")],
    "leaves not last": [("if n_gone > 0 and next_day > now:", "if n_gone > 0:")],
    "cleaning not offered": [
        ("n_touched = touch(unit, what, touched, n_touched)", "pass"),
    ],
    "leave time strictly after": [("if row.go_day >= x:", "if row.go_day > x:")],
    "patient number reversed": [
        ("bool(row.patient < other.patient)", "bool(row.patient > other.patient)"),
        ("rows[before].patient > row.patient", "rows[before].patient < row.patient"),
    ],
    "stay summed in another order": [
        ("x = row.ready_day + row.transfer_days", "x = row.admitted_day + (stay + row.transfer_days)")
    ],
    "keep_free ignored": [("unit.free > rungs[j].keep_free", "unit.free > 0"), ("> namings[j].keep_free", "> 0")],
    "no cleaning": [("unit.turnover_days > 0 and unit.places != math.inf", "False")],
    "deconditioning not capped": [("min(lost, stage.deconditioning_most_days)", "lost")],
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_change_of_a_rule_is_caught(planted: str) -> None:
    """At least 1 in 100 random networks tells an engine with one rule changed from the SimPy engine."""
    changed = _interpreted(*PLANTED[planted])
    different = 0
    for seed in range(200):
        for whole_days in (True, False):
            case = random_network(seed, whole_days)
            different += not changed(*case).equals(simulate_simpy(*case))
            if different == 4:
                return
    pytest.fail(f"only {different} of 400 networks notice")


PLANTED_WITHOUT_LIMITS = {
    "no stay-put": [("if held_unit != NONE:", "if False:")],
    "a place is given up when asking stops": [("(is_placed or then_row[asked] == NONE)", "True")],
    "the wait is looked at once": [("if again_day <= now:", "if True:")],
    "the end is reached": [("next_row[asked] == NONE and now < end_day", "next_row[asked] == NONE")],
    "rung open only after its instant": [(IS_OPEN, IS_OPEN.replace(">=", ">"))],
    "stay summed in another order": PLANTED["stay summed in another order"],
}


@pytest.mark.parametrize("planted", PLANTED_WITHOUT_LIMITS)
def test_a_planted_change_where_nothing_is_limited_is_caught(planted: str) -> None:
    """At least 1 in 100 random networks without limits notices."""
    changed = _interpreted(*PLANTED_WITHOUT_LIMITS[planted])
    different = 0
    for seed in range(200):
        for whole_days in (True, False):
            patients, network = random_network(seed, whole_days)
            network = network.without_limits()
            different += not changed(patients, network).equals(simulate_simpy(patients, network))
            if different == 4:
                return
    pytest.fail(f"only {different} of 400 networks notice")


def test_the_unchanged_engine_read_by_python_gives_the_same_bits_too() -> None:
    """What the planted changes are planted into is the compiled engine: 60 networks agree."""
    unchanged = _interpreted()
    for seed in range(30):
        for whole_days in (True, False):
            case = random_network(seed, whole_days)
            assert unchanged(*case).equals(compiled.simulate(*case))


def _interpreted(*changes: tuple[str, str]) -> Callable[[Patients, Network], Stays]:
    """Return the compiled engine's `simulate`, run by Python itself, with changes of its text."""
    modules, changed = {}, set()
    for name in ("records", "compiled_rules", "alone", "instants", "compiled"):
        source = (ENGINE / f"{name}.py").read_text(encoding="utf-8")
        for old, new in changes:
            changed |= {old} if old in source else set()
            source = source.replace(old, new)
        source = source.replace("from bedsim.jit import jit\n", "from tests.interpreted import jit\n")
        source = source.replace("from bedsim.engine.", "from interpreted.")
        modules[f"interpreted.{name}"] = module = types.ModuleType(f"interpreted.{name}")
        with pytest.MonkeyPatch.context() as patch:
            for one in modules:
                patch.setitem(sys.modules, one, modules[one])
            patch.setitem(sys.modules, "interpreted", types.ModuleType("interpreted"))
            patch.setitem(sys.modules, "interpreted.stays", stays)
            exec(compile(source, f"interpreted.{name}", "exec"), module.__dict__)
    assert changed == {old for old, _ in changes}, "a planted change is not in the engine's text"
    return modules["interpreted.compiled"].simulate


def _overloaded(n: int) -> Case:
    """One ward of two places, and people who come ten times as fast as they leave."""
    return build([unit(2)], [(i / 10, Step(2.0, rungs((0, 0)), patience=math.inf)) for i in range(n)], end=1_000.0)


def _lines_run(patients: Patients, network: Network) -> int:
    """Count the lines of the engine that Python runs."""
    simulate, lines = _interpreted(), 0

    def trace(frame: types.FrameType, event: str, _: object) -> object:
        nonlocal lines
        lines += event == "line"
        return trace if frame.f_code.co_filename.startswith("interpreted") else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        simulate(patients, network)
    finally:
        sys.settrace(before)
    return lines
