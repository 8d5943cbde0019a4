"""Where no place can be short, a journey depends on nobody else's: ahead in time, in compiled code.

Why: every replication is simulated twice more, with the planned beds unlimited and with nothing limited, to count who
would be where if nobody waited for them. Somebody whose ladder begins with a unit that is never short has a place there
at once, takes it from nobody and gives it back to nobody. So they need no queue and no event until they ask for
something else, and the same rules are followed stage by stage, several times as fast.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bedsim.engine.compiled_rules import fix_stay, leave_instant, open_rung_with
from bedsim.engine.due import GO
from bedsim.engine.records import ANSWERED, INDEX, NONE, NUMBER
from bedsim.jit import jit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bedsim.engine.records import Inputs
    from bedsim.patients.network_arrays import NetworkArrays

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Records = NDArray[Any]


@jit
def go_ahead(
    net: NetworkArrays,
    inputs: Inputs,
    rows: Records,
    states: Bytes,
    outcomes: Ints,
    due_day: Floats,
    due_what: Ints,
) -> int:
    """Lead everybody as far as nobody can be in their way, before the first instant, from where their journey begins.

    Parameters
    ----------
    net
        The network.
    inputs
        The patients.
    rows
        What happens is written here, and in the next two.
    states
        One a row.
    outcomes
        One a person.
    due_day
        Filled with when they go on by the rules for all.
    due_what
        Filled with what is due then.

    Returns
    -------
    int
        How many do.
    """
    end_day, units, stages, ladders = net.end_day, net.units, net.stages, net.ladders
    rungs, rung_units, leave_days, n_due = net.rungs, net.rung_units, net.leave_days, 0
    for person in range(len(inputs.referred_day)):
        day, asked, held = inputs.referred_day[person], NUMBER(inputs.first_row[person]), NONE
        while asked > NONE and day < end_day and ladders[inputs.ladder[asked]].is_never_short:
            row, ladder, rung = rows[asked], ladders[inputs.ladder[asked]], NONE
            place = rung_units[rungs[ladder.first_rung].first_unit]
            if held > NONE:
                rung = open_rung_with(rungs, rung_units, ladder, day, rows[held].unit, day)
                if rung > NONE:
                    place = rows[held].unit
            unit = units[INDEX(place)]
            row.requested_day = day
            row.admitted_day = day
            fix_stay(row, unit, stages[inputs.stage[asked]], inputs.needed_days[asked], inputs.transfer_days[asked])
            row.go_day = leave_instant(unit, leave_days, row.transfer_end_day)
            if row.go_day <= day:
                break  # a stay that takes no time ends in a later round of its instant (rule 1)
            row.unit = place
            row.rung = max(rung, 0)
            row.left_day = math.nan
            states[asked] = ANSWERED
            if held > NONE:
                rows[held].left_day = day
            held, day, asked = asked, row.go_day, inputs.next_row[asked]
        if held > NONE and day < end_day:
            if asked > NONE:
                due_day[n_due], due_what[n_due] = day, 4 * held + GO
                n_due += 1
            else:
                rows[held].left_day = day
                outcomes[person] = inputs.outcome[held]
    return n_due
