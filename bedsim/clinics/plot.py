"""The picture of clinics: how many people wait, and how long, through time.

Why: a mean over a year does not show a list that grows. Bands are over replications: how much luck moves the list, not
how well the inputs are known.
"""

from __future__ import annotations

import textwrap
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bedsim.clinics.schema import STANDARD_WEEKS
from bedsim.clinics.sessions import DAYS_A_WEEK
from bedsim.clinics.words import title_of
from bedsim.report.plot_style import (
    BEDS,
    DARK,
    INNER,
    LIGHT,
    LINE,
    OUTER,
    TITLE_LINE,
    TITLE_WIDTH,
    WIDTH,
    Picture,
    add_axes,
    legend,
    name_axes,
    printable,
    rule,
    short,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from bedsim.clinics.run import ClinicRun

    Floats = NDArray[np.float64]

MOST_CLINICS = 6
LEFT, MIDDLE, RIGHT, BOTTOM, CHART, GAP, LEGEND = 0.62, 0.62, 0.1, 0.3, 1.3, 0.5, 0.1
"""Inches: margins, the height of a chart, between charts, and what the legend takes."""


def clinics_picture(run: ClinicRun, other: ClinicRun | None = None) -> Picture:
    """Return the picture of a plan, with the median of another through the same charts if there is one."""
    names = list(run.plan.clinics)[:MOST_CLINICS]
    title = title_of(run.plan)
    below = f"people waiting for a first appointment, and how long; {run.n_replications} replications"
    if other is not None:
        below += f"; dashed: {short((other.plan.title or other.plan.slug).rstrip('.'), 50)}"
    lines = len(textwrap.wrap(printable(title), TITLE_WIDTH))
    above = 0.36 + TITLE_LINE * lines
    height = above + LEGEND + BOTTOM + len(names) * (CHART + GAP)
    return Picture(
        f"{title} {below}.", _words(run, other, names), partial(_drawn, run, other, names, below, height, above)
    )


def _words(run: ClinicRun, other: ClinicRun | None, names: list[str]) -> str:
    """Return the picture in words."""
    told = [title_of(run.plan), "People waiting for a first appointment at each clinic, and how long, through time."]
    for i, name in enumerate(names):
        waiting = np.median(run.waiting[:, i], axis=0)
        waits = _percentile(run.month_waits[:, i], 50)
        text = (
            f"{run.plan.clinics[name].name or name}: a list of {waiting[0]:.0f} at the beginning and {waiting[-1]:.0f} "
            f"at the end; people referred in the first month wait {waits[0]:.1f} weeks, in the last {waits[-1]:.1f} "
            "(medians over replications)"
        )
        if other is not None and name in other.plan.clinics:
            there = np.median(other.waiting[:, list(other.plan.clinics).index(name)], axis=0)
            text += f"; in the other plan the list is {there[-1]:.0f} at the end"
        told.append(f"{text}.")
    left_out = len(run.plan.clinics) - len(names)
    return printable(" ".join([*told, *([f"{left_out} more clinics are in the table."] if left_out else [])]))


def _drawn(
    run: ClinicRun, other: ClinicRun | None, names: list[str], below: str, height: float, above: float
) -> Figure:
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(WIDTH, height))
        lines = textwrap.wrap(printable(title_of(run.plan).rstrip(".")), TITLE_WIDTH)
        figure.suptitle("\n".join(lines), x=0.01, y=1 - 0.06 / height, ha="left", va="top", fontsize=10)
        y = 1 - (0.11 + TITLE_LINE * len(lines)) / height
        figure.text(0.01, y, printable(below), ha="left", va="top", color="#444444")
        width = (WIDTH - LEFT - MIDDLE - RIGHT) / 2
        for i, name in enumerate(names):
            bottom = BOTTOM + (len(names) - 1 - i) * (CHART + GAP)
            place = list(other.plan.clinics).index(name) if other is not None and name in other.plan.clinics else None
            label = short(printable(run.plan.clinics[name].name or name), 30)
            left, right = (add_axes(figure, at, bottom, width, CHART) for at in (LEFT, LEFT + width + MIDDLE))
            days = np.arange(run.waiting.shape[2]) * float(DAYS_A_WEEK)
            series = None if other is None or place is None else other.waiting[:, place].astype(float)
            _band(left, days, run.waiting[:, i].astype(float), series)
            months = (run.window.month_starts[:-1] + run.window.month_starts[1:]) / 2
            series = None if other is None or place is None else other.month_waits[:, place]
            _band(right, months, run.month_waits[:, i], series)
            right.axhline(STANDARD_WEEKS, color=BEDS, linewidth=1.1, linestyle=(0, (1, 1.5)), label="18 weeks")
            name_axes(left, f"{label}: people waiting")
            name_axes(right, "weeks waited, by month of referral")
            for axes in (left, right):
                axes.set_ylim(0, max(axes.get_ylim()[1], 1.0))
                rule(axes)
                _dates(axes, run)
            if i == 0:
                legend(figure, right, above, 5)
    return figure


def _band(axes: Axes, at: NDArray[np.floating], values: Floats, others: Floats | None) -> None:
    """Draw the spread over replications as two bands and a line, and the median of the other plan."""
    for (low, high), colour in ((OUTER, LIGHT), (INNER, DARK)):
        label = f"{low}th to {high}th percentile"
        axes.fill_between(
            at, _percentile(values, low), _percentile(values, high), color=colour, linewidth=0, label=label
        )
    axes.plot(at, _percentile(values, 50), color=LINE, linewidth=1.2, label="median")
    if others is not None:
        axes.plot(at, _percentile(others, 50), color=BEDS, linewidth=1.3, linestyle=(0, (4, 2)), label="the other plan")


def _percentile(values: Floats, percent: int) -> Floats:
    """Return a percentile over replications at each instant; NaN where nothing was observed."""
    is_seen = ~np.isnan(values).all(axis=0)
    found = np.full(values.shape[1], np.nan)
    found[is_seen] = np.nanpercentile(values[:, is_seen], percent, axis=0)
    return found


def _dates(axes: Axes, run: ClinicRun) -> None:
    """Put the first of each April, or of each January and July if there are few, below some axes."""
    start = run.plan.time.start
    firsts = [int(day) for day in run.window.month_starts[:-1]]
    dates = [(day, start + timedelta(days=day)) for day in firsts]
    yearly = [(day, when) for day, when in dates if when.month == 4 and when.day == 1]
    chosen = yearly if len(yearly) > 1 else dates[:: max(1, len(dates) // 4)]
    chosen = chosen[:: max(1, len(chosen) // 4)]
    axes.set_xticks([day for day, _ in chosen], [f"{when:%b} {when:%Y}" for _, when in chosen])
    axes.set_xlim(0, run.plan.time.run_length_days)
