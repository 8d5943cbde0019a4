"""The shipped table of inspections leads to ratings like those of a county, and the page says what it leads to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bedsim
from bedsim.scenario.tracks import RATINGS

ROOT = Path(__file__).parents[3]
HOMES = {"outstanding": 7 + 1, "good": 113 + 48}
"""Of 175 residential and 79 nursing homes in Staffordshire, April 2022 (staffordshire-market)."""
N_HOMES = 175 + 79


def long_run() -> dict[str, float]:
    """The stationary law of the table in care-homes.yaml."""
    inspections = bedsim.load(ROOT / "scenarios" / "care-homes.yaml").quality_gate.inspections
    assert inspections is not None
    names = RATINGS[:-1]
    matrix = np.array([[inspections.transitions[a].get(b, 0.0) for b in names] for a in names])
    return dict(zip(names, np.linalg.matrix_power(matrix, 500)[0].tolist(), strict=True))


def test_as_many_homes_pass_in_the_long_run_as_in_the_county() -> None:
    """Good or better: 169 of 254, within half a point; each of the two within a point."""
    law = long_run()
    assert law["outstanding"] + law["good"] == pytest.approx(sum(HOMES.values()) / N_HOMES, abs=0.005)
    for rating, n in HOMES.items():
        assert law[rating] == pytest.approx(n / N_HOMES, abs=0.01)


def test_the_page_shows_the_law_of_the_shipped_table() -> None:
    """Its table of the long run, and the table of transitions it prints, are those of the scenario."""
    page = (ROOT / "docs" / "how-to" / "care-homes.md").read_text(encoding="utf-8")
    law = long_run()
    assert f"| outstanding | {law['outstanding']:.1%} | 3.1% (8) |" in page
    assert f"| good | {law['good']:.1%} | 63.4% (161) |" in page
    assert f"| both, those that pass | {law['outstanding'] + law['good']:.1%} | 66.5% (169) |" in page
    scenario = (ROOT / "scenarios" / "care-homes.yaml").read_text(encoding="utf-8")
    rows = [
        line.strip()
        for line in scenario.splitlines()
        if line.strip().startswith(tuple(f"{one}: {{" for one in RATINGS))
    ]
    assert len(rows) == len(RATINGS)
    assert all(row in page for row in rows)
