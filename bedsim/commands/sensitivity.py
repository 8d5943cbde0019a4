"""`bedsim sensitivity`: which assumption moves the bed number, and how much of its uncertainty is inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import Format, error_stream, load_all, output, print_csv

if TYPE_CHECKING:
    from bedsim.analysis.sensitivity_found import Sensitivity
    from bedsim.store.atomic import Write


def sensitivity(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, YAML.", show_default=False)],
    replications: Annotated[
        int, typer.Option(help="Independent replications of each end of each range; of a draw at most 20.")
    ] = 50,
    draws: Annotated[
        int | None, typer.Option(help="Draws of all inputs from their ranges [default: 64; with --global 256].")
    ] = None,
    has_indices: Annotated[
        bool, typer.Option("--global", help="Also each input's share of the variance; needs bedsim[sensitivity].")
    ] = False,
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
    """Show how far each stated range moves the bed number, one at a time, and split its uncertainty."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.ready import make_ready
    from bedsim.analysis.sensitivity import study
    from bedsim.report.progress import progress
    from bedsim.store.folder import ensure_writable, run_folder

    console = error_stream(quiet)
    (loaded,) = load_all([scenario], [], set_values or [])
    ensure_writable(out)
    asked = study(loaded, replications, seed, draws, has_indices)
    make_ready("compiled", lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True))
    with progress(console, loaded.slug, asked.n_to_run) as advance:
        found = asked.run(workers, advance)
    folder = run_folder(out, loaded.slug, found.hash, seed)
    _write(found, folder)
    _print(found, folder, format_)


def _print(found: Sensitivity, folder: Path, format_: Format) -> None:
    """Print what was found."""
    from bedsim.analysis.sensitivity_found import MEASURES
    from bedsim.report import sensitivity as words
    from bedsim.report.tables import csv_text

    if format_ is Format.json:
        import json

        print(json.dumps(words.sensitivity_payload(found), ensure_ascii=False, indent=1))
        return
    if format_ is Format.csv:
        print_csv(csv_text(*words.effect_rows(found)))
        return
    page = output()
    page.print(words.opening(found), markup=False)
    for measure in MEASURES:
        page.print()
        if found.ranked(measure):
            page.print(words.tornado_table(found, measure))
        page.print(words.no_effect(found, measure), markup=False)
    if found.indices:
        page.print()
        page.print(words.index_table(found))
    page.print()
    page.print(found.sentence(), markup=False)
    page.print()
    for note in words.notes(found):
        page.print(note, markup=False)
    page.print(f"Files: {folder}", markup=False, soft_wrap=True)


def _write(found: Sensitivity, folder: Path) -> None:
    """Write the tables, the picture and its words into the run's folder; BedsimError if that cannot be done."""
    from bedsim.report.sensitivity import effect_rows, index_rows, split_rows
    from bedsim.report.sensitivity_plot import sensitivity_picture
    from bedsim.report.tables import csv_text
    from bedsim.store.folder import write_beside

    files: dict[str, str | Write] = {
        "sensitivity.csv": csv_text(*effect_rows(found)),
        "sensitivity_split.csv": csv_text(*split_rows(found)),
        **sensitivity_picture(found).files("sensitivity"),
    }
    if found.indices:
        files["sensitivity_global.csv"] = csv_text(*index_rows(found))
    write_beside(folder, files)
