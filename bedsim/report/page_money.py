"""What a plan costs, on the page for a board: one table a plan, marked where its prices are assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bedsim.measures.calendar import ALL
from bedsim.report.money_tables import money_lines
from bedsim.report.money_words import NAMES, payer_sentences, segment_sentences
from bedsim.report.names import full_name

if TYPE_CHECKING:
    from bedsim.analysis.run import Run
    from bedsim.report.money_tables import Line

ILLUSTRATIVE = "Illustrative"


class PageMoney(NamedTuple):
    """The money of one plan."""

    slug: str
    mark: str
    caption: str
    sentences: list[str]
    lines: list[Line]


def page_money(run: Run, slug: str, mark: str) -> list[PageMoney]:
    """Return what a plan costs, once; nothing without prices.

    Parameters
    ----------
    run
        Of the plan.
    slug
        What tables call it.
    mark
        What its other tables are marked with.

    Returns
    -------
    list[PageMoney]
        At most one.
    """
    if run.money is None:
        return []
    when = "all days simulated" if run.headline == ALL else f"the financial year {run.headline}"
    caption = f"Money of {when}, in pounds of {run.money.price_year}"
    found, heading = [], ""
    for line in money_lines(run, lambda name: NAMES.get(name) or full_name(run.scenario, name)):
        heading = heading if line.is_part else line.words
        if line.value:
            words = f"{heading}: {line.words}" if line.is_part else line.words
            found.append(line._replace(words=f"{words[:1].upper()}{words[1:]}"))
    mark = ILLUSTRATIVE if run.money.is_illustrative else mark
    return [PageMoney(slug, mark, caption, [*payer_sentences(run), *segment_sentences(run)], found)]
