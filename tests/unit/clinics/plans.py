"""Plans of clinics for tests, and a queue so plain that it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedsim.clinics.schema import ClinicPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

START = "2026-04-06"
"""A Monday."""


def plan_of(clinic: dict[str, Any] | None = None, **others: Any) -> ClinicPlan:
    """Return a plan of one clinic, a slot each Monday and 0.6 referrals a week unless it says otherwise."""
    tree = {
        "title": "A clinic",
        "time": {"start": START, "run_length_days": 7_000, "warm_up_days": 700, "cool_down_days": 364},
        "sites": {"here": {}, "there": {}},
        "clinics": {"one": {"site": "here", "slots": {"mon": 1}, "referrals": {"per_week": 0.6}} | (clinic or {})},
    } | others
    return ClinicPlan.model_validate_json(json_of(tree))


def json_of(tree: dict[str, Any]) -> str:
    """Return a tree as JSON, from which the schema takes dates too."""
    import json

    return json.dumps(tree)


def plain_queue(
    referred_day: list[float],
    n_follow_ups: list[int],
    n_missed: list[list[int]],
    sessions: list[tuple[int, int, int]],
    follow_up_days: int,
    discharged_after: int,
) -> list[tuple[int, int, int, float, int]]:
    """Return (person, appointment, session, due day, outcome) of each slot: one list, sorted anew for each slot.

    `sessions` are (day, slots, kept). An entry is (day of joining, part of the list, order), person, appointment, times
    missed, due day.
    """
    waiting: list[tuple[tuple[float, int, int], int, int, int, float]] = [
        ((day, 0, i), i, 0, 0, day) for i, day in enumerate(referred_day)
    ]
    given = []
    for s, (day, slots, kept) in enumerate(sessions):
        for slot in range(slots):
            able = sorted(entry for entry in waiting if entry[0][0] < day)
            first = [entry for entry in able if entry[2] > 0] if slot < kept else []
            if not able:
                break
            entry = (first or able)[0]
            waiting.remove(entry)
            _, person, appointment, times, due = entry
            outcome = 1
            if times < n_missed[person][appointment]:
                outcome = -1 if times + 1 == discharged_after else 0
                if outcome == 0:
                    part = 1 if appointment == 0 else 3
                    waiting.append(((day, part, len(given)), person, appointment, times + 1, due))
            elif appointment < n_follow_ups[person]:
                later = day + follow_up_days
                waiting.append(((later - 1, 2, len(given)), person, appointment + 1, 0, later))
            given.append((person, appointment, s, due, outcome))
    return given
