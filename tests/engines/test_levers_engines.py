"""Levers change people and nothing else, so both engines agree on them as on any others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedsim.engine import compiled
from bedsim.engine.simpy_engine import simulate as simulate_simpy
from bedsim.patients.blueprint import prepare
from bedsim.patients.draw import draw
from bedsim.scenario.load import load
from bedsim.scenario.schema import Scenario
from tests.scenarios_in_python import START, spec

SHARES = st.floats(0, 0.5)
FACTORS = st.floats(0.1, 1)
EFFECTS = st.one_of(
    st.builds(lambda share: {"admission_avoidance": {"share": share}}, SHARES),
    st.builds(lambda share: {"home_first": {"share": share, "instead": "support"}}, SHARES),
    st.builds(lambda share: {"admission_avoidance": {"share": share, "instead": "abroad"}}, SHARES),
    st.builds(lambda factor: {"stay_reduction": {"factor": factor, "stages": ("rehab", "support")}}, FACTORS),
    st.builds(lambda days: {"stay_reduction": {"cap_days": float(days), "stages": ("rehab",)}}, st.integers(1, 60)),
    st.builds(lambda factor: {"delay_reduction": {"factor": factor}}, FACTORS),
    st.builds(
        lambda n, factor: {
            "care_coordination": {
                "coordinators": n,
                "caseload": 5,
                "episode_days": 40.0,
                "referred_less": 0.2,
                "stay_factor": factor,
                "delay_factor": factor,
            }
        },
        st.integers(0, 20),
        FACTORS,
    ),
)
DATES = st.tuples(st.integers(-60, 90), st.integers(0, 120))


def levers(effects: list[tuple[dict[str, Any], tuple[int, int]]]) -> dict[str, Any]:
    """Return these effects as levers, each with its dates."""
    found = {}
    for i, (effect, (start, ramp)) in enumerate(effects):
        first = START + timedelta(days=start)
        found[f"lever_{i}"] = {**effect, "start": first, "full_from": first + timedelta(days=ramp)}
    return found


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(EFFECTS, DATES), min_size=1, max_size=4))
def test_both_engines_agree_whatever_the_levers(effects: list[tuple[dict[str, Any], tuple[int, int]]]) -> None:
    """Every column of every stay, bit for bit, in a small system with loops, then and leave rungs and full units."""
    blueprint = prepare(Scenario.model_validate(spec() | {"levers": levers(effects)}), 30)
    people = draw(blueprint, 1, 0)
    assert compiled.simulate(people, blueprint.network).equals(simulate_simpy(people, blueprint.network))


ON_OPTION_1 = """\
extends: SHIPPED
title: Option 1 with levers
status: illustrative
levers:
  avoid: {start: 2026-10-01, full_from: 2027-04-01, admission_avoidance: {share: 0.1}, assumption: a test}
  home: {start: 2026-10-01, home_first: {share: 0.2, instead: community_support}, assumption: a test}
  shorter: {start: 2027-04-01, stay_reduction: {cap_days: 42, stages: [rehabilitation]}, assumption: a test}
  coordination:
    start: 2026-10-01
    care_coordination: {coordinators: 6, caseload: 25, episode_days: 90, referred_less: 0.1, delay_factor: 0.8}
    assumption: a test
"""


@pytest.mark.long
def test_a_shipped_scenario_with_levers_gives_the_same_bits(tmp_path: Any, pytestconfig: pytest.Config) -> None:
    """Option 1 with four levers, one replication."""
    shipped = pytestconfig.rootpath / "scenarios" / "option-1.yaml"
    path = tmp_path / "levers.yaml"
    path.write_text(ON_OPTION_1.replace("SHIPPED", shipped.as_posix()), encoding="utf-8")
    blueprint = prepare(load(path), 820)
    people = draw(blueprint, 1, 0)
    assert len(set(people.affected["lever"].tolist())) == 4
    assert compiled.simulate(people, blueprint.network).equals(simulate_simpy(people, blueprint.network))
