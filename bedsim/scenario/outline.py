"""The schema read as an outline: which class, and which keys, belong at which place of a scenario.

Why: merging, messages and provenance all depend on what kind of value lies at a path. They ask here, so that a field
added to the schema is known to all of them at once.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from bedsim.scenario.demand import Booked
from bedsim.scenario.levers import LeverPart
from bedsim.scenario.schema import Deconditioning, LocalityMix, Scenario
from bedsim.scenario.shapes import Component, Distribution, Model, Sourced
from bedsim.scenario.tracks import AdmissionHours, Closures, Inspections, Spot
from bedsim.scenario.unit_times import LeaveTimes, PlacesFollow, TimetableRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.tree import Key, Keys

PROVENANCE = ("source", "derived", "assumption")
SET_BY_LOADER = ("slug", "variations", "builds_on", "identities", "candidate_rates_per_day", "tables")
"""Fields of the scenario that a file must not hold."""
PARTS = (
    Distribution,
    Component,
    Deconditioning,
    LeverPart,
    LeaveTimes,
    TimetableRow,
    PlacesFollow,
    AdmissionHours,
    Spot,
    Closures,
    Inspections,
    Booked,
    LocalityMix,
)
"""Parts of a thing: without provenance of their own, that of the thing around them holds."""


def options(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union, without None and metadata."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(inner for member in get_args(kind) for inner in options(member))
    return () if kind in (None, type(None)) else (kind,)


def model_of(kind: Any) -> type[Model] | None:
    """Return the class of a mapping with fixed keys, if one may stand here."""
    return next((one for one in options(kind) if isinstance(one, type) and issubclass(one, Model)), None)


def fields_of(model: type[Model]) -> dict[str, Any]:
    """Return the annotation of each key, by the name used in files."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def inside(kind: Any, key: Key) -> Any:
    """Return the annotation of what lies under a key or index, None if unknown."""
    model = model_of(kind)
    if model is not None:
        return fields_of(model).get(str(key))
    for one in options(kind):
        arguments = get_args(one)
        if get_origin(one) is dict:
            return arguments[1]
        if get_origin(one) is tuple:
            repeated = len(arguments) == 2 and arguments[1] is Ellipsis
            return arguments[0] if repeated else arguments[min(int(key), len(arguments) - 1)]
    return None


def kind_at(path: Keys, root: type[Model] = Scenario) -> Any:
    """Return the annotation of what lies at a path of a scenario, or of another whole file."""
    kind: Any = root
    for key in path:
        kind = inside(kind, key)
    return kind


def has_free_names(kind: Any) -> bool:
    """Say whether the author chooses the keys of the mapping that stands here."""
    return model_of(kind) is None and any(get_origin(one) is dict for one in options(kind))


def known_keys(model: type[Model]) -> list[str]:
    """Return the keys that a file may use in a mapping of this class, synonyms included, words on sources last."""
    keys = [key for key in fields_of(model) if key not in SET_BY_LOADER]
    if "title" in keys:  # a whole file
        keys.append("extends")
    if "places" in keys:
        keys.append("beds")
    return sorted(keys, key=lambda key: key in Sourced.model_fields)


def models(value: object, path: Keys = ()) -> Iterator[tuple[Keys, Model]]:
    """Yield every model inside a value, outermost first, with its path as written in files."""
    if isinstance(value, Model):
        yield path, value
        for name, field in type(value).model_fields.items():
            if not (isinstance(value, Scenario) and name in SET_BY_LOADER):
                yield from models(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from models(inner, (*path, key))
    elif isinstance(value, tuple):
        for i, inner in enumerate(value):
            yield from models(inner, (*path, i))


def carries_provenance(model: Model) -> bool:
    """Say whether a mapping itself names a source, a derivation or an assumption."""
    return isinstance(model, Sourced) and any(getattr(model, name) is not None for name in PROVENANCE)
