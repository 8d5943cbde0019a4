"""Where no place can be short, a journey depends on nobody else's: one person after another, in compiled code.

Why: every replication is simulated once more with nothing limited, to count who would be where if nobody waited. There
no queue is needed and no order of events, so the same rules are followed person by person, several times as fast.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.engine.compiled_rules import first_place, fix_stay, open_rung_with, timer_day
from bedsim.engine.records import NONE
from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.network import Network

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Record = Any
    Records = NDArray[Any]


def is_never_short(network: Network) -> bool:
    """Say whether every unit is unlimited and always accepts."""
    return not network.timetable and all(unit.places == math.inf for unit in network.units)


@jit
def run_alone(
    end_day: float,
    units: Records,
    stages: Records,
    ladders: Records,
    rungs: Records,
    rung_units: Ints,
    leave_days: Bools,
    referred_day: Floats,
    first_row: Ints,
    inputs: tuple[Floats, Floats, Floats, Ints, Ints, Ints, Ints, Ints, Ints],
    outcomes: Ints,
    visits: Ints,
    scratch: Records,
) -> tuple[tuple[Ints, Ints, Ints, Ints], tuple[Floats, Floats, Floats, Floats, Floats, Floats], tuple[Ints, Ints]]:
    """Return the columns of `Stays` but the last, in their order; fill `outcomes`, which are NONE at first.

    `inputs` are the columns of `ROW_INPUTS` but the patient and the priority, which count only in a queue, and
    `scratch` is a row to work on. What is due at the end or later does not happen.
    """
    needed_days, transfer_days, patience_days, stage, ladder, exit_outcome, then_row, next_row, outcome = inputs
    n = len(needed_days)
    number, patient = np.empty(n, np.int64), np.empty(n, np.int64)
    of_stage, visit = np.empty(n, np.int64), np.empty(n, np.int64)
    unit, rung = np.empty(n, np.int64), np.empty(n, np.int64)
    requested, admitted, ready = np.empty(n), np.empty(n), np.empty(n)
    transfer_end, go, left = np.empty(n), np.empty(n), np.empty(n)
    row = scratch[0]
    n = 0
    for person in range(len(referred_day)):
        now, asked, held = referred_day[person], first_row[person], NONE
        while asked != NONE and now < end_day:
            row.requested_day = now
            row.patience_days = patience_days[asked]
            number[n], patient[n], of_stage[n], visit[n] = asked, person, stage[asked], visits[asked]
            requested[n], left[n] = now, math.nan
            place, position, now = _place(
                units, ladders[ladder[asked]], rungs, rung_units, row, NONE if held == NONE else unit[held], now
            )
            is_placed = position != NONE and now < end_day
            if is_placed:
                row.admitted_day = now
                row.needed_days = needed_days[asked]
                row.transfer_days = transfer_days[asked]
                fix_stay(row, units[place], stages[stage[asked]], leave_days)
                unit[n], rung[n], admitted[n] = place, position, now
                ready[n], transfer_end[n], go[n] = row.ready_day, row.transfer_end_day, row.go_day
            else:
                unit[n], rung[n], admitted[n], ready[n] = NONE, NONE, math.nan, math.nan
                transfer_end[n], go[n] = math.nan, math.nan
            if now < end_day and held != NONE and (is_placed or then_row[asked] == NONE):
                left[held] = now
            if is_placed:
                held = n
                now = row.go_day
                if next_row[asked] == NONE and now < end_day:
                    left[n] = now
                    outcomes[person] = outcome[asked]
                asked = next_row[asked]
            elif now < end_day:
                left[n] = now
                if then_row[asked] == NONE:
                    outcomes[person] = exit_outcome[asked]
                asked = then_row[asked]
            n += 1
    who = (number[:n], patient[:n], of_stage[:n], visit[:n])
    return who, (requested[:n], admitted[:n], ready[:n], transfer_end[:n], go[:n], left[:n]), (unit[:n], rung[:n])


@jit
def _place(
    units: Records, ladder: Record, rungs: Records, rung_units: Ints, row: Record, held_unit: int, now: float
) -> tuple[int, int, float]:
    """Return the unit and rung of a person's place, NONE if they stop asking first; and when (rules 3, 4 and 11)."""
    while True:
        if held_unit != NONE:
            rung = open_rung_with(rungs, rung_units, ladder, row, held_unit, now)
            if rung != NONE:
                return held_unit, rung, now
        unit, rung = first_place(units, rungs, rung_units, ladder, row, now)
        if rung != NONE:
            return unit, rung, now
        again_day = timer_day(rungs, ladder, row, now)
        if again_day <= now:
            return NONE, NONE, now
        now = again_day
