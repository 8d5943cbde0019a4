"""Pictures of `bedsim size` and `bedsim frontier`: the standard along the numbers looked at, and the curve of both.

Why: a board sees how steeply the standard falls and how wide the simulation's doubt is; on the frontier, beds on one
axis and places on the other, everything above the line meets the standard.
"""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.cheapest import cheapest
from bedsim.measures.definitions import MEASURES
from bedsim.report.cost_words import cheapest_sentence, step_sentence
from bedsim.report.numbers import is_fraction
from bedsim.report.plot_style import (
    BEDS,
    LEFT,
    LIGHT,
    LINE,
    RIGHT,
    TITLE_LINE,
    TITLE_WIDTH,
    WIDTH,
    Picture,
    add_axes,
    legend,
    printable,
    rule,
    styled,
)
from bedsim.report.size_words import all_of, frontier_sentence, looked, size_sentence, title_of, value_of, what

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from bedsim.analysis.frontier import Frontier
    from bedsim.analysis.size import Size
    from bedsim.analysis.standards import Standard
    from bedsim.scenario.schema import Scenario

HEAD, LEGEND, CHART, BOTTOM = 0.36, 0.3, 2.3, 0.45
"""Heights, inches."""
PERCENT = 100
TALLEST = 2.0
"""The axis ends at so many times the largest estimate at most: limits of few replications have no end."""


def size_picture(found: Size) -> Picture:
    """Return the picture of the standard that binds, by the number varied."""
    i = found.standards.index(found.binding)
    points = [
        f"{value_of(found.dial, step.value)}: {looked(found.binding, step.looks[i].value)}" for step in found.steps
    ]
    told = [size_sentence(found), *([] if found.scenario.prices is None else [step_sentence(found)])]
    words = f"{' '.join(told)} {found.binding} by number of {what(found.dial)}: {'; '.join(points)}."
    below = f"{found.binding}: {found.n_replications} replications of each number, the same people"
    return _picture(found.scenario, below, words, partial(_draw_size, found))


def frontier_picture(found: Frontier) -> Picture:
    """Return the picture of the curve."""
    points = [f"{point.x:.0f}: {'none' if point.y is None else f'{point.y:.0f}'}" for point in found.points]
    told = [frontier_sentence(found), *([] if found.scenario.prices is None else [cheapest_sentence(found)])]
    words = f"{' '.join(told)} Fewest {what(found.y)} by number of {what(found.x)}: {'; '.join(points)}."
    below = f"{all_of(found.standards)} just met; {found.n_replications} replications of each number, the same people"
    if found.scenario.prices is not None and found.scenario.prices.is_illustrative:
        below += "; prices are ILLUSTRATIVE"
    return _picture(found.scenario, below, words, partial(_draw_frontier, found))


def _picture(scenario: Scenario, below: str, words: str, draw: Callable[[Figure, float], None]) -> Picture:
    title = title_of(scenario)
    return Picture(f"{title} {below}.", printable(f"{title} {words}"), partial(_drawn, title, below, draw))


def _drawn(title: str, below: str, draw: Callable[[Figure, float], None]) -> Figure:
    from matplotlib.figure import Figure

    lines = textwrap.wrap(printable(title.rstrip(".")), TITLE_WIDTH)
    top = HEAD + TITLE_LINE * len(lines)
    height = top + LEGEND + CHART + BOTTOM
    with styled():
        figure = Figure(figsize=(WIDTH, height))
        draw(figure, top)
        figure.suptitle("\n".join(lines), x=0.01, y=1 - 0.06 / height, ha="left", va="top", fontsize=10)
        y = 1 - (0.11 + TITLE_LINE * len(lines)) / height
        figure.text(0.01, y, printable(below), ha="left", va="top", color="#444444")
    return figure


def _draw_size(found: Size, figure: Figure, top: float) -> None:
    from matplotlib.ticker import MaxNLocator

    axes = add_axes(figure, LEFT, BOTTOM, WIDTH - LEFT - RIGHT, CHART)
    i = found.standards.index(found.binding)
    is_percent = found.binding.percent is not None or is_fraction(found.binding.measure)
    scale = PERCENT if is_percent else 1
    seen = [step for step in found.steps if math.isfinite(step.looks[i].value)]
    at = [step.value for step in seen]
    value, low, high = scale * np.array([step.looks[i] for step in seen]).T
    axes.axvspan(found.low, found.high, color=LIGHT, linewidth=0, label="simulation error, 95%")
    axes.errorbar(
        at,
        value,
        yerr=np.maximum([value - low, high - value], 0),
        color=LINE,
        marker="o",
        markersize=4,
        capsize=3,
        linewidth=1.3,
        label="estimate, 95% limits",
    )
    axes.axhline(scale * found.binding.most, color=BEDS, linestyle="--", linewidth=1.4, label="the standard's limit")
    axes.plot([found.value], [value[at.index(found.value)]], "D", color=LINE, markersize=7, label="the answer")
    if found.dial.is_places:
        axes.locator_params(axis="x", integer=True)
    axes.set_ylim(top=min(axes.get_ylim()[1], TALLEST * max(value.max(), scale * found.binding.most)))
    axes.set_xlabel(printable(what(found.dial)))
    axes.set_ylabel(_counted(found.binding))
    if found.dial.is_places:
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
    rule(axes)
    legend(figure, axes, top, 4)


def _counted(one: Standard) -> str:
    """Return what a standard counts, with its unit."""
    if one.percent is not None:
        return f"% of {one.measure} above {one.limit:g}"
    return f"{one.measure}, {'%' if is_fraction(one.measure) else MEASURES[one.measure].unit}"


def _draw_frontier(found: Frontier, figure: Figure, top: float) -> None:
    from matplotlib.ticker import MaxNLocator

    axes = add_axes(figure, LEFT, BOTTOM, WIDTH - LEFT - RIGHT, CHART)
    met = [point for point in found.points if point.y is not None]
    at, y = [point.x for point in met], [point.y for point in met]
    low, high = np.array([[point.low, point.high] for point in met], dtype=np.float64).T
    axes.fill_between(at, low, high, color=LIGHT, linewidth=0, label="simulation error, 95%")
    best = cheapest(found)
    met_label = "the standard is just met" if best is None else "just met"  # the marks below need the room
    axes.plot(at, np.array(y, dtype=np.float64), color=LINE, marker="o", markersize=4, label=met_label)
    own = f"the scenario: {found.x.own:.0f} and {found.y.own:.0f}"
    axes.plot([found.x.own], [found.y.own], "X", color=BEDS, markersize=8, label=own)
    marked = {} if best is None else {"cheapest": [best.point], "not told from it": list(best.not_told)}
    for (label, points), marker in zip(marked.items(), "os", strict=False):
        if points:
            ring = {"linestyle": "", "markersize": 11, "fillstyle": "none", "color": LINE}
            (drawn,) = axes.plot([one.x for one in points], [one.y or 0.0 for one in points], marker=marker)
            drawn.set(label=label, **ring)
    axes.locator_params(integer=True)
    axes.set_xlabel(printable(what(found.x)))
    axes.set_ylabel(printable(what(found.y)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator("auto", integer=True))
    rule(axes)
    legend(figure, axes, top, 3 + sum(map(bool, marked.values())))
