"""The rules between entities: each has a case that triggers it, and a good scenario triggers none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bedsim.scenario import checks, load
from tests.unit.scenario.good import GOOD, line_of, problems_of, spoiled, written

if TYPE_CHECKING:
    from pathlib import Path

MANY_STAGES = "".join(f"    s{i}: {{needed_days: {{constant: 1}}, ladder: [{{units: team}}]}}\n" for i in range(50))
BASE_RATE = GOOD[GOOD.index("per_day: 4.6") : GOOD.index("      booked")]
BY_SEGMENT = "by_segment: {well: {per_1000_a_year: 5}, frail: {per_1000_a_year: 30}}\n"
VISITED_TWICE = """places: unlimited, visits: {bands: [{per_day: 1}], duplicated: 0.2, assumption: x}}
levers:
  once: {start: 2026-05-01, visit_deduplication: {share: 0.15, units: [team]}, assumption: alone it may}
  twice: {start: 2026-05-01, visit_deduplication: {share: 0.15, units: [team]}, assumption: together they may not}
pathways"""
THIRTY_MORE = "  - {stream: step_down, unit: haywood, stage: support, patients: 30, assumption: more}\n"
CLOSED_AT_FIRST = "    timetable: [{date: 2025-04-01, accepting: false}]\n"
TEAM = "places: unlimited}\npathways"
INSPECTED = "quality_gate: {inspections: {interval_days: 700, transitions: {good: {good: 1.0}}}}\n"
SHRUNK_AT_FIRST = "    timetable: [{date: 2025-04-01, beds: 70}, {date: 2025-04-01, beds: 53}]\n"
LEVER = "levers:\n  x: {{start: 2026-10-01, {}, assumption: a try}}\npresent_at_start:\n"
SIX_TENTHS = "  y: {start: 2026-10-01, admission_avoidance: {share: 0.6}, assumption: another}\npresent_at_start:\n"
AVOIDING = LEVER.format("admission_avoidance: {share: 0.5}, reach: {}")
PRICES = """\
prices:
  price_year: 2025
  assumption: a test
  index: {first_year: 2020, levels: [80, 90, 95, 98, 99, 100], assumption: a test}
  units:
    community_hospital:
      open_day: {payer: icb, pounds: 300, year: 2020, assumption: a test}
    far:
      occupied_day: {payer: icb, pounds: 400, year: 2021, assumption: a test}
    acute:
      fixed_a_year: {payer: other, pounds: 5, year: 2025, assumption: a test}
  acute_day_lost: {payer: icb, pounds: 345, year: 2022, assumption: a test}
  outcomes:
    died: {payer: icb, pounds: 7, year: 2023, assumption: a test}
  budgets:
    frail: {pounds_a_year: 1000, year: 2024, assumption: a test}
"""
"""Laid into the good scenario; nothing in it is wrong."""


def priced(old: str, new: str, field: str) -> tuple[str, str, str]:
    """Return a case in which a piece of the prices is another."""
    assert PRICES.count(old) == 1, old
    return "present_at_start:\n", f"{PRICES.replace(old, new)}present_at_start:\n", field


INDEXED = "prices: {price_year: 2025, index: {first_year: 2020, levels: [8, 8, 8, 9, 9, 9]}}\n"
CASES: dict[str, list[tuple[str, str, str]]] = {
    "years_are_in_the_index": [
        priced("price_year: 2025", "price_year: 2026", "prices.price_year"),
        priced("year: 2020, as", "year: 2019, as", "community_hospital.open_day.year"),
        priced("year: 2024", "year: 2034", "budgets.frail.year"),
        priced("pounds: 345, year: 2022", "pounds: 345, year: 1999", "acute_day_lost.year"),
    ],
    "prices_are_of_known_units": [priced("    far:", "    fur:", "prices.units.fur")],
    "open_days_are_of_a_number_of_places": [priced("occupied_day", "open_day", "units.far.open_day")],
    "visits_with_a_price_are_counted": [priced("occupied_day", "visit", "units.far.visit")],
    "outcomes_with_a_price_are_known": [
        priced("    died:", "    with_support:", "outcomes.with_support"),
        priced("    died:", "    dead:", "outcomes.dead"),
    ],
    "budgets_are_of_segments": [priced("    frail:", "    frale:", "budgets.frale")],
    "acute_days_are_charged_once": [
        (
            "units:\n  haywood",
            f"{PRICES.replace('fixed_a_year', 'occupied_day')}units:\n  annexe: {{kind: acute, places: 1}}\n  haywood",
            "prices.acute_day_lost",
        )
    ],
    "source_is_listed": [
        ("assumption: a short run}", "source: adit}", "time.source"),
        ("cv: 0.5}, source: audit}", "cv: 0.5}, source: audt}", "support.needed_days.source"),
    ],
    "unit_has_a_name_of_its_own": [("  team: {", "  acute: {kind: acute, places: 1}\n  team: {", "units.acute")],
    "unit_locality_is_known": [("locality: stoke\n", "locality: stok\n", "units.haywood.locality")],
    "stream_localities_are_known": [("{stoke: 0.9, ", "{stok: 0.9, ", "localities.shares.stok")],
    "stream_pathway_is_known": [("pathway: bedded_rehab", "pathway: rehab", "step_down.pathway")],
    "stream_starts_are_known": [
        ("    referrals:\n", "    start: {rehabilitaton: 1}\n    referrals:\n", "start.rehabilitaton")
    ],
    "next_stage_is_known": [("next: support", "next: support_x", "then.with_support.next")],
    "pathway_is_short_enough": [("    support:\n", f"{MANY_STAGES}    support:\n", "pathways.bedded_rehab")],
    "care_home_is_rated": [("leek, rating: good, assumption", "leek, assumption", "units.home_ash")],
    "unlimited_places_need_no_cleaning": [
        ("{kind: out_of_area,", "{turnover_days: 0.5, kind: out_of_area,", "units.far.turnover_days")
    ],
    "places_follow_a_rate": [
        (TEAM, "places: 9, places_follow: {stream: step_dawn, per_day: 4.6}}\npathways", "team.places_follow.stream"),
        (TEAM, "places: unlimited, places_follow: {stream: step_down, per_day: 4.6}}\npathways", "team.places_follow"),
        (
            "{date: 2026-12-01, beds: 20}\n",
            "{date: 2026-12-01, beds: 20}\n    places_follow: {stream: step_down, per_day: 4.6}\n",
            "leek_moor.places_follow",
        ),
    ],
    "range_holds_its_number": [
        ("range: {mean: [18, 26]}", "range: {mean: [22, 26]}", "needed_days.range.mean"),
        ("range: {mean: [18, 26]}", "range: {mean: [26, 18]}", "needed_days.range.mean"),
        ("range: {mean: [18, 26]}", "range: {sd: [18, 26]}", "needed_days.range.sd"),
        ("range: {beds: [50, 70]}", "range: {beds: [80, 90]}", "units.haywood.range.beds"),
        (
            "{gamma: {mean: 40, cv: 0.5},",
            "{constant: 9, range: {constant: [10, 12]},",
            "support.needed_days.range.constant",
        ),
        (
            "{gamma: {mean: 40, cv: 0.5},",
            "{mixture: [{constant: 9, weight: 1}], range: {mean: [1, 2]},",
            "support.needed_days.range.mean",
        ),
    ],
    "range_ends_are_allowed": [
        ("range: {per_day: [3.8, 5.0]}", "range: {per_day: [-1, 6]}", "referrals.range.per_day"),
        ("range: {mean: [18, 26]}", "range: {mean: [0, 28]}", "needed_days.range.mean"),
        (
            "{lognormal: {mean: 21, cv: 0.7}, source: audit, range: {mean: [18, 26]}}",
            "{lognormal: {median: 18, mean: 21}, source: audit, range: {mean: [16, 28]}}",
            "needed_days.range.mean",
        ),
        (
            "{gamma: {mean: 40, cv: 0.5},",
            "{mixture: [{constant: 9, weight: 1, range: {constant: [-1, 10]}}],",
            "mixture.0.range.constant",
        ),
    ],
    "segments_cover_the_population": [("population: 270000", "population: 290000", "segments")],
    "segment_has_a_name_of_its_own": [("  well: {name", "  nobody: {name", "segments.nobody")],
    "rates_are_of_segments": [
        (BASE_RATE, f"{BY_SEGMENT[:-2]}, frale: {{per_1000_a_year: 1}}}}\n", "by_segment.frale"),
        (BASE_RATE, "by_segment: {well: {per_1000_a_year: 1}}\n", "referrals.by_segment"),
    ],
    "streams_are_of_segments": [
        ("{well: 0.7, frail: 0.3}", "{well: 0.7, frale: 0.3}", "shares.frale"),
        ("    segments: {shares: {well: 0.7, frail: 0.3}, assumption: a guess}\n", "", "streams.step_down"),
    ],
    "spend_can_be_brought_to_a_year": [
        ("population: 9200, a", "population: 9200, spend: {pounds_a_year: 9, year: 2024}, a", "segments.frail.spend"),
        (
            "population: 9200, assumption: a guess}\n",
            f"population: 9200, spend: {{pounds_a_year: 9, year: 2015}}, assumption: a guess}}\n{INDEXED}",
            "segments.frail.spend.year",
        ),
    ],
    "public_shares_are_of_segments": [
        (
            "units:\n  haywood:",
            "public_shares: {frail: {segments: [frale], people: [0.02, 0.04], money: [0.3, 0.4]}}\nunits:\n  haywood:",
            "public_shares.frail.segments.0",
        )
    ],
    "ladder_terms_are_known": [
        ("units: nearest(community_hospital)", "units: haywod", "ladder.0.units"),
        ("units: nearest(community_hospital)", "units: nearest(comunity_hospital)", "ladder.0.units"),
        ("[care_home, home_ash]", "[care_home, home_asch]", "ladder.1.units.1"),
        ("units: nearest(community_hospital)", "units: own(comunity_hospital)", "ladder.0.units"),
    ],
    "rung_names_something": [("units: nearest(community_hospital)", "units: []", "ladder.0.units")],
    "then_rung_leads_to_a_known_stage": [("units: far, assumption", "then: support_x, assumption", "ladder.2.then")],
    "then_rungs_do_not_come_back": [
        ("units: far, assumption", "then: rehabilitation, assumption", "rehabilitation.ladder.2.then")
    ],
    "home_below_minimum_is_not_named": [("home_ash], assumption", "home_elm], assumption", "ladder.1.units.1")],
    "ladder_has_a_way_out": [
        ("community_service, places: unlimited", "community_service, places: 0", "support.ladder"),
        ("ladder: [{units: team}]", "ladder: [{units: virtual_ward}]", "support.ladder"),
        ("ladder: [{units: team}]", "ladder: [{units: own(community_service)}]", "support.ladder"),
        ("ladder: [{units: team}]", "ladder: [{units: own(care_home)}]", "support.ladder"),
        ("ladder: [{units: team}]", "ladder: [{units: leek_moor, keep_free: 20}]", "support.ladder"),
    ],
    "journey_comes_to_an_end": [
        (
            "ladder: [{units: team}]",
            "ladder: [{units: team}]\n      then: {back: {share: 1, next: support}}",
            "support.then",
        )
    ],
    "lever_reaches_known_people": [
        ("present_at_start:\n", AVOIDING.replace("{}", "{streams: [step_dwn]}"), "levers.x.reach.streams.0"),
        ("present_at_start:\n", AVOIDING.replace("{}", "{segments: [group_9]}"), "levers.x.reach.segments.0"),
        ("present_at_start:\n", AVOIDING.replace("{}", "{localities: [lek]}"), "levers.x.reach.localities.0"),
    ],
    "lever_leads_to_a_known_stage": [
        ("present_at_start:\n", LEVER.format("home_first: {share: 0.1, instead: support_x}"), "home_first.instead")
    ],
    "lever_changes_known_things": [
        ("present_at_start:\n", LEVER.format("stay_reduction: {factor: 0.9, stages: [rehab]}"), "stages.0"),
        ("present_at_start:\n", LEVER.format("delay_reduction: {factor: 0.9, reasons: [papers]}"), "reasons.0"),
        ("present_at_start:\n", LEVER.format("visit_deduplication: {share: 0.1, units: [taem]}"), "units.0"),
    ],
    "levers_leave_somebody": [("present_at_start:\n", AVOIDING.replace("present_at_start:\n", SIX_TENTHS), "levers.y")],
    "visits_made_twice_are_known": [
        (
            "present_at_start:\n",
            LEVER.format("visit_deduplication: {share: 0.1, units: [team]}"),
            "deduplication.units",
        ),
        (TEAM, VISITED_TWICE, "twice.visit_deduplication.share"),
    ],
    "inspected_rating_has_a_row": [("units:\n  haywood:", f"{INSPECTED}units:\n  haywood:", "inspections.transitions")],
    "spot_places_are_a_care_homes": [
        (TEAM, "places: 9, spot: {places: 2, chance: 0.5}}\npathways", "units.team.spot"),
        ("beds: 20, locality: leek,", "beds: unlimited, locality: leek, spot: {beds: 2, chance: 1},", "home_ash.spot"),
    ],
    "stages_taken_are_known": [("beds: 10, rating", "beds: 10, takes: [rehab], rating", "units.home_elm.takes.0")],
    "unit_named_takes_the_stage": [
        ("beds: 20, locality: leek,", "beds: 20, locality: leek, takes: [support],", "rehabilitation.ladder.1.units"),
    ],
    "start_is_a_sensible_date": [("start: 2026-04-01", "start: 0026-04-01", "time.start")],
    "timetable_is_within_the_run": [
        ("date: 2026-12-01, beds", "date: 2028-12-01, beds", "leek_moor.timetable.0.date"),
        ("date: 2026-12-01, beds", "date: 2027-06-30, beds", "leek_moor.timetable.0.date"),
        ("date: 2026-12-01, beds", "date: 2025-03-31, beds", "leek_moor.timetable.0.date"),
    ],
    "surge_is_within_the_run": [
        ("until: 2027-02-01", "until: 2027-07-01", "surges.0.until"),
        ("from: 2026-12-01", "from: 2016-12-01", "surges.0.from"),
    ],
    "booking_is_within_the_run": [("{date: 2026-05-01, pat", "{date: 2036-05-01, pat", "booked.0.date")],
    "counts_cover_some_of_the_run": [
        (BASE_RATE, "observed_csv: old.csv\n", "referrals.observed_csv"),
        (BASE_RATE, "expected_csv: expected.csv\n", "referrals.expected_csv"),
    ],
    "people_present_are_somewhere_known": [
        ("unit: haywood, stage", "unit: haywod, stage", "present_at_start.0.unit"),
        ("{stream: step_down, unit", "{stream: step_up, unit", "present_at_start.0.stream"),
        ("stage: rehabilitation,", "stage: rehab,", "present_at_start.0.stage"),
        ("  - {stream: step_down", "  - {line_list_csv: people.csv}\n  - {stream: step_down", "0.line_list_csv"),
    ],
    "people_present_fit_in": [
        ("fraction: 0.9", "patients: 61", "present_at_start.0.patients"),
        ("unit: haywood, stage", "unit: far, stage", "present_at_start.0.fraction"),
        ("  - {stream: step_down", "  - {line_list_csv: crowd.csv}\n  - {stream: step_down", "0.line_list_csv"),
        ("  - {stream: step_down", f"{THIRTY_MORE}  - {{stream: step_down", "present_at_start.1.fraction"),
        ("    assumption: as planned\n    range", f"{CLOSED_AT_FIRST}    assumption: x\n    range", "0.fraction"),
        ("    assumption: as planned\n    range", f"{SHRUNK_AT_FIRST}    assumption: x\n    range", "0.fraction"),
    ],
    "people_present_need_a_stated_warm_up": [("warm_up_days: 365", "warm_up_days: auto", "time.warm_up_days")],
}
TABLES = {
    "old.csv": "date,referrals\n1999-01-01,3\n",
    "expected.csv": "date,expected_per_day\n2040-01-01,3\n",
    "people.csv": "stream,unit,stage,residual_days\nstep_down,haywood,support,3\nstep_down,hawood,support,3\n",
    "crowd.csv": "stream,unit,stage,residual_days\n" + "step_down,leek_moor,support,3\n" * 16,
}


def test_the_good_scenario_breaks_no_rule(tmp_path: Path) -> None:
    """Nothing is refused that is right."""
    load(written(tmp_path, GOOD))


def test_good_prices_break_no_rule(tmp_path: Path) -> None:
    """Of units, of kinds (also of one that no unit is of), of outcomes, waits and segments."""
    prices = load(written(tmp_path, spoiled("present_at_start:\n", f"{PRICES}present_at_start:\n"))).prices
    assert prices is not None
    assert prices.today(300, 2020) == 300 * 100 / 80


@pytest.mark.parametrize(
    ("old", "new", "field", "found"),
    [
        ("payer: icb, pounds: 300", "payer: ccg, pounds: 300", "open_day.payer", "ccg"),
        ("pounds: 300, year: 2020", "pounds: 300", "open_day.year", "missing"),
        ("pounds: 300", "pounds: -300", "open_day.pounds", "-300"),
        ("pounds: 300", "pounds: .nan", "open_day.pounds", "nan"),
        ("levels: [80, 90, 95, 98, 99, 100]", "levels: []", "index.levels", "a list of 0"),
        ("levels: [80,", "levels: [0,", "index.levels.0", "0"),
        ("open_day: {payer: icb", "open_days: {payer: icb", "community_hospital.open_days", "unknown"),
        ("price_year: 2025", "price_year: '=1+1'", "prices.price_year", "=1+1"),
    ],
)
def test_a_price_that_is_none_is_a_sentence(tmp_path: Path, old: str, new: str, field: str, found: str) -> None:
    """Without a year, of nobody, below nothing, of an index without levels."""
    assert PRICES.count(old) == 1
    text = spoiled("present_at_start:\n", f"{PRICES.replace(old, new)}present_at_start:\n")
    problems = problems_of(written(tmp_path, text))
    told = {one.field: one.found for one in problems}
    assert any(name.endswith(field) and found in told[name] for name in told), told


def test_every_rule_has_a_case() -> None:
    """A rule without a case that triggers it is not a rule."""
    assert set(CASES) == {rule.__name__ for rule in checks.RULES}


@pytest.mark.parametrize(
    ("rule", "old", "new", "field"), [(rule, *case) for rule, cases in CASES.items() for case in cases]
)
def test_a_rule_finds_its_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str, old: str, new: str, field: str
) -> None:
    """The rule alone reports the case, at the field and line where it was written."""
    monkeypatch.setattr(checks, "RULES", tuple(one for one in checks.RULES if one.__name__ == rule))
    for name, table in TABLES.items():
        written(tmp_path, table, name)
    text = spoiled(old, new)
    (problem,) = problems_of(written(tmp_path, text))
    assert problem.field.endswith(field)
    last = [key for key in field.split(".") if not key.isdecimal()][-1]
    assert last in text.splitlines()[problem.line - 1]


def test_the_nearest_known_name_is_suggested(tmp_path: Path) -> None:
    """A misspelt unit or kind is answered with what was probably meant."""
    (first,) = problems_of(written(tmp_path, spoiled("units: nearest(community_hospital)", "units: haywod")))
    assert first.remedy == "haywood"
    text = spoiled("units: nearest(community_hospital)", "units: nearest(comunity_hospital)")
    (second,) = problems_of(written(tmp_path, text))
    assert second.remedy == "nearest(community_hospital)"


def test_people_may_be_present_in_a_home_below_the_minimum(tmp_path: Path) -> None:
    """The gate stops admissions; those who are there may stay."""
    text = spoiled("unit: haywood, stage", "unit: home_elm, stage").replace("fraction: 0.9", "patients: 3")
    load(written(tmp_path, text))


@pytest.mark.parametrize(
    "timetable",
    [
        "[{date: 2025-04-02, accepting: false}]",
        "[{date: 2025-04-02, beds: 0}]",
        "[{date: 2025-04-01, hour: 1, beds: 0}]",
        "[{date: 2025-04-01, accepting: false}, {date: 2025-04-01, accepting: true, beds: 54}]",
        "[{date: 2025-04-01, beds: 54}]",
    ],
)
def test_people_present_need_their_places_at_the_first_instant_only(tmp_path: Path, timetable: str) -> None:
    """54 people in 60 beds: what happens later, or is taken back at the first instant, does no harm."""
    load(written(tmp_path, spoiled("    locality: stoke\n", f"    locality: stoke\n    timetable: {timetable}\n")))


@pytest.mark.parametrize(
    ("timetable", "found", "remedy"),
    [
        (CLOSED_AT_FIRST, "54 in haywood, which is closed", "close it a day after the start, on 2025-04-02"),
        (SHRUNK_AT_FIRST, "54 in haywood, which has 53", "shrink it a day after the start, on 2025-04-02"),
    ],
)
def test_a_unit_closed_or_shrunk_too_soon_is_told_when_it_may_be(
    tmp_path: Path, timetable: str, found: str, remedy: str
) -> None:
    """The remedy names the first day that will do."""
    (problem,) = problems_of(written(tmp_path, spoiled("    locality: stoke\n", f"    locality: stoke\n{timetable}")))
    assert problem.found.startswith(found)
    assert problem.remedy == remedy


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("date: 2026-12-01, beds", "date: 2026-03-22, beds", "units.leek_moor.timetable.0.date"),
        ("from: 2026-12-01", "from: 2026-03-22", "streams.step_down.referrals.surges.0.from"),
        ("date: 2026-05-01, pat", "date: 2026-03-22, pat", "streams.step_down.referrals.booked.0.date"),
    ],
)
def test_with_an_automatic_warm_up_dates_begin_with_the_start(tmp_path: Path, old: str, new: str, field: str) -> None:
    """With `auto` the first day of the run is not known yet: an earlier date needs a stated warm-up, as it says."""
    text = spoiled(old, new)
    load(written(tmp_path, text))
    path = written(tmp_path, text.replace("warm_up_days: 365", "warm_up_days: auto"))
    (problem,) = problems_of(path, ["present_at_start=null"])
    assert problem.field == field
    assert "time.warm_up_days: 10" in problem.remedy


@pytest.mark.parametrize("key", ["expected_csv", "observed_csv"])
def test_a_file_of_referrals_may_begin_before_the_start(tmp_path: Path, key: str) -> None:
    """It need only overlap with the run, also while the warm-up is `auto`."""
    column = "expected_per_day" if key == "expected_csv" else "referrals"
    written(tmp_path, f"date,{column}\n2017-01-01,3\n2026-04-01,3\n", "counts.csv")
    text = spoiled(BASE_RATE, f"{key}: counts.csv\n").replace("warm_up_days: 365", "warm_up_days: auto")
    load(written(tmp_path, text), ["present_at_start=null"])


def test_ends_that_are_run_together_are_judged_together(tmp_path: Path) -> None:
    """A median of 19 is above the mean of 18.5 alone, but not beside that range's own high end."""
    old = "{lognormal: {mean: 21, cv: 0.7}, source: audit, range: {mean: [18, 26]}}"
    new = "{lognormal: {median: 18, mean: 18.5}, source: audit, range: {median: [15, 19], mean: [17, 26]}}"
    load(written(tmp_path, spoiled(old, new)))


def test_a_wrong_unit_makes_no_ladder_wrong(tmp_path: Path) -> None:
    """Names that were written count as known, though what they name is wrong."""
    text = spoiled("  team: {kind: community_service", "  team: {kind: comunity_service")
    (problem,) = problems_of(written(tmp_path, text))
    assert problem.field == "units.team.kind"
    assert problem.line == line_of(text, "team: {kind")


def test_wrong_times_and_wrong_sections_raise_no_false_alarm(tmp_path: Path) -> None:
    """What depends on a broken section is not reported with it."""
    (problem,) = problems_of(written(tmp_path, spoiled("start: 2026-04-01", "start: soon")))
    assert problem.field == "time.start"
    text = spoiled("localities:\n", "localities: 3\nlocalites:\n")
    assert [problem.field for problem in problems_of(written(tmp_path, text))] == ["localities", "localites"]


def test_people_listed_as_present_need_a_way_out_too(tmp_path: Path) -> None:
    """A team in each locality looks after everybody who is referred, and nobody who is listed without one."""
    text = spoiled("ladder: [{units: team}]", "ladder: [{units: own(community_service)}]")
    text = text.replace("  team: {kind: community_service", "  moors: {locality: leek, kind: community_service", 1)
    text = text.replace("units:\n", "units:\n  city: {locality: stoke, kind: community_service, places: 9}\n", 1)
    text = text.replace("present_at_start:\n", "present_at_start:\n  - {line_list_csv: there.csv}\n", 1)
    listed = "stream,unit,stage,residual_days,locality\nstep_down,haywood,rehabilitation,3,"
    written(tmp_path, f"{listed}leek\n", "there.csv")
    load(written(tmp_path, text))
    written(tmp_path, f"{listed}\n", "there.csv")
    (problem,) = problems_of(written(tmp_path, text))
    assert problem.field.endswith("support.ladder")
    assert problem.found.endswith("admits for people of no locality")


def test_a_unit_that_opens_later_is_a_way_out(tmp_path: Path) -> None:
    """Places of 0 are no dead end if the timetable brings some."""
    later = "community_service, places: 0, timetable: [{date: 2026-09-01, places: 5}]"
    text = spoiled("community_service, places: unlimited", later)
    load(written(tmp_path, text))
