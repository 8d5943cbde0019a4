"""Threads inside the numerical libraries: one, for the work is shared out among the cores already.

Why: these threads turn round while they wait, on a core that a copy of this process could use: 0.3 s of each command.
It must be said before numpy is loaded, so nothing is imported here.
"""

from __future__ import annotations

import os

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def use_one_thread() -> None:
    """Ask libraries that are loaded from now on for one thread, where the user's environment does not say how many."""
    for name, number in ONE_THREAD.items():
        os.environ.setdefault(name, number)
