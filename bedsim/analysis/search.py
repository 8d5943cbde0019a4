"""Searching whole numbers for the first that is within a limit, where all larger ones then are.

Why: more places never hurt and less demand never hurts, so a standard that is met goes on being met. Each look is a
simulation, so as few numbers as can be are looked at: where a straight line through the last two meets the limit, never
further than a growing step, and by halving if the lines lead nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

FURTHEST = 4
"""Steps, and each step is twice the one before."""


class _Seen(NamedTuple):
    at: int
    excess: float


def first_within(
    excess: Callable[[int], float], guess: int, lowest: int, highest: int, step: int = 1, slack: int = 0
) -> int | None:
    """Return the first whole number from `lowest` to `highest` at which there is no excess; None if there is none.

    Parameters
    ----------
    excess
        Above 0 below some number, not above 0 from there on; the nearer it is to a straight line, the fewer looks.
    guess
        Where to look first.
    lowest
        The smallest number there is.
    highest
        The largest.
    step
        The first step away from the guess.
    slack
        How much larger the answer may be.

    Returns
    -------
    int | None
        That number, or one up to `slack` above it at which there is no excess either.

    Examples
    --------
    >>> first_within(lambda n: 136.5 - n, 130, 0, 1000), first_within(lambda n: 1.0, 130, 0, 1000)
    (137, None)
    """
    below = above = before = None
    at, widths = min(max(guess, lowest), highest), [math.inf, math.inf]
    while True:
        seen = _Seen(at, excess(at))
        if seen.excess > 0:
            below = seen
        else:
            above = seen
        if above is not None and above.at == lowest:
            return lowest
        if below is not None and below.at == highest:
            return None
        if below is not None and above is not None:
            width = above.at - below.at
            if width <= 1 + slack:
                return above.at
            is_slow = width > widths[0] / 2  # two looks have not halved it
            widths = [widths[1], width]
            meets = None if is_slow else _root(below, above)
            at = (below.at + above.at) // 2 if meets is None else min(max(meets, below.at + 1), above.at - 1)
        else:
            meets = None if before is None else _root(before, seen)
            away = step if meets is None else min(max(abs(meets - at), -(-step // FURTHEST)), FURTHEST * step)
            at, before, step = min(max(at + (away if above is None else -away), lowest), highest), seen, 2 * step


def _root(one: _Seen, other: _Seen) -> int | None:
    """Return the first whole number within the limit on the line through two looks; None if it does not fall."""
    slope = (other.excess - one.excess) / (other.at - one.at)
    if not (math.isfinite(slope) and slope < 0):
        return None
    return math.ceil(other.at - other.excess / slope)
