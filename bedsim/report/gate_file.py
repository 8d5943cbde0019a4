"""The answer without the quality gate, kept in a run's folder: `bedsim run` finds it, the page for a board reads it.

Why: a page simulates nothing, and what would be without the gate is a few replications more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.gate import EXCLUDED
from bedsim.errors import BedsimError
from bedsim.measures.reading import keys_of
from bedsim.report.markdown import plain
from bedsim.scenario.schema import SYSTEM
from bedsim.store.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bedsim.analysis.run import Run

NAME = "gate.txt"
LONGEST = 5_000
"""Characters that are read."""
MISSING = "What would be without the quality gate is not known yet: the same `bedsim run` command finds it."


def keep_gate(folder: Path, sentences: Sequence[str]) -> None:
    """Write what would be without the gate into a run's folder, if there is anything to say."""
    if not sentences:
        return
    try:
        replace_file(folder / NAME, "\n".join((*sentences, "")))
    except OSError as error:
        raise BedsimError(f"{folder / NAME} cannot be written ({error.strerror or error}).") from None


def gate_said(folder: Path, run: Run) -> str:
    """Return what was kept; how to find it if nothing was; nothing of a run whose gate excludes no places."""
    key = (SYSTEM, EXCLUDED, run.headline)
    if key not in keys_of(run.reader.yardstick, EXCLUDED) or not run.value(EXCLUDED, period=run.headline) > 0:
        return ""
    try:
        with (folder / NAME).open(encoding="utf-8", errors="replace") as file:
            return plain(file.read(LONGEST)) or MISSING
    except OSError:
        return MISSING
