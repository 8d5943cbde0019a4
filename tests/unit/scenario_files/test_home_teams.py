"""The home teams of the new model of care: one a locality, in all the places that one team would have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import bedsim
from bedsim.analysis.trials import Trials
from bedsim.patients.blueprint import prepare
from bedsim.scenario.ladders import units_of_terms
from bedsim.scenario.schema import Scenario

NEW_MODEL = Path(__file__).parents[3] / "scenarios" / "new-model-of-care.yaml"
IN_ALL = {date(2026, 4, 1): 30, date(2026, 10, 1): 36, date(2027, 4, 1): 42, date(2028, 4, 1): 45}
"""Places at home on each date: what the plan invests."""
AT_ONCE = [f"pathways.bedded_rehab.{stage}.ladder.1.after_days=0" for stage in ("home_response", "community_support")]
ONE_TEAM = """\
extends: {new_model}
units:
  team_stoke_north: null
  team_stoke_south: null
  team_newcastle: null
  team_moorlands: null
  team:
    kind: community_service
    places: {places}
    assumption: All of them in one place.
pathways:
  bedded_rehab:
    home_response:
      ladder: [{{units: team}}, {{after_days: 0.5, then: rehabilitation}}]
    community_support:
      ladder: [{{units: team}}, {{after_days: 7, units: bought_in}}]
levers: {{visits_made_once: null}}
prices: null
segments: {{group_1: {{spend: null}}, group_2: {{spend: null}}, group_3: {{spend: null}}, group_4: {{spend: null}}}}
"""
MEASURES = ("wait_days", "overflow", "delayed_fraction_of_occupied", "avoided_people")


@pytest.fixture(scope="module")
def new_model() -> Scenario:
    return bedsim.load(NEW_MODEL)


def teams_of(scenario: Scenario) -> dict[str, str]:
    """Return the home teams by locality."""
    return {unit.locality: name for name, unit in scenario.units.items() if name.startswith("team_") and unit.locality}


def test_every_locality_has_a_team_and_its_people_go_there_first(new_model: Scenario) -> None:
    """Own team at once, the others later, in both stages; nobody else's team is a first choice."""
    teams = teams_of(new_model)
    assert set(teams) == set(new_model.localities)
    for stage in ("home_response", "community_support"):
        first, lend, *_ = new_model.pathways["bedded_rehab"][stage].ladder
        for locality, team in teams.items():
            assert units_of_terms(new_model, first.unit_terms, locality, stage) == (team,)
            assert set(units_of_terms(new_model, lend.unit_terms, locality, stage)) == set(teams.values())
        assert (first.after_days, lend.assumption is not None) == (0, True)


@pytest.mark.parametrize("when", IN_ALL)
def test_places_are_split_by_people_to_whole_places(new_model: Scenario, when: date) -> None:
    """In all as many as one team would have; each within a place of its part (largest remainder)."""
    people = {name: one.population or 0.0 for name, one in new_model.localities.items()}
    places = {}
    for locality, team in teams_of(new_model).items():
        unit = new_model.units[team]
        due = [row.places for row in unit.timetable if row.date <= when and isinstance(row.places, int)]
        places[locality] = due[-1] if due else unit.places
    assert sum(int(one) for one in places.values()) == IN_ALL[when]
    for locality, mine in places.items():
        assert abs(int(mine) - IN_ALL[when] * people[locality] / sum(people.values())) < 1


@pytest.mark.parametrize(
    ("set_values", "places", "are_one"), [(AT_ONCE, 30, True), (AT_ONCE, 29, False), ([], 30, False)]
)
def test_teams_that_help_at_once_are_one_team(
    tmp_path: Path, set_values: list[str], places: int, are_one: bool
) -> None:
    """Bit for bit the same waits, delays and people avoided; not with a place less, nor when help comes after a day."""
    text = ONE_TEAM.format(new_model=NEW_MODEL, places=places)
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    short = ["time.run_length_days=500", "time.warm_up_days=100", "time.cool_down_days=60"]
    as_begun = [f"units.{team}.timetable=[]" for team in teams_of(bedsim.load(NEW_MODEL)).values()]
    plans = {
        "one": bedsim.load(tmp_path / "one.yaml", short),
        "four": bedsim.load(NEW_MODEL, [*set_values, *short, *as_begun]),
    }
    prepared = {name: prepare(plan, 100) for name, plan in plans.items()}
    one, four = Trials(1, "compiled", None, has_demand=False).run(prepared, 1).values()
    same = [np.array_equal(one.by_replication(name), four.by_replication(name)) for name in MEASURES]
    assert all(same) == are_one
