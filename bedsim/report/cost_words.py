"""What the steps of `bedsim size` and the points of `bedsim frontier` cost.

Why: the next bed and the next place have a price, and both are met by the same people: differences of money are paired,
replication by replication. A point is called the cheapest with what it cannot be told from.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.analysis.cheapest import cheapest
from bedsim.analysis.intervals import mean_and_interval
from bedsim.measures.calendar import ALL
from bedsim.measures.yardstick import yardstick_of
from bedsim.report.figures import listed
from bedsim.report.money_words import MARK
from bedsim.report.pounds import as_pounds, pounds_interval

if TYPE_CHECKING:
    from bedsim.analysis.dial import Dial
    from bedsim.analysis.frontier import Frontier, Point
    from bedsim.analysis.intervals import Interval
    from bedsim.analysis.size import Size
    from bedsim.scenario.prices import Prices

COST_HEADER = ("pounds", "pounds_ci_low", "pounds_ci_high", "step_pounds", "step_ci_low", "step_ci_high", "price_year")
POINT_HEADER = ("pounds", "pounds_ci_low", "pounds_ci_high", "is_cheapest", "price_year")
NO_COST = "No prices are given, so the cost of a step is not known."
NO_CHEAPEST = "No prices are given, so the cheapest point is not known."


def steps_between(found: Size) -> dict[float, Interval]:
    """Return what each value costs more than the one before it, by value; of places, for each of them."""
    dearer = {}
    for before, step in pairwise(found.steps):
        if before.pounds is not None and step.pounds is not None:
            apart = step.value - before.value if found.dial.is_places else 1.0
            dearer[step.value] = mean_and_interval((step.pounds - before.pounds) / apart)
    return dearer


def step_costs(found: Size) -> dict[float, tuple[Any, ...]]:
    """Return the cells of `COST_HEADER` by value; nothing without prices."""
    prices, dearer = found.scenario.prices, steps_between(found)
    if prices is None:
        return {}
    unknown = (None, None, None)
    return {
        step.value: (
            *(unknown if step.pounds is None else mean_and_interval(step.pounds)),
            *dearer.get(step.value, unknown),
            prices.price_year,
        )
        for step in found.steps
    }


def step_cells(found: Size) -> dict[float, tuple[str, str, str]]:
    """Return the same for the screen: what a value costs a year, and what each step to it does, with its interval."""
    dearer, cells = steps_between(found), {}
    for step in found.steps if found.scenario.prices is not None else ():
        cost = "-" if step.pounds is None else as_pounds(*mean_and_interval(step.pounds))
        more = dearer.get(step.value)
        cells[step.value] = (cost, "", "") if more is None else (cost, as_pounds(*more), pounds_interval(*more))
    return cells


def step_heading(found: Size) -> str:
    """Return what stands above the steps."""
    return "each more" if found.dial.is_places else "than the one above"


def step_sentence(found: Size) -> str:
    """Return what the last step to the answer costs, or that no prices are given."""
    prices, dearer = found.scenario.prices, steps_between(found)
    if prices is None:
        return NO_COST
    said = f"{_mark(prices)}Money is all that the scenario costs{_year(found.dial)}, in pounds of {prices.price_year}."
    if found.value not in dearer:
        return said
    mean, low, high = dearer[found.value]
    step = f"Place {found.value:.0f}" if found.dial.is_places else "The last step"
    if low is not None and high is not None and low <= 0 <= high and low < high:
        return f"{said} {step} costs nothing that could be told from none ({pounds_interval(high - low, low, high)})."
    verb, ends = ("costs", (low, high)) if mean >= 0 else ("saves", (high, low))
    size = _with_interval((abs(mean), *(None if end is None else abs(end) for end in ends)))  # type: ignore[arg-type]
    return f"{said} {step} {verb} {size}, with all that it changes elsewhere."


def point_costs(found: Frontier) -> dict[float, tuple[Any, ...]]:
    """Return the cells of `POINT_HEADER` by number of places; nothing without prices."""
    best, prices = cheapest(found), found.scenario.prices
    if best is None or prices is None:
        return {}
    return {
        point.x: (*mean_and_interval(point.pounds), "yes" if point == best.point else "no", prices.price_year)
        for point in found.points
        if point.pounds is not None
    }


def point_cells(found: Frontier) -> dict[float, tuple[str, str]]:
    """Return what each point costs a year and whether it is the cheapest, by number of places."""
    best = cheapest(found)
    if best is None:
        return {}
    marks = {best.point.x: "cheapest", **{point.x: "not told from it" for point in best.not_told}}
    return {
        point.x: (as_pounds(*mean_and_interval(point.pounds)), marks.get(point.x, ""))
        for point in found.points
        if point.pounds is not None
    }


def cheapest_sentence(found: Frontier) -> str:
    """Return the cheapest point with what it cannot be told from, or that no prices are given."""
    best, prices = cheapest(found), found.scenario.prices
    if best is None or prices is None:
        return NO_CHEAPEST
    error = "" if best.cost[1] is None else f" (simulation error {pounds_interval(*best.cost)})"
    said = (
        f"{_mark(prices)}The cheapest point of the curve is {_point(best.point)}: all that the scenario costs there"
        f"{_year(found.y)} is {as_pounds(*best.cost)}, in pounds of {prices.price_year}{error}."
    )
    if best.tied:
        said += f" It cannot be told from {listed([_point(point) for point in best.tied])} at 95%."
    if best.unsure:
        said += (
            f" {listed([_point(point) for point in best.unsure])} may be as cheap too, since the fewest that meet the "
            "standard are known only to their simulation error."
        )
    if best.runner_up is not None and best.runner_up not in best.unsure and best.dearer[1] is not None:
        more = _with_interval(best.dearer)
        said += f" The runner-up, {_point(best.runner_up)}, costs {more} more, with these numbers."
    if best.is_at_end:
        said += " It is at the end of what was looked at, so what lies beyond may be cheaper still."
    return said


def _mark(prices: Prices) -> str:
    return f"{MARK} " if prices.is_illustrative else ""


def _point(point: Point) -> str:
    return f"{point.x:.0f} with {point.y:.0f}"


def _with_interval(interval: Interval) -> str:
    mean, low, high = interval
    if low is None or high is None or np.isclose(low, high, rtol=1e-9, atol=0.01):
        return as_pounds(mean)
    return f"{as_pounds(mean, low, high)} ({pounds_interval(mean, low, high)} at 95%)"


def _year(varied: Dial) -> str:
    """Return the year that money is of, with a space before it."""
    headline = yardstick_of(varied.blueprint(varied.own_position)).calendar.headline
    return " in all days simulated" if headline == ALL else f" in {headline}"
