"""The answer in words: how many beds, how often they are not enough, who waits and why, and how sure the model is.

Why: a planner reads this first and perhaps nothing else, in a minute. The figures of the answer are of one named
financial year and stand with both of their ranges; the tables have everything else. Text only: it may be shown
anywhere.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bedsim.analysis.offers import offered_after
from bedsim.measures.calendar import ALL, WINTER
from bedsim.measures.yardstick import HOME, ROUTE, STAGE
from bedsim.patients.network import UNLIMITED
from bedsim.report.care_words import care_sentences
from bedsim.report.figures import Figures, as_text, counted, listed, readable
from bedsim.report.grounds import grounds, meaning
from bedsim.report.heading import heading
from bedsim.report.money_words import budget_sentences, money_sentence
from bedsim.scenario.inputs import inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.analysis.run import Run

ENOUGH = "p95"
"""Demand on 95% of days: the beds that would have been enough on all but one day in twenty."""
NEAR_LIMIT = 0.95
"""A community service whose mean caseload is at least this part of its places stands at a cliff (decision 20)."""
ROUTES = {"step_down": "from acute hospital (step-down)", "step_up": "from home (step-up)"}


def verdict(run: Run) -> str:
    """Return the verdict in paragraphs: beds, waits, leaving, places, what the ranges mean, the grounds."""
    figures = Figures(run)
    overload = run.overload.sentence()
    opening = [heading(run), overload] if overload else [heading(run)]
    parts = [[*opening, *_demand(figures)]]
    if run.blueprint.network.planned_units:
        parts += [[*_overflow(figures)], [*_waits(figures)], [*_leaving(figures)], [*_places(figures)]]
    parts += [[*care_sentences(figures)]]
    parts += [[money_sentence(run), *budget_sentences(run)], [*meaning(run)], [*grounds(run)]]
    return "\n\n".join(text for part in parts if (text := " ".join(part)))


def _demand(figures: Figures) -> Iterator[str]:
    """Say how the demand compares with the planned beds; it is the same whatever the sites."""
    run = figures.run
    if not run.blueprint.network.planned_units:
        yield "There are no planned rehabilitation beds: see the table of units."
        return
    if run.beds_range is None:
        few = "no" if run.overload.planned_beds == 0 and not _is_unlimited(run) else "unlimited"
        yield f"There are {few} planned beds."
    else:
        above = "demand_above_beds_fraction"
        yield (
            f"There are {beds_in_words(run)} planned beds{_by_chance(figures)}. If anybody could use any of them at "
            f"once, the demand{figures.when} would be above them on {figures.shown(above)} of days"
            f"{figures.ranges(above)}."
        )
    enough = f"{figures.shown('demand_beds', statistic=ENOUGH)} beds{figures.ranges('demand_beds', ENOUGH)}"
    yield f"{enough} would then be enough on 95% of days. That is demand, whatever the sites."


def _by_chance(figures: Figures) -> str:
    """Return how many planned beds are open on average, if that is left to chance."""
    if not figures.run.blueprint.tracks.draws_planned_beds:
        return ""
    return (
        f" as written; {figures.shown('open_beds')} are open on average{figures.when}, since ratings, infection or "
        "places bought change by chance"
    )


def beds_in_words(run: Run) -> str:
    """Return the number of planned beds, or the fewest and the most of them if it changes."""
    fewest, most = run.beds_range or (0.0, 0.0)
    return f"{most:.0f}" if fewest == most else f"{fewest:.0f} to {most:.0f}"


def _overflow(figures: Figures) -> Iterator[str]:
    """Say how often these sites and this ladder are not enough, and how bad the winter is."""
    kinds = {unit.kind for unit in figures.run.blueprint.network.units}
    places = ["waiting for a bed"]
    places += ["in an escalation bed"] * ("escalation" in kinds) + ["out of area"] * ("out_of_area" in kinds)
    days = "overflow_days_fraction"
    yield (
        f"With these sites and this ladder, somebody is {listed(places).replace(' and ', ' or ')} at midnight on "
        f"{figures.shown(days)} of days{figures.ranges(days)}."
    )
    if WINTER in figures.run.periods:
        winter, always = (
            (figures.shown("overflow", period=one), figures.shown("overflow", statistic=ENOUGH, period=one))
            for one in (WINTER, ALL)
        )
        yield (
            f"In the winters they are {winter[0]} people on average, and at most {winter[1]} on 19 days in 20; on all "
            f"days simulated {always[0]} and {always[1]}."
        )


def _waits(figures: Figures) -> Iterator[str]:
    """Say who waits, and how long."""
    if math.isnan(figures.row("p_wait").value):
        yield "Nobody asks for a planned bed."
        return
    yield f"{figures.shown('p_wait')} of people wait{figures.ranges('p_wait')}{_ladder_rule(figures.run)}."
    mean, longest = (counted(figures.shown("wait_days", statistic=one), "day") for one in ("mean", ENOUGH))
    yield (
        f"The mean wait over everybody is {mean}{figures.ranges('wait_days')}; 19 people in 20 wait at most {longest}."
    )
    groups = figures.run.reader.yardstick.people_groups
    routes = [name for name in groups if name.startswith(ROUTE)]
    if len(routes) > 1:
        by_route = (
            f"{figures.shown('wait_days', name)} {ROUTES.get(name.removeprefix(ROUTE), readable(name))}"
            for name in routes
        )
        yield f"By route, mean days: {', '.join(by_route)}."
    yield from _worst_off(figures, [name for name in groups if name.startswith(HOME)])
    if figures.value("acute_bed_days_lost_per_day") > 0:
        yield f"People who wait take {figures.shown('acute_bed_days_lost_per_day')} acute beds on an average day."


def _worst_off(figures: Figures, homes: list[str]) -> Iterator[str]:
    """Name the home whose people wait longest, if the replications can tell it from that of the shortest wait."""
    seen = [row for row in (figures.row("wait_days", home) for home in homes) if not math.isnan(row.value)]
    if len(seen) < 2 or figures.run.n_replications < 2:
        return
    shortest, *_, longest = sorted(seen, key=lambda row: row.value)
    if not figures.differ("wait_days", shortest.unit, longest.unit, math.comb(len(seen), 2)):
        yield "People of all home localities wait alike, within the simulation error."
        return
    yield (
        f"People from {readable(longest.unit).title()} wait longest, {counted(as_text(longest), 'day')} on average; "
        f"those from {readable(shortest.unit).title()} least, {as_text(shortest)}."
    )


def _leaving(figures: Figures) -> Iterator[str]:
    """Say how much of the beds people hold who are ready to leave, why, and which service is near its limit."""
    share = "delayed_fraction_of_occupied"
    if not figures.value(share):
        return
    stages = [name for name in figures.run.reader.yardstick.parts if name.startswith(STAGE)]
    full = [f"{readable(name)} {figures.shown(share, name)}" for name in stages if figures.value(share, name)]
    causes = [
        (f"because the next place is full ({', '.join(full)})", "delayed_no_place_fraction"),
        ("while leaving is arranged", "delayed_transfer_fraction"),
        ("until the next time at which people may leave", "delayed_leave_time_fraction"),
    ]
    some = [(words, figures.shown(part)) for words, part in causes if figures.value(part)]
    why = listed([f"{part} {words}" for words, part in some]) if len(some) > 1 else f"all of it {some[0][0]}"
    yield f"{figures.shown(share)} of bed-days{figures.simulation_error(share)} are of people ready to leave: {why}."
    yield from _near_limit(figures)


def _near_limit(figures: Figures) -> Iterator[str]:
    """Name community services so full that the delay may hang on a place more or less."""
    services = [unit.name for unit in figures.run.blueprint.network.units if unit.kind == "community_service"]
    near = [name for name in services if figures.value("occupancy_fraction", name) >= NEAR_LIMIT]
    if not near:
        return
    which = listed([f"{readable(name)} ({figures.shown('occupancy_fraction', name)})" for name in near])
    assumed = {one.path for one in inputs(figures.run.scenario) if one.provenance == "assumption"}
    is_assumed = any(f"units.{name}.places" in assumed for name in near)
    assumption = "; the number of places is an assumption" if is_assumed else ""
    yield f"Nearly full: {which}{assumption}. What a place more or less does to the delay, `bedsim calibrate` says."


def _places(figures: Figures) -> Iterator[str]:
    """Say how many people are placed away from home, and whose way is longest."""
    homes = [name for name in figures.run.reader.yardstick.people_groups if name.startswith(HOME)]
    away, way = "away_from_home_fraction", "travel_minutes"
    if figures.value(away):
        yield f"{figures.shown(away)} of people placed in planned beds are placed outside their home locality."
    if figures.value(way) and len(homes) > 1:
        far = max(homes, key=lambda name: figures.value(way, name))
        yield (
            f"People from {readable(far).title()} are farthest from home: {figures.value(way, far):.0f} minutes one "
            f"way on average (everybody {figures.value(way):.0f}), {figures.shown(away, far)} outside their locality."
        )
    if any(unit.kind == "out_of_area" for unit in figures.run.blueprint.network.units):
        yield f"{figures.shown('out_of_area_fraction')} of admissions are out of area."


def _is_unlimited(run: Run) -> bool:
    network = run.blueprint.network
    return any(network.units[unit].places == UNLIMITED for unit in network.planned_units)


def _ladder_rule(run: Run) -> str:
    """Return the caution that a wait may be the ladder's own rule and not a lack of beds."""
    late = offered_after(run.blueprint)
    if not late:
        return ""
    return f"; some planned beds are offered only after {late} of waiting, so a wait need not mean that beds lack"
