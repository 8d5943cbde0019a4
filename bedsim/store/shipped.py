"""The scenarios that travel with the program, and how they are copied out of it.

Why: whoever installs bedsim gets something to run and to change, wherever they are. In an installed package the
scenarios lie inside it; in a working copy, where the package is used in place, beside it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from bedsim.errors import BedsimError

INSIDE = "shipped"
"""Folder of the package, in a wheel."""
BESIDE = "scenarios"
"""Folder beside the package, in a working copy."""
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*")
MOST_NAMED = 3


def shipped_folder() -> Path:
    """Return the folder of the shipped scenarios."""
    package = Path(__file__).parents[1]
    inside = package / INSIDE
    return inside if inside.is_dir() else package.parent / BESIDE


def copy_shipped(folder: Path) -> list[Path]:
    """Copy the shipped scenarios, with all they name, into a folder; all of them or none.

    Parameters
    ----------
    folder
        Made if it is not there. What else is in it stays.

    Returns
    -------
    list[Path]
        The files, relative to the folder.

    Raises
    ------
    BedsimError
        If one of them is there already, or the folder cannot be written.
    """
    try:
        nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        with tempfile.TemporaryDirectory(prefix=".bedsim-", dir=nearest) as draft_folder:
            draft = Path(draft_folder) / "scenarios"
            shutil.copytree(shipped_folder(), draft, ignore=LEFT_OUT)
            files = sorted(path.relative_to(draft) for path in draft.rglob("*") if path.is_file())
            _refuse_overwriting(folder, files)
            _move(draft, folder, files)
    except OSError as error:
        reason = error.strerror or error
        raise BedsimError(f"{folder} cannot be written ({reason}); nothing was copied. Try another folder.") from None
    return files


def _move(draft: Path, folder: Path, files: list[Path]) -> None:
    """Move files from one folder into another; if it is interrupted none stays there."""
    was_there = folder.exists()
    try:
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (draft / file).rename(folder / file)
    except BaseException:
        for file in files:
            if not (draft / file).exists():
                (folder / file).unlink()
        if not was_there:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _refuse_overwriting(folder: Path, files: list[Path]) -> None:
    there = [str(file) for file in files if os.path.lexists(folder / file)]
    if there:
        more = f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else ""
        raise BedsimError(
            f"{folder} must not hold files of the same names, but has {', '.join(there[:MOST_NAMED])}{more}; "
            "nothing was copied. Try another folder."
        )
