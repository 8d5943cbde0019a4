"""The ends of the stated ranges: the same scenario with demand and stays at their low, and at their high, ends.

Why: the interval from replications says how well the computer has averaged, not how well the inputs are known. The
honest second range comes from real runs of the scenario with every referral rate and every mean need that states a
range at its low end, and with all of them at their high end. Nothing is scaled or interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bedsim.scenario.demand import RATE_KEYS
from bedsim.scenario.schema import Scenario
from bedsim.scenario.shapes import LENGTH_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.tree import Keys

End = Literal["low", "high"]
FEWEST, SHARE, MOST = 5, 10, 30
"""A range end is run at least 5 times, and a tenth as often as the scenario up to 30 times; the ends are far apart."""


@dataclass(frozen=True)
class RangedInput:
    """A referral rate or a mean need with its stated ends."""

    path: Keys
    what: Literal["referrals", "stay"]
    value: float
    low: float
    high: float


def n_at_range_ends(n_replications: int) -> int:
    """Return how often each range end is run.

    >>> n_at_range_ends(20), n_at_range_ends(100), n_at_range_ends(1000)
    (5, 10, 30)
    """
    return min(n_replications, MOST, max(FEWEST, n_replications // SHARE))


def ranged_inputs(scenario: Scenario) -> tuple[RangedInput, ...]:
    """Return the referral rates and the mean needs that state a range."""
    return tuple(_ranged(scenario.model_dump()))


def at_range_end(scenario: Scenario, end: End) -> Scenario:
    """Return the scenario with every ranged referral rate and mean need at one end, and no ranges left."""
    tree = scenario.model_dump(by_alias=True)
    for ranged in ranged_inputs(scenario):
        node: Any = tree
        for key in ranged.path[:-1]:
            node = node[key]
        node[ranged.path[-1]] = ranged.low if end == "low" else ranged.high
    drop_ranges(tree)
    return Scenario.model_validate({**tree, "slug": f"{scenario.slug}-{end}", "variations": scenario.variations})


def _ranged(tree: dict[str, Any]) -> Iterator[RangedInput]:
    for name, stream in tree["streams"].items():
        referrals = stream["referrals"]
        for key in RATE_KEYS:
            yield from _one(referrals, ("streams", name, "referrals"), key, "referrals")
        for segment, rate in referrals["by_segment"].items():
            place = ("streams", name, "referrals", "by_segment", segment)
            yield from _one(rate, place, "per_1000_a_year", "referrals")
    for pathway, stages in tree["pathways"].items():
        for name, stage in stages.items():
            at = ("pathways", pathway, name)
            yield from _need(stage["needed_days"], (*at, "needed_days"))
            for way, branch in stage["then"].items():
                if branch["needed_days"]:
                    yield from _need(branch["needed_days"], (*at, "then", way, "needed_days"))


def _need(need: dict[str, Any], place: Keys) -> Iterator[RangedInput]:
    yield from _one(need, place, "constant", "stay")
    for shape, parameters in need.items():
        if isinstance(parameters, dict) and shape not in ("range", "truncate"):
            ranges = {"range": need["range"], **parameters}
            for key in LENGTH_KEYS:
                yield from _one(ranges, (*place, shape), key, "stay")
    for i, component in enumerate(need["mixture"] or ()):
        yield from _need(component, (*place, "mixture", i))


def _one(node: dict[str, Any], place: Keys, key: str, what: Literal["referrals", "stay"]) -> Iterator[RangedInput]:
    value, ends = node.get(key), (node.get("range") or {}).get(key)
    if value is not None and ends is not None:
        yield RangedInput((*place, key), what, float(value), float(ends[0]), float(ends[1]))


def drop_ranges(node: Any) -> None:
    """Take every stated range out of a dumped scenario, in place: it is then run as it is, and not at the ends."""
    if isinstance(node, dict):
        node.pop("range", None)
        for child in node.values():
            drop_ranges(child)
    elif isinstance(node, tuple | list):
        for child in node:
            drop_ranges(child)
