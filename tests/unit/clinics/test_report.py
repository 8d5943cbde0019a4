"""What is said and drawn of clinics: illustrative everywhere, legible, harmless, the same every time."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from bedsim import clinics
from bedsim.clinics.compare import Comparison
from bedsim.clinics.plot import clinics_picture
from bedsim.clinics.tables import comparison_payload, difference_rows, inputs_page, payload, rows_of
from bedsim.clinics.words import comparison_sentence, sentence
from bedsim.report.plot_style import styled
from bedsim.report.tables import csv_text

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "clinics"
HOSTILE = r"$\frac{1}{$ </title><script>alert(1)</script> & | [x](y) \x1b[2J " + "a long title " * 8
SVG = "{http://www.w3.org/2000/svg}"


@cache
def both() -> Comparison:
    """Return the shipped clinics, and them moved."""
    return clinics.compare(*(clinics.load(SCENARIOS / name) for name in ("leek.yaml", "leek-moved.yaml")), 4)


def hostile() -> clinics.ClinicRun:
    """Return a run whose author wrote markup."""
    plan = both().first.plan
    named = plan.clinics["skin"].model_copy(update={"name": HOSTILE})
    changed = plan.model_copy(update={"title": HOSTILE, "notes": HOSTILE, "clinics": plan.clinics | {"skin": named}})
    return clinics.run(changed, 2)


def test_illustrative_is_said_everywhere() -> None:
    """In the sentences, the picture's title and words, the JSON and the page of inputs."""
    found = both()
    for text in (
        sentence(found.first),
        comparison_sentence(found),
        inputs_page(found.first.plan),
        clinics_picture(found.first).title,
        clinics_picture(found.second, found.first).words,
    ):
        assert "ILLUSTRATIVE" in text
    assert payload(found.first)["status"] == "illustrative"
    assert "not public" in sentence(found.first)
    assert "of 41 numbers 0 sourced, 0 derived, 41 assumed" in sentence(found.first).lower()


def test_the_sentence_of_two_plans_says_who_travels_further_and_that_waits_are_the_same() -> None:
    """In plain words, with the interval; each home by its name."""
    text = comparison_sentence(both())
    assert "Staffordshire Moorlands 27.6 instead of 13.4 (+14.3, exact)" in text
    assert "the way to an appointment takes " in text
    assert " weeks on average for a first one, the same in both" in text
    assert text.count("the same in both") == 4


def test_tables_hold_every_number_once() -> None:
    """No two rows of the same unit, measure, statistic and period, and no cell that is not a number."""
    for header, rows in (rows_of(both().first), difference_rows(both())):
        width = header.index("period") + 1
        assert len({tuple(row[:width]) for row in rows}) == len(rows)
        assert not np.isnan([row[width] for row in rows]).any()
    assert comparison_payload(both())["period"] == "2028-29"


@pytest.mark.parametrize("is_hostile", [False, True])
def test_nothing_stands_outside_the_picture_or_over_its_data(is_hostile: bool) -> None:
    """All text is within the edges, the legend above all charts, no chart over another."""
    picture = clinics_picture(hostile() if is_hostile else both().second, both().first)
    canvas = FigureCanvasAgg(picture.figure)
    with styled():
        canvas.draw()
        renderer = canvas.get_renderer()
        texts = [text for text in picture.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    width, height = canvas.get_width_height()
    for words, box in boxes:
        assert -1 <= box.x0 <= box.x1 <= width + 1, words
        assert -1 <= box.y0 <= box.y1 <= height + 1, words
    charts = [axes.get_window_extent(renderer) for axes in picture.figure.axes]
    (legend,) = picture.figure.legends
    assert legend.get_window_extent(renderer).y0 >= max(chart.y1 for chart in charts)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(charts, 2))


def test_hostile_words_do_nothing(tmp_path: Path) -> None:
    """No script in the SVG, no tag or cell in the page, no control character anywhere."""
    run = hostile()
    picture = clinics_picture(run)
    picture.write_svg(tmp_path / "picture.svg")
    assert not list(ElementTree.parse(tmp_path / "picture.svg").getroot().iter(f"{SVG}script"))
    page = inputs_page(run.plan)
    assert "<script" not in page
    assert "\x1b" not in page + sentence(run) + picture.words
    assert {line.count(" | ") for line in page.splitlines() if line.startswith("|")} == {3}


def test_the_same_run_gives_the_same_files(tmp_path: Path) -> None:
    """To the byte."""
    for name in ("one", "two"):
        clinics_picture(both().first).write_png(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert csv_text(*rows_of(both().first)) == csv_text(*rows_of(clinics.run(both().first.plan, 4)))


def test_a_clinic_of_one_plan_alone_is_named() -> None:
    """It is compared with nothing, but all clinics together hold it."""
    first = both().first.plan
    second = first.model_copy(update={"clinics": {"skin": first.clinics["skin"]}})
    text = comparison_sentence(clinics.compare(first, second, 2))
    assert "In one of the plans alone, so not compared, but counted in all clinics: minor_surgery." in text


def test_other_people_are_said_to_be_others() -> None:
    """More referrals: what differs is not due to the clinics alone."""
    first = both().first.plan
    skin = first.clinics["skin"]
    more = skin.model_copy(update={"referrals": skin.referrals.model_copy(update={"per_week": 12.0})})
    found = clinics.compare(first, first.model_copy(update={"clinics": first.clinics | {"skin": more}}), 2)
    assert not found.is_same_people
    assert "The plans have other people" in comparison_sentence(found)
