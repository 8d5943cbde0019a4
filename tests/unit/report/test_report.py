"""Tables of a run, and the folder it leaves behind."""

from __future__ import annotations

import dataclasses
import errno
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bedsim.analysis.conduct import run
from bedsim.analysis.run import Run
from bedsim.report.publish import publish
from bedsim.report.replications_file import replications_file
from bedsim.report.tables import csv_text, harmless, payload


def test_no_cell_of_a_table_is_a_formula() -> None:
    """Text that a spreadsheet would run gets an apostrophe; numbers and other text stay."""
    assert [harmless(cell) for cell in ("=1+1", "+x", "-x", "@x", "\tx", "x=1", -1.5, None, float("nan"))] == [
        "'=1+1",
        "'+x",
        "'-x",
        "'@x",
        "'\tx",
        "x=1",
        -1.5,
        "",
        "",
    ]
    assert csv_text(("a", "b"), [("x, y", 1.5)]) == '\ufeffa,b\r\n"x, y",1.5\r\n'


def test_tables_for_notebooks(done: Run) -> None:
    """The summary, the percentiles and the shares by stream are data frames in the shared vocabulary."""
    assert list(done.summary().columns) == ["unit", "measure", "statistic", "period", "value", "ci_low", "ci_high"]
    percentiles = done.occupancy.percentiles()
    assert percentiles.loc["system", "p95"] == done.value("midnight_census", statistic="p95")
    outcomes = done.outcomes()
    assert set(outcomes["outcome"]) == {"home", "discharged"}
    assert outcomes["value"].sum() <= 1
    assert done.first_places().groupby("stream")["value"].sum().item() == pytest.approx(1, abs=0.02)
    assert done.admissions().set_index("unit").loc["team", "value"] > 0


def test_the_status_is_in_the_json_object(done: Run) -> None:
    """So that a program need not read the verdict."""
    assert payload(done)["status"] == "worked_example"


def test_a_run_says_itself_in_one_line(done: Run) -> None:
    """In a notebook a run does not print its arrays."""
    assert repr(done) == f"Run(small, 12 replications, seed 1, hash {done.hash})"


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures out: they take longest."""
    monkeypatch.setattr("bedsim.report.publish.picture_files", lambda pictures: {})


def test_a_run_leaves_its_tables_words_and_pictures(area: Run, tmp_path: Path) -> None:
    """One file a table, three a picture; the ends of the ranges have the headline's year, which the verdict cites."""
    folder = publish(area, tmp_path / "run", 1.0)
    pictures = {
        f"{name}.{end}" for name in ("occupancy", "overflow", "bed_curve", "flow") for end in ("png", "svg", "txt")
    }
    tables = {
        f"{name}.csv" for name in ("summary", "occupancy", "overflow", "outcomes", "flow", "range_ends", "bed_curve")
    }
    others = {"replications.csv", "summary.xlsx", "verdict.txt", "glossary.txt", "scenario.json", "manifest.json"}
    assert {path.name for path in folder.iterdir()} == pictures | tables | others
    ends = (folder / "range_ends.csv").read_text(encoding="utf-8-sig").splitlines()
    assert {line.split(",")[4] for line in ends[1:]} == {"all", "2026-27"}


@pytest.mark.usefixtures("no_pictures")
def test_a_run_with_fewer_replications_does_not_replace_one_with_more(done: Run, tmp_path: Path) -> None:
    """Twelve finished replications stay; two go beside them; as many, or more, take the place."""
    fewer = run(done.scenario, n_replications=2, seed=1, workers=1)
    first = publish(done, tmp_path / "run", 1.0)
    assert publish(fewer, tmp_path / "run", 1.0).name == "run-2-replications"
    assert publish(done, tmp_path / "run", 1.0) == first == tmp_path / "run"
    assert json.loads((first / "manifest.json").read_text())["replications"] == 12


@pytest.mark.usefixtures("no_pictures")
def test_the_long_table_says_what_the_csv_module_would(done: Run, tmp_path: Path) -> None:
    """Written line by line for speed, `replications.csv` is what the csv module writes; nothing is an empty cell."""
    days = done.totals.rows["unit_days_by_year"].copy()
    days[::2] = np.nan
    rows = {**done.totals.rows, "unit_days_by_year": days}
    done = dataclasses.replace(done, totals=dataclasses.replace(done.totals, rows=rows))
    keys, means = done.reader.table("all")
    assert np.isnan(means).any()
    rows = [
        (done.scenario.slug, number, unit, measure, "mean", period, float(value))
        for number, values in zip(done.totals.replications.tolist(), means, strict=True)
        for (unit, measure, period), value in zip(keys, values, strict=True)
    ]
    header = ("scenario", "replication", "unit", "measure", "statistic", "period", "value")
    folder = publish(done, tmp_path / "run", 1.0)
    assert (folder / "replications.csv").read_bytes().decode() == csv_text(header, rows)


@pytest.mark.usefixtures("no_pictures")
def test_the_long_table_is_the_same_whoever_writes_it(
    done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy, this process alone, or after a copy that was ended half-way, or where there is no room for a draft."""

    def halfway(make: Callable[[], None]) -> Callable[[], None]:
        make()
        return make

    def no_room(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    alone = replications_file(done)
    monkeypatch.setattr("bedsim.report.replications_file.WORTH_A_COPY", 1)
    copied = replications_file(done)
    monkeypatch.setattr("bedsim.report.replications_file.beside", halfway)
    again = replications_file(done)
    monkeypatch.setattr("bedsim.report.replications_file.beside", lambda make: no_room)
    full = replications_file(done)
    monkeypatch.setattr("bedsim.report.replications_file.tempfile.TemporaryFile", no_room)
    nowhere = replications_file(done)
    for number, write in enumerate((alone, copied, again, full, nowhere)):
        write(tmp_path / str(number))
    written = {(tmp_path / str(number)).read_bytes() for number in range(5)}
    assert len(written) == 1
    assert written.pop().count(b"\n") > 12
