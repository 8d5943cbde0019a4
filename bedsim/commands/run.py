"""`bedsim run`: replications, a verdict, tables, pictures and a folder of results."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import INTERRUPTED, Format, error_stream, load_all, output, print_csv
from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from rich.console import Console

    from bedsim.analysis.plan import Plan
    from bedsim.analysis.replicate import Batch
    from bedsim.analysis.run import Run
    from bedsim.analysis.workers import Workers
    from bedsim.scenario.schema import Scenario


USUAL = 100
"""Replications of a run."""


class EngineName(StrEnum):
    """Which engine simulates; their numbers are the same."""

    compiled = "compiled"
    simpy = "simpy"


def run(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files, YAML.", show_default=False)],
    also: Annotated[
        list[Path] | None,
        typer.Option(help="Run each scenario once more with this file laid over it; repeatable."),
    ] = None,
    replications: Annotated[
        int | None, typer.Option(help="Independent replications of each run [default: 100]; with --precision, at most.")
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(help="Go on until the beds enough on 95% of days are known to so many beds, e.g. 1 or 2%."),
    ] = None,
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
    choose_warm_up: Annotated[
        bool, typer.Option("--choose-warm-up", help="Run nothing: explain the warm-up, and check it by simulation.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no cautions.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Run scenarios: replications, a verdict, a table, a picture and a folder of results."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.plan import plan_run
    from bedsim.analysis.precision import MOST, precision_of
    from bedsim.analysis.ready import make_ready
    from bedsim.report.ahead import drawing_ahead
    from bedsim.store.folder import ensure_writable

    console = error_stream(quiet)
    wanted = None if precision is None else precision_of(precision)
    n = replications if replications is not None else USUAL if wanted is None else MOST
    with drawing_ahead(n):
        loaded = load_all(scenarios, also or [], set_values or [])
        make_ready(
            engine.value, lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True)
        )
        if choose_warm_up:
            with _workers(engine, workers, cluster) as crew:
                _explain_warm_ups(loaded, seed, crew, engine)
            return
        plans = [plan_run(scenario, n, engine.value, wanted) for scenario in loaded]
        ensure_writable(out)
        done: list[tuple[Run, Path]] = []
        known: dict[str, Run] = {}
        with _workers(engine, workers, cluster) as crew:
            for plan in plans:
                _say_before(plan, console)
                finished, folder, batch = _run_one(plan, seed, crew, out, known, console)
                if finished is not None and folder is not None:
                    done.append((finished, folder))
                    without_gate = _kept_without_gate(finished, folder)
                    if format_ is Format.table:
                        _print_run(finished, folder, without_gate)
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


def _explain_warm_ups(scenarios: list[Scenario], seed: int, workers: Workers, engine: EngineName) -> None:
    """Print, scenario by scenario, how the warm-up is chosen and whether a simulation agrees."""
    from bedsim.analysis.warm_up_check import check_warm_up
    from bedsim.report.warm_up import warm_up_explained

    for scenario in scenarios:
        for part in warm_up_explained(check_warm_up(scenario, seed, workers, engine.value), scenario):
            output().print(part, markup=False)
            output().print()


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
    if plan.precision is not None and finished is not None and finished.n_replications > 1:
        say(plan.precision.sentence(finished.blueprint, finished.totals))
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
    from bedsim.analysis.overload_months import overload_by_month
    from bedsim.scenario.cautions import cautions

    overload = plan.overload.sentence(), overload_by_month(plan.blueprint, plan.overload)
    for sentence in (*overload, *cautions(plan.scenario)):
        if sentence is not None:
            console.print(f"{plan.scenario.slug}: {sentence}", markup=False, highlight=False, soft_wrap=True)


def _kept_without_gate(run: Run, folder: Path) -> tuple[str, ...]:
    """Return what would be without the quality gate, and keep it for the page, whatever is printed."""
    from bedsim.report.gate_file import keep_gate
    from bedsim.report.gate_words import gate_sentences

    said = tuple(gate_sentences(run))
    keep_gate(folder, said)
    return said


def _print_run(run: Run, folder: Path, without_gate: tuple[str, ...]) -> None:
    """Print the verdict, the tables and where the files are."""
    from bedsim.report.care_tables import care_tables
    from bedsim.report.money_tables import money_table
    from bedsim.report.money_words import payer_sentences, segment_sentences
    from bedsim.report.terminal import OF_MAXIMA, terminal_table, unit_table
    from bedsim.report.verdict import verdict

    console = output()
    console.print(verdict(run), markup=False)
    console.print()
    for part in (terminal_table(run), OF_MAXIMA, unit_table(run), *care_tables(run), money_table(run)):
        if part is not None:
            console.print(part)
            console.print()
    for sentence in (*payer_sentences(run), *segment_sentences(run), *without_gate):
        console.print(sentence, markup=False)
        console.print()
    console.print(f"Files: {folder}", markup=False, soft_wrap=True)
    console.print()


def _print_rest(done: list[tuple[Run, Path]], format_: Format) -> None:
    """Print what is printed once for all runs: JSON, CSV, or the comparison of several."""
    from bedsim.report.comparison import comparison_notes, comparison_tables
    from bedsim.report.tables import HEADER, csv_text, payload, records

    runs = [run for run, _ in done]
    if format_ is Format.json:
        import json

        objects = [payload(run) for run in runs]
        print(json.dumps(objects[0] if len(objects) == 1 else {"runs": objects}, ensure_ascii=False, indent=1))
    elif format_ is Format.csv:
        print_csv(csv_text(HEADER, [record for run in runs for record in records(run, run.rows)]))
    elif len(runs) > 1:
        for part in (*comparison_tables(runs), *comparison_notes(runs)):
            output().print(part, markup=False)
