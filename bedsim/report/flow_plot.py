"""The picture of where people are placed: for the people of each home locality, the share of each unit.

Why: communities ask whose beds these are. Every cell says its number, so the picture needs no colour, and the units
that stand in a locality are framed for its people.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bedsim.measures.calendar import ALL
from bedsim.report.figures import listed, readable
from bedsim.report.plot_style import LINE, RIGHT, WIDTH, Picture, add_axes, picture, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run

    Floats = NDArray[np.float64]

ROW, NAMES, ABOVE, BOTTOM = 0.23, 1.75, 0.28, 0.1
"""Inches: a row's height, the width of the names of units, what stands above and below the rows."""
MOST_UNITS = 24
DARKEST = (0.50, 0.62, 0.76)
"""The fill of a share of 100%, on which black can be read; white is none."""
PERCENT = 100


def flow_picture(run: Run) -> Picture | None:
    """Return the picture of where people are placed; None if the scenario has no localities."""
    homes, units, shares = placed(run)
    if not homes or not units:
        return None
    when = "" if run.headline == ALL else f" in {run.headline}"
    what = f"Where people of each home are placed, % of admissions{when}; framed: in the same locality"
    draw = partial(_draw, homes, units, shares)
    return picture(run, what, flow_words(run), draw, ABOVE + ROW * len(units) + BOTTOM)


def placed(run: Run) -> tuple[list[str], list[str], Floats]:
    """Return home localities, the units where anybody is placed, and the shares, (n_units, n_homes)."""
    rows = run.flows.by_home(run.headline).rows
    homes, units = list(dict.fromkeys(row[0] for row in rows)), list(dict.fromkeys(row[1] for row in rows))
    shares = np.array([row[2] for row in rows]).reshape(len(homes), len(units)).T
    seen = [i for i in range(len(units)) if np.nansum(shares[i]) > 0]
    # The most used first, if there are too many to draw.
    seen = sorted(sorted(seen, key=lambda i: -np.nansum(shares[i]))[:MOST_UNITS])
    return homes, [units[i] for i in seen], shares[seen]


def flow_words(run: Run) -> str:
    """Return the picture in words."""
    homes, units, shares = placed(run)
    parts = []
    for i, home in enumerate(homes):
        order = np.argsort(-np.nan_to_num(shares[:, i]), kind="stable")[:3]
        most = [f"{readable(units[j])} {_percent(shares[j, i])}" for j in order.tolist()]
        parts.append(f"people from {readable(home).title()}: {listed(most)}")
    return (
        f"A table of home localities by units, a darker cell for a larger share of the admissions that asked for a "
        f"planned bed, and a frame where the unit stands in the locality. Most go, {'; '.join(parts)}."
    )


def _draw(homes: list[str], units: list[str], shares: Floats, run: Run, figure: Figure) -> None:
    from matplotlib.patches import Rectangle

    axes = add_axes(figure, NAMES, BOTTOM, WIDTH - NAMES - RIGHT, ROW * len(units))
    fills = 1 - np.nan_to_num(shares)[..., np.newaxis] * (1 - np.array(DARKEST))
    axes.pcolormesh(fills, edgecolors="white", linewidth=1)
    for (row, column), share in np.ndenumerate(shares):
        axes.text(column + 0.5, row + 0.5, _percent(share), ha="center", va="center")
        if run.scenario.units[units[row]].locality == homes[column]:
            axes.add_patch(
                Rectangle((column + 0.02, row + 0.06), 0.96, 0.88, fill=False, edgecolor=LINE, linewidth=1.6)
            )
    axes.set_yticks(np.arange(len(units)) + 0.5, [short(readable(unit)) for unit in units])
    axes.set_xticks(np.arange(len(homes)) + 0.5, [short(readable(home).title(), 64 // len(homes)) for home in homes])
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _percent(share: float) -> str:
    """Return a share as a label: a dash for none, and never 0% for some."""
    if not share > 0:
        return "–"
    return f"{PERCENT * share:.0f}%" if share >= 0.005 else "<1%"
