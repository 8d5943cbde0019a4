"""`bedsim run`: replications, a verdict, tables, pictures and a folder of results."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from bedsim.store.folder import ensure_writable, run_folder

    console = error_stream(quiet)
    wanted = None if precision is None else precision_of(precision)
    n = replications if replications is not None else USUAL if wanted is None else MOST
    is_alone = len(scenarios) * (1 + len(also or [])) == 1
    with drawing_ahead(n) if is_alone else nullcontext():
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
        for plan in plans:
            _say_before(plan, console)
        began = time.perf_counter()
        folders = [run_folder(out, plan.scenario.slug, plan.hash, seed) for plan in plans]
        with _workers(engine, workers, cluster) as crew:
            found = _conduct(plans, folders, seed, crew, console)
        finished = [(run, folder) for (run, _), folder in zip(found, folders, strict=True) if run is not None]
        failed = _publish(finished, time.perf_counter() - began, format_, workers)
    for (done, batch), folder in zip(found, folders, strict=True):
        if batch.is_stopped:
            _say_stopped(done, folder, batch, "" if is_alone else f"{folder.parent.name}: ")
    if failed:
        raise BedsimError("\n".join(dict.fromkeys(map(str, failed))))
    if any(batch.is_stopped for _, batch in found):
        interrupted = any(batch.interrupted for _, batch in found)
        raise typer.Exit(INTERRUPTED if interrupted else BedsimError.exit_code)


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


def _conduct(
    plans: list[Plan], folders: list[Path], seed: int, workers: Workers, console: Console
) -> list[tuple[Run | None, Batch]]:
    """Run plans behind a progress bar; return each with what stopped it if anything did."""
    from bedsim.analysis.conduct import conduct_all
    from bedsim.report.progress import progress
    from bedsim.store.chunks import chunks_in

    def say(sentence: str, plan: Plan) -> None:
        console.print(f"{plan.scenario.slug}: {sentence}", markup=False, highlight=False, soft_wrap=True)

    keeps = [chunks_in(folder, seed, partial(say, plan=plan)) for plan, folder in zip(plans, folders, strict=True)]
    ends = {end.key: end.n_replications for plan in plans for end in plan.ends.values()}
    name = plans[0].scenario.slug if len(plans) == 1 else f"{len(plans)} scenarios"
    with progress(console, name, sum(plan.n_replications for plan in plans) + sum(ends.values())) as advance:
        found = conduct_all(plans, seed, workers, advance, keeps)
    for plan, (run, _) in zip(plans, found, strict=True):
        if plan.precision is not None and run is not None and run.n_replications > 1:
            say(plan.precision.sentence(run.blueprint, run.totals), plan)
    return found


def _publish(done: list[tuple[Run, Path]], seconds: float, format_: Format, workers: int | None) -> list[BedsimError]:
    """Publish runs, several of them side by side, and print what they say; return why some could not be."""
    from bedsim.analysis.workers import cores
    from bedsim.report.beside import side_by_side

    if len(done) > 1:
        from bedsim.report.publish import ready_to_publish

        ready_to_publish()
    shown: list[Any] = []
    failed: list[BedsimError] = []
    makes = [partial(_published, *one, seconds, format_) for one in done]
    for one in side_by_side(makes, min(workers or cores(), cores())):
        if isinstance(one, BedsimError):  # the others are published all the same
            failed.append(one)
            continue
        if format_ is Format.table:
            print(one, end="", flush=True)  # before what is said of the next on the error stream
        shown.append(one)
    if not failed:
        _print_rest([run for run, _ in done], shown, format_)
    return failed


def _published(run: Run, folder: Path, seconds: float, format_: Format) -> Any:
    """Publish a run and return what is printed of it: a text, an object for JSON, or the lines of a CSV file.

    Or the error that kept it from being published.
    """
    from bedsim.report.publish import publish
    from bedsim.report.tables import payload, records

    try:
        folder = publish(run, folder, seconds)
        without_gate = _kept_without_gate(run, folder)
    except BedsimError as error:
        return error
    if format_ is Format.json:
        return payload(run)
    return records(run, run.rows) if format_ is Format.csv else _text(run, folder, without_gate)


def _say_stopped(finished: Run | None, folder: Path, batch: Batch, name: str) -> None:
    """Say what stopped a run, named if there are several, and what is kept."""
    kept = f"{finished.n_replications} replications are kept in {folder}" if finished else "no replication was finished"
    if batch.interrupted:
        print(f"{name}Interrupted; {kept}; the same command goes on from there.", file=sys.stderr)
    else:
        print(f"{name}{batch.error}\n{kept}.", file=sys.stderr)


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


def _text(run: Run, folder: Path, without_gate: tuple[str, ...]) -> str:
    """Return the verdict, the tables and where the files are."""
    from bedsim.report.care_tables import care_tables
    from bedsim.report.money_tables import money_table
    from bedsim.report.money_words import payer_sentences, segment_sentences
    from bedsim.report.terminal import OF_MAXIMA, terminal_table, unit_table
    from bedsim.report.verdict import verdict

    console = output()
    with console.capture() as text:
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
    return text.get()


def _print_rest(runs: list[Run], shown: list[Any], format_: Format) -> None:
    """Print what is printed once for all runs: JSON, CSV, or the comparison of several."""
    from bedsim.report.comparison import comparison_notes, comparison_tables
    from bedsim.report.tables import HEADER, csv_text

    if format_ is Format.json:
        import json

        print(json.dumps(shown[0] if len(shown) == 1 else {"runs": shown}, ensure_ascii=False, indent=1))
    elif format_ is Format.csv:
        print_csv(csv_text(HEADER, [record for records in shown for record in records]))
    elif len(runs) > 1:
        for part in (*comparison_tables(runs), *comparison_notes(runs)):
            output().print(part, markup=False)
