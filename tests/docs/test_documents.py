"""What the documents say of the shipped scenarios holds."""

from __future__ import annotations

from pathlib import Path

import pytest

import bedsim
from bedsim.scenario.inputs import inputs

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
SCENARIOS = [path for path in SHIPPED if path.name != "sources.yaml"]
OVERLAYS = sorted((ROOT / "scenarios" / "overlays").glob("referrals-*.yaml"))
STEP_UP = ROOT / "scenarios" / "overlays" / "step-up.yaml"
CIRCULAR = "back-solved from 132 beds at 90% and 26 days, hence no evidence that 132 is right"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_number_of_a_shipped_scenario_has_a_source_or_an_assumption(path: Path) -> None:
    """A number without source, derivation or assumption is not shipped; alone or under either overlay."""
    for overlays in ([], *([overlay] for overlay in OVERLAYS)):
        bare = [one.path for one in inputs(bedsim.load(path, overlays=overlays)) if one.provenance == "none"]
        assert bare == []


def test_people_who_step_up_may_be_laid_over_an_option() -> None:
    """Every number of theirs is explained, and over the new model of care their stage is the one that is there."""
    for name in ("option-1", "new-model-of-care"):
        scenario = bedsim.load(ROOT / "scenarios" / f"{name}.yaml", overlays=[STEP_UP])
        assert [one.path for one in inputs(scenario) if one.provenance == "none"] == []
        assert scenario.streams["from_home"].route == "step_up"
    new_model = bedsim.load(ROOT / "scenarios" / "new-model-of-care.yaml")
    assert new_model.pathways["bedded_rehab"]["step_up_bed"].ladder[-1].leave == "emergency_admission"


def test_options_are_a_few_lines_over_the_base() -> None:
    """Each option adds units to the base and changes no other number of it."""
    base = bedsim.load(ROOT / "scenarios" / "base.yaml")
    for number in range(1, 7):
        option = bedsim.load(ROOT / "scenarios" / f"option-{number}.yaml")
        assert option.status == ("verified" if number in (1, 2) else "illustrative")
        assert (option.pathways, option.streams, option.time) == (base.pathways, base.streams, base.time)
        added = {name: unit for name, unit in option.units.items() if name not in base.units}
        accepted = [u.places for u in added.values() if u.kind != "care_home" or u.rating in ("good", "outstanding")]
        assert sum(places for places in accepted if isinstance(places, int)) == 55
        assert option.units["haywood"].places == 77
    homes = [
        unit for unit in bedsim.load(ROOT / "scenarios" / "option-1.yaml").units.values() if unit.kind == "care_home"
    ]
    assert sum(unit.rating not in ("good", "outstanding") for unit in homes) == 2


def test_the_rate_of_referrals_is_said_to_be_circular_in_those_words() -> None:
    """The scenario, the README and the overlays say where 4.6, 3.8 and 5.0 come from."""
    referrals = bedsim.load(ROOT / "scenarios" / "option-1.yaml").streams["acute"].referrals
    assert referrals.per_day == 4.6
    assert CIRCULAR in " ".join((referrals.derived or "").split())
    assert CIRCULAR in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    rates = {path.stem: bedsim.load(ROOT / "scenarios" / "option-1.yaml", overlays=[path]) for path in OVERLAYS}
    assert {name: one.streams["acute"].referrals.per_day for name, one in rates.items()} == {
        "referrals-bristol": 3.8,
        "referrals-uhnm": 5.0,
    }


def test_39_percent_of_the_delay_is_drawn_and_the_dead_and_the_ill_stay_shorter() -> None:
    """Shares times mean transfer delays give 39% of 5.25 days; acute transfer 10% and death 4% have shorter needs."""
    stage = bedsim.load(ROOT / "scenarios" / "base.yaml").pathways["bedded_rehab"]["rehabilitation"]
    mean = 0.0
    for branch in stage.then.values():
        if branch.transfer_days is not None:
            assert branch.transfer_days.exponential is not None
            mean += branch.share * branch.transfer_days.exponential.mean
    assert mean == pytest.approx(0.39 * 5.25, abs=0.02)
    own = stage.needed_days.lognormal
    for name, share in (("acute_transfer", 0.10), ("died", 0.04)):
        need = stage.then[name].needed_days
        assert stage.then[name].share == share
        assert need is not None
        assert need.lognormal is not None
        assert own is not None
        assert need.lognormal.mean is not None
        assert own.mean is not None
        assert need.lognormal.mean < own.mean
