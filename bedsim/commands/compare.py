"""`bedsim compare`: the same people through several options, and what differs, with confidence."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import INTERRUPTED, Format, error_stream, load_all, output, print_csv

if TYPE_CHECKING:
    from rich.console import Console

    from bedsim.analysis.compare import Comparison
    from bedsim.report.compare_publish import Ranking
    from bedsim.scenario.schema import Scenario


def compare(
    scenarios: Annotated[
        list[Path], typer.Argument(help="Scenario files, YAML; differences are from the first.", show_default=False)
    ],
    by: Annotated[
        str | None, typer.Option(help="Rank the options by this measure of which less is better, e.g. wait_days.")
    ] = None,
    rank_illustrative: Annotated[
        bool, typer.Option("--rank-illustrative", help="Rank options too whose beds by site are not public.")
    ] = False,
    also: Annotated[
        list[Path] | None, typer.Option(help="Compare once more with this file laid over each; repeatable.")
    ] = None,
    replications: Annotated[int, typer.Option(help="Independent replications of each option.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Root of all random streams.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="How many at a time; by default one a core.")] = None,
    set_values: Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE in all of them; repeatable.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the run folders.")] = Path("results"),
    format_: Annotated[Format, typer.Option("--format", help="What is printed on standard output.")] = Format.table,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Compare options: the same people through each, differences from the first, and who travels further."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.compare_figures import figure_named
    from bedsim.analysis.compare_ready import check_comparable
    from bedsim.analysis.ready import make_ready
    from bedsim.report.ahead import drawing_ahead
    from bedsim.store.folder import ensure_writable

    console = error_stream(quiet)
    figure = None if by is None else figure_named(by)
    with drawing_ahead(replications * len(scenarios)):
        loaded = load_all(scenarios, also or [], set_values or [])  # each alone, then with each overlay
        n_blocks = 1 + len(also or [])
        blocks = [loaded[i::n_blocks] for i in range(n_blocks)]
        for block in blocks:
            check_comparable(block, replications)
        ensure_writable(out)
        make_ready("compiled", lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True))
        done: list[tuple[Comparison, Ranking | None]] = []
        for block in blocks:
            began = time.perf_counter()
            comparison = _compare(block, replications, seed, workers, console)
            ranked = None if figure is None else (figure, *comparison.rank(figure, rank_illustrative))
            folder = _publish(comparison, ranked, out, time.perf_counter() - began)
            done.append((comparison, ranked))
            if format_ is Format.table:
                _print_table(comparison, ranked, folder)
        if format_ is not Format.table:
            _print(done, format_)


def _compare(
    scenarios: list[Scenario], n_replications: int, seed: int, workers: int | None, console: Console
) -> Comparison:
    """Compare scenarios behind a progress bar; nothing is written if that is interrupted."""
    from bedsim.analysis.compare import compare
    from bedsim.report.progress import progress

    try:
        with progress(console, "compare", n_replications * len(scenarios)) as advance:
            return compare(scenarios, n_replications, seed, workers, advance)
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _publish(comparison: Comparison, ranked: Ranking | None, out: Path, seconds: float) -> Path:
    from bedsim.report.compare_publish import publish_comparison

    return publish_comparison(comparison, ranked, out, seconds)


def _print_table(comparison: Comparison, ranked: Ranking | None, folder: Path) -> None:
    """Print the sentence, the tables and where the files are."""
    from bedsim.analysis.compare_words import ranking_sentences
    from bedsim.report.compare_tables import gains_table, headline_table, notes, ranking_table, travel_table
    from bedsim.report.money_compare import money_sentences, money_table

    console = output()
    console.print(comparison.sentence(), markup=False)
    console.print()
    tables = headline_table(comparison), travel_table(comparison), gains_table(comparison), money_table(comparison)
    for table in tables:
        if table is not None:
            console.print(table)
            console.print()
    told = " ".join(money_sentences(comparison))
    if told:
        console.print(told, markup=False)
        console.print()
    if ranked is not None:
        figure, options, apart = ranked
        if options:
            console.print(ranking_table(comparison, figure, options))
            console.print()
        console.print(" ".join(ranking_sentences(comparison, figure, options, apart)), markup=False)
        console.print()
    for note in notes(comparison):
        console.print(note, markup=False)
    console.print(f"Files: {folder}", markup=False, soft_wrap=True)
    console.print()


def _print(done: list[tuple[Comparison, Ranking | None]], format_: Format) -> None:
    """Print all comparisons as JSON, or their differences as one CSV file."""
    from bedsim.report.compare_tables import DIFFERENCE_HEADER, comparison_payload, difference_rows, every
    from bedsim.report.tables import csv_text

    if format_ is Format.json:
        import json

        objects = [comparison_payload(comparison, *(ranked or (None, (), {}))) for comparison, ranked in done]
        print(json.dumps(objects[0] if len(objects) == 1 else {"comparisons": objects}, ensure_ascii=False, indent=1))
        return
    tables = [difference_rows(comparison, every(comparison)) for comparison, _ in done]
    print_csv(csv_text(DIFFERENCE_HEADER, [row for _, rows in tables for row in rows]))
