"""What is allowed but deserves a warning.

Why: a scenario may be right and still hold a ring of full units that can wait for one another for ever, care homes
that get nobody, or numbers nobody vouches for. Each caution is a sentence; nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bedsim.scenario.inputs import inputs
from bedsim.scenario.ladders import below_minimum, homes_of_people, is_own, units_of_terms
from bedsim.scenario.lever_rules import cells, reaches

if TYPE_CHECKING:
    from bedsim.scenario.levers import Lever
    from bedsim.scenario.schema import Scenario, Stage

MOST_NAMED = 10
"""How many names a caution lists before it counts the rest."""


def cautions(scenario: Scenario) -> tuple[str, ...]:
    """Return the warnings about a scenario, in sentences."""
    return (
        *_rings(scenario),
        *_excluded(scenario),
        *_shut_at_first(scenario),
        *_unvouched(scenario),
        *_idle_units(scenario),
        *_nobody_of_their_own(scenario),
        *_idle_levers(scenario),
    )


def excluded_homes(scenario: Scenario) -> tuple[tuple[str, int | Literal["unlimited"]], ...]:
    """Return the care homes that the quality gate leaves out, with their places."""
    return tuple((name, unit.places) for name, unit in scenario.units.items() if below_minimum(scenario, name))


def _excluded(scenario: Scenario) -> Iterator[str]:
    homes = excluded_homes(scenario)
    if homes:
        listed = _listed([f"{name} ({places} places)" for name, places in homes])
        minimum = scenario.quality_gate.minimum_rating
        yield f"Left out of ladders, because rated below {minimum} or not rated: {listed}."


def _shut_at_first(scenario: Scenario) -> Iterator[str]:
    gate = scenario.quality_gate
    homes = [name for name, unit in scenario.units.items() if unit.kind == "care_home" and not gate.passes(unit.rating)]
    if homes and gate.inspections is not None:
        why = f"rated below {gate.minimum_rating} or not rated"
        yield f"Shut until an inspection passes them, because {why}: {_listed(homes)}."


def _unvouched(scenario: Scenario) -> Iterator[str]:
    paths = [one.path for one in inputs(scenario) if one.provenance == "none"]
    if paths:
        noun = "number has" if len(paths) == 1 else "numbers have"
        yield f"{len(paths)} {noun} no source, derivation or assumption: {_listed(paths)}."


def _idle_units(scenario: Scenario) -> Iterator[str]:
    used = {
        name for stages in scenario.pathways.values() for stage in stages.values() for name in _units(scenario, stage)
    }
    present = {entry.unit for entry in scenario.present_at_start}
    idle = [name for name in scenario.units if name not in used | present and not below_minimum(scenario, name)]
    if idle:
        yield f"On no ladder, so nobody is ever placed there: {_listed(idle)}."


def _nobody_of_their_own(scenario: Scenario) -> Iterator[str]:
    """Name who has no unit of their own on a rung that is for people's own: they wait for what opens later."""
    for pathway, stages in scenario.pathways.items():
        homes = homes_of_people(scenario, pathway)
        for name, stage in stages.items():
            for rung in stage.ladder:
                terms = tuple(filter(is_own, rung.unit_terms)) if rung.units is not None else ()
                left = [home or "no locality" for home in homes if not units_of_terms(scenario, terms, home, name)]
                if terms and left:
                    yield f"In {pathway}.{name}, {', '.join(terms)} names nobody for people of {_listed(left)}."


def _idle_levers(scenario: Scenario) -> Iterator[str]:
    sorts, time = cells(scenario), scenario.time
    end = time.start + timedelta(days=time.run_length_days + time.cool_down_days)
    idle = [name for name, lever in scenario.levers.items() if not any(reaches(lever, cell) for cell in sorts)]
    late = [name for name, lever in scenario.levers.items() if lever.start >= end]
    if idle:
        yield f"Levers that reach nobody, because nobody referred is of all they name: {_listed(idle)}."
    if same := [name for name, lever in scenario.levers.items() if _leads_where_they_begin(scenario, lever)]:
        yield f"Levers that change nothing, because people begin with that stage anyway: {_listed(same)}."
    if late:
        yield f"Levers that begin only after the run, which ends on {end}: {_listed(late)}."


def _leads_where_they_begin(scenario: Scenario, lever: Lever) -> bool:
    """Say whether everybody whom a lever sends elsewhere would begin there without it."""
    streams = [one for name, one in scenario.streams.items() if name in (lever.reach.streams or scenario.streams)]
    firsts = {tuple(one.start or list(scenario.pathways[one.pathway])[:1]) for one in streams}
    return lever.instead is not None and firsts == {(lever.instead,)}


def _rings(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each set of finite units that may all wait for one another with no way out in time."""
    edges: dict[str, set[str]] = {}
    for stages in scenario.pathways.values():
        for stage in stages.values():
            held = [name for name in _units(scenario, stage) if not _is_unlimited(scenario, name)]
            for wanted in _stages_after(stages, stage):
                targets = _units(scenario, wanted)
                if _has_exit(scenario, wanted, targets):
                    continue
                for name in held:
                    if name not in targets:
                        edges.setdefault(name, set()).update(targets)
    for ring in _components(edges):
        yield (
            f"People in {_listed(ring)} may all wait for each other's places for ever: "
            "no ladder between them has a leave or then rung or a unit with unlimited places."
        )


def _stages_after(stages: dict[str, Stage], stage: Stage) -> Iterator[Stage]:
    """Yield the stages that somebody may ask for while still in a stage's place: `then` rungs lead on with it held."""
    names = [branch.next for branch in stage.then.values() if branch.next is not None and branch.share > 0]
    for name in names:  # grows as it is read
        yield stages[name]
        names += [rung.then for rung in stages[name].ladder if rung.then is not None and rung.then not in names]


def _has_exit(scenario: Scenario, stage: Stage, units: tuple[str, ...]) -> bool:
    """Say whether nobody waits for a stage for ever."""
    return any(rung.units is None for rung in stage.ladder) or any(_is_unlimited(scenario, name) for name in units)


def _is_unlimited(scenario: Scenario, unit: str) -> bool:
    """Say whether a unit has unlimited places throughout and always admits."""
    spec = scenario.units[unit]
    return spec.places == "unlimited" and all(
        row.places in (None, "unlimited") and row.accepting is not False for row in spec.timetable
    )


def _units(scenario: Scenario, stage: Stage) -> tuple[str, ...]:
    """Return the units that a stage's ladder names, for people of any locality."""
    terms = tuple(term for rung in stage.ladder for term in rung.unit_terms)
    homes = (None, *scenario.localities)
    return tuple(dict.fromkeys(name for home in homes for name in units_of_terms(scenario, terms, home)))


def _components(edges: dict[str, set[str]]) -> Iterator[list[str]]:
    """Yield the sets of two or more names of which each can be reached from each other."""
    reached = {name: _reached(name, edges) for name in edges}
    seen: set[str] = set()
    for name in edges:
        ring = [other for other in edges if other in reached[name] and name in reached[other]]
        if name not in seen and len(ring) > 1:
            seen.update(ring)
            yield ring


def _reached(start: str, edges: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    new = set(edges[start])
    while new:
        reached |= new
        new = {target for name in new for target in edges.get(name, ())} - reached
    return reached


def _listed(names: list[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
