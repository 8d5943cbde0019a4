"""What is released is what is tested: the built wheel, installed where there is no repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
N_REPLICATIONS = "20"


class Installed:
    """An environment that has the wheel, and the folder from which it is used."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.bin = environment / ("Scripts" if os.name == "nt" else "bin")
        self.folder = folder
        self.variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment."""
        command = [self.bin / program, *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.variables, capture_output=True, text=True, encoding="utf-8"
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the source distribution and from it the wheel; install that beside the dependencies, without a network.

    The environment is empty but for the wheel and for a line that lets it see the packages of this one. Such a line
    adds a folder and obeys no other such line in it, so the repository, installed there in place, stays unseen.
    """
    folder = tmp_path_factory.mktemp("wheel")
    built, environment = folder / "dist", folder / "environment"
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", built, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    venv.create(environment, with_pip=False)
    (work := folder / "work").mkdir()
    there = Installed(environment, work)
    python = there.bin / "python"
    (wheel,) = built.glob("*.whl")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", "--quiet", wheel]
    subprocess.run(install, check=True, capture_output=True)
    packages = Path(there.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
    paths = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (packages / "dependencies.pth").write_text("".join(f"{path}\n" for path in paths))
    return there


def test_the_wheel_is_used_and_not_the_repository(installed: Installed) -> None:
    """`bedsim` is imported from the empty environment; nothing on its path lies in the repository's own folder."""
    found = installed.run("python", "-c", "import bedsim, sys; print(bedsim.__file__, *sys.path, sep='\\n')")
    place, *path = found.stdout.splitlines()
    assert Path(place).is_relative_to(installed.bin.parent)
    assert str(ROOT) not in path


def test_the_wheel_brings_every_shipped_scenario(installed: Installed) -> None:
    """`bedsim init` gives what is in the repository, byte for byte, and a good scenario is described from there."""
    assert installed.run("bedsim", "init", "all").returncode == 0
    copied = {path.relative_to(installed.folder / "all") for path in (installed.folder / "all").rglob("*.*")}
    shipped = {path.relative_to(ROOT / "scenarios") for path in (ROOT / "scenarios").rglob("*.*")}
    shipped = {path for path in shipped if "__pycache__" not in path.parts}
    assert copied == shipped
    for path in shipped:
        assert (installed.folder / "all" / path).read_bytes() == (ROOT / "scenarios" / path).read_bytes()
    described = installed.run("bedsim", "describe", "all/option-1.yaml")
    assert described.returncode == 0, described.stderr
    assert "haywood" in described.stdout


@pytest.mark.long
def test_the_wheel_runs_option_1_from_an_empty_folder(installed: Installed) -> None:
    """`bedsim init x`, then `bedsim run x/option-1.yaml`: a verdict and a run folder. Most of its time it compiles."""
    assert installed.run("bedsim", "init", "x").returncode == 0
    done = installed.run("bedsim", "run", "x/option-1.yaml", "--replications", N_REPLICATIONS)
    assert done.returncode == 0, done.stderr
    assert f"{N_REPLICATIONS} replications" in done.stdout
    (folder,) = (installed.folder / "results" / "option-1").iterdir()
    assert {"verdict.txt", "summary.csv", "summary.xlsx", "manifest.json"} <= {path.name for path in folder.iterdir()}
    reported = installed.run("bedsim", "report", "results/option-1")
    assert reported.returncode == 0, reported.stderr
    assert (installed.folder / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
