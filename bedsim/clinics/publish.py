"""The folder that a run of clinics leaves behind: tables, inputs, picture, sentence and manifest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bedsim.clinics.plot import clinics_picture
from bedsim.clinics.tables import difference_rows, inputs_page, rows_of
from bedsim.clinics.words import comparison_sentence, sentence
from bedsim.report.tables import csv_text
from bedsim.store.folder import MANIFEST, manifest_text, provenance, run_folder, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from bedsim.clinics.compare import Comparison
    from bedsim.clinics.run import ClinicRun
    from bedsim.store.atomic import Write

FOLDER = "clinics"


def publish(run: ClinicRun, out: Path) -> Path:
    """Write a run's files; return the folder they are in, `clinics/<file>/<hash>-<seed>` in the folder of all runs."""
    words = sentence(run)
    files: dict[str, str | Write | None] = {
        "summary.csv": csv_text(*rows_of(run)),
        "inputs.md": inputs_page(run.plan),
        "sentence.txt": f"{words}\n",
        **clinics_picture(run).files("clinics"),
        MANIFEST: _manifest(run.hash, words, run),
    }
    return write_folder(run_folder(out / FOLDER, run.plan.slug, run.hash, run.seed), run.n_replications, files)


def publish_comparison(both: Comparison, out: Path) -> Path:
    """Write the files of two plans; return the folder they are in."""
    first, second = both.first, both.second
    together = hashlib.sha256(f"{first.hash} {second.hash}".encode()).hexdigest()[:12]
    words = comparison_sentence(both)
    files: dict[str, str | Write | None] = {
        "differences.csv": csv_text(*difference_rows(both)),
        "summary.csv": csv_text(rows_of(first)[0], [*rows_of(first)[1], *rows_of(second)[1]]),
        "inputs.md": f"{inputs_page(first.plan)}\n{inputs_page(second.plan)}",
        "sentence.txt": f"{words}\n",
        **clinics_picture(second, first).files("clinics"),
        MANIFEST: _manifest(together, words, first, second),
    }
    return write_folder(run_folder(out / FOLDER, "compare", together, first.seed), first.n_replications, files)


def _manifest(run_hash: str, words: str, *runs: ClinicRun) -> str:
    """Return what was run, from what, with which versions."""
    plans = {run.plan.slug: run.plan.model_dump(mode="json", by_alias=True) for run in runs}
    content = {
        "hash": run_hash,
        "seed": runs[0].seed,
        "replications": runs[0].n_replications,
        "unfinished": False,
        "sentence": words,
        **provenance(),
        "clinics": plans,
    }
    return manifest_text(content)
