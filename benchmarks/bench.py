"""Measure what the README and the targets promise of speed, beside SimPy, Ciw and C, and write docs/performance.md.

Run by `make bench` on an otherwise idle machine, about ten minutes on 2 cores. Judges the targets, fails at none; but
stops if another program does not simulate the same thing.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bedsim.memory import keep_memory
from benchmarks.decisions import time_decisions
from benchmarks.experiments import time_commands, time_growth, time_one_ward, time_option_1
from benchmarks.page import command_table, growth_table, machine, parts_table, plan_table, target_table, write
from benchmarks.targets import target_rows
from benchmarks.timing import ROOT

N_ROUNDS = 9
N_COMMAND_ROUNDS = 3
PAGE = ROOT / "docs" / "performance.md"


def bench(page: Path, n_rounds: int, n_command_rounds: int, few: int, many: int, most: int) -> None:
    """Measure everything, print the targets and write the page."""
    where = machine(n_rounds, n_command_rounds)
    keep_memory()  # as a run does; the other programs in this process gain by it too
    began = time.perf_counter()

    def say(what: str) -> None:
        print(f"{time.perf_counter() - began:5.0f} s  {what}", file=sys.stderr)

    say("one ward, in every program")
    ward = time_one_ward(n_rounds)
    say("option 1, in SimPy and both engines")
    option_1 = time_option_1(n_rounds)
    say("growth")
    growth = time_growth(n_rounds)
    say("whole commands")
    commands = time_commands(n_command_rounds, few, many, most)
    say("the commands that decide")
    decisions = time_decisions(n_command_rounds)
    rows = target_table([*target_rows(ward, option_1, growth, commands), *decisions])
    say("done")
    print(rows)
    parts = [where, rows, parts_table(ward, option_1), growth_table(growth), command_table(commands)]
    write(page, "\n\n".join([*parts, plan_table(commands)]))
    print(f"\nAll tables: {page}")


if __name__ == "__main__":
    bench(PAGE, N_ROUNDS, N_COMMAND_ROUNDS, few=100, many=1_000, most=10_000)
