"""`bedsim report`: a page for a board, from the folders of finished runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bedsim.errors import BedsimError


def report(
    runs: Annotated[
        list[Path], typer.Argument(help="Folders of runs, as `bedsim run` names them.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="The page; one that is there is replaced.")] = Path("report.html"),
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback if something fails.")] = False,
) -> None:
    """Make one HTML page of finished runs: the answer, its ranges, what it rests on. It prints to A4."""
    del debug  # read in main, before anything can fail
    import sys

    from bedsim.analysis.ready import make_ready
    from bedsim.report.page import page
    from bedsim.store.atomic import replace_file
    from bedsim.store.runs import read_run

    if out.suffix.lower() not in (".html", ".htm"):
        raise BedsimError(f"--out must name a page that ends in .html, but is {out}. Try --out report.html.")
    make_ready("compiled", lambda sentence: print(sentence, file=sys.stderr))
    text = page([read_run(place) for place in runs])
    try:
        replace_file(out, text)
    except OSError as error:
        raise BedsimError(
            f"the page {out} cannot be written ({error.strerror or error}). Try --out with a folder that is there."
        ) from None
    print(f"{out}: {len(runs)} {'run' if len(runs) == 1 else 'runs'}, {len(text) / 1000:,.0f} kB. It prints to A4.")
