"""The choice of a warm-up in words and two tables: what `bedsim run --choose-warm-up` prints.

Why: a warm-up that is too short makes the first months look quiet, and nobody sees it in the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.settling import BAND_ERRORS, BAND_FRACTION, WINDOW_DAYS
from bedsim.analysis.warm_up import MARGIN_DAYS, MOST_MISSING_FRACTION
from bedsim.report.tables import empty_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from bedsim.analysis.warm_up_check import WarmUpCheck
    from bedsim.scenario.schema import Scenario


def warm_up_explained(check: WarmUpCheck, scenario: Scenario) -> Iterator[str | Table]:
    """Yield the paragraphs and tables that tell how a scenario's warm-up is chosen and whether a simulation agrees."""
    years = len(check.theory)
    yield (
        f"{scenario.slug} ({scenario.status}): warm-up. A run begins with every unit empty. Were no place ever short, "
        "the share of each stage's steady caseload that is still missing after so long would be:"
    )
    yield theory_table(check)
    choice = (
        f"Theory's choice is {years} {'year' if years == 1 else 'years'}, the first whole number after which less than "
        f"{MOST_MISSING_FRACTION:.1%} is missing at every stage, and {MARGIN_DAYS} days for waiting lists, which "
        f"theory does not cover (an assumption): {check.theory[-1].days} days."
    )
    yield f"{choice} The scenario states {check.days} days, and these are run." if check.is_stated else choice
    if not check.has_steady_state:
        yield (
            "No check by simulation: even at a constant rate there is no steady state, since more places are needed "
            "than there are. No warm-up is long enough; the numbers depend on how long the run is."
        )
        return
    yield (
        "The check: the same system at a constant rate, without growth, months, weekdays, waves, surges and "
        f"timetables, from empty, {check.n_replications} replications of {check.n_days} days. MSER-5 (White 1997) "
        "gives the day from which on the mean is known best. Welch gives the day from which on the moving average over "
        f"{WINDOW_DAYS} days stays near the mean of the second half: within {BAND_FRACTION:.0%} of it, or "
        f"{BAND_ERRORS} standard errors if chance alone moves it further."
    )
    yield settled_table(check)
    yield verdict_on(check)


def verdict_on(check: WarmUpCheck) -> str:
    """Say whether the warm-up is as long as both rules ask for."""
    days = check.days
    if check.too_short_for:
        return (
            f"They disagree: by one of the rules {days} days are too short for {' and '.join(check.too_short_for)}. "
            "Where Welch gives no day, nothing settles in the first half of the simulation. "
            "Try a longer warm-up: state it as time.warm_up_days."
        )
    if check.unknown_to_mser_5:
        return (
            f"Welch agrees: after {days} days everything has settled. MSER-5 says nothing of "
            f"{' and '.join(check.unknown_to_mser_5)}: it would cut in the second half, as it may where beds are "
            "always full."
        )
    return f"They agree: after {days} days everything has settled by both rules."


def theory_table(check: WarmUpCheck) -> Table:
    """Return the share of each stage's caseload that is missing after one year, two years and so on."""
    table = empty_table()
    table.add_column("stage", no_wrap=True)
    for i in range(len(check.theory)):
        table.add_column(f"{i + 1} year" if i == 0 else f"{i + 1} years", justify="right")
    for stage in check.theory[-1].missing_fraction:
        table.add_row(stage, *(f"{tried.missing_fraction[stage]:.2%}" for tried in check.theory))
    return table


def settled_table(check: WarmUpCheck) -> Table:
    """Return when each series has settled by either rule."""
    table = empty_table()
    table.add_column("at midnight", no_wrap=True)
    for heading in ("mean", "within", "MSER-5, day", "Welch, day"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in check.settled:
        days = ("none" if day is None else str(day) for day in (one.mser_5_day, one.welch.day))
        table.add_row(one.series, f"{one.welch.mean:.1f}", f"{one.welch.band:.1f}", *days)
    return table
