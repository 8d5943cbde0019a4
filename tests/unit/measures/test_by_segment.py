"""Every measure by segment: of whom each number is, by hand, and that segments add up to the whole."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from bedsim.engine.simpy_engine import simulate
from bedsim.measures import replication
from bedsim.measures.definitions import MEASURES, NOT_BY_SEGMENT
from bedsim.measures.demand import demand_of
from bedsim.measures.reading import Reader
from bedsim.measures.replication import measure
from bedsim.measures.tallied import SEGMENT_MIDNIGHTS
from bedsim.measures.yardstick import yardstick_of
from bedsim.patients.blueprint import Blueprint, prepare
from bedsim.patients.draw import draw
from bedsim.patients.population import NONE
from bedsim.scenario.schema import Scenario

SEGMENTS = ("segment:well", "segment:frail")


def waiting_people(hand: Any) -> list[Any]:
    """Somebody well who waits for the ward, and two frail people who end up in an escalation bed and out of area."""
    return [
        hand.Person(0.5, [hand.Ask("rehab", "ward", 0.5, 2.5, 5.0, ready=4.0)], segment="well"),
        hand.Person(1.0, [hand.Ask("rehab", "esc", 1.0, 3.0, 6.0)], segment="frail"),
        hand.Person(0.0, [hand.Ask("rehab", "away", 0.0, 2.0, 4.0)], segment="frail"),
    ]


def test_every_measure_is_given_by_segment_or_says_why_not() -> None:
    """Of segments alone or of people, or of both; otherwise the reason stands beside the table, and only then."""
    given = {name for name, one in MEASURES.items() if {"segments", "people", "avoiding"} & {*one.groups}}
    assert not given & set(NOT_BY_SEGMENT)
    assert given | set(NOT_BY_SEGMENT) == set(MEASURES)
    assert all(len(reason.split()) > 5 for reason in NOT_BY_SEGMENT.values())


def test_a_run_gives_what_the_table_promises_of_segments(hand: Any) -> None:
    """Each of the two segments has every measure that needs no levers, and none of those with a reason."""
    means = hand.measure(waiting_people(hand)).means
    for segment in SEGMENTS:
        found = {name for group, name in means if group == segment}
        assert found == set(MEASURES) - set(NOT_BY_SEGMENT) - {"avoided_people"}


def test_people_are_at_midnight_where_their_segment_is_counted(hand: Any) -> None:
    """One by one, midnight by midnight; the well are never in overflow but while they wait."""
    demand = [
        hand.Person(0.5, [hand.Ask("rehab", "ward", 0.5, 0.5, 3.0)], segment="well"),
        hand.Person(1.0, [hand.Ask("rehab", "annex", 1.0, 1.0, 4.0)], segment="frail"),
        hand.Person(0.0, [hand.Ask("rehab", "ward", 0.0, 0.0, 2.0)], segment="frail"),
    ]
    found = hand.midnights(waiting_people(hand), demand=demand)
    expected = {
        "midnight_census": ([0, 0, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]),
        "delayed_beds": ([0, 0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]),
        "waiting": ([0, 1, 1, 0, 0, 0, 0, 0], [1, 2, 1, 0, 0, 0, 0, 0]),
        "in_escalation": ([0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 0, 0]),
        "in_out_of_area": ([0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0, 0]),
        "overflow": ([0, 1, 1, 0, 0, 0, 0, 0], [1, 2, 2, 2, 1, 1, 0, 0]),
        "overflow_days": ([0, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 0, 0]),
        "demand_beds": ([0, 1, 1, 0, 0, 0, 0, 0], [1, 2, 1, 1, 0, 0, 0, 0]),
        "demand_beds_no_delay": ([0, 0, 0, 1, 1, 0, 0, 0], [0, 0, 1, 2, 1, 1, 0, 0]),
    }
    assert set(expected) == set(SEGMENT_MIDNIGHTS)
    for name, of_segments in expected.items():
        assert tuple(found[segment, name] for segment in SEGMENTS) == of_segments, name


def test_overflow_and_its_spells_are_of_segments(hand: Any) -> None:
    """Two days of the well, six in a row of the frail, nine bed-days; the most at once is 2; percentiles too."""
    found = hand.measure(waiting_people(hand))
    well, frail = SEGMENTS
    assert [found.means[one, "overflow_days_fraction"] for one in SEGMENTS] == [2 / 8, 6 / 8]
    assert [found.means[one, "overflow_bed_days"] for one in SEGMENTS] == [2, 9]
    assert [found.means[one, "longest_overflow_spell_days"] for one in SEGMENTS] == [2, 6]
    assert found.means["system", "longest_overflow_spell_days"] == 6
    assert found.maxima[frail, "overflow"] == 2
    assert found.histograms[frail, "overflow"].tolist() == [2, 3, 3]
    assert found.histograms[well, "midnight_census"].tolist() == [6, 2]


def test_stays_and_moves_are_of_segments(hand: Any) -> None:
    """The well move from the annex to the ward, stay put there and go; the frail one is out of area, and in no line.

    Ward and annex: admitted 2, left 2; three stays that ended, of 1, 2 and 1 days, of which the second ends with a
    delay of 1 day: half a day of transfer, a quarter until the leave time, a quarter without a place.
    """
    people = [
        hand.Person(
            1.0,
            [
                hand.Ask("rehab", "annex", 1.0, 1.0, 2.0),
                hand.Ask("again", "ward", 2.0, 2.0, 4.0, ready=3.0, transfer_end=3.5, go=3.75),
                hand.Ask("again", "ward", 4.0, 4.0, 5.0),
            ],
        ),
        hand.Person(1.0, [hand.Ask("rehab", "away", 1.0, 1.0, 5.0, ready=2.0)], segment="frail"),
    ]
    found = hand.measure(people)
    means, (well, frail) = found.means, SEGMENTS
    assert means[well, "admissions_per_day"] == means["system", "admissions_per_day"] == 2 / 8
    assert means[well, "discharges_per_day"] == means["system", "discharges_per_day"] == 2 / 8
    assert means[well, "los_days"] == (1 + 2 + 1) / 3
    assert means[well, "delay_days"] == 1 / 3
    assert means[well, "delayed_transfer_fraction"] == 0.5 / 4
    assert means[well, "delayed_leave_time_fraction"] == 0.25 / 4
    assert means[well, "delayed_no_place_fraction"] == 0.25 / 4
    assert found.histograms[well, "delay_days"].tolist() == [2, *[0] * 23, 1]
    assert means[frail, "admissions_per_day"] == 0
    assert np.isnan(means[frail, "los_days"])
    assert means["away", "delay_days"] == 3


def test_staff_of_segments_add_up_over_teams_that_say_what_one_makes(hand: Any) -> None:
    """A day of the well is 4 visits and three of the frail 9, of 14 a week; where one team says nothing, none is given.

    A second team makes 2 visits a day, of 7 a week by one: a day of it is 2 visits of the frail.
    """
    second = {"kind": "community_service", "visits": {"bands": [{"per_day": 2.0}], "a_week_by_one": 7.0}}
    blueprint = hand.blueprint(away=second)
    people = [
        hand.Person(1.0, [hand.Ask("support", "team", 1.0, 1.0, 2.0)]),
        hand.Person(2.0, [hand.Ask("support", "team", 2.0, 2.0, 5.0)], segment="frail"),
        hand.Person(2.0, [hand.Ask("support", "away", 2.0, 2.0, 3.0)], segment="frail"),
    ]
    means = hand.measure(people, blueprint=blueprint).means
    assert means["segment:well", "staff_needed"] == pytest.approx(4 / 8 * 7 / 14, rel=1e-12)
    assert means["segment:frail", "staff_needed"] == pytest.approx((9 / 14 + 2 / 7) / 8 * 7, rel=1e-12)
    assert means["segment:frail", "visits_freed_per_week"] == 0
    del second["visits"]["a_week_by_one"]
    means = hand.measure(people, blueprint=hand.blueprint(away=second)).means
    assert ("team", "staff_needed") in means
    assert ("segment:well", "staff_needed") not in means
    assert ("segment:well", "visits_per_week") in means


def drawn(blueprint: Blueprint) -> Reader:
    """Return what reads one replication of drawn people."""
    network, patients = blueprint.network, draw(blueprint, 5, 0)
    demand = simulate(patients, network.with_unlimited(network.planned_units))
    no_delay = simulate(patients.without_transfer(), network.with_unlimited(range(len(network.units))))
    one = yardstick_of(blueprint)
    totals = measure(blueprint, patients, simulate(patients, network), demand_of(one, patients, demand, no_delay), 0)
    return Reader(one, totals)


def differences(reader: Reader) -> list[str]:
    """Return what segments do not add up to: counts bit for bit, days to 1e-9."""
    one, rows = reader.yardstick, reader.totals.rows
    planned = np.flatnonzero(one.is_planned[:-1])
    found = []
    for name in set(SEGMENT_MIDNIGHTS) - {"overflow_days"}:
        lines = [one.midnight_keys.index((group, name)) for group in ("system", *SEGMENTS)]
        system, *segments = np.moveaxis(rows["midnights_by_year"][0][:, lines], 1, 0)
        found += [name] if sum(segments).tolist() != system.tolist() else []
    counts, days = rows["unit_counts_by_year"][0][:, planned], rows["unit_days_by_year"][0][:, planned]
    found += ["counts"] if (rows["segment_counts_by_year"][0].sum(axis=1) != counts.sum(axis=1)).any() else []
    found += ["days"] if abs(rows["segment_days_by_year"][0].sum(axis=1) - days.sum(axis=1)).max() > 1e-9 else []
    delays = [reader.counts(group, "delay_days", "all") for group in ("system", *SEGMENTS)]
    system, *segments = (np.pad(counts, (0, len(delays[0]) - len(counts))) for counts in delays)
    found += ["delays"] if sum(segments).tolist() != system.tolist() else []
    for name, spec in MEASURES.items():
        added = {ratio.bottom for ratio in spec.ratios if ratio.groups in ("people", "segments")} & {"days", "one"}
        if added and name not in ("longest_overflow_spell_days", "overflow_days_fraction", "avoided_people"):
            keys, values = reader.means(name)
            means = dict(zip(keys, values[0], strict=True))
            if name == "planned_beds_taken":
                means["system", name, "all"] = days[..., 0].sum() / one.calendar.n_days
            whole = means["system", name, "all"]
            if sum(means[segment, name, "all"] for segment in SEGMENTS) != pytest.approx(whole, rel=1e-9, abs=1e-12):
                found.append(name)
    return found


def test_segments_add_up_to_the_system(hand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of drawn people whatever is counted or added up; planted: a unit, or a waiting list, that one segment misses."""
    blueprint = hand.blueprint(n_days=200)
    reader = drawn(blueprint)
    assert reader.totals.rows["segment_counts_by_year"].sum(axis=(0, 1, 3)).min() > 50
    assert differences(reader) == []
    rules = reader.yardstick.rules
    missing = rules.counts_among.copy()
    missing[blueprint.units.index("annex")] = NONE
    for planted in ({"counts_among": missing}, {"own_line": np.array([rules.own_line[0], NONE])}):
        other = dataclasses.replace(reader.yardstick, rules=rules._replace(**planted))
        monkeypatch.setattr(replication, "yardstick_of", lambda _, other=other: other)
        assert differences(drawn(blueprint))


def test_without_segments_nothing_is_counted_of_them_and_the_rest_is_the_same(hand: Any) -> None:
    """The same people, since segments move nobody: the same numbers, but for the order in which people's waits are
    added up; and no row is wider."""
    scenario = hand.scenario(n_days=60)
    tree = json.loads(scenario.model_dump_json(by_alias=True, exclude_unset=True))
    del tree["segments"]
    for stream in tree["streams"].values():
        del stream["segments"]
    plain, segmented = (drawn(prepare(one, 4)) for one in (Scenario.model_validate_json(json.dumps(tree)), scenario))
    assert plain.totals.rows["segment_days_by_year"].shape[2] == 0
    assert plain.totals.rows["midnights_by_year"].shape[2] == plain.yardstick.n_lines_by_month
    for name in MEASURES:
        (keys, values), (more_keys, more_values) = plain.means(name), segmented.means(name)
        chosen = [more_keys.index(key) for key in keys]
        assert np.allclose(values, more_values[:, chosen], rtol=1e-13, atol=0.0, equal_nan=True), name
        assert {key[0] for key in more_keys} - {key[0] for key in keys} <= set(SEGMENTS)
        for key in plain.histogram_keys(name):
            assert plain.counts(*key).tolist() == segmented.counts(*key).tolist()
