"""The schema that editors read: it is current, takes every shipped file and refuses the usual mistakes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bedsim.clinics.schema import DESCRIPTION, ClinicPlan
from bedsim.clinics.schema import FILE_NAME as OF_CLINICS
from bedsim.report.reference import reference
from bedsim.scenario.field_docs import field_docs, unit_of_key
from bedsim.scenario.json_schema import FILE_NAME, json_schema, json_schema_text
from bedsim.scenario.outline import known_keys
from bedsim.scenario.schema import Scenario, Unit
from bedsim.scenario.shapes import Model
from bedsim.scenario.tree import Origin
from bedsim.scenario.yaml_source import parse
from tests.unit.scenario.good import GOOD, spoiled

ROOT = Path(__file__).parents[3]
SCENARIOS = ROOT / "scenarios"
FILES = sorted(
    path for path in SCENARIOS.rglob("*.yaml") if path.name != "sources.yaml" and path.parent.name != "clinics"
)
CLINICS = SCENARIOS / "clinics"
SCHEMA = json_schema()
THEORY = sorted((ROOT / "tests" / "theory" / "scenarios").glob("*.yaml"))


def values(text: str) -> Any:
    """Return the values of a scenario's text as an editor has them: a date is text, null is there."""

    def plain(node: Any) -> Any:
        if isinstance(node.value, dict):
            return {key: plain(child) for key, child in node.value.items()}
        if isinstance(node.value, tuple):
            return [plain(child) for child in node.value]
        return json.loads(json.dumps(node.value, default=str))

    tree, problems = parse(text, Origin("a test", Path()))
    assert tree is not None
    assert not problems
    return plain(tree)


def subclasses(of: type[Model]) -> set[type[Model]]:
    """Return all classes made from one."""
    return {one for child in of.__subclasses__() for one in (child, *subclasses(child))}


def mistakes(text: str) -> list[str]:
    """Return where a text does not fit the schema, and how."""
    found = jsonschema.Draft7Validator(SCHEMA).iter_errors(values(text))
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def test_the_committed_schema_and_reference_are_current() -> None:
    """If this fails: `bedsim schema > scenarios/bedsim.schema.json; bedsim schema --markdown > docs/reference.md`."""
    assert (SCENARIOS / FILE_NAME).read_text(encoding="utf-8") == json_schema_text()
    made = json_schema_text(ClinicPlan, DESCRIPTION)
    assert (CLINICS / OF_CLINICS).read_text(encoding="utf-8") == made, "bedsim schema --clinics > scenarios/clinics/..."
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == reference()


def test_the_schema_is_a_schema() -> None:
    """Of draft 7, which editors know; every reference leads somewhere."""
    made = json_schema()
    jsonschema.Draft7Validator.check_schema(made)
    named = {part.split('"')[0] for part in json_schema_text().split('"#/definitions/')[1:]}
    assert named == set(made["definitions"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_fits_and_names_the_schema(path: Path) -> None:
    """The first line leads the editor from the file to the schema."""
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == SCENARIOS / FILE_NAME
    assert mistakes(text) == []


@pytest.mark.parametrize("path", THEORY, ids=lambda path: path.stem)
def test_the_scenarios_of_the_exact_cases_fit(path: Path) -> None:
    """They use what the shipped ones do not."""
    assert mistakes(path.read_text(encoding="utf-8")) == []


def test_the_examples_of_the_readme_fit() -> None:
    """An editor accepts what the page tells people to write."""
    page = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```", page, flags=re.M | re.S)
    assert len(examples) > 3
    assert [mistakes(example) for example in examples] == [[]] * len(examples)


@pytest.mark.parametrize(
    "text",
    [
        "units: {haywood: {beds: 90}}",
        "units: {haywood: {places: null}, home_ash: null}",
        "extends: base.yaml",
        "streams: {acute: {referrals: {per_day: null, expected_csv: f.csv}}}",
        "pathways: {p: {s: {needed_days: {lognormal: {mean: 25}}}}}",
        "pathways: {p: {s: {ladder: [{after_days: {exponential: {mean: 2}}, leave: gone}]}}}",
        "streams: {acute: {referrals: {surges: [{from: 2026-01-01, until: 2026-02-01, factor: 1.2}]}}}",
    ],
)
def test_a_part_of_a_scenario_fits(text: str) -> None:
    """An overlay holds a few keys, synonyms and nulls; nothing else is demanded of it."""
    assert mistakes(text) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("beds: 60", "bedz: 60", "'bedz' was unexpected"),
        ("beds: 60", "beds: sixty", "units.haywood.beds"),
        ("beds: 60", "beds: 60.5", "units.haywood.beds"),
        ("beds: 60", "beds: -1", "units.haywood.beds"),
        ("kind: community_hospital\n    beds: 60", "kind: hospital\n    beds: 60", "units.haywood.kind"),
        ("cv: 0.7", "cv: high", "needed_days"),
        ("share: 0.5", "share: 1.5", "share"),
        ("start: 2026-04-01", "start: 5", "time.start"),
        ("title: A small system", "title: A small system\nslug: x", "'slug' was unexpected"),
        ("coordinates: [53.0, -2.18]", "coordinates: [53.0]", "localities.stoke.coordinates"),
        ("{date: 2026-12-01, beds: 20}", "{beds: 20}", "'date' is a required property"),
        ("home_ash: {", "Home Ash: {", "'Home Ash' does not match any of the regexes"),
        ("units: far", "units: 3", "ladder"),
        ("title: A small system", "title: 5", "title"),
        ("range: {mean: [18, 26]}", "range: {mean: 18}", "needed_days"),
    ],
)
def test_a_usual_mistake_is_refused(old: str, new: str, words: str) -> None:
    """A misspelt key, text for a number, a number out of bounds, a key that is the loader's, a missing date."""
    assert mistakes(GOOD) == []
    found = mistakes(spoiled(old, new))
    assert found
    assert any(words in one for one in found), found


def test_every_key_has_a_meaning_and_every_number_a_unit() -> None:
    """What an editor shows is never empty; and no number is described without what it counts."""
    made = json_schema()
    for name, mapping in {"Scenario": made, **made["definitions"]}.items():
        assert all(one["description"] for one in mapping["properties"].values()), name
    assert field_docs(Unit)["stay_factor"] == "Multiplies the need of everybody who stays here."
    classes = {model.__name__: model for model in subclasses(Model)}
    for name, mapping in made["definitions"].items():
        for key, one in mapping["properties"].items():
            if types(one) & {"number", "integer"} and key not in ("range", "beds"):
                assert unit_of_key(classes[name], key), f"{name}.{key}: add it to UNITS in {field_docs.__module__}"


def types(schema: Any) -> set[str]:
    """Return the types that a schema takes at any depth of lists and mappings, but for what it refers to."""
    if isinstance(schema, list):
        return {one for part in schema for one in types(part)}
    if not isinstance(schema, dict):
        return set()
    found = schema.get("type", [])
    inner = (schema[key] for key in ("anyOf", "items") if key in schema)
    named = (part for key in ("patternProperties",) for part in schema.get(key, {}).values())
    return {*([found] if isinstance(found, str) else found), *(one for part in (*inner, *named) for one in types(part))}


def test_the_schema_knows_the_keys_that_messages_name() -> None:
    """One list of keys for the editor and for the sentences of `validate`, synonyms included."""
    assert set(json_schema()["properties"]) == set(known_keys(Scenario))
    assert set(json_schema()["definitions"]["Unit"]["properties"]) == set(known_keys(Unit))


def test_files_of_clinics_have_a_schema_of_their_own() -> None:
    """Each shipped one names it in its first line and fits it; a misspelt key and a share above 1 do not."""
    schema = json_schema(ClinicPlan, DESCRIPTION)
    jsonschema.Draft7Validator.check_schema(schema)
    check = jsonschema.Draft7Validator(schema).iter_errors
    for path in CLINICS.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# yaml-language-server: $schema={OF_CLINICS}\n")
        assert not list(check(values(text)))
    wrong = {"clinics": {"skin": {"slotz": 4, "did_not_attend": {"fraction": 1.5}}}}
    assert {".".join(map(str, one.absolute_path)) for one in check(wrong)} == {
        "clinics.skin",
        "clinics.skin.did_not_attend.fraction",
    }
