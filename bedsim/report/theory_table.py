"""Theory beside the number as a table, for the terminal and for a CSV file, and in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.report.figures import readable
from bedsim.report.tables import empty_table, finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bedsim.analysis.theory import Comparison
    from bedsim.report.tables import Rows

HEADER = (
    *("unit", "measure", "period", "what", "exact", "simulated", "ci_low", "ci_high", "t", "limit"),
    *("replications", "verdict"),
)


def theory_table(comparisons: Sequence[Comparison]) -> Table:
    """Return exact value, simulated value and t beside each other, for the terminal."""
    from rich.text import Text

    table = empty_table()
    table.add_column("known exactly")
    table.add_column("period", no_wrap=True)
    for heading in ("exact", "simulated", "95% interval", "t"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict")
    for one in comparisons:
        ends = "-" if one.ci_low is None or one.ci_high is None else f"{one.ci_low:.4g} to {one.ci_high:.4g}"
        t = "-" if one.t is None else f"{one.t:.1f}"
        words = (Text(readable(one.what)), one.period, f"{one.exact:.4g}", f"{one.simulated:.4g}", ends, t, one.verdict)
        table.add_row(*words)
    return table


def theory_rows(comparisons: Sequence[Comparison]) -> Rows:
    """Return the comparisons as a table for a CSV file."""
    rows = [
        (
            *(one.unit, one.measure, one.period, one.what, finite(one.exact), finite(one.simulated)),
            *(one.ci_low, one.ci_high, finite(one.t), finite(one.limit), one.n, one.verdict),
        )
        for one in comparisons
    ]
    return HEADER, rows


def theory_sentence(comparisons: Sequence[Comparison]) -> str:
    """Return how many numbers are known exactly, and whether the simulation agrees with all of them."""
    if not comparisons:
        return "No number of this scenario is known exactly."
    n = len(comparisons)
    known = f"{n} number{' is' if n == 1 else 's are'} known exactly"
    if not comparisons[0].is_judged:
        return f"{known}; with {comparisons[0].n} replications they are shown and {comparisons[0].verdict}."
    wrong = [one for one in comparisons if not one.agrees]
    if not wrong:
        return f"{known}, and the simulation agrees with all of them (t tests at one in a million over all together)."
    listed = ", ".join(f"{one.what} in {one.period}" for one in wrong)
    return f"{known}, and the simulation DOES NOT AGREE with {len(wrong)} of them: {listed}. Do not use these results."
