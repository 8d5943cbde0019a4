"""`bedsim describe`: what was put into a scenario, and who says so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bedsim.commands.common import load_all, output


def describe(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, YAML.", show_default=False)],
    markdown: Annotated[bool, typer.Option("--markdown", help="A page with tables, to paste into a paper.")] = False,
    stress: Annotated[
        bool,
        typer.Option("--stress", help="A STRESS-DES statement in Markdown, with what its modeller must still write."),
    ] = False,
) -> None:
    """List every input of a scenario with its value, unit, range and source, derivation or assumption."""
    from bedsim.report.describe import markdown as page
    from bedsim.report.describe import renderables

    (loaded,) = load_all([scenario], [], [])
    if stress:
        from bedsim.report.stress import statement

        print(statement(loaded), end="")
        return
    if markdown:
        print(page(loaded), end="")
        return
    console = output()
    for part in renderables(loaded):
        console.print(part)
