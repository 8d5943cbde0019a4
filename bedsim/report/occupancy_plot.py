"""The picture that stands for a run: people in planned beds against the beds that are open, then each unit.

Why: the question is how often the beds are not enough, when, and where. Bands are percentiles over all days of a week,
or of a month, in all replications.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.groups import open_planned_at_midnight
from bedsim.measures.statistics import DAYS_A_WEEK
from bedsim.report.figures import readable
from bedsim.report.plot_style import (
    BEDS,
    LEFT,
    OUTER,
    RIGHT,
    WIDTH,
    Picture,
    add_axes,
    fan,
    legend,
    name_axes,
    percentiles_of_each,
    picture,
    rule,
    short,
    top,
)
from bedsim.report.time_axis import put_dates
from bedsim.report.verdict import beds_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COLUMNS, MOST_PANELS, MOST_TICKS_OF_A_PANEL = 3, 9, 3
LEGEND, SYSTEM, DATES, PANEL, GAP, BOTTOM = 0.45, 2.0, 0.14, 0.95, 0.36, 0.26
"""Heights, inches: what stands above the first chart, that chart and its dates, the others, what stands between two
rows of them and below the last."""
BETWEEN = 0.42
"""Inches between two charts of a row."""
HEADROOM = 1.08
TOGETHER = {"care_home": "care homes together", "escalation": "escalation beds"}
"""Kinds of which all units are drawn as one."""


def occupancy_figure(run: Run) -> Figure:
    """Return the figure; nothing is shown or written."""
    return occupancy_picture(run).figure


def occupancy_picture(run: Run) -> Picture:
    """Return the picture of the planned beds week by week, and of the units month by month."""
    height = LEGEND + SYSTEM + DATES + math.ceil(len(_panels(run)) / COLUMNS) * (GAP + PANEL) + BOTTOM
    what = "People in beds and in community services at midnight, and how many places are open"
    return picture(run, what, occupancy_words(run), _draw, height)


def occupancy_words(run: Run) -> str:
    """Return the picture in words."""
    census = {p: run.value("midnight_census", statistic=p) for p in ("p5", "p50", "p95")}
    beds = "" if run.beds_range is None else f", against a dashed line at the {beds_in_words(run)} open beds"
    panels = _panels(run)
    units = (
        f" of {panel.name} {percentiles_of_each(panel.counts.sum(axis=0, keepdims=True), 50)[0]} (open: {panel.limit})"
        for panel in panels
    )
    below = f" Below, month by month, {len(panels)} smaller charts; the medians over all days are{','.join(units)}."
    return (
        f"Above: people in planned beds at midnight, week by week; over all days simulated the median is "
        f"{census['p50']:.0f} and nine days in ten lie between {census['p5']:.0f} and {census['p95']:.0f}{beds}."
        f"{below if panels else ''}"
    )


@dataclass(frozen=True)
class _Panel:
    """The chart of a unit, or of a kind."""

    name: str
    counts: Ints
    """(n_months, width)"""
    beds: Floats | None
    """Open on average in each month; None if they are unlimited."""

    @property
    def limit(self) -> str:
        """How many places are open, or the fewest and the most of them."""
        if self.beds is None:
            return "no limit"
        fewest, most = round(self.beds.min()), round(self.beds.max())
        return f"{most}" if fewest == most else f"{fewest} to {most}"


def _panels(run: Run) -> list[_Panel]:
    """Return the charts of units in which anybody ever is: hospitals, care homes together, escalation, services."""
    yardstick = run.reader.yardstick
    days = np.diff(yardstick.calendar.month_starts)
    panels = []
    for group in yardstick.monthly_groups:
        members, counts = yardstick.members[yardstick.line(group)], run.reader.months(group)
        beds = yardstick.open_bed_days[:, members].sum(axis=1) / days
        if counts[:, 1:].any():
            name = TOGETHER.get(group, readable(group))
            panels.append(_Panel(name, counts, beds if np.isfinite(beds).all() else None))
    return panels[:MOST_PANELS]


def _draw(run: Run, figure: Figure) -> None:
    panels = _panels(run)
    n_rows = math.ceil(len(panels) / COLUMNS)
    system = add_axes(figure, LEFT, BOTTOM + n_rows * (GAP + PANEL) + DATES, WIDTH - LEFT - RIGHT, SYSTEM)
    _draw_system(system, run)
    legend(figure, system, top(run), 4)
    width = (WIDTH - LEFT - RIGHT - (COLUMNS - 1) * BETWEEN) / COLUMNS
    for i, panel in enumerate(panels):
        row, column = divmod(i, COLUMNS)
        bottom = BOTTOM + (n_rows - 1 - row) * (GAP + PANEL)
        axes = add_axes(figure, LEFT + column * (width + BETWEEN), bottom, width, PANEL)
        _draw_panel(axes, run, panel, named=i >= len(panels) - COLUMNS)
        if column == 0:
            axes.set_ylabel("people, by month")


def _draw_system(axes: Axes, run: Run) -> None:
    """Draw all planned beds by week."""
    weeks = run.reader.weeks("midnight_census")
    fan(axes, (np.arange(len(weeks)) + 0.5) * DAYS_A_WEEK, weeks)
    most = run.value("midnight_census", statistic="max")
    if run.beds_range is not None:
        beds = open_planned_at_midnight(run.blueprint.network, run.scenario.time.run_length_days)
        axes.step(
            np.arange(len(beds) + 1),
            np.append(beds, beds[-1]),
            where="post",
            color=BEDS,
            linestyle="--",
            linewidth=1.6,
            label=f"open beds ({beds_in_words(run)})",
        )
        most = max(most, beds.max())
    axes.set_ylim(0, HEADROOM * max(most, 1))
    axes.set_ylabel("people at midnight, by week")
    name_axes(axes, "all planned beds")
    rule(axes)
    put_dates(axes, run)


def _draw_panel(axes: Axes, run: Run, panel: _Panel, named: bool) -> None:
    """Draw a unit, or a kind, by month."""
    starts = run.reader.yardstick.calendar.month_starts
    fan(axes, (starts[:-1] + starts[1:]) / 2, panel.counts)
    most = int(percentiles_of_each(panel.counts, OUTER[1]).max())
    if panel.beds is not None:
        axes.step(
            starts, np.append(panel.beds, panel.beds[-1]), where="post", color=BEDS, linestyle="--", linewidth=1.3
        )
        most = max(most, round(panel.beds.max()))
    axes.set_ylim(0, HEADROOM * max(most, 1))
    axes.set_yticks([0, max(most, 1)])
    name_axes(axes, f"{short(panel.name)}: {panel.limit}")
    put_dates(axes, run, MOST_TICKS_OF_A_PANEL, named)
