"""The picture of a journey: which place when, and how much of it was waiting.

Why: a timeline in words is exact, but where the time went is seen at a glance. Two journeys of one person stand below
each other on one axis of days since the journey began, so that the same day is at the same place.
"""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

from bedsim.analysis.trace_events import readable
from bedsim.report.plot_style import (
    BEDS,
    DARK,
    LIGHT,
    LINE,
    RIGHT,
    TITLE_LINE,
    TITLE_WIDTH,
    WIDTH,
    Picture,
    add_axes,
    name_axes,
    printable,
    short,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bedsim.analysis.trace import Trace
    from bedsim.analysis.trace_events import Span, What

MIDDLE = "#456489"
LOOKS: dict[What, tuple[str, dict[str, Any]]] = {
    "waiting": ("waiting, without a place", {"facecolor": "white", "edgecolor": BEDS, "hatch": "////"}),
    "staying": ("in a place, not ready to leave", {"facecolor": DARK, "edgecolor": LINE}),
    "arranging": ("ready: leaving is arranged", {"facecolor": LIGHT, "edgecolor": LINE}),
    "leave_time": ("ready: until people may leave", {"facecolor": MIDDLE, "edgecolor": LINE}),
    "no_place": ("ready: no next place", {"facecolor": LINE, "edgecolor": LINE}),
}
"""What each sort of time is called and looks like; they differ in darkness or in pattern, for print in grey."""
SIDE, LEGEND, NAME, LANE, AXIS = 1.75, 0.19, 0.24, 0.24, 0.42
"""Inches: left of a chart; a line of the legend; a chart's name; a line of it; what stands below it."""
LETTERS, COLUMNS = 84, 3
"""Of a chart's name; of the legend."""


def trace_picture(traces: Sequence[Trace], sentence: str = "") -> Picture:
    """Return the picture of one journey, or of several below each other.

    Parameters
    ----------
    traces
        At least one.
    sentence
        Whether they are of the same person.

    Returns
    -------
    Picture
        Its words are the timelines.
    """
    title = printable(traces[0].who)
    words = " ".join(_words(one) for one in traces)
    return Picture(title, printable(" ".join(f"{title} {sentence} {words}".split())), partial(_drawn, traces, title))


def _words(one: Trace) -> str:
    """Return a journey as a paragraph."""
    told = "; ".join(f"{event.stamp} {event.words}" for event in one.events)
    return f"{one.title.rstrip('.')}: {told}. {one.totals}"


def _drawn(traces: Sequence[Trace], title: str) -> Figure:
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    lanes = [_lanes(one) for one in traces]
    lines = textwrap.wrap(title, TITLE_WIDTH)
    shown = [what for what in LOOKS if any(span.what == what for one in traces for span in one.spans)]
    top = 0.14 + TITLE_LINE * len(lines) + LEGEND * math.ceil(len(shown) / COLUMNS)
    height = top + sum(NAME + LANE * len(mine) + AXIS for mine in lanes)
    with styled():
        figure = Figure(figsize=(WIDTH, height))
        figure.suptitle("\n".join(lines), x=0.01, y=1 - 0.06 / height, ha="left", va="top", fontsize=10)
        patches = [Patch(label=LOOKS[what][0], linewidth=0.6, **LOOKS[what][1]) for what in shown]
        at = (0.01, 1 - (0.1 + TITLE_LINE * len(lines)) / height)
        figure.legend(handles=patches, loc="upper left", bbox_to_anchor=at, ncols=COLUMNS, columnspacing=1.2)
        above = top
        last = max(_days(one, span)[1] for one in traces for span in one.spans)
        for one, mine in zip(traces, lanes, strict=True):
            tall = LANE * len(mine)
            above += NAME + tall
            axes = add_axes(figure, SIDE, height - above, WIDTH - SIDE - RIGHT, tall)
            _draw(axes, one, mine, last)
            above += AXIS
    return figure


def _draw(axes: Axes, one: Trace, lanes: dict[str, list[Span]], last_day: float) -> None:
    for i, spans in enumerate(lanes.values()):
        for span in spans:
            begin, end = _days(one, span)
            axes.broken_barh([(begin, end - begin)], (i - 0.36, 0.72), linewidth=0.6, **LOOKS[span.what][1])
    axes.set_yticks(range(len(lanes)), [short(name) for name in lanes])
    axes.set_ylim(len(lanes) - 0.5, -0.5)
    axes.set_xlim(0, last_day * 1.02)
    axes.set_xticks([day for day in axes.get_xticks() if 0 <= day <= last_day * 1.02])
    axes.set_xlabel(f"days since {' '.join(one.events[0].stamp.split())}")
    axes.grid(axis="x")
    name_axes(axes, short(one.title, LETTERS))


def _lanes(one: Trace) -> dict[str, list[Span]]:
    """Return the spans by what stands to the left of them: the place, or what is waited for."""
    found: dict[str, list[Span]] = {}
    for span in one.spans:
        name = readable(span.unit) if span.unit else f"for {readable(span.stage)}"
        found.setdefault(name, []).append(span)
    return found or {"no time at all": []}


def _days(one: Trace, span: Span) -> tuple[float, float]:
    """Return a span in days since the journey began."""
    begin = one.events[0].day
    return span.begin_day - begin, span.end_day - begin
