"""Laying one scenario file over another.

The rules, for `extends`, overlays and `--set` alike:

1. Mappings merge key by key; lists and single values are replaced whole; `key: null` removes what was inherited.
2. Some keys exclude one another: the shapes of a distribution, the parameters of one shape, the base rates of
   referrals. If the child names one that the parent lacks, all the parent's are dropped; otherwise the child's
   replace theirs one by one. So `{lognormal: {mean: 25}}` over `{lognormal: {mean: 21, cv: 0.7}}` keeps the cv, and
   `{lognormal: {median: 18, mean: 25}}` or `{gamma: {...}}` does not.
3. A number never wears its parent's source. Where the child names any of source, derived, assumption, the parent's
   three are dropped. Where the child changes a number without saying where the new one comes from, the parent's three
   are dropped and none replaces them; in parts of a thing (a distribution, leave times, a timetable row) this goes on
   up to the thing whose words covered the number. Where a number changes, the parent's `range` is dropped. A `--set`
   changes one number: the words stay for the numbers beside it, and `inputs` reports the number as set.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bedsim.scenario.demand import Referrals
from bedsim.scenario.outline import PARTS, PROVENANCE, inside, model_of
from bedsim.scenario.shapes import (
    SHAPES,
    Component,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Model,
    Sourced,
    Weibull,
)
from bedsim.scenario.tree import Node, to_values

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE_RATES = ("per_day", "per_1000_a_year", "population", "by_segment", "expected_csv", "observed_csv")
EXCLUSIVE: Mapping[type[Model], frozenset[str]] = {
    Distribution: frozenset(SHAPES),
    Component: frozenset(SHAPES),
    Referrals: frozenset(BASE_RATES),
    **{shape: frozenset(shape.model_fields) for shape in (Exponential, Lognormal, Gamma, Weibull, Erlang, Empirical)},
}
"""Keys of which another choice replaces the whole choice."""


def merge(parent: Node, child: Node, kind: Any, *, keeps_words: bool = False) -> Node:
    """Return the parent with the child laid over it; `kind` is the annotation of the schema for this place.

    With `keeps_words`, for `--set`, a changed number leaves the words around it in place.
    """
    return _merge(parent, child, kind, keeps_words)[0]


def _merge(parent: Node, child: Node, kind: Any, keeps_words: bool) -> tuple[Node, bool]:
    """Return the merged node, and whether a number changed in it that no words inside it cover."""
    if not (isinstance(parent.value, dict) and isinstance(child.value, dict)):
        gone = not isinstance(child.value, (dict, tuple)) and _uncovered(parent, kind)
        return child, (gone or _uncovered(child, kind)) and to_values(parent) != to_values(child)
    model = model_of(kind)
    sourced = model is not None and issubclass(model, Sourced)
    given = {key for key, node in child.value.items() if node.value is not None}
    merged = {key: node for key, node in parent.value.items() if node.value is not None}
    exclusive = EXCLUSIVE.get(model, frozenset()) if model else frozenset()
    if (given & exclusive) - merged.keys():
        merged = {key: node for key, node in merged.items() if key not in exclusive}
    changed = False
    for key, node in child.value.items():
        inner = inside(kind, key)
        old = merged.get(key)
        new, change = (node, _uncovered(node, inner)) if old is None else _merge(old, node, inner, keeps_words)
        if new.value is None:
            merged.pop(key, None)
        else:
            merged[key] = new
        changed = changed or (change and not (sourced and key == "range"))
    if sourced:
        words_go = (changed and not keeps_words) or given & set(PROVENANCE)
        lost = {key for key in PROVENANCE if words_go} | ({"range"} if changed else set())
        for key in lost:
            merged.pop(key, None)
        merged.update({key: child.value[key] for key in lost & given})
        changed = changed and model in PARTS and not given & set(PROVENANCE)
    return replace(child, value=merged, broken=parent.broken or child.broken), changed


def _uncovered(node: Node, kind: Any) -> bool:
    """Say whether a node holds a number that needs words from outside the node."""
    if isinstance(node.value, dict):
        model = model_of(kind)
        if model is not None and issubclass(model, Sourced):
            own = any(name in node.value and node.value[name].value is not None for name in PROVENANCE)
            if own or model not in PARTS:
                return False
        return any(_uncovered(inner, inside(kind, key)) for key, inner in node.value.items() if key != "range")
    if isinstance(node.value, tuple):
        return any(_uncovered(inner, inside(kind, i)) for i, inner in enumerate(node.value))
    return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
