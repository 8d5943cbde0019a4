"""The run folder: written whole or not at all.

Why: a half-written table is worse than none. A folder is made beside its place under another name and moved there
when it is complete; it says by itself what was run, from what, with which versions.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bedsim.errors import BedsimError

PACKAGES = ("bedsim", "simpy", "numpy", "scipy", "pydantic", "joblib", "matplotlib")
Write = Callable[[Path], None]


def ensure_writable(out: Path) -> None:
    """Say, before anything is simulated, if the output folder cannot be written; nothing is left behind.

    Parameters
    ----------
    out
        The folder of all runs.

    Raises
    ------
    BedsimError
        Naming the folder and the reason.
    """
    try:
        made = [path for path in (out, *out.parents) if not path.exists()]
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f".bedsim-{os.getpid()}"
        probe.touch()
        probe.unlink()
        for path in made:
            path.rmdir()
    except OSError as error:
        raise BedsimError(
            f"the output folder {out} cannot be written ({error.strerror or error}); nothing was simulated. "
            "Try --out with another folder."
        ) from None


def write_folder(folder: Path, files: dict[str, str | Write]) -> Path:
    """Write the files of a run into a folder, replacing an earlier one of the same name; return the folder.

    Parameters
    ----------
    folder
        Where the run belongs.
    files
        By name: the text, or a function that writes the file at the path it is given.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BedsimError
        If the disk is full or the folder cannot be written; the earlier folder then stands as it was.
    """
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.draft")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for name, content in files.items():
            if callable(content):
                content(draft / name)
            else:
                (draft / name).write_text(content, encoding="utf-8", newline="")
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise BedsimError(f"the run folder {folder} cannot be written ({error.strerror or error}).") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return folder


def folder_for(out: Path, scenario: str, run_hash: str, seed: int, n_replications: int) -> Path:
    """Return the folder of a run: `<out>/<scenario>/<hash>-<seed>`.

    An earlier run of the same scenario and seed with more finished replications is not replaced by one with fewer: that
    one goes beside it, with its number of replications in the name.
    """
    folder = out / scenario / f"{run_hash}-{seed}"
    try:
        earlier = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["replications"]
    except (OSError, ValueError, KeyError):
        return folder
    return folder if earlier <= n_replications else folder.with_name(f"{folder.name}-{n_replications}-replications")


def provenance() -> dict[str, Any]:
    """Return the versions, the platform and the command."""
    return {
        "versions": {"python": platform.python_version()}
        | {package: importlib.metadata.version(package) for package in PACKAGES},
        "platform": platform.platform(),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }


def manifest_text(content: dict[str, Any]) -> str:
    """Return a manifest as JSON text."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
