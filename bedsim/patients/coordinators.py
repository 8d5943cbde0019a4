"""Who gets a coordinator: first come, first served, for an episode of one length.

Why: whoever is referred takes a place on a caseload for so many days if there is one, and goes without if there is
none; nobody waits for it. Episodes are equally long, so they end in the order in which they began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@jit
def taken_on(referred_day: Floats, places: Ints, episode_days: float) -> Bools:
    """Return who is taken on.

    Parameters
    ----------
    referred_day
        Of everybody in reach, in the order of referral.
    places
        On all caseloads together on the day of each of these referrals.
    episode_days
        A place is free again for whoever is referred at the instant at which the episode ends.

    Returns
    -------
    Bools
        One for each of them.
    """
    is_taken_on = np.zeros(len(referred_day), dtype=np.bool_)
    ends = np.empty(len(referred_day))
    n_begun = n_ended = 0
    for i in range(len(referred_day)):
        while n_ended < n_begun and ends[n_ended] <= referred_day[i]:
            n_ended += 1
        if n_begun - n_ended < places[i]:
            is_taken_on[i] = True
            ends[n_begun] = referred_day[i] + episode_days
            n_begun += 1
    return is_taken_on
