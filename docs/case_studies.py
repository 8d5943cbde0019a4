"""Four simulated people, each before and after: makes docs/case-studies.md.

Why: a board believes a journey it can follow sooner than a mean. So that nobody picks or polishes one, each is the
first person of whom some words are true, and the page is made anew from the scenarios by `make case-studies`. Another
pair:

    python docs/case_studies.py scenarios/option-1.yaml scenarios/option-2.yaml
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import bedsim
from bedsim.analysis.trace_pairs import first_in_both
from bedsim.report.markdown import escaped

if TYPE_CHECKING:
    from bedsim.analysis.trace import Trace
    from bedsim.scenario.schema import Scenario

ROOT = Path(__file__).parents[1]
BEFORE, AFTER = "scenarios/option-1.yaml", "scenarios/new-model-of-care.yaml"


class Case(NamedTuple):
    """What is to be seen, and the words by which somebody is found: true before, and true after."""

    title: str
    before: str
    after: str


CASES = (
    Case("An extra bed before, the team at home after", "escalation", "stayed_at_home"),
    Case("A bed outside the area before, the Haywood after", "out_of_area", "haywood"),
    Case("An extra bed before, the Haywood after", "escalation", "haywood"),
    Case("The Haywood before, an extra bed after", "haywood", "escalation"),
)
OPENING = """\
# Case studies: four simulated people

Made by `make case-studies` from two scenarios: do not edit. **Nobody here is real.** Each is a simulated person,
followed through both plans with the same random numbers, so that what differs is the plan. They were not picked by
hand: each is the first of whom a word is true in the plan before, and another in the plan after
([the words](how-to/follow-one-person.md)). So they show what the rules of the plans can do, for better and for worse,
and nothing of how often: for that, [compare plans over everybody](how-to/compare-options.md).
"""


def page(before: Scenario, after: Scenario) -> str:
    """Return the page."""
    parts = [OPENING, f"Before: {titled(before)}. After: {titled(after)}.\n"]
    for number, case in enumerate(CASES, start=1):
        here, there = first_in_both(before, after, case.before, case.after)
        parts.append(f"## {number}. {case.title}\n")
        parts.append(f"{there.who} The first who is `{case.before}` before and `{case.after}` after.\n")
        parts += [*journey("Before", here), *journey("After", there)]
    return "\n".join(parts)


def journey(when: str, one: Trace) -> list[str]:
    """Return a journey as a list: a line an event."""
    events = "".join(f"- {event.stamp}: {escaped(event.words)}.\n" for event in one.events)
    return [f"**{when}:** {titled(one.scenario)}. Simulated.\n", events, f"{escaped(one.totals)}\n"]


def titled(scenario: Scenario) -> str:
    """Return a scenario's title, marked if it is illustrative."""
    mark = "ILLUSTRATIVE. " if scenario.status == "illustrative" else ""
    return escaped(f"{mark}{(scenario.title or scenario.slug).rstrip('.')}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the page of case studies.")
    parser.add_argument("before", nargs="?", default=ROOT / BEFORE, type=Path)
    parser.add_argument("after", nargs="?", default=ROOT / AFTER, type=Path)
    chosen = parser.parse_args()
    print(page(bedsim.load(chosen.before), bedsim.load(chosen.after)), end="")
