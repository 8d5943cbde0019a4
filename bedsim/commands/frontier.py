"""`bedsim frontier`: beds against community places, the curve on which a standard is just met."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import Format, error_stream, load_all, output, print_csv

if TYPE_CHECKING:
    from bedsim.analysis.frontier import Frontier

LOOKS = 8
"""About so many numbers of beds are run for each number of places; for the progress bar."""


def frontier(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, YAML.", show_default=False)],
    x: Annotated[str, typer.Option("--x", help="Path of places, e.g. units.home_team.places.", show_default=False)],
    y: Annotated[str, typer.Option("--y", help="planned_beds, or the path of a unit's beds.")] = "planned_beds",
    standard: Annotated[
        list[str] | None,
        typer.Option(help="As of bedsim size [default: overflow_days_fraction <= 5%]; repeatable."),
    ] = None,
    points: Annotated[int, typer.Option(help="Numbers of places, besides the scenario's own.")] = 10,
    replications: Annotated[int, typer.Option(help="Independent replications of each number.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="Root of all random streams.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="How many at a time; by default one a core.")] = None,
    set_values: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, e.g. units.haywood.beds=90; repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the run folders.")] = Path("results"),
    format_: Annotated[Format, typer.Option("--format", help="What is printed on standard output.")] = Format.table,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Show how many beds go with how many community places, and what one bed is worth."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.frontier import frontier as find
    from bedsim.analysis.frontier import read_frontier
    from bedsim.analysis.plan import scenario_hash
    from bedsim.analysis.ready import make_ready
    from bedsim.analysis.standards import USUAL
    from bedsim.report.progress import progress
    from bedsim.store.folder import ensure_writable, run_folder

    console = error_stream(quiet)
    (loaded,) = load_all([scenario], [], set_values or [])
    read_frontier(loaded, x, y, standard or USUAL, points, replications)
    ensure_writable(out)
    make_ready("compiled", lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True))
    with progress(console, loaded.slug, LOOKS * (points + 1) * replications) as advance:
        found = find(loaded, x, y, standard or USUAL, points, replications, seed, workers, advance)
    folder = run_folder(out, loaded.slug, scenario_hash(loaded), seed)
    _write(found, folder)
    _print(found, folder, format_)


def _write(found: Frontier, folder: Path) -> None:
    """Write the table, the picture and its words into the run's folder."""
    from bedsim.report.size_plot import frontier_picture
    from bedsim.report.size_words import frontier_rows
    from bedsim.report.tables import csv_text
    from bedsim.store.folder import write_beside

    files = {"frontier.csv": csv_text(*frontier_rows(found)), **frontier_picture(found).files("frontier")}
    write_beside(folder, files)


def _print(found: Frontier, folder: Path, format_: Format) -> None:
    from bedsim.report.cost_words import cheapest_sentence
    from bedsim.report.size_tables import frontier_table
    from bedsim.report.size_words import frontier_payload, frontier_rows, frontier_sentence, title_of
    from bedsim.report.tables import csv_text

    if format_ is Format.json:
        import json

        print(json.dumps(frontier_payload(found), ensure_ascii=False, indent=1))
        return
    if format_ is Format.csv:
        print_csv(csv_text(*frontier_rows(found)))
        return
    page = output()
    page.print(f"{title_of(found.scenario)} {frontier_sentence(found)}", markup=False)
    page.print()
    page.print(frontier_table(found))
    page.print()
    page.print(cheapest_sentence(found), markup=False)
    page.print(f"Files: {folder}", markup=False, soft_wrap=True)
