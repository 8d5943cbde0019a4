"""The stated ranges of a scenario as what may be varied: one by one, or all together.

Why: an assumption that is written once and holds for many numbers, such as the longer stays of nine care homes, is one
unknown and not nine. So ranges that are stated in the same words, for the same key of things of one sort, move together
from their low ends to their high ends. When the share of one way on from a stage moves, those that state no range make
room in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bedsim.errors import BedsimError
from bedsim.scenario.inputs import inputs
from bedsim.scenario.vary import Lever, lever, varied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedsim.scenario.inputs import Input
    from bedsim.scenario.schema import Scenario

MOVE_NOBODY = ("travel",)
"""Numbers under these keys are measured with, and change nobody's way: they are not simulated."""
EACH = "*"
"""In a name, stands for the step in which several paths differ."""
MONEY = (("prices",), ("segments", EACH, "spend"))
"""Numbers under these paths do not even measure beds: what the ranges of prices do is said with the money."""


@dataclass(frozen=True)
class Uncertain:
    """A number with a stated range, or several that move together."""

    levers: tuple[Lever, ...]
    """Each with its range."""

    @property
    def name(self) -> str:
        """Its path in dots; of several, `*` in the place of what differs."""
        steps = zip(*(one.name.split(".") for one in self.levers), strict=True)
        return ".".join(step[0] if len(set(step)) == 1 else EACH for step in steps)

    def at(self, part: float) -> dict[Lever, float]:
        """Return its numbers at a part of the way from the low ends (0) to the high ends (1)."""
        return {one: low + part * (high - low) for one in self.levers for low, high in [one.range or (one.value,) * 2]}


@dataclass(frozen=True)
class Ranges:
    """All that a scenario states ranges of."""

    inputs: tuple[Uncertain, ...]
    """In the order of the scenario."""
    left_out: dict[str, str]
    """By name, why a range cannot be run."""
    moves_nobody: tuple[str, ...]
    """Names of those that change no bed and nobody's way."""


def scenario_at(scenario: Scenario, parts: Mapping[Uncertain, float]) -> Scenario:
    """Return the scenario with some inputs somewhere in their ranges, the others as they are.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    parts
        By input, how far from its low end (0) to its high end (1).

    Returns
    -------
    Scenario
        Checked, its shares of ways on from a stage making room for those that were changed.

    Raises
    ------
    BedsimError
        If that makes no sense.
    """
    values = {one: value for name, part in parts.items() for one, value in name.at(part).items()}
    return varied(scenario, values | _making_room(scenario, values))


def ranges_of(scenario: Scenario) -> Ranges:
    """Return the stated ranges of a scenario; those of which an end makes no sense are left out and say why.

    Parameters
    ----------
    scenario
        From `bedsim.load`.

    Returns
    -------
    Ranges
        With at least one input.

    Raises
    ------
    BedsimError
        If none is left.
    """
    groups: list[list[Input]] = []
    for one in inputs(scenario):
        if one.range is not None and one.range[0] != one.range[1] and not _is_money(one.path):
            mine = next((group for group in groups if _is_same_assumption(group, one)), None)
            groups.append([one]) if mine is None else mine.append(one)
    found, left_out, moves_nobody = list[Uncertain](), dict[str, str](), list[str]()
    for group in groups:
        if group[0].path.split(".")[0] in MOVE_NOBODY:
            moves_nobody += [one.path for one in group]
            continue
        try:
            both = Uncertain(tuple(_with_range(scenario, one) for one in group))
            for end in (0.0, 1.0):
                scenario_at(scenario, {both: end})
        except BedsimError as error:
            left_out[group[0].path] = str(error)
        else:
            found.append(both)
    if not found:
        why = f" that can be run: {'; '.join(left_out.values())}" if left_out else " beside a number that moves anybody"
        raise BedsimError(
            f"sensitivity needs a stated range{why}. Write what a number might be beside it, such as "
            "range: {per_day: [3.4, 5.9]} in referrals."
        )
    return Ranges(tuple(found), left_out, tuple(moves_nobody))


def _is_money(path: str) -> bool:
    steps = path.split(".")
    return any(all(one in (EACH, step) for one, step in zip(money, steps, strict=False)) for money in MONEY)


def _with_range(scenario: Scenario, one: Input) -> Lever:
    plain = lever(scenario, one.path)
    return Lever(plain.path, plain.value, one.range)


def _is_same_assumption(group: list[Input], one: Input) -> bool:
    """Say whether a number is stated in the words of some others, and its path differs from theirs in the same step."""
    first, path = group[0].path.split("."), one.path.split(".")
    if not one.words or one.words != group[0].words or len(path) != len(first) or path[-1] != first[-1]:
        return False
    differing = [_differing(first, other.path.split(".")) for other in group[1:]] + [_differing(first, path)]
    return len(differing[0]) == 1 and all(steps == differing[0] for steps in differing)


def _differing(one: list[str], other: list[str]) -> set[int]:
    return {i for i, steps in enumerate(zip(one, other, strict=True)) if steps[0] != steps[1]}


def _making_room(scenario: Scenario, values: Mapping[Lever, float]) -> dict[Lever, float]:
    """Return the other shares of the ways on from a stage, in proportion, where some of them are changed."""
    shares = {one.path: value for one, value in values.items() if one.path[-3::2] == ("then", "share")}
    found: dict[Lever, float] = {}
    for _, pathway, stage, *_ in {path[:3]: path for path in shares}.values():
        ways = scenario.pathways[str(pathway)][str(stage)].then
        paths = {name: ("pathways", pathway, stage, "then", name, "share") for name in ways}
        others = {name: ways[name].share for name, path in paths.items() if path not in shares}
        left = 1 - sum(shares[path] for path in paths.values() if path in shares)
        total = sum(others.values())
        if total > 0:
            found |= {Lever(paths[name], share): share * left / total for name, share in others.items()}
    return found
