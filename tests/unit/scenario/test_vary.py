"""One number of a scenario: it is found by its path, put in the place of another, and nothing else changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bedsim.errors import BedsimError
from bedsim.scenario.schema import Scenario
from bedsim.scenario.vary import lever, varied
from tests.small import small_scenario, small_tree

SMALL = small_scenario()
RATE, MEAN = "streams.acute.referrals.per_day", "pathways.rehab.first.needed_days.lognormal.mean"


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Return where two dumped scenarios differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [p for key in one | other for p in differences(one.get(key), other.get(key), f"{path}.{key}")]
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return [p for i, (a, b) in enumerate(zip(one, other, strict=True)) for p in differences(a, b, f"{path}.{i}")]
    return [] if one == other else [path.removeprefix(".")]


@pytest.mark.parametrize(
    ("name", "value", "ends"),
    [
        ("units.ward_a.places", 6, None),
        (" units.ward_a.beds ", 6, None),
        (RATE, 0.6, (0.4, 0.8)),
        (MEAN, 15, (12, 20)),
        ("pathways.rehab.first.ladder.1.after_days", 3, None),
        ("pathways.rehab.first.needed_days.lognormal.cv", 0.7, None),
    ],
)
def test_a_path_finds_its_number_and_its_stated_range(
    name: str, value: float, ends: tuple[float, float] | None
) -> None:
    """As in `--set`, lists by index; `beds` is a synonym of places; a range states which number it is of."""
    found = lever(SMALL, name)
    assert (found.value, found.range) == (value, ends)
    assert found.name == name.strip().replace("beds", "places")
    assert found.is_places == ("ward" in name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("units.ward_c.places", "units has no 'ward_c'. Try units.ward_b."),
        ("unit.ward_a.places", "the scenario has no 'unit'. Try units."),
        ("units.ward_a.places.x", "units.ward_a.places has no 'x'."),
        ("pathways.rehab.first.ladder.7.after_days", "pathways.rehab.first.ladder has no '7'."),
        ("units.ward_a", "a group is there"),
        ("units.away.places", "'unlimited' is there"),
        ("status", "'worked_example' is there"),
        ("units.ward_a.coordinates", "nothing is there"),
        ("", "the scenario has no ''."),
        ("\x1b[31m$(rm -rf /)", "has no '\\x1b[31m$(rm -rf /)'."),
    ],
)
def test_a_path_that_names_no_number_is_a_sentence(name: str, says: str) -> None:
    """It says what was found there and what to try; nothing of it reaches the terminal but text."""
    with pytest.raises(BedsimError) as error:
        lever(SMALL, name)
    assert says in str(error.value)
    assert "\x1b" not in str(error.value)


def test_a_very_long_path_gives_a_short_sentence() -> None:
    """What was typed is shown from its beginning."""
    with pytest.raises(BedsimError) as error:
        lever(SMALL, "x" * 100_000)
    assert len(str(error.value)) < 500


def test_places_that_a_timetable_changes_are_not_one_number() -> None:
    """The sentence names the timetable, whose rows can be varied; a timetable of other things does no harm."""
    tree = small_tree()
    tree["units"]["ward_a"]["timetable"] = ({"date": date(2026, 5, 1), "places": 9},)
    moving = Scenario.model_validate(tree)
    with pytest.raises(BedsimError, match=r"has a timetable .* Try units\.ward_a\.timetable\.0\.places, the last"):
        lever(moving, "units.ward_a.beds")
    earlier = {"date": date(2026, 4, 9), "places": 8}
    tree["units"]["ward_a"]["timetable"] = ({"date": date(2026, 5, 1), "places": 9}, earlier)
    with pytest.raises(BedsimError, match=r"timetable\.0\.places, the last of them"):
        lever(Scenario.model_validate(tree), "units.ward_a.beds")
    row = lever(moving, "units.ward_a.timetable.0.places")
    assert (row.value, row.is_places) == (9, True)
    timetable = varied(moving, {row: 11}).units["ward_a"].timetable
    assert [one.places for one in timetable] == [11]
    tree["units"]["ward_a"]["timetable"] = ({"date": date(2026, 5, 1), "accepting": False},)
    assert lever(Scenario.model_validate(tree), "units.ward_a.beds").value == 6


def test_only_the_number_and_its_range_change() -> None:
    """The range of the number goes, because it was around another; every other number and range stays."""
    levers = {lever(SMALL, "units.ward_a.beds"): 9.0, lever(SMALL, MEAN): 20.0}
    changed = varied(SMALL, levers)
    assert changed.units["ward_a"].places == 9
    assert isinstance(changed.units["ward_a"].places, int)
    assert set(differences(SMALL.model_dump(by_alias=True), changed.model_dump(by_alias=True))) == {
        "units.ward_a.places",
        MEAN,
        "pathways.rehab.first.needed_days.range",
    }
    assert changed.streams["acute"].referrals.range is not None
    assert (changed.slug, changed.variations) == (SMALL.slug, SMALL.variations)


def test_the_same_value_again_is_the_same_scenario_without_its_range() -> None:
    """Putting the number where it is changes nothing that is simulated."""
    rate = lever(SMALL, RATE)
    same = varied(SMALL, {rate: rate.value})
    assert differences(SMALL.model_dump(by_alias=True), same.model_dump(by_alias=True)) == [
        "streams.acute.referrals.range"
    ]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("units.ward_a.places", -1, "with units.ward_a.places = -1 the scenario makes no sense"),
        (RATE, -0.5, "greater than or equal to 0"),
        ("pathways.rehab.first.then.home.share", 0.3, "sum to 1, but is 0.8"),
        ("time.run_length_days", 1e9, "less than or equal to 36525"),
    ],
)
def test_a_value_that_makes_no_sense_is_a_sentence(name: str, value: float, says: str) -> None:
    """It names the number, the value and the rule that it breaks."""
    with pytest.raises(BedsimError) as error:
        varied(SMALL, {lever(SMALL, name): value})
    assert says in str(error.value)
    assert "Value error" not in str(error.value)
    assert "|" not in str(error.value)


def test_a_ladder_without_a_way_out_is_found() -> None:
    """Rules that span the scenario hold for what comes out too: two wards without a place, nowhere else to go."""
    tree = small_tree()
    tree["pathways"]["rehab"]["first"]["ladder"] = ({"units": ("ward_a", "ward_b")},)
    scenario = Scenario.model_validate(tree)
    levers = {lever(scenario, f"units.{ward}.beds"): 0.0 for ward in ("ward_a", "ward_b")}
    with pytest.raises(BedsimError, match="must have a way out"):
        varied(scenario, levers)
