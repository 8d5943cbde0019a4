"""Rules on names and on single entities: whatever is named exists, and what a thing needs is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.demand import RATE_KEYS
from bedsim.scenario.files import nearest
from bedsim.scenario.following import followed_rate_per_day
from bedsim.scenario.outline import fields_of, models
from bedsim.scenario.schema import KINDS, MOST_STAGES, SYSTEM, Unit
from bedsim.scenario.shapes import LENGTH_KEYS, Distribution, Sourced
from bedsim.scenario.translate import sentence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.context import Names
    from bedsim.scenario.shapes import Model
    from bedsim.scenario.tree import Keys


def unknown(path: Keys, must: str, name: str, names: Names) -> Iterator[Finding]:
    """Yield a finding if a name is not among the names written."""
    if names is not None and name not in names:
        remedy = nearest(name, sorted(names)) or (f"one of {', '.join(sorted(names)[:8])}" if names else "")
        yield Finding(path, must, name, remedy)


def source_is_listed(context: Context) -> Iterator[Finding]:
    """A source is the name of an entry in `sources`."""
    for path, model in models(context.scenario):
        if isinstance(model, Sourced) and model.source is not None:
            yield from unknown((*path, "source"), "name an entry of sources", model.source, context.sources)


def unit_has_a_name_of_its_own(context: Context) -> Iterator[Finding]:
    """No unit bears the name of a kind, nor the name of the whole in results."""
    for name in context.scenario.units:
        if name in KINDS or name == SYSTEM:
            yield Finding(("units", name), "not bear the name of a kind of unit or of results", name, f"{name}_1")


def unit_locality_is_known(context: Context) -> Iterator[Finding]:
    """A unit stands in a locality of the scenario."""
    for name, unit in context.scenario.units.items():
        if unit.locality is not None:
            at = ("units", name, "locality")
            yield from unknown(at, "name a locality of the scenario", unit.locality, context.localities)


def stream_localities_are_known(context: Context) -> Iterator[Finding]:
    """A stream's people come from localities of the scenario."""
    for name, stream in context.scenario.streams.items():
        for locality in stream.localities.shares if stream.localities else ():
            at = ("streams", name, "localities", "shares", locality)
            yield from unknown(at, "name a locality of the scenario", locality, context.localities)


def stream_pathway_is_known(context: Context) -> Iterator[Finding]:
    """A stream follows a pathway of the scenario."""
    names = None if context.stages is None else frozenset(context.stages)
    for name, stream in context.scenario.streams.items():
        yield from unknown(("streams", name, "pathway"), "name a pathway of the scenario", stream.pathway, names)


def stream_starts_are_known(context: Context) -> Iterator[Finding]:
    """A stream starts in stages of its pathway."""
    for name, stream in context.scenario.streams.items():
        stages = (context.stages or {}).get(stream.pathway)
        for stage in stream.start or ():
            at = ("streams", name, "start", stage)
            yield from unknown(at, f"name a stage of {stream.pathway}", stage, stages)


def next_stage_is_known(context: Context) -> Iterator[Finding]:
    """A branch leads to a stage of its own pathway."""
    for pathway, stage_name, stage in context.each_stage():
        for branch_name, branch in stage.then.items():
            if branch.next is not None:
                at = ("pathways", pathway, stage_name, "then", branch_name, "next")
                stages = (context.stages or {}).get(pathway)
                yield from unknown(at, f"name a stage of {pathway}", branch.next, stages)


def pathway_is_short_enough(context: Context) -> Iterator[Finding]:
    """A pathway has at most 50 stages."""
    for pathway, stages in (context.stages or {}).items():
        if stages is not None and len(stages) > MOST_STAGES:
            yield Finding(("pathways", pathway), f"have at most {MOST_STAGES} stages", f"{len(stages)} stages")


def care_home_is_rated(context: Context) -> Iterator[Finding]:
    """Every care home has a rating, if only `not_yet_rated`."""
    for name, unit in context.scenario.units.items():
        if unit.kind == "care_home" and unit.rating is None:
            yield Finding(("units", name), "have a rating, as every care home", "without one", "rating: not_yet_rated")


def unlimited_places_need_no_cleaning(context: Context) -> Iterator[Finding]:
    """Unlimited places are never cleaned, so a turnover time would be without effect."""
    for name, unit in context.scenario.units.items():
        if unit.turnover_days > 0 and not _ever_finite(unit):
            at = ("units", name, "turnover_days")
            yield Finding(at, "be 0 where places are unlimited: they are never cleaned", f"{unit.turnover_days:g}", "0")


def places_follow_a_rate(context: Context) -> Iterator[Finding]:
    """Places follow a stream that has a base rate; they are a number, and no timetable says another."""
    for name, unit in context.scenario.units.items():
        if unit.places_follow is None:
            continue
        at, wanted = ("units", name, "places_follow"), unit.places_follow.stream
        yield from unknown((*at, "stream"), "name a stream of the scenario", wanted, context.streams)
        if wanted in context.scenario.streams and followed_rate_per_day(context.scenario, unit.places_follow) is None:
            must = f"follow a stream with {' or '.join(RATE_KEYS)}"
            yield Finding((*at, "stream"), must, f"{wanted}, without either", "another stream")
        if unit.places == "unlimited":
            yield Finding(at, "be left out where places are unlimited", "both", "places_follow: null")
        if any(row.places is not None for row in unit.timetable):
            yield Finding(at, "be left out where a timetable names places", "both", "places_follow: null")


def _ever_finite(unit: Unit) -> bool:
    return any(isinstance(places, int) for places in (unit.places, *(row.places for row in unit.timetable)))


def range_holds_its_number(context: Context) -> Iterator[Finding]:
    """A range names a number given beside it, and reaches from below it to above it."""
    for path, model in models(context.scenario):
        for name, (low, high) in ((model.range or {}) if isinstance(model, Sourced) else {}).items():
            at = (*path, "range", name)
            numbers = numbers_beside(model)
            if name not in numbers:
                remedy = nearest(name, sorted(numbers)) or ", ".join(sorted(numbers))
                yield Finding(at, "be the range of a number given here", f"for {name}, which is not one", remedy)
            elif low > high:
                yield Finding(at, "have its low end first", f"{low:g} to {high:g}", f"[{high:g}, {low:g}]")
            elif not low <= numbers[name] <= high:
                found = f"{low:g} to {high:g}, {name} is {numbers[name]:g}"
                yield Finding(at, "hold the number it belongs to", found, "a wider range")


def range_ends_are_allowed(context: Context) -> Iterator[Finding]:
    """Either end of a range may stand in place of its number; ends that are run come together."""
    for path, model in models(context.scenario):
        if not isinstance(model, Sourced) or not model.range:
            continue
        numbers = numbers_beside(model)
        names = [name for name in model.range if name in numbers]
        together = [name for name in names if name in (*RATE_KEYS, *LENGTH_KEYS)]
        for group in ([together] if together else []) + [[name] for name in names if name not in together]:
            for i, end in enumerate(("low", "high")):
                ends = {name: model.range[name][i] for name in group}
                if (sentence := _refused(model, ends)) is not None:
                    culprit = next((name for name in group if _refused(model, {name: ends[name]})), group[0])
                    must, found, remedy = sentence
                    rule = f"have a {end} end with which {culprit} may {must}"
                    yield Finding((*path, "range", culprit), rule, found, remedy)


def _refused(model: Sourced, ends: dict[str, float]) -> tuple[str, str, str] | None:
    """Return why the schema refuses a mapping with these numbers put in, None if it does not."""
    tree: dict[str, Any] = model.model_dump(by_alias=True, exclude={"range"}, exclude_none=True)
    owner = tree
    if isinstance(model, Distribution) and model.shape_name not in ends:
        owner = tree[model.shape_name]
    for name, end in ends.items():
        owner[name] = int(end) if isinstance(owner[name], int) and end.is_integer() else end
    try:
        type(model).model_validate(tree)
    except ValidationError as error:
        return sentence_of(error.errors(include_url=False)[0])
    return None


def numbers_beside(model: Model) -> dict[str, float]:
    """Return the numbers that a range in this mapping may belong to, by name: its own, or those of its shape."""
    owner: object = getattr(model, model.shape_name) if isinstance(model, Distribution) else model
    if isinstance(owner, (int, float)) and isinstance(model, Distribution):
        return {model.shape_name: float(owner)}
    if not hasattr(type(owner), "model_fields"):
        return {}
    values = {key: getattr(owner, key, None) for key in fields_of(type(owner))}  # type: ignore[arg-type]
    return {key: float(v) for key, v in values.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}


NAME_RULES = (
    source_is_listed,
    unit_has_a_name_of_its_own,
    unit_locality_is_known,
    stream_localities_are_known,
    stream_pathway_is_known,
    stream_starts_are_known,
    next_stage_is_known,
    pathway_is_short_enough,
    care_home_is_rated,
    unlimited_places_need_no_cleaning,
    places_follow_a_rate,
    range_holds_its_number,
    range_ends_are_allowed,
)
