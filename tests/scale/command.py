"""The command as a process of its own, with chunks of two replications, that may be killed at a moment of its choice.

Run as `python -m tests.scale.command KILL_AT ARGUMENTS...`: at its KILL_AT-th look at a file below the output folder
(an opening, a renaming, a removal; 0: never) the process kills itself, as a power cut would: nothing is cleaned up.
Below 0 only looks at tables count.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from bedsim.analysis import chunks
from bedsim.cli import main

ROOT = Path(__file__).parents[2]
STAYS_PER_CHUNK = 200
EVENTS = ("open", "os.rename", "os.remove")


def kill_at(moment: int, out: str) -> None:
    """Kill this process at its so-many-th look at a file in a folder."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        looked_at = str(arguments[0]) if event in EVENTS else ""
        if looked_at.startswith(out) and (moment > 0 or ".csv" in looked_at):
            seen += 1
            if seen == abs(moment):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


if __name__ == "__main__":
    moment = int(sys.argv.pop(1))
    for engine in chunks.STAYS_PER_CHUNK:
        chunks.STAYS_PER_CHUNK[engine] = STAYS_PER_CHUNK
    if moment:
        kill_at(moment, sys.argv[sys.argv.index("--out") + 1])
    sys.argv[0] = "bedsim"
    main()
