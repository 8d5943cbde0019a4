"""The one way in which bedsim compiles a function to machine code.

Why: compiled functions let go of Python's lock, so that replications run on threads, and are kept on disk, so that a
command compiles once and not every time. Where no folder can be written they are compiled again by each process.
Importing this module costs half a second: only modules that compute import it, never those behind `--help`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def jit(function: Compiled) -> Compiled:
    """Return the function compiled when first called, without Python's lock, and kept on disk if possible."""
    try:
        return cast("Compiled", njit(nogil=True, cache=True)(function))
    except RuntimeError:  # numba finds no folder that can be written, neither the package's nor the user's
        return cast("Compiled", njit(nogil=True)(function))
