"""The expected values of several units once more, by Markov chains written here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.theory.cases import expected
from tests.theory.markov import State, close, mean, steady_state


def test_blocking_after_acute_care_is_a_chain_of_three_numbers():
    """EX-TANDEM-01: in treatment, blocked, in rehabilitation."""

    def moves(state: State):
        a, b, r = state
        if a + b < 8:
            yield 0.5, (a + 1, b, r)
        if a:
            yield a / 8 * 0.6, (a - 1, b, r)
            yield a / 8 * 0.4, (a - 1, b, r + 1) if r < 5 else (a - 1, b + 1, r)
        if r:
            yield r / 20, (a, b - 1, r) if b else (a, b, r - 1)

    chain = steady_state((0, 0, 0), moves)
    of = {
        "p_lost": lambda s: s[0] + s[1] == 8,
        "mean_acute_in_treatment": lambda s: s[0],
        "mean_acute_blocked": lambda s: s[1],
        "mean_rehab_occupied": lambda s: s[2],
        "p_rehab_full": lambda s: s[2] == 5,
    }
    assert len(chain) == 90
    assert all(close(mean(chain, f), expected("EX-TANDEM-01", name)) for name, f in of.items())
    p_blocked = mean(chain, lambda s: s[0] * (s[2] == 5)) / mean(chain, lambda s: s[0])
    assert close(p_blocked, expected("EX-TANDEM-01", "p_transfer_patient_is_blocked"))


def community(
    state: State, rate: float, stay: float, p_service: float, slots: int, use: float, room: int, beds: int = 10
):
    """Yield the moves of a ward before a service: in treatment, delayed, slots used, waiting."""
    w, d, s, q = state

    def freed(w: int, d: int, s: int) -> State:
        return (w + 1, d, s, q - 1) if q else (w, d, s, 0)

    if w + d < beds:
        yield rate, (w + 1, d, s, q)
    elif q < room:
        yield rate, (w, d, s, q + 1)
    if w:
        yield w / stay * p_service, freed(w - 1, d, s + 1) if s < slots else (w - 1, d + 1, s, q)
        if p_service < 1:
            yield w / stay * (1 - p_service), freed(w - 1, d, s)
    if s:
        yield s / use, freed(w, d - 1, s) if d else (w, d, s - 1, q)


@pytest.mark.parametrize(
    ("case", "numbers"),
    [("EX-COMM-01", (0.5, 18.0, 1.0, 10, 18.0, 0)), ("EX-COMM-02", (0.3, 21.0, 0.6, 7, 28.0, 100))],
)
def test_discharge_blocked_by_a_service_is_a_chain_of_four_numbers(case, numbers):
    """EX-COMM-01 and -02; with a waiting room of 100 instead of an endless one, of which fewer are ever used."""
    chain = steady_state((0, 0, 0, 0), lambda state: community(state, *numbers))
    of = {
        "p_ward_full": lambda s: s[0] + s[1] == 10,
        "mean_in_rehab_treatment": lambda s: s[0],
        "mean_delayed_total": lambda s: s[1],
        "service1_mean_slots_used": lambda s: s[2],
    }
    assert all(close(mean(chain, f), expected(case, name)) for name, f in of.items())
    finishing = mean(chain, lambda s: s[0])
    p_delayed = mean(chain, lambda s: s[0] * (s[2] == numbers[3])) / finishing
    assert close(p_delayed, expected(case, "service1_p_referred_patient_is_delayed"))
    for level in (90, 95):
        percentile = next(k for k in range(11) if mean(chain, lambda s, k=k: s[1] <= k) >= level / 100)
        assert percentile == expected(case, f"delayed_percentile_{level}")
    if case == "EX-COMM-02":
        assert math.isclose(mean(chain, lambda s: s[3]), expected(case, "mean_front_queue"), rel_tol=1e-7)  # cut at 100


def test_two_sites_with_preferences_are_a_chain_of_five_numbers():
    """EX-SITES-01: people of classes 1, 2, 3 at site 1, of classes 1, 2 at site 2."""

    def moves(state: State):
        one, two = sum(state[:3]), sum(state[3:])
        for rate, here, there in ((0.3, 0, 3), (0.25, 1, 4), (0.15, 2, None)):
            sites = [(one < 8, here), (two < 7, there)]
            for has_room, place in sites[::-1] if here == 1 else sites:
                if place is not None and has_room:
                    yield rate, add(state, place, 1)
                    break
        for place, stay in enumerate((16.0, 20.0, 24.0, 16.0, 20.0)):
            if state[place]:
                yield state[place] / stay, add(state, place, -1)

    def add(state: State, place: int, change: int) -> State:
        return (*state[:place], state[place] + change, *state[place + 1 :])

    chain = steady_state((0, 0, 0, 0, 0), moves)
    p_one, p_two = mean(chain, lambda s: sum(s[:3]) == 8), mean(chain, lambda s: sum(s[3:]) == 7)
    p_both = mean(chain, lambda s: sum(s) == 15)
    assert len(chain) == 5940
    assert close(p_both, expected("EX-SITES-01", "class1", "p_lost"))
    assert close(p_one, expected("EX-SITES-01", "class3", "p_lost"))
    assert close(1 - p_one, expected("EX-SITES-01", "class1", "p_first_choice"))
    assert close(1 - p_two, expected("EX-SITES-01", "class2", "p_first_choice"))
    assert close(mean(chain, lambda s: sum(s[3:])), expected("EX-SITES-01", "site2", "mean_occupied"))


def test_a_chain_of_three_is_a_chain_of_five_numbers():
    """EX-CHAIN-02: in acute treatment, blocked there, in rehabilitation, blocked there, with the service."""

    def freed(a: int, b: int, r: int, d: int, c: int) -> State:
        """A rehabilitation bed is free: the longest blocked takes it."""
        return (a, b - 1, r + 1, d, c) if b else (a, b, r, d, c)

    def moves(state: State):
        a, b, r, d, c = state
        if a + b < 5:
            yield 0.45, (a + 1, b, r, d, c)
        if a:
            yield a / 12, (a - 1, b, r, d, c)
            yield a / 12, (a - 1, b, r + 1, d, c) if r + d < 5 else (a - 1, b + 1, r, d, c)
        if r:
            yield r / 18 * 0.6, freed(a, b, r - 1, d, c)
            yield r / 18 * 0.4, freed(a, b, r - 1, d, c + 1) if c < 2 else (a, b, r - 1, d + 1, c)
        if c:
            yield c / 21, freed(a, b, r, d - 1, c) if d else (a, b, r, d, c - 1)

    chain = steady_state((0, 0, 0, 0, 0), moves)
    of = {
        "p_lost": lambda s: s[0] + s[1] == 5,
        "mean_acute_occupied": lambda s: s[0] + s[1],
        "mean_acute_blocked": lambda s: s[1],
        "mean_rehab_occupied": lambda s: s[2] + s[3],
        "mean_rehab_blocked": lambda s: s[3],
        "mean_community_used": lambda s: s[4],
        "p_rehab_full": lambda s: s[2] + s[3] == 5,
    }
    assert len(chain) == 318
    assert all(close(mean(chain, f), expected("EX-CHAIN-02", name)) for name, f in of.items())


def test_unit_z_is_a_chain_of_four_numbers():
    """EX-ZWARD-01: in treatment, waiting for care at home, for a nursing home, and at the door (100 at most)."""

    def moves(state: State):
        a, c, h, q = state
        n, room = a + c + h, q < 100

        def freed(a: int, c: int, h: int) -> State:
            return (a + 1, c, h, q - 1) if q else (a, c, h, 0)

        if n < 12:
            yield 0.5, (a + 1, c, h, q)
        elif room:
            yield 0.5, (a, c, h, q + 1)
        if a:
            yield a / 7.3 * 0.44, freed(a - 1, c, h)
            yield a / 7.3 * 0.31, (a - 1, c + 1, h, q)
            yield a / 7.3 * 0.25, (a - 1, c, h + 1, q)
        if c:
            yield c / 8, freed(a, c - 1, h)
        if h:
            yield h / 16, freed(a, c, h - 1)

    chain = steady_state((0, 0, 0, 0), moves)
    people = np.zeros(13)
    for state, p in chain.items():
        people[sum(state[:3])] += p
    assert close(people[12], expected("EX-ZWARD-01", "p_full"))
    assert close(people @ np.arange(13), expected("EX-ZWARD-01", "mean_occupied"))
    assert close(mean(chain, lambda s: s[1] + s[2]), expected("EX-ZWARD-01", "mean_delayed"))
    assert close(mean(chain, lambda s: s[3]), expected("EX-ZWARD-01", "mean_front_queue"))
    for level, least in expected("EX-ZWARD-01", "occupancy_percentile").items():
        assert np.searchsorted(people.cumsum(), float(level)) == least
