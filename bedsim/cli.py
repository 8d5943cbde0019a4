"""The command line: its commands, and what a mistake costs. Nothing heavy is loaded until a command needs it."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import Annotated

import typer

from bedsim.commands.calibrate import calibrate
from bedsim.commands.check import check
from bedsim.commands.clinics import clinics
from bedsim.commands.common import interruptible
from bedsim.commands.compare import compare
from bedsim.commands.describe import describe
from bedsim.commands.frontier import frontier
from bedsim.commands.init import init
from bedsim.commands.report import report
from bedsim.commands.run import run
from bedsim.commands.schema import schema
from bedsim.commands.sensitivity import sensitivity
from bedsim.commands.size import size
from bedsim.commands.trace import trace
from bedsim.commands.validate import validate
from bedsim.errors import BedsimError
from bedsim.threads import use_one_thread

OBJECTS_BETWEEN_SEARCHES = 300_000
"""Python looks for garbage after so many new objects, not after 700: nearly all live to the end of a command. It is
more than there are when all is loaded, which no later search looks at."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="How many rehabilitation beds, where, and what happens in a bad winter if we are wrong.",
)


def main() -> None:
    """Run the command line; what a user can mend is a sentence on the error stream and an exit code."""
    use_one_thread()
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    atexit.register(gc.freeze)  # what is left then goes with the process: a last search took half a second
    if "--debug" in sys.argv:
        app()
    try:
        app()
    except BedsimError as error:
        print(error, file=sys.stderr)
        raise SystemExit(error.exit_code) from None


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


app.command()(interruptible(run, keeps=True))
app.command()(interruptible(calibrate))
app.command()(interruptible(check))
app.command()(interruptible(compare))
app.command()(interruptible(size))
app.command()(interruptible(frontier))
app.command()(interruptible(trace))
app.command()(interruptible(report))
app.command()(interruptible(sensitivity))
app.command()(interruptible(clinics))
app.command()(validate)
app.command()(describe)
app.command()(schema)
app.command()(init)


if __name__ == "__main__":
    main()
