"""A small scenario in which everything is right, and ways to spoil it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bedsim.errors import Problem, ScenarioError
from bedsim.scenario import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

GOOD = """\
title: A small system
sources:
  census-2021: Office for National Statistics, Census 2021
  audit: Audit of stays, 2023
time: {start: 2026-04-01, run_length_days: 365, warm_up_days: 365, cool_down_days: 90, assumption: a short run}
localities:
  stoke: {name: Stoke-on-Trent, coordinates: [53.0, -2.18], population: 258400, source: census-2021}
  leek: {name: Leek, coordinates: [53.1, -2.03], population: 20800, source: census-2021}
segments:
  well: {name: Mostly well, population: 270000, assumption: a guess}
  frail: {name: Frail, population: 9200, assumption: a guess}
units:
  haywood:
    kind: community_hospital
    beds: 60
    locality: stoke
    assumption: as planned
    range: {beds: [50, 70]}
  leek_moor:
    kind: community_hospital
    beds: 15
    locality: leek
    assumption: as planned
    timetable:
      - {date: 2026-12-01, beds: 20}
  home_ash: {kind: care_home, beds: 20, locality: leek, rating: good, assumption: illustrative}
  home_elm: {kind: care_home, beds: 10, rating: inadequate, assumption: illustrative}
  far: {kind: out_of_area, beds: unlimited}
  team: {kind: community_service, places: unlimited}
pathways:
  bedded_rehab:
    rehabilitation:
      needed_days: {lognormal: {mean: 21, cv: 0.7}, source: audit, range: {mean: [18, 26]}}
      ladder:
        - {units: nearest(community_hospital)}
        - {after_days: 1, units: [care_home, home_ash], assumption: policy}
        - {after_days: 7, units: far, assumption: policy}
      then:
        home: {share: 0.5, source: audit}
        with_support: {share: 0.4, next: support, source: audit}
        died:
          share: 0.1
          needed_days: {exponential: {mean: 9}, assumption: shorter than the rest}
          source: audit
    support:
      needed_days: {gamma: {mean: 40, cv: 0.5}, source: audit}
      ladder: [{units: team}]
streams:
  step_down:
    pathway: bedded_rehab
    localities: {shares: {stoke: 0.9, leek: 0.1}}
    segments: {shares: {well: 0.7, frail: 0.3}, assumption: a guess}
    assumption: by population
    referrals:
      per_day: 4.6
      derived: 132 beds at 90% and 26 days
      range: {per_day: [3.8, 5.0]}
      surges: [{from: 2026-12-01, until: 2027-02-01, factor: 1.2, assumption: a what-if}]
      booked: [{date: 2026-05-01, patients: 2}]
present_at_start:
  - {stream: step_down, unit: haywood, stage: rehabilitation, fraction: 0.9, assumption: near full}
"""


def written(folder: Path, text: str, name: str = "case.yaml") -> Path:
    """Return the path of a file with this text."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def spoiled(old: str, new: str) -> str:
    """Return the good scenario with one piece of text replaced."""
    assert GOOD.count(old) == 1, f"{old!r} is {GOOD.count(old)} times in the scenario"
    return GOOD.replace(old, new)


def line_of(text: str, piece: str) -> int:
    """Return the number of the first line that holds a piece of text."""
    return next(i for i, line in enumerate(text.splitlines(), start=1) if piece in line)


def problems_of(path: Path, set_values: Sequence[str] = (), overlays: Sequence[Path] = ()) -> list[Problem]:
    """Return the problems that loading reports."""
    with pytest.raises(ScenarioError) as caught:
        load(path, set_values, overlays)
    return caught.value.problems
