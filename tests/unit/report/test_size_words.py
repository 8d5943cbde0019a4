"""What is said and drawn of a size and of a frontier: both ranges, what binds, and everything readable by everybody."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from bedsim.analysis.frontier import Frontier, Worth, frontier
from bedsim.analysis.size import Size, size
from bedsim.report import plot_style
from bedsim.report.plot_style import Picture, styled
from bedsim.report.size_plot import frontier_picture, size_picture
from bedsim.report.size_tables import size_tables
from bedsim.report.size_words import (
    frontier_payload,
    frontier_rows,
    frontier_sentence,
    looked,
    size_payload,
    size_rest,
    size_rows,
    size_sentence,
)
from bedsim.report.tables import csv_text
from bedsim.scenario.schema import Scenario
from tests.sizes import sized_tree, without_ranges

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = r"$\frac{1}{$ </title><script>alert(1)</script> & 床 [bold] " + "a long title " * 10
STANDARD = "p_wait in all <= 30%"
ON_LIMIT = 0.3 + 5e-13
"""A share that is 30% but for rounding."""


@pytest.fixture(scope="module")
def sized() -> Size:
    """Return the fewest planned beds, with both ranges."""
    return size(Scenario.model_validate(sized_tree()), standard=STANDARD, n_replications=4, workers=1)


@pytest.fixture(scope="module")
def curve() -> Frontier:
    scenario = Scenario.model_validate(sized_tree())
    return frontier(scenario, "units.team.places", standard=STANDARD, n_points=2, n_replications=4, workers=1)


def retitled(found: Any, title: str, status: str = "illustrative") -> Any:
    """Return what was found of a scenario with another title."""
    return dataclasses.replace(found, scenario=found.scenario.model_copy(update={"title": title, "status": status}))


def test_a_value_on_the_limit_meets_it_in_the_table_as_in_the_search(sized: Size) -> None:
    """Although it is a float, and as far above the limit as its rounding; one that is farther above misses."""
    assert sized.standards[0].most < ON_LIMIT
    for value, mark in ((ON_LIMIT, "meets"), (ON_LIMIT + 1e-9, "misses")):
        steps = [
            dataclasses.replace(step, looks=(step.looks[0]._replace(value=value),))
            for step in sized.steps
            if step.value != sized.value
        ]
        first, *_ = size_tables(dataclasses.replace(sized, steps=tuple(steps)))
        assert set(first.columns[-1].cells) == {mark}


def picture_of(found: Size | Frontier) -> Picture:
    return size_picture(found) if isinstance(found, Size) else frontier_picture(found)


@pytest.fixture(params=["sized", "curve"])
def either(request: pytest.FixtureRequest) -> Size | Frontier:
    found: Size | Frontier = request.getfixturevalue(request.param)
    return found


def test_the_first_range_is_never_without_the_second(sized: Size) -> None:
    """The sentence of a size has the number and both ranges."""
    ends = sized.ends
    assert size_sentence(sized) == (
        f"{sized.value:.0f} planned beds meet the standard {STANDARD} in this model (simulation error {sized.low:.0f} "
        f"to {sized.high:.0f} at 95%); with demand and stay anywhere in their stated ranges: {ends['low']:.0f} to "
        f"{ends['high']:.0f}."
    )
    unknown = dataclasses.replace(sized, ends={})
    assert "no range of demand or stay is stated, so how far they move it is not known" in size_sentence(unknown)
    unmet = dataclasses.replace(sized, ends=sized.ends | {"high": None})
    assert size_sentence(unmet).endswith(f"stated ranges: {ends['low']:.0f} to no number.")


def test_an_inverse_is_at_most_and_its_range_ascends() -> None:
    """The most demand that the beds bear; with long stays it is less, which stands first."""
    name = "streams.acute.referrals.per_day"
    found = size(Scenario.model_validate(sized_tree()), name, "overflow in all <= 3", 3, workers=1)
    low, high = found.ends["low"], found.ends["high"]
    assert low is not None
    assert high is not None
    assert high < low
    sentence = size_sentence(found)
    assert sentence.startswith(f"{name} of at most {found.value:.3g} meets the standard overflow in all <= 3")
    assert sentence.endswith(f"stated ranges: {high:.3g} to {low:.3g}.")
    assert f"The scenario has {found.dial.own:.3g}." in size_rest(found)


def test_what_else_is_said(sized: Size) -> None:
    """The runner-up and by how much it misses; whether community places bind; which standard does; no prices."""
    said = " ".join(size_rest(sized))
    assert sized.runner_up is not None
    assert f"The runner-up, {sized.runner_up.value:.0f}, misses it: " in said
    assert f"{sized.runner_up.looks[0].value:.1%} ({STANDARD})" in said
    assert "The scenario has 10." in said
    assert "the cost of a step is not known" in said
    same = dataclasses.replace(sized, with_community=sized.value)
    assert "Community places do not bind" in " ".join(size_rest(same))
    fewer = dataclasses.replace(sized, with_community=sized.value - 2)
    assert f"with a place for everybody {sized.value - 2:.0f} would do" in " ".join(size_rest(fewer))
    assert "Community" not in " ".join(size_rest(dataclasses.replace(sized, with_community=None)))
    doubled = tuple(dataclasses.replace(step, looks=step.looks * 2) for step in sized.steps)
    two = dataclasses.replace(sized, standards=sized.standards * 2, steps=doubled)
    assert f"The standard that binds is {STANDARD}." in size_rest(two)


def test_a_number_met_whatever_is_said_to_be_so(sized: Size) -> None:
    """So that nobody takes it for an answer."""
    trivial = dataclasses.replace(sized, is_trivial=True)
    assert size_sentence(trivial).endswith("That is the smallest looked at: it is met whatever.")


def test_rows_table_and_payload_say_the_same(sized: Size) -> None:
    """One row a number looked at, and JSON holds only what JSON can."""
    header, rows = size_rows(sized)
    assert [row[header.index("value")] for row in rows] == [step.value for step in sized.steps]
    read = list(csv.DictReader(io.StringIO(csv_text(header, rows).removeprefix("\ufeff"))))
    assert [float(row["estimate"]) for row in read] == [step.looks[0].value for step in sized.steps]
    (table,) = size_tables(sized)
    assert [*table.columns[0].cells] == [f"{step.value:.0f}" for step in sized.steps]
    assert [*table.columns[-1].cells].count("the answer") == 1
    stuck = sized.steps[0].looks[0]._replace(value=np.inf, low=np.inf, high=np.inf)
    odd = dataclasses.replace(sized, steps=(dataclasses.replace(sized.steps[0], looks=(stuck,)), *sized.steps[1:]))
    told = json.loads(json.dumps(size_payload(odd)), parse_constant=pytest.fail)
    assert told["rows"][0]["estimate"] is None
    assert "nobody counted, or somebody stuck" in next(iter(next(size_tables(odd)).columns[2].cells))
    assert size_picture(odd).figure.axes, "what cannot be drawn is left out"


def test_the_frontier_says_what_a_bed_is_worth_or_that_it_cannot_be_told(curve: Frontier) -> None:
    """With its interval; without one where places do nothing that is seen."""
    own = curve.own
    begins = (
        f"With the scenario's 4 places at team, {own.y:.0f} planned beds meet {STANDARD} (simulation error "
        f"{own.low:.0f} to {own.high:.0f} at 95%)."
    )
    known = dataclasses.replace(curve, worth=Worth(3.4, 2.1, 5.9))
    words = f"{begins} One of the planned beds is worth 3.4 places at team here (2.1 to 5.9 at 95%)."
    assert frontier_sentence(known) == words
    for worth in (Worth(3.4, -1.0, 5.9), Worth(np.inf, np.inf, np.inf), Worth(3.4, -np.inf, np.inf)):
        unsure = dataclasses.replace(curve, worth=worth)
        assert (
            frontier_sentence(unsure)
            == f"{begins} More places at team save no planned beds that could be told from none here."
        )
        json.loads(json.dumps(frontier_payload(unsure)), parse_constant=pytest.fail)
    assert frontier_sentence(dataclasses.replace(curve, worth=None)) == begins
    points = tuple(dataclasses.replace(one, y=None, low=None, high=None) if one == own else one for one in curve.points)
    none = dataclasses.replace(curve, points=points, worth=None)
    assert frontier_sentence(none).startswith("With the scenario's 4 places at team, no number of planned beds meets")
    assert len(frontier_rows(none)[1]) == 3
    assert "4: none" in frontier_picture(none).words
    assert frontier_picture(none).figure.axes


def test_a_picture_is_marked_and_carries_its_words(either: Size | Frontier, tmp_path: Path) -> None:
    """In its title and its alt text; the words have the sentence and every point; they are in the PNG and the SVG."""
    picture = picture_of(retitled(either, "A plan"))
    sentence = size_sentence(either) if isinstance(either, Size) else frontier_sentence(either)
    assert picture.figure.get_suptitle().startswith("ILLUSTRATIVE. A plan")
    assert picture.words.startswith(f"ILLUSTRATIVE. A plan. {sentence}")
    steps = [f"{step.value:.0f}: " for step in either.steps] if isinstance(either, Size) else ["2: ", "4: ", "6: "]
    assert all(step in picture.words for step in steps)
    picture.write_png(tmp_path / "picture.png")
    assert picture.words.encode() in (tmp_path / "picture.png").read_bytes()
    picture.write_svg(tmp_path / "picture.svg")
    root = ElementTree.parse(tmp_path / "picture.svg").getroot()
    assert [(child.tag, child.text) for child in list(root)[:2]] == [
        (f"{SVG}title", picture.title),
        (f"{SVG}desc", picture.words),
    ]


def test_a_hostile_title_is_text_and_nothing_stands_outside(either: Size | Frontier, tmp_path: Path) -> None:
    """Neither mathematics nor markup; all text is within the edges, the legend above the chart."""
    picture = picture_of(retitled(either, HOSTILE))
    figure = picture.figure
    canvas = FigureCanvasAgg(figure)
    with styled():
        canvas.draw()
        renderer = canvas.get_renderer()
        box = figure.get_tightbbox(renderer)
    assert min(box.x0, box.y0) >= -0.01
    assert box.x1 <= figure.get_figwidth() + 0.01
    assert box.y1 <= figure.get_figheight() + 0.01
    (chart,) = [axes.get_window_extent(renderer) for axes in figure.axes]
    assert all(legend.get_window_extent(renderer).y0 >= chart.y1 for legend in figure.legends)
    picture.write_svg(tmp_path / "picture.svg")
    assert not list(ElementTree.parse(tmp_path / "picture.svg").getroot().iter(f"{SVG}script"))


def test_axes_say_what_they_count(sized: Size, curve: Frontier) -> None:
    """Beds, places, percent of what; a count by its own name."""
    (axes,) = size_picture(sized).figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("planned beds", "p_wait, %")
    (axes,) = frontier_picture(curve).figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("places at team", "planned beds")
    found = size(
        Scenario.model_validate(without_ranges(sized_tree())), "units.ward_a.beds", "overflow in all <= 2", 3, workers=1
    )
    (axes,) = size_picture(found).figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("beds at ward_a", "overflow, people")


def test_the_dashed_line_is_at_the_limit_and_the_diamond_on_the_answer(sized: Size) -> None:
    """The points are the estimates; the band is the simulation's range."""
    (axes,) = size_picture(sized).figure.axes
    (limit,) = [line for line in axes.lines if line.get_label() == "the standard's limit"]
    assert set(np.asarray(limit.get_ydata()).tolist()) == {30.0}
    (answer,) = [line for line in axes.lines if line.get_label() == "the answer"]
    assert (answer.get_xdata()[0], answer.get_ydata()[0]) == (sized.value, 100 * sized.step.looks[0].value)
    points = axes.containers[0].lines[0]
    assert np.asarray(points.get_xdata()).tolist() == [step.value for step in sized.steps]
    assert np.asarray(points.get_ydata()).tolist() == [100 * step.looks[0].value for step in sized.steps]
    band = next(patch for patch in axes.patches if patch.get_label() == "simulation error, 95%")
    box = band.get_extents().transformed(axes.transData.inverted())
    assert (box.x0, box.x1) == pytest.approx((sized.low, sized.high))
    assert axes.get_ylim()[1] <= 2 * max(30.0, *(100 * step.looks[0].value for step in sized.steps))


def test_the_line_of_the_frontier_has_its_points_and_the_scenario_is_marked(curve: Frontier) -> None:
    """The cross is where the scenario is, which may be below the line."""
    (axes,) = frontier_picture(curve).figure.axes
    (line,) = [one for one in axes.lines if one.get_label() == "the standard is just met"]
    points = list(zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert points == [(point.x, point.y) for point in curve.points]
    (own,) = [one for one in axes.lines if str(one.get_label()).startswith("the scenario")]
    assert (own.get_xdata()[0], own.get_ydata()[0], own.get_label()) == (4, 10, "the scenario: 4 and 10")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.31, "31.0%"), (0.3, "30.0%"), (ON_LIMIT, "30.0%"), (0.30046, "30.05%"), (0.300004, "30.0004%")],
)
def test_what_misses_a_limit_by_little_is_not_shown_as_the_limit(sized: Size, value: float, text: str) -> None:
    """It has as many digits as tell it from the limit."""
    assert looked(sized.standards[0], value) == text


def test_pictures_can_be_read_in_grey(either: Size | Frontier) -> None:
    """Lines differ from the band by a contrast of 3 and in more than colour; the band from the paper by 1.4."""

    def luminance(colour: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    band = luminance(plot_style.LIGHT)
    assert luminance("#ffffff") / band >= 1.4
    (axes,) = picture_of(either).figure.axes
    labelled = [line for line in axes.lines if not str(line.get_label()).startswith("_")]
    assert all(band / luminance(line.get_color()) >= 3 for line in labelled)
    assert len({(line.get_linestyle(), line.get_marker()) for line in labelled}) == len(labelled)
