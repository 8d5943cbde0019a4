"""What a verdict rests on: what its ranges mean, where the inputs come from, and what is not real.

Why: an answer without its grounds misleads, however right its figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.ranges import RangedInput, ranged_inputs
from bedsim.measures.calendar import ALL
from bedsim.scenario.cautions import excluded_homes
from bedsim.scenario.inputs import inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.analysis.run import Run

STATUS = {
    "verified": "The numbers of beds by site are public; nothing else is verified.",
    "illustrative": "Illustrative: the beds by site, or what else the plan changes, are not public. The figures show "
    "how such a plan would behave, not what a real one would do.",
    "worked_example": "A worked example: it shows how the program works, and no real place.",
}
"""What the scenario's status means."""


def meaning(run: Run) -> Iterator[str]:
    """Say which days the figures are of, and what the two ranges are."""
    if run.headline != ALL:
        yield (
            f"Figures are of the financial year {run.headline} unless another time is named; the tables have the rest."
        )
    yield f"Simulation error: a 95% interval from {run.n_replications} replications, which says nothing of the inputs."
    if not run.range_ends:
        yield "No ranges of demand or stay were run."
        return
    ranged = ranged_inputs(run.scenario)
    has_many = len(run.scenario.pathways) > 1
    names = (_input_name(one, before, has_many) for one, before in zip(ranged, (None, *ranged), strict=False))
    spans = (
        f"{name} {one.low:g} to {one.high:g} (here {one.value:g})" for name, one in zip(names, ranged, strict=True)
    )
    n = run.range_ends["low"].n_replications
    yield (
        f"The stated ranges are {'; '.join(spans)}; all at their low ends, then all at their high ends, in real runs "
        f"of {n} replications each."
    )


def grounds(run: Run) -> Iterator[str]:
    """Say how many inputs are sourced, derived and assumed, what the demand is derived from, and what is not real."""
    yield STATUS[run.scenario.status]
    excluded = excluded_homes(run.scenario)
    if excluded:
        homes = ", ".join(f"{name} ({places})" for name, places in excluded)
        yield f"Care homes left out for their rating, with their beds: {homes}."
    kinds = [one.provenance for one in inputs(run.scenario)]
    counts = {kind: kinds.count(kind) for kind in ("source", "derived", "assumption", "none")}
    unexplained = f", {counts['none']} not explained" if counts["none"] else ""
    yield (
        f"Of {len(kinds)} inputs {counts['source']} are sourced, {counts['derived']} derived and "
        f"{counts['assumption']} assumed{unexplained}."
    )
    for name, stream in run.scenario.streams.items():
        if stream.referrals.per_day is not None and stream.referrals.derived:
            first_sentence = stream.referrals.derived.strip().partition(". ")[0].rstrip(".")
            yield f"Referrals of {name}, {stream.referrals.per_day:g} a day: {first_sentence}."


def _input_name(ranged: RangedInput, before: RangedInput | None, has_many_pathways: bool) -> str:
    """Return a short name of a ranged input: a stream's referrals, or the need of a stage or of one way out of it.

    A way out that stands after its stage, or after another way out of it, needs no more than its own name.
    """
    path = ranged.path
    if ranged.what == "referrals":
        of_segment = f" of {path[4]}" if "by_segment" in path else ""
        return f"{path[1]} referrals{of_segment} ({path[-1]})"
    stage = f"{path[1]}.{path[2]}" if has_many_pathways else path[2]
    if path[3] != "then":
        return f"{path[-1]} need of {stage}, days"
    if before is not None and before.path[:3] == path[:3] and before.path[-1] == path[-1]:
        return f"for {path[4]}"
    return f"{path[-1]} need of {stage} ({path[4]}), days"
