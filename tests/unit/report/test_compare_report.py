"""A comparison on paper: what is illustrative is marked everywhere, and everybody can read it."""

from __future__ import annotations

import csv
import io
import json
import pickle
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from rich.console import Console

from bedsim.analysis.compare import Comparison, compare
from bedsim.analysis.compare_differences import Difference
from bedsim.analysis.compare_figures import Figure, as_difference
from bedsim.analysis.compare_words import amount, as_percent, between
from bedsim.report.compare_plot import differences_picture, ranking_picture
from bedsim.report.compare_publish import publish_comparison
from bedsim.report.compare_tables import comparison_payload, headline_table, notes, travel_table
from tests.options import option

HOSTILE = "=1 & 床 $x$ </title>"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """Compare three options, one of them illustrative, one equal to the first but for where a ward stands."""
    options = [
        option("now").model_copy(update={"title": HOSTILE, "variations": (HOSTILE,)}),
        option("moved", where_b="the_moors", status="illustrative"),
        option("fewer", beds_b=2),
    ]
    return compare(options, 8, seed=3, workers=1)


def printed(part: object) -> str:
    console = Console(width=120, file=io.StringIO(), record=True)
    console.print(part)
    return console.export_text()


def test_pictures_that_are_sent_to_another_process_are_the_same(compared: Comparison) -> None:
    """To the last byte."""
    figure = Figure("overflow")
    ranked, _ = compared.rank(figure, rank_illustrative=True)
    for picture in (differences_picture(compared), ranking_picture(compared, figure, ranked)):
        assert picture is not None
        assert pickle.loads(pickle.dumps(picture)).svg() == picture.svg()


def test_options_that_are_the_same_stand_in_one_row(compared: Comparison) -> None:
    """Or are said to be the same as the reference; stars mark what is illustrative."""
    text = printed(headline_table(compared))
    assert "moved*" in text
    assert "fewer*" not in text
    assert "the same in all" in text
    rows = [line for line in text.splitlines() if "moved*" in line]
    assert sum("the same" in line for line in rows) == len(rows) - 2, "all but the two of ways from home"
    assert "* ILLUSTRATIVE" in " ".join(notes(compared))
    ways = travel_table(compared)
    assert ways is not None
    assert "the moors" in printed(ways)


def test_pictures_say_in_words_what_they_show(compared: Comparison, tmp_path: Path) -> None:
    """A panel for each figure that differs, hollow marks for what is illustrative; words in PNG and SVG."""
    figure = Figure("travel_minutes")
    ranked, _ = compared.rank(figure, rank_illustrative=True)
    for picture in (differences_picture(compared), ranking_picture(compared, figure, ranked)):
        assert picture is not None
        assert "Illustrative are moved." in picture.words
        picture.write_svg(tmp_path / "picture.svg")
        root = ElementTree.parse(tmp_path / "picture.svg").getroot()
        assert [child.text for child in list(root)[:2]] == [picture.title, picture.words]
        picture.write_png(tmp_path / "picture.png")
        assert picture.words.encode() in (tmp_path / "picture.png").read_bytes()
        texts = {text.get_text() for text in picture.figure.findobj(Text)}
        assert "moved*" in texts
        hollow = [
            line
            for axes in picture.figure.axes
            for line in axes.lines
            if line.get_marker() == "o" and line.get_markerfacecolor() == "white"
        ]
        assert hollow
    shown = differences_picture(compared)
    assert shown is not None
    assert all(axes.get_xlabel() for axes in shown.figure.axes), "every axis has its unit"
    assert "The same in all:" in shown.words


def test_a_comparison_leaves_a_folder(compared: Comparison, tmp_path: Path) -> None:
    """Its tables open in spreadsheets, the manifest says all that was compared, the ranking has files of its own."""
    figure = Figure("demand_beds", "p95")
    folder = publish_comparison(compared, (figure, *compared.rank(figure)), tmp_path, 1.0)
    assert folder == tmp_path / "compare" / f"{compared.hash}-3"
    names = {path.name for path in folder.iterdir()}
    assert {"compare.csv", "differences.csv", "sentence.txt", "compare.png", "compare.svg", "compare.txt"} <= names
    assert {"ranking-demand_beds-p95.csv", "ranking-demand_beds-p95.png", "manifest.json"} <= names
    rows = list(csv.DictReader(io.StringIO((folder / "compare.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == len(compared.headline) + len(compared.travel)
    assert {row["family"] for row in rows} == {"headline", "travel"}
    assert {row["status"] for row in rows if row["option"] == "moved"} == {"illustrative"}
    assert float(rows[0]["difference"]) == compared.headline[0].difference
    everything = list(csv.DictReader(io.StringIO((folder / "differences.csv").read_text(encoding="utf-8-sig"))))
    assert len(everything) == len(compared.everything)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert list(manifest["options"]) == ["now", "moved", "fewer"]
    assert (manifest["replications"], manifest["hash"]) == (8, compared.hash)


def test_a_comparison_as_json(compared: Comparison) -> None:
    """Whole and strict: what does not exist is null."""
    figure = Figure("overflow")
    ranked, apart = compared.rank(figure)
    text = json.dumps(comparison_payload(compared, figure, ranked, apart), allow_nan=False)
    found = json.loads(text)
    assert found["ranking"]["not_ranked"] == {"moved": "illustrative"}
    assert found["options"][0]["title"] == HOSTILE
    assert {one["family"] for one in found["differences"]} == {"headline", "travel"}


def one_difference(difference: float, low: float, high: float, measure: str = "overflow") -> Difference:
    numbers = (5.0, 5.0 - difference, difference, low, high, low, high)
    return Difference("b", "a", "system", measure, "mean", "all", *numbers, "headline", 1, False)


def test_differences_are_said_with_the_digits_they_bear() -> None:
    """The size without its sign where a word says it, percentage points for fractions, exact where nothing varies."""
    assert amount(one_difference(-3.14, -3.4, -2.8)) == "3.1 (2.8 to 3.4)"
    assert amount(one_difference(0.0312, 0.0299, 0.0325, "p_wait")) == "3.1 (3.0 to 3.2)"
    assert between(one_difference(0.11, -0.2, 0.3)) == "+0.1, -0.2 to +0.3 people"
    assert between(one_difference(-0.004, -0.01, 0.002, "p_wait")).endswith("percentage points")
    assert as_difference(-2.0, -2.0, -2.0) == ("-2", "exact")
    assert as_difference(2.0, None, None) == ("+2", "-")
    assert [as_percent(one) for one in (0.0, 0.001, 0.25, 0.999, 1.0)] == ["0%", "under 1%", "25%", "over 99%", "100%"]


def test_a_difference_that_is_rounded_to_zero_has_no_sign() -> None:
    """Whichever side of zero it is on, and its ends."""
    assert as_difference(-0.02, -0.6, 0.56) == ("0.0", "-0.6 to +0.6")
    assert as_difference(-0.3, -0.62, 0.02) == ("-0.3", "-0.6 to 0.0")
    assert as_difference(0.0, None, None) == ("0", "-")
    assert as_difference(0.0, 0.0, 0.0) == ("0", "exact")
    assert between(one_difference(-0.02, -0.6, 0.56)) == "0.0, -0.6 to +0.6 people"


@pytest.mark.parametrize("sign", [1, -1])
def test_no_end_of_an_interval_without_zero_is_shown_as_zero(sign: int) -> None:
    """Or the words say less, and the numbers none: the row has as many digits more as it takes, one as a rule."""
    one = one_difference(sign * 0.32, *sorted((sign * 0.04, sign * 0.6)))
    assert one.sign == sign
    assert amount(one) == "0.32 (0.04 to 0.60)"
    mark = "+" if sign > 0 else "-"
    ends = sorted((sign * 0.04, sign * 0.6))
    assert as_difference(sign * 0.32, *ends)[0] == f"{mark}0.32"
    assert "0.0 " not in as_difference(sign * 0.32, *ends)[1] + " "
    assert as_difference(sign * 2.003, *sorted((sign * 0.006, sign * 4.0)))[0] == f"{mark}2.003"
    assert as_difference(*[sign * 0.0002] * 3) == (f"{mark}0.0002", "exact")


def test_a_long_name_keeps_its_star_and_has_room_in_pictures_and_tables() -> None:
    """Of a name that is too long its end is left out, never the star; rows grow with their lines."""
    names = ("now", "a-plan-with-a-name-that-fits-no-line-of-any-picture-at-all", "phased-plan-beds-first")
    options = [option(name, beds_b=4 - i, status="illustrative") for i, name in enumerate(names)]
    found = compare(options, 3, seed=3, workers=1)
    figure = Figure("overflow")
    ranked, _ = found.rank(figure, rank_illustrative=True)
    for picture in (differences_picture(found), ranking_picture(found, figure, ranked)):
        assert picture is not None
        drawing = picture.figure
        canvas = FigureCanvasAgg(drawing)
        canvas.draw()
        labels = [label for label in drawing.axes[0].get_yticklabels() if label.get_text()]
        assert len(labels) >= 2
        boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.y0)
        assert all(label.get_text().endswith("*") for label in labels)
        assert all(box.x0 >= 0 for box in boxes)
        assert all(low.y1 <= high.y0 for low, high in pairwise(boxes)), "no name lies over another"
        small = drawing.texts[0].get_window_extent()
        assert small.x1 <= drawing.bbox.x1, "what the star means is not cut"
    for table in (headline_table(found), travel_table(found)):
        page = io.StringIO()
        Console(width=80, file=page).print(table)
        assert "phased-plan-beds-first*" in page.getvalue()
        assert "…" not in page.getvalue()
        assert max(len(line.rstrip()) for line in page.getvalue().splitlines()) <= 80


def test_who_travels_further_shows_the_reference_and_differences_from_it(compared: Comparison) -> None:
    """The first line of a home is of the reference; below it each other option with a sign, or the same."""
    lines = [line.split() for line in printed(travel_table(compared)).splitlines()]
    at = lines.index(["the", "town"])
    assert lines[at + 1][0] == "now"
    assert not lines[at + 1][1].startswith(("+", "-"))
    assert lines[at + 2][0] == "moved*"
    assert lines[at + 2][1].startswith(("+", "-"))
    assert any("rounded after subtraction" in note for note in notes(compared))
