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
    """Make the output folder, or say why it cannot be written, before anything is simulated.

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
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f".bedsim-{os.getpid()}"
        probe.touch()
        probe.unlink()
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
        raise BedsimError(f"the run folder {folder} cannot be written ({error.strerror or error}).") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return folder


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
