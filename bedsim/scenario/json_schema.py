"""The schema as JSON Schema, for editors: they complete keys, show what they mean and mark what is wrong.

Why: whoever writes a scenario should not have to run anything to see a misspelt key. It is made from the classes, and
says what a file may hold: synonyms, `extends`, and `null`, which removes what was inherited. As a file may be laid over
another, keys are demanded only in items of lists, which are replaced whole. Rules between values are not in it:
`bedsim validate` knows them. Draft 7 is what most editors understand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic.json_schema import GenerateJsonSchema

from bedsim.scenario.field_docs import field_docs, unit_of_key
from bedsim.scenario.outline import SET_BY_LOADER, fields_of, options
from bedsim.scenario.schema import Scenario
from bedsim.scenario.shapes import Model

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAFT = "http://json-schema.org/draft-07/schema#"
FILE_NAME = "bedsim.schema.json"
"""Beside the shipped scenarios; the first line of each names it."""
OF_A_SCENARIO = "A bedsim scenario, or an overlay."
EXTENDS = "The file this one is laid over: keys merge, lists are replaced whole. Relative to this file."
BEDS = "The same as places."


def json_schema(root: type[Model] = Scenario, description: str = OF_A_SCENARIO) -> dict[str, Any]:
    """Return the JSON Schema of files of a class: by default of a scenario file or an overlay."""
    made = root.model_json_schema(by_alias=True, schema_generator=_Draft7)
    classes, in_lists = _classes(root), _only_in_lists(root)
    definitions = {name: _mapping(of, made["$defs"][name], name in in_lists) for name, of in sorted(classes.items())}
    whole = _mapping(root, made, False)
    properties = {key: value for key, value in whole["properties"].items() if key not in SET_BY_LOADER}
    properties["sources"]["type"] = ["object", "string", "null"]
    properties["extends"] = {"type": ["string", "null"], "description": EXTENDS}
    return {
        "$schema": DRAFT,
        **whole,
        "type": "object",
        "description": description,
        "properties": properties,
        "definitions": definitions,
    }


def json_schema_text(root: type[Model] = Scenario, description: str = OF_A_SCENARIO) -> str:
    """Return the same as the text of a file."""
    return json.dumps(json_schema(root, description), indent=1, ensure_ascii=False) + "\n"


class _Draft7(GenerateJsonSchema):
    """Pydantic's own way, but for where definitions lie and how a list of fixed length is said."""

    def __init__(self, by_alias: bool = True, ref_template: str = "", **options: Any) -> None:
        del ref_template
        super().__init__(by_alias=by_alias, ref_template="#/definitions/{model}", **options)

    def tuple_schema(self, schema: Any) -> dict[str, Any]:
        made = super().tuple_schema(schema)
        if "prefixItems" in made:
            made["items"] = made.pop("prefixItems")
            made["additionalItems"] = False
        return made

    def dict_schema(self, schema: Any) -> dict[str, Any]:
        """Return a mapping of which the author chooses the keys; null removes an entry."""
        made = super().dict_schema(schema)
        if "patternProperties" in made:
            inner = made["patternProperties"]
            made["patternProperties"] = {pattern: _or_null(value) for pattern, value in inner.items()}
            made["additionalProperties"] = False
        else:
            made["additionalProperties"] = _or_null(made["additionalProperties"])
        made.pop("minProperties", None)  # of what is left once files are merged
        return made


def _mapping(model: type[Model], made: dict[str, Any], is_whole: bool) -> dict[str, Any]:
    """Return the schema of a class, with what its keys mean; `is_whole`: nothing is merged into it."""
    texts, kinds = field_docs(model), fields_of(model)
    properties = {}
    for key, inner in made["properties"].items():
        text = texts[key] or _class_text(kinds[key]) or unit_of_key(model, key)
        default = inner.get("default")
        left_out = ("title", "description", *(() if default and not isinstance(default, dict) else ("default",)))
        plain = {name: value for name, value in inner.items() if name not in left_out}
        properties[key] = {**_or_null(plain), "description": text}
    if "places" in properties:
        properties["beds"] = {**properties["places"], "description": BEDS}
    required = {"required": made["required"]} if is_whole and "required" in made else {}
    return {
        "type": "object" if is_whole else ["object", "null"],
        "description": model.__doc__,
        "properties": properties,
        **required,
        "additionalProperties": False,
    }


def _class_text(kind: Any) -> str:
    """Return what is said of the class that stands here, alone or as an item of a list."""
    return next((model.__doc__ or "" for model, _ in _models_in(kind, False)), "")


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that takes null too."""
    null = {"type": "null"}
    members = [one for one in schema.get("anyOf", [schema]) if one != null]
    rest = {} if "anyOf" not in schema else {key: value for key, value in schema.items() if key != "anyOf"}
    if len(members) == 1 and "$ref" in members[0]:
        return {**members[0], **rest}  # what is referred to takes null, and is told of in detail if it is wrong
    if len(members) == 1 and "enum" in members[0]:
        listed = {key: value for key, value in {**members[0], **rest}.items() if key != "type"}
        return {**listed, "enum": [*listed["enum"], None]}
    if len(members) == 1 and isinstance(members[0].get("type"), str):
        return {**members[0], **rest, "type": [members[0]["type"], "null"]}
    return {"anyOf": [*members, null], **rest}


def _classes(root: type[Model]) -> dict[str, type[Model]]:
    """Return every class that a file's own is made of, but that itself, by its name."""
    found: dict[str, type[Model]] = {}
    waiting = [model for model, _ in _inside(root, root)]
    while waiting:
        model = waiting.pop()
        if model.__name__ not in found:
            found[model.__name__] = model
            waiting += [one for one, _ in _inside(model, root)]
    return found


def _only_in_lists(root: type[Model]) -> set[str]:
    """Return the names of the classes that stand in lists and nowhere else."""
    classes: list[type[Model]] = [root, *_classes(root).values()]
    uses = [use for model in classes for use in _inside(model, root)]
    return {model.__name__ for model, _ in uses} - {model.__name__ for model, is_item in uses if not is_item}


def _inside(model: type[Model], root: type[Model]) -> Iterator[tuple[type[Model], bool]]:
    """Yield the classes that may stand under the keys of a class, and whether each is an item of a list."""
    for key, kind in fields_of(model).items():
        if model is not root or key not in SET_BY_LOADER:
            yield from _models_in(kind, False)


def _models_in(kind: Any, is_item: bool) -> Iterator[tuple[type[Model], bool]]:
    for one in options(kind):
        if isinstance(one, type) and issubclass(one, Model):
            yield one, is_item
        for argument in get_args(one):
            yield from _models_in(argument, is_item or get_origin(one) is tuple)
