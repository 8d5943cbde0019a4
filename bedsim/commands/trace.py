"""`bedsim trace`: one simulated person's journey, and that of the same person in another scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import Format, error_stream, load_all, output, print_csv

if TYPE_CHECKING:
    from bedsim.analysis.trace import Trace
    from bedsim.store.atomic import Write


def trace(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, YAML.", show_default=False)],
    other: Annotated[
        Path | None, typer.Argument(help="Another, through which the same person is followed.", show_default=False)
    ] = None,
    patient: Annotated[int | None, typer.Option(min=0, help="The person's number in the replication.")] = None,
    like: Annotated[
        str | None, typer.Option(help='Or words: the first person of whom all are true, e.g. "waited, out_of_area".')
    ] = None,
    replication: Annotated[
        int | None, typer.Option(min=0, help="Which replication [default: 0; with --like the first ten are searched].")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Root of all random streams.")] = 1,
    set_values: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, for both scenarios; repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the run folders, in which the picture goes.")] = Path("results"),
    format_: Annotated[Format, typer.Option("--format", help="What is printed on standard output.")] = Format.table,
    quiet: Annotated[bool, typer.Option("--quiet", help="Nothing on the error stream.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Follow one simulated person from referral to outcome; with two scenarios the same person through both."""
    del debug  # read in main, before anything can fail
    from bedsim.analysis.ready import make_ready
    from bedsim.analysis.trace import same_person, simulated
    from bedsim.analysis.trace import trace as follow
    from bedsim.report.ahead import drawing_ahead
    from bedsim.store.folder import ensure_writable

    console = error_stream(quiet)
    with drawing_ahead(1):
        loaded = load_all([scenario] if other is None else [scenario, other], [], set_values or [])
        ensure_writable(out)
        make_ready(
            "compiled",
            lambda sentence: console.print(sentence, markup=False, highlight=False, soft_wrap=True),
            lambda tiny: simulated(tiny, 0, 0),
        )
        traces = [follow(loaded[0], patient, like, replication, seed)]
        sentence = ""
        if other is not None:
            there, sentence = same_person(traces[0], loaded[1])
            traces += [] if there is None else [there]
        files = _files(traces, sentence)  # the picture is drawn while the journeys are printed
        _print(traces, sentence, format_)
        for path in _write(files, _folder(traces, out)):
            console.print(f"Picture: {path}", markup=False, highlight=False, soft_wrap=True)


def _print(traces: list[Trace], sentence: str, format_: Format) -> None:
    """Print the journeys."""
    from bedsim.report.tables import csv_text
    from bedsim.report.trace_words import side_by_side, trace_payload, trace_rows

    if format_ is Format.json:
        import json

        print(json.dumps(trace_payload(traces, sentence), ensure_ascii=False, indent=1))
    elif format_ is Format.csv:
        print_csv(csv_text(*trace_rows(traces)))
    elif len(traces) == 1:
        for text in filter(None, (traces[0].text(), sentence)):
            output().print(text, markup=False, soft_wrap=True)
    else:
        page = output()
        page.print(f"{traces[0].who}\n{sentence}\n", markup=False)
        page.print(side_by_side(traces))


def _files(traces: list[Trace], sentence: str) -> dict[str, str | Write | None]:
    """Return the files of the picture: as PNG, as SVG and its words."""
    from bedsim.report.picture_files import picture_files
    from bedsim.report.trace_plot import trace_picture

    first = traces[0]
    name = f"trace-{first.patient}" + (f"-replication-{first.replication}" if first.replication else "")
    return picture_files({name: trace_picture(traces, sentence)})


def _write(files: dict[str, str | Write | None], folder: Path) -> list[Path]:
    """Write the files; return where they are."""
    from bedsim.store.folder import write_beside

    write_beside(folder, {name: content for name, content in files.items() if content is not None})
    return [folder / name for name in files]


def _folder(traces: list[Trace], out: Path) -> Path:
    """Return the folder of the scenario's run, or of the comparison of both."""
    import hashlib

    from bedsim.analysis.plan import scenario_hash
    from bedsim.store.folder import run_folder

    hashes = [scenario_hash(one.scenario) for one in traces]
    if len(traces) == 1:
        return run_folder(out, traces[0].scenario.slug, hashes[0], traces[0].seed)
    return run_folder(out, "compare", hashlib.sha256(" ".join(hashes).encode()).hexdigest()[:12], traces[0].seed)
