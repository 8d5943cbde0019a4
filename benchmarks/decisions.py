"""What the commands that decide cost: six options, comparing, sizing, the frontier, a journey, the page for a board."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.targets import Row, at_most
from benchmarks.timing import ROOT, Sample, command

OPTION_1 = "scenarios/option-1.yaml"
SIX = [f"scenarios/option-{i}.yaml" for i in range(1, 7)]
TARGETS: dict[str, tuple[float, list[str]]] = {
    "`bedsim run` of six options, 200 replications each": (15, ["run", *SIX, "--replications", "200"]),
    "`bedsim compare` of six options, 200 replications": (8, ["compare", *SIX, "--replications", "200"]),
    "`bedsim size` for one site, both ranges": (
        10,
        ["size", OPTION_1, "--vary", "units.haywood.places", "--standard", "overflow_days_fraction <= 0.05"],
    ),
    "`bedsim frontier` of 10 points": (
        60,
        ["frontier", OPTION_1, "--x", "units.home_team.places", "--y", "units.haywood.places"],
    ),
    "`bedsim trace` of one person": (2, ["trace", OPTION_1, "--patient", "4957"]),
}
"""Seconds at most, and the command."""
REPORT, REPORT_SECONDS = "`bedsim report` of one run", 5


def time_decisions(n_rounds: int) -> list[Row]:
    """Return what they took, wall time from process start to exit, warm."""
    taken: dict[str, list[float]] = {}
    with _a_run() as (out, run):
        for i in range(n_rounds):
            for name, (_, arguments) in TARGETS.items():
                ran = command(*arguments, "--quiet", "--out", str(out / f"round-{i}"))  # nothing is found there
                taken.setdefault(name, []).append(ran.wall_seconds)
            ran = command("report", str(run), "--out", str(out / "report.html"))
            taken.setdefault(REPORT, []).append(ran.wall_seconds)
    most = {**{name: seconds for name, (seconds, _) in TARGETS.items()}, REPORT: REPORT_SECONDS}
    return [at_most(name, most[name], most[name] / 2, Sample(tuple(values)), " s") for name, values in taken.items()]


@contextmanager
def _a_run() -> Iterator[tuple[Path, Path]]:
    """Give a folder with a run of option 1 in it, and the run's own."""
    with tempfile.TemporaryDirectory(dir=ROOT / "results") as out:
        command("run", OPTION_1, "--replications", "100", "--quiet", "--out", out)
        yield Path(out), next(Path(out).glob("option-1/*"))
