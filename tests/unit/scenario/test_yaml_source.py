"""From YAML text to values: traps are refused with their line, and nothing is executed."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from bedsim.scenario import yaml_source
from bedsim.scenario.tree import Origin, to_values
from bedsim.scenario.yaml_source import parse

ORIGIN = Origin("case.yaml", Path())
LAUGHS = "\n".join(["a0: &a0 [lol]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))])


def values_of(text: str) -> object:
    """Return the plain values of a text without mistakes."""
    tree, problems = parse(text, ORIGIN)
    assert not problems
    assert tree is not None
    return to_values(tree)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", 1000),
        ("1.5e3", 1500.0),
        ("-7", -7),
        ("0", 0),
        ("0.5", 0.5),
        ("true", True),
        ("False", False),
        ("2026-04-01", date(2026, 4, 1)),
        ("haywood", "haywood"),
        ("'no'", "no"),
        ("'010'", "010"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", math.inf),
        ("[1, [a]]", (1, ("a",))),
        ("-.Inf", -math.inf),
        ("9" * 400, math.inf),
    ],
)
def test_a_scalar_means_what_a_planner_means(text: str, value: object) -> None:
    """Each spelling has one value, and its type is that of the value."""
    read = values_of(f"key: {text}")
    assert read == {"key": value}
    assert isinstance(read, dict)
    assert type(read["key"]) is type(value)


def test_nan_is_read_as_a_float() -> None:
    """`.nan` is a float, so that the schema can refuse it with its field."""
    read = values_of("key: .nan")
    assert isinstance(read, dict)
    assert math.isnan(read["key"])


@pytest.mark.parametrize("empty", ["", "~", "null", "NULL"])
def test_null_leaves_a_key_out(empty: str) -> None:
    """A key without a value is as if it were not there."""
    assert values_of(f"a: 1\nb: {empty}") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "line", "must"),
    [
        ("a: 1\nb: no", 2, "true or false"),
        ("a: YES", 1, "true or false"),
        ("a: [1,\n On]", 2, "true or false"),
        ("a: 010", 1, "leading zeros"),
        ("a: 012.5", 1, "leading zeros"),
        ("a: 12:30", 1, "text in quotes"),
        ("a: 2026-02-30", 1, "date of the calendar"),
        ("a: 1\nb: 2\na: 3", 3, "written once"),
        ("b: &b {c: 1}\na:\n  <<: *b", 3, "not be merged"),
        ("1: a", 1, "text as keys"),
        ("? [a]\n: b", 1, "text as keys"),
        ("a: !!python/object/apply:os.system ['echo x']", 1, "plain value"),
        ("a: !!str 5", 1, "plain value"),
        ("a: 1\nb: ! x", 2, "plain value"),
        ("a: &a [*a]", 1, "complete value before it"),
        ("a: *nothing", 1, "complete value before it"),
        ("a: " + "[" * 60 + "]" * 60, 1, "nested at most"),
        ("a: " + "[" * 500, 1, "nested at most"),
        (LAUGHS, 6, "hold at most 100,000 values"),
        ("a: 1\n b: 2", 2, "be YAML"),
        ("a: [1", 1, "be YAML"),
        ('a: "\\UFFFFFFFF"', 1, "be YAML"),
        ("a: 1\nb: \x07", 2, "be YAML"),
        ("a: 1\n---\nb: 2", 2, "one document"),
    ],
)
def test_a_trap_is_refused_with_its_line(text: str, line: int, must: str) -> None:
    """Each of YAML's traps is one problem at the line of the key or value."""
    _, problems = parse(text, ORIGIN)
    assert [problem.line for problem in problems] == [line]
    assert must in problems[0].must


def test_a_chain_of_aliases_cannot_pass_the_bound_on_depth() -> None:
    """Depth is counted with aliases expanded."""
    _, problems = parse("a: &a " + "[" * 30 + "]" * 30 + "\nb: " + "[" * 30 + "*a" + "]" * 30, ORIGIN)
    assert ["nested at most" in problem.must for problem in problems] == [True]


def test_all_traps_of_a_text_come_at_once() -> None:
    """The walk goes on after a trap."""
    _, problems = parse("a: no\nb: 010\nc: 12:30\na: 1\nd: !x y\n<<: {e: 1}", ORIGIN)
    assert [problem.line for problem in problems] == [1, 2, 3, 4, 5, 6]


def test_a_duplicate_key_names_both_lines() -> None:
    """The message holds the line of the first and of the second."""
    _, (problem,) = parse("x:\n  a: 1\n  a: 2", ORIGIN)
    assert (problem.field, problem.line) == ("x.a", 3)
    assert "line 2" in problem.found


def test_an_alias_within_bounds_is_expanded() -> None:
    """Aliases are a convenience that may stay."""
    assert values_of("a: &a {b: 1}\nc: *a") == {"a": {"b": 1}, "c": {"b": 1}}


def test_the_bound_on_values_is_met_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mapping, its key, its list and 97 items are 100 values; one more is too many."""
    monkeypatch.setattr(yaml_source, "MOST_NODES", 100)
    assert not parse("a: [" + "1," * 97 + "]", ORIGIN)[1]
    assert [problem.line for problem in parse("a: [" + "1," * 98 + "]", ORIGIN)[1]] == [1]
