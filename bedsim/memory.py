"""Memory that is kept between replications, and rows that are not in memory at all.

Why: a replication uses some ten megabytes of arrays. The C library of Linux returns them to the system at once, and
gets them back page by page, each to be cleared first: that cost more than the simulation. Other systems do not. And a
run keeps a row of every replication, which must not fill the memory when there are many.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import mmap
import os
import sys
import tempfile
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 256 << 20
"""More than this, let go of at the end of the heap, is returned."""
LARGEST_BYTES = 64 << 20
"""A larger array is returned at once."""
ROWS_IN_MEMORY_BYTES = 1 << 18
"""Rows that take more are in a file."""


@cache
def keep_memory() -> None:
    """Ask the C library to keep what is let go of, if it is one that can be asked."""
    mallopt = _of_the_c_library("mallopt")
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES)


def give_back_memory() -> None:
    """Return to the system what is no longer used, as before this process is copied: it would be there twice."""
    gc.collect()
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_the_c_library(name: str) -> Any:
    """Return a function of Linux's C library; None elsewhere, and where the library is one that does not have it."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def new_rows(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return an array for a row of each replication, each column in one piece; large ones lie in a temporary file.

    Parameters
    ----------
    shape
        The number of replications first.
    dtype
        Of the numbers.

    Returns
    -------
    NDArray[Any]
        Of unknown content. `let_go` of it after use, or what was touched of the file counts as memory.

    Raises
    ------
    BedsimError
        If there is no room for the file, which goes with the array.
    """
    n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if n_bytes <= ROWS_IN_MEMORY_BYTES:
        return np.empty(shape, dtype, order="F")
    try:
        with tempfile.TemporaryFile(prefix="bedsim-") as file:
            _reserve(file.fileno(), n_bytes)
            return np.ndarray(shape, dtype, buffer=mmap.mmap(file.fileno(), n_bytes), order="F")
    except OSError as error:
        raise BedsimError(
            f"the rows of {shape[0]:,} replications need {n_bytes / 1e6:,.0f} MB in the temporary folder "
            f"{tempfile.gettempdir()}, which cannot be had ({error.strerror or error}). Try fewer replications, or "
            "set TMPDIR to a folder with more room."
        ) from None


def let_go(rows: NDArray[Any]) -> None:
    """Keep what was touched of these rows in their file alone, if they lie in one."""
    base: Any = rows
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)


def _reserve(file: int, n_bytes: int) -> None:
    """Take the room on the disk now: a disk that is full later would end the process without a word."""
    try:
        os.posix_fallocate(file, 0, n_bytes)
    except AttributeError:  # not on every system
        pass
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # not on every file system
            raise
    else:
        return
    zeros = bytes(1 << 20)
    for start in range(0, n_bytes, len(zeros)):
        os.write(file, zeros[: n_bytes - start])
