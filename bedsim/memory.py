"""Keeping memory that was let go of, instead of returning it to the system after every replication.

Why: a replication uses some ten megabytes of arrays. The C library of Linux returns them to the system at once, and
gets them back page by page, each to be cleared first: that cost more than the simulation. Other systems do not.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 256 << 20
"""More than this, let go of at the end of the heap, is returned."""
LARGEST_BYTES = 64 << 20
"""A larger array is returned at once."""


@cache
def keep_memory() -> None:
    """Ask the C library to keep what is let go of, if it is one that can be asked."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not in every C library of Linux
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES)
