"""The cheapest point of a frontier, and the points that cannot be told from it.

Why: on the curve every point meets the standard, so the cheapest is a plan. But neighbouring points cost nearly the
same, and the least of several averages need not be the least: the points are screened like options that are ranked.
And each number of beds is known only to its range, so what that may cost is looked at too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedsim.analysis.compare_paired import paired
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.ranking import ranking

if TYPE_CHECKING:
    from bedsim.analysis.frontier import Frontier, Point
    from bedsim.analysis.intervals import Interval


@dataclass(frozen=True)
class Cheapest:
    """The point of a frontier that costs least, a year of the headline."""

    point: Point
    cost: Interval
    tied: tuple[Point, ...]
    """The other points that cannot be told from the cheapest, at 95% confidence, with these numbers of beds."""
    unsure: tuple[Point, ...]
    """Those of the rest that may be as cheap with another number of beds of their range, and of the cheapest's."""
    runner_up: Point | None
    """The cheapest of the points that can; else of those that cannot. None if there is no other."""
    dearer: Interval
    """What the runner-up costs more: mean and 95% interval, from paired differences."""
    is_at_end: bool
    """It is the first or the last point: what lies beyond may be cheaper still."""

    @property
    def not_told(self) -> tuple[Point, ...]:
        """The points that cannot be told from the cheapest, for either reason."""
        return (*self.tied, *self.unsure)


def cheapest(found: Frontier) -> Cheapest | None:
    """Return the cheapest point of a frontier; None without prices, or if no point meets the standards."""
    points = {str(point.x): point for point in found.points if point.pounds is not None}
    if not points:
        return None
    values = {name: point.pounds for name, point in points.items() if point.pounds is not None}
    first, *others = ranking(values, found.seed)
    tied = tuple(points[one.name] for one in others if one.is_shortlisted)
    apart = [one for one in others if not one.is_shortlisted] or others
    runner_up = points[apart[0].name] if apart else None
    dearer: Interval = (0.0, None, None)
    if runner_up is not None and found.n_replications > 1:
        pair = paired(values[first.name][:, None], values[apart[0].name][:, None])
        low, high = pair.interval()
        dearer = float(pair.mean[0]), float(low[0]), float(high[0])
    ends = {point.x for point in (found.points[0], found.points[-1])}
    best = points[first.name]
    unsure = tuple(point for one in apart if (point := points[one.name]) not in tied and _may_be_as_cheap(point, best))
    return Cheapest(best, mean_and_interval(values[first.name]), tied, unsure, runner_up, dearer, best.x in ends)


def _may_be_as_cheap(point: Point, best: Point) -> bool:
    """Say whether what a point costs at least in its range of beds is no more than what the cheapest does at most."""
    if point.pounds_in_range is None or best.pounds_in_range is None:
        return False
    return point.pounds_in_range[0] <= best.pounds_in_range[1]
