"""The list of a clinic: by hand, and against a plain one."""

from __future__ import annotations

import numpy as np
import pytest

from bedsim.clinics.queue import serve
from tests.unit.clinics.plans import plain_queue


def served(
    referred: list[float],
    sessions: list[tuple[int, int, int]],
    again: list[int] | None = None,
    missed: list[list[int]] | None = None,
    follow_up_days: int = 0,
    discharged_after: int = 0,
) -> list[tuple[int, int, int, float, int]]:
    """Return (person, appointment, session, due day, outcome) of each slot given."""
    n = len(referred)
    days, slots, kept = (np.array(column, dtype=np.int64) for column in zip(*sessions, strict=True))
    again = again or [0] * n
    missed = missed or [[0] * (max(again) + 1)] * n
    given, due, outcome = serve(
        np.array(referred), np.array(again), np.array(missed), days, slots, kept, follow_up_days, discharged_after
    )
    return [(*map(int, row), float(day), int(end)) for row, day, end in zip(given, due, outcome, strict=True)]


def daily(n: int, slots: int = 1, kept: int = 0) -> list[tuple[int, int, int]]:
    return [(day, slots, kept) for day in range(1, n + 1)]


def test_people_are_seen_in_the_order_of_referral_from_the_next_day_on() -> None:
    """Referred on days 0, 0 and 1; a slot a day from day 1: seen on days 1, 2 and 3. On their own day nobody is."""
    assert served([0.1, 0.9, 1.0], daily(4)) == [(0, 0, 0, 0.1, 1), (1, 0, 1, 0.9, 1), (2, 0, 2, 1.0, 1)]


def test_a_missed_slot_is_lost_and_the_person_goes_behind_all_who_are_on_the_list() -> None:
    """The first misses day 1: the second is seen on day 2, the third, referred before, on day 3, the first on day 4."""
    given = served([0.1, 0.2, 0.3, 1.5], daily(6), missed=[[1], [0], [0], [0]])
    assert [(person, session + 1, outcome) for person, _, session, _, outcome in given] == [
        (0, 1, 0),
        (1, 2, 1),
        (2, 3, 1),
        (0, 4, 1),
        (3, 5, 1),
    ]


def test_whoever_misses_as_often_as_the_rule_says_is_discharged() -> None:
    """Twice missed, discharged after two: no third slot; after three: the third is lost too; without a rule, seen."""
    outcomes = {
        after: [one[-1] for one in served([0.1], daily(6), missed=[[3]], discharged_after=after)] for after in (2, 3, 0)
    }
    assert outcomes == {2: [0, -1], 3: [0, 0, -1], 0: [0, 0, 0, 1]}


def test_a_follow_up_joins_the_list_when_it_is_due() -> None:
    """Seen on day 1, due a week later, on day 8, and seen in that day's session: it is not late by a session."""
    given = served([0.1], daily(12), again=[1], follow_up_days=7)
    assert given == [(0, 0, 0, 0.1, 1), (0, 1, 7, 8.0, 1)]


def test_slots_kept_for_follow_ups_go_to_them_first_and_are_never_empty_while_anybody_waits() -> None:
    """Session on day 10, two slots: without keeping, two who wait since day 2 and 3 have them; with one kept, one."""
    referred, again = [0.1, 2.1, 3.1, 3.2], [1, 0, 0, 0]
    for kept, who in ((0, [1, 2]), (1, [0, 1])):
        given = served(referred, [(1, 1, 0), (10, 2, kept), (11, 3, 0)], again=again, follow_up_days=7)
        assert [person for person, _, session, _, _ in given if session == 1] == who
    given = served(referred, [(1, 1, 1), (5, 2, 2)], again=again, follow_up_days=7)
    assert [(person, session) for person, _, session, _, _ in given] == [(0, 0), (1, 1), (2, 1)]


@pytest.mark.parametrize("seed", range(20))
def test_the_compiled_list_does_what_the_plain_one_does(seed: int) -> None:
    """On random people, sessions and rules: the same slots to the same people, with the same outcomes."""
    rng = np.random.default_rng(seed)
    n = 60
    referred = sorted(rng.uniform(-5, 60, n).tolist())
    again = rng.integers(0, 4, n).tolist()
    missed = rng.integers(0, 3, (n, 4)).tolist()
    days = sorted(rng.choice(90, 40, replace=False).tolist())
    sessions = [(day, int(rng.integers(1, 5)), int(rng.integers(0, 3))) for day in days]
    rules = {"follow_up_days": int(rng.integers(7, 30)), "discharged_after": int(rng.integers(0, 3))}
    assert served(referred, sessions, again, missed, **rules) == plain_queue(referred, again, missed, sessions, **rules)
