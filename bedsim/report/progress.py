"""Progress of a long run, with an estimate of the time left, on the error stream."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console


@contextmanager
def progress(console: Console, name: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while replications are finished; yield the function that is told how many more were."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("replications, time left"),
        TimeRemainingColumn(),
        TextColumn("elapsed"),
        TimeElapsedColumn(),
    )
    # Shown anew whenever something is finished, not by a thread: a process of several threads is not copied.
    with Progress(*columns, console=console, disable=console.quiet, auto_refresh=False) as bar:
        task = bar.add_task(name, total=total)
        bar.refresh()
        done = 0

        def advance(n: int) -> None:
            nonlocal done
            done += n
            bar.update(
                task, completed=done, total=max(total, done), refresh=True
            )  # a search may need more than was foreseen

        yield advance
