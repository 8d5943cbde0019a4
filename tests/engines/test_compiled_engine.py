"""The compiled engine gives the same bits as the SimPy engine, and proof that these tests can fail."""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedsim.engine import compiled, stays
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
        assert network.arrays.units["is_never_short"].all()
        assert compiled.simulate(patients, network).equals(simulate_simpy(patients, network))

    agree()


@pytest.mark.parametrize("whole_days", [True, False])
def test_people_who_need_not_wait_at_first_have_the_same_stays_too(whole_days: bool) -> None:
    """The same networks with every second unit unlimited, where people go ahead to where a place may be short."""

    @settings(max_examples=500, deadline=None, derandomize=True, database=None)
    @given(networks(whole_days), st.integers(0, 1))
    def agree(case: Case, first: int) -> None:
        patients, network = case[0], case[1].with_unlimited(range(first, len(case[1].units), 2))
        assert compiled.simulate(patients, network).equals(simulate_simpy(patients, network))

    agree()


@pytest.mark.parametrize(
    ("change", "never_short"),
    [
        ((2.0, 0, math.inf, True), True),
        ((2.0, 0, math.inf, False), False),
        ((2.0, 0, 1, True), False),
    ],
)
def test_a_unit_is_never_short_unless_its_timetable_limits_or_shuts_it(
    change: tuple[float, int, float, bool], never_short: bool
) -> None:
    """Unlimited places may be limited or shut later: people ask for them at their time."""
    patients, network = build([unit(math.inf)], [(float(i), Step(3.0)) for i in range(5)], [change])
    assert network.arrays.units["is_never_short"].tolist() == [never_short]
    assert network.arrays.ladders["is_never_short"].all() == never_short
    assert compiled.simulate(patients, network).equals(simulate_simpy(patients, network))


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

PLANTED = {
    "no stay-put": [("if rung_units[k] == unit:", "if False:")],
    "rung open only after its instant": [
        ("if opens > now:", "if opens >= now:"),
        ("now >= members.requested_day", "now > members.requested_day"),
    ],
    "a rung that opens now is not looked at": [("elif opens >= since:", "elif opens > since:")],
    "priority ignored": [("elif members.priority != classes[best].priority:", "elif False:")],
    "leaves not last": [("if n_gone > 0 and next_day > now:", "if n_gone > 0:")],
    "timers are not needed": [("states[INDEX(what >> 2)] != WAITING", "True")],
    "cleaning not offered": [
        ("n_touched = touch(unit, what, touched, n_touched)", "pass"),
    ],
    "closed is open": [("unit.places - unit.taken if unit.is_accepting else -math.inf", "unit.places - unit.taken")],
    "leave time strictly after": [("if day + unit.leave_hour / 24 >= x:", "if day + unit.leave_hour / 24 > x:")],
    "patient number reversed": [
        ("is_first = members.first < classes[best].first", "is_first = members.first > classes[best].first"),
        ("while before > number and", "while NONE < before < number and"),
    ],
    "stay summed in another order": [
        (
            "row.transfer_end_day = row.ready_day + transfer",
            "row.transfer_end_day = row.admitted_day + (stay + transfer)",
        )
    ],
    "keep_free ignored": [("room > rungs[j].keep_free", "room > 0"), ("room > namings[j].keep_free", "room > 0")],
    "no cleaning": [("unit.turnover_days > 0 and unit.places != math.inf", "False")],
    "deconditioning not capped": [("min(lost, stage.deconditioning_most_days)", "lost")],
    "a place is given up when asking stops": [("rows[then].held_row = row.held_row", "rows[then].held_row = NONE")],
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
    "no stay-put": PLANTED["no stay-put"],
    "the wait is looked at once": [("if again_day <= now:", "if True:")],
    "the end is reached": [("if held > NONE and day < end_day:", "if held > NONE:")],
    "rung open only after its instant": PLANTED["rung open only after its instant"],
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


PLANTED_AHEAD = {
    "everybody goes ahead": [("ladders[inputs.ladder[asked]].is_never_short", "True")],
    "a place is kept by whoever goes on": [
        ("rows[held].left_day = day\n            held, day", "pass\n            held, day")
    ],
}


@pytest.mark.parametrize("planted", PLANTED_AHEAD)
def test_a_planted_change_where_some_units_are_never_short_is_caught(planted: str) -> None:
    """At least 1 in 100 random networks with every second unit unlimited notices, of those with times in whole days."""
    changed = _interpreted(*PLANTED_AHEAD[planted])
    different = 0
    for seed in range(400):
        patients, network = random_network(seed, whole_days=True)
        network = network.with_unlimited(range(seed % 2, len(network.units), 2))
        different += not changed(patients, network).equals(simulate_simpy(patients, network))
        if different == 4:
            return
    pytest.fail(f"only {different} of 400 networks notice")


def test_who_stays_no_time_in_an_unlimited_unit_asks_on_in_the_next_round() -> None:
    """Rule 1: the place goes to whoever asks for it in the round before, though they rank behind; a change notices."""
    through = Step(0.0, rungs((0, 0)), next=Step(2.0, rungs((0, 1))))
    case = build([unit(math.inf), unit(1)], [(1.0, through), (1.0, Step(2.0, rungs((0, 1))))])
    expected = simulate_simpy(*case)
    assert expected.admitted_day.tolist() == [1.0, 3.0, 1.0]
    assert compiled.simulate(*case).equals(expected)
    assert not _interpreted(("if row.go_day <= day:", "if False:"))(*case).equals(expected)


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
    for name in ("records", "due", "compiled_rules", "alone", "instants", "compiled"):
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
