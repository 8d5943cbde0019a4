"""Measure what the README promises of speed: one engine run, a whole command, its memory, and start-up.

Run by `make bench` on an otherwise idle machine; prints medians with their range, and judges nothing.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bedsim.analysis.conduct import plan_run
from bedsim.engine.simpy_engine import simulate
from bedsim.measures.replication import measure
from bedsim.patients.draw import draw
from bedsim.scenario.load import load

ROOT = Path(__file__).resolve().parent.parent
OPTION_1 = ROOT / "scenarios" / "option-1.yaml"
BEDSIM = Path(sys.executable).with_name("bedsim")


def seconds(work: Callable[[], object], times: int) -> list[float]:
    """Return the processor seconds of each repetition."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return taken


def command(*arguments: str, watched: bool = False) -> tuple[float, float]:
    """Run bedsim; return its wall seconds and, if watched, the peak memory, MB, of all its processes together.

    Watching takes time itself, so a run is either timed or watched.
    """
    began = time.perf_counter()
    process = subprocess.Popen([BEDSIM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    peak = 0.0
    while watched and process.poll() is None:
        peak = max(peak, memory_of_tree(process.pid))
        time.sleep(0.5)
    assert process.wait() == 0, f"bedsim {' '.join(arguments)} failed"
    return time.perf_counter() - began, peak


def memory_of_tree(root: int) -> float:
    """Return the proportional memory, MB, of a process and its children (Linux; elsewhere 0)."""
    parents, total = {}, 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError, ValueError):
            continue
    family, found = {root}, True
    while found:
        found = {child for child, parent in parents.items() if parent in family} - family
        family |= found
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total


def show(what: str, values: list[float], unit: str, bound: str) -> None:
    """Print a line: the median, the range, and what the README promises."""
    low, middle, high = min(values), statistics.median(values), max(values)
    print(f"{what:<52} {middle:9.3f} {unit:<3} ({low:.3f} to {high:.3f}; bound {bound})")


def main() -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores")
    plan = plan_run(load(OPTION_1), 20)
    blueprint = plan.blueprint
    network = blueprint.network
    patients = draw(blueprint, 1, 0)
    stays = simulate(patients, network)
    print(f"option 1: {patients.n_patients} patients, {len(stays.row)} stays, warm-up {plan.warm_up.days} days")
    show("draw one replication, CPU", seconds(lambda: draw(blueprint, 1, 0), 5), "s", "-")
    show("one engine run of option 1, CPU", seconds(lambda: simulate(patients, network), 5), "s", "1.0")
    reduce = seconds(lambda: measure(blueprint, patients, stays, stays, stays, 0), 5)
    show("measure one replication, CPU", reduce, "s", "-")
    with tempfile.TemporaryDirectory() as out:
        run = ("run", str(OPTION_1), "--replications", "20", "--out", out, "--quiet")
        show("bedsim run option-1, 20 replications, wall", [command(*run)[0] for _ in range(3)], "s", "45")
        show("the same, peak memory of all processes", [command(*run, watched=True)[1]], "MB", "400")
    show("bedsim --help, wall", [command("--help")[0] for _ in range(7)], "s", "0.3")


if __name__ == "__main__":
    main()
