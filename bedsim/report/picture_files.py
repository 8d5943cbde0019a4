"""Files of pictures, drawn in a copy of this process while it goes on.

Why: pictures take as long as all the tables do. Nothing heavy is loaded here: the copy that waits loads it too.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from bedsim.report.ahead import drawn_ahead
from bedsim.report.beside import beside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bedsim.report.plot_style import Picture
    from bedsim.store.atomic import Write


def picture_files(all_of_them: Mapping[str, Picture | None]) -> dict[str, str | Write | None]:
    """Return the files of pictures: each as PNG, as SVG and in words; None for one that there is not.

    They are drawn from now on, beside what else is done until they are written.
    """
    make = partial(_drawn, {name: one for name, one in all_of_them.items() if one is not None})
    drawn = cache(drawn_ahead(make) or beside(make))

    def write(name: str, which: int, path: Path) -> None:
        path.write_bytes(drawn()[name][which])

    files: dict[str, str | Write | None] = {}
    for name, one in all_of_them.items():
        files[f"{name}.png"] = None if one is None else partial(write, name, 0)
        files[f"{name}.svg"] = None if one is None else partial(write, name, 1)
        files[f"{name}.txt"] = None if one is None else f"{one.words}\n"
    return files


def _drawn(some: Mapping[str, Picture]) -> dict[str, tuple[bytes, bytes]]:
    """Return pictures as PNG and as SVG."""
    return {name: (one.png(), one.svg()) for name, one in some.items()}
