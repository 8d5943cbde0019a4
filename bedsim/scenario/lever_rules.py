"""Rules on levers: whom and what they name exists, and together they leave somebody to be referred."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.name_rules import unknown
from bedsim.scenario.segments import segment_names
from bedsim.scenario.values import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.context import Names
    from bedsim.scenario.levers import Lever
    from bedsim.scenario.schema import Scenario


class Cell(NamedTuple):
    """People of one stream, segment and locality; None stands for people without a locality."""

    stream: str
    segment: str
    locality: str | None


def cells(scenario: Scenario) -> list[Cell]:
    """Return the sorts of people that are referred at all."""
    found = []
    for name, stream in scenario.streams.items():
        rates = {segment: rate.per_1000_a_year for segment, rate in stream.referrals.by_segment.items()}
        mix = rates or (stream.segments.shares if stream.segments else {})
        segments = [segment for segment, part in mix.items() if part > 0] or segment_names(scenario)
        shares = stream.localities.shares if stream.localities else {}
        homes: list[str | None] = [home for home, share in shares.items() if share > 0]
        found += [Cell(name, segment, home) for segment in segments for home in homes or [None]]
    return found


def reaches(lever: Lever, cell: Cell) -> bool:
    """Say whether a lever can reach people of a sort."""
    wanted = (lever.reach.streams, lever.reach.segments, lever.reach.localities)
    return all(names is None or name in names for names, name in zip(wanted, cell, strict=True))


def lever_reaches_known_people(context: Context) -> Iterator[Finding]:
    """A lever reaches streams, segments and localities of the scenario."""
    for name, lever in context.scenario.levers.items():
        for key, noun, names in (
            ("streams", "stream", context.streams),
            ("segments", "segment", context.segments),
            ("localities", "locality", context.localities),
        ):
            for i, one in enumerate(getattr(lever.reach, key) or ()):
                yield from unknown(("levers", name, "reach", key, i), f"name a {noun} of the scenario", one, names)


def lever_leads_to_a_known_stage(context: Context) -> Iterator[Finding]:
    """People begin instead with a stage of the pathway of every stream that the lever reaches."""
    for name, lever in context.scenario.levers.items():
        if lever.instead is None:
            continue
        at = ("levers", name, lever.effect_name, "instead")
        of_reach = lever.reach.streams
        pathways = {
            stream.pathway for key, stream in context.scenario.streams.items() if of_reach is None or key in of_reach
        }
        for pathway in sorted(pathways):
            names = (context.stages or {}).get(pathway)
            yield from unknown(at, f"name a stage of {pathway}, the pathway of people in reach", lever.instead, names)


def lever_changes_known_things(context: Context) -> Iterator[Finding]:
    """Stages, reasons of delay and units whose numbers a lever changes are in the scenario."""
    for name, lever in context.scenario.levers.items():
        listed: tuple[tuple[str, str, tuple[str, ...], Names], ...] = ()
        if lever.stay_reduction is not None:
            listed = (("stages", "stage", lever.stay_reduction.stages, _stages(context)),)
        elif lever.delay_reduction is not None:
            listed = (
                ("reasons", "reason of a transfer delay", lever.delay_reduction.reasons or (), _reasons(context)),
            )
        elif lever.visit_deduplication is not None:
            listed = (("units", "unit", lever.visit_deduplication.units, context.units),)
        for key, noun, wanted, names in listed:
            for i, one in enumerate(wanted):
                at = ("levers", name, lever.effect_name, key, i)
                yield from unknown(at, f"name a {noun} of the scenario", one, names)


def levers_leave_somebody(context: Context) -> Iterator[Finding]:
    """Of no sort of people do the levers take more than everybody away from where they would begin."""
    levers, found = context.scenario.levers, set[str]()
    for cell in cells(context.scenario):
        taking = {name: lever.share for name, lever in levers.items() if lever.share > 0 and reaches(lever, cell)}
        last = next(reversed(taking), "")
        if sum(taking.values()) <= 1 + TOLERANCE or last in found:
            continue
        found.add(last)
        whom = " ".join(part for part in (cell.stream, cell.segment, cell.locality) if part)
        shares = " + ".join(f"{name} {share:g}" for name, share in taking.items())
        must = f"leave somebody of {whom}: shares of those avoided or sent elsewhere sum to at most 1"
        yield Finding(("levers", last), must, f"{sum(taking.values()):g} ({shares})", "smaller shares")


def visits_made_twice_are_known(context: Context) -> Iterator[Finding]:
    """Visits are made once only where it is said how many are made twice; no more than these become fewer."""
    units = context.scenario.units
    for name, lever in context.scenario.levers.items():
        effect = lever.visit_deduplication
        for unit in effect.units if effect is not None else ():
            if effect is None or unit not in units:
                continue
            at, visits = ("levers", name, lever.effect_name), units[unit].visits
            if visits is None:
                must = "name units whose visits are counted"
                yield Finding((*at, "units"), must, f"{unit}, which has no visits", f"units.{unit}.visits")
            elif (freed := _freed(context.scenario, unit, name)) > visits.duplicated + TOLERANCE:
                must = f"be at most the share of the visits of {unit} that are duplicated, {visits.duplicated:g}"
                yield Finding((*at, "share"), must, f"{freed:g} with the levers before it", f"{visits.duplicated:g}")


def _freed(scenario: Scenario, unit: str, last: str) -> float:
    """Return the share of a unit's visits that levers free together, those of all segments, up to one of them."""
    kept = 1.0
    for name, lever in scenario.levers.items():
        if lever.visit_deduplication is not None and unit in lever.visit_deduplication.units:
            kept *= 1 - lever.visit_deduplication.share
        if name == last:
            break
    return 1 - kept


def _stages(context: Context) -> Names:
    """Return the names of all stages; None if those of a pathway are not known."""
    every = list((context.stages or {}).values())
    known = [names for names in every if names is not None]
    return frozenset().union(*known) if known and len(known) == len(every) else None


def _reasons(context: Context) -> Names:
    """Return the reasons of all transfer delays; None if a stage is wrong."""
    pathways = context.stages or {}
    if not pathways or not all(context.pathway_complete(pathway) for pathway in pathways):
        return None
    branches = [item for _, _, stage in context.each_stage() for item in stage.then.items()]
    return frozenset(branch.reason or name for name, branch in branches if branch.transfer_days is not None)


LEVER_RULES = (
    lever_reaches_known_people,
    lever_leads_to_a_known_stage,
    lever_changes_known_things,
    levers_leave_somebody,
    visits_made_twice_are_known,
)
