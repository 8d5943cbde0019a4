"""Publishing a comparison: its folder of tables, pictures, the sentence for a board, and the manifest.

Why: one place says what a comparison leaves behind. A ranking has the measure in the names of its files, so that
another ranking of the same options stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.compare_words import ranking_sentences
from bedsim.report.compare_plot import differences_picture, ranking_picture
from bedsim.report.compare_tables import difference_rows, every, ranking_rows
from bedsim.report.money_compare import money_sentences
from bedsim.report.tables import csv_text
from bedsim.store.folder import MANIFEST, manifest_text, provenance, run_folder, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from bedsim.analysis.compare import Comparison
    from bedsim.analysis.compare_figures import Figure
    from bedsim.analysis.ranking import Ranked
    from bedsim.report.plot_style import Picture
    from bedsim.store.atomic import Write

FOLDER = "compare"
Ranking = tuple["Figure", "tuple[Ranked, ...]", "dict[str, str]"]
"""By what was ranked, the options ranked, and those that are not, with the reason."""


def publish_comparison(comparison: Comparison, ranked: Ranking | None, out: Path, seconds: float) -> Path:
    """Write a comparison's tables, pictures and manifest; return the folder they are in.

    Parameters
    ----------
    comparison
        From `compare`.
    ranked
        A ranking of it, if one was asked for.
    out
        The folder of all runs; the comparison's own is `compare/<hash>-<seed>` in it.
    seconds
        The time it took, for the manifest.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BedsimError
        If it cannot be written.
    """
    files: dict[str, str | Write | None] = {
        "compare.csv": csv_text(*difference_rows(comparison, every(comparison))),
        "differences.csv": csv_text(*difference_rows(comparison, comparison.everything)),
        "sentence.txt": "\n".join((comparison.sentence(), *money_sentences(comparison), "")),
        **_picture_files("compare", differences_picture(comparison)),
    }
    if ranked is not None:
        figure, options, apart = ranked
        name = f"ranking-{figure.name.replace(':', '-')}"
        files[f"{name}.csv"] = csv_text(*ranking_rows(comparison, *ranked))
        files |= _picture_files(name, ranking_picture(comparison, figure, options))
        if files[f"{name}.txt"] is None:
            files[f"{name}.txt"] = f"{' '.join(ranking_sentences(comparison, figure, options, apart))}\n"
    manifest = {
        "hash": comparison.hash,
        "seed": comparison.seed,
        "replications": comparison.n_replications,
        "unfinished": False,
        "reference": comparison.reference,
        "options": {
            name: {"title": one.title, "status": one.status, "variations": list(one.variations)}
            for name, one in comparison.scenarios.items()
        },
        "sentence": comparison.sentence(),
        **provenance(),
        "seconds": round(seconds, 1),
        "scenarios": {
            name: one.model_dump(mode="json", by_alias=True, exclude={"tables"})
            for name, one in comparison.scenarios.items()
        },
    }
    files[MANIFEST] = manifest_text(manifest)
    return write_folder(run_folder(out, FOLDER, comparison.hash, comparison.seed), comparison.n_replications, files)


def _picture_files(name: str, picture: Picture | None) -> dict[str, str | Write | None]:
    """Return the files of a picture: as PNG, as SVG and in words; None for those of one that there is not."""
    if picture is None:
        return dict.fromkeys((f"{name}.png", f"{name}.svg", f"{name}.txt"))
    return {f"{name}.png": picture.write_png, f"{name}.svg": picture.write_svg, f"{name}.txt": f"{picture.words}\n"}
