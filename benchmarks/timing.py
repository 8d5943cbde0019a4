"""How the bench measures: interleaved rounds, processor time, medians; whole commands by wall time; memory apart.

Why: on a shared machine the speed of the processor changes by the minute. So the programs that are compared take
turns, and their ratio is taken within each round.
"""

from __future__ import annotations

import gc
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEDSIM = Path(sys.executable).with_name("bedsim")
SHORTEST_SECONDS = 0.05
"""Shorter work is repeated within a round until it takes about as long: a single cold call is no measure of it."""
BETWEEN_LOOKS_SECONDS = 0.1

Work = Callable[[int], object]
"""Something to time; it is told the number of the replication to work on."""


@dataclass(frozen=True)
class Sample:
    """One number a round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def range(self) -> tuple[float, float]:
        return min(self.values), max(self.values)

    def __truediv__(self, other: Sample | float) -> Sample:
        """Divide round by round."""
        below = other.values if isinstance(other, Sample) else [other] * len(self.values)
        return Sample(tuple(a / b for a, b in zip(self.values, below, strict=True)))

    def __add__(self, other: Sample) -> Sample:
        """Add round by round."""
        return Sample(tuple(a + b for a, b in zip(self.values, other.values, strict=True)))


def interleaved(works: Mapping[str, Work], n_rounds: int) -> dict[str, Sample]:
    """Return the processor seconds of one call of each work, over rounds A B C A B C ..."""
    n_calls = {name: _calls_per_round(work) for name, work in works.items()}
    taken: dict[str, list[float]] = {name: [] for name in works}
    for i in range(n_rounds):
        for name, work in works.items():
            gc.collect()  # nobody pays for another's garbage
            began = time.process_time()
            for k in range(n_calls[name]):
                work(i + k)
            taken[name].append((time.process_time() - began) / n_calls[name])
    return {name: Sample(tuple(values)) for name, values in taken.items()}


def _calls_per_round(work: Work) -> int:
    work(0)  # compiles, imports and fills caches
    began = time.process_time()
    work(0)
    return max(1, math.ceil(SHORTEST_SECONDS / max(time.process_time() - began, 1e-6)))


AS_USUAL = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps the modules that it has compiled, as it does unless that is forbidden."""


@dataclass(frozen=True)
class Ran:
    """What a command took."""

    wall_seconds: float
    cpu_seconds: float
    """Of all its processes."""


def command(*arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
    """Run bedsim and return what it took."""
    before, began = _cpu_of_children(), time.perf_counter()
    process = _start(arguments, environment)
    _finish(process)
    return Ran(time.perf_counter() - began, _cpu_of_children() - before)


def peak_memory(*arguments: str) -> float:
    """Run bedsim and return the most memory, MB, that all its processes had together.

    Looking takes time itself, so a run is either timed or watched.
    """
    process, peak = _start(arguments), 0.0
    while process.poll() is None:
        peak = max(peak, _memory_of_tree(process.pid))
        time.sleep(BETWEEN_LOOKS_SECONDS)
    _finish(process)
    return peak


def _start(arguments: tuple[str, ...], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [BEDSIM, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,  # quiet runs write nothing there but what went wrong
        cwd=ROOT,
        env={**os.environ, **AS_USUAL, **(environment or {})},
    )


def _finish(process: subprocess.Popen[bytes]) -> None:
    _, errors = process.communicate()
    assert process.returncode == 0, f"{process.args} failed: {errors.decode()}"


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory_of_tree(root: int) -> float:
    """Return the proportional memory, MB, of a process and its children (Linux; elsewhere 0)."""
    total = 0.0
    for pid in _family(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total


def _family(root: int) -> set[int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError, ValueError):
            continue
    family, found = {root}, {root}
    while found:
        found = {child for child, parent in parents.items() if parent in family} - family
        family |= found
    return family
