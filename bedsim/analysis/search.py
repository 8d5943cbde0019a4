"""Searching whole numbers for the first at which something holds, where it then holds for all larger ones.

Why: more places never hurt and less demand never hurts, so a standard that is met goes on being met. Each look is a
simulation, so as few numbers as can be are looked at: in steps that double away from a guess, then by halving.
"""

from __future__ import annotations

from collections.abc import Callable


def first_true(holds: Callable[[int], bool], guess: int, lowest: int, highest: int, step: int = 1) -> int | None:
    """Return the first whole number from `lowest` to `highest` at which something holds; None if there is none.

    Parameters
    ----------
    holds
        False below some number, true from there on.
    guess
        Where to look first.
    lowest
        The smallest number there is.
    highest
        The largest.
    step
        The first step away from the guess.

    Returns
    -------
    int | None
        That number.

    Examples
    --------
    >>> first_true(lambda n: n >= 137, 130, 0, 1000), first_true(lambda n: False, 130, 0, 1000)
    (137, None)
    """
    at = min(max(guess, lowest), highest)
    if holds(at):
        above = at
        while True:
            if above == lowest:
                return lowest
            at = max(lowest, above - step)
            if not holds(at):
                break
            above, step = at, 2 * step
        below = at
    else:
        below = at
        while True:
            if below == highest:
                return None
            at = min(highest, below + step)
            if holds(at):
                break
            below, step = at, 2 * step
        above = at
    while above - below > 1:
        middle = (above + below) // 2
        if holds(middle):
            above = middle
        else:
            below = middle
    return above
