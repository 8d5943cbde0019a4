"""The picture of overflow: how many people it is week by week, and how much worse the winter is.

Why: critics of the plan asked what happens in a bad winter. Months of all the years simulated are taken together, in
the order of the financial year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.calendar import ALL, WINTER
from bedsim.measures.statistics import DAYS_A_WEEK, percentile
from bedsim.report.plot_style import (
    DARK,
    INNER,
    LEFT,
    LIGHT,
    LINE,
    OUTER,
    RIGHT,
    WIDTH,
    WINTER_TONE,
    Picture,
    add_axes,
    fan,
    legend,
    name_axes,
    percentiles_of_each,
    picture,
    rule,
    top,
)
from bedsim.report.time_axis import as_date, put_dates
from bedsim.scenario.tracks import WINTER_MONTHS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bedsim.analysis.run import Run

LEGEND, CHART, GAP, BOTTOM = 0.45, 1.7, 0.5, 0.26
"""Heights, inches: what stands above the first chart, each of the two, what is between them and below."""
HALF = 0.36
"""Of the width of a month's bar."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def overflow_picture(run: Run) -> Picture:
    """Return the picture of overflow by week and by calendar month."""
    what = "Overflow: people waiting, in escalation beds or out of area, at midnight"
    return picture(run, what, overflow_words(run), _draw, LEGEND + 2 * CHART + GAP + BOTTOM)


def overflow_words(run: Run) -> str:
    """Return the picture in words."""
    by_week = run.reader.weeks("overflow")
    people = np.arange(by_week.shape[1])
    # Percentiles are whole numbers, so weeks may be equal: then the one with more overflow on average is worse.
    worst = max(range(len(by_week)), key=lambda week: (percentile(by_week[week], 95), int(by_week[week] @ people)))
    first = as_date(run, worst * DAYS_A_WEEK)
    winter = ""
    if WINTER in run.periods:
        median, high = (run.value("overflow", statistic=p, period=WINTER) for p in ("p50", "p95"))
        winter = f", in the winter months (marked) the median is {median:.0f} and 19 days in 20 have at most {high:.0f}"
    median, high = (run.value("overflow", statistic=p, period=ALL) for p in ("p50", "p95"))
    return (
        "Overflow, that is people waiting for a planned bed, in escalation beds or out of area, at midnight. Above: "
        f"week by week; the worst week begins on {first.day} {first:%B} {first.year}. Below: by calendar "
        f"month{winter}; over all days the median is {median:.0f} and 19 days in 20 have at most {high:.0f}."
    )


def _draw(run: Run, figure: Figure) -> None:
    width = WIDTH - LEFT - RIGHT
    by_week = add_axes(figure, LEFT, BOTTOM + CHART + GAP, width, CHART)
    weeks = run.reader.weeks("overflow")
    fan(by_week, (np.arange(len(weeks)) + 0.5) * DAYS_A_WEEK, weeks)
    legend(figure, by_week, top(run), 3)
    by_week.set_ylim(0, max(1.05 * percentiles_of_each(weeks, OUTER[1]).max(), 1))
    by_week.set_ylabel("people, by week")
    name_axes(by_week, "week by week")
    rule(by_week)
    put_dates(by_week, run)
    _draw_months(add_axes(figure, LEFT, BOTTOM, width, CHART), run)


def _draw_months(axes: Axes, run: Run) -> None:
    """Draw a bar a calendar month from April on: light from the 5th to the 95th percentile, dark the middle half."""
    months = [month for month in (*range(4, 13), 1, 2, 3) if f"month-{month:02d}" in run.periods]
    at = np.arange(len(months))
    values = {
        p: np.array([run.value("overflow", statistic=f"p{p}", period=f"month-{month:02d}") for month in months])
        for p in (*OUTER, *INNER, 50)
    }
    highest = max(1.15 * np.nanmax(values[OUTER[1]]), 1)
    winter = [place for place, month in enumerate(months) if month in WINTER_MONTHS]
    if winter:
        axes.axvspan(winter[0] - 0.5, winter[-1] + 0.5, color=WINTER_TONE, linewidth=0)
        axes.text(winter[0] - 0.45, 0.985 * highest, "winter", va="top")
    for (low, high), colour in ((OUTER, LIGHT), (INNER, DARK)):
        axes.bar(at, values[high] - values[low], 2 * HALF, bottom=values[low], color=colour, linewidth=0)
    axes.hlines(values[50], at - HALF, at + HALF, color=LINE, linewidth=1.6)
    axes.set_xticks(at, [MONTHS[month - 1] for month in months])
    axes.set_xlim(-0.5, len(months) - 0.5)
    axes.set_ylim(0, highest)
    axes.set_ylabel("people, by month")
    name_axes(axes, "by calendar month, all years together")
    rule(axes)
