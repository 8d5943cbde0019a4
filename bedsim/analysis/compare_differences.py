"""Differences of options as rows: a number of an option less that of the reference, with both its intervals.

Why: the table, the pictures, the sentence and the files must say the same of a difference because they read it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.compare_paired import paired

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.measures.lines import Key

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """A number of an option less that of the reference, the first option; each interval end is None if there is none.

    Fractions are fractions. Percentiles have fractions of a person or bed.
    """

    option: str
    reference: str
    unit: str
    measure: str
    statistic: str
    period: str
    value: float
    reference_value: float
    difference: float
    low: float | None
    high: float | None
    """95% interval of this difference alone."""
    low_together: float | None
    high_together: float | None
    """95% interval that holds together with all others of its family."""
    family: str
    n_family: int
    is_same: bool
    """Whether both are the same in every replication: equal by construction, and not tested."""

    @property
    def sign(self) -> int:
        """1 for more than the reference, -1 for less, 0 if they are the same or cannot be told apart."""
        if self.is_same or self.low_together is None or self.high_together is None:
            return 0
        return int(self.low_together > 0) - int(self.high_together < 0)


@dataclass(frozen=True)
class Pair:
    """A number in each replication, of the reference and of another option."""

    option: str
    key: Key
    statistic: str
    reference_values: Floats
    values: Floats


def differences_of(pairs: list[Pair], reference: str, family: str) -> tuple[Difference, ...]:
    """Return the differences of a family; numbers that were never observed are none of them."""
    pairs = [
        one for one in pairs if not (np.isnan(one.values).all() or np.isnan(one.values - one.reference_values).all())
    ]
    found: list[Difference] = []
    for n in sorted({len(one.values) for one in pairs}, reverse=True):
        same_n = [one for one in pairs if len(one.values) == n]
        before, after = (np.stack(columns, axis=1) for columns in _columns(same_n))
        result = paired(before, after)
        single, together = (np.stack(result.interval(size), axis=1) for size in (1, len(pairs)))
        for i, one in enumerate(same_n):
            unit, measure, period = one.key
            found.append(
                Difference(
                    one.option,
                    reference,
                    unit,
                    measure,
                    one.statistic,
                    period,
                    float(np.nanmean(after[:, i])),
                    float(np.nanmean(before[:, i])),
                    float(result.mean[i]),
                    *_ends(single[i]),
                    *_ends(together[i]),
                    family,
                    len(pairs),
                    bool(result.is_same[i]),
                )
            )
    order = {(one.key, one.statistic, one.option): i for i, one in enumerate(pairs)}
    return tuple(sorted(found, key=lambda one: order[(one.unit, one.measure, one.period), one.statistic, one.option]))


def _columns(pairs: list[Pair]) -> tuple[list[Floats], list[Floats]]:
    return [one.reference_values for one in pairs], [one.values for one in pairs]


def _ends(ends: Floats) -> tuple[float | None, float | None]:
    """Return the ends of an interval; None, None if there is none."""
    low, high = ends.tolist()
    return (None, None) if np.isnan(low) else (low, high)
