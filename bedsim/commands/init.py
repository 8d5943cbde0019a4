"""`bedsim init`: the shipped scenarios in a folder of one's own, to run and to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[
        Path, typer.Argument(help="Where the scenarios go; made if it is not there.", show_default=False)
    ],
) -> None:
    """Copy the shipped scenarios, with their sources and data, into a folder."""
    from bedsim.store.shipped import copy_shipped

    files = copy_shipped(folder)
    print(f"{len(files)} files are in {folder}; {folder / 'README.md'} tells what they are and how to write one.")
    print(f"Try: bedsim run {folder / 'option-1.yaml'}")
