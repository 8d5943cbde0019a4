"""The command line: reads what was typed, calls the layers, prints. No logic, and nothing heavy until it is needed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from bedsim.errors import BedsimError, ScenarioError

if TYPE_CHECKING:
    from rich.console import Console

    from bedsim.analysis.plan import Plan
    from bedsim.analysis.replicate import Batch
    from bedsim.analysis.run import Run
    from bedsim.analysis.workers import Workers
    from bedsim.scenario.schema import Scenario

INTERRUPTED = 130
WIDTH_OF_A_FILE = 120

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="How many rehabilitation beds, where, and what happens in a bad winter if we are wrong.",
)


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    json = "json"
    csv = "csv"


class EngineName(StrEnum):
    """Which engine simulates; their numbers are the same."""

    compiled = "compiled"
    simpy = "simpy"


def main() -> None:
    """Run the command line; what a user can mend is a sentence on the error stream and an exit code."""
    if "--debug" in sys.argv:
        app()
    try:
        app()
    except BedsimError as error:
        print(error, file=sys.stderr)
        raise SystemExit(error.exit_code) from None


def _interruptible(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with a sentence for an interruption that it does not answer itself; typer has none."""

    @wraps(command)
    def careful(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            print("Interrupted; the same command goes on from what was finished.", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None

    return careful


def _version(wanted: bool) -> None:
    if wanted:
        from bedsim import __version__

        print(f"bedsim {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    del version  # read by its callback


@app.command()
@_interruptible
def run(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files, YAML.", show_default=False)],
    also: Annotated[
        list[Path] | None,
        typer.Option(help="Run each scenario once more with this file laid over it; repeatable."),
    ] = None,
    replications: Annotated[int, typer.Option(help="Independent replications of each run.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Root of all random streams.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="How many at a time; by default one a core.")] = None,
    engine: Annotated[
        EngineName, typer.Option(help="Both give the same numbers; simpy is the readable one, a hundred times slower.")
    ] = EngineName.compiled,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, or local; needs bedsim[cluster].")
    ] = None,
    set_values: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, e.g. units.haywood.beds=90; repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the run folders.")] = Path("results"),
    format_: Annotated[Format, typer.Option("--format", help="What is printed on standard output.")] = Format.table,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no cautions.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Run scenarios: replications, a verdict, a table, a picture and a folder of results."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.plan import plan_run
    from bedsim.analysis.ready import make_ready
    from bedsim.store.folder import ensure_writable

    console = _console(quiet)
    loaded = _load_all(scenarios, also or [], set_values or [])
    make_ready(engine.value, lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True))
    plans = [plan_run(scenario, replications, engine.value) for scenario in loaded]
    ensure_writable(out)
    done: list[tuple[Run, Path]] = []
    known: dict[str, Run] = {}
    with _workers(engine, workers, cluster) as crew:
        for plan in plans:
            _say_before(plan, console)
            finished, folder, batch = _run_one(plan, seed, crew, out, known, console)
            if finished is not None and folder is not None:
                done.append((finished, folder))
                if format_ is Format.table:
                    _print_run(finished, folder)
            if batch.is_stopped:
                _print_rest(done, format_)
                _say_stopped(finished, folder, batch)
                raise typer.Exit(INTERRUPTED if batch.interrupted else BedsimError.exit_code)
    _print_rest(done, format_)


@contextmanager
def _workers(engine: EngineName, n: int | None, cluster: str | None) -> Iterator[Workers]:
    """Give what does the work: this machine, or a cluster while connected to it."""
    if cluster is not None:
        from bedsim.analysis.cluster import connected

        with connected(cluster, n) as workers:
            yield workers
    else:
        from bedsim.analysis.workers import local_workers

        yield local_workers(engine.value, n)


def _load_all(scenarios: list[Path], also: list[Path], set_values: list[str]) -> list[Scenario]:
    """Load every scenario, alone and with each overlay; all the problems of all of them come at once."""
    from bedsim.scenario.load import load

    loaded, problems = [], []
    for path in scenarios:
        for overlays in ([], *([overlay] for overlay in also)):
            try:
                loaded.append(load(path, set_values=set_values, overlays=overlays))
            except ScenarioError as error:
                problems += error.problems
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return loaded


def _run_one(
    plan: Plan, seed: int, workers: Workers, out: Path, known: dict[str, Run], console: Console
) -> tuple[Run | None, Path | None, Batch]:
    """Run a plan behind a progress bar and publish what was finished; return it with what stopped the rest."""
    from bedsim.analysis.conduct import conduct
    from bedsim.report.progress import progress
    from bedsim.report.publish import publish
    from bedsim.store.chunks import chunks_in
    from bedsim.store.folder import run_folder

    began = time.perf_counter()
    folder = run_folder(out, plan.scenario.slug, plan.hash, seed)

    def say(sentence: str) -> None:
        console.print(f"{plan.scenario.slug}: {sentence}", markup=False, highlight=False, soft_wrap=True)

    with progress(console, plan.scenario.slug, plan.n_to_run(known)) as advance:
        finished, batch = conduct(plan, seed, workers, advance, known, chunks_in(folder, seed, say))
    return finished, None if finished is None else publish(finished, folder, time.perf_counter() - began), batch


def _say_stopped(finished: Run | None, folder: Path | None, batch: Batch) -> None:
    """Say what stopped a run, and what is kept."""
    kept = f"{finished.n_replications} replications are kept in {folder}" if finished else "no replication was finished"
    if batch.interrupted:
        print(f"Interrupted; {kept}; the same command goes on from there.", file=sys.stderr)
    else:
        print(f"{batch.error}\n{kept}.", file=sys.stderr)


def _say_before(plan: Plan, console: Console) -> None:
    """Say, before simulating, what should not come as a surprise."""
    from bedsim.scenario.cautions import cautions

    for sentence in (plan.overload.sentence(), *cautions(plan.scenario)):
        if sentence is not None:
            console.print(f"{plan.scenario.slug}: {sentence}", markup=False, highlight=False, soft_wrap=True)


def _console(quiet: bool) -> Console:
    """Return what progress and cautions are written on: the error stream."""
    from rich.console import Console

    return Console(stderr=True, quiet=quiet, width=_width(sys.stderr))


def _output() -> Console:
    """Return what results are written on: the standard output."""
    from rich.console import Console

    return Console(highlight=False, width=_width(sys.stdout))


def _width(stream: TextIO) -> int | None:
    """Return the width of a file or a pipe, in which nothing should be cut; None: the terminal's own."""
    return None if stream.isatty() or "COLUMNS" in os.environ else WIDTH_OF_A_FILE


def _print_run(run: Run, folder: Path) -> None:
    """Print the verdict, the tables and where the files are."""
    from bedsim.report.tables import terminal_table, unit_table
    from bedsim.report.verdict import verdict

    console = _output()
    console.print(verdict(run), markup=False)
    console.print()
    for table in (terminal_table(run), unit_table(run)):
        console.print(table)
        console.print()
    console.print(f"Files: {folder}", markup=False, soft_wrap=True)
    console.print()


def _print_rest(done: list[tuple[Run, Path]], format_: Format) -> None:
    """Print what is printed once for all runs: JSON, CSV, or the comparison of several."""
    from bedsim.report.tables import HEADER, comparison_table, csv_text, payload, records

    runs = [run for run, _ in done]
    if format_ is Format.json:
        import json

        objects = [payload(run) for run in runs]
        print(json.dumps(objects[0] if len(objects) == 1 else {"runs": objects}, ensure_ascii=False, indent=1))
    elif format_ is Format.csv:
        print(csv_text(HEADER, [record for run in runs for record in records(run)]), end="")
    elif len(runs) > 1:
        _output().print(comparison_table(runs))


if __name__ == "__main__":
    main()
