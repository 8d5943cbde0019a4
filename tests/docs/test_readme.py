"""The README's example is what the program says now: the verdict, the table of rates, the picture's text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bedsim
from bedsim.report.figures import as_text
from bedsim.report.occupancy_plot import occupancy_picture

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OVERLAYS = {"4.6": [], "3.8": ["referrals-bristol"], "5.0": ["referrals-uhnm"]}
"""What is laid over option 1, by the rate of referrals that the table names."""
MEASURES = {
    "demand_above_beds_fraction": "mean",
    "demand_beds": "p95",
    "p_wait": "mean",
    "wait_days": "mean",
}
"""The table's columns, in order."""


def run_of(overlays: list[str]) -> bedsim.Run:
    """Return the run of `make run`."""
    paths = [ROOT / "scenarios" / "overlays" / f"{name}.yaml" for name in overlays]
    return bedsim.run(bedsim.load(ROOT / "scenarios" / "option-1.yaml", overlays=paths), n_replications=100, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("rate", OVERLAYS)
def test_the_example_of_the_readme_is_what_make_run_says(rate: str) -> None:
    """Three paragraphs of the verdict and the picture's words, of option 1; the row of the table, of all."""
    run = run_of(OVERLAYS[rate])
    row = next(line for line in README.splitlines() if line.startswith(f"| {rate}, "))
    cells = [as_text(run.row(measure, statistic=of, period=run.headline)) for measure, of in MEASURES.items()]
    assert [cell.strip() for cell in row.split("|")[2:-1]] == cells
    if not OVERLAYS[rate]:
        shown = README[README.index("<!-- from make run -->") : README.index("<!-- end of what make run says -->")]
        quoted = " ".join(re.sub("^> ?", "", line) for line in shown.splitlines() if line.startswith(">")).split()
        assert quoted == " ".join(bedsim.verdict(run).split("\n\n")[:3]).split()
        assert f"![{occupancy_picture(run).words}](docs/option-1-occupancy.png)" in README
