"""The SimPy engine on 500 whole-day and 500 continuous random networks, and proof that these tests can fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from bedsim.engine.invariants import check_invariants
from bedsim.engine.simpy_engine import Simulation, simulate
from bedsim.engine.stays import Stays
from bedsim.engine.stuck import refuse_stuck
from bedsim.errors import StuckError
from bedsim.patients.network import Network
from bedsim.patients.population import NONE, Patients
from bedsim.streams import shuffler
from tests.networks import Step, build, networks, random_network, rungs, unit
from tests.plain_engine import PlainEngine, plain_simulate

WHOLE, CONTINUOUS = 500, 500
CASES = [(True, seed) for seed in range(WHOLE)] + [(False, seed) for seed in range(CONTINUOUS)]
BATCHES = [CASES[i : i + 100] for i in range(0, len(CASES), 100)]
WINDOW = (0.0, 12.5)

EVENTS = (
    "stay put",
    "keep_free binding",
    "leave",
    "then",
    "cleaning",
    "closed unit",
    "shrunk below held",
    "leave time binding",
    "priority overtaking",
    "blocking",
    "chain of blocking",
    "ring",
    "unlimited unit",
    "unit without places",
    "nobody",
    "nobody of a stream",
    "zero stay",
    "deconditioning",
    "transfer",
    "later rung",
)


@pytest.mark.parametrize("batch", range(len(BATCHES)))
def test_the_order_of_events_inside_an_instant_changes_nothing(batch: int) -> None:
    """Rule 1: three shuffles of what is due at each instant give the same bits, and the laws of section 10 hold."""
    for whole_days, seed in BATCHES[batch]:
        patients, network = random_network(seed, whole_days)
        stays = simulate(patients, network)
        check_invariants(patients, network, stays, WINDOW)
        for order in range(3):
            shuffled = simulate(patients, network, shuffler(order))
            assert stays.equals(shuffled), f"network {seed} (whole days: {whole_days}), shuffle {order}"


@pytest.mark.parametrize("batch", range(len(BATCHES)))
def test_the_engine_gives_the_same_bits_as_a_plain_loop_over_instants(batch: int) -> None:
    """Section 6, written a second time without events, timers or processes, gives every column of every stay."""
    for whole_days, seed in BATCHES[batch]:
        patients, network = random_network(seed, whole_days)
        assert simulate(patients, network).equals(plain_simulate(patients, network)), f"{seed}, whole: {whole_days}"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(networks(whole_days=True))
def test_whole_day_networks_of_hypothesis_agree_too(case: tuple[Patients, Network]) -> None:
    """The strategy offered to other engines works, and the law holds on its networks."""
    assert simulate(*case).equals(plain_simulate(*case))


@pytest.mark.parametrize("whole_days", [True, False])
def test_the_networks_exercise_every_rule(whole_days: bool) -> None:
    """Each rule of section 6 acts in at least 5% of the random networks, else equality on them shows nothing."""
    n = WHOLE if whole_days else CONTINUOUS
    counts: Counter[str] = Counter()
    for seed in range(n):
        counts.update(_events(*random_network(seed, whole_days)))
    rare = {event: counts[event] / n for event in EVENTS if counts[event] < 0.05 * n}
    assert not rare


@pytest.mark.parametrize("whole_days", [True, False])
def test_a_search_for_stuck_people_ends_in_silence_or_in_a_sentence(whole_days: bool) -> None:
    """Rule 13: networks with rings run to the end; only the search afterwards speaks, with a `StuckError`."""
    stuck = 0
    for seed in range(100):
        patients, network = random_network(seed, whole_days)
        try:
            refuse_stuck(patients, network, simulate(patients, network))
        except StuckError:
            stuck += 1
    assert 0 < stuck < 100


# ---- planted errors in the stays --------------------------------------------------------------------------------


def _busy_ward() -> tuple[Patients, Network, Stays]:
    """Two wards of one place; three people stay 2 days in the first, then 2 days in the second."""
    route = Step(2.0, rungs((0, 0)), next=Step(2.0, rungs((0, 1))))
    patients, network = build([unit(1, "a"), unit(1, "b")], [(0.0, route), (0.0, route), (1.0, route)])
    return patients, network, simulate(patients, network)


def _altered(stays: Stays, column: str, i: int, value: float) -> Stays:
    values = getattr(stays, column).copy()
    values[i] = value
    return replace(stays, **{column: values})


def test_the_unaltered_stays_pass() -> None:
    """The stays that the planted errors start from break no law."""
    patients, network, stays = _busy_ward()
    assert stays.left_day.tolist() == [2, 4, 4, 6, 6, 8]
    check_invariants(patients, network, stays, (0.0, 10.0))


@pytest.mark.parametrize(("row", "shift"), [(row, shift) for row in range(6) for shift in (-1.0, -1e-9, 1e-9, 1.0)])
def test_a_left_day_moved_is_noticed(row: int, shift: float) -> None:
    """A stay that ends too early or too late, by however little, is an error."""
    patients, network, stays = _busy_ward()
    with pytest.raises(AssertionError):
        check_invariants(patients, network, _altered(stays, "left_day", row, stays.left_day[row] + shift), (0.0, 10.0))


def test_a_dropped_patient_is_noticed() -> None:
    """Referred = finished + in a place + waiting."""
    patients, network, stays = _busy_ward()
    kept = stays.patient != 1
    columns = {name: getattr(stays, name)[kept] for name in stays.__dataclass_fields__ if name != "outcome"}
    outcome = stays.outcome.copy()
    outcome[1] = NONE
    with pytest.raises(AssertionError, match="lost or invented"):
        check_invariants(patients, network, Stays(**columns, outcome=outcome), (0.0, 10.0))


def test_an_admission_to_a_full_unit_is_noticed() -> None:
    """No unit is above its places."""
    patients, network, stays = _busy_ward()
    row = 2  # the second patient's first stay: admitted on day 2, when the first patient leaves
    with pytest.raises(AssertionError, match="holds 2 people in 1 places on day 1"):
        check_invariants(patients, network, _altered(stays, "admitted_day", row, 1.0), (0.0, 10.0))


def test_being_in_two_places_at_once_is_noticed() -> None:
    """A stay begins when the one before ends."""
    patients, network, stays = _busy_ward()
    with pytest.raises(AssertionError, match="in two places"):
        check_invariants(patients, network, _altered(stays, "admitted_day", 5, 5.5), (0.0, 10.0))


# ---- planted changes of the engine ------------------------------------------------------------------------------


class ExitNotLast(Simulation):
    """Leave rungs act as soon as they are due."""

    def exit_if_waiting(self, row: int) -> None:
        super().exit_if_waiting(row)
        if self.leaving:
            self.exit_together()


class NoStayPut(Simulation):
    """The own unit is asked for a place like any other."""

    def open_rung_with(self, row: int, unit: int) -> int:
        del row, unit
        return NONE


class LastNewcomerFirst(Simulation):
    """Who asks last in an instant is first: ties by the order of events."""

    def first_taker(self) -> tuple[int, int, int] | None:
        ranked = self.waiting
        order = {row: i for i, row in enumerate(self.newcomers)}
        self.waiting = sorted(ranked, key=lambda rank: (rank[:2], -order.get(rank[3], -1)))
        taker = super().first_taker()
        self.waiting = ranked
        return taker


class KeepFreeOneTooFew(Simulation):
    """Ladders take one place more than keep_free leaves them."""

    def __init__(self, patients: Patients, network: Network, shuffle: np.random.Generator | None) -> None:
        ladders = tuple(
            tuple(replace(rung, keep_free=max(rung.keep_free - 1, 0)) for rung in ladder) for ladder in network.ladders
        )
        super().__init__(patients, replace(network, ladders=ladders), shuffle)


class NoCleaning(Simulation):
    """A place is free as soon as it is given up."""

    def __init__(self, patients: Patients, network: Network, shuffle: np.random.Generator | None) -> None:
        units = tuple(replace(unit, turnover_days=0.0) for unit in network.units)
        super().__init__(patients, replace(network, units=units), shuffle)


class ClosedIsOpen(Simulation):
    """Units go on accepting."""

    def change(self, entry) -> None:
        super().change(entry._replace(accepting=True))


class OtherFloatOrder(Simulation):
    """The stay is added up in another order."""

    def fix_stay(self, row: int) -> None:
        super().fix_stay(row)
        if self.network.units[self.unit[row]].leave is None:
            stay = self.ready[row] - self.admitted[row]
            self.go[row] = self.transfer_end[row] = self.admitted[row] + (stay + self.transfer_days[row])


class TimersByPatient(Simulation):
    """A leave rung is remembered by patient, not by row."""

    def exit_if_waiting(self, row: int) -> None:
        mine = [other for *_, patient, other in self.waiting if patient == self.patient[row]]
        super().exit_if_waiting(mine[0] if mine else row)


def _run(kind: type[Simulation], patients: Patients, network: Network, shuffle: int | None = None) -> Stays:
    simulation = kind(patients, network, None if shuffle is None else shuffler(shuffle))
    simulation.run()
    return simulation.stays()


def test_an_engine_in_which_order_matters_is_caught_by_shuffling() -> None:
    """The shuffles disagree on some whole-day network when the order of events inside an instant decides."""
    assert any(
        not _run(LastNewcomerFirst, *case, shuffle=1).equals(_run(LastNewcomerFirst, *case, shuffle=2))
        for case in (random_network(seed, whole_days=True) for seed in range(100))
    )


@pytest.mark.parametrize(
    ("kind", "whole_days"),
    [
        (ExitNotLast, True),
        (NoStayPut, True),
        (LastNewcomerFirst, True),
        (KeepFreeOneTooFew, True),
        (NoCleaning, True),
        (ClosedIsOpen, True),
        (OtherFloatOrder, False),
        (TimersByPatient, True),
    ],
)
def test_a_planted_change_of_a_rule_is_caught_by_the_plain_loop(kind: type[Simulation], whole_days: bool) -> None:
    """At least 1 in 100 random networks tells an engine with one rule changed from the specification."""
    different = 0
    for seed in range(200):
        case = random_network(seed, whole_days)
        try:
            different += not _run(kind, *case).equals(plain_simulate(*case))
        except (ValueError, KeyError, AssertionError):
            different += 1
    assert different >= 2


# ---- counting ---------------------------------------------------------------------------------------------------


class _Watched(PlainEngine):
    """The plain loop, with a note of the rules that only its state shows."""

    def __init__(self, patients: Patients, network: Network) -> None:
        super().__init__(patients, network)
        self.seen: set[str] = set()

    def step_b(self) -> None:
        super().step_b()
        for i, places in enumerate(self.places):
            held = sum(1 for row in self.holds if row != NONE and self.log[row]["unit"] == i)
            if places < held:
                self.seen.add("shrunk below held")
        for person, state in enumerate(self.state):
            for named, keep_free in self.named(person) if state == "waiting" else ():
                cleaned = sum(1 for _, other in self.cleanings if other == named)
                if not self.accepts[named] and self.free(named) > keep_free:
                    self.seen.add("closed unit")
                if self.accepts[named] and 1 <= self.free(named) <= keep_free:
                    self.seen.add("keep_free binding")
                if self.free(named) < 1 <= self.free(named) + cleaned:
                    self.seen.add("cleaning")

    def named(self, person: int) -> list[tuple[int, int]]:
        """The units on open rungs, with their keep_free."""
        row = self.row[person]
        open_rungs = [rung for rung in self.ladder(row) if self.is_open(row, rung.after_days)]
        return [(unit, rung.keep_free) for rung in open_rungs for unit in rung.units]

    def admit(self, person: int, unit: int, rung: int) -> None:
        mine = self.rank(person)
        for other, state in enumerate(self.state):
            if state == "waiting" and unit in [named for named, _ in self.named(other)]:
                priority, requested = self.rank(other)
                if priority > mine[0] and requested < mine[1]:
                    self.seen.add("priority overtaking")
        super().admit(person, unit, rung)


def _events(patients: Patients, network: Network) -> set[str]:
    """Return which rules acted in a network."""
    run = _Watched(patients, network)
    stays = run.run()
    seen = run.seen
    placed = ~np.isnan(stays.admitted_day)
    stopped = ~placed & ~np.isnan(stays.left_day)
    on = np.flatnonzero(placed)
    try:
        refuse_stuck(patients, network, stays)
    except StuckError as error:
        seen |= {"ring"} if "a ring" in str(error) else set()
    same = (stays.patient[on[1:]] == stays.patient[on[:-1]]) & (stays.unit[on[1:]] == stays.unit[on[:-1]])
    waited = stays.admitted_day - stays.requested_day
    found = {
        "stay put": same.any(),
        "leave": (stopped & (patients.then_row[stays.row] == NONE)).any(),
        "then": (stopped & (patients.then_row[stays.row] != NONE)).any(),
        "leave time binding": (stays.go_day > stays.transfer_end_day).any(),
        "blocking": (placed & (stays.left_day > stays.go_day)).any(),
        "chain of blocking": _moves_behind_another(stays),
        "unlimited unit": any(network.units[u].places == np.inf for u in stays.unit[on]),
        "unit without places": any(one.places == 0 for one in network.units),
        "nobody": patients.n_patients == 0,
        "nobody of a stream": len(set(patients.stream.tolist())) < 3,
        "zero stay": (placed & (stays.left_day == stays.admitted_day)).any(),
        "transfer": (stays.transfer_end_day > stays.ready_day).any(),
        "later rung": (stays.rung > 0).any(),
        "deconditioning": any(waited[i] > 0 and network.stages[stays.stage[i]].deconditioning_per_day > 0 for i in on),
    }
    return seen | {name for name, happened in found.items() if happened}


def _moves_behind_another(stays: Stays) -> bool:
    """Say whether somebody blocked moves into a place at the instant at which another blocked person leaves it."""
    blocked = stays.left_day > stays.go_day
    freed = set(zip(stays.unit[blocked].tolist(), stays.left_day[blocked].tolist(), strict=True))
    follows = np.flatnonzero(blocked[:-1] & (stays.patient[1:] == stays.patient[:-1]))
    return any((stays.unit[i + 1], stays.admitted_day[i + 1]) in freed for i in follows.tolist())
