"""One number of a scenario, and the scenario with another in its place: what decisions are asked about.

Why: `size`, `frontier` and `sensitivity` ask what happens if one number were another. The number is named as in
`--set`; nothing else of the scenario changes, and what comes out is as checked as what was loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bedsim.errors import BedsimError
from bedsim.scenario.checks import Context, findings
from bedsim.scenario.files import nearest
from bedsim.scenario.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedsim.scenario.tree import Keys


DEEPEST_RANGE = 2
"""The range of a distribution's parameter stands around its shape: two keys above the parameter."""
LONGEST_NAME = 100
"""Characters shown of what names nothing."""


@dataclass(frozen=True)
class Lever:
    """A number of a scenario that may be another."""

    path: Keys
    value: float
    range: tuple[float, float] | None = None
    """Its stated range."""

    @property
    def name(self) -> str:
        """Its path in dots."""
        return ".".join(map(str, self.path))

    @property
    def is_places(self) -> bool:
        """Say whether it is a number of places: whole, and more of it never hurts."""
        return self.path[-1] == "places"


def lever(scenario: Scenario, name: str) -> Lever:
    """Return the number that a path in dots names, such as `units.haywood.places`; `beds` is a synonym of `places`.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    name
        As in `--set`; items of lists by their index from 0.

    Returns
    -------
    Lever
        With the value it has now.

    Raises
    ------
    BedsimError
        If the path names nothing, or something that is no number.
    """
    node: Any = scenario.model_dump(by_alias=True)
    path: list[str | int] = []
    around: list[Any] = []
    for key in name.strip().split("."):
        step: str | int = "places" if key == "beds" and path[:1] == ["units"] else key
        if isinstance(node, tuple):
            names = [str(i) for i in range(len(node))]
            step = int(key) if key in names else key
        else:
            names = [str(one) for one in node] if isinstance(node, dict) else []
        if str(step) not in names:
            raise BedsimError(_nothing(name, ".".join(map(str, path)), key, names))
        around.append(node)
        node = node[step]
        path.append(step)
    if isinstance(node, bool) or not isinstance(node, int | float):
        has = "nothing is" if node is None else f"{str(node)[:60]!r} is" if isinstance(node, str) else "a group is"
        raise BedsimError(f"{name} must be a number to be varied, but {has} there. Try units.NAME.places.")
    if path[0] == "units" and path[-1] == "places" and len(path) == 3 and _moves(around[-1]):
        raise BedsimError(
            f"{name} must be one number to be varied, but the unit has a timetable with other numbers of places. "
            f"Try {'.'.join(map(str, path[:-1]))}.timetable.{_last_move(around[-1])}.places, the last of them."
        )
    stated = [one["range"] for one in around[-DEEPEST_RANGE:] if isinstance(one, dict) and one.get("range")]
    ends = next((one[path[-1]] for one in stated if path[-1] in one), None)  # of a distribution it is around its shape
    return Lever(tuple(path), float(node), None if ends is None else (float(ends[0]), float(ends[1])))


def varied(scenario: Scenario, values: Mapping[Lever, float]) -> Scenario:
    """Return the scenario with other numbers in the place of some; their stated ranges go, all others stay.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    values
        The new number of each; rounded where only a whole one makes sense.

    Returns
    -------
    Scenario
        As checked as the one it came from.

    Raises
    ------
    BedsimError
        If that makes no sense: fewer places than people present, a share above 1.
    """
    tree: Any = scenario.model_dump(by_alias=True)
    for one, value in values.items():
        tree = _with(tree, one.path, value)
    what = ", ".join(f"{one.name} = {value:g}" for one, value in values.items())
    try:
        changed = Scenario.model_validate({**tree, "slug": scenario.slug, "variations": scenario.variations})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        must, _, found = first["msg"].removeprefix("Value error, ").partition("|")  # as `translate` reads them
        broken_rule = f"must {must}, but is {found.split('|')[0]}" if found else must
        raise BedsimError(
            f"with {what} the scenario makes no sense: {'.'.join(map(str, first['loc']))}: {broken_rule}."
        ) from None
    for broken in findings(Context.of(changed)):
        raise BedsimError(
            f"with {what} the scenario makes no sense: {'.'.join(map(str, broken.path))} must {broken.must}, but is "
            f"{broken.found}."
        )
    return changed


def _with(node: Any, path: Keys, value: float) -> Any:
    """Return a part of a dumped scenario with a number in place of another, whole if that is, without stated range."""
    key, *rest = path
    new = _with(node[key], tuple(rest), value) if rest else round(value) if isinstance(node[key], int) else value
    if isinstance(node, tuple):
        return (*node[: int(key)], new, *node[int(key) + 1 :])
    ranges = node.get("range")
    if ranges and len(path) <= DEEPEST_RANGE:
        node = {**node, "range": {name: ends for name, ends in ranges.items() if name != path[-1]} or None}
    return {**node, key: new}


def _last_move(unit: Any) -> int:
    """Return the row of a unit's timetable that says its places at the end: which answers are about the headline."""
    rows = enumerate(unit["timetable"])
    return max((row for row in rows if row[1]["places"] is not None), key=lambda row: (row[1]["date"], row[0]))[0]


def _moves(unit: Any) -> bool:
    """Say whether a unit's timetable gives it other numbers of places."""
    return any(row["places"] is not None for row in unit["timetable"] or ())


def _nothing(name: str, place: str, key: str, names: list[str]) -> str:
    """Return the sentence for a path that names nothing."""
    similar = nearest(key, names)
    remedy = ".".join(part for part in (place, similar) if part) if similar else "units.NAME.places"
    named = name if name.isprintable() and 0 < len(name) <= LONGEST_NAME else f"a path such as {name[:LONGEST_NAME]!r}"
    where = place or "the scenario"
    return f"{named} must name a number of the scenario, but {where} has no {key[:LONGEST_NAME]!r}. Try {remedy}."
