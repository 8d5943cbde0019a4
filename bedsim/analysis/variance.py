"""The split of a number's uncertainty: what is not known of the inputs, and what the simulation adds.

Why: more replications shrink the simulation's error and leave the inputs as unknown as they were, so a planner must
know which of the two there is. Inputs are drawn from their ranges by a Latin hypercube, and each draw is simulated with
the same random numbers: draws (rows) by replications (columns) are a table of two ways. Luck that all draws share moves
no draw against another, so what is taken from the variance between draws is not the variance within them but that of
the interaction: what the luck does to one draw and not to the others (docs/decisions/0031).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.analysis.intervals import CONFIDENCE
from bedsim.streams import key_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """The variance of a number whose inputs lie anywhere in their ranges, found with so many replications."""

    inputs: float
    """The variance of the exact number over the ranges."""
    inputs_ends: tuple[float, float]
    """Its 95% interval."""
    simulation: float
    """The variance that comes of finite replications, on average over the ranges."""

    @property
    def inputs_fraction(self) -> float:
        """The part of the whole that is inputs; 1 if there is no variance at all."""
        whole = self.inputs + self.simulation
        return self.inputs / whole if whole else 1.0

    @property
    def inputs_sd(self) -> tuple[float, float, float]:
        """The standard deviation over the ranges, and the ends of its 95% interval."""
        return sqrt(self.inputs), sqrt(self.inputs_ends[0]), sqrt(self.inputs_ends[1])

    @property
    def simulation_sd(self) -> float:
        """The standard error of the simulation."""
        return sqrt(self.simulation)


def split(table: Floats, n_replications: int) -> Split:
    """Return the variance split of a number.

    Parameters
    ----------
    table
        (n_draws, n), at least 2 by 2: a value of each draw of the inputs and replication, column by column with the
        same random numbers. The number of a draw is the mean of its row.
    n_replications
        With how many the number itself is found.

    Returns
    -------
    Split
        Two-way analysis of variance, draws and replications both at random (standard result). The interval takes the
        mean square between draws as chi-square and that of the interaction, which has n - 1 times its degrees of
        freedom, as known. Draws over a bounded range are flatter than a normal distribution, and a Latin hypercube
        spreads them evenly: the interval is wide for both.

    Examples
    --------
    Two draws 2 apart, and luck that they share: it takes nothing from what lies between them.

    >>> split(np.array([[1.0, 5.0], [3.0, 7.0]]), 2).inputs, split(np.array([[1.0, 5.0], [3.0, 7.0]]), 2).simulation
    (2.0, 4.0)
    """
    n_draws, n = table.shape
    of_draws = table.mean(axis=1)
    left_over = table - of_draws[:, np.newaxis] - table.mean(axis=0) + table.mean()
    df = n_draws - 1
    interaction = float((left_over**2).sum()) / (df * (n - 1))
    between = n * float(of_draws.var(ddof=1))
    tails = ((1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2)
    least, most = (between * df / float(special.chdtri(df, 1 - tail)) for tail in tails)
    inputs, low, high = (max(0.0, (one - interaction) / n) for one in (between, least, most))
    return Split(inputs, (low, high), float(table.var(axis=1, ddof=1).mean()) / n_replications)


def latin_hypercube(n_draws: int, n_inputs: int, seed: int) -> Floats:
    """Return draws of inputs, (n_draws, n_inputs) in [0, 1): one in each n-th of each range, at random otherwise.

    Pairs of inputs are spread evenly too (centred discrepancy): of 64 draws of ten inputs two may otherwise go together
    by chance with a correlation of 0.11, which alone moves a standard deviation by 5%.
    """
    from scipy.stats import qmc

    rng = key_of(("latin hypercube", seed))
    return np.asarray(qmc.LatinHypercube(n_inputs, optimization="random-cd", rng=rng).random(n_draws))
