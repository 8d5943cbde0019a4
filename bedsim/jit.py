"""The one way in which bedsim compiles a function to machine code.

Why: compiled functions let go of Python's lock, so that replications run on threads, and are kept on disk, so that a
command compiles once and not every time. numba looks whether a function's own file has changed, but not the files of
the functions that it calls: so what is kept belongs to one state of all the layers that compile. Where no folder can be
written, functions are compiled again by each process. Importing this module costs half a second: only modules that
compute import it, never those behind `--help`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., Any])
PACKAGE = Path(__file__).parent
COMPILING_LAYERS = ("patients", "engine", "measures")


def jit(function: Compiled) -> Compiled:
    """Return the function compiled when first called, without Python's lock, and kept on disk if possible."""
    settings: Any = numba.config
    own, settings.CACHE_DIR = settings.CACHE_DIR, str(_folder(settings.CACHE_DIR))
    try:
        return cast("Compiled", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # numba finds no folder that can be written, neither this nor the user's
        return cast("Compiled", numba.njit(nogil=True)(function))
    finally:
        settings.CACHE_DIR = own


@cache
def _folder(chosen: str) -> Path:
    """Return the folder for the present state of the files; those of earlier states are removed."""
    files = [Path(__file__), *sorted(path for layer in COMPILING_LAYERS for path in (PACKAGE / layer).glob("*.py"))]
    state = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    parent = Path(chosen) / "bedsim" if chosen else PACKAGE / "__pycache__"
    folder = parent / f"compiled-{state}"
    if not folder.exists():
        for earlier in parent.glob("compiled-*"):
            shutil.rmtree(earlier, ignore_errors=True)
    return folder
