"""A scenario's title with what must be said of it, above everything that is written of a run.

Why: who reads a table or a picture must see whether its inputs are illustrative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedsim.analysis.run import Run

MARKS = {"verified": "", "illustrative": "ILLUSTRATIVE. ", "worked_example": "WORKED EXAMPLE. "}
"""What stands before every title, by the scenario's status."""


def heading(run: Run) -> str:
    """Return the scenario's title with what must be said of it: unfinished, illustrative, laid over, changed."""
    unfinished = f"UNFINISHED ({run.n_replications} replications). " if run.interrupted else ""
    title = (run.scenario.title or run.scenario.slug).rstrip(".")
    variations = f" [{'; '.join(run.scenario.variations)}]" if run.scenario.variations else ""
    return f"{unfinished}{MARKS[run.scenario.status]}{title}{variations}."
