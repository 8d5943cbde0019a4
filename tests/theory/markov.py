"""Steady states of finite Markov chains in continuous time, solved exactly.

Why: the expected values were computed by others; a second computation, which shares no code with the simulator, guards
against slips in copying them and against misreading what they mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from scipy import sparse

State = tuple[int, ...]
Moves = Callable[[State], Iterable[tuple[float, State]]]

STILL = 1e-14
"""Chance moved in a step when the chain counts as settled; far below the ten digits compared."""


def steady_state(start: State, moves: Moves) -> dict[State, float]:
    """Return the long-run probability of every state that can be reached from `start`."""
    number: dict[State, int] = {start: 0}
    queue = [start]
    entries: list[tuple[int, int, float]] = []
    while queue:
        state = queue.pop()
        for rate, target in moves(state):
            if target not in number:
                number[target] = len(number)
                queue.append(target)
            entries += [(number[target], number[state], rate), (number[state], number[state], -rate)]
    rows, columns, rates = zip(*entries, strict=True)
    change = sparse.csr_matrix((rates, (rows, columns)), shape=(len(number), len(number)))
    # Steps short enough that nothing turns negative; a direct solution takes far longer in five dimensions.
    step = sparse.identity(len(number), format="csr") - change / (1.05 * change.diagonal().min())
    chances = np.full(len(number), 1 / len(number))
    moved = 1.0
    while moved > STILL:
        after = step @ chances
        moved = float(np.abs(after - chances).sum())
        chances = after / after.sum()
    return dict(zip(number, chances.tolist(), strict=True))


def mean(chain: dict[State, float], of: Callable[[State], float]) -> float:
    """Return the long-run mean of a function of the state."""
    return sum(p * of(state) for state, p in chain.items())


def erlang_b(beds: int, load: float) -> float:
    """Return the share lost by the recursion B(n) = a B(n-1) / (n + a B(n-1))."""
    lost = 1.0
    for n in range(1, beds + 1):
        lost = load * lost / (n + load * lost)
    return lost


def erlang_c(beds: int, load: float) -> float:
    """Return the share who wait, of `load` below `beds`."""
    lost = erlang_b(beds, load)
    return beds * lost / (beds - load * (1 - lost))


def close(value: float, exact: float) -> bool:
    """Say whether a value is the exact one, to the digits given."""
    return math.isclose(value, exact, rel_tol=2e-9)
