"""What is drawn for a visit to a stage: the ways on, the ways out, and which lengths follow which distribution.

Why: drawing takes the people of a visit branch by branch, so whatever follows from the branch alone is made once for
all replications.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bedsim.patients.distributions import Shape
    from bedsim.streams import Name

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Purpose = tuple["Name", ...]
"""What a uniform is drawn for at a visit: the end of its stream's names."""
BRANCH, NEED, ELAPSED, TRANSFER = ("branch",), ("need",), ("elapsed",), ("transfer",)
Lead = tuple[int, "NDArray[np.bool_]"]
"""A stage, and for each branch or rung whether it leads there."""
Span = tuple[int, int, "Shape | None"]
"""The branches from one up to another, and the distribution that they share; None for 0."""


@dataclass(frozen=True)
class ExitRung:
    """A leave or `then` rung: its wait, fixed or drawn, and what follows."""

    after_days: float | Shape
    names: tuple[Name, ...]
    """What the rung is called in its stage: its waits are drawn under these names, wherever it stands."""
    outcome: int = NONE
    then_stage: int = NONE

    @property
    def purpose(self) -> Purpose:
        """Return the purpose for which the wait is drawn."""
        return ("patience", *self.names)


@dataclass(frozen=True)
class BranchPlan:
    """A way on from a stage."""

    share: float
    needed: Shape
    transfer: Shape | None
    reason: int
    name: int
    next_stage: int = NONE
    outcome: int = NONE


@dataclass(frozen=True)
class StagePlan:
    """What is drawn for a visit to a stage."""

    name: str
    priority: int
    branches: tuple[BranchPlan, ...]
    exits: tuple[ExitRung, ...]

    @cached_property
    def cumulated_shares(self) -> Floats:
        """Return the upper edges of the branches in [0, 1), without the last."""
        return np.cumsum([branch.share for branch in self.branches])[:-1]

    @cached_property
    def present_shares(self) -> Floats:
        """Return the same edges for people found in the stage on a given day: shares weighted by length."""
        weights = np.array([branch.share * branch.needed.mean for branch in self.branches])
        return np.cumsum(weights / weights.sum())[:-1]

    @cached_property
    def purposes(self) -> tuple[Purpose, ...]:
        """Return what uniforms are drawn for at every visit."""
        waits = (rung.purpose for rung in self.exits if not isinstance(rung.after_days, float | int))
        branch = (BRANCH,) if len(self.branches) > 1 else ()
        transfer = (TRANSFER,) if self.transfers else ()
        return (NEED, *branch, *transfer, *waits)

    @cached_property
    def needs(self) -> tuple[Span, ...]:
        """Return the distributions of the need, by branch."""
        return _spans([branch.needed for branch in self.branches])

    @cached_property
    def present_needs(self) -> tuple[Span, ...]:
        """Return the distributions of the whole need of people found in the stage on a given day, by branch."""
        return tuple((first, end, shape.length_biased() if shape else None) for first, end, shape in self.needs)

    @cached_property
    def transfers(self) -> tuple[Span, ...]:
        """Return the distributions of the transfer delay, by branch; none if no branch has any."""
        shapes = [branch.transfer for branch in self.branches]
        return _spans(shapes) if any(shapes) else ()

    @cached_property
    def next_stages(self) -> tuple[Lead, ...]:
        """Return the stages that follow when this one is over, each with the branches that lead there."""
        following = np.array([branch.next_stage for branch in self.branches])
        return tuple((stage, following == stage) for stage in dict.fromkeys(following.tolist()) if stage != NONE)

    @cached_property
    def then_stages(self) -> tuple[Lead, ...]:
        """Return the stages that are asked for instead, each with the rung that leads there; at last that of none."""
        rungs = np.arange(len(self.exits) + 1)
        return tuple((rung.then_stage, rungs == i) for i, rung in enumerate(self.exits) if rung.then_stage != NONE)

    @cached_property
    def of_branch(self) -> Ints:
        """Return the reason, the name and the outcome of each branch; shape (number of branches, 3)."""
        return np.array([[branch.reason, branch.name, branch.outcome] for branch in self.branches])

    @cached_property
    def exit_outcomes(self) -> Ints:
        """Return the outcome of each leave or `then` rung, and at last, where NONE finds it, that of no rung."""
        return np.array([*(rung.outcome for rung in self.exits), NONE])


def _spans(shapes: Sequence[Shape | None]) -> tuple[Span, ...]:
    """Return the runs of branches that have the very same distribution."""
    spans, first = [], 0
    for _, run in groupby(shapes, key=id):
        same = list(run)
        spans.append((first, first + len(same), same[0]))
        first += len(same)
    return tuple(spans)
