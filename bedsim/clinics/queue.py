"""A clinic's list: who has which slot, compiled.

Why: this loop is the model, so it stands alone and calls nothing. At each session, in order, every slot goes to
whoever has been on the list longest, of those who joined it before that day; the first `kept` slots go to follow-ups
while any are due. An appointment that is missed loses the slot, and the person joins the list again on that day,
behind all who are on it. One that is attended may lead to another, which joins the list when it is due. No slot stays
empty while anybody waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NEW, NEW_AGAIN, FOLLOW_UP, FOLLOW_UP_AGAIN = 0, 1, 2, 3
"""Parts of the one list, each in the order of joining by itself. Among people who joined at once the first part goes
first."""
N_PARTS = 4


@jit
def serve(
    referred_day: Floats,
    n_follow_ups: Ints,
    n_missed: Ints,
    session_day: Ints,
    slots: Ints,
    kept: Ints,
    follow_up_days: int,
    discharged_after: int,
) -> tuple[Ints, Floats, Ints]:
    """Return what became of every slot that was given, in order.

    Parameters
    ----------
    referred_day
        Of everybody, rising.
    n_follow_ups
        Of everybody.
    n_missed
        Of everybody and each of their appointments.
    session_day
        Rising.
    slots
        Of each session.
    kept
        Of these, for follow-ups.
    follow_up_days
        From an attended appointment until the next is due.
    discharged_after
        So many times missed; 0 for never.

    Returns
    -------
    tuple[Ints, Floats, Ints]
        (n, 3) person, appointment (0 for the first) and session; (n,) the day on which the appointment was due; (n,) 1
        attended, 0 missed and booked again, -1 missed and discharged.
    """
    n_people, most = len(referred_day), int(slots.sum())
    joined = np.empty((N_PARTS, most + 1))
    due = np.empty((N_PARTS, most + 1))
    who = np.empty((N_PARTS, most + 1, 3), dtype=np.int64)  # person, appointment, times missed
    head, tail = np.zeros(N_PARTS, dtype=np.int64), np.zeros(N_PARTS, dtype=np.int64)
    given, given_due, outcome = np.empty((most, 3), dtype=np.int64), np.empty(most), np.empty(most, dtype=np.int64)
    n = 0
    for s in range(len(session_day)):
        day = session_day[s]
        for slot in range(slots[s]):
            chosen = -1
            longest = float(day)
            for attempt in range(2):
                first = FOLLOW_UP if attempt == 0 and slot < kept[s] else NEW
                for one in range(first, N_PARTS):
                    if one == NEW:
                        since = referred_day[head[NEW]] if head[NEW] < n_people else np.inf
                    else:
                        since = joined[one, head[one]] if head[one] < tail[one] else np.inf
                    if since < longest:
                        chosen, longest = one, since
                if chosen >= 0:
                    break
            if chosen < 0:
                break
            at = head[chosen]
            head[chosen] += 1
            if chosen == NEW:
                person, appointment, times, was_due = at, 0, 0, referred_day[at]
            else:
                person, appointment, times = who[chosen, at, 0], who[chosen, at, 1], who[chosen, at, 2]
                was_due = due[chosen, at]
            given[n, 0], given[n, 1], given[n, 2], given_due[n] = person, appointment, s, was_due
            to = -1
            if times < n_missed[person, appointment]:
                times += 1
                outcome[n] = -1 if times == discharged_after else 0
                if outcome[n] == 0:
                    to = NEW_AGAIN if appointment == 0 else FOLLOW_UP_AGAIN
                    joined[to, tail[to]], due[to, tail[to]] = day, was_due
            else:
                outcome[n] = 1
                if appointment < n_follow_ups[person]:
                    to, appointment, times = FOLLOW_UP, appointment + 1, 0
                    joined[to, tail[to]] = day + max(follow_up_days - 1, 0)  # seen when due if there is room
                    due[to, tail[to]] = day + follow_up_days
            if to >= 0:
                who[to, tail[to], 0], who[to, tail[to], 1], who[to, tail[to], 2] = person, appointment, times
                tail[to] += 1
            n += 1
    return given[:n], given_due[:n], outcome[:n]
