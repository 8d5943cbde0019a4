"""The answer in words: how many beds, how often they are not enough, who waits, and how sure the model is.

Why: a planner reads this first and perhaps nothing else. Every figure of the answer stands with two ranges that mean
different things: the simulation error (how well the replications have averaged) and the ends of the stated ranges of
demand and stay, from real runs. Neither is a forecast. Text only: it may be shown anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.ranges import RangedInput, ranged_inputs
from bedsim.patients.network import UNLIMITED
from bedsim.report.numbers import shown, shown_interval
from bedsim.scenario.cautions import excluded_homes
from bedsim.scenario.inputs import inputs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bedsim.analysis.run import Run

ENOUGH = "p95"
"""Demand on 95% of days: the beds that would have been enough on all but one day in twenty."""
MARKS = {"verified": "", "illustrative": "ILLUSTRATIVE. ", "worked_example": "WORKED EXAMPLE. "}
"""What stands before every title, by the scenario's status."""


def verdict(run: Run) -> str:
    """Return the verdict in paragraphs: the demand, what the plan does with it, what the ranges mean, the grounds."""
    overload = run.overload.sentence()
    opening = [heading(run), overload] if overload else [heading(run)]
    parts = [[*opening, *_demand(run)], _plan(run), _meaning(run), _grounds(run)]
    return "\n\n".join(text for part in parts if (text := " ".join(part)))


def heading(run: Run) -> str:
    """Return the scenario's title with what must be said of it: unfinished, illustrative, laid over, changed."""
    unfinished = f"UNFINISHED ({run.n_replications} replications). " if run.interrupted else ""
    title = (run.scenario.title or run.scenario.slug).rstrip(".")
    variations = f" [{'; '.join(run.scenario.variations)}]" if run.scenario.variations else ""
    return f"{unfinished}{MARKS[run.scenario.status]}{title}{variations}."


def _demand(run: Run) -> Iterable[str]:
    """Say how the demand compares with the planned beds; it is the same whatever the sites."""
    if not run.blueprint.network.planned_units:
        yield "There are no planned rehabilitation beds: see the table of units."
        return
    if run.beds_range is None:
        few = "no" if run.overload.planned_beds == 0 and not _is_unlimited(run) else "unlimited"
        yield f"There are {few} planned beds."
    else:
        fewest, most = run.beds_range
        beds = f"{most:.0f}" if fewest == most else f"{fewest:.0f} to {most:.0f}"
        yield (
            f"There are {beds} planned beds. If anybody could use any of them at once, the demand would be above them "
            f"on {_figure(run, 'demand_above_beds_fraction')} of days{_ranges(run, 'demand_above_beds_fraction')}."
        )
    yield (
        f"{run.value('demand_beds', statistic=ENOUGH):.0f} beds would then be enough on 95% of days"
        f"{_ends_of_percentile(run)}, and {_figure(run, 'demand_beds')} be in use on an average day"
        f"{_ranges(run, 'demand_beds')}. This is a figure of the demand, whatever the sites."
    )


def _plan(run: Run) -> Iterable[str]:
    """Say what happens with these sites and this ladder."""
    if not run.blueprint.network.planned_units:
        return
    kinds = {unit.kind for unit in run.blueprint.network.units}
    places = ["waiting for a bed"]
    places += ["in an escalation bed"] * ("escalation" in kinds) + ["out of area"] * ("out_of_area" in kinds)
    somewhere = " or ".join(filter(None, (", ".join(places[:-1]), places[-1])))
    yield (
        f"With these sites and this ladder, somebody is {somewhere} at midnight on "
        f"{_figure(run, 'overflow_days_fraction')} of days{_ranges(run, 'overflow_days_fraction')}."
    )
    waits = run.row("wait_days", statistic=ENOUGH)
    yield (
        f"{_figure(run, 'p_wait')} of people wait{_ranges(run, 'p_wait')}{_ladder_rule(run)}. The mean wait over "
        f"everybody is {_figure(run, 'wait_days')} days{_ranges(run, 'wait_days')}; one in twenty waits longer than "
        f"{shown('wait_days', waits.value)} days."
    )
    if run.value("acute_bed_days_lost_per_day") > 0:
        yield f"People who wait take {_figure(run, 'acute_bed_days_lost_per_day')} acute beds."
    if "out_of_area" in kinds:
        yield f"{_figure(run, 'out_of_area_fraction')} of admissions are out of area."


def _is_unlimited(run: Run) -> bool:
    network = run.blueprint.network
    return any(network.units[unit].places == UNLIMITED for unit in network.planned_units)


def _ladder_rule(run: Run) -> str:
    """Return the caution that a wait may be the ladder's own rule and not a lack of beds."""
    network = run.blueprint.network
    after = {
        rung.after_days
        for ladder in network.ladders
        for rung in ladder
        if rung.after_days > 0 and any(network.units[unit].is_planned for unit in rung.units)
    }
    if not after:
        return ""
    days = f"{min(after):g} day{'' if min(after) == 1 else 's'}"
    return f"; some planned beds are offered only after {days} of waiting, so a wait need not mean that beds lack"


def _meaning(run: Run) -> Iterable[str]:
    yield f"Simulation error: a 95% interval from {run.n_replications} replications, which says nothing of the inputs."
    if not run.range_ends:
        yield "No ranges of demand or stay were run."
        return
    ranged = ranged_inputs(run.scenario)
    spans = (f"{_input_name(one)} {one.low:g} to {one.high:g} (here {one.value:g})" for one in ranged)
    n = run.range_ends["low"].n_replications
    yield (
        f"The stated ranges are {'; '.join(spans)}; all at their low ends, then all at their high ends, in real runs "
        f"of {n} replications each."
    )


def _grounds(run: Run) -> Iterable[str]:
    excluded = excluded_homes(run.scenario)
    if excluded:
        listed = ", ".join(f"{name} ({places})" for name, places in excluded)
        yield f"Care homes left out for their rating, with their beds: {listed}."
    kinds = [one.provenance for one in inputs(run.scenario)]
    counts = {kind: kinds.count(kind) for kind in ("source", "derived", "assumption", "none")}
    unexplained = f", {counts['none']} not explained" if counts["none"] else ""
    yield (
        f"Of {len(kinds)} inputs {counts['source']} are sourced, {counts['derived']} derived and "
        f"{counts['assumption']} assumed{unexplained}."
    )
    for name, stream in run.scenario.streams.items():
        if stream.referrals.per_day is not None and stream.referrals.derived:
            grounds = stream.referrals.derived.strip().rstrip(".")
            yield f"Referrals of {name}, {stream.referrals.per_day:g} a day: {grounds}."


def _input_name(ranged: RangedInput) -> str:
    """Return a short name of a ranged input: a stream's referrals, or the need of a stage or of one way out of it."""
    path = ranged.path
    if ranged.what == "referrals":
        return f"{path[1]} referrals ({path[-1]})"
    way = f" ({path[4]})" if path[3] == "then" else ""
    return f"{path[-1]} need of {path[2]}{way}, days"


def _figure(run: Run, measure: str) -> str:
    row = run.row(measure)
    return shown(measure, row.value, row.ci_low, row.ci_high)


def _ranges(run: Run, measure: str) -> str:
    """Return both ranges in brackets: simulation error, then the ends of the stated ranges."""
    row = run.row(measure)
    parts = []
    if row.ci_low is not None:
        parts.append(f"simulation error {shown_interval(measure, row.value, row.ci_low, row.ci_high)}")
    if run.range_ends:
        ends = [run.range_ends[end].row(measure) for end in ("low", "high")]
        low, high = (shown(measure, end.value, end.ci_low, end.ci_high) for end in ends)
        parts.append(f"over the stated ranges {low} to {high}")
    return f" ({'; '.join(parts)})" if parts else ""


def _ends_of_percentile(run: Run) -> str:
    """Return the ends of the stated ranges of the beds that are enough; a percentile has no interval."""
    if not run.range_ends:
        return ""
    low, high = (run.range_ends[end].value("demand_beds", statistic=ENOUGH) for end in ("low", "high"))
    return f" (over the stated ranges {low:.0f} to {high:.0f})"
