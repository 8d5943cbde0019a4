"""The picture of a journey: its words, its axes, its tones, and that a hostile title is text."""

from __future__ import annotations

import pickle
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from bedsim.analysis.trace import Trace, same_person, trace
from bedsim.report.plot_style import styled
from bedsim.report.trace_plot import LOOKS, trace_picture
from bedsim.scenario.schema import Scenario
from tests.small import small_tree

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = r"$\frac{1}{$ </title><script>alert(1)</script> & 床 " + "a long title " * 10


@pytest.fixture(scope="module")
def pair() -> list[Trace]:
    """Follow somebody who waits and is sent away through two scenarios, one of them with a hostile title."""
    few, many = Scenario.model_validate(small_tree()), small_tree()
    many["units"]["ward_a"]["places"] = 40
    found = trace(few, like="waited, away, delayed")
    there, _ = same_person(found, Scenario.model_validate(many).model_copy(update={"title": HOSTILE}))
    assert there is not None
    return [found, there]


def test_the_words_are_the_timelines(pair: list[Trace], tmp_path: Path) -> None:
    """In the PNG and in the SVG, where markup is text; they say that nobody is real."""
    picture = trace_picture(pair, "The same person in both.")
    assert "simulated, not a real person" in picture.words
    assert "The same person in both." in picture.words
    assert "WORKED EXAMPLE. A small system: " in picture.words
    for one in pair:
        assert all(event.words in picture.words for event in one.events)
    picture.write_png(tmp_path / "picture.png")
    assert picture.words.encode("latin-1", "ignore")[:200] in (tmp_path / "picture.png").read_bytes()
    picture.write_svg(tmp_path / "picture.svg")
    root = ElementTree.parse(tmp_path / "picture.svg").getroot()
    assert [(child.tag, child.text) for child in list(root)[:2]] == [
        (f"{SVG}title", picture.title),
        (f"{SVG}desc", picture.words),
    ]
    assert not list(root.iter(f"{SVG}script"))
    assert "</title><script>alert(1)</script>" in (root[1].text or "")


def test_charts_share_an_axis_in_days_and_nothing_stands_outside(pair: list[Trace]) -> None:
    """Each chart is of one scenario; all text is within the edges and above no chart but its own."""
    figure = trace_picture(pair).figure
    first, second = figure.axes
    assert first.get_xlim() == second.get_xlim()
    begun = " ".join(pair[0].events[0].stamp.split())
    assert [axes.get_xlabel() for axes in (first, second)] == [f"days since {begun}"] * 2
    canvas = FigureCanvasAgg(figure)
    with styled():
        canvas.draw()
        renderer = canvas.get_renderer()
        texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
        (legend,) = figure.legends
        assert legend.get_window_extent(renderer).y0 >= first.get_window_extent(renderer).y1
        assert not first.get_tightbbox(renderer).overlaps(second.get_tightbbox(renderer))
    width, height = canvas.get_width_height()
    for words, box in boxes:
        assert box.x0 >= -1, words
        assert box.y0 >= -1, words
        assert box.x1 <= width + 1, words
        assert box.y1 <= height + 1, words


def test_the_bars_are_the_spans(pair: list[Trace]) -> None:
    """As many as there are, from the day they begin to the day they end."""
    axes = trace_picture(pair[:1]).figure.axes[0]
    begin = pair[0].events[0].day
    drawn = sorted(tuple(path.get_extents().intervalx) for bars in axes.collections for path in bars.get_paths())
    expected = sorted((span.begin_day - begin, span.end_day - begin) for span in pair[0].spans)
    np.testing.assert_allclose(drawn, expected)


def test_the_tones_can_be_told_apart_in_grey() -> None:
    """Any two differ in darkness by a fifth, or one of them is hatched."""
    greys = [
        (sum(c * w for c, w in zip(to_rgb(look["facecolor"]), (0.299, 0.587, 0.114), strict=True)), "hatch" in look)
        for _, look in LOOKS.values()
    ]
    for i, (grey, is_hatched) in enumerate(greys):
        for other, other_is_hatched in greys[:i]:
            assert abs(grey - other) >= 0.19 or is_hatched != other_is_hatched


def test_a_picture_that_is_sent_to_another_process_is_the_same(pair: list[Trace]) -> None:
    """To the last byte."""
    sent = pickle.loads(pickle.dumps(trace_picture(pair, "")))
    assert sent.svg() == trace_picture(pair, "").svg()
