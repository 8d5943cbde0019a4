"""Rules on what opens and shuts places besides the timetable: inspections, bought places, the needs a unit takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.files import nearest
from bedsim.scenario.ladders import takes

if TYPE_CHECKING:
    from collections.abc import Iterator


def inspected_rating_has_a_row(context: Context) -> Iterator[Finding]:
    """Where care homes are inspected, the rating of each has a row that says what may follow it."""
    inspections = context.scenario.quality_gate.inspections
    if inspections is None:
        return
    for name, unit in context.scenario.units.items():
        if unit.kind == "care_home" and unit.rating is not None and unit.rating not in inspections.transitions:
            at = ("quality_gate", "inspections", "transitions")
            found = f"none for {unit.rating}, the rating of {name}"
            yield Finding(at, "have a row for the rating of each care home", found, f"{unit.rating}: {{good: 1.0}}")


def spot_places_are_a_care_homes(context: Context) -> Iterator[Finding]:
    """Only a care home with a number of places sells some besides."""
    for name, unit in context.scenario.units.items():
        if unit.spot is None:
            continue
        at = ("units", name, "spot")
        if unit.kind != "care_home":
            yield Finding(at, "be given of care homes only", f"of a unit of kind {unit.kind}", "a timetable")
        if unit.places == "unlimited" or any(row.places == "unlimited" for row in unit.timetable):
            yield Finding(at, "be left out where places are unlimited", "both", "spot: null")


def stages_taken_are_known(context: Context) -> Iterator[Finding]:
    """A unit takes people for stages of the scenario."""
    if context.stages is None or None in context.stages.values():
        return
    known = {stage for stages in context.stages.values() for stage in stages or ()}
    for name, unit in context.scenario.units.items():
        for i, stage in enumerate(unit.takes or ()):
            if stage not in known:
                remedy = nearest(stage, sorted(known)) or f"one of {', '.join(sorted(known)[:8])}"
                yield Finding(("units", name, "takes", i), "name a stage of the scenario", stage, remedy)


def unit_named_takes_the_stage(context: Context) -> Iterator[Finding]:
    """A ladder names outright only units that take its stage; where it names a kind the others are left out."""
    for pathway, stage_name, stage in context.each_stage():
        for i, rung in enumerate(stage.ladder):
            for term in rung.unit_terms:
                unit = context.scenario.units.get(term)
                if unit is not None and not takes(unit, stage_name):
                    at = ("pathways", pathway, stage_name, "ladder", i, "units")
                    found = f"{term}, which takes {', '.join(unit.takes or ())}"
                    yield Finding(at, f"name units that take people for {stage_name}", found, "remove it")


TRACK_RULES = (
    inspected_rating_has_a_row,
    spot_places_are_a_care_homes,
    stages_taken_are_known,
    unit_named_takes_the_stage,
)
