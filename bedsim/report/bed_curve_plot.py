"""The picture of the bed curve: what more beds, or fewer, would do to waiting and overflow.

Why: the published rule for people who are lost stands in the same picture under its own name, so that nobody takes it
for the share who wait.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bedsim.report.numbers import shown
from bedsim.report.plot_style import BEDS, LEFT, LINE, RIGHT, WIDTH, Picture, add_axes, legend, picture, rule, top

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bedsim.analysis.bed_curve import BedCurve
    from bedsim.analysis.run import Run

LEGEND, CHART, BOTTOM = 0.42, 2.5, 0.45
"""Heights, inches."""
PERCENT = 100
DRAWN = {
    "p_wait": ("people who wait (p_wait)", LINE, "-", "o"),
    "overflow_days_fraction": ("days with overflow", "#4f74a3", "--", "s"),
}
"""Simulated measures with their label, colour, pattern and marker."""


def bed_curve_picture(run: Run) -> Picture | None:
    """Return the picture of a run's bed curve; None if it has none."""
    curve = run.bed_curve
    if curve is None:
        return None
    what = "Bed curve: the same people with other numbers of planned beds"
    height = LEGEND + CHART + BOTTOM
    return picture(run, what, bed_curve_words(curve), partial(_draw, curve), height, curve.n_replications)


def bed_curve_words(curve: BedCurve) -> str:
    """Return the picture in words."""
    waits = curve.with_interval("p_wait")
    points = [
        f"{beds} beds {shown('p_wait', *waits[i])}"
        for i, beds in enumerate(curve.beds.tolist())
        if not np.isnan(waits[i, 0])
    ]
    own = curve.own
    days = shown("overflow_days_fraction", *curve.with_interval("overflow_days_fraction")[own])
    lost = shown("p_delay_if_lost", curve.p_delay_if_lost[own])
    return (
        f"Share of people who wait, by number of planned beds, all else the same: {', '.join(points)}. A line marks "
        f"the scenario's own {curve.beds[own]} beds, with overflow on {days} of days. Beside it p_delay_if_lost, the "
        f"share who would find no bed if those who find none were lost, here {lost}: it is not the share who wait."
    )


def _draw(curve: BedCurve, run: Run, figure: Figure) -> None:
    axes = add_axes(figure, LEFT, BOTTOM, WIDTH - LEFT - RIGHT, CHART)
    beds = curve.beds
    axes.axvline(
        beds[curve.own], color=BEDS, linestyle="--", linewidth=1.4, label=f"the scenario's {beds[curve.own]} beds"
    )
    for measure, (label, colour, pattern, marker) in DRAWN.items():
        mean, low, high = PERCENT * curve.with_interval(measure).T
        axes.errorbar(
            beds,
            mean,
            yerr=np.maximum([mean - low, high - mean], 0),
            color=colour,
            linestyle=pattern,
            marker=marker,
            markersize=4,
            capsize=3,
            linewidth=1.3,
            label=f"{label}, 95% interval",
        )
    axes.plot(
        beds,
        PERCENT * curve.p_delay_if_lost,
        color="#666666",
        linestyle=":",
        marker="^",
        markersize=4,
        label="p_delay_if_lost: were those who find no bed lost",
    )
    axes.set_xticks(beds, [str(n) for n in beds.tolist()])
    axes.set_xlabel("planned beds open at the end of the window, all sites in proportion")
    axes.set_ylabel("% of people, or of days")
    axes.set_ylim(0, 103)
    rule(axes)
    legend(figure, axes, top(run), 2)
