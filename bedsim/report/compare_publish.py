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
from bedsim.report.picture_files import picture_files
from bedsim.report.tables import csv_text
from bedsim.store.folder import MANIFEST, manifest_text, provenance, run_folder, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from bedsim.analysis.compare import Comparison
    from bedsim.analysis.compare_figures import Figure
    from bedsim.analysis.ranking import Ranked
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
    pictures = {"compare": differences_picture(comparison)}
    if ranked is not None:
        name = f"ranking-{ranked[0].name.replace(':', '-')}"
        pictures[name] = ranking_picture(comparison, *ranked[:2])
    drawn = picture_files(pictures)  # first of all, for they are drawn beside the rest
    files: dict[str, str | Write | None] = {
        "compare.csv": csv_text(*difference_rows(comparison, every(comparison))),
        "differences.csv": csv_text(*difference_rows(comparison, comparison.everything)),
        "sentence.txt": "\n".join((comparison.sentence(), *money_sentences(comparison), "")),
        **drawn,
    }
    if ranked is not None:
        figure, options, apart = ranked
        files[f"{name}.csv"] = csv_text(*ranking_rows(comparison, *ranked))
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
