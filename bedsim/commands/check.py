"""`bedsim check`: modelled numbers against those that were committed."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import INTERRUPTED, error_stream, load_all, output
from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from rich.console import Console

    from bedsim.analysis.baseline import Entry
    from bedsim.analysis.check import Checked
    from bedsim.analysis.workers import Workers
    from bedsim.scenario.schema import Scenario

FAILED, INCONCLUSIVE = 1, 3
"""Exit codes; 0 if everything passed."""


class CheckFormat(StrEnum):
    """How the answer is printed."""

    table = "table"
    json = "json"


def check(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files, YAML.", show_default=False)],
    baseline: Annotated[Path, typer.Option(help="The numbers to compare with.")] = Path("results/baseline.json"),
    replications: Annotated[
        int | None, typer.Option(help="Independent replications; by default 100, and 1000 with --update.")
    ] = None,
    patience: Annotated[int, typer.Option(min=0, help="So many more at most where the answer is not known yet.")] = 0,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Root of all random streams; by default that of the baseline, 1 in a new one."),
    ] = None,
    margin: Annotated[
        float,
        typer.Option(help="Beds by which the beds enough on 95% of days may change; other margins in proportion."),
    ] = 2.0,
    set_values: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, e.g. units.haywood.beds=90; repeatable.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Write the numbers into the baseline; needs --reason.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why the baseline changes, for whoever reads it later.")] = "",
    format_: Annotated[CheckFormat, typer.Option("--format", help="What is printed.")] = CheckFormat.table,
    junit: Annotated[Path | None, typer.Option(help="File for the answer as JUnit XML.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="File for the answer as Markdown.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="How many at a time; by default one a core.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Check that modelled numbers are those of the baseline: exit code 0 if so, 1 if not, 3 if that is not known."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.ready import make_ready
    from bedsim.analysis.workers import local_workers

    console = error_stream(quiet)
    loaded = load_all(scenarios, [], set_values or [])
    _refuse_twins(loaded)
    for file in (junit, markdown):
        _refuse_no_folder(file)
    if update or reason:
        entries = _entries_to_update(baseline, reason, update, set_values or [])
    else:
        entries = _entries_to_check(loaded, baseline)
        if not margin > 0:
            raise BedsimError(f"margin must be above 0 beds, but is {margin:g}. Try --margin 2.")
    make_ready("compiled", lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True))
    crew = local_workers("compiled", workers)
    try:
        if update:
            _update(loaded, entries, baseline, replications, seed, reason, crew, console)
            return
        checks = _check(loaded, entries, replications, patience, seed, margin, crew, console)
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    _print(checks, format_)
    _write(checks, junit, markdown)
    _exit(checks)


def _check(
    scenarios: list[Scenario],
    entries: dict[str, Entry],
    replications: int | None,
    patience: int,
    seed: int | None,
    margin: float,
    workers: Workers,
    console: Console,
) -> list[Checked]:
    """Check the scenarios one after another; the risk of a wrong answer is shared among them."""
    from bedsim.analysis.baseline import MAIN
    from bedsim.analysis.check import check, risks
    from bedsim.analysis.looks import looks_of
    from bedsim.report.progress import progress

    checks = []
    for scenario in scenarios:
        entry = entries[scenario.slug]
        looks = looks_of(entry.n_first if replications is None else replications, patience)
        checks.append(
            check(
                scenario,
                entry,
                entry.seed if seed is None else seed,
                looks,
                risks(len(scenarios), len(looks)),
                workers,
                partial(progress, console, scenario.slug),
                margin / MAIN.margin,
            )
        )
    return checks


def _update(
    scenarios: list[Scenario],
    entries: dict[str, Entry],
    baseline: Path,
    replications: int | None,
    seed: int | None,
    reason: str,
    workers: Workers,
    console: Console,
) -> None:
    """Simulate the scenarios and write their entries; nothing is written if any of them cannot be run."""
    from datetime import date

    from bedsim.analysis.baseline import N_BASELINE, new_entry
    from bedsim.report.progress import progress
    from bedsim.store.baseline import write_baseline

    updated = dict(entries)
    for scenario in scenarios:
        before = entries.get(scenario.slug)
        updated[scenario.slug] = new_entry(
            scenario,
            before,
            N_BASELINE if replications is None else replications,
            seed if seed is not None else before.seed if before else 1,
            date.today().isoformat(),
            reason,
            workers,
            partial(progress, console, scenario.slug),
        )
    write_baseline(baseline, updated)
    names = ", ".join(scenario.slug for scenario in scenarios)
    output().print(f"{baseline} has new numbers of {names}.", markup=False, soft_wrap=True)


def _refuse_twins(scenarios: list[Scenario]) -> None:
    """Refuse two scenarios of one name: the baseline knows them by it."""
    twins = [slug for slug, n in Counter(scenario.slug for scenario in scenarios).items() if n > 1]
    if twins:
        raise BedsimError(f"scenarios must have different file names, but {twins[0]} is given twice.")


def _entries_to_check(scenarios: list[Scenario], baseline: Path) -> dict[str, Entry]:
    """Return the baseline; refuse scenarios that are not in it."""
    from bedsim.store.baseline import read_baseline

    entries = read_baseline(baseline)
    unknown = [scenario.slug for scenario in scenarios if scenario.slug not in entries]
    if unknown:
        raise BedsimError(
            f"the baseline {baseline} has no numbers of {', '.join(unknown)}, only of {', '.join(entries)}; nothing "
            'was simulated. Try --baseline with another file, or add them with --update --reason "why".'
        )
    return entries


def _entries_to_update(baseline: Path, reason: str, update: bool, set_values: list[str]) -> dict[str, Entry]:
    """Return the baseline there is, none if there is none yet; refuse an update without a reason, or of no file."""
    from bedsim.store.baseline import read_baseline

    if not update:
        raise BedsimError("--reason is for --update, which is not given; nothing was simulated.")
    if not reason.strip():
        raise BedsimError('--update must have a reason, for whoever reads the change later. Try --reason "why".')
    if set_values:
        raise BedsimError("the baseline is of scenarios as their files are: --update must be without --set.")
    return read_baseline(baseline) if baseline.exists() else {}


def _refuse_no_folder(file: Path | None) -> None:
    """Refuse, before anything is simulated, a file in a folder that is not there."""
    if file is not None and not file.parent.is_dir():
        raise BedsimError(f"{file} cannot be written: there is no folder {file.parent}; nothing was simulated.")


def _print(checks: list[Checked], format_: CheckFormat) -> None:
    from bedsim.report.check_report import NOTE, check_payload, check_table, sentences

    if format_ is CheckFormat.json:
        import json

        print(json.dumps(check_payload(checks), ensure_ascii=False, indent=1))
        return
    console = output()
    for one in checks:
        for sentence in sentences(one):
            console.print(sentence, markup=False)
    if any(one.changes for one in checks):
        console.print()
        console.print(check_table(checks))
        console.print()
        console.print(NOTE, markup=False)


def _write(checks: list[Checked], junit: Path | None, markdown: Path | None) -> None:
    """Write the files that were asked for, each whole or not at all."""
    from bedsim.report.check_report import junit_text, markdown_text
    from bedsim.store.atomic import replace_file

    for file, text_of in ((junit, junit_text), (markdown, markdown_text)):
        if file is not None:
            try:
                replace_file(file, text_of(checks))
            except OSError as error:
                raise BedsimError(f"{file} cannot be written ({error.strerror or error}).") from None


def _exit(checks: list[Checked]) -> None:
    from bedsim.analysis.check import worst
    from bedsim.analysis.equivalence import Answer

    answer = worst(one.answer for one in checks)
    if answer is not Answer.passed:
        raise typer.Exit(FAILED if answer is Answer.failed else INCONCLUSIVE)
