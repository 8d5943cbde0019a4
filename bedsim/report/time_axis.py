"""The axis of dates of pictures through time, in days since the window began.

Why: a few named days at the starts of quarters or years are read faster than what a plotting library finds by itself,
and cost less.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bedsim.analysis.run import Run

MOST_TICKS = 7
STEPS = (1, 3, 6, 12, 24, 60, 120)
"""Months between ticks that planners count in."""


def date_ticks(run: Run, most: int = MOST_TICKS) -> tuple[list[int], list[str]]:
    """Return days of the window that begin a month, and their names: as many as fit, equally far apart."""
    months = [as_date(run, day) for day in run.reader.yardstick.calendar.month_starts[:-1].tolist()]
    firsts = [month for month in months if month.day == 1]
    for step in STEPS:
        # Counted from April, in which the financial year begins.
        chosen = [day for day in firsts if (12 * day.year + day.month - 4) % step == 0]
        if len(chosen) <= most:
            break
    return [(day - run.scenario.time.start).days for day in chosen], [f"{day:%b} {day:%Y}" for day in chosen]


def put_dates(axes: Axes, run: Run, most: int = MOST_TICKS, named: bool = True) -> None:
    """Put dates below some axes, from the first to the last day of the window."""
    days, names = date_ticks(run, most)
    axes.set_xticks(days, names if named else [""] * len(days))
    axes.set_xlim(0, run.scenario.time.run_length_days)


def as_date(run: Run, day: int) -> date:
    """Return the date of a day of the window."""
    return run.scenario.time.start + timedelta(days=day)
