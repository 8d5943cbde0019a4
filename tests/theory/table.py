"""Writes the table of all exact cases: `python -m tests.theory.table`, about half an hour on two cores."""

from __future__ import annotations

import sys
import time
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from joblib import Parallel, delayed

from tests.theory.experiments import EXPERIMENTS, N_COMPARISONS, Experiment
from tests.theory.judge import Estimate, as_given, is_noticed, passes, with_planted_error

TABLE_FILE = Path(__file__).parent / "exact_cases.md"
HEADER = """\
# Exact cases

Simulated with the SimPy engine through the scenario files in `scenarios/`, seed 1, against the expected values in
`cases.yaml`. Written by `python -m tests.theory.table`; the same runs are the tests of `make test-long`.

- **±** is the half-width of the 95% interval (Student t over n replications). A value passes if it is within the
  tolerance, its half-width is no wider than the tolerance, and a t test at 1e-6 over the {comparisons} comparisons
  does not reject it. The tolerance is 2% of the expected value, 5% for probabilities under 0.05; MONKS-T2: 5%, and 12%
  under 0.05.
- **Planted error**: the same scenario with every stay 5% longer. It is noticed if its whole 95% interval is outside
  the tolerance. At least one quantity of every scenario must notice it; many cannot, because they hardly depend on
  stays or because the planted run is small.
- Left to the compiled engine, which can afford the patients they need: mean waits and queues that are missing here,
  tail probabilities and percentiles, and the chance of a full ward on a given day of EX-TRANS-01.

"""
COLUMNS = (
    "case",
    "scenario",
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


@dataclass(frozen=True)
class Line:
    """One quantity of one scenario: the run as given, and the run with the planted error."""

    case: str
    scenario: str
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
    given, planted = as_given(experiment), with_planted_error(experiment)
    lines = []
    for name, estimate in given.items():
        exact, tolerance, wrong = experiment.expected(name), experiment.tolerance(name), planted[name]
        line = Line(
            experiment.case,
            experiment.scenario,
            name,
            exact,
            estimate.mean,
            estimate.half_width,
            estimate.n,
            tolerance,
            "pass" if passes(estimate, exact, tolerance) else "FAIL",
            wrong.mean,
            wrong.half_width,
            wrong.n,
            "yes" if is_noticed(wrong, exact, tolerance) else "no",
        )
        lines.append(line)
    return lines, time.process_time() - began


def written(lines: list[Line]) -> str:
    """Return the table as Markdown; seven digits, so that every verdict can be checked from its own line."""
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [tuple(f"{x:.7g}" if isinstance(x, float) else str(x) for x in astuple(line)) for line in lines]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return HEADER.format(comparisons=N_COMPARISONS) + table + "\n"


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


def main() -> None:
    """Run everything and write the table."""
    lines: list[Line] = []
    pool = Parallel(n_jobs=2, return_as="generator", batch_size=1)
    results = pool(delayed(lines_of)(one) for one in EXPERIMENTS)
    for experiment, (part, seconds) in zip(EXPERIMENTS, results, strict=True):
        failed = [line.quantity for line in part if line.verdict != "pass"]
        noticed = sum(line.noticed == "yes" for line in part)
        print(f"{experiment.scenario:24s} {seconds:6.0f} s  noticed {noticed}/{len(part)}  failed {failed}", flush=True)
        lines += part
    TABLE_FILE.write_text(written(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
