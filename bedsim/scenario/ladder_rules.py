"""Rules on ladders and on the ways through a pathway: nobody may be sent where nobody can ever be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.files import nearest
from bedsim.scenario.ladders import below_minimum, homes_of_people, kind_of_term, units_of_terms
from bedsim.scenario.schema import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.schema import Rung, Stage, Unit
    from bedsim.scenario.tree import Keys


def _terms(pathway: str, stage_name: str, stage: Stage) -> Iterator[tuple[Keys, str]]:
    """Yield the terms of a stage's ladder with their paths."""
    for i, rung in enumerate(stage.ladder):
        at = ("pathways", pathway, stage_name, "ladder", i, "units")
        if isinstance(rung.units, str):
            yield at, rung.units
        else:
            yield from (((*at, j), term) for j, term in enumerate(rung.units or ()))


def ladder_terms_are_known(context: Context) -> Iterator[Finding]:
    """A rung names units, kinds, `nearest(kind)` or `own(kind)`."""
    for where in context.each_stage():
        for at, term in _terms(*where):
            if context.units is None or term in context.units or kind_of_term(term) is not None:
                continue
            wrapped = re.fullmatch(r"\s*(nearest|own)\s*\((.*)\)\s*", term)
            known = [f"{wrapped[1]}({kind})" for kind in KINDS] if wrapped else [*sorted(context.units), *KINDS]
            must = "name a unit, a kind of unit, nearest(kind) or own(kind)"
            yield Finding(at, must, f"{term!r}, which is none of them", nearest(term, known))


def rung_names_something(context: Context) -> Iterator[Finding]:
    """A rung of units lists at least one."""
    for pathway, stage_name, stage in context.each_stage():
        for i, rung in enumerate(stage.ladder):
            if rung.units is not None and not rung.unit_terms:
                at = ("pathways", pathway, stage_name, "ladder", i, "units")
                yield Finding(at, "name at least one unit", "an empty list", "the name of a unit")


def then_rung_leads_to_a_known_stage(context: Context) -> Iterator[Finding]:
    """A `then` rung leads to a stage of its own pathway."""
    for pathway, stage_name, stage in context.each_stage():
        names = (context.stages or {}).get(pathway)
        for i, rung in enumerate(stage.ladder):
            if rung.then is not None and names is not None and rung.then not in names:
                at = ("pathways", pathway, stage_name, "ladder", i, "then")
                yield Finding(at, f"name a stage of {pathway}", rung.then, nearest(rung.then, sorted(names)))


def then_rungs_do_not_come_back(context: Context) -> Iterator[Finding]:
    """`then` rungs make no circle: a person's stages are all drawn beforehand, so they must come to an end."""
    for pathway, stages in context.scenario.pathways.items():
        leads = {name: [rung.then for rung in stage.ladder if rung.then] for name, stage in stages.items()}
        for name, stage in stages.items():
            for i, rung in enumerate(stage.ladder):
                if rung.then and name in _reached({rung.then}, leads):
                    at = ("pathways", pathway, name, "ladder", i, "then")
                    found = f"{rung.then}, from which then leads back to {name}"
                    yield Finding(at, "not lead back to its own stage", found, "a leave rung")


def _reached(start: set[str], leads: dict[str, list[str]]) -> set[str]:
    """Return all stages reached from some stages, these included."""
    reached: set[str] = set()
    new = set(start)
    while new:
        reached |= new
        new = {target for name in new for target in leads.get(name, ())} - reached
    return reached


def home_below_minimum_is_not_named(context: Context) -> Iterator[Finding]:
    """A care home that the quality gate shuts is named on no ladder."""
    scenario = context.scenario
    for where in context.each_stage():
        for at, term in _terms(*where):
            if term in scenario.units and below_minimum(scenario, term):
                minimum = scenario.quality_gate.minimum_rating
                found = f"{term}, rated {scenario.units[term].rating or 'not_yet_rated'}"
                yield Finding(at, f"name no care home rated below {minimum}", found, "remove it")


def ladder_has_a_way_out(context: Context) -> Iterator[Finding]:
    """A ladder leads everybody somewhere: to a unit that some day has a place and admits, an outcome, another stage."""
    if not context.units_complete:
        return
    for pathway, stage_name, stage in context.each_stage():
        homes = homes_of_people(context.scenario, pathway)
        stuck = [
            home
            for home in homes
            if not any(_leads_somewhere(context, stage_name, rung, home) for rung in stage.ladder)
        ]
        if not stuck:
            continue
        whom = "" if len(stuck) == len(homes) else f" for people of {stuck[0] or 'no locality'}"
        at = ("pathways", pathway, stage_name, "ladder")
        yield Finding(
            at,
            "have a way out: a unit with places, leave or then",
            f"without one: no unit on it ever has a place and admits{whom}",
            "{after_days: 7, leave: out_of_area}",
        )


def _leads_somewhere(context: Context, stage: str, rung: Rung, home: str | None) -> bool:
    if rung.units is None:
        return True
    units = context.scenario.units
    names = units_of_terms(context.scenario, rung.unit_terms, home, stage)
    unknown = [name for name in names if name not in units]
    return bool(unknown) or any(_ever_admits(units[name], rung.keep_free) for name in names)


def _ever_admits(unit: Unit, keep_free: int) -> bool:
    """Say whether a unit, at some row of its timetable, admits and has more places than are kept free."""
    spot = 0 if unit.spot is None else unit.spot.places
    places, accepting = unit.places, True
    states = [(places, accepting)]
    for row in sorted(unit.timetable, key=lambda row: (row.date, row.hour)):
        places = places if row.places is None else row.places
        accepting = accepting if row.accepting is None else row.accepting
        states.append((places, accepting))
    return any(open_ and (n == "unlimited" or n + spot > keep_free) for n, open_ in states)


def journey_comes_to_an_end(context: Context) -> Iterator[Finding]:
    """From every stage an outcome can be reached; a loop taken with certainty has none."""
    for pathway, stages in context.scenario.pathways.items():
        if not context.pathway_complete(pathway):
            continue
        leads: dict[str, list[str]] = {name: [] for name in stages}
        ends = {name for name, stage in stages.items() if any(b.share > 0 and not b.next for b in stage.then.values())}
        for name, stage in stages.items():
            for branch in stage.then.values():
                if branch.share > 0 and branch.next:
                    leads[name].append(branch.next)
                    if branch.next not in stages:
                        ends.add(name)
        for name in stages:
            if not ends & _reached({name}, leads):
                found = f"without one: all ways lead back ({' -> '.join(sorted(_reached({name}, leads)))})"
                at = ("pathways", pathway, name, "then")
                yield Finding(at, "have a way to an outcome", found, "a branch without next")


LADDER_RULES = (
    ladder_terms_are_known,
    rung_names_something,
    then_rung_leads_to_a_known_stage,
    then_rungs_do_not_come_back,
    home_below_minimum_is_not_named,
    ladder_has_a_way_out,
    journey_comes_to_an_end,
)
