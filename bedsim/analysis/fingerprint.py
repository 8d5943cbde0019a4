"""What a replication's numbers depend on besides the scenario and the seed: the code and the libraries.

Why: chunks that are kept are taken up again only if they would come out the same today, bit for bit (but for
processors of one sort whose mathematical functions differ in the last bit). A changed line of
the code that makes numbers, or another NumPy, makes other chunks; a changed table or picture does not.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedsim.analysis.plan import Plan

MAKES_NUMBERS = (
    "streams.py",
    "jit.py",
    "memory.py",
    "scenario",
    "patients",
    "engine",
    "measures",
    "analysis/people.py",
    "analysis/recipe.py",
    "analysis/same_demand.py",
)
LIBRARIES = ("numpy", "scipy", "numba", "simpy")


@cache
def made_with() -> dict[str, str]:
    """Return the code, libraries and sort of machine that numbers are made with here."""
    folder, digest = Path(__file__).parents[1], hashlib.sha256()
    for place in MAKES_NUMBERS:
        for path in [folder / place] if place.endswith(".py") else sorted((folder / place).rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    versions = {library: importlib.metadata.version(library) for library in LIBRARIES}
    machine = " ".join((sys.platform, platform.machine(), *platform.libc_ver())).strip()
    return {"bedsim's code": digest.hexdigest()[:16], **versions, "machine": machine}


def fingerprint(plan: Plan, seed: int) -> dict[str, str]:
    """Return all that the numbers of a plan depend on, as text by name."""
    return {
        "scenario": plan.hash,
        "warm-up": str(plan.warm_up.days),
        "seed": str(seed),
        "engine": plan.engine,
        **made_with(),
    }
