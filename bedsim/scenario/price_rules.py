"""Rules on prices: each is of a year that the index has, and of something that the scenario has and can count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.ladders import below_minimum
from bedsim.scenario.name_rules import unknown
from bedsim.scenario.outline import models
from bedsim.scenario.prices import Budget, Charge
from bedsim.scenario.schema import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.schema import Unit
    from bedsim.scenario.tree import Keys


def years_are_in_the_index(context: Context) -> Iterator[Finding]:
    """Every price, and the year in which money is said, is of a year that the index has."""
    prices = context.scenario.prices
    if prices is None:
        return
    first, last = prices.index.first_year, prices.index.last_year
    found: list[tuple[Keys, int]] = [(("prices", "price_year"), prices.price_year)]
    for path, model in models(prices, ("prices",)):
        if isinstance(model, Charge | Budget):
            found.append(((*path, "year"), model.year))
    for path, year in found:
        if not first <= year <= last:
            must = f"be a year of the index, {first} to {last}"
            yield Finding(path, must, str(year), "more levels in prices.index")


def prices_are_of_known_units(context: Context) -> Iterator[Finding]:
    """A price is of a unit of the scenario, or of a kind of unit."""
    prices = context.scenario.prices
    known = None if context.units is None else context.units | frozenset(KINDS)
    for name in prices.units if prices is not None else ():
        yield from unknown(("prices", "units", name), "name a unit of the scenario or a kind of unit", name, known)


def open_days_are_of_a_number_of_places(context: Context) -> Iterator[Finding]:
    """Places are charged for being open only where they have a number."""
    prices = context.scenario.prices
    if prices is None:
        return
    for name, unit in context.scenario.units.items():
        if below_minimum(context.scenario, name):
            continue  # it gets nobody, so it costs nothing
        key, charges = prices.of_unit(name, unit.kind)
        if charges is not None and charges.open_day is not None and _is_ever_unlimited(unit):
            must = f"be of places that have a number, which those of {name} have not always"
            remedy = f"prices.units.{name}: {{occupied_day: ...}}"
            yield Finding(("prices", "units", key, "open_day"), must, "of unlimited ones", remedy)


def visits_with_a_price_are_counted(context: Context) -> Iterator[Finding]:
    """Visits are charged of a unit that has any."""
    prices, units = context.scenario.prices, context.scenario.units
    for name, charges in prices.units.items() if prices is not None else ():
        if charges.visit is not None and name in units and units[name].visits is None:
            at = ("prices", "units", name, "visit")
            yield Finding(at, f"be of a unit with visits, which {name} has not", "a price", "visit: null")


def outcomes_with_a_price_are_known(context: Context) -> Iterator[Finding]:
    """An outcome that costs is one to which some stage leads."""
    prices = context.scenario.prices
    if prices is None or not all(map(context.pathway_complete, context.stages or {"": None})):
        return
    names = {name for _, _, stage in context.each_stage() for name, way in stage.then.items() if way.next is None}
    names |= {rung.leave for _, _, stage in context.each_stage() for rung in stage.ladder if rung.leave is not None}
    for name in prices.outcomes:
        yield from unknown(("prices", "outcomes", name), "name an outcome of the scenario", name, frozenset(names))


def budgets_are_of_segments(context: Context) -> Iterator[Finding]:
    """A budget is of a segment of the scenario."""
    prices = context.scenario.prices
    for name in prices.budgets if prices is not None else ():
        at = ("prices", "budgets", name)
        yield from unknown(at, "name a segment of the scenario", name, context.segments)


def acute_days_are_charged_once(context: Context) -> Iterator[Finding]:
    """Days in acute beds are charged as lost, or as those of a unit, since whoever waits there is in both."""
    prices = context.scenario.prices
    if prices is None or prices.acute_day_lost is None:
        return
    for name, unit in context.scenario.units.items():
        key, charges = prices.of_unit(name, unit.kind)
        if unit.kind == "acute" and charges is not None and (charges.open_day or charges.occupied_day):
            must = f"not be charged twice: {name} is an acute unit with a price, and people wait there"
            yield Finding(("prices", "acute_day_lost"), must, f"beside prices.units.{key}", "acute_day_lost: null")


def _is_ever_unlimited(unit: Unit) -> bool:
    return "unlimited" in (unit.places, *(row.places for row in unit.timetable))


PRICE_RULES = (
    years_are_in_the_index,
    prices_are_of_known_units,
    open_days_are_of_a_number_of_places,
    visits_with_a_price_are_counted,
    outcomes_with_a_price_are_known,
    budgets_are_of_segments,
    acute_days_are_charged_once,
)
