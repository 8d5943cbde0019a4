"""The reference page: every key of a scenario, every measure of the results, and the words.

Why: it is made from the schema, the table of measures and the glossary, so it cannot say other than what they say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedsim.measures.definitions import MEASURES, NOT_BY_SEGMENT
from bedsim.report.glossary import GLOSSARY
from bedsim.report.markdown import table
from bedsim.scenario.json_schema import json_schema
from bedsim.scenario.shapes import Sourced

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENING = """\
# Reference

Made by `bedsim schema --markdown`, from the program itself: do not edit. How the keys work together is told in
[scenarios/README.md](../scenarios/README.md), and what is computed in [model.md](model.md).

Editors that know JSON Schema complete and check the keys of a scenario: the first line of each shipped scenario names
`bedsim.schema.json`, which `bedsim schema` prints.

## Keys of a scenario

A mapping marked * may also hold the words about its numbers, which stand first. Any key may be `null`, which removes
what was inherited by `extends`.

"""
ABOUT_MEASURES = """\
## Measures

Exact definitions: [model.md](model.md), section 8.

"""
BY_SEGMENT = """\
Where a scenario has segments, every measure is given of each, such as `segment:group_3`, but for these:

"""


def reference() -> str:
    """Return the page, in Markdown."""
    made = json_schema()
    mappings = made["definitions"]
    words = {key: mappings["Unit"]["properties"][key] for key in Sourced.model_fields}
    rows = [(f"`{name}`", one.unit, one.definition, ", ".join(one.statistics)) for name, one in MEASURES.items()]
    reasons = [(f"`{name}`", reason) for name, reason in NOT_BY_SEGMENT.items()]
    return "\n".join(
        (
            OPENING + "### Words about numbers\n\n" + _keys(words),
            "### The file\n\n" + _keys(made["properties"]),
            *(_section(name, mapping) for name, mapping in mappings.items()),
            ABOUT_MEASURES + table(("measure", "unit", "definition", "statistics"), rows),
            BY_SEGMENT + table(("measure", "not given of a segment because"), reasons),
            "## Words\n\n" + table(("word", "meaning"), GLOSSARY.items()),
        )
    )


def _section(name: str, mapping: dict[str, Any]) -> str:
    """Return what one mapping may hold; the words about numbers stand elsewhere."""
    properties = mapping["properties"]
    own = {key: one for key, one in properties.items() if key not in Sourced.model_fields}
    star = " *" if len(own) < len(properties) else ""
    return f"### {name}\n\n{mapping['description']}{star}\n\n{_keys(own)}"


def _keys(properties: dict[str, Any]) -> str:
    rows = [(f"`{key}`", _kind(one) + _default(one), one["description"]) for key, one in properties.items()]
    return table(("key", "value", "meaning"), rows)


def _default(schema: dict[str, Any]) -> str:
    default = schema.get("default")
    if default is None:
        return ""
    return f"; by default {', '.join(default) if isinstance(default, list) else _number(default)}"


def _kind(schema: dict[str, Any]) -> str:
    """Return in words what a schema takes, but for null."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"] if one != {"type": "null"})
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"] if one is not None)
    if "const" in schema:
        return f"`{schema['const']}`"
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return " or ".join(_of_type(one, schema) for one in types if one != "null")


def _of_type(name: str, schema: dict[str, Any]) -> str:
    if name == "array":
        inner = schema["items"]
        return f"[{', '.join(map(_kind, inner))}]" if isinstance(inner, list) else f"list of {_kind(inner)}"
    if name == "object":
        inner = next(iter(schema.get("patternProperties", {"": schema["additionalProperties"]}).values()))
        return f"by name: {_kind(inner)}"
    if name in ("integer", "number"):
        return " ".join(["whole number" if name == "integer" else "number", *_bounds(schema)])
    if name == "boolean":
        return "`true`, `false`"
    if schema.get("format") == "date":
        return "date"
    return "name" if "pattern" in schema else "text"


def _bounds(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the bounds of a number; both at once if both belong to it."""
    if "minimum" in schema and "maximum" in schema:
        yield f"{_number(schema['minimum'])} to {_number(schema['maximum'])}"
        return
    for bound, words in (
        ("minimum", "at least"),
        ("exclusiveMinimum", "above"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "below"),
    ):
        if bound in schema:
            yield f"{words} {_number(schema[bound])}"


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.6f}".rstrip("0").rstrip(".")
