"""The picture of a run: people in planned beds against the beds that are open, and the overflow, week by week.

Why: the question is how often the beds are not enough, and when. Bands are percentiles over all days of a week in all
replications; they differ in darkness and the lines in pattern, so the picture can be read in grey. The same content
in words is its alt text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.groups import open_planned_at_midnight
from bedsim.measures.statistics import DAYS_A_WEEK, percentile
from bedsim.report.verdict import heading
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run

OUTER, INNER = (5, 95), (25, 75)
LIGHT, DARK, LINE, BEDS = "#c6d5e6", "#7f9fc2", "#10243d", "#b3261e"


def occupancy_figure(run: Run) -> Figure:
    """Return the figure; nothing is shown or written."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6.2), layout="constrained")
    census, overflow = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _fan(census, run, "midnight_census")
    beds = open_planned_at_midnight(run.blueprint.network, run.scenario.time.run_length_days)
    dates = _dates(run, len(beds))
    census.step(
        dates,
        beds,
        where="post",
        color=BEDS,
        linestyle="--",
        linewidth=1.8,
        label=f"open beds ({beds[-1]:.0f})",
    )
    census.set_ylabel("people in planned beds\nat midnight")
    census.set_ylim(0, 1.06 * max(beds.max(), run.value("midnight_census", statistic="max")))
    _fan(overflow, run, "overflow")
    overflow.set_ylabel("overflow: people waiting,\nin escalation or out of area")
    overflow.set_ylim(bottom=0)
    overflow.set_xlabel("week beginning")
    overflow.set_xlim(dates[0], dates[-1])
    census.legend(loc="lower left", frameon=False, ncols=4, fontsize=9)
    for axes in (census, overflow):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
    figure.suptitle(_title(run), fontsize=11, parse_math=False)
    return figure


def write_occupancy_plot(run: Run, path: Path) -> None:
    """Write the picture as PNG with its alt text inside."""
    metadata = {"Title": _title(run), "Description": alt_text(run)}
    occupancy_figure(run).savefig(path, dpi=150, format="png", metadata=metadata)


def alt_text(run: Run) -> str:
    """Return the picture in words."""
    fewest, most = run.beds_range or (0.0, 0.0)
    beds = f"{most:.0f}" if fewest == most else f"{fewest:.0f} to {most:.0f}"
    census = {p: run.value("midnight_census", statistic=p) for p in ("p5", "p50", "p95")}
    overflow = {p: run.value("overflow", statistic=p) for p in ("p50", "p95")}
    by_week = run.totals.weekly[SYSTEM, "overflow"]
    people = np.arange(by_week.shape[1])
    # Percentiles are whole numbers, so weeks may be equal: then the one with more overflow on average is worse.
    worst = max(range(len(by_week)), key=lambda week: (percentile(by_week[week], 95), int(by_week[week] @ people)))
    when = _dates(run, len(by_week) * DAYS_A_WEEK)[worst * DAYS_A_WEEK]
    return (
        f"Two charts of {_title(run)}. Above: people in planned beds at midnight, week by week; over all days the "
        f"median is {census['p50']:.0f} and nine days in ten lie between {census['p5']:.0f} and {census['p95']:.0f}, "
        f"against a dashed line at the {beds} open beds, which the census cannot pass. Below: overflow, that is people "
        f"waiting, in escalation beds or out of area; the median is {overflow['p50']:.0f}, on one day in twenty it is "
        f"above {overflow['p95']:.0f}; the worst week begins on {when.astype(object):%d %B %Y}."
    )


def _fan(axes: Axes, run: Run, measure: str) -> None:
    by_week = run.totals.weekly[SYSTEM, measure]
    dates = _dates(run, len(by_week) * DAYS_A_WEEK)[::DAYS_A_WEEK]
    for (low, high), colour in ((OUTER, LIGHT), (INNER, DARK)):
        label = f"{low}th to {high}th percentile"
        axes.fill_between(
            dates, _by_week(by_week, low), _by_week(by_week, high), color=colour, linewidth=0, label=label
        )
    axes.plot(dates, _by_week(by_week, 50), color=LINE, linewidth=1.4, label="median")


def _by_week(counts: NDArray[np.int64], percent: int) -> list[int]:
    return [percentile(week, percent) for week in counts]


def _dates(run: Run, n: int) -> NDArray[np.datetime64]:
    return np.datetime64(run.scenario.time.start) + np.arange(n)


def _title(run: Run) -> str:
    return f"{heading(run).rstrip('.')} ({run.n_replications} replications)"
