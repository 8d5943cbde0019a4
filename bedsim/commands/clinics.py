"""`bedsim clinics`: waits and ways of consultant-led clinics, and what moving one does to both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import Format, error_stream, output, print_csv
from bedsim.errors import ScenarioError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bedsim.clinics.compare import Comparison
    from bedsim.clinics.run import ClinicRun
    from bedsim.clinics.schema import ClinicPlan
    from bedsim.report.tables import Rows


def clinics(
    file: Annotated[Path, typer.Argument(help="File of clinics, YAML.", show_default=False)],
    other: Annotated[
        Path | None, typer.Argument(help="Another, through which the same people go.", show_default=False)
    ] = None,
    replications: Annotated[int, typer.Option(help="Independent replications of each.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Root of all random streams.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder for the run folders.")] = Path("results"),
    format_: Annotated[Format, typer.Option("--format", help="What is printed on standard output.")] = Format.table,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Simulate clinics: weeks until a first appointment, people waiting, minutes there; or compare two plans."""
    del debug  # read in main, before anything can fail
    from bedsim.clinics.compare import compare
    from bedsim.clinics.publish import publish, publish_comparison
    from bedsim.clinics.run import run
    from bedsim.clinics.sessions import overloads
    from bedsim.report.progress import progress
    from bedsim.store.folder import ensure_writable

    console = error_stream(quiet)
    plans = _load_all([file] if other is None else [file, other])
    ensure_writable(out)
    for plan in plans:
        for text in overloads(plan):
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    with progress(console, "clinics", max(replications, 0) * len(plans)) as advance:
        if len(plans) == 1:
            done = run(plans[0], replications, seed, advance)
        else:
            both = compare(plans[0], plans[1], replications, seed, advance)
    if len(plans) == 1:
        _print(done, publish(done, out), format_)
    else:
        _print_both(both, publish_comparison(both, out), format_)


def _load_all(files: list[Path]) -> list[ClinicPlan]:
    """Load every file; all the problems of all of them come at once."""
    from bedsim.clinics.load import load

    plans, problems = [], []
    for file in files:
        try:
            plans.append(load(file))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return plans


def _print(done: ClinicRun, folder: Path, format_: Format) -> None:
    from bedsim.clinics.tables import payload, rows_of, run_table
    from bedsim.clinics.words import sentence

    _print_as(format_, partial(payload, done), partial(rows_of, done), (sentence(done), run_table(done)), folder)


def _print_both(both: Comparison, folder: Path, format_: Format) -> None:
    from bedsim.clinics.tables import comparison_payload, difference_rows, difference_table
    from bedsim.clinics.words import ROUNDED, comparison_sentence

    parts = (comparison_sentence(both), difference_table(both), ROUNDED)
    _print_as(format_, partial(comparison_payload, both), partial(difference_rows, both), parts, folder)


def _print_as(
    format_: Format,
    payload: Callable[[], dict[str, object]],
    rows: Callable[[], Rows],
    parts: tuple[RenderableType, ...],
    folder: Path,
) -> None:
    """Print one of three: an object, rows, or what people read and where the files are."""
    from bedsim.report.tables import csv_text

    if format_ is Format.json:
        import json

        print(json.dumps(payload(), ensure_ascii=False, indent=1))
    elif format_ is Format.csv:
        print_csv(csv_text(*rows()))
    else:
        console = output()
        for part in parts:
            console.print(part, markup=False)
            console.print()
        console.print(f"Files: {folder}", markup=False, soft_wrap=True)
