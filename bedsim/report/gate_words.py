"""The answer without the quality gate, in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bedsim.analysis.gate import MEASURED, without_gate
from bedsim.measures.calendar import ALL
from bedsim.report.numbers import is_fraction, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.analysis.gate import WithoutGate
    from bedsim.analysis.run import Run

WORDS = {
    "p_wait": "people who wait",
    "wait_days": "the mean wait, days,",
    "overflow_days_fraction": "days with somebody waiting, in an extra bed or out of area",
}


def gate_sentences(run: Run, found: WithoutGate | None = None) -> Iterator[str]:
    """Say what would be without the gate, simulating a few replications if it is not found yet; nothing if it excludes
    no places."""
    found = found or (None if run.interrupted else without_gate(run))
    if found is not None:
        yield _sentence(run, found)


def _sentence(run: Run, found: WithoutGate) -> str:
    """Return what would be without the gate, beside what is with it, with the difference and its interval."""
    lows, highs = found.differences.interval()
    parts = []
    for i, name in enumerate(MEASURED):
        ends = float(lows[i]), float(highs[i])
        free, gated = (shown(name, float(values[i]), *ends) for values in (found.free, found.gated))
        change = f"{free} either way" if free == gated else f"{free} instead of {gated}"
        parts.append(f"{WORDS[name]} {change}{_difference(name, *ends)}")
    when = "" if run.headline == ALL else f" in {run.headline}"
    return (
        f"Without the quality gate there would be {found.places:.3g} more planned beds{when}: {'; '.join(parts)}. "
        f"That is of the first {found.n_replications} replications with every care home let in, the same people; "
        "it says nothing of the care in these homes."
    )


def _difference(measure: str, low: float, high: float) -> str:
    """Return the interval of a difference; nothing if there is none."""
    if math.isnan(high - low):
        return ""
    scale, unit = (100, " points") if is_fraction(measure) else (1, "")
    return f" (difference at 95%: {low * scale:+.2g} to {high * scale:+.2g}{unit})"
