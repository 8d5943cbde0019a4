"""`bedsim run` as it is typed: what it prints, what it leaves behind, and what a mistake costs."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dask
import pandas as pd
import pytest

from bedsim.cli import main

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SMALL = """
title: {title}
status: worked_example
time: {{start: 2026-04-01, run_length_days: 60, warm_up_days: 60, cool_down_days: 30}}
units:
  ward: {{kind: community_hospital, beds: 8}}
  annexe: {{kind: acute, beds: 2}}
  away: {{kind: out_of_area, places: unlimited}}
pathways:
  rehab:
    first:
      needed_days: {{lognormal: {{mean: 15, cv: 0.7}}, range: {{mean: [12, 20]}}, assumption: a test}}
      ladder: [{{units: ward}}, {{after_days: 3, units: out_of_area}}]
streams:
  acute: {{pathway: rehab, referrals: {{per_day: {per_day}, range: {{per_day: [0.3, 0.8]}}, derived: a test}}}}
"""
Bedsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bedsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bedsim:
    """Run the command in a folder of its own, with one worker; return exit code, output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["bedsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        code = stop.value.code
        return (code if isinstance(code, int) else 0), captured.out, captured.err

    return run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write a small scenario."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.format(title="A small ward", per_day=0.5))
    return path


def test_a_run_prints_a_verdict_with_both_ranges_a_table_and_where_the_files_are(bedsim: Bedsim, small: Path) -> None:
    """The verdict names simulation error and the stated ranges, with how often their ends were run."""
    code, out, _ = bedsim("run", small, "--replications", 12, "--workers", 1)
    words = " ".join(out.split())
    assert code == 0
    assert words.startswith("WORKED EXAMPLE. A small ward. There are 8 planned beds. If anybody could use any of them")
    assert "With these sites and this ladder, somebody is waiting for a bed or out of area at midnight on" in words
    assert "simulation error" in words
    assert "over the stated ranges" in words
    assert "acute referrals (per_day) 0.3 to 0.8 (here 0.5); mean need of first, days 12 to 20 (here 15)" in words
    assert "in real runs of 5 replications each" in words
    assert "\ndemand_beds " in out
    folder = Path(out.split("Files: ")[1].split()[0])
    assert {path.name for path in folder.iterdir()} == {
        "bed_curve.csv",
        "chunks",
        "chunks-high",
        "chunks-low",
        "glossary.txt",
        "manifest.json",
        "occupancy.csv",
        *(f"{picture}.{end}" for picture in ("occupancy", "overflow", "bed_curve") for end in ("png", "svg", "txt")),
        "outcomes.csv",
        "overflow.csv",
        "range_ends.csv",
        "replications.csv",
        "scenario.json",
        "summary.csv",
        "summary.xlsx",
        "verdict.txt",
    }


def test_json_is_one_object_with_the_promised_keys_and_rows(bedsim: Bedsim, small: Path) -> None:
    """Rows are tidy; means and percentiles have intervals, but of one unit's waits; the measures promised are there."""
    code, out, _ = bedsim("run", small, "--replications", 3, "--workers", 1, "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert {"scenario", "status", "hash", "seed", "replications", "verdict", "rows"} <= set(found)
    assert (found["scenario"], found["status"], found["seed"], found["replications"]) == (
        "small",
        "worked_example",
        1,
        3,
    )
    assert set(found["rows"][0]) == {"unit", "measure", "statistic", "period", "value", "ci_low", "ci_high"}
    system = {row["measure"] for row in found["rows"] if row["unit"] == "system"}
    promised = (
        "open_beds midnight_census occupancy_fraction demand_beds overflow overflow_days_fraction waiting p_wait "
        "wait_days acute_bed_days_lost_per_day delayed_beds delayed_fraction_of_occupied out_of_area_fraction "
        "referrals_per_day admissions_per_day"
    )
    assert set(promised.split()) <= system
    by = {(row["unit"], row["measure"], row["statistic"]): row for row in found["rows"] if row["period"] == "all"}
    census = by["system", "midnight_census", "mean"]
    assert census["ci_low"] < census["value"] < census["ci_high"]
    for p95 in (by["system", "midnight_census", "p95"], by["ward", "wait_days", "p95"]):
        assert p95["ci_low"] <= p95["value"] <= p95["ci_high"]
    assert by["ward", "open_beds", "mean"]["value"] == 8
    assert by["community_hospital", "open_beds", "mean"]["value"] == 8


def test_what_would_be_without_the_gate_is_kept_whatever_is_printed(bedsim: Bedsim, tmp_path: Path) -> None:
    """The page for a board reads it from the run's folder, so it does not hang on a format, nor on words wanted."""
    homes = "".join(
        f"  home_{name}: {{kind: care_home, beds: 2, rating: {rating}}}\n"
        for name, rating in (("ash", "inadequate"), ("oak", "good"))
    )
    text = SMALL.format(title="Gated", per_day=0.5).replace("  annexe", f"{homes}  annexe")
    path = tmp_path / "gated.yaml"
    path.write_text(text.replace("{units: ward}", "{units: ward}, {units: care_home}"))
    code, out, _ = bedsim("run", path, "--replications", 2, "--workers", 1, "--format", "json", "--quiet")
    (kept,) = (tmp_path / "results" / "gated").rglob("gate.txt")
    assert code == 0
    assert kept.read_text().startswith("Without the quality gate there would be 2 more planned beds")
    assert "Without the quality gate" not in out


def test_one_replication_is_a_run_without_intervals(bedsim: Bedsim, small: Path, tmp_path: Path) -> None:
    """Everything is written and said, pictures included; what needs two replications is left out."""
    code, out, _ = bedsim("run", small, "--replications", 1, "--out", tmp_path / "one", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert all(row["ci_low"] is None for row in found["rows"])
    assert "nan" not in found["verdict"].lower()
    assert list((tmp_path / "one").rglob("bed_curve.png"))


def test_several_runs_come_as_a_list_and_overlays_add_runs(bedsim: Bedsim, small: Path, tmp_path: Path) -> None:
    """`--also` runs the scenario once more with the overlay on top; JSON then holds a list of runs."""
    (tmp_path / "busy.yaml").write_text("streams: {acute: {referrals: {per_day: 0.6, assumption: busier}}}")
    code, out, _ = bedsim("run", small, "--also", "busy.yaml", "--replications", 3, "--workers", 1, "--format", "json")
    runs = json.loads(out)["runs"]
    assert code == 0
    assert [run["scenario"] for run in runs] == ["small", "small-with-busy"]
    referred = [next(row["value"] for row in run["rows"] if row["measure"] == "referrals_per_day") for run in runs]
    assert referred[1] > referred[0]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_several_runs_together_print_and_leave_what_each_does_alone(
    bedsim: Bedsim, small: Path, tmp_path: Path, form: str
) -> None:
    """The same people or others, published side by side: the same files to the last byte, in the order asked for."""
    more = tmp_path / "more.yaml"
    more.write_text(small.read_text(encoding="utf-8").replace("beds: 8", "beds: 9"), encoding="utf-8")
    busy = tmp_path / "busy.yaml"
    busy.write_text(small.read_text(encoding="utf-8").replace("per_day: 0.5", "per_day: 0.6"), encoding="utf-8")
    options = ["--replications", 5, "--format", form]
    code, together, _ = bedsim("run", small, more, busy, *options, "--out", "together")
    assert code == 0
    alone = {}
    for path in (small, more, busy):
        code, out, _ = bedsim("run", path, *options, "--out", "alone")
        assert code == 0
        alone[path.stem] = out.replace("alone/", "together/")
    if form == "json":
        assert json.loads(together)["runs"] == [json.loads(out) for out in alone.values()]
    elif form == "csv":
        header, *_ = alone["small"].splitlines()
        lines = [line for out in alone.values() for line in out.splitlines()[1:]]
        assert together.splitlines() == [header, *lines]
    else:
        assert together.startswith("".join(alone.values()))
    files = {
        top: {
            path.relative_to(top): path.read_bytes()
            for path in Path(top).rglob("*")
            if path.is_file() and path.suffix != ".npz" and path.name != "manifest.json"
        }
        for top in ("together", "alone")
    }
    assert files["together"] == files["alone"]
    assert len(files["alone"]) > 3 * 10


def test_the_same_seed_gives_the_same_bytes(bedsim: Bedsim, small: Path) -> None:
    """Two runs agree in every byte of every table; another seed does not."""
    folders = []
    for out, seed in (("one", 1), ("two", 1), ("three", 2)):
        _, printed, _ = bedsim("run", small, "--replications", 3, "--workers", 1, "--out", out, "--seed", seed)
        folders.append(small.parent / printed.split("Files: ")[1].split()[0])
    tables = [{path.name: path.read_bytes() for path in folder.glob("*.[cx][sl]*")} for folder in folders]
    assert {"summary.csv", "summary.xlsx"} < set(tables[0])
    assert tables[0] == tables[1]
    assert tables[0] != tables[2]


def test_both_engines_give_the_same_bytes(bedsim: Bedsim, small: Path) -> None:
    """`--engine` changes no table; the manifest says which it was."""
    tables = []
    for engine in ("compiled", "simpy"):
        code, printed, _ = bedsim(
            "run", small, "--replications", 3, "--workers", 1, "--out", engine, "--engine", engine
        )
        assert code == 0
        folder = small.parent / printed.split("Files: ")[1].split()[0]
        tables.append({path.name: path.read_bytes() for path in folder.glob("*.csv")})
        assert json.loads((folder / "manifest.json").read_text())["engine"] == engine
    assert tables[0] == tables[1]


def test_the_same_command_again_takes_what_is_there(bedsim: Bedsim, small: Path) -> None:
    """The second time nothing is simulated, and it is said how many replications were finished before."""
    bedsim("run", small, "--replications", 12, "--workers", 1)
    chunks = {path: path.stat().st_mtime_ns for path in small.parent.rglob("*.npz")}
    code, _, err = bedsim("run", small, "--replications", 12, "--workers", 1)
    assert code == 0
    assert "12 of 12 replications were finished before" in " ".join(err.split())
    assert {path: path.stat().st_mtime_ns for path in small.parent.rglob("*.npz")} == chunks


def test_a_cluster_without_the_extra_or_without_anybody_there_is_a_sentence(
    bedsim: Bedsim, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2 with the line to type, or with the address; nothing is written."""
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "distributed", None)
        code, _, err = bedsim("run", small, "--cluster", "local")
    assert code == 2
    assert "python -m pip install 'bedsim[cluster]'" in err
    with dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}):
        code, _, err = bedsim("run", small, "--cluster", "tcp://127.0.0.1:1")
    assert code == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in err
    assert not (small.parent / "results").exists()


def test_csv_on_standard_output_is_the_file_that_a_spreadsheet_opens(bedsim: Bedsim, small: Path) -> None:
    """`--format csv` prints the bytes of `summary.csv`: whoever sends it into a file has that file. pandas reads it."""
    code, out, _ = bedsim("run", small, "--replications", 2, "--workers", 1, "--format", "csv")
    (table,) = small.parent.rglob("summary.csv")
    assert code == 0
    assert out.encode() == table.read_bytes()
    assert list(pd.read_csv(table).columns)[:2] == ["scenario", "unit"]


def test_tables_open_in_a_spreadsheet_and_run_no_formula(bedsim: Bedsim, tmp_path: Path) -> None:
    """A title with a formula, `../` or markup costs exit code 2; the tables of another begin with a BOM."""
    for i, title in enumerate(("=cmd|' /C calc'!A0", "../../x", "a <script>", "+1", "-1", "@x")):
        hostile = tmp_path / f"hostile-{i}.yaml"
        hostile.write_text(SMALL.format(title=f'"{title}"', per_day=0.5))
        code, out, err = bedsim("run", hostile, "--replications", 2, "--workers", 1)
        assert (code, out) == (2, ""), title
        assert "title" in err
        assert not (tmp_path / "results").exists()
    odd = tmp_path / "odd.yaml"
    odd.write_text(SMALL.format(title='"5 < 6, [bold] = text"', per_day=0.5))
    code, out, _ = bedsim("run", odd, "--replications", 2, "--workers", 1)
    assert code == 0
    assert "5 < 6, [bold] = text" in out
    folder = tmp_path / "results" / "odd"
    assert [path.parent.parent for path in tmp_path.rglob("manifest.json")] == [folder]
    for path in folder.rglob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "@", "+"))]


def test_a_mistake_costs_a_sentence_and_nothing_is_written(bedsim: Bedsim, small: Path, tmp_path: Path) -> None:
    """Missing file, misspelt key, wrong --set, zero or too many replications: exit code 2 and no results folder."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SMALL.format(title="x", per_day=0.5).replace("beds: 8", "bedz: 8"))
    for arguments, words in (
        (["nowhere.yaml"], "nowhere.yaml"),
        ([wrong], "line 6"),
        ([small, "--set", "units.wrad.beds=9"], "--set units.wrad.beds=9"),
        ([small, "--replications", 0], "at least 1"),
        ([small, "--replications", 10**9], "hours on one core"),
    ):
        code, out, err = bedsim("run", *arguments)
        assert code == 2, arguments
        assert words in err
        assert "Traceback" not in err
        assert out == ""
        assert not (tmp_path / "results").exists()


def test_mistakes_of_several_files_come_together(bedsim: Bedsim, tmp_path: Path) -> None:
    """Two wrong scenarios give both files' problems at once."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(SMALL.format(title=name, per_day=-1))
    code, _, err = bedsim("run", "a.yaml", "b.yaml")
    assert code == 2
    assert "a.yaml: 1 problem" in err
    assert "b.yaml: 1 problem" in err


def test_an_output_folder_that_cannot_be_written_is_said_before_simulating(bedsim: Bedsim, small: Path) -> None:
    """A folder below a file cannot be made: exit code 2."""
    code, out, err = bedsim("run", small, "--out", small / "results")
    assert code == 2
    assert "cannot be written" in err
    assert out == ""


def test_overload_is_said_before_the_run(bedsim: Bedsim, tmp_path: Path) -> None:
    """More need than planned beds is said on the error stream before the verdict, and in the verdict."""
    crowded = tmp_path / "crowded.yaml"
    crowded.write_text(SMALL.format(title="Crowded", per_day=0.8))
    code, out, err = bedsim("run", crowded, "--replications", 2, "--workers", 1)
    assert code == 0
    assert "some planned beds would have to be at least 150% full" in " ".join(err.split())
    assert "Overload" in out


def test_people_stuck_for_ever_end_the_run_with_code_2_and_keep_what_was_finished(
    bedsim: Bedsim, tmp_path: Path
) -> None:
    """A ring found at the end of a replication is an error naming the units."""
    code, _, err = bedsim("run", ring_in(tmp_path), "--replications", 60, "--workers", 1)
    words = " ".join(err.split())
    assert code == 2
    assert "a ring of waiting people: those in annexe, ward" in words
    k = int(re.search(r"replication (\d+): a ring", words)[1])  # type: ignore[index]
    assert k > 0, "the first replication must finish, or nothing is shown to be kept"
    assert f"{k} replications are kept in" in words
    manifest = json.loads(next(tmp_path.rglob("manifest.json")).read_text())
    assert (manifest["replications"], manifest["unfinished"]) == (k, True)


def ring_in(tmp_path: Path) -> Path:
    """Write a scenario in which people come to wait for one another."""
    ring = tmp_path / "ring.yaml"
    ring.write_text(
        SMALL.format(title="Ring", per_day=RING_RATE)
        .replace(
            "[{units: ward}, {after_days: 3, units: out_of_area}]",
            "[{units: ward}]\n      then: {onward: {share: 1.0, next: second}}",
        )
        .replace("range: {per_day: [0.3, 0.8]}, ", "")
        .replace("streams:", RING)
    )
    return ring


def test_what_stopped_a_run_comes_after_what_it_says(tmp_path: Path) -> None:
    """In a file that takes both streams, too."""
    command = [sys.executable, "-m", "bedsim", "run", ring_in(tmp_path), "--replications", "60", "--quiet"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with (tmp_path / "both.txt").open("wb") as both:
        done = subprocess.run([*command, "--out", tmp_path], stdout=both, stderr=both, check=False, env=environment)
    words = (tmp_path / "both.txt").read_text(encoding="utf-8")
    assert done.returncode == 2
    assert words.startswith("UNFINISHED (")
    assert words.index("UNFINISHED (") < words.index("a ring of waiting people")


def test_people_stuck_in_one_of_several_stop_no_other(bedsim: Bedsim, small: Path, tmp_path: Path) -> None:
    """They are named; the other is published, and nothing is said against it."""
    code, out, err = bedsim("run", ring_in(tmp_path), small, "--replications", 60, "--quiet")
    assert code == 2
    assert "ring: replication " in err
    assert "small: " not in err
    manifests = {path.parts[-3]: json.loads(path.read_text()) for path in (tmp_path / "results").rglob("manifest.json")}
    assert {name: one["unfinished"] for name, one in manifests.items()} == {"ring": True, "small": False}
    assert manifests["small"]["replications"] == 60
    assert out.count("Files: ") == 2


def test_a_run_that_cannot_be_published_keeps_no_other_from_it(bedsim: Bedsim, small: Path, tmp_path: Path) -> None:
    """It is said at the end, with exit code 2; the same command goes on from what was finished."""
    others = [tmp_path / f"{name}.yaml" for name in ("more", "most")]
    for beds, path in enumerate(others, start=9):
        path.write_text(small.read_text(encoding="utf-8").replace("beds: 8", f"beds: {beds}"), encoding="utf-8")
    options: list[object] = ["--replications", 3, "--quiet"]
    assert bedsim("run", small, *options)[0] == 0
    (manifest,) = (tmp_path / "results" / "small").rglob("manifest.json")
    manifest.unlink()
    (manifest / "in the way").mkdir(parents=True)
    options[1] = 60
    code, out, err = bedsim("run", others[0], small, others[1], ring_in(tmp_path), *options)
    assert code == 2
    assert "ring: replication " in err, "who was stuck is said beside it"
    assert re.search(r"the run folder results/small/\S+ cannot be written", " ".join(err.split()))
    assert out.count("Files: ") == 3
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"small", "more", "most", "ring"}
    assert list((tmp_path / "results" / "most").rglob("manifest.json"))


RING_RATE = 0.2
RING = """    second:
      needed_days: {constant: 10}
      ladder: [{units: annexe}]
      then: {home: {share: 0.6}, back: {share: 0.4, next: first}}
streams:"""


def test_ctrl_c_keeps_what_was_finished_and_exits_with_130(small: Path, tmp_path: Path) -> None:
    """A real interruption of a real command over two workers."""
    long = ["--replications", "20000", "--set", "time.run_length_days=3000", "--workers", "2"]
    command = [sys.executable, "-m", "bedsim", "run", small, *long, "--out", tmp_path]
    with subprocess.Popen(
        command,
        cwd=SCENARIOS.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # else ignored if it is ignored here
        env=os.environ | {"COLUMNS": "300"},
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.rglob("*.npz")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "are kept in" in err
    assert out.startswith("UNFINISHED (")
    manifest = json.loads(next(tmp_path.rglob("manifest.json")).read_text())
    assert manifest["unfinished"]
    assert 0 < manifest["replications"] < 20_000


def test_help_imports_nothing_heavy() -> None:
    """`bedsim --help` answers quickly because NumPy, SciPy, pandas, Matplotlib and pydantic wait until used."""
    code = (
        "import sys; sys.argv = ['bedsim', '--help']\n"
        "from bedsim.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = 'numpy scipy numba pandas matplotlib pydantic simpy joblib distributed rich xlsxwriter'.split()\n"
        "heavy = set(heavy) & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "HEAVY []" in printed
    assert "run" in printed
