"""Writes the table of all cases: `python -m tests.theory.table`, about seventeen minutes on two cores.

With words (`python -m tests.theory.table mmc-01 wm-a`) it only runs the experiments whose names have one of them, and
prints their lines.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from joblib import Parallel, delayed

from tests.theory.estimates import Estimate
from tests.theory.experiment import Experiment
from tests.theory.experiments import EXPERIMENTS, N_COMPARISONS
from tests.theory.judge import as_given, is_noticed, passes, with_planted_error

TABLE_FILE = Path(__file__).parent / "exact_cases.md"
NONE = Estimate(float("nan"), float("nan"), 0)
HEADER = """\
# Exact cases

Simulated with the compiled engine through the scenario files in `scenarios/`, seed 1, against the expected values in
`cases.yaml`. Written by `python -m tests.theory.table`; the same runs are the tests of `make test-long`. When last
written they took {seconds:,.0f} seconds of processor time. {passed} of {comparisons} comparisons pass; the planted
error is noticed in {noticed} of {cases} cases.

- **±** is the half-width of the 95% interval (Student t over n replications; of a percentile, the interval of the
  distribution function). A value passes if it is within the tolerance, its half-width is at most half the tolerance
  and, if the expected value is exact, a t test at 1e-6 over the {comparisons} comparisons does not reject it.
- **Tolerance**: 2% of the expected value, 5% for probabilities under 0.05; `inf` for those under 0.001, which are left
  to the t test. Whole numbers must be met. What MONKS-T2 and WM-A publish from other simulations has the tolerances
  stated with them, but where {narrow}.
- **Planted error**: the same scenario with every stay 5% longer, 10% where the probability read is below 0.05. It is
  noticed if its whole 95% interval is outside the tolerance. Many quantities cannot notice it, because they hardly
  depend on stays or because the planted run is small; of each case one must. `nan`: not run, since the same scenario
  is run in other sizes that notice it.
- Of the ninety-fifth percentile of EX-MTGINF-01 on day 91.25 only that it is 31 or 32 can be said: no more than 31 are
  in with a chance of 0.94994, and 1e8 simulated years would tell it from 0.95.

"""
COLUMNS = (
    "case",
    "experiment",
    "quantity",
    "expected",
    "simulated",
    "±",
    "n",
    "tolerance",
    "verdict",
    "with planted error",
    "±",
    "n",
    "noticed",
)
NARROW = "theory is outside them itself (`monks.py` names the two)"


@dataclass(frozen=True)
class Line:
    """One quantity of one experiment: the run as given, and the run with the planted error."""

    case: str
    experiment: str
    quantity: str
    expected: float
    simulated: float
    half_width: float
    n: int
    tolerance: float
    verdict: str
    planted: float
    planted_half_width: float
    n_planted: int
    noticed: str

    @property
    def estimate(self) -> Estimate:
        """The simulated value."""
        return Estimate(self.simulated, self.half_width, self.n)

    @property
    def planted_estimate(self) -> Estimate:
        """The value with the planted error."""
        return Estimate(self.planted, self.planted_half_width, self.n_planted)


def lines_of(experiment: Experiment) -> tuple[list[Line], float]:
    """Return the lines of one experiment and the seconds of processor time it took."""
    began = time.process_time()
    given = as_given(experiment)
    planted = with_planted_error(experiment) if experiment.n_planted else dict.fromkeys(given, NONE)
    lines = []
    for name, estimate in given.items():
        expected, tolerance, wrong = experiment.expected(name), experiment.tolerance(name), planted[name]
        is_passed = passes(estimate, expected, tolerance, is_exact=experiment.is_exact(name))
        line = Line(
            experiment.case,
            experiment.name,
            name,
            expected,
            estimate.mean,
            estimate.half_width,
            estimate.n,
            tolerance,
            "pass" if is_passed else "FAIL",
            wrong.mean,
            wrong.half_width,
            wrong.n,
            "yes" if is_noticed(wrong, expected, tolerance) else "no",
        )
        lines.append(line)
    return lines, time.process_time() - began


def written(lines: list[Line], seconds: float) -> str:
    """Return the table as Markdown; seven digits, so that every verdict can be checked from its own line."""
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [tuple(f"{x:.7g}" if isinstance(x, float) else str(x) for x in astuple(line)) for line in lines]
    header = HEADER.format(
        comparisons=N_COMPARISONS,
        seconds=seconds,
        passed=sum(line.verdict == "pass" for line in lines),
        noticed=len({line.case for line in lines if line.noticed == "yes"}),
        cases=len({line.case for line in lines}),
        narrow=NARROW,
    )
    return header + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def read() -> list[Line]:
    """Return the lines of the committed table."""
    kinds = {"float": float, "int": int, "str": str}
    casts = [kinds[str(field.type)] for field in fields(Line)]
    rows = [
        [cell.strip() for cell in text.strip("|").split("|")]
        for text in TABLE_FILE.read_text(encoding="utf-8").splitlines()
        if text.startswith("|")
    ]
    return [Line(*(cast(cell) for cast, cell in zip(casts, row, strict=True))) for row in rows[2:]]


def run(experiments: list[Experiment]) -> Iterator[tuple[list[Line], float]]:
    """Yield the lines of each experiment and its seconds, and say what came of it."""
    pool = Parallel(n_jobs=2, return_as="generator", batch_size=1)
    results = pool(delayed(lines_of)(one) for one in experiments)
    for experiment, (lines, seconds) in zip(experiments, results, strict=True):
        failed = [line for line in lines if line.verdict != "pass"]
        noticed = sum(line.noticed == "yes" for line in lines)
        print(f"{experiment.name:90s} {seconds:6.1f} s  noticed {noticed}/{len(lines)}", flush=True)
        for line in failed:
            print(f"    FAIL {line}", flush=True)
        yield lines, seconds


def main() -> None:
    """Run everything and write the table, or run what the words name."""
    words = sys.argv[1:]
    experiments = [one for one in EXPERIMENTS if not words or any(word in one.name for word in words)]
    parts = list(run(experiments))
    lines, seconds = [line for part, _ in parts for line in part], sum(part for _, part in parts)
    print(f"{len(lines)} comparisons, {seconds:.0f} s of processor time")
    if not words:
        TABLE_FILE.write_text(written(lines, seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
