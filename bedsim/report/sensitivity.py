"""What moves the bed number, in words and tables.

Why: a planner reads names of things and differences in beds; where a number is written in the file stands in the table
for spreadsheets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedsim.analysis.sensitivity_found import MEASURES, PARTS, at_end
from bedsim.analysis.sensitivity_inputs import EACH
from bedsim.measures.calendar import ALL
from bedsim.report.heading import MARKS
from bedsim.report.tables import below, empty_table, finite
from bedsim.scenario.field_docs import unit_of_measure
from bedsim.scenario.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.table import Table

    from bedsim.analysis.intervals import Interval
    from bedsim.analysis.sensitivity_found import Effect, Measure, Sensitivity
    from bedsim.analysis.sensitivity_inputs import Uncertain
    from bedsim.report.tables import Rows

HEADER = (
    "scenario",
    "input",
    "n_numbers",
    "end",
    "at",
    "measure",
    "unit_of_measure",
    "period",
    "difference",
    "ci_low",
    "ci_high",
)
UNSAID = ("pathways", "streams", "units", "then", *SHAPES)
"""Steps of a path that say nothing to who knows the scenario."""
UNITS: dict[Measure, str] = {"beds": "beds", "overflow": "people"}


def label(name: str, n: int = 1) -> str:
    """Return a path as words: whose number it is, and which.

    >>> label("pathways.rehab.stay.then.died.needed_days.lognormal.mean"), label("units.*.stay_factor", 9)
    ('stay, died: needed days, mean', 'stay factor (9 together)')
    """
    head, *rest = name.split(".")
    if head == "pathways":
        owners, keys = rest[1:2] + (rest[3:4] if rest[2] == "then" else []), rest[4 if rest[2] == "then" else 2 :]
    else:
        owners, keys = rest[:-1], rest[-1:]
        keys, owners = [*owners[1:], *keys], owners[:1]
    whose, which = (
        ", ".join(one.replace("_", " ") for one in part if one not in (*UNSAID, EACH)) for part in (owners, keys)
    )
    return f"{whose}: {which}" * bool(whose) + which * (not whose) + f" ({n} together)" * (n > 1)


def label_of(one: Uncertain) -> str:
    """Return an input's name in words."""
    return label(one.name, len(one.levers))


def range_of(one: Uncertain) -> str:
    """Return an input's value, range and unit; of several that are not alike, those of the first."""
    first, unit = one.levers[0], unit_of_measure(one.levers[0].path)
    low, high = (next(iter(one.at(part).values())) for part in PARTS.values())
    alike = len({(each.value, each.range) for each in one.levers}) == 1
    rest = "" if alike else f", and {len(one.levers) - 1} more"
    unit = "" if unit == str(first.path[-1]) else f" {unit}"
    return f"{first.value:g}, from {low:g} to {high:g}{unit}{rest}"


def heading_of(found: Sensitivity) -> str:
    """Return the scenario's title with what must be said of it."""
    scenario = found.scenario
    variations = f" [{'; '.join(scenario.variations)}]" if scenario.variations else ""
    return f"{MARKS[scenario.status]}{(scenario.title or scenario.slug).rstrip('.')}{variations}."


def opening(found: Sensitivity) -> str:
    """Return the numbers of the scenario as it is."""
    when = "" if found.period == ALL else f" in {found.period}"
    return (
        f"{heading_of(found)} {found.whole_beds} beds would be enough on 95% of days{when} if anybody could use any of "
        f"them at once: {in_words(found.value('beds'))} with fractions of a bed. Mean overflow: "
        f"{in_words(found.value('overflow'))} people. In brackets 95% intervals of the simulation error."
    )


def no_effect(found: Sensitivity, measure: Measure) -> str:
    """Return the inputs that do not move a number, in one line; nothing if all do."""
    names, bound = found.without_effect(measure)
    if not names:
        return ""
    by_name = {one.input.name: label_of(one.input) for one in found.effects}
    beyond = f" beyond {bound:.1f} {UNITS[measure]}" if bound else ""
    return f"No effect on {MEASURES[measure]}{beyond}: {'; '.join(by_name.get(name, label(name)) for name in names)}."


def notes(found: Sensitivity) -> Iterator[str]:
    """Yield what must be known to read the tables."""
    yield (
        f"{found.n_replications} replications of each end, seed {found.seed}, with the same people; differences are "
        "paired replication by replication. One input at a time, the others as they are; places that follow referrals "
        "follow them here too. The beds are those of the demand, whatever the sites: a ladder that offers some units "
        "later, and longer stays there, act on the overflow alone."
    )
    yield (
        f"The split is of {len(found.drawn)} draws of all inputs, {len(found.drawn[0].demand)} replications each, "
        "every value in a range as likely as any other and no input bound to another: an assumption."
    )
    if found.n_senseless:
        yield f"{found.n_senseless} draws more make no sense together, or somebody could never move in them."
    for name, why in found.left_out.items():
        yield f"Left out: {label(name)}: {why}"


def tornado_table(found: Sensitivity, measure: Measure) -> Table:
    """Return one line an input that moves a number, the widest swing first, and one with its range."""
    from rich.text import Text

    table = empty_table()
    own = f"{in_words(found.value(measure))} {UNITS[measure]}"
    table.title = f"{MEASURES[measure]}: difference from {own}, the scenario as it is"
    table.title_justify = "left"
    table.title_style = ""
    table.add_column("input, its value and range")
    for end in PARTS:
        table.add_column(f"at the {end} end", justify="right", no_wrap=True)
    for one in found.ranked(measure):
        table.add_row(Text(label_of(one.input)), *(in_words(interval, "+") for interval in one.ends[measure].values()))
        table.add_row(below(range_of(one.input)))
    return table


def index_table(found: Sensitivity) -> Table:
    """Return one line an input: its share of the variance of the bed number, alone."""
    table = empty_table()
    table.add_column("input")
    table.add_column("share of the variance over the ranges, alone", justify="right")
    names = {one.input.name: label_of(one.input) for one in found.effects}
    for one in sorted(found.indices, key=lambda one: -one.value):
        ends = (max(0.0, one.value - one.half_width), min(1.0, one.value + one.half_width))
        table.add_row(names[one.name], f"{max(0.0, one.value):.0%} ({ends[0]:.0%} to {ends[1]:.0%})")
    return table


def in_words(interval: Interval, sign: str = "") -> str:
    """Return a number of beds or people with its interval.

    >>> in_words((-36.04, -37.1, -34.9), "+"), in_words((8.09, None, None))
    ('-36.0 (-37.1 to -34.9)', '8.1')
    """
    shown = [f"{round(one, 1) + 0.0:{sign}.1f}" for one in interval if one is not None]
    return f"{shown[0]} ({shown[1]} to {shown[2]})" if len(shown) > 1 else shown[0]


def effect_rows(found: Sensitivity) -> Rows:
    """Return one row an input, end and measure, for a CSV file."""
    rows = [
        (
            found.scenario.slug,
            one.input.name,
            len(one.input.levers),
            end,
            at_end(one.input, end),
            MEASURES[measure],
            UNITS[measure],
            found.period,
            *one.ends[measure][end],
        )
        for measure, one in _by_swing(found)
        for end in PARTS
    ]
    return HEADER, rows


def split_rows(found: Sensitivity) -> Rows:
    """Return the parts of the uncertainty of the bed number, for a CSV file: variances in beds squared."""
    one, (days_sd, _, _) = found.split, found.day_to_day
    rows = [
        ("inputs", one.inputs, *one.inputs_ends, one.inputs_fraction),
        ("simulation", one.simulation, None, None, 1 - one.inputs_fraction),
        ("day to day, no part of it", days_sd**2, None, None, None),
    ]
    header = ("scenario", "part", "period", "variance", "ci_low", "ci_high", "fraction")
    return header, [(found.scenario.slug, part, found.period, *numbers) for part, *numbers in rows]


def index_rows(found: Sensitivity) -> Rows:
    """Return the indices, for a CSV file."""
    ends = [(one.name, one.value, one.value - one.half_width, one.value + one.half_width) for one in found.indices]
    header = ("scenario", "input", "first_order_index", "ci_low", "ci_high")
    return header, [(found.scenario.slug, *row) for row in ends]


def sensitivity_payload(found: Sensitivity) -> dict[str, Any]:
    """Return everything as one object for `--format json`; an interval that does not exist is null."""
    return {
        "scenario": found.scenario.slug,
        "title": found.scenario.title,
        "status": found.scenario.status,
        "hash": found.hash,
        "seed": found.seed,
        "replications": found.n_replications,
        "draws": len(found.drawn),
        "period": found.period,
        "beds": found.whole_beds,
        "sentence": found.sentence(),
        "rows": list(_objects(effect_rows(found))),
        "split": list(_objects(split_rows(found))),
        "indices": list(_objects(index_rows(found))),
        "left_out": found.left_out,
    }


def _by_swing(found: Sensitivity) -> Iterator[tuple[Measure, Effect]]:
    for measure in MEASURES:
        yield from ((measure, one) for one in sorted(found.effects, key=lambda one: -one.swing(measure)))


def _objects(table: Rows) -> Iterable[dict[str, Any]]:
    for row in table[1]:
        cells = (finite(cell) if isinstance(cell, float) else cell for cell in row)
        yield dict(zip(table[0][1:], list(cells)[1:], strict=True))
