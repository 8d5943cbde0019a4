"""Pictures: what they show, that everybody can read them, and that the same run gives the same files."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from bedsim.analysis.conduct import run
from bedsim.analysis.run import Run
from bedsim.measures.statistics import percentile
from bedsim.report import flow_plot, plot_style
from bedsim.report.flow_plot import placed
from bedsim.report.occupancy_plot import occupancy_figure
from bedsim.report.picture_files import picture_files
from bedsim.report.pictures import PICTURES, pictures
from bedsim.report.plot_style import Picture, percentiles_of_each, styled
from bedsim.report.time_axis import date_ticks
from bedsim.scenario.schema import Scenario
from tests.small import small_tree

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = r"$\frac{1}{$ </title><script>alert(1)</script> & 床 " + "a long title " * 10


def titled(one: Run, title: str, status: str = "illustrative") -> Run:
    """Return a run of a scenario with another title."""
    changed = one.scenario.model_copy(update={"title": title, "status": status})
    return dataclasses.replace(one, scenario=changed)


def drawn(one: Run, name: str) -> Picture:
    """Return a picture that the run must have."""
    found = pictures(one)[name]
    assert found is not None
    return found


def luminance(colour: str | tuple[float, ...]) -> float:
    """Return the relative luminance of a colour, 0 black to 1 white (WCAG 2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str | tuple[float, ...], other: str | tuple[float, ...]) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_marked_illustrative_and_carries_its_words(area: Run, name: str, tmp_path: Path) -> None:
    """In its title and its alt text; the words are in the PNG, in the SVG and in a file of their own."""
    marked = titled(area, "A plan")
    picture = drawn(marked, name)
    assert picture.figure.get_suptitle().startswith("ILLUSTRATIVE. A plan")
    assert picture.words.startswith("ILLUSTRATIVE. A plan.")
    picture.write_png(tmp_path / "picture.png")
    assert picture.words.encode() in (tmp_path / "picture.png").read_bytes()
    picture.write_svg(tmp_path / "picture.svg")
    root = ElementTree.parse(tmp_path / "picture.svg").getroot()
    assert [(child.tag, child.text) for child in list(root)[:2]] == [
        (f"{SVG}title", picture.title),
        (f"{SVG}desc", picture.words),
    ]
    assert picture_files(pictures(marked))[f"{name}.txt"] == f"{picture.words}\n"


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_stands_outside_a_picture_or_over_its_data(area: Run, name: str) -> None:
    """With a long and hostile title too: all text is within the edges, the legend above all charts."""
    for one in (area, titled(area, HOSTILE)):
        figure = drawn(one, name).figure
        canvas = FigureCanvasAgg(figure)
        with styled():
            canvas.draw()
            renderer = canvas.get_renderer()
            texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
            boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
        width, height = canvas.get_width_height()
        for words, box in boxes:
            assert box.x0 >= -1, words
            assert box.y0 >= -1, words
            assert box.x1 <= width + 1, words
            assert box.y1 <= height + 1, words
        charts = [axes.get_window_extent(renderer) for axes in figure.axes]
        for legend in figure.legends:
            assert legend.get_window_extent(renderer).y0 >= max(chart.y1 for chart in charts)
        for one_chart, other in itertools.combinations(charts, 2):
            assert not one_chart.overlaps(other)


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_title_is_text(area: Run, name: str, tmp_path: Path) -> None:
    """Neither mathematics nor markup: the SVG has no script, and says the title as it is."""
    picture = drawn(titled(area, HOSTILE), name)
    picture.write_svg(tmp_path / "picture.svg")
    root = ElementTree.parse(tmp_path / "picture.svg").getroot()
    assert not list(root.iter(f"{SVG}script"))
    assert HOSTILE.strip() in (root[0].text or "")
    assert HOSTILE.strip() in (root[1].text or "")


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_run_gives_the_same_files(area: Run, name: str, tmp_path: Path) -> None:
    """To the byte, drawn anew, whatever else was drawn before."""
    for attempt in ("one", "two"):
        picture = drawn(area, name)
        picture.write_png(tmp_path / f"{attempt}.png")
        picture.write_svg(tmp_path / f"{attempt}.svg")
        Figure().add_subplot().plot([1, 2])
    for ending in ("png", "svg"):
        assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()


def test_axes_say_what_they_count(area: Run) -> None:
    """People, days or percent, and by week or month."""
    labels = {name: [axes.get_ylabel() for axes in drawn(area, name).figure.axes] for name in PICTURES}
    assert labels["occupancy"][:2] == ["people at midnight, by week", "people, by month"]
    assert labels["overflow"] == ["people, by week", "people, by month"]
    assert labels["bed_curve"] == ["% of people, or of days"]
    (curve,) = drawn(area, "bed_curve").figure.axes
    assert curve.get_xlabel().startswith("planned beds open at the end of the window")
    (cells,) = drawn(area, "flow").figure.axes
    assert all(text.get_text()[-1] in "%–" for text in cells.texts)


def test_the_dashed_line_is_at_the_open_beds(area: Run) -> None:
    """Of all planned beds and of each unit with a limit; the alt text says how many."""
    system, *panels = occupancy_figure(area).axes
    places = {
        "all planned beds": 12,
        "ward a: 10": 10,
        "care homes together: 2": 2,
        "escalation beds: 3": 3,
        "team: 2": 2,
    }
    for axes in (system, *panels):
        dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
        found = {value for line in dashed for value in np.asarray(line.get_ydata()).tolist()}
        assert found == ({places[name]} if (name := axes.get_title(loc="left")) in places else set()), name
    assert [axes.get_title(loc="left") for axes in panels][-1] == "bought in: no limit"
    assert "at the 12 open beds" in drawn(area, "occupancy").words


def test_the_lines_of_the_picture_are_the_percentiles_of_each_week(done: Run) -> None:
    """The median line of a week is the median of its days in all replications, by the counts of that week."""
    line = next(line for line in occupancy_figure(done).axes[0].lines if line.get_label() == "median")
    weeks = done.reader.weeks("midnight_census")
    assert weeks.sum(axis=1).tolist() == [7 * 12] * (90 // 7)
    days = [np.repeat(np.arange(weeks.shape[1]), week) for week in weeks]
    assert np.asarray(line.get_ydata()).tolist() == [sorted(of_week.tolist())[7 * 12 // 2 - 1] for of_week in days]


def test_percentiles_of_many_histograms_are_those_of_each() -> None:
    """As `percentile` says, ties and empty ends included."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(1.0, (50, 9)) + np.eye(1, 9, dtype=int)
    for percent in (5, 25, 50, 75, 95, 99):
        expected = [percentile(one, percent) for one in counts]
        assert percentiles_of_each(counts, percent).tolist() == expected


def test_months_of_units_add_up_to_all_their_days(area: Run) -> None:
    """Each month has its days in every replication; together they are the counts of the whole window."""
    calendar = area.reader.yardstick.calendar
    assert area.reader.yardstick.monthly_groups == ("ward_a", "care_home", "escalation", "team", "bought_in")
    for group in area.reader.yardstick.monthly_groups:
        months = area.reader.months(group)
        assert months.sum(axis=1).tolist() == (12 * np.diff(calendar.month_starts)).tolist()
        counts = area.pooled_counts(group, "midnight_census")
        assert months.sum(axis=0)[: len(counts)].tolist() == counts.tolist()


def test_the_overflow_of_a_month_is_that_of_the_table_and_winter_is_marked(area: Run) -> None:
    """The bar of a month ends at its 95th percentile; the marked months are December to February."""
    axes = drawn(area, "overflow").figure.axes[1]
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"]
    tops = [bar.get_y() + bar.get_height() for bar in axes.containers[0]]
    numbers = [*range(4, 13), 1, 2, 3]
    assert tops == [area.value("overflow", statistic="p95", period=f"month-{number:02d}") for number in numbers]
    marked = next(patch for patch in axes.patches if patch not in [bar for bars in axes.containers for bar in bars])
    box = marked.get_extents().transformed(axes.transData.inverted())
    assert [name for i, name in enumerate(names) if box.x0 < i < box.x1] == ["Dec", "Jan", "Feb"]
    assert "winter" in [text.get_text() for text in axes.texts]


def test_the_bed_curve_marks_the_own_beds_and_names_the_lost_rule(area: Run) -> None:
    """The line of p_wait is the table's; p_delay_if_lost stands under that name and is said not to be the share."""
    curve, picture = area.bed_curve, drawn(area, "bed_curve")
    assert curve is not None
    (axes,) = picture.figure.axes
    lines = {str(line.get_label()): np.asarray(line.get_ydata()) for line in axes.lines}
    own = next(line for line in axes.lines if str(line.get_label()).startswith("the scenario's"))
    assert list(own.get_xdata()) == [12, 12]
    handles, labels = axes.get_legend_handles_labels()
    assert any(label.startswith("p_delay_if_lost: ") for label in labels)
    lost = next(values for label, values in lines.items() if label.startswith("p_delay_if_lost"))
    assert lost.tolist() == pytest.approx((100 * curve.p_delay_if_lost).tolist())
    waits = handles[labels.index("people who wait (p_wait), 95% interval")].lines[0]
    assert np.asarray(waits.get_ydata()).tolist() == pytest.approx((100 * curve.with_interval("p_wait")[:, 0]).tolist())
    assert "it is not the share who wait" in picture.words


def test_the_shares_of_a_home_add_up_and_its_own_units_are_framed(area: Run) -> None:
    """Every column of the picture is all the admissions of a home; a frame for each unit in the locality."""
    homes, units, shares = placed(area)
    assert homes == ["the_town", "the_moors"]
    assert shares.sum(axis=0).tolist() == pytest.approx([1, 1])
    assert "home_ash" not in units, "nobody is placed there"
    (axes,) = drawn(area, "flow").figure.axes
    assert len(axes.patches) == 2, "ward_a in the town, home_oak on the moors"


def test_pictures_can_be_read_in_grey() -> None:
    """Adjacent fills differ by a contrast of at least 1.4, lines from what they cross by 3, text from fills by 7."""
    white, tones = "#ffffff", vars(plot_style)
    assert contrast(white, tones["LIGHT"]) >= 1.4
    assert contrast(tones["LIGHT"], tones["DARK"]) >= 1.4
    assert contrast(tones["WINTER_TONE"], tones["LIGHT"]) >= 1.2, "the bars have their edges, the winter its name"
    assert contrast(tones["DARK"], tones["LINE"]) >= 3
    assert contrast(tones["LIGHT"], tones["BEDS"]) >= 3
    assert contrast(flow_plot.DARKEST, "black") >= 7


def test_lines_differ_in_more_than_colour(area: Run) -> None:
    """In the bed curve, each has a pattern of its own."""
    (axes,) = drawn(area, "bed_curve").figure.axes
    drawn_lines = [line for line in axes.lines if len(line.get_xdata()) > 2 and line.get_linestyle() != "None"]
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn_lines}) == len(drawn_lines) == 3


def test_dates_begin_months_and_are_few(area: Run) -> None:
    """Two years in quarters or half-years from April, in which the financial year begins."""
    days, names = date_ticks(area)
    assert names == ["Apr 2026", "Oct 2026", "Apr 2027", "Oct 2027"]
    assert days == [0, 183, 365, 548]


def test_a_run_without_planned_beds_has_no_pictures() -> None:
    """Nor does one without localities have a picture of where people are placed; unlimited beds have no line."""
    tree = small_tree()
    for ward in ("ward_a", "ward_b"):
        tree["units"][ward]["kind"] = "acute"
    none = run(Scenario.model_validate(tree), n_replications=2, workers=1)
    assert set(pictures(none).values()) == {None}
    assert set(picture_files(pictures(none)).values()) == {None}
    tree = small_tree()
    for ward in ("ward_a", "ward_b"):
        tree["units"][ward]["places"] = "unlimited"
    unlimited = run(Scenario.model_validate(tree), n_replications=2, workers=1)
    assert {name for name, one in pictures(unlimited).items() if one is None} == {"bed_curve", "flow"}
    assert not [line for line in occupancy_figure(unlimited).axes[0].lines if line.get_linestyle() == "--"]
