"""Publishing a run: its folder of tables, pictures and manifest.

Why: one place says what a run leaves behind, so that the command line holds no logic.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bedsim.analysis.workers import can_be_copied
from bedsim.measures.calendar import ALL
from bedsim.measures.statistics import PERCENTILES
from bedsim.memory import give_back_memory
from bedsim.report.glossary import glossary_table, glossary_text
from bedsim.report.money_tables import money_rows
from bedsim.report.picture_files import picture_files
from bedsim.report.pictures import pictures
from bedsim.report.plot_style import ready_to_draw
from bedsim.report.replications_file import WORTH_A_COPY, replications_file
from bedsim.report.tables import HEADER, csv_text, finite, records
from bedsim.report.verdict import verdict
from bedsim.report.workbook import write_workbook
from bedsim.store.folder import MANIFEST, manifest_text, provenance, write_folder
from bedsim.store.runs import SCENARIO, scenario_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bedsim.analysis.flow import Shares
    from bedsim.analysis.run import Run
    from bedsim.report.tables import Rows
    from bedsim.store.atomic import Write

OVERFLOW_PARTS = ("overflow", "waiting", "in_escalation", "in_out_of_area")


def ready_to_publish() -> None:
    """Load what publishing takes, most of it with this module, before this process is copied: each copy would anew."""
    ready_to_draw()
    give_back_memory()


def publish(run: Run, folder: Path, seconds: float) -> Path:
    """Write a run's tables, pictures and manifest; return the folder they are in.

    Parameters
    ----------
    run
        With at least one replication finished.
    folder
        The run's own; if the tables there are of more replications, these go beside it.
    seconds
        The time that it took, with all that were run together, for the manifest.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BedsimError
        If it cannot be written.
    """
    if run.n_replications >= WORTH_A_COPY and can_be_copied():
        give_back_memory()
    # First of all what is made beside the rest.
    drawn, means = picture_files(pictures(run)), replications_file(run)
    words, tables = verdict(run), tables_of(run)
    files: dict[str, str | Write | None] = {
        **{f"{name}.csv": csv_text(header, rows) if rows else None for name, (header, rows) in tables.items()},
        "replications.csv": means,
        "summary.xlsx": partial(write_workbook, words, {**_with_rows(tables), "glossary": glossary_table()}),
        "verdict.txt": words + "\n",
        "glossary.txt": glossary_text(),
        **drawn,
        SCENARIO: scenario_text(run.scenario),
        MANIFEST: manifest_text(_manifest(run, words, seconds)),
    }
    return write_folder(folder, run.n_replications, files, run.interrupted)


def tables_of(run: Run) -> dict[str, Rows]:
    """Return a run's tables by name: each is a CSV file and a sheet of the workbook; one without rows is neither.

    The means of every replication are not among them: they are too many for a spreadsheet. The ends of the stated
    ranges are given of the whole window and of the headline's year.
    """
    periods = [period for period in run.periods if period in (ALL, run.headline)]
    ends = [row for end in run.range_ends.values() for period in periods for row in records(end, end.rows_of(period))]
    return {
        "summary": (HEADER, records(run, run.rows)),
        "occupancy": _percentiles(run, ("midnight_census",)),
        "overflow": _percentiles(run, OVERFLOW_PARTS),
        "outcomes": _by_year(run, run.flows.outcomes),
        "flow": _by_year(run, run.flows.by_home),
        "unit_segments": _unit_segments(run),
        "range_ends": (HEADER, ends),
        "bed_curve": _bed_curve(run),
        "money": money_rows(run),
    }


def _bed_curve(run: Run) -> Rows:
    """Return one row a number of planned beds, the scenario's own marked."""
    columns = run.bed_curve.columns() if run.bed_curve is not None else {}
    return ("scenario", *columns), [(run.scenario.slug, *cells) for cells in zip(*columns.values(), strict=True)]


def _with_rows(tables: dict[str, Rows]) -> dict[str, Rows]:
    return {name: table for name, table in tables.items() if table[1]}


def _percentiles(run: Run, measures: tuple[str, ...]) -> Rows:
    """Return one row a unit, measure and period that has them: percentiles over all days of all replications."""
    statistics = [f"p{p}" for p in PERCENTILES]
    values = {(row.unit, row.measure, row.period, row.statistic): row.value for row in run.rows}
    keys = dict.fromkeys(key[:3] for key in values if key[1] in measures and key[3] == "max")
    rows = [
        (run.scenario.slug, *key, *(values[*key, statistic] for statistic in ("mean", *statistics, "max")))
        for key in keys
    ]
    return ("scenario", "unit", "measure", "period", "mean", *statistics, "mean_of_maxima"), rows


def _by_year(run: Run, shares: Callable[[str], Shares]) -> Rows:
    """Return the shares of the whole window and of each financial year."""
    found = {period: shares(period) for period in run.reader.yardstick.calendar.years}
    rows = [(run.scenario.slug, period, *row) for period, one in found.items() for row in one.rows]
    return ("scenario", "period", *found[ALL].header), rows


def _unit_segments(run: Run) -> Rows:
    """Return how many people of each segment are in each unit, then their shares of its bed-days."""
    parts = {"people": run.flows.people_of_segments, "fraction": run.flows.shares_of_segments}
    found = {measure: _by_year(run, shares) for measure, shares in parts.items()}
    rows = [(*row[:4], measure, *row[4:]) for measure, (_, some) in found.items() for row in some]
    header = found["people"][0]
    return (*header[:4], "measure", *header[4:]), rows


def _manifest(run: Run, words: str, seconds: float) -> dict[str, Any]:
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
        "verdict": words,
        **provenance(),
        "seconds": round(seconds, 1),
        "scenario": run.scenario.model_dump(mode="json", by_alias=True, exclude={"tables"}),
    }
