"""What several commands share: loading scenarios, where to print, and what an interruption says."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

from bedsim.errors import ScenarioError

if TYPE_CHECKING:
    from rich.console import Console

    from bedsim.scenario.schema import Scenario

INTERRUPTED = 130
WIDTH_OF_A_FILE = 120


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    json = "json"
    csv = "csv"


def interruptible(command: Callable[..., None], keeps: bool = False) -> Callable[..., None]:
    """Return the command with a sentence for an interruption that it does not answer itself; typer has none.

    `keeps`: it keeps what was finished.
    """

    @wraps(command)
    def careful(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            kept = "the same command goes on from what was finished" if keeps else "nothing of it is kept"
            print(f"Interrupted; {kept}.", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None

    return careful


def load_all(scenarios: list[Path], also: list[Path], set_values: list[str]) -> list[Scenario]:
    """Load every scenario, alone and with each overlay; all the problems of all of them come at once."""
    from bedsim.scenario.load import load

    loaded, problems = [], []
    for path, overlays in variants(scenarios, also):
        try:
            loaded.append(load(path, set_values=set_values, overlays=overlays))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return loaded


def variants(scenarios: list[Path], also: list[Path]) -> Iterator[tuple[Path, list[Path]]]:
    """Yield every scenario, alone and with each overlay."""
    for path in scenarios:
        yield path, []
        yield from ((path, [overlay]) for overlay in also)


def error_stream(quiet: bool) -> Console:
    """Return what progress and cautions are written on: the error stream."""
    from rich.console import Console

    return Console(stderr=True, quiet=quiet, width=_width(sys.stderr))


def output() -> Console:
    """Return what results are written on: the standard output."""
    from bedsim.report.whole import WholePage

    return WholePage(highlight=False, width=_width(sys.stdout))


def print_csv(text: str) -> None:
    """Print a CSV file byte for byte as it would be written: it is made to be sent into one."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # Windows has others
    print(text, end="")


def _width(stream: TextIO) -> int | None:
    """Return the width of a file or a pipe, in which nothing should be cut; None: the terminal's own."""
    return None if stream.isatty() or "COLUMNS" in os.environ else WIDTH_OF_A_FILE
