"""The tornado: how far each input moves the bed number and the overflow, from the low to the high end of its range.

Why: which assumption to ask about is seen at a glance. The low end is a bar of stripes, the high end a filled one, so
that they differ in grey and are both seen where they overlap; each says the input's value there.
"""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

from bedsim.analysis.sensitivity_found import MEASURES, at_end
from bedsim.report.plot_style import (
    DARK,
    LINE,
    RIGHT,
    TITLE_LINE,
    TITLE_WIDTH,
    WIDTH,
    Picture,
    add_axes,
    legend,
    name_axes,
    printable,
    styled,
)
from bedsim.report.sensitivity import UNITS, heading_of, in_words, label_of, no_effect

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bedsim.analysis.sensitivity_found import Effect, End, Measure, Sensitivity

MOST_BARS = 15
"""Inputs drawn of each number; the table has all."""
LOOKS: dict[End, dict[str, Any]] = {
    "high": {"facecolor": DARK, "edgecolor": LINE},
    "low": {"facecolor": "none", "edgecolor": LINE, "hatch": "////"},
}
NAMES: dict[End, str] = {"low": "at the low end of its range", "high": "at the high end"}
SIDE, HEAD, LANE, NAME, AXIS = 2.45, 0.62, 0.3, 0.3, 0.5
"""Inches: left of a chart; title's rest and legend; a line; a chart's name; what stands below it."""
BESIDE = 0.2
"""The axis is by so much of the longest bar longer either way: the input's value stands beside it."""
LETTERS = 40
"""Of a line of an input's name."""


def sensitivity_picture(found: Sensitivity) -> Picture:
    """Return the tornado of both numbers, the words with the split of the uncertainty."""
    title = printable(heading_of(found))
    below = f"What moves the numbers; {found.n_replications} replications of each end, the same people"
    return Picture(f"{title} {below}.", sensitivity_words(found), partial(_drawn, found, title, below))


def sensitivity_words(found: Sensitivity) -> str:
    """Return the picture in words."""
    parts = [heading_of(found)]
    for measure, of in MEASURES.items():
        moved = [
            f"{label_of(one.input)}: at {at_end(one.input, 'low')} {in_words(one.ends[measure]['low'], '+')}, at "
            f"{at_end(one.input, 'high')} {in_words(one.ends[measure]['high'], '+')}"
            for one in found.ranked(measure)
        ]
        own = f"{in_words(found.value(measure))} {UNITS[measure]}"
        parts += [f"Differences in {of} from {own}, with 95% intervals: {'; '.join(moved) or 'none'}."]
        parts += [no_effect(found, measure)]
    return printable(" ".join(part for part in (*parts, found.sentence()) if part))


def _drawn(found: Sensitivity, title: str, below: str) -> Figure:
    from matplotlib.figure import Figure

    lines = textwrap.wrap(title.rstrip("."), TITLE_WIDTH)
    shown = {measure: found.ranked(measure)[:MOST_BARS] for measure in MEASURES}
    top = HEAD + TITLE_LINE * len(lines)
    height = top + sum(NAME + LANE * max(1, len(bars)) + AXIS for bars in shown.values())
    with styled():
        figure = Figure(figsize=(WIDTH, height))
        from_top = top
        for measure, bars in shown.items():
            tall = LANE * max(1, len(bars))
            from_top += NAME + tall
            axes = add_axes(figure, SIDE, height - from_top, WIDTH - SIDE - RIGHT, tall)
            _draw(axes, found, measure, bars)
            from_top += AXIS
            if measure == next(iter(shown)):
                legend(figure, axes, top - 0.22, len(NAMES) + 1)
        figure.suptitle("\n".join(lines), x=0.01, y=1 - 0.06 / height, ha="left", va="top", fontsize=10)
        figure.text(0.01, 1 - (0.11 + TITLE_LINE * len(lines)) / height, below, ha="left", va="top", color="#444444")
    return figure


def _draw(axes: Axes, found: Sensitivity, measure: Measure, bars: list[Effect]) -> None:
    """Draw the bars of one number, the longest on top."""
    for end, look in LOOKS.items():
        values = [one.ends[measure][end][0] for one in bars]
        axes.barh(range(len(bars)), values, height=0.62, label=NAMES[end], linewidth=0.8, **look)
        for at, one in enumerate(bars):
            _name_end(axes, at, one, measure, end)
    axes.plot([], [], color="black", linewidth=1.6, label="95% interval")
    longest = max((one.bound(measure) for one in bars), default=1.0)
    values = [0.0, *(value for one in bars for value, _, _ in one.ends[measure].values())]
    axes.set_xlim(min(values) - BESIDE * longest, max(values) + BESIDE * longest)
    axes.set_ylim(max(1, len(bars)) - 0.5, -0.5)
    axes.set_yticks(range(len(bars)), [_lines(one) for one in bars])
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color="black", linewidth=0.9)
    axes.grid(axis="x")
    axes.set_xlabel(f"difference in {UNITS[measure]}")
    if not bars:
        axes.text(0, 0, "no input moves it", ha="center", va="center")
    name_axes(axes, f"{MEASURES[measure]}: {in_words(found.value(measure))} {UNITS[measure]} as it is")


def _name_end(axes: Axes, at: int, one: Effect, measure: Measure, end: End) -> None:
    """Draw the interval of an end, and write the input's value beside its bar, or across the line from the other's."""
    value, low, high = one.ends[measure][end]
    other = next(ends[0] for name, ends in one.ends[measure].items() if name != end)
    if low is not None and high is not None:
        axes.plot([low, high], [at, at], color="black", linewidth=1.6, solid_capstyle="butt")
    is_inside = value * other > 0 and abs(value) < abs(other)
    is_left = (value < 0) != is_inside
    edge = 0.0 if is_inside else min(value, value if low is None else low) if is_left else max(value, high or value)
    axes.annotate(
        _value(one, end),
        (edge, at),
        xytext=(-4 if is_left else 4, 0),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center",
        fontsize=7.5,
    )


def _lines(one: Effect) -> str:
    """Return an input's name in lines."""
    return textwrap.fill(label_of(one.input).replace(" together", "\N{NO-BREAK SPACE}together"), LETTERS)


def _value(one: Effect, end: End) -> str:
    """Return the value of an input at an end as it stands beside the bar: of several that differ, the end's name."""
    text = at_end(one.input, end)
    return f"{end} ends" if ";" in text else text
