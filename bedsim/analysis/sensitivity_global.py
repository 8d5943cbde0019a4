"""First-order indices: the share of the bed number's variance that each input alone accounts for, by SALib.

Why: a tornado moves one input at a time from the scenario as it is; an index asks the same of all values that the
others might have. RBD-FAST (Tarantola, Gatelli and Mara 2006, with the correction of Tissot and Prieur 2012) finds it
from any draws, so those of the variance split serve and nothing more is simulated. SALib is needed here alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.streams import key_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HARMONICS = 4
"""Of a straight line over its range the first four hold 99.8% of the variance; each one more adds noise."""
RESAMPLES = 100


@dataclass(frozen=True)
class Index:
    """An input's share of the variance between draws."""

    name: str
    value: float
    """May be a little below 0, by chance."""
    half_width: float
    """Of its 95% interval, by bootstrap with half of the draws, hence wide."""


def has_library() -> None:
    """Say with a sentence if SALib is not installed."""
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise BedsimError(
            "--global needs SALib, which is not installed. Try pip install 'bedsim[sensitivity]'."
        ) from None


def first_order(names: list[str], draws: Floats, values: Floats, seed: int) -> tuple[Index, ...]:
    """Return the index of each input.

    Parameters
    ----------
    names
        Of the inputs.
    draws
        (n_draws, n_inputs), each column even over its range.
    values
        (n_draws,)
    seed
        Of the bootstrap.

    Returns
    -------
    tuple[Index, ...]
        By the order of the names; they sum to 1 if the inputs do not act on one another.
    """
    from SALib.analyze import rbd_fast

    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    rng = key_of(("indices", seed)) % 2**32
    found = rbd_fast.analyze(problem, draws, values, M=HARMONICS, num_resamples=RESAMPLES, seed=rng)
    return tuple(map(Index, names, map(float, found["S1"]), map(float, found["S1_conf"])))
