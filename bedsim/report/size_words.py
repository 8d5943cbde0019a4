"""What `bedsim size` and `bedsim frontier` found, in words and tables.

Why: the two ranges answer two questions, and a reader who sees one must see the other. The first is the simulation's
and narrows with replications; the second is what the stated ranges of demand and stays make of it, and does not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bedsim.analysis.offers import offered_after
from bedsim.report.cost_words import (
    COST_HEADER,
    POINT_HEADER,
    cheapest_sentence,
    point_costs,
    step_costs,
    step_sentence,
)
from bedsim.report.heading import MARKS
from bedsim.report.numbers import is_fraction
from bedsim.report.tables import finite

if TYPE_CHECKING:
    from bedsim.analysis.dial import Dial
    from bedsim.analysis.frontier import Frontier
    from bedsim.analysis.size import Size
    from bedsim.analysis.standards import Standard
    from bedsim.report.tables import Rows
    from bedsim.scenario.schema import Scenario


COUNT_WAITING = ("p_wait", "wait_days", "waiting", "overflow", "overflow_days_fraction", "overflow_bed_days")


def title_of(scenario: Scenario) -> str:
    """Return a scenario's title with what must be said of it."""
    variations = f" [{'; '.join(scenario.variations)}]" if scenario.variations else ""
    return f"{MARKS[scenario.status]}{(scenario.title or scenario.slug).rstrip('.')}{variations}."


def what(varied: Dial) -> str:
    """Return what is varied, in words."""
    if varied.lever is None:
        return "planned beds"
    name = varied.lever.path[1]
    if varied.is_places:
        is_bedded = varied.scenario.units[str(name)].kind != "community_service"
        return f"{'beds' if is_bedded else 'places'} at {varied.scenario.units[str(name)].name or name}"
    return varied.name


def value_of(varied: Dial, value: float) -> str:
    """Return a value as people read it."""
    return f"{value:.0f}" if varied.is_places else f"{value:.3g}"


def all_of(standards: tuple[Standard, ...]) -> str:
    """Return the standards in words."""
    return " and ".join(str(one) for one in standards)


def size_sentence(found: Size) -> str:
    """Return the answer: the number, and both ranges."""
    varied = found.dial
    value, low, high = (value_of(varied, one) for one in (found.value, found.low, found.high))
    beds = ""
    if varied.lever is not None and varied.is_places and varied.lever.path[1] in _planned_names(found):
        beds = f" ({found.step.planned_beds:.0f} planned beds in all)"
    if varied.is_places:
        answer = f"{value} {what(varied)}{beds} meet"
    else:
        answer = f"{what(varied)} of at most {value} meets"
    sentence = (
        f"{answer} the standard {all_of(found.standards)}{_year(found)} in this model (simulation error {low} to "
        f"{high} at 95%){_ends(found)}."
    )
    if found.is_trivial:
        sentence += f" That is the {'smallest' if varied.is_places else 'largest'} looked at: it is met whatever."
    return sentence


def size_rest(found: Size) -> list[str]:
    """Return what else is to be said: the runner-up, what binds, what the scenario has."""
    varied, said = found.dial, []
    runner_up = found.runner_up
    if runner_up is not None:
        looks = ", ".join(
            f"{looked(one, look.value)} ({one})"
            for one, look in zip(found.standards, runner_up.looks, strict=True)
            if look.value > one.most
        )
        said.append(f"The runner-up, {value_of(varied, runner_up.value)}, misses it: {looks}.")
    if len(found.standards) > 1:
        said.append(f"The standard that binds is {found.binding}.")
    if found.with_community is not None:
        would = value_of(varied, found.with_community)
        if found.with_community == found.value:
            said.append("Community places do not bind: with a place for everybody the answer is the same.")
        else:
            said.append(f"Community places bind too: with a place for everybody {would} would do (20 replications).")
    late = offered_after(varied.blueprint(varied.own_position))
    if late and any(one.measure in COUNT_WAITING for one in found.standards):
        said.append(f"Some planned beds are offered only after {late} of waiting, so people wait while beds are free.")
    said.append(f"The scenario has {value_of(varied, varied.own)}.")
    said.append(step_sentence(found))
    return said


def looked(one: Standard, value: float) -> str:
    """Return the quantity that must not be more than a limit, as people read it."""
    if not math.isfinite(value):
        return "nobody counted, or somebody stuck"
    is_share = one.percent is not None or is_fraction(one.measure)
    specs = [f".{digits}%" for digits in range(1, 6)] if is_share else [f".{digits}g" for digits in range(3, 8)]
    # As many digits as tell it from the limit, which it may miss by little.
    apart = [spec for spec in specs if format(value, spec) != format(one.most, spec)]
    text = format(value, apart[0] if apart else specs[0])
    return f"{text} are above it" if one.percent is not None else text


def size_rows(found: Size) -> Rows:
    """Return one row a value and standard, for a CSV file."""
    header = ("scenario", "vary", "value", "planned_beds", "standard", "most", "estimate", "ci_low", "ci_high", "meets")
    costs = step_costs(found)
    return (*header, *(COST_HEADER if costs else ())), [
        (
            found.scenario.slug,
            found.dial.name,
            step.value,
            step.planned_beds,
            str(one),
            one.most,
            finite(look.value),
            finite(look.low),
            finite(look.high),
            "yes" if step.meets else "no",
            *costs.get(step.value, ()),
        )
        for step in found.steps
        for one, look in zip(found.standards, step.looks, strict=True)
    ]


def size_payload(found: Size) -> dict[str, Any]:
    """Return the answer as one object for `--format json`."""
    return {
        "scenario": found.scenario.slug,
        "title": found.scenario.title,
        "status": found.scenario.status,
        "vary": found.dial.name,
        "standards": [str(one) for one in found.standards],
        "value": found.value,
        "ci_low": found.low,
        "ci_high": found.high,
        "at_range_ends": dict(found.ends),
        "replications": found.n_replications,
        "replications_at_range_ends": found.n_at_ends,
        "with_community_places_for_everybody": found.with_community,
        "binding": str(found.binding),
        "sentence": size_sentence(found),
        "cost": step_sentence(found),
        "rows": [dict(zip(size_rows(found)[0], row, strict=True)) for row in size_rows(found)[1]],
    }


def frontier_sentence(found: Frontier) -> str:
    """Return the answer: what the scenario needs, and what one bed is worth."""
    x, y, own = what(found.x), what(found.y), found.own
    if own.y is None or own.low is None or own.high is None:
        return f"With the scenario's {found.x.own:.0f} {x}, no number of {y} meets {all_of(found.standards)}."
    sentence = (
        f"With the scenario's {found.x.own:.0f} {x}, {own.y:.0f} {y} meet {all_of(found.standards)} (simulation error "
        f"{own.low:.0f} to {own.high:.0f} at 95%)."
    )
    worth = found.worth
    if worth is None:
        return sentence
    if not math.isfinite(worth.low + worth.high) or worth.low <= 0:
        return f"{sentence} More {x} save no {y} that could be told from none here."
    return (
        f"{sentence} One of the {y} is worth {worth.value:.2g} {x} here ({worth.low:.2g} to {worth.high:.2g} at 95%)."
    )


def frontier_rows(found: Frontier) -> Rows:
    """Return one row a point, for a CSV file."""
    header = ("scenario", "x", "x_value", "y", "y_value", "ci_low", "ci_high", "standard")
    costs = point_costs(found)
    return (*header, *(POINT_HEADER if costs else ())), [
        (
            found.scenario.slug,
            found.x.name,
            point.x,
            found.y.name,
            point.y,
            point.low,
            point.high,
            all_of(found.standards),
            *(costs.get(point.x, (None,) * len(POINT_HEADER)) if costs else ()),
        )
        for point in found.points
    ]


def frontier_payload(found: Frontier) -> dict[str, Any]:
    """Return the curve as one object for `--format json`."""
    worth = found.worth
    return {
        "scenario": found.scenario.slug,
        "title": found.scenario.title,
        "status": found.scenario.status,
        "x": found.x.name,
        "y": found.y.name,
        "standards": [str(one) for one in found.standards],
        "replications": found.n_replications,
        "worth": None
        if worth is None
        else {"value": finite(worth.value), "ci_low": finite(worth.low), "ci_high": finite(worth.high)},
        "sentence": frontier_sentence(found),
        "cheapest": cheapest_sentence(found),
        "rows": [dict(zip(frontier_rows(found)[0], row, strict=True)) for row in frontier_rows(found)[1]],
    }


def _ends(found: Size) -> str:
    if not found.ends:
        return "; no range of demand or stay is stated, so how far they move it is not known"
    ends = (found.ends["low"], found.ends["high"])
    if not found.dial.is_places:  # what more demand leaves bearable is less
        ends = ends[::-1]
    low, high = ("no number" if end is None else value_of(found.dial, end) for end in ends)
    return f"; with demand and stay anywhere in their stated ranges: {low} to {high}"


def _year(found: Size) -> str:
    periods = {one.period_of(found.dial.blueprint(found.dial.own_position)) for one in found.standards}
    (period,) = periods if len(periods) == 1 else ("",)
    return f" in {period}" if period and period != "all" and found.standards[0].period is None else ""


def _planned_names(found: Size) -> list[str]:
    blueprint = found.dial.blueprint(found.dial.own_position)
    return [blueprint.units[unit] for unit in blueprint.network.planned_units]
