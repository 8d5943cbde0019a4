"""The run folder: the tables, the picture and the manifest of a run, beside its chunks.

Why: a half-written table is worse than none, and so are tables of two runs side by side. Each file is there whole or
not at all, and the manifest, written last, says that all are there: what was run, from what, with which versions.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedsim.errors import BedsimError
from bedsim.store.atomic import remove_old_drafts, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bedsim.store.atomic import Write

MANIFEST = "manifest.json"
PACKAGES = ("bedsim", "simpy", "numpy", "scipy", "numba", "pydantic", "joblib", "matplotlib")


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
        nearest = next(path for path in (out, *out.absolute().parents) if path.exists())
        probe = nearest / f".bedsim-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BedsimError(
            f"the output folder {out} cannot be written ({error.strerror or error}); nothing was simulated. "
            "Try --out with another folder."
        ) from None


def write_folder(
    folder: Path, n_replications: int, files: Mapping[str, str | Write | None], is_unfinished: bool = False
) -> Path:
    """Write the files of a run, each whole or not at all, the manifest last; return the folder they are in.

    A folder without manifest is unfinished: the earlier manifest goes first. What else is in the folder stays. If the
    files there are of more replications they are not replaced: these go beside, with their number in the name.

    Parameters
    ----------
    folder
        The run's own.
    n_replications
        How many replications the files are of.
    files
        By name, one of them `MANIFEST`: the text; or a function that writes the file at the path it is given; or None
        for a file that an earlier run may have left and this one does not have.
    is_unfinished
        The run was stopped, so files of a finished one with as many replications are not replaced either.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BedsimError
        If the disk is full or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder):
            if _n_replications_in(folder) >= n_replications + (not is_unfinished or _is_unfinished(folder)):
                folder = folder.with_name(f"{folder.name}-{n_replications}-replications")
                folder.mkdir(exist_ok=True)
            remove_old_drafts(folder)
            (folder / MANIFEST).unlink(missing_ok=True)
            for name in sorted(files, key=lambda name: name == MANIFEST):
                content = files[name]
                if content is None:
                    (folder / name).unlink(missing_ok=True)
                else:
                    replace_file(folder / name, content)
    except OSError as error:
        raise BedsimError(
            f"the run folder {folder} cannot be written ({error.strerror or error}). Finished chunks are kept there; "
            "the same command goes on from them."
        ) from None
    return folder


def _n_replications_in(folder: Path) -> int:
    """Return how many replications the tables in a folder are of; 0 if its manifest does not say."""
    found = _said_by_manifest(folder, "replications")
    return found if isinstance(found, int) else 0


def _is_unfinished(folder: Path) -> bool:
    return _said_by_manifest(folder, "unfinished") is not False


def _said_by_manifest(folder: Path, key: str) -> object:
    """Return what the manifest in a folder says; None if it does not."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))[key]
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return None


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process writes its tables into the folder; the lock ends with the process.

    Windows cannot lock a folder: there two processes that finish the same run at once may leave tables of both, each
    whole, and the manifest of the last.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network folders know no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def run_folder(out: Path, scenario: str, run_hash: str, seed: int) -> Path:
    """Return the folder of a run, in which its chunks are kept: `<out>/<scenario>/<hash>-<seed>`."""
    return out / scenario / f"{run_hash}-{seed}"


def provenance() -> dict[str, Any]:
    """Return the versions, the platform, the command and the time of day, to the second."""
    return {
        "versions": {"python": platform.python_version()}
        | {package: importlib.metadata.version(package) for package in PACKAGES},
        "platform": platform.platform(),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def manifest_text(content: dict[str, Any]) -> str:
    """Return a manifest as JSON text."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_beside(folder: Path, files: Mapping[str, str | Write]) -> None:
    """Write files of another command beside those of a run, each whole or not at all.

    Parameters
    ----------
    folder
        Made if it is not there.
    files
        By name: the text, or a function that writes the file at the path it is given.

    Raises
    ------
    BedsimError
        If that cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            replace_file(folder / name, content)
    except OSError as error:
        raise BedsimError(
            f"the output folder {folder} cannot be written ({error.strerror or error}). Try --out with another folder."
        ) from None
