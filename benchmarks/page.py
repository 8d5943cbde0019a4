"""The tables of a bench as Markdown, and their place in docs/performance.md."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from datetime import date
from pathlib import Path

from benchmarks.experiments import CIW, HELP, OUR_SIMPY, SIMPY, C, Commands, Timed, run_name
from benchmarks.one_ward_c import FLAGS, compiler
from benchmarks.pieces import DEMAND, DRAW, MEASURE, SIMULATE, WHOLE
from benchmarks.targets import Row, shown
from benchmarks.timing import Sample

BEGIN, END = "<!-- written by make bench -->", "<!-- end of what make bench writes -->"
PACKAGES = ("bedsim", "numba", "numpy", "simpy", "ciw")
AREAS, SCENARIOS, REPLICATIONS, CORES = 42, 1_000, 1_000, 100
CALLED = {
    SIMPY: "idiomatic SimPy: draw, simulate, report",
    CIW: "Ciw: draw, simulate, report",
    C: "C loop: simulate",
    OUR_SIMPY: "our SimPy engine: simulate",
    WHOLE: "bedsim, compiled: draw + simulate + measure",
    DRAW: "– draw",
    SIMULATE: "– simulate",
    MEASURE: "– measure",
    DEMAND: "the two demand runs, which every replication of `bedsim run` adds",
}


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table; all but the first column are numbers."""
    lines = [header, ("---", *["---:"] * (len(header) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine(n_rounds: int, n_command_rounds: int) -> str:
    """Return a paragraph: where, when and with what this was measured."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    cc = compiler()
    in_c = "no C compiler"
    if cc is not None:
        version = subprocess.run([cc, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
        in_c = f"{version} with {FLAGS[0]}"
    return (
        f"Measured on {date.today():%d %B %Y}: {_processor()}, {os.cpu_count()} cores, {platform.platform()}; "
        f"Python {platform.python_version()}, {versions}; {in_c}. {n_rounds} rounds in this process, "
        f"{n_command_rounds} of whole commands. Load before the start: {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def target_table(rows: list[Row]) -> str:
    """Return the table of targets."""
    return table(
        ("what", "target", "stretch", "median (range)", "reached"),
        [(row.what, row.target, row.stretch, row.measured, row.reached) for row in rows],
    )


def parts_table(ward: Timed, option_1: Timed) -> str:
    """Return the table of one replication, part by part."""

    def cell(timed: Timed, name: str) -> str:
        return _ms(timed.seconds[name]) if name in timed.seconds else "–"

    people = f"people in a replication | {ward.n_patients:,.0f} | {option_1.n_patients:,.0f}"
    rows = [(CALLED[name], cell(ward, name), cell(option_1, name)) for name in CALLED]
    return table(("one replication, ms of processor time", "one ward", "option 1"), rows) + f"\n| {people} |"


def growth_table(growth: dict[str, Timed]) -> str:
    """Return the table of growth: microseconds a person."""

    def cells(timed: Timed) -> list[str]:
        parts = [timed.seconds[part] / timed.n_patients for part in (DRAW, SIMULATE, MEASURE)]
        return [f"{1e6 * sample.median:.3f}" for sample in (*parts, timed.per_patient)]

    return table(
        ("one ward, microseconds a person", "people", "draw", "simulate", "measure", "together"),
        [(name, f"{timed.n_patients:,.0f}", *cells(timed)) for name, timed in growth.items()],
    )


def command_table(commands: Commands) -> str:
    """Return the table of whole commands, with what the README promises of them."""
    one, two = (run_name(commands.many, workers) for workers in (1, 2))
    few_one, few_two = (run_name(commands.few, workers) for workers in (1, 2))
    wall = {name: sample.median for name, sample in commands.wall.items()}
    alone = (wall[one] - wall[few_one]) / (wall[two] - wall[few_two])
    rows = [
        (f"option 1, {name}" if name != HELP else f"`{name}`", shown(sample, " s"), _promise(name))
        for name, sample in commands.wall.items()
    ]
    rows += [
        (f"option 1, {n:,} replications, 2 workers: peak memory", f"{mb:.0f} MB", "under 400 MB")
        for n, mb in commands.peak_mb.items()
    ]
    rows += [("two workers against one, start-up, tables and plots left out", f"{alone:.2f}x", "–")]
    return table(("whole command, wall time", "median (range)", "promised"), rows)


def _promise(name: str) -> str:
    return {HELP: "under 0.3 s", run_name(20, 2): "under 45 s"}.get(name, "–")


def plan_table(commands: Commands) -> str:
    """Return what every area of England with a thousand scenarios would cost."""
    cpu_each, cpu_beside = commands.cpu_seconds
    bytes_each, bytes_beside = commands.bytes_on_disk
    runs = AREAS * SCENARIOS
    n = runs * REPLICATIONS
    simulating, beside = n * cpu_each / 3600, runs * cpu_beside / 3600
    return table(
        (f"{AREAS} areas × {SCENARIOS:,} scenarios × {REPLICATIONS:,} replications of option 1's size", ""),
        [
            ("replications", f"{n:,}"),
            (
                "processor time of a replication, demand runs, checks and chunk files included",
                f"{1e3 * cpu_each:.2f} ms",
            ),
            ("core-hours of the replications", f"{simulating:,.0f}"),
            ("core-hours of starting, planning, tables and plots, once a scenario", f"{beside:,.0f}"),
            (f"hours on {CORES} cores", f"{(simulating + beside) / CORES:,.1f}"),
            ("bytes that a replication adds on disk", f"{bytes_each:,.0f}"),
            ("bytes of all replications", _bytes(n * bytes_each)),
            ("bytes of tables and plots, once a scenario", _bytes(runs * bytes_beside)),
            (
                f"memory of a command with 2 workers, {commands.most:,} replications",
                f"{commands.peak_mb[commands.most]:.0f} MB",
            ),
        ],
    )


def _bytes(n: float) -> str:
    """Return bytes with a unit.

    >>> _bytes(3_450_000_000.0)
    '3.45 GB'
    """
    for unit in ("bytes", "kB", "MB", "GB"):
        if n < 1000:
            return f"{n:.3g} {unit}"
        n /= 1000
    return f"{n:.3g} TB"


def _ms(seconds: Sample) -> str:
    median, low, high = (1e3 * value for value in (seconds.median, *seconds.range))
    digits = 0 if median >= 100 else 1 if median >= 10 else 2
    return f"{median:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def write(page: Path, text: str) -> None:
    """Put the text between the page's two marks."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
