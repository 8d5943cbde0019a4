"""Rules on segments: every person referred is of one, and together they are the population."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.name_rules import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = "nobody"
"""Whose money it is that nobody's use can be charged with."""
SLIP = 0.005
"""How far the people of all segments may be from those of all localities: both are rounded."""


def segments_cover_the_population(context: Context) -> Iterator[Finding]:
    """The people of all segments are those of all localities, where every locality states its people."""
    scenario = context.scenario
    stated = [locality.population for locality in scenario.localities.values()]
    known = [people for people in stated if people is not None]
    is_whole = context.localities == scenario.localities.keys() and context.segments == scenario.segments.keys()
    if not (scenario.segments and known and is_whole and len(known) == len(stated)):
        return
    people, covered = sum(known), sum(segment.population for segment in scenario.segments.values())
    if abs(covered - people) > SLIP * people:
        must = f"cover the population of the localities, {people:,.0f} people"
        yield Finding(("segments",), must, f"{covered:,.0f} in all", "populations that add up")


def segment_has_a_name_of_its_own(context: Context) -> Iterator[Finding]:
    """No segment bears the name under which money stands that belongs to nobody."""
    if NOBODY in context.scenario.segments:
        yield Finding(("segments", NOBODY), "not bear a name that results use", NOBODY, f"{NOBODY}_1")


def rates_are_of_segments(context: Context) -> Iterator[Finding]:
    """A stream's rates by segment are of segments of the scenario, and of every one."""
    for name, stream in context.scenario.streams.items():
        at, rates = ("streams", name, "referrals", "by_segment"), stream.referrals.by_segment
        for segment in rates:
            yield from unknown((*at, segment), "name a segment of the scenario", segment, context.segments)
        missing = sorted((context.segments or frozenset()) - rates.keys()) if rates else []
        if missing:
            found, remedy = f"none for {', '.join(missing)}", f"{missing[0]}: {{...}}"
            yield Finding(at, "have a rate for every segment", found, remedy)


def streams_are_of_segments(context: Context) -> Iterator[Finding]:
    """With segments, every stream says of which its people are: by its rates, or by shares."""
    for name, stream in context.scenario.streams.items():
        at, has_rates = ("streams", name, "segments"), bool(stream.referrals.by_segment)
        for segment in stream.segments.shares if stream.segments else ():
            yield from unknown((*at, "shares", segment), "name a segment of the scenario", segment, context.segments)
        if stream.segments is None and not has_rates and context.segments:
            remedy = f"segments: {{shares: {{{min(context.segments)}: 1}}}}"
            yield Finding(("streams", name), "say of which segments its people are", "nothing of them", remedy)


def spend_can_be_brought_to_a_year(context: Context) -> Iterator[Finding]:
    """Stated spend stands beside prices, whose index brings it to the year in which money is said, and has its year."""
    prices = context.scenario.prices
    for name, segment in context.scenario.segments.items():
        at = ("segments", name, "spend")
        if segment.spend is None:
            continue
        if not context.has_prices:
            must = "stand beside prices, whose index brings it to the year in which money is said"
            yield Finding(at, must, "without them", "prices: {price_year: ..., index: {...}}, or spend: null")
        elif prices is not None and not prices.index.first_year <= segment.spend.year <= prices.index.last_year:
            must = f"be a year of the index, {prices.index.first_year} to {prices.index.last_year}"
            yield Finding((*at, "year"), must, str(segment.spend.year), "more levels in prices.index")


def public_shares_are_of_segments(context: Context) -> Iterator[Finding]:
    """What has been published is of segments of the scenario."""
    for name, public in context.scenario.public_shares.items():
        for i, segment in enumerate(public.segments):
            at = ("public_shares", name, "segments", i)
            yield from unknown(at, "name a segment of the scenario", segment, context.segments)


SEGMENT_RULES = (
    segments_cover_the_population,
    segment_has_a_name_of_its_own,
    rates_are_of_segments,
    streams_are_of_segments,
    spend_can_be_brought_to_a_year,
    public_shares_are_of_segments,
)
