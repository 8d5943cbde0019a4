"""The baseline on disk is whole, short and read in a diff."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bedsim.analysis.baseline import Entry, Former
from bedsim.errors import BedsimError
from bedsim.store.baseline import read_baseline, write_baseline

ENTRY = Entry(
    hash="abc",
    seed=1,
    n_replications=1000,
    made_with={"numpy": "2.2"},
    inputs={"a": 1.0, "b": "x"},
    numbers={"demand_beds.p95.all": 31.0, "open_beds.mean.all": None},
    standard_errors={"demand_beds.p95.all": 0.1, "open_beds.mean.all": None},
    n_first=100,
    first_numbers={"demand_beds.p95.all": 30.5},
    first_counts={"overflow": "0123"},
    date="2026-11-22",
    reason="first",
    history=(Former("2026-11-21", "before", {"demand_beds.p95.all": 30.0}),),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Every field, whichever inputs are shared; and writing it again changes no byte."""
    other = replace(ENTRY, inputs={"a": 1.0, "b": "y", "c": 3.0}, history=())
    entries, path = {"one": ENTRY, "other": other}, tmp_path / "new" / "baseline.json"
    write_baseline(path, entries)
    assert read_baseline(path) == entries
    before = path.read_bytes()
    write_baseline(path, dict(reversed(read_baseline(path).items())))
    assert path.read_bytes() == before


def test_one_number_is_one_line(tmp_path: Path) -> None:
    """A changed number changes one line; keys are in order; shared inputs stand there once."""
    path = tmp_path / "baseline.json"
    write_baseline(path, {"one": ENTRY, "other": ENTRY})
    before = path.read_text().splitlines()
    write_baseline(
        path, {"one": replace(ENTRY, numbers={**ENTRY.numbers, "demand_beds.p95.all": 32.0}), "other": ENTRY}
    )
    after = path.read_text().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    assert sum('"a": 1.0' in line for line in before) == 1
    scenarios = list(json.loads(path.read_text())["scenarios"]["one"])
    assert scenarios == sorted(scenarios)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is no JSON"),
        ("{" * 100_000, "it is no JSON"),
        ('{"format": NaN}', "it is no JSON"),
        ("\xff", "it is no JSON"),
        ("[]", "does not say its format"),
        ('{"a": 1}', "does not say its format"),
        ('{"format": 0}', "must be of format 1, but is of format '0'"),
        ('{"format": 1}', "changed by hand or damaged"),
        ('{"format": 1, "inputs_of_all_scenarios": {}, "scenarios": []}', "changed by hand or damaged"),
        ('{"format": 1, "inputs_of_all_scenarios": {}, "scenarios": {"x": 3}}', "changed by hand or damaged"),
        (
            '{"format": 1, "inputs_of_all_scenarios": 3, "scenarios": {"x": {"inputs": {}}}}',
            "changed by hand or damaged",
        ),
    ],
)
def test_what_is_no_baseline_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    """Whatever the file holds."""
    path = tmp_path / "baseline.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BedsimError, match=said):
        read_baseline(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("numbers", {"x": "31"}), ("n_first", 1.5), ("seed", None), ("history", [{"date": "x"}])],
)
def test_a_damaged_entry_is_named(tmp_path: Path, key: str, value: Any) -> None:
    """The scenario and the key."""
    path = tmp_path / "baseline.json"
    write_baseline(path, {"one": ENTRY})
    tree = json.loads(path.read_text())
    tree["scenarios"]["one"][key] = value
    path.write_text(json.dumps(tree))
    with pytest.raises(BedsimError, match=rf"one\.{key}"):
        read_baseline(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("n_replications", 1),
        ("n_first", -3),
        ("n_first", 1001),
        ("standard_errors", {"demand_beds.p95.all": -0.1, "open_beds.mean.all": None}),
        ("standard_errors", {"demand_beds.p95.all": None, "open_beds.mean.all": None}),
        ("numbers", {"demand_beds.p95.all": math.inf, "open_beds.mean.all": None}),
    ],
)
def test_an_entry_that_no_run_can_have_made_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    """Before anything is simulated with it; infinity may be written as a large number."""
    path = tmp_path / "baseline.json"
    write_baseline(path, {"one": ENTRY})
    tree = json.loads(path.read_text())
    tree["scenarios"]["one"][key] = value
    path.write_text(json.dumps(tree).replace("Infinity", "1e999"))
    with pytest.raises(BedsimError, match="changed by hand or damaged"):
        read_baseline(path)


def test_a_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    """And a folder in its place is said too."""
    with pytest.raises(BedsimError, match="--update --reason"):
        read_baseline(tmp_path / "none.json")
    with pytest.raises(BedsimError, match="cannot be read"):
        read_baseline(tmp_path)


def test_a_baseline_that_cannot_be_written_stands_as_it_was(tmp_path: Path) -> None:
    """A sentence, and no draft left behind."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BedsimError, match="cannot be written"):
        write_baseline(tmp_path / "file" / "baseline.json", {"one": ENTRY})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
