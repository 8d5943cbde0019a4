"""Two plans of clinics, through which the same people go.

Why: what moving a clinic does is the mean of the differences replication by replication, for the luck is the same in
both; and the many differences that are shown hold together (docs/decisions/0032-comparing-options.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.analysis.compare_paired import paired
from bedsim.clinics.run import USUAL, run
from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bedsim.clinics.run import ClinicRun
    from bedsim.clinics.schema import ClinicPlan


class Difference(NamedTuple):
    """A number in two plans, and the second less the first with an interval that holds together with all others."""

    unit: str
    measure: str
    statistic: str
    period: str
    first: float
    second: float
    difference: float
    ci_low: float
    ci_high: float
    is_same: bool
    """In every replication."""
    n_family: int
    """How many intervals hold together, 95 times in 100."""


@dataclass(frozen=True)
class Comparison:
    """Two plans with the same window, and the same luck in both."""

    first: ClinicRun
    second: ClinicRun

    @property
    def is_same_people(self) -> bool:
        """Whether the clinics that both plans have get the same people, who would miss the same appointments."""
        return all(
            getattr(clinic, part) == getattr(self.second.plan.clinics[name], part)
            for name, clinic in self.first.plan.clinics.items()
            if name in self.second.plan.clinics
            for part in ("referrals", "waiting_at_start", "did_not_attend", "follow_ups", "localities")
        )

    def differences(self, period: str | None = None) -> tuple[Difference, ...]:
        """Return every number that both plans have in a period, by default the headline's: one family."""
        wanted = period or self.first.headline
        keys = [
            key
            for key in self.first.values
            if key.period == wanted
            and key in self.second.values
            and not np.isnan(self.first.values[key] + self.second.values[key]).all()
        ]
        ones, others = (np.column_stack([one.values[key] for key in keys]) for one in (self.first, self.second))
        found = paired(ones, others)
        n_family = int((~found.is_same).sum())
        low, high = found.interval(n_family)
        return tuple(
            Difference(
                *key[:4],
                first=float(np.nanmean(ones[:, i])),
                second=float(np.nanmean(others[:, i])),
                difference=float(found.mean[i]),
                ci_low=float(low[i]),
                ci_high=float(high[i]),
                is_same=bool(found.is_same[i]),
                n_family=n_family,
            )
            for i, key in enumerate(keys)
        )


def compare(
    first: ClinicPlan,
    second: ClinicPlan,
    n_replications: int = USUAL,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Return two plans with the same people through both; parameters as of `run`.

    Parameters
    ----------
    first
        From which differences are.
    second
        With the same window and some of the same clinics.
    n_replications
        Of each.
    seed
        Root of all random streams.
    progress
        Told how many more replications are finished, those of both together.

    Returns
    -------
    Comparison
        With every replication finished.

    Raises
    ------
    BedsimError
        If the plans have no days or no clinics in common.
    """
    windows = [(one.time.start, one.time.run_length_days) for one in (first, second)]
    if windows[0] != windows[1]:
        told = " and ".join(f"{start} for {days} days" for start, days in windows)
        raise BedsimError(f"plans that are compared must observe the same days, but observe {told}. Try the same time.")
    if not first.clinics.keys() & second.clinics.keys():
        raise BedsimError(
            f"plans that are compared must have a clinic of the same name, but have {', '.join(first.clinics)} and "
            f"{', '.join(second.clinics)}. Try the names of the first."
        )
    ones, others = (run(one, n_replications, seed, progress) for one in (first, second))
    return Comparison(ones, others)
