"""What moves the bed number, in words, tables and a picture."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from bedsim.analysis.sensitivity import sensitivity
from bedsim.analysis.sensitivity_found import Sensitivity
from bedsim.report.sensitivity import (
    effect_rows,
    label,
    no_effect,
    opening,
    sensitivity_payload,
    split_rows,
    tornado_table,
)
from bedsim.report.sensitivity_plot import sensitivity_picture
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    """Return a small analysis with one range that does nothing; the title holds markup."""
    tree = small_tree() | {"title": "A [b]small[/b] system", "travel": {"km_per_hour": 40, "detour_factor": 1.3}}
    tree["travel"] |= {"range": {"km_per_hour": (30, 50)}, "assumption": "x"}
    return sensitivity(Scenario.model_validate(tree), 6, 1, 8)


def shown(cell: object) -> str:
    """Return a cell as a terminal shows it."""
    console = Console(width=120, file=(page := io.StringIO()))
    console.print(cell)
    return page.getvalue().rstrip()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("streams.acute.referrals.per_day", "acute: referrals, per day"),
        ("streams.acute.referrals.growth.per_year", "acute: referrals, growth, per year"),
        ("pathways.rehab.first.needed_days.lognormal.mean", "first: needed days, mean"),
        ("pathways.rehab.first.ladder.1.after_days", "first: ladder, 1, after days"),
        ("pathways.rehab.first.then.home.transfer_days.exponential.mean", "first, home: transfer days, mean"),
        ("units.ward_a.places", "ward a: places"),
        ("travel.km_per_hour", "km per hour"),
    ],
)
def test_a_path_in_words_says_whose_number_it_is(name: str, words: str) -> None:
    """Names of things, then of the number."""
    assert label(name) == words


def test_several_numbers_that_move_together_are_counted() -> None:
    """What differs is left out."""
    assert label("pathways.rehab.first.then.*.share", 4) == "first: share (4 together)"


def test_the_opening_gives_the_numbers_as_they_are(found: Sensitivity) -> None:
    """Whole beds, beds with fractions and their interval, and the mean overflow; the mark before the title."""
    value, low, high = found.value("beds")
    assert low is not None
    assert low < value < found.whole_beds + 1e-9
    assert opening(found).startswith("WORKED EXAMPLE. A [b]small[/b] system. ")
    assert f"{found.whole_beds} beds would be enough on 95% of days" in opening(found)
    assert f"{value:.1f} ({low:.1f} to {high:.1f}) with fractions of a bed" in opening(found)


def test_what_has_no_effect_stands_in_one_line(found: Sensitivity) -> None:
    """Travel moves nobody."""
    assert no_effect(found, "beds") == "No effect on beds enough on 95% of days: km per hour."


def test_the_table_has_the_inputs_with_value_range_and_unit(found: Sensitivity) -> None:
    """The widest swing first."""
    (names, low, high) = (list(column.cells) for column in tornado_table(found, "beds").columns)
    assert [shown(name) for name in names] == [
        "acute: referrals, per day",
        "  0.6, from 0.4 to 0.8 people a day",
        "first: needed days, mean",
        "  15, from 12 to 20 days",
    ]
    assert [str(cell)[:1] for cell in low] == ["-", "", "-", ""]
    assert [str(cell)[:1] for cell in high] == ["+", "", "+", ""]


def test_the_rows_are_tidy(found: Sensitivity) -> None:
    """One row an input, end and measure; the parts of the split add up to 1."""
    header, rows = effect_rows(found)
    assert len(rows) == 2 * 2 * 2
    assert all(len(row) == len(header) for row in rows)
    header, rows = split_rows(found)
    fractions = [row[header.index("fraction")] for row in rows]
    assert fractions[0] + fractions[1] == pytest.approx(1)
    assert fractions[2] is None


def test_json_and_csv_say_the_same(found: Sensitivity) -> None:
    """Every cell but the scenario's name, which stands once."""
    told = sensitivity_payload(found)
    json.dumps(told, allow_nan=False)
    for name, (header, rows) in (("rows", effect_rows(found)), ("split", split_rows(found))):
        assert [tuple(one) for one in told[name]] == [header[1:]] * len(rows)
        assert [tuple(one.values()) for one in told[name]] == [tuple(row[1:]) for row in rows]
    assert told["indices"] == []
    assert told["beds"] == found.whole_beds


def test_the_picture_shows_both_ends_and_says_so_in_words(found: Sensitivity) -> None:
    """A bar for each end, told apart by stripes, each with the input's value; units on the axes; no markup read."""
    one = sensitivity_picture(found)
    beds, overflow = one.figure.axes
    assert [beds.get_xlabel(), overflow.get_xlabel()] == ["difference in beds", "difference in people"]
    assert {bar.get_hatch() for bar in beds.patches} == {None, "////"}
    assert {"0.4", "0.8", "12", "20"} <= {text.get_text() for text in beds.texts}
    labels = [text.get_text() for legend in one.figure.legends for text in legend.get_texts()]
    assert set(labels) == {"at the low end of its range", "at the high end", "95% interval"}
    assert one.title.startswith("WORKED EXAMPLE. A [b]small[/b] system.")
    assert "acute: referrals, per day: at 0.4 -" in one.words
    assert "No effect on beds enough on 95% of days: km per hour." in one.words


def test_an_input_that_moves_a_number_one_way_at_both_ends_is_drawn() -> None:
    """Both values stand on their own side of the line, and none over the other."""
    tree = small_tree()
    tree["streams"]["acute"]["referrals"]["range"] = {"per_day": (0.7, 0.9)}
    found = sensitivity(Scenario.model_validate(tree), 6, 1, 8)
    beds = sensitivity_picture(found).figure.axes[0]
    (low,) = (text for text in beds.texts if text.get_text() == "0.7")
    (high,) = (text for text in beds.texts if text.get_text() == "0.9")
    assert (low.get_ha(), high.get_ha()) == ("right", "left")
