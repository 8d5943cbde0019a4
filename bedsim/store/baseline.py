"""The baseline on disk: one JSON file, made to be read in a diff.

Why: the file is committed, and a change of a modelled number is reviewed there. So it has one number a line, keys in
order, and the inputs that all scenarios share only once. What is read is checked before anything is simulated.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from bedsim.analysis.baseline import Entry, refuse_impossible
from bedsim.errors import BedsimError
from bedsim.store.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
"""Of the file; a baseline of another format is made anew."""
COMMON = "inputs_of_all_scenarios"


def read_baseline(path: Path) -> dict[str, Entry]:
    """Return the baseline's entries by the slug of their scenario.

    Parameters
    ----------
    path
        Of a file that `write_baseline` wrote.

    Returns
    -------
    dict[str, Entry]
        At least one.

    Raises
    ------
    BedsimError
        If there is no such file, or it is not a baseline of this format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except FileNotFoundError:
        raise BedsimError(
            f"there is no baseline {path}. Try --baseline with another file, or make it: "
            'bedsim check SCENARIO... --update --reason "the first baseline".'
        ) from None
    except OSError as error:
        raise BedsimError(f"the baseline {path} cannot be read ({error.strerror or error}).") from None
    except (ValueError, RecursionError):
        raise BedsimError(f"{path} is not a baseline: it is no JSON. Try --baseline with another file.") from None
    if not isinstance(content, dict) or "format" not in content:
        raise BedsimError(f"{path} is not a baseline: it does not say its format. Try --baseline with another file.")
    if content["format"] != FORMAT:
        raise BedsimError(
            f"the baseline {path} must be of format {FORMAT}, but is of format {str(content['format'])[:20]!r}: "
            "another version of bedsim wrote it. Try to remove it and to make it again with --update."
        )
    try:
        common, scenarios = content[COMMON], content["scenarios"]
        whole = {slug: {**entry, "inputs": {**common, **entry["inputs"]}} for slug, entry in scenarios.items()}
        entries = TypeAdapter(dict[str, Entry]).validate_json(json.dumps(whole, allow_nan=False), strict=True)
        for entry in entries.values():
            refuse_impossible(entry)
        return entries
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place, rule = ".".join(map(str, first["loc"])), first["msg"]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        place, rule = str(error), "missing, or of another sort"
    raise BedsimError(
        f"the baseline {path} was changed by hand or damaged: {place}: {rule}. Try to take it from version control "
        "again."
    )


def write_baseline(path: Path, entries: Mapping[str, Entry]) -> None:
    """Write entries by slug, the whole file or nothing.

    Parameters
    ----------
    path
        Where; its folder is made if it is not there.
    entries
        By the slug of their scenario.

    Raises
    ------
    BedsimError
        If it cannot be written; an earlier file then stands as it was.
    """
    content = [set(entry.inputs.items()) for entry in entries.values()]
    common = dict(set.intersection(*content)) if len(content) > 1 else {}
    scenarios = {slug: _own(entry, common) for slug, entry in entries.items()}
    tree = {"format": FORMAT, COMMON: common, "scenarios": scenarios}
    text = json.dumps(tree, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text)
    except OSError as error:
        raise BedsimError(f"the baseline {path} cannot be written ({error.strerror or error}).") from None


def _own(entry: Entry, common: Mapping[str, float | str]) -> dict[str, Any]:
    """Return an entry without the inputs that all have."""
    inputs = {name: value for name, value in entry.inputs.items() if common.get(name) != value}
    return {**asdict(entry), "inputs": inputs}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
