"""The logic of a scenario for a STRESS-DES statement: its diagram, its people, stages, places, lists, ways in and out.

Why: these parts of the checklist can be read off a scenario, and an author who copies them by hand gets them wrong.
Only names that the schema has checked stand in the diagram, so that no title can break it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bedsim.report.figures import counted
from bedsim.report.markdown import escaped
from bedsim.scenario.ladders import below_minimum
from bedsim.scenario.segments import base_rate
from bedsim.scenario.shapes import Distribution, Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bedsim.scenario.schema import Rung, Scenario, Stage, Stream, Unit

PLAIN_UNIT = {"kind", "places", "name", "locality", "coordinates", "rating", "rated_on"}
"""Keys of a unit that its line says by themselves."""
WORDS = {"source", "derived", "assumption", "range", "note"}


class Item(NamedTuple):
    """One item of the checklist: what is known of it, in Markdown, and what is not."""

    number: str
    heading: str
    known: list[str]
    still: str


def logic(scenario: Scenario) -> Iterator[Item]:
    """Yield the items of the section on logic."""
    yield Item(
        "2.1", "Base model overview diagram", [diagram(scenario)], "what the diagram leaves out of the real system."
    )
    yield Item(
        "2.2",
        "Base model logic",
        [
            (
                "People are referred and walk through stages. In each they hold one place in one unit, which they keep "
                "until the next stage gives them one: so people wait for a bed in the place where they are, and stay "
                "in a bed, ready to leave, while the next place is full. Which place is given follows the stage's "
                "ladder. docs/model.md, sections 2 to 7, is the specification."
            )
        ],
        "how the pathway compares with what happens on the ground, and who said so.",
    )
    varied = "; ".join(escaped(one) for one in scenario.variations)
    levers = ", ".join(f"`{name}` from {lever.start}" for name, lever in scenario.levers.items())
    yield Item(
        "2.3",
        "Scenario logic",
        [
            f"Laid over the file: {varied}." if varied else "Nothing is laid over the file.",
            f"Levers, which act on people before the run: {levers}." if levers else "There are no levers.",
        ],
        "in what each scenario of the study differs from the base model.",
    )
    yield Item(
        "2.4", "Algorithms", [bullets(_algorithms(scenario))], "any rule of the real system that these stand for."
    )
    for number, heading, lines, still in (
        ("2.5.1", "entities", entities(scenario), "who is left out: ages, conditions, areas."),
        ("2.5.2", "activities", activities(scenario), "what happens to people in each stage."),
        (
            "2.5.3",
            "resources",
            resources(scenario),
            "staff and equipment that are taken to be there whenever a place is.",
        ),
        ("2.5.4", "queues", queues(scenario), "whether the real lists are kept so."),
        ("2.5.5", "entry and exit points", entries_and_exits(scenario), "why the model begins and ends there."),
    ):
        yield Item(number, f"Components: {heading}", [bullets(lines)], still)


def _algorithms(scenario: Scenario) -> Iterator[str]:
    yield "Who gets a place: docs/model.md, section 6, rules 1 to 5; instants are worked off until nothing more is due."
    yield (
        "Referrals: candidates of layers of constant rate, of whom each is referred by a uniform of their own "
        "(thinning); section 4."
    )
    if any(unit.kind == "care_home" for unit in scenario.units.values()):
        yield f"Care homes rated below `{scenario.quality_gate.minimum_rating}` get nobody; section 7."
    if scenario.levers:
        yield "Levers change who is referred, where they begin and how long they stay, as people are drawn: section 5."
    drawn = ("closures", "spot", "admission_hours", "inspections")
    used = {
        key for one in (*scenario.units.values(), scenario.quality_gate) for key in drawn if getattr(one, key, None)
    }
    if used:
        listed = ", ".join(sorted(used))
        yield f"When units are open ({listed}) is drawn for each replication before the run; section 7."
    if any(unit.places_follow is not None for unit in scenario.units.values()):
        yield "Places that follow a stream rise and fall with its base rate and growth; section 6, rule 10."
    if scenario.time.warm_up_days == "auto":
        yield "The warm-up is chosen from the survival of stays; section 3."
    yield "Overload is found before the run by a linear program; section 11."


def bullets(lines: Iterable[str]) -> str:
    """Return lines as a list in Markdown; nothing if there are none."""
    return "\n".join(f"- {line}" for line in lines)


def diagram(scenario: Scenario) -> str:
    """Return a flow chart in Mermaid: streams, stages, ways on with their shares, ways out."""
    lines = ["flowchart LR"]
    for name, stream in scenario.streams.items():
        lines.append(f'  stream_{name}(["{name}, {stream.route}"])')
        starts = stream.start or {next(iter(scenario.pathways[stream.pathway])): 1.0}
        lines += [f"  stream_{name} -->|{_percent(share)}| {stream.pathway}__{one}" for one, share in starts.items()]
        lines += [f"  stream_{name} {arrow}" for arrow in _by_levers(scenario, name)]
    for pathway, stages in scenario.pathways.items():
        for name, stage in stages.items():
            lines.append(f'  {pathway}__{name}["{name}"]')
            lines += [f"  {pathway}__{name} {arrow}" for arrow in _ways_on(pathway, stage)]
    return "\n".join(["```mermaid", *dict.fromkeys(lines), "```"])


def _by_levers(scenario: Scenario, stream: str) -> Iterator[str]:
    """Yield the dotted arrows to the stages with which a stream's people begin if a lever affects them."""
    pathway = scenario.streams[stream].pathway
    for name, lever in scenario.levers.items():
        reached = lever.reach.streams is None or stream in lever.reach.streams
        if reached and lever.instead in scenario.pathways[pathway]:
            yield f"-.->|lever {name}, up to {_percent(lever.share)}| {pathway}__{lever.instead}"


def _ways_on(pathway: str, stage: Stage) -> Iterator[str]:
    """Yield the arrows from a stage; those of people who give up waiting are dotted."""
    for name, branch in stage.then.items():
        to = f'out_{name}(["{name}"])' if branch.next is None else f"{pathway}__{branch.next}"
        yield f"-->|{name} {_percent(branch.share)}| {to}"
    for rung in stage.ladder:
        if rung.leave is not None:
            yield f'-.->|waited {_days(rung.after_days)}| out_{rung.leave}(["{rung.leave}"])'
        if rung.then is not None:
            yield f"-.->|waited {_days(rung.after_days)}| {pathway}__{rung.then}"


def entities(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each flow of people, and what is known of each of them."""
    for name, stream in scenario.streams.items():
        homes = f", from {', '.join(stream.localities.shares)}" if stream.localities else ""
        yield f"`{name}`: people on the route {stream.route}, on pathway `{stream.pathway}`{homes}."
    yield (
        "Each person has an instant of referral, a home locality, a segment of the population if there are any, "
        "and, drawn before the run: which stages follow one another, the need for days in each, and the days it "
        "takes to arrange what comes next."
    )
    if scenario.segments:
        yield f"Segments of the population: {', '.join(f'`{name}`' for name in scenario.segments)}."


def activities(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each stage: how long it is needed, and what may follow."""
    for pathway, stages in scenario.pathways.items():
        for name, stage in stages.items():
            ways = "; ".join(
                f"{branch_name} {_percent(branch.share)}"
                + (f", then `{branch.next}`" if branch.next else "")
                + (f", needing {in_words(branch.needed_days)}" if branch.needed_days else "")
                + (f", arranged in {in_words(branch.transfer_days)}" if branch.transfer_days else "")
                for branch_name, branch in stage.then.items()
            )
            yield f"`{pathway}.{name}`: in one place for {in_words(stage.needed_days)}. Ways on: {ways}."


def resources(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each unit."""
    for name, unit in scenario.units.items():
        said = [f"kind {unit.kind}", f"{unit.places} places"]
        said += [f"in {unit.locality}"] if unit.locality else []
        said += [f"rated {unit.rating}"] if unit.rating else []
        said += ["gets nobody: below the minimum rating"] if below_minimum(scenario, name) else []
        more = [key for key in _given(unit) if key not in PLAIN_UNIT]
        said += [f"with {', '.join(more)} (values under 3.3)"] if more else []
        title = f" ({escaped(unit.name)})" if unit.name else ""
        yield f"`{name}`{title}: {', '.join(said)}."
    yield "A place is the only resource; a person holds one at a time and keeps it until the next stage gives another."


def queues(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each list on which people wait: priority, and what is offered after how long."""
    yield (
        "One list for each stage. Places go to whoever comes first by priority of the stage, then by the instant of "
        "asking, then by number; each gets the first unit of their own ladder that has a place. Nobody is overtaken "
        "on the list of the same stage but by somebody whose ladder names another unit. Lists have no limit."
    )
    for pathway, stages in scenario.pathways.items():
        for name, stage in stages.items():
            rungs = "; ".join(f"after {_days(rung.after_days)} {_rung(rung)}" for rung in stage.ladder)
            yield f"`{pathway}.{name}`, priority {stage.priority}: {rungs}."


def entries_and_exits(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each way in, and one for all ways out."""
    for name, stream in scenario.streams.items():
        come = _demand(scenario, stream)
        yield f"In by `{name}`: {come}. Until a first place is given a person waits in `{stream.waits_in}`."
    if scenario.present_at_start:
        units = ", ".join(f"`{entry.unit}`" for entry in scenario.present_at_start)
        yield f"In at the start: people who hold a place in {units}."
    outcomes = [
        name
        for stages in scenario.pathways.values()
        for stage in stages.values()
        for name in (
            *(name for name, branch in stage.then.items() if branch.next is None),
            *(rung.leave for rung in stage.ladder if rung.leave is not None),
        )
    ]
    yield f"Out: {', '.join(f'`{name}`' for name in dict.fromkeys(outcomes))}."


def in_words(distribution: Distribution) -> str:
    """Return a distribution in a line.

    >>> in_words(Distribution.model_validate({"lognormal": {"mean": 21.0, "cv": 0.7}}))
    'lognormal (mean 21, cv 0.7) days'
    """
    shape = getattr(distribution, distribution.shape_name)
    if isinstance(shape, Model):
        numbers = ", ".join(f"{key} {_value(value)}" for key, value in shape if value is not None)
        told = f"{distribution.shape_name} ({numbers}) days"
    elif isinstance(shape, tuple):
        told = "a mixture of " + " and ".join(f"{part.weight:g} x {in_words(part)}" for part in shape)
    else:
        told = counted(f"{shape:g}", "day")
    cut = distribution.truncate
    if cut is None:
        return told
    return f"{told}, given from {cut.min_days:g}" + ("" if cut.max_days is None else f" to {cut.max_days:g}") + " days"


def _demand(scenario: Scenario, stream: Stream) -> str:
    """Return how the people of a stream come."""
    referrals = stream.referrals
    rate = base_rate(scenario, referrals)
    rates = ("per_day", "per_1000_a_year", "population", "by_segment")
    varying = [key for key in _given(referrals) if key not in rates]
    varied = f"; also {', '.join(varying)} (values under 3.3)" if varying else ""
    if rate is None:
        return f"as given by {', '.join(varying)} (values under 3.3)"
    return f"a Poisson process, {rate:.4g} a day on the start date before growth and profiles, by thinning{varied}"


def _rung(rung: Rung) -> str:
    if rung.leave is not None:
        return f"leave with the outcome `{rung.leave}`"
    if rung.then is not None:
        return f"ask for `{rung.then}` instead"
    kept = f", but for the last {rung.keep_free} places" if rung.keep_free else ""
    return f"{', '.join(f'`{term}`' for term in rung.unit_terms)}{kept}"


def _days(after: float | Distribution) -> str:
    return in_words(after) if isinstance(after, Distribution) else counted(f"{after:g}", "day")


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"


def _given(model: Model | Unit) -> list[str]:
    """Return the keys that a mapping of a scenario gives, other than words about its numbers."""
    return [
        key
        for key, field in type(model).model_fields.items()
        if key in model.model_fields_set and key not in WORDS and getattr(model, key) != field.default
    ]


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else escaped(str(value))
