"""Money in decisions: what a step of size costs, the cheapest point of a frontier, what options cost more."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from bedsim.analysis.cheapest import cheapest
from bedsim.analysis.compare import Comparison, compare
from bedsim.analysis.frontier import Frontier, frontier
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.sensitivity_inputs import ranges_of
from bedsim.analysis.size import Size, size
from bedsim.errors import BedsimError
from bedsim.report.compare_tables import comparison_payload, every
from bedsim.report.cost_words import (
    NO_CHEAPEST,
    NO_COST,
    cheapest_sentence,
    point_cells,
    step_cells,
    step_sentence,
    steps_between,
)
from bedsim.report.money_compare import money_sentences, money_table
from bedsim.report.size_plot import frontier_picture, size_picture
from bedsim.report.size_tables import size_tables
from bedsim.report.size_words import frontier_payload, frontier_rows, size_payload, size_rest, size_rows
from bedsim.report.tables import csv_text
from bedsim.scenario.schema import Scenario
from tests.options import option
from tests.priced import charge, prices
from tests.sizes import sized_tree, sizing, without_ranges

STANDARD = "p_wait in all <= 30%"


def priced_tree(**units: dict[str, Any]) -> dict[str, Any]:
    """Return the small system that is sized in a moment, with prices of open wards and places."""
    tree = without_ranges(sized_tree())
    tree["prices"] = prices(**units)
    return tree


def open_only(ward: float, team: float) -> Scenario:
    """Return it with open places alone charged: what a step costs is then known without simulating."""
    units = {"community_hospital": {"open_day": charge(ward)}, "team": {"open_day": charge(team)}}
    return Scenario.model_validate(priced_tree(**units))


@pytest.fixture(scope="module")
def sized() -> Size:
    """Return the fewest beds at 100 pounds an open day, of 60 days."""
    return size(open_only(100, 50), standard=STANDARD, n_replications=4, workers=1)


@pytest.fixture(scope="module")
def curve() -> Frontier:
    """Return the curve of beds at 100 pounds an open day and places at 50."""
    return frontier(open_only(100, 50), "units.team.places", standard=STANDARD, n_points=3, n_replications=4, workers=1)


def test_a_step_costs_what_one_more_bed_does(sized: Size) -> None:
    """60 open days at 100 pounds, exactly, however far apart the numbers looked at."""
    dearer = steps_between(sized)
    assert set(dearer) == {step.value for step in sized.steps[1:]}
    assert [mean for mean, _, _ in dearer.values()] == pytest.approx([6000] * len(dearer))
    cost = (sized.value * 100 + 4 * 50) * 60
    assert sized.step.pounds == pytest.approx([cost] * 4)


def test_a_step_counts_what_it_changes_elsewhere() -> None:
    """With out-of-area beds charged too, the step is the paired difference of two runs simulated apart."""
    tree = priced_tree(
        community_hospital={"open_day": charge(100)},
        out_of_area={"occupied_day": charge(500)},
        team={"open_day": charge(50)},
    )
    found = size(Scenario.model_validate(tree), standard=STANDARD, n_replications=4, workers=1)
    step, before = found.step, next(one for one in found.steps if one.value == found.value - 1)
    apart = [sizing(tree, [STANDARD]).trial(int(one.value), 4).pounds(4) for one in (step, before)]
    assert np.array_equal(apart[0], step.pounds)
    dearer = steps_between(found)[found.value]
    assert dearer == pytest.approx(mean_and_interval(apart[0] - apart[1]))
    assert dearer[0] < 6000
    assert "with all that it changes elsewhere" in step_sentence(found) or "could be told from none" in step_sentence(
        found
    )


def test_size_says_prints_and_writes_its_cost(sized: Size) -> None:
    """In the table beside each number, in the CSV file, in the picture's words; marked, since a price is assumed."""
    assert step_sentence(sized) == (
        "ILLUSTRATIVE, since prices are assumed. Money is all that the scenario costs in all days simulated, in pounds "
        "of 2025. Place 11 costs £6,000, with all that it changes elsewhere."
    )
    assert size_rest(sized)[-1] == step_sentence(sized)
    assert step_sentence(sized) in size_picture(sized).words
    *_, money = size_tables(sized)
    assert [str(column.header) for column in money.columns][1:] == ["a year", "each more", "95%"]
    assert money.row_count == len(sized.steps)
    assert step_cells(sized)[sized.value][1] == "£6,000"
    names, rows = size_rows(sized)
    assert {len(row) for row in rows} == {len(names)}
    assert rows[1][names.index("step_pounds")] == pytest.approx(6000)
    assert json.loads(json.dumps(size_payload(sized)), parse_constant=pytest.fail)["cost"] == step_sentence(sized)
    plain = size(Scenario.model_validate(sized_tree()), standard=STANDARD, n_replications=2, workers=1)
    assert size_rest(plain)[-1] == NO_COST
    assert "pounds" not in size_rows(plain)[0]


def test_a_point_costs_what_it_has_open(curve: Frontier) -> None:
    """Beds at 100 pounds and places at 50, 60 days; the cheapest is the least of these sums."""
    costs = {point.x: (point.y * 100 + point.x * 50) * 60 for point in curve.points if point.y is not None}
    assert {point.x: float(point.pounds.mean()) for point in curve.points if point.pounds is not None} == pytest.approx(
        costs
    )
    best = cheapest(curve)
    assert best is not None
    assert costs[best.point.x] == min(costs.values())
    assert best.cost[0] == pytest.approx(min(costs.values()))
    assert best.runner_up is not None
    assert best.dearer[0] == pytest.approx(sorted(costs.values())[1] - min(costs.values()))


def noisy(curve: Frontier, *means: float) -> Frontier:
    """Return the curve with other money at its points: of four replications, with luck of its own each."""
    luck = np.array([[0.0, 1, 2, 3], [3, 0, 2, 1], [2, 3, 1, 0]])
    points = [
        replace(point, y=10.0, low=10.0, high=10.0, pounds=mean + one - one.mean(), pounds_in_range=None)
        for point, mean, one in zip(curve.points, means, luck, strict=True)
    ]
    return replace(curve, points=tuple(points))


def test_the_cheapest_that_cannot_be_told_apart_is_said_so(curve: Frontier) -> None:
    """A pound less amid luck of three is nothing; a hundred is. Both in the sentence, the table and the picture."""
    found = noisy(curve, 1000, 999, 1100)
    best = cheapest(found)
    assert best is not None
    assert (best.point, best.tied) == (found.points[1], (found.points[0],))
    assert best.runner_up == found.points[2]
    assert not best.is_at_end
    words = cheapest_sentence(found)
    assert "The cheapest point of the curve is 4 with 10: " in words
    assert "It cannot be told from 2 with 10 at 95%." in words
    assert "The runner-up, 6 with 10, costs £101 (" in words
    assert [cells[1] for cells in point_cells(found).values()] == ["not told from it", "cheapest", ""]
    picture = frontier_picture(found)
    assert words in picture.words
    assert picture.title.endswith("; prices are ILLUSTRATIVE.")
    figure = picture.figure
    FigureCanvasAgg(figure).draw()
    (legend,) = (one for one in (*figure.legends, *(axes.get_legend() for axes in figure.axes)) if one is not None)
    assert {"cheapest", "not told from it"} <= {text.get_text() for text in legend.get_texts()}
    assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_a_cheapest_point_that_is_cheaper_is_alone_and_one_at_the_end_is_said_so(curve: Frontier) -> None:
    """The twin: with a hundred pounds between them nothing is tied."""
    found = noisy(curve, 900, 1000, 1100)
    best = cheapest(found)
    assert best is not None
    assert (best.point.x, best.tied, best.is_at_end) == (2, (), True)
    assert "cannot be told" not in cheapest_sentence(found)
    assert cheapest_sentence(found).endswith("what lies beyond may be cheaper still.")


def test_a_point_whose_beds_are_known_to_a_range_that_costs_as_little_is_named_too(curve: Frontier) -> None:
    """1,000 and 1,100 pounds are told apart, but not if the one may be 1,060 and the other 1,050; the twin: 1,061."""

    def found(least: float) -> Frontier:
        first, middle, last = noisy(curve, 1000, 1100, 1200).points
        points = (
            replace(first, low=9.0, high=12.0, pounds_in_range=(990.0, 1060.0)),
            replace(middle, low=8.0, high=11.0, pounds_in_range=(least, 1110.0)),
            replace(last, pounds_in_range=(1190.0, 1210.0)),
        )
        return replace(curve, points=points)

    best = cheapest(found(1050))
    assert best is not None
    assert ([point.x for point in best.tied], [point.x for point in best.unsure]) == ([], [4])
    words = cheapest_sentence(found(1050))
    assert "4 with 10 may be as cheap too, since the fewest that meet the standard are known only to" in words
    assert [cells[1] for cells in point_cells(found(1050)).values()] == ["cheapest", "not told from it", ""]
    assert "may be as cheap" not in cheapest_sentence(found(1061))


def test_what_a_point_costs_in_its_range_of_beds_is_of_numbers_that_were_simulated(curve: Frontier) -> None:
    """Beds at 100 pounds for 60 days: from the fewest of its range to the most, without a new simulation."""
    for point in curve.points:
        assert point.low is not None
        assert point.high is not None
        ends = tuple((beds * 100 + point.x * 50) * 60 for beds in (point.low, point.high))
        assert point.pounds_in_range == pytest.approx(ends)


def test_points_that_meet_nothing_cost_nothing_and_without_prices_there_is_no_cheapest(curve: Frontier) -> None:
    """No point, no money; the files have the columns only with prices."""
    none = replace(
        curve, points=(replace(curve.points[0], y=None, low=None, high=None, pounds=None), *curve.points[1:])
    )
    names, rows = frontier_rows(none)
    assert {len(row) for row in rows} == {len(names)}
    assert rows[0][names.index("pounds")] is None
    assert json.loads(json.dumps(frontier_payload(none)), parse_constant=pytest.fail)["cheapest"]
    plain = replace(curve, scenario=Scenario.model_validate(sized_tree()))
    bare = replace(plain, points=tuple(replace(point, pounds=None) for point in plain.points))
    assert cheapest_sentence(bare) == NO_CHEAPEST
    assert "pounds" not in frontier_rows(bare)[0]
    assert frontier_picture(bare).figure.axes


def priced_option(slug: str, beds_b: int, away: float = 0, **more: Any) -> Scenario:
    units = {"community_hospital": {"open_day": charge(100)}, "away": {"occupied_day": charge(away)}}
    return option(slug, beds_b, prices=prices(**units) | more)


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """Return two options of which the second has a bed more; only open beds cost."""
    return compare([priced_option("one", 4), priced_option("two", 5)], 6, workers=1)


def test_a_bed_more_costs_what_it_costs_in_every_replication(compared: Comparison) -> None:
    """365 days at 100 pounds, in total and in beds; the same each time, so the interval is no wider than rounding."""
    found = {one.unit: one for one in compared.money}
    assert set(found) == {"total", "group:beds", "person"}
    assert found["total"].difference == pytest.approx(36_500)
    assert found["group:beds"].difference == found["total"].difference
    assert (found["total"].sign, found["total"].n_family) == (1, 3)
    assert found["total"].period == "2026-27"
    assert " ".join(money_sentences(compared)).startswith(
        "ILLUSTRATIVE, since prices are assumed. two costs £36,500 more than one in 2026-27, in pounds of 2025: "
        "£36,500 more in beds."
    )
    assert money_table(compared) is not None
    assert set(compared.money) <= set(every(compared))
    payload = comparison_payload(compared, None, (), {})
    assert json.loads(json.dumps(payload), parse_constant=pytest.fail)["money"]
    assert "group:beds" in csv_text(("unit",), [(one.unit,) for one in compared.money])


def test_what_has_no_price_in_an_option_is_named() -> None:
    """Or a plan would save money by naming units that nobody has priced."""
    second = option("two", prices=prices(away={"occupied_day": charge(0)}))
    said = " ".join(money_sentences(compare([priced_option("one", 4), second], 2, workers=1)))
    assert "Without a price in two, and so left out: ward a and ward b." in said
    assert "Without a price in one" not in said


def test_the_same_option_costs_the_same() -> None:
    """Equal by construction, and not tested."""
    found = compare([priced_option("one", 4, 300), priced_option("two", 4, 300)], 3, workers=1)
    assert all(one.is_same for one in found.money)
    assert "two costs the same than" not in " ".join(money_sentences(found))
    assert "two costs as much as one" in " ".join(money_sentences(found))


def test_money_is_not_compared_in_other_pounds_or_without_prices() -> None:
    """A sentence says why; without prices anywhere nothing is said."""
    first = priced_option("one", 4)
    bare = compare([first, option("two", 5)], 2, workers=1)
    assert bare.money == ()
    assert money_table(bare) is None
    assert list(money_sentences(bare)) == ["Money is not compared: two states no prices."]
    later = compare([first, priced_option("two", 5, price_year=2024)], 2, workers=1)
    assert later.money == ()
    assert list(money_sentences(later)) == ["Money is not compared: it is in pounds of 2025 in one and 2024 in two."]
    assert list(money_sentences(compare([option("one"), option("two", 5)], 2, workers=1))) == []


def test_what_is_saved_in_beds_and_spent_in_the_community_is_said(compared: Comparison) -> None:
    """8 saved and 2 spent: a quarter of each pound; nothing is said if both fall, or if one cannot be told."""
    beds = next(one for one in compared.money if one.unit == "group:beds")

    def told(beds_pounds: float, community_pounds: float, half: float = 0.1) -> str:
        made = [
            replace(beds, unit=unit, difference=pounds, low_together=pounds - half, high_together=pounds + half)
            for unit, pounds in (
                ("total", beds_pounds + community_pounds),
                ("group:beds", beds_pounds),
                ("group:community", community_pounds),
            )
        ]
        found = replace(compared)
        object.__setattr__(found, "money", tuple(made))
        return " ".join(money_sentences(found))

    assert "For each pound saved in beds, 0.25 is spent in the community." in told(-8000, 2000)
    assert "For each pound saved in the community, 0.50 is spent in beds." in told(1000, -2000)
    assert "For each pound" not in told(-8000, -2000)
    assert "For each pound" not in told(-8000, 2000, half=5000)
    assert "nothing that could be told from none" in told(-8000, 2000, half=5000)
    assert "two cannot be told from one by what it costs (-4,000 to 6,000) in 2026-27" in told(-1000, 2000, half=5000)


def test_ranges_of_prices_move_no_bed() -> None:
    """`sensitivity` varies what moves beds: a price with a range is none of it."""
    tree = priced_tree(team={"open_day": charge(50, range={"pounds": (40, 60)})})
    with pytest.raises(BedsimError, match="sensitivity needs a stated range"):
        ranges_of(Scenario.model_validate(tree))
