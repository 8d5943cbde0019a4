"""The arithmetic of a stay (model.md, section 6, rules 6 and 7), in the one order of operations that every engine uses.

Why: engines agree in every bit only if floats are added in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedsim.patients.network import StageRules, UnitRules


def instants_of_stay(
    admitted_day: float,
    requested_day: float,
    needed_days: float,
    transfer_days: float,
    unit: UnitRules,
    stage: StageRules,
) -> tuple[float, float, float]:
    """Return when somebody admitted now is ready, has the transfer arranged, and goes.

    >>> from bedsim.patients.network import StageRules, UnitRules
    >>> ward = UnitRules("ward", "community_hospital", 20.0, stay_factor=1.5)
    >>> instants_of_stay(2.0, 0.0, 10.0, 3.0, ward, StageRules("rehab"))
    (17.0, 20.0, 20.0)
    """
    stay = needed_days * unit.stay_factor
    if stage.deconditioning_per_day > 0:
        lost = stage.deconditioning_per_day * (admitted_day - requested_day)
        stay = stay + min(lost, stage.deconditioning_most_days)
    ready_day = admitted_day + stay
    x = ready_day + transfer_days
    return ready_day, x, x if unit.leave is None else unit.leave.first_at_or_after(x)
