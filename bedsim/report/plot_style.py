"""What all pictures share: how they look, and how they are written.

Why: planners print them in grey on A4 and read them aloud to those who cannot see them. So tones differ in darkness and
lines in pattern, every picture says in words what it shows, and each is written twice: PNG for documents, SVG for
print. Margins are fixed, text is not hinted, and small charts have no grid, since each costs as much as the drawing.
The same run gives the same bytes.
"""

from __future__ import annotations

import io
import textwrap
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.report.heading import heading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run

    Ints = NDArray[np.int64]

LIGHT, DARK, LINE, BEDS, WINTER_TONE = "#c6d5e6", "#7f9fc2", "#10243d", "#b3261e", "#efe9dc"
OUTER, INNER = (5, 95), (25, 75)
"""The percentiles between which the light and the dark band lie."""
WIDTH = 7.2
"""Inches, a little more than A4 between its margins, so that print is nearly as large as it is here."""
DOTS_PER_INCH = 120
COMPRESSION = 2
"""Of a PNG; more makes it a twentieth smaller and takes twice as long."""
TITLE_WIDTH, TITLE_LINE = 90, 0.165
"""Characters of a title in a line, and its height in inches."""
LEFT, RIGHT = 0.62, 0.1
"""Margins of a chart, inches."""
STYLE: dict[Any, Any] = {
    "font.size": 8.5,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.borderaxespad": 0.0,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "text.parse_math": False,
    "text.hinting": "no_hinting",
    "svg.fonttype": "none",
    "svg.hashsalt": "bedsim",
}


@dataclass(frozen=True)
class Picture:
    """A picture of a run: drawn when first asked for, written as PNG and SVG, with its alt text inside."""

    title: str
    words: str
    draw: Callable[[], Figure]

    @cached_property
    def figure(self) -> Figure:
        """The picture; nothing is shown or written."""
        return self.draw()

    def png(self) -> bytes:
        """Return it as PNG."""
        buffer = io.BytesIO()
        metadata = {"Title": self.title, "Description": self.words, "Software": None}
        with styled():
            self.figure.savefig(
                buffer, format="png", dpi=DOTS_PER_INCH, metadata=metadata, pil_kwargs={"compress_level": COMPRESSION}
            )
        return buffer.getvalue()

    def svg(self) -> bytes:
        """Return it as SVG; its text is text."""
        buffer = io.StringIO()
        with styled():
            self.figure.savefig(buffer, format="svg", metadata={"Title": printable(self.title), "Date": None})
        before, mark, rest = buffer.getvalue().partition("</title>")
        return f"{before}{mark}\n <desc>{escape(printable(self.words), quote=False)}</desc>{rest}".encode()

    def write_png(self, path: Path) -> None:
        """Write it as PNG."""
        path.write_bytes(self.png())

    def write_svg(self, path: Path) -> None:
        """Write it as SVG."""
        path.write_bytes(self.svg())

    def files(self, name: str) -> dict[str, str | Callable[[Path], None]]:
        """Return its files by their names, without a folder: PNG, SVG and its words."""
        return {f"{name}.png": self.write_png, f"{name}.svg": self.write_svg, f"{name}.txt": f"{self.words}\n"}


def picture(
    run: Run, what: str, words: str, draw: Callable[[Run, Figure], None], height: float, n: int | None = None
) -> Picture:
    """Return a picture of a run.

    Parameters
    ----------
    run
        The run.
    what
        What it shows, in a line below the scenario's title.
    words
        The picture in words.
    draw
        Draws into an empty figure with `STYLE` in force.
    height
        Inches, without the title.
    n
        How many replications it rests on, if not on all.

    Returns
    -------
    Picture
        With the scenario's title, and what must be said of it, above.
    """
    title = heading(run)
    below = f"{what}; {run.n_replications if n is None else n} replications"
    drawn = partial(_drawn, run, title, below, draw, height + top(run))
    return Picture(f"{title} {below}.", f"{title} {words}", drawn)


def _drawn(run: Run, title: str, below: str, draw: Callable[[Run, Figure], None], height: float) -> Figure:
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(WIDTH, height))
        draw(run, figure)
        lines = textwrap.wrap(printable(title.rstrip(".")), TITLE_WIDTH)
        figure.suptitle("\n".join(lines), x=0.01, y=1 - 0.06 / height, ha="left", va="top", fontsize=10)
        y = 1 - (0.11 + TITLE_LINE * len(lines)) / height
        figure.text(0.01, y, below, ha="left", va="top", color="#444444")
    return figure


def ready_to_draw() -> None:
    """Load what draws, with its letters: an empty picture is drawn, and thrown away."""
    from matplotlib.figure import Figure

    with styled():
        figure = Figure()
        figure.add_subplot().set_title(" ")
    blank = Picture("", "", lambda: figure)
    blank.png()
    blank.svg()


@contextmanager
def styled() -> Iterator[None]:
    """Draw and write in the house style; signs that the font lacks are boxes and no warnings."""
    import matplotlib as mpl

    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def top(run: Run) -> float:
    """Return how far below the upper edge the title and its line end, in inches."""
    return 0.36 + TITLE_LINE * len(textwrap.wrap(printable(heading(run)), TITLE_WIDTH))


def add_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes at a place in inches; the label of its left axis keeps a fixed distance, for that is quicker."""
    across, up = figure.get_size_inches()
    axes = figure.add_axes((left / across, bottom / up, width / across, height / up))
    axes.yaxis.set_label_coords(-0.45 / width, 0.5)
    return axes


def rule(axes: Axes) -> None:
    """Rule some axes: a line at each tick of the left axis."""
    axes.grid(axis="y")


def name_axes(axes: Axes, name: str) -> None:
    """Say above some axes what they show."""
    axes.set_title(name, y=1, pad=3)


def legend(figure: Figure, axes: Axes, from_top: float, n_columns: int) -> None:
    """Put the legend of some axes above all of them, where it covers nothing; inches from the upper edge."""
    handles, labels = axes.get_legend_handles_labels()
    y = 1 - from_top / figure.get_figheight()
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.01, y), ncols=n_columns, columnspacing=1.2)


def fan(axes: Axes, at: NDArray[np.floating[Any]], counts: Ints) -> None:
    """Draw the percentiles of histograms, one at each place, as two bands and a line."""
    for (low, high), colour in ((OUTER, LIGHT), (INNER, DARK)):
        axes.fill_between(
            at,
            percentiles_of_each(counts, low),
            percentiles_of_each(counts, high),
            color=colour,
            linewidth=0,
            label=f"{low}th to {high}th percentile",
        )
    axes.plot(at, percentiles_of_each(counts, 50), color=LINE, linewidth=1.2, label="median")


def percentiles_of_each(counts: Ints, percent: int) -> Ints:
    """Return a percentile of each of many histograms, as `measures.statistics.percentile` defines it.

    >>> percentiles_of_each(np.array([[1, 0, 9], [5, 5, 0]]), 10).tolist()
    [0, 0]
    """
    cumulative = np.cumsum(counts, axis=1)
    return np.asarray(np.argmax(cumulative * 100 >= cumulative[:, -1:] * percent, axis=1))


def short(name: str, most: int = 24) -> str:
    """Return a name cut to what fits beside a chart.

    >>> short("a ward"), short("a ward with a name without end")
    ('a ward', 'a ward with a name with…')
    """
    return name if len(name) <= most else f"{name[: most - 1]}…"


def printable(text: str) -> str:
    """Return text without signs that no file of this kind may hold."""
    return "".join(sign for sign in text if sign.isprintable())
