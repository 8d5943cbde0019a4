"""Publishing a run: its folder of tables, picture and manifest.

Why: one place says what a run leaves behind, so that the command line holds no logic.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bedsim.measures.statistics import PERCENTILES
from bedsim.memory import let_go
from bedsim.report.occupancy_plot import alt_text, write_occupancy_plot
from bedsim.report.tables import HEADER, csv_text, finite, records
from bedsim.report.verdict import verdict
from bedsim.store.folder import MANIFEST, manifest_text, provenance, write_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bedsim.analysis.run import Run
    from bedsim.store.atomic import Write

BOM = "\ufeff"
"""Spreadsheets read a CSV as UTF-8 only if it begins with it."""
ROWS_AT_ONCE = 64
"""Replications of which the means are in memory while they are written."""
OVERFLOW_PARTS = ("overflow", "waiting", "in_escalation", "in_out_of_area")


def publish(run: Run, folder: Path, seconds: float) -> Path:
    """Write a run's tables, picture and manifest; return the folder they are in.

    Parameters
    ----------
    run
        With at least one replication finished.
    folder
        The run's own; if the tables there are of more replications, these go beside it.
    seconds
        The time the run took, for the manifest.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BedsimError
        If it cannot be written.
    """
    ends = [row for end in run.range_ends.values() for row in records(end)]
    has_picture = run.beds_range is not None
    files: dict[str, str | Write | None] = {
        "summary.csv": _table(HEADER, records(run)),
        "occupancy.csv": _table(*_percentiles(run, ("midnight_census",))),
        "overflow.csv": _table(*_percentiles(run, OVERFLOW_PARTS)),
        "replications.csv": partial(_write_replications, run),
        "range_ends.csv": _table(HEADER, ends) if ends else None,
        "verdict.txt": verdict(run) + "\n",
        "occupancy.png": partial(write_occupancy_plot, run) if has_picture else None,
        "occupancy.txt": alt_text(run) + "\n" if has_picture else None,
        MANIFEST: manifest_text(_manifest(run, seconds)),
    }
    return write_folder(folder, run.n_replications, files)


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    return BOM + csv_text(header, rows)


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


def _write_replications(run: Run, path: Path) -> None:
    """Write one row a replication, unit and measure, in the vocabulary of the summary, replication by replication.

    They are by far the longest table, so they never are in memory as a whole, and the csv module, which would look at
    every cell for what must be quoted, sees only the names.
    """
    totals = run.totals
    slug = csv_text((), [(run.scenario.slug,)]).strip()
    names = [csv_text((), [(*key, "mean")]).strip() for key in totals.mean_keys]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_table(("scenario", "replication", "unit", "measure", "statistic", "value"), ()))
        for start in range(0, len(totals), ROWS_AT_ONCE):
            numbers = totals.replications[start : start + ROWS_AT_ONCE].tolist()
            rows = totals.means[start : start + ROWS_AT_ONCE].tolist()
            let_go(totals.means)
            for number, means in zip(numbers, rows, strict=True):
                values = ("" if value != value else repr(value) for value in means)
                file.write(
                    "".join(f"{slug},{number},{name},{value}\r\n" for name, value in zip(names, values, strict=True))
                )


def _manifest(run: Run, seconds: float) -> dict[str, Any]:
    return {
        "title": run.scenario.title,
        "status": run.scenario.status,
        "hash": run.hash,
        "seed": run.seed,
        "engine": run.engine,
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
