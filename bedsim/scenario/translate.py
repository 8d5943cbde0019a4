"""From the schema's errors to sentences, and to what is left of a scenario once the wrong parts are set aside.

Why: pydantic reports one error per branch of a union and names classes; a planner needs one sentence per value, in
the words of the file. And the rules between entities must still be checked when one entity is wrong.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from bedsim.scenario.files import nearest
from bedsim.scenario.outline import kind_at, known_keys, model_of
from bedsim.scenario.schema import Scenario, Time
from bedsim.scenario.tracks import QualityGate
from bedsim.scenario.tree import Keys, Node, find, in_words, problem_at

if TYPE_CHECKING:
    from bedsim.errors import Problem
    from bedsim.scenario.shapes import Model

NAMED = ("units", "localities", "streams", "levers")
_TYPE_ERRORS = {
    "int_type": "be a whole number",
    "int_from_float": "be a whole number",
    "float_type": "be a number",
    "bool_type": "be true or false",
    "string_type": "be text",
    "date_type": "be a date such as 2026-04-01",
    "dict_type": "be a mapping (keys and values)",
    "model_type": "be a mapping (keys and values)",
    "tuple_type": "be a list such as [a, b]",
}
_BOUNDS = {
    "greater_than": "above",
    "greater_than_equal": "at least",
    "less_than": "below",
    "less_than_equal": "at most",
}


def problems_of(tree: Node, error: ValidationError, root: type[Model] = Scenario) -> list[tuple[Keys, Problem]]:
    """Return one problem per wrong value, with its path; nothing where a problem is already known.

    `root` is the class of the whole file.
    """
    by_path: dict[Keys, list[Any]] = {}
    for one in error.errors(include_url=False):
        if one["type"] == "too_short" and len(one["input"]) >= one["ctx"]["min_length"]:
            continue  # only the entries that are right in themselves were counted: those that are not, are reported
        by_path.setdefault(_path(tree, one), []).append(one)
    unknown = [path for path, errors in by_path.items() if errors[0]["type"] == "extra_forbidden"]
    misspelt = {(*path[:-1], "places" if (key := _meant(path, root)) == "beds" else key) for path in unknown}
    found: list[tuple[Keys, Problem]] = []
    for path, errors in by_path.items():
        if find(tree, path)[0].broken or _explained_below(path, errors, by_path):
            continue
        if errors[0]["type"] == "missing" and path in misspelt:
            continue
        found.append((path, _problem(tree, path, errors, root)))
    return found


def _path(tree: Node, error: Any) -> Keys:
    """Return an error's path in the file: without the tags of unions, with the sub-field if it names one."""
    path: list[Any] = []
    place: Node | None = tree
    location = error["loc"]
    for i, step in enumerate(location):
        value = place.value if place else None
        present = (isinstance(value, dict) and step in value) or (
            isinstance(value, tuple) and isinstance(step, int) and step < len(value)
        )
        last_of_missing = error["type"] == "missing" and i == len(location) - 1
        if present:
            path.append(step)
            place = value[step] if isinstance(value, (dict, tuple)) else None
        elif last_of_missing:
            path.append(step)
    if error["type"] == "value_error":
        path.extend(_sentence_of_schema(error)[3:4])
    return tuple(path)


def _sentence_of_schema(error: Any) -> list[str]:
    """Return must, found, remedy and perhaps a sub-field from a ValueError of the schema."""
    return [*str(error["ctx"]["error"]).split("|"), "", ""][: max(3, str(error["ctx"]["error"]).count("|") + 1)]


def sentence_of(error: Any) -> tuple[str, str, str]:
    """Return must, found and remedy of one error of the schema, wherever it stands."""
    if error["type"] == "value_error":
        must, found, remedy = _sentence_of_schema(error)[:3]
        return must, found, remedy
    return _must(error), in_words(error["input"]), _remedy(error)


def _explained_below(path: Keys, errors: list[Any], by_path: dict[Keys, list[Any]]) -> bool:
    """Say whether a union's 'wrong type' only hides an error further down in the branch that was meant."""
    kinds_only = all(one["type"] in _TYPE_ERRORS or one["type"] == "literal_error" for one in errors)
    return kinds_only and any(len(other) > len(path) and other[: len(path)] == path for other in by_path)


def _problem(tree: Node, path: Keys, errors: list[Any], root: type[Model]) -> Problem:
    """Return the one problem of one value."""
    exact = [one for one in errors if one["type"] not in _TYPE_ERRORS and one["type"] != "literal_error"]
    error = (exact or errors)[0]
    if error["type"] == "value_error":
        must, found, remedy = _sentence_of_schema(error)[:3]
        return problem_at(tree, path, must, found, remedy)
    if error["type"] == "extra_forbidden":
        return _unknown_key(tree, path, root)
    if error["type"] == "missing":
        return problem_at(tree, path, "be given", "missing")
    if error["loc"][-1] == "[key]":
        must = "be named in small letters, digits and _, a letter first, at most 60 characters"
        return problem_at(tree, path, must, in_words(path[-1]), _safe_name(str(path[-1])))
    musts = list(dict.fromkeys(_must(one) for one in (exact or errors)))
    must = " or ".join([musts[0], *(one.removeprefix("be ") for one in musts[1:])])
    return problem_at(tree, path, must, in_words(error["input"]), _remedy(error))


def _must(error: Any) -> str:
    """Return the rule that an error of pydantic stands for."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "model_type" and context.get("class_name") == "Distribution":
        return "be a distribution such as lognormal: {mean: 21, cv: 0.7}"
    if kind in _TYPE_ERRORS:
        return _TYPE_ERRORS[kind]
    if kind in _BOUNDS:
        (bound,) = context.values()
        return f"be {_BOUNDS[kind]} {bound:,g}" if bound < 1e6 else f"be {_BOUNDS[kind]} {bound:g}"
    if kind == "literal_error":
        expected = str(context["expected"]).replace("'", "")
        return f"be one of {expected}" if " or " in expected else f"be {expected}"
    if kind == "finite_number":
        return "be a finite number"
    if kind == "string_pattern_mismatch":
        return "be a name in small letters, digits and _, a letter first"
    if kind == "string_too_long":
        return f"be at most {context['max_length']} characters long"
    if kind == "too_short":
        return f"have {context['min_length']} or more entries"
    if kind == "too_long":
        return f"have at most {context['max_length']} entries"
    return f"satisfy: {error['msg']}"


def _remedy(error: Any) -> str:
    """Return what to try, where that can be told."""
    value = error["input"]
    if error["type"] == "date_type" and isinstance(value, str):
        return _iso_date(value)
    if error["type"] == "literal_error" and isinstance(value, str):
        return nearest(value, str(error["ctx"]["expected"]).replace(" or ", ", ").replace("'", "").split(", "))
    if error["type"] in ("int_type", "float_type") and isinstance(value, str):
        plain = value.replace("_", "").replace(",", "")
        return plain if plain.replace(".", "", 1).isdecimal() else ""
    if error["type"] == "string_type":
        return f'"{value}"' if isinstance(value, (int, float, date)) else ""
    return _safe_name(value) if error["type"] == "string_pattern_mismatch" else ""


def _iso_date(text: str) -> str:
    """Return a British date such as 1/4/2026 as 2026-04-01, or nothing if it is none."""
    match = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*", text)
    if match is None:
        return ""
    day, month, year = map(int, match.groups())
    try:
        return str(date(year, month, day))
    except ValueError:
        return "2026-04-01"


def _safe_name(text: str) -> str:
    """Return a name like the text that the schema accepts, if there is one."""
    name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in text.lower()).strip("_")
    return name[:60] if name[:1].isalpha() else ""


def _known_beside(path: Keys, root: type[Model]) -> list[str]:
    model = model_of(kind_at(path[:-1], root))
    return known_keys(model) if model else []


def _meant(path: Keys, root: type[Model]) -> str:
    """Return the known key that an unknown one is most like, if any."""
    return nearest(str(path[-1]), _known_beside(path, root))


def _unknown_key(tree: Node, path: Keys, root: type[Model]) -> Problem:
    remedy = _meant(path, root) or f"one of {', '.join(_known_beside(path, root))}"
    return problem_at(tree, path, "be a key that the scenario knows", "unknown", remedy)


def entity_of(path: Keys) -> Keys:
    """Return the smallest part that can be set aside when a value is wrong: a unit, a stage, else a whole section.

    Parameters
    ----------
    path
        The path of the wrong value.

    Returns
    -------
    :
        The path of the part.

    Examples
    --------
    >>> entity_of(("units", "haywood", "places")), entity_of(("time", "start"))
    (('units', 'haywood'), ('time',))
    """
    if path[:1] == ("pathways",):
        return path[:3]
    return path[:2] if path[:1] and path[0] in NAMED else path[:1]


def broken_paths(node: Node, path: Keys = ()) -> list[Keys]:
    """Return the paths of values about which a problem is already known."""
    children = node.value.items() if isinstance(node.value, dict) else ()
    items = enumerate(node.value) if isinstance(node.value, tuple) else ()
    below = [found for key, child in (*children, *items) for found in broken_paths(child, (*path, key))]
    return [path, *below] if node.broken else below


def remainder(values: dict[str, Any], wrong: set[Keys]) -> Scenario:
    """Return what is left of a scenario without its wrong entities; only for the checks, never to be run."""
    left = {key: _pruned(value, (key,), wrong) for key, value in values.items() if (key,) not in wrong}
    stand_ins = {
        "time": Time(start=date(2000, 1, 1)),
        "quality_gate": QualityGate(minimum_rating="none"),
        "units": {},
        "pathways": {},
        "streams": {},
    }
    fields: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        stand_in = stand_ins.get(name, field.get_default(call_default_factory=True))
        if name == "quality_gate" and ("quality_gate",) not in wrong:
            stand_in = field.default
        try:
            kind: Any = field.annotation
            fields[name] = TypeAdapter(kind).validate_python(left[name]) if name in left else stand_in
        except ValidationError:
            fields[name] = stand_in
    return Scenario.model_construct(**fields)


def _pruned(value: Any, path: Keys, wrong: set[Keys]) -> Any:
    if isinstance(value, dict) and len(path) < 3:
        return {key: _pruned(one, (*path, key), wrong) for key, one in value.items() if (*path, key) not in wrong}
    return value
