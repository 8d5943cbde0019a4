"""Publishing a run: its folder of tables, picture and manifest.

Why: one place says what a run leaves behind, so that the command line holds no logic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedsim.measures.replication import PERCENTILES
from bedsim.report.occupancy_plot import alt_text, write_occupancy_plot
from bedsim.report.tables import HEADER, csv_text, finite, records
from bedsim.report.verdict import verdict
from bedsim.store.folder import folder_for, manifest_text, provenance, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from bedsim.analysis.run import Run

BOM = "\ufeff"
"""Spreadsheets read a CSV as UTF-8 only if it begins with it."""
OVERFLOW_PARTS = ("overflow", "waiting", "in_escalation", "in_out_of_area")


def publish(run: Run, out: Path, seconds: float) -> Path:
    """Write a run's folder `<out>/<scenario>/<hash>-<seed>/` and return it.

    Parameters
    ----------
    run
        With at least one replication finished.
    out
        The folder of all runs.
    seconds
        The time the run took, for the manifest.

    Returns
    -------
    Path
        The run's own folder.

    Raises
    ------
    BedsimError
        If it cannot be written; an earlier folder then stands as it was.
    """
    folder = folder_for(out, run.scenario.slug, run.hash, run.seed, run.n_replications)
    tables = {
        "summary.csv": (HEADER, records(run)),
        "occupancy.csv": _percentiles(run, ("midnight_census",)),
        "overflow.csv": _percentiles(run, OVERFLOW_PARTS),
        "replications.csv": _replications(run),
    }
    if run.range_ends:
        tables["range_ends.csv"] = (HEADER, [row for end in run.range_ends.values() for row in records(end)])
    files: dict[str, Any] = {name: BOM + csv_text(*table) for name, table in tables.items()}
    files["verdict.txt"] = verdict(run) + "\n"
    if run.beds_range is not None:
        files["occupancy.png"] = lambda path: write_occupancy_plot(run, path)
        files["occupancy.txt"] = alt_text(run) + "\n"
    files["manifest.json"] = manifest_text(_manifest(run, seconds))
    return write_folder(folder, files)


def _percentiles(run: Run, measures: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return one row a unit and measure: its percentiles over all days of all replications."""
    statistics = [f"p{p}" for p in PERCENTILES]
    values = {(row.unit, row.measure, row.statistic): row.value for row in run.rows}
    keys = dict.fromkeys((row.unit, row.measure) for row in run.rows if row.measure in measures)
    rows = [
        (
            run.scenario.slug,
            *key,
            values[*key, "mean"],
            *(values[*key, p] for p in statistics),
            values[*key, "max"],
        )
        for key in keys
    ]
    return ("scenario", "unit", "measure", "mean", *statistics, "mean_of_maxima"), rows


def _replications(run: Run) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return one row a replication, unit and measure, in the vocabulary of the summary."""
    rows = [
        (run.scenario.slug, one.replication, *key, "mean", value)
        for one in run.measures
        for key, value in one.means.items()
    ]
    return ("scenario", "replication", "unit", "measure", "statistic", "value"), rows


def _manifest(run: Run, seconds: float) -> dict[str, Any]:
    return {
        "title": run.scenario.title,
        "status": run.scenario.status,
        "hash": run.hash,
        "seed": run.seed,
        "replications": run.n_replications,
        "unfinished": run.interrupted,
        "warm_up_days": run.warm_up.days,
        "caseload_missing_after_warm_up_fraction": run.warm_up.missing_fraction,
        "least_load_per_planned_bed": finite(run.overload.planned_load_per_bed),
        "range_ends": {end: {"hash": at.hash, "replications": at.n_replications} for end, at in run.range_ends.items()},
        "verdict": verdict(run),
        **provenance(),
        "seconds": round(seconds, 1),
        "scenario": run.scenario.model_dump(mode="json", by_alias=True, exclude={"tables"}),
    }
