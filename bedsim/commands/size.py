"""`bedsim size`: how many beds meet a standard, with both ranges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import Format, error_stream, load_all, output, print_csv

if TYPE_CHECKING:
    from bedsim.analysis.size import Size

LOOKS = 12
"""About so many values are run with all replications, and as many with few; for the progress bar."""


def size(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, YAML.", show_default=False)],
    vary: Annotated[
        str,
        typer.Option(
            help="planned_beds (all sites in proportion), or a path: units.haywood.beds, units.home_team.places, "
            "streams.acute.referrals.per_day, a mean need."
        ),
    ] = "planned_beds",
    standard: Annotated[
        list[str] | None,
        typer.Option(
            help='"MEASURE[.pN] [of UNIT] [in PERIOD] <= NUMBER[%]" [default: overflow_days_fraction <= 5%]; '
            "repeatable: all must be met."
        ),
    ] = None,
    replications: Annotated[int, typer.Option(help="Independent replications of each number.")] = 100,
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
    """Find the fewest beds (or places; or the most demand, the longest stay) with which standards are met."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.plan import scenario_hash
    from bedsim.analysis.ready import make_ready
    from bedsim.analysis.size import read_size
    from bedsim.analysis.size import size as find
    from bedsim.analysis.standards import USUAL
    from bedsim.report.progress import progress
    from bedsim.store.folder import ensure_writable, run_folder

    console = error_stream(quiet)
    (loaded,) = load_all([scenario], [], set_values or [])
    read_size(loaded, vary, standard or USUAL, replications)
    ensure_writable(out)
    make_ready("compiled", lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True))
    with progress(console, loaded.slug, LOOKS * (replications + 20)) as advance:
        found = find(loaded, vary, standard or USUAL, replications, seed, workers, advance)
    folder = run_folder(out, loaded.slug, scenario_hash(loaded), seed)
    _write(found, folder)
    _print(found, folder, format_)


def _write(found: Size, folder: Path) -> None:
    """Write the table, the picture and its words into the run's folder."""
    from bedsim.report.size_plot import size_picture
    from bedsim.report.size_words import size_rows
    from bedsim.report.tables import csv_text
    from bedsim.store.folder import write_beside

    files = {"size.csv": csv_text(*size_rows(found)), **size_picture(found).files("size")}
    write_beside(folder, files)


def _print(found: Size, folder: Path, format_: Format) -> None:
    from bedsim.report.size_tables import size_tables
    from bedsim.report.size_words import size_payload, size_rest, size_rows, size_sentence, title_of
    from bedsim.report.tables import csv_text

    if format_ is Format.json:
        import json

        print(json.dumps(size_payload(found), ensure_ascii=False, indent=1))
        return
    if format_ is Format.csv:
        print_csv(csv_text(*size_rows(found)))
        return
    page = output()
    page.print(f"{title_of(found.scenario)} {size_sentence(found)}", markup=False)
    page.print()
    for table in size_tables(found):
        page.print(table)
        page.print()
    if found.scenario.prices is not None:
        page.print("Money of a step is rounded after subtraction.")
    for sentence in size_rest(found):
        page.print(sentence, markup=False)
    page.print(f"Files: {folder}", markup=False, soft_wrap=True)
