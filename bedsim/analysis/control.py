"""A mean made more certain by one that is known: the control variate.

Why: the mean of `demand_beds_no_delay` is known exactly, and a replication in which it comes out high by chance has
many people in beds too. What it is off by is taken out of the other mean, by regression over the replications.

References
----------
Lavenberg, S. S. and Welch, P. D. (1981). A perspective on the use of control variables to increase the efficiency of
Monte Carlo simulations. Management Science 27(3), 322-335.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.analysis.intervals import CONFIDENCE, mean_and_interval
from bedsim.analysis.theory import NO_DELAY, exact_means
from bedsim.measures.calendar import ALL
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.analysis.intervals import Interval
    from bedsim.analysis.run import Run

    Floats = NDArray[np.float64]

FEWEST = 4
"""Replications: the residuals have n - 2 degrees of freedom."""


@dataclass(frozen=True)
class Controlled:
    """A mean and its 95% interval, with the control and without."""

    mean: float
    ci_low: float
    ci_high: float
    plain: Interval
    correlation: float
    """Of the measure with the control, over replications."""

    @property
    def width_ratio(self) -> float:
        """The width of the interval over that of the plain one; below 1 the control narrows it."""
        _, low, high = self.plain
        assert low is not None
        assert high is not None
        return (self.ci_high - self.ci_low) / (high - low)


def controlled(run: Run, measure: str, unit: str = SYSTEM, period: str = ALL) -> Controlled | None:
    """Return a measure's mean with the exact mean of `demand_beds_no_delay` as control.

    Parameters
    ----------
    run
        With at least four replications.
    measure
        Such as `demand_beds` or `midnight_census`.
    unit
        What it is of.
    period
        The whole window or a financial year.

    Returns
    -------
    Controlled | None
        None if the exact mean is not known, the replications are too few, or nothing varies. Whether the control
        narrows the interval is in `width_ratio`; to take the narrower of two would be to choose by luck.
    """
    exact = exact_means(run).get(period)
    if exact is None or run.n_replications < FEWEST:
        return None
    return by_regression(run.by_replication(measure, unit, period), run.by_replication(NO_DELAY, SYSTEM, period), exact)


def by_regression(values: Floats, controls: Floats, exact: float) -> Controlled | None:
    """Return the mean of values given that the mean of their controls is known: the regression's value there.

    >>> found = by_regression(np.array([1.0, 2.0, 3.1, 3.9]), np.array([1.0, 2.0, 3.0, 4.0]), 3.0)
    >>> round(found.mean, 3)
    2.99
    """
    n, centred, off = len(values), controls - controls.mean(), values - values.mean()
    spread = float(centred @ centred)
    if spread == 0 or not np.isfinite(values).all() or not off.any():
        return None
    slope = float(centred @ off) / spread
    residuals = off - slope * centred
    away = exact - float(controls.mean())
    mean = float(values.mean()) + slope * away
    se = math.sqrt(float(residuals @ residuals) / (n - 2) * (1 / n + away**2 / spread))
    half_width = float(special.stdtrit(n - 2, 0.5 + CONFIDENCE / 2)) * se
    correlation = slope * math.sqrt(spread / float(off @ off))
    return Controlled(mean, mean - half_width, mean + half_width, mean_and_interval(values), correlation)
