"""`bedsim calibrate`: whether a scenario's delay is what is recorded, and how steep the slope is it stands on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import error_stream, load_all, output

if TYPE_CHECKING:
    from rich.table import Table

    from bedsim.analysis.calibrate import Calibration, Interval


def calibrate(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, YAML.", show_default=False)],
    replications: Annotated[int, typer.Option(help="Independent replications of each variant.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Root of all random streams.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="How many at a time; by default one a core.")] = None,
    set_values: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, e.g. units.home_team.places=32; repeatable.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Show the delay to leave, beside one community place fewer and more, and 5% fewer and more referrals.

    No file is changed: numbers of places are for you to choose.
    """
    del debug  # read in main, before anything can fail
    from bedsim.analysis.calibrate import calibrate, variants
    from bedsim.analysis.ready import make_ready
    from bedsim.report.progress import progress

    console = error_stream(quiet)
    (loaded,) = load_all([scenario], [], set_values or [])
    total = replications * len(list(variants(loaded)))
    make_ready("compiled", lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True))
    with progress(console, loaded.slug, total) as advance:
        found = calibrate(loaded, replications, seed, workers, advance)
    page = output()
    for table in (_delay_table(found), _places_table(found)):
        page.print(table)
        page.print()
    page.print(found.sentence(), markup=False)
    page.print(
        f"{found.n_replications} replications each, seed {found.seed}, the same people in all. Needed: people who "
        "would be there if there were a place for everybody; there: people who are; both over the places.",
        markup=False,
    )


def _delay_table(found: Calibration) -> Table:
    """Return one line a variant: its delay."""
    from bedsim.report.tables import empty_table

    table = empty_table()
    table.add_column("change")
    for heading in ("delay", "95% interval", "of it waiting", "95% interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    for variant in found.variants:
        table.add_row(variant.change, *_cells(variant.delayed_fraction, 1), *_cells(variant.no_place_share, 0))
    return table


def _places_table(found: Calibration) -> Table:
    """Return, of each limited unit, one line a variant: how full it would be, and is."""
    from bedsim.report.tables import below, empty_table

    table = empty_table()
    table.add_column("places of")
    for heading in ("needed", "there"):
        table.add_column(heading, justify="right", no_wrap=True)
    for unit in found.variants[0].need_over_places:
        table.add_row(unit)
        for variant in found.variants:
            loads = variant.need_over_places[unit], variant.caseload_over_places[unit]
            table.add_row(below(variant.change), *(f"{load:.0%}" for load in loads))
    return table


def _cells(interval: Interval, decimals: int) -> tuple[str, str]:
    """Return a mean and its interval in percent, a dash where there is none."""
    mean, low, high = interval
    ends = "-" if low is None or high is None else f"{low:.{decimals}%} to {high:.{decimals}%}"
    return f"{mean:.{decimals}%}", ends
