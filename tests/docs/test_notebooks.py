"""The notebooks run from top to bottom and define nothing."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
QUICK = 20
"""Replications in the quick tests; the long ones run the notebooks as they are."""
N_QUICK = 2
"""So many notebooks are run by the quick tests, all by the long ones."""
NUMBER = re.compile(r"^n_replications = (\d+)$", flags=re.M)


def notebook(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook(path).cells if cell.cell_type == "code"]


def execute(path: Path, n_replications: int | None = None) -> None:
    """Run a notebook as it is, or with another number of replications."""
    page = notebook(path)
    for cell in page.cells:
        if n_replications is not None:
            cell.source = NUMBER.sub(f"n_replications = {n_replications}", cell.source)
    NotebookClient(page, timeout=900, resources={"metadata": {"path": str(FOLDER)}}).execute()


each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
noisy = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.mark.parametrize("path", NOTEBOOKS[:N_QUICK], ids=lambda path: path.stem)
@noisy
def test_a_notebook_runs(path: Path) -> None:
    """Every cell of the first runs, here with 20 replications; what is shown in the file is of the number it states."""
    execute(path, QUICK)


@pytest.mark.long
@each
@noisy
def test_a_notebook_runs_as_it_is(path: Path) -> None:
    """Every cell, with the number of replications that the file states."""
    execute(path)


@each
def test_a_notebook_states_its_replications_once_and_defines_nothing(path: Path) -> None:
    """One line that tests and readers may change, at least 20; no functions, no classes."""
    source = "\n".join(cell.source for cell in code(path))
    (n_replications,) = NUMBER.findall(source)
    assert int(n_replications) >= QUICK
    assert not re.search(r"^\s*(def|class) ", source, flags=re.M)
    assert not re.search(r"n_replications=\d", source)


@each
def test_a_notebook_is_committed_with_its_results(path: Path) -> None:
    """A reader sees numbers and pictures without running anything."""
    outputs = [output for cell in code(path) for output in cell.outputs]
    assert outputs
    assert all(output.output_type != "error" for output in outputs)
    if any(".figure" in cell.source for cell in code(path)):
        assert any("image/png" in output.get("data", {}) for output in outputs)


def test_the_notebooks_are_there() -> None:
    """From a first run to what beds, care at home and quality do to one another."""
    assert [path.stem for path in NOTEBOOKS] == [
        "01_first_run",
        "02_compare_options",
        "03_how_many_beds",
        "04_beds_or_community",
        "05_what_matters",
        "06_new_model_of_care",
        "07_care_homes_and_quality",
    ]
