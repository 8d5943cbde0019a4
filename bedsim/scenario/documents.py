"""Scenario files before they are merged: the chain of `extends`, inlined sources, synonyms, and `--set`.

Why: each file is put into one form on its own, so that merging knows nothing of files. Problems are added to the
caller's list; a file that cannot be read at all is None.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bedsim.errors import Problem
from bedsim.scenario.files import Refused, nearest, read_text
from bedsim.scenario.merge import merge
from bedsim.scenario.outline import SET_BY_LOADER, has_free_names, inside
from bedsim.scenario.schema import Scenario
from bedsim.scenario.tree import Key, Keys, Node, Origin, child_of, in_words, problem_at
from bedsim.scenario.yaml_source import parse

if TYPE_CHECKING:
    from typing import Any

LARGEST_YAML = 2_000_000
"""Bytes."""
LONGEST_CHAIN = 20
ROOT = Scenario


def read_chain(path: Path, problems: list[Problem]) -> list[Node | None]:
    """Return a scenario file and all it extends, the root first."""
    chain: list[Node | None] = []
    seen: list[Path] = []
    while True:
        document = read_document(path, problems)
        chain.insert(0, document)
        seen.append(path.resolve())
        extends = child_of(document, "extends") if document else None
        if document is None or extends is None:
            return [_without(node, "extends") for node in chain]
        base = _base(document, extends, seen, problems)
        if base is None:
            return [None, *chain]
        path = base


def _base(document: Node, extends: Node, seen: list[Path], problems: list[Problem]) -> Path | None:
    """Return the path that a file extends, unless it may not."""
    at = ("extends",)
    if not isinstance(extends.value, str):
        problems.append(problem_at(document, at, "name a file", in_words(extends.value), "extends: base.yaml"))
        return None
    path = Path(os.path.normpath(extends.origin.folder / extends.value))
    if path.resolve() in seen:
        found = " -> ".join([*(one.name for one in seen), path.name])
        problems.append(problem_at(document, at, "not come back to a file of its own chain", found, "remove one"))
        return None
    if len(seen) >= LONGEST_CHAIN:
        problems.append(problem_at(document, at, f"make a chain of at most {LONGEST_CHAIN} files", "longer"))
        return None
    try:
        read_text(path, LARGEST_YAML)
    except Refused as refused:
        problems.append(problem_at(document, at, refused.must, refused.found, refused.remedy))
        return None
    return path


def read_overlay(path: Path, problems: list[Problem]) -> Node | None:
    """Return an overlay: a scenario file of a few keys, which extends nothing."""
    document = read_document(path, problems)
    if document is not None and child_of(document, "extends") is not None:
        problems.append(
            problem_at(document, ("extends",), "not stand in an overlay", "given", "name the file as the scenario")
        )
    return _without(document, "extends")


def read_document(path: Path, problems: list[Problem]) -> Node | None:
    """Return one file's tree in the form that merging expects."""
    origin = Origin(str(path), path.parent)
    document = _read_mapping(path, origin, problems)
    if document is None:
        return None
    for key in SET_BY_LOADER:
        if child_of(document, key) is not None:
            problems.append(problem_at(document, (key,), "not be written in a file", "given", "remove it"))
    document = _without(document, *SET_BY_LOADER)
    return _with_places(_with_sources(document, problems), problems)


def _read_mapping(path: Path, origin: Origin, problems: list[Problem]) -> Node | None:
    try:
        tree, mistakes = _parsed(read_text(path, LARGEST_YAML), origin)
    except Refused as refused:
        problems.append(Problem(origin.shown, 0, "the file", refused.must, refused.found, refused.remedy))
        return None
    problems.extend(mistakes)
    if tree is None or tree.value is None:
        if not mistakes:
            problems.append(Problem(origin.shown, 1, "the file", "hold something", "empty", "title: My scenario"))
        return None
    if not isinstance(tree.value, dict):
        must = "be a mapping (keys and values)"
        problems.append(Problem(origin.shown, tree.line, "the file", must, in_words(tree.value), "title: My scenario"))
        return None
    return tree


@lru_cache(maxsize=16)
def _parsed(text: str, origin: Origin) -> tuple[Node | None, tuple[Problem, ...]]:
    """Return what `parse` does; a file that several scenarios extend is parsed once."""
    tree, mistakes = parse(text, origin)
    return tree, tuple(mistakes)


def _without(document: Node | None, *keys: str) -> Node | None:
    if document is None or not isinstance(document.value, dict):
        return document
    return replace(document, value={name: node for name, node in document.value.items() if name not in keys})


def _with_sources(document: Node | None, problems: list[Problem]) -> Node | None:
    """Replace a path under `sources` by the mapping in that file."""
    sources = child_of(document, "sources") if document else None
    if document is None or sources is None or not isinstance(sources.value, str) or sources.broken:
        return document
    assert isinstance(document.value, dict)
    path = Path(os.path.normpath(sources.origin.folder / sources.value))
    try:
        read_text(path, LARGEST_YAML)
        mapping = _read_mapping(path, Origin(str(path), path.parent), problems)
    except Refused as refused:
        problems.append(problem_at(document, ("sources",), refused.must, refused.found, refused.remedy))
        mapping = None
    inlined = mapping or replace(sources, value={}, broken=True)
    return replace(document, value={**document.value, "sources": inlined})


def _with_places(document: Node | None, problems: list[Problem]) -> Node | None:
    """Rename `beds` to `places` in units, their ranges, spot places and timetables."""
    units = child_of(document, "units") if document else None
    if document is None or units is None or not isinstance(units.value, dict):
        return document
    assert isinstance(document.value, dict)
    renamed: dict[str, Node] = {}
    for name, unit in units.value.items():
        mended = _renamed(unit, ("units", name), problems)
        if isinstance(mended.value, dict):
            inner = dict(mended.value)
            if "range" in inner:
                inner["range"] = _renamed(inner["range"], ("units", name, "range"), problems)
            if "spot" in inner:
                inner["spot"] = _renamed(inner["spot"], ("units", name, "spot"), problems)
            rows = inner.get("timetable")
            if rows is not None and isinstance(rows.value, tuple):
                at = ("units", name, "timetable")
                mended_rows = tuple(_renamed(row, (*at, i), problems) for i, row in enumerate(rows.value))
                inner["timetable"] = replace(rows, value=mended_rows)
            mended = replace(mended, value=inner)
        renamed[name] = mended
    return replace(document, value={**document.value, "units": replace(units, value=renamed)})


def _renamed(node: Node, path: Keys, problems: list[Problem]) -> Node:
    if not isinstance(node.value, dict) or "beds" not in node.value:
        return node
    beds = node.value["beds"]
    if "places" in node.value:
        field = ".".join(map(str, (*path, "beds")))
        must, found = (
            "be written as beds or as places",
            f"written as both (places on line {node.value['places'].line})",
        )
        problems.append(Problem(beds.origin.shown, beds.line, field, must, found, "keep one of them"))
    rest = {key: child for key, child in node.value.items() if key not in ("beds", "places")}
    return replace(node, value={**rest, "places": replace(beds, label="beds")})


def setting(tree: Node, option: str, problems: list[Problem]) -> Node | None:
    """Return the document that `--set option` lays over a tree: `units.haywood.beds=90`."""
    origin = Origin(f"--set {option}", Path.cwd(), has_lines=False)
    name, equals, text = option.partition("=")
    keys = name.strip().split(".")
    if not equals or not all(keys):
        must = "be a path, an equals sign and a value"
        problems.append(Problem(origin.shown, 0, name or "the option", must, option, "units.haywood.beds=90"))
        return None
    try:
        path = _path(tree, keys)
    except Refused as refused:
        problems.append(Problem(origin.shown, 0, name, refused.must, refused.found, refused.remedy))
        return None
    value, mistakes = parse(text, origin, tuple(keys))
    problems.extend(mistakes)
    if value is None and mistakes:
        return None
    leaf = value or Node(None, origin, 0)
    if str(path[-1]) != keys[-1]:
        leaf = replace(leaf, label=keys[-1])
    return _with_places(_nested(tree, path, leaf, ROOT), problems)


def _path(tree: Node, keys: list[str]) -> Keys:
    """Return the path that an option's keys name; every name chosen by the author must exist."""
    path: list[Key] = []
    place: Node | None = tree
    kind: Any = ROOT
    for i, key in enumerate(keys):
        step: Key = "places" if key == "beds" and path[:1] == ["units"] and len(path) > 1 else key
        if place is not None and isinstance(place.value, tuple):
            n = len(place.value)
            step = int(key) if key.isdecimal() and len(key) < 6 else n
            if step >= n:
                raise Refused(f"name an item of the list, 0 to {n - 1}", key, ".".join([*keys[:i], "0"]))
        elif place is not None and not isinstance(place.value, dict):
            raise Refused("name a value that exists", f"{'.'.join(keys[:i])} is {in_words(place.value)}")
        elif has_free_names(kind):
            names = list(place.value) if place is not None and isinstance(place.value, dict) else []
            if key not in names:
                similar = nearest(key, names)
                remedy = ".".join([*keys[:i], similar, *keys[i + 1 :]]) if similar else ""
                raise Refused("name something that is in the scenario", f"{key!r}, which is not", remedy)
        path.append(step)
        place = child_of(place, step) if place is not None else None
        kind = inside(kind, step)
    if path[0] in (*SET_BY_LOADER, "extends"):
        raise Refused("be a value that can be set", keys[0], "another key")
    return tuple(path)


def _nested(place: Node | None, path: Keys, leaf: Node, kind: Any) -> Node:
    """Return the leaf inside mappings; a list on the way is copied whole, with one item replaced."""
    if not path:
        return leaf
    key, rest = path[0], path[1:]
    inner_place = child_of(place, key) if place is not None else None
    inner_kind = inside(kind, key)
    inner = _nested(inner_place, rest, leaf, inner_kind)
    if place is not None and isinstance(place.value, tuple) and isinstance(key, int):
        items = list(place.value)
        items[key] = merge(items[key], inner, inner_kind, keeps_words=True)
        return replace(place, value=tuple(items))
    return Node({str(key): inner}, leaf.origin, 0)
