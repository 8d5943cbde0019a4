"""Beds or community places: the curve on which standards are just met, and what one bed is worth on it.

Why: a planner who may open ten community places wants to know how many beds that saves. For each number of places the
fewest beds that meet the standards are found, all with the same people. The slope where the scenario stands comes from
paired differences of the same replications, because neighbouring points of the curve are whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.analysis.dial import PLANNED_BEDS, Dial, dial
from bedsim.analysis.intervals import CONFIDENCE
from bedsim.analysis.size import first_guess, standards_of
from bedsim.analysis.sizing import Sizing, solve
from bedsim.analysis.standards import USUAL, Standard
from bedsim.analysis.trials import Trials
from bedsim.analysis.workers import local_workers
from bedsim.errors import BedsimError
from bedsim.scenario.vary import varied

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]

REACH = 0.5
"""The curve goes from half the scenario's own number of places to half as many again."""
APART = 0.1
"""The slope is over a tenth either way."""


@dataclass(frozen=True)
class Point:
    """A number of places, and the fewest beds that then meet the standards; None if none do."""

    x: float
    y: float | None
    low: float | None
    """The range of the simulation at 95%."""
    high: float | None
    pounds: Floats | None = field(default=None, compare=False, repr=False)
    """What a year of the headline costs there in each replication; None without prices."""
    pounds_in_range: tuple[float, float] | None = field(default=None, compare=False)
    """The least and the most that it costs on average with the numbers of beds of the range that were simulated."""


@dataclass(frozen=True)
class Worth:
    """How many of x one of y is worth, with a 95% interval; infinite if x does nothing."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Frontier:
    """The curve on which standards are just met."""

    scenario: Scenario
    x: Dial
    y: Dial
    standards: tuple[Standard, ...]
    n_replications: int
    seed: int
    points: tuple[Point, ...]
    """Ascending in x; the scenario's own x is among them."""
    worth: Worth | None
    """At the scenario's own x; None if no y meets the standards there, or the binding one is of a percentile."""

    @property
    def own(self) -> Point:
        """The point at the scenario's own x."""
        return next(point for point in self.points if point.x == self.x.own)


def frontier(
    scenario: Scenario,
    x: str,
    y: str = PLANNED_BEDS,
    standard: str | Sequence[str] = USUAL,
    n_points: int = 10,
    n_replications: int = 50,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Frontier:
    """Return the fewest beds that meet standards for each of several numbers of places.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    x
        The path of a number of places, such as `units.home_team.places`.
    y
        `planned_beds`, or the path of another.
    standard
        One or several, such as `overflow_days_fraction <= 5%`.
    n_points
        How many numbers of places, at least 2, besides the scenario's own.
    n_replications
        How many of each, at least 2.
    seed
        Root of all random streams.
    workers
        How many at a time, by default one a core.
    progress
        Told how many replications more are finished.

    Returns
    -------
    Frontier
        With the range of the simulation at each point.

    Raises
    ------
    BedsimError
        If a path or a standard is wrong, or no point meets the standards.
    """
    across, up, wanted = read_frontier(scenario, x, y, standard, n_points, n_replications)
    assert across.lever is not None, "x was checked"
    own = up.blueprint(up.own_position)
    trials = Trials(
        seed,
        workers=local_workers("compiled", workers),
        has_demand=any(one.needs_demand for one in wanted),
        progress=progress,
    )
    guess, points, worth = first_guess(up, own), [], None
    for value in values_of(across.own, n_points, across.positions[0]):
        sizing = Sizing(trials, up.of(varied(scenario, {across.lever: value})), wanted, f"{across.name}={value}")
        found = solve(sizing, n_replications, guess)
        if found is None:
            points.append(Point(value, None, None, None))
            continue
        guess = found.position
        pounds = sizing.trial(found.position, n_replications).pounds(n_replications)
        needed, low, high = (up.value(at) for at in (found.position, found.low, found.high))
        costs = [
            float(step.pounds.mean()) for step in found.steps if step.pounds is not None and low <= step.value <= high
        ]
        points.append(Point(value, needed, low, high, pounds, (min(costs), max(costs)) if costs else None))
        if value == across.own and found.binding.percent is None:
            worth = _worth(trials, across, up, found.binding, found.position, n_replications)
    if all(point.y is None for point in points):
        raise BedsimError(
            f"no number of {up.name} meets the standards with any of {points[0].x:g} to {points[-1].x:g} of "
            f"{across.name}. Try bedsim size, which says what binds."
        )
    return Frontier(scenario, across, up, wanted, n_replications, seed, tuple(points), worth)


def read_frontier(
    scenario: Scenario, x: str, y: str, standard: str | Sequence[str], n_points: int, n_replications: int
) -> tuple[Dial, Dial, tuple[Standard, ...]]:
    """Return both numbers and the standards; BedsimError if any is wrong, before anything is worked out."""
    across, up = dial(scenario, x), dial(scenario, y)
    if across.lever is None or not across.is_places or not up.is_places or across.name == up.name:
        raise BedsimError(
            f"--x must be the path of a number of places and --y another or {PLANNED_BEDS}, but they are {x} and {y}. "
            "Try --x units.NAME.places."
        )
    if n_points < 2 or n_replications < 2:
        raise BedsimError("points and replications must be at least 2. Try --points 10 --replications 50.")
    return across, up, standards_of(standard, scenario)


def values_of(own: float, n_points: int, lowest: int = 0) -> list[float]:
    """Return whole numbers from half of `own` to half as many again, `own` among them and none below `lowest`.

    >>> values_of(30.0, 5), values_of(1.0, 2, 1)
    ([15.0, 22.0, 30.0, 38.0, 45.0], [1.0, 2.0])
    """
    spread = np.linspace(max(own * (1 - REACH), lowest), own * (1 + REACH), n_points)
    return sorted({float(round(value)) for value in spread.tolist()} | {float(own)})


def _worth(trials: Trials, across: Dial, up: Dial, binding: Standard, position: int, n: int) -> Worth:
    """Return how many of x one of y is worth where the scenario stands, from differences replication by replication."""
    step_x, step_y = max(1, round(APART * across.own)), max(1, round(APART * position))
    period = binding.period_of(up.blueprint(position))

    def values(x: float, y: int) -> Floats:
        assert across.lever is not None, "x was checked"
        sizing = Sizing(trials, up.of(varied(up.scenario, {across.lever: x})), (binding,), f"{across.name}={x}")
        return sizing.trial(y, n).by_replication(binding.measure, binding.unit, period)[:n]

    lowest_x, lowest_y = max(across.own - step_x, float(across.positions[0])), max(position - step_y, up.positions[0])
    by_x = (values(across.own + step_x, position) - values(lowest_x, position)) / (across.own + step_x - lowest_x)
    by_y = (values(across.own, position + step_y) - values(across.own, lowest_y)) / (position + step_y - lowest_y)
    return ratio_of(by_y, by_x)


def ratio_of(top: Floats, bottom: Floats) -> Worth:
    """Return the ratio of two means of paired values with its 95% interval (Fieller 1954).

    An end is infinite where the mean below may be 0.

    >>> ratio_of(np.array([2.0, 2.0]), np.array([1.0, 1.0]))
    Worth(value=2.0, low=2.0, high=2.0)
    """
    n, a, b = len(top), float(top.mean()), float(bottom.mean())
    if b == 0:
        return Worth(math.inf, math.inf, math.inf)
    t = float(special.stdtrit(n - 1, 0.5 + CONFIDENCE / 2))
    (aa, ab), (_, bb) = (np.cov(top, bottom) / n * t**2).tolist()
    square = b * b - bb
    if square <= 0:
        return Worth(a / b, -math.inf, math.inf)
    middle, root = (a * b - ab) / square, math.sqrt(max((a * b - ab) ** 2 - square * (a * a - aa), 0.0)) / square
    return Worth(a / b, middle - root, middle + root)
