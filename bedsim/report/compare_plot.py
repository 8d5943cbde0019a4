"""Pictures of a comparison: the differences from the first option, panel by panel, and a ranking.

Why: a board sees at once which intervals lie beside the line of no difference. Marks differ in shape and not in colour:
an illustrative option's is hollow, and its name has a star. What is the same in all options has no panel; the words
say so.
"""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

from bedsim.analysis.compare_figures import HEADLINE, Figure
from bedsim.analysis.compare_words import as_percent, between, listed
from bedsim.measures.calendar import ALL
from bedsim.report.numbers import shown
from bedsim.report.plot_style import (
    LIGHT,
    LINE,
    RIGHT,
    TITLE_LINE,
    TITLE_WIDTH,
    WIDTH,
    Picture,
    add_axes,
    printable,
    short,
    styled,
)
from bedsim.report.stars import starred

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

    from bedsim.analysis.compare import Comparison
    from bedsim.analysis.compare_differences import Difference
    from bedsim.analysis.ranking import Ranked

COLUMNS = 3
NAMES, GAP, ROW, ABOVE, BELOW = 1.3, 0.18, 0.19, 0.34, 0.52
"""Inches: the width of the options' names, between panels, a row of a panel, above its rows and below them."""
PANEL_WORDS, RANKED_WORDS, NAME_WORDS, BELOW_WORDS = 28, 44, 18, 135
"""Characters in a line of a panel's heading, a ranking's, an option's name, and of what stands below the title."""
NAME_LINE, BELOW_LINE, LONGEST_NAME = 0.15, 0.14, 44
"""Inches of a further line of a name, and of what stands below the title; characters of a name."""


def differences_picture(comparison: Comparison) -> Picture | None:
    """Return the picture of the headline's differences; None if all options are the same in all of it."""
    panels = _panels(comparison)
    if not panels:
        return None
    n_rows = -(-len(panels) // COLUMNS)
    names = comparison.names[1:]
    height = n_rows * (ABOVE + _row(comparison, names) * len(names) + BELOW)
    below = f"{_when(comparison)}difference from {comparison.reference}, intervals 95% for all together (Bonferroni)"
    return _picture(comparison, below, differences_words(comparison), partial(_draw_panels, comparison, panels), height)


def differences_words(comparison: Comparison) -> str:
    """Return the picture in words."""
    panels = _panels(comparison)
    parts = []
    for figure, ones in panels.items():
        each = (f"{one.option} {'the same' if one.is_same else between(one)}" for one in ones)
        parts.append(f"{figure.words}: {'; '.join(each)}")
    same = [figure.words for figure in _known(comparison) if figure not in panels]
    rest = f" The same in all: {listed(same)}." if same else ""
    return (
        f"A panel for each figure, with a line at no difference from {comparison.reference} and, for each other "
        f"option, a mark with its interval. {'. '.join(parts)}.{rest}"
    )


def ranking_picture(comparison: Comparison, figure: Figure, ranked: tuple[Ranked, ...]) -> Picture | None:
    """Return the picture of a ranking; None if fewer than two options are ranked."""
    if len(ranked) < 2:
        return None
    below = f"{_when(comparison)}ranked by {figure.name}, less is better"
    words = (
        f"Options from the best: the mean with its 95% interval, and in how many resamples each leads. "
        f"{'; '.join(_ranked_words(figure, one) for one in ranked)}."
    )
    height = ABOVE + _row(comparison, [one.name for one in ranked]) * 1.3 * len(ranked) + BELOW
    return _picture(comparison, below, words, partial(_draw_ranking, comparison, figure, ranked), height)


def _ranked_words(figure: Figure, one: Ranked) -> str:
    mean = shown(figure.measure, one.mean, one.low, one.high)
    listed_too = ", on the shortlist" if one.is_shortlisted else ""
    return f"{one.place}. {one.name} {mean}, leads in {as_percent(one.leads_fraction)}{listed_too}"


def _panels(comparison: Comparison) -> dict[Figure, list[Difference]]:
    """Return the differences by figure, without the figures that are the same in all options."""
    return {figure: ones for figure, ones in _known(comparison).items() if not all(one.is_same for one in ones)}


def _known(comparison: Comparison) -> dict[Figure, list[Difference]]:
    found: dict[Figure, list[Difference]] = {figure: [] for figure in HEADLINE}
    for one in comparison.headline:
        found[Figure(one.measure, one.statistic)].append(one)
    return {figure: ones for figure, ones in found.items() if ones}


def _when(comparison: Comparison) -> str:
    return "" if comparison.period == ALL else f"{comparison.period}: "


def _picture(comparison: Comparison, below: str, words: str, draw: Callable[[Drawing], None], height: float) -> Picture:
    """Return a picture with its title, in `plot_style`'s manner, and a line below it."""
    given = comparison.variations
    title = f"Options beside {comparison.reference}" + (f" [{'; '.join(given)}]" if given else "")
    mark = "; * and hollow: ILLUSTRATIVE" if comparison.illustrative else ""
    below = f"{below}; {comparison.n_replications} replications{mark}"
    lines, small = textwrap.wrap(printable(title), TITLE_WIDTH), textwrap.wrap(printable(below), BELOW_WORDS)
    drawn = partial(_drawn, lines, small, draw, height + 0.22 + TITLE_LINE * len(lines) + BELOW_LINE * len(small))
    illustrative = f" Illustrative are {listed(comparison.illustrative)}." if comparison.illustrative else ""
    return Picture(f"{title}. {below}.", f"{title}. {below}. {words}{illustrative}", drawn)


def _drawn(lines: list[str], below: list[str], draw: Callable[[Drawing], None], height: float) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    with styled():
        drawing = Drawing(figsize=(WIDTH, height))
        draw(drawing)
        drawing.suptitle("\n".join(lines), x=0.01, y=1 - 0.06 / height, ha="left", va="top", fontsize=10)
        y = 1 - (0.11 + TITLE_LINE * len(lines)) / height
        drawing.text(0.01, y, "\n".join(below), ha="left", va="top", color="#444444", fontsize=7.5)
    return drawing


def _draw_panels(comparison: Comparison, panels: dict[Figure, list[Difference]], drawing: Drawing) -> None:
    names = comparison.names[1:]
    labels = [_label(comparison, name) for name in names]
    rows_height = _row(comparison, names) * len(names)
    n_rows = -(-len(panels) // COLUMNS)
    width = (WIDTH - NAMES - RIGHT - (COLUMNS - 1) * GAP) / COLUMNS
    for i, (figure, ones) in enumerate(panels.items()):
        row, column = divmod(i, COLUMNS)
        bottom = (n_rows - 1 - row) * (ABOVE + rows_height + BELOW) + BELOW
        axes = add_axes(drawing, NAMES + column * (width + GAP), bottom, width, rows_height)
        axes.axvline(0, color="#666666", linewidth=0.9)
        for one in ones:
            _mark(axes, comparison, one, names.index(one.option), figure.scale)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_yticks(*((range(len(names)), labels) if column == 0 else ((),)))  # each tick costs time
        axes.tick_params(axis="y", length=0)
        axes.locator_params(axis="x", nbins=4)
        axes.set_xmargin(0.12)
        axes.grid(axis="x")
        axes.set_title(textwrap.fill(figure.words, PANEL_WORDS), y=1, pad=3, fontsize=8)
        axes.set_xlabel(figure.unit, labelpad=1, fontsize=7.5)


def _label(comparison: Comparison, name: str) -> str:
    """Return an option's name in lines that fit beside a chart; the star of an illustrative one is never cut."""
    star = starred(comparison, name).removeprefix(name)
    return textwrap.fill(f"{short(name, LONGEST_NAME)}{star}", NAME_WORDS)


def _row(comparison: Comparison, names: Sequence[str]) -> float:
    """Return the height of a row, in which the longest of the names has room."""
    return ROW + NAME_LINE * max(_label(comparison, name).count("\n") for name in names)


def _mark(axes: Axes, comparison: Comparison, one: Difference, row: int, scale: float) -> None:
    """Draw a difference: a mark, hollow if the option is illustrative, with its interval."""
    fill = "white" if one.option in comparison.illustrative else LINE
    if one.low_together is not None and one.high_together is not None:
        ends = [one.low_together * scale, one.high_together * scale]
        axes.plot(ends, [row, row], color=LINE, linewidth=1.2, marker="|", markersize=5, solid_capstyle="butt")
    axes.plot([one.difference * scale], [row], marker="o", markersize=4.5, color=LINE, markerfacecolor=fill)


def _draw_ranking(comparison: Comparison, figure: Figure, ranked: tuple[Ranked, ...], drawing: Drawing) -> None:
    names = [one.name for one in ranked]
    height = _row(comparison, names) * 1.3 * len(ranked)
    width = (WIDTH - NAMES - RIGHT - 2 * GAP) / 2
    left, right = (add_axes(drawing, NAMES + i * (width + 2 * GAP), BELOW, width, height) for i in (0, 1))
    for row, one in enumerate(ranked):
        is_hollow = one.name in comparison.illustrative
        if one.low is not None and one.high is not None:
            left.plot([one.low * figure.scale, one.high * figure.scale], [row, row], color=LINE, marker="|")
        left.plot([one.mean * figure.scale], [row], "o", color=LINE, markerfacecolor="white" if is_hollow else LINE)
        right.barh(row, 100 * one.leads_fraction, height=0.6, color="white" if is_hollow else LIGHT, edgecolor=LINE)
        text = as_percent(one.leads_fraction) + (", shortlist" if one.is_shortlisted else "")
        right.text(100 * one.leads_fraction + 1.5, row, text, va="center")
    for axes in (left, right):
        axes.set_ylim(len(ranked) - 0.4, -0.6)
        axes.set_yticks(range(len(ranked)), [_label(comparison, name) for name in names])
        axes.tick_params(axis="y", length=0, labelleft=axes is left)
        axes.grid(axis="x")
    left.set_title(textwrap.fill(figure.words, RANKED_WORDS), y=1, pad=3)
    left.set_xlabel(f"mean, {'percent' if figure.scale == 100 else figure.unit}", labelpad=1)
    left.locator_params(axis="x", nbins=5)
    right.set_xlim(0, 150)
    right.set_xticks(range(0, 101, 25))
    right.set_title("leads in", y=1, pad=3)
    right.set_xlabel("% of resamples of the replications", labelpad=1)
