"""Somebody worth following through two plans: words that are true in the first, and others in the second.

Why: the first person of whom something is true in one plan often fares the same in another, as before a lever starts.
To show what a plan does one looks for somebody whom it treats otherwise, and says by what words they were found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.trace import MOST_SEARCHED, prepared, simulated
from bedsim.analysis.trace_like import matching, read_words
from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.trace import Trace, World
    from bedsim.scenario.schema import Scenario

    Bools = NDArray[np.bool_]


def first_in_both(first: Scenario, second: Scenario, here: str, there: str, seed: int = 1) -> tuple[Trace, Trace]:
    """Return the first person of whom all words `here` are true in one scenario and all words `there` in the other.

    Parameters
    ----------
    first
        From `bedsim.load`.
    second
        Another, with the same people.
    here
        Words such as "waited, out_of_area", of the first scenario.
    there
        Likewise of the second.
    seed
        Root of all random streams.

    Returns
    -------
    tuple[Trace, Trace]
        The same person's journey through each.

    Raises
    ------
    BedsimError
        If a word is unknown, or nobody like that is in the first ten replications.
    """
    blueprints = [prepared(one) for one in (first, second)]
    words = [read_words(text, blueprint) for text, blueprint in zip((here, there), blueprints, strict=True)]
    for replication in range(MOST_SEARCHED):
        worlds = [simulated(blueprint, seed, replication) for blueprint in blueprints]
        found = [_people(world, mine) for world, mine in zip(worlds, words, strict=True)]
        both = [who for who in found[0] if who in found[1]]
        if both:
            return worlds[0].trace(found[0][both[0]]), worlds[1].trace(found[1][both[0]])
    raise BedsimError(
        f"nobody in replications 0 to {MOST_SEARCHED - 1} with seed {seed} is {', '.join(words[0])} in {first.slug} "
        f"and {', '.join(words[1])} in {second.slug}. Try fewer words or another seed."
    )


def _people(world: World, words: tuple[str, ...]) -> dict[tuple[str, str, int], int]:
    """Return who is like that, by what they are in every scenario, with their numbers; in the order of referral."""
    patients = world.patients
    like = matching(words, world.blueprint, patients, world.stays)
    numbers = np.flatnonzero(np.logical_and.reduce([*like.values()]))
    streams = [stream.name for stream in world.blueprint.streams]
    return {
        (streams[patients.stream[i]], patients.origin[patients.origin_index[i]], int(patients.index[i])): int(i)
        for i in numbers
    }
