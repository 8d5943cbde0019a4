"""Every command and every example of the pages runs, in a folder with the shipped scenarios, with 20 replications."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bedsim
from bedsim import clinics
from bedsim.cli import main
from tests.docs.pages import INSTRUCTIONS, PAGES, ROOT, blocks, commands, files, links, name_of

N_REPLICATIONS = "20"
SHORT = ["--set", "time.run_length_days=60", "--set", "time.warm_up_days=60"]
"""What makes the quick test quick; the long one runs what the pages say."""
DATED = ("new-model-of-care", "phased-plan")
"""Plans with dates all over the three years: these are not shortened."""
SIMULATE = ("run", "calibrate", "compare", "size", "frontier", "sensitivity")
"""Commands that simulate scenarios."""
FEWER = {"frontier": {"--points": "2"}, "sensitivity": {"--draws": "8"}}
"""What else is fewer when they are tested."""
ANSWERS = {"check": (0, 1, 3)}
"""Exit codes that are an answer, by command; 0 of the others."""
Tested = Callable[[list[str]], tuple[int, str, str]]
WITH_COMMANDS = [page for page in INSTRUCTIONS if commands(page)]
WITH_CODE = [page for page in INSTRUCTIONS if blocks(page, "python")]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder of results for all pages: what is simulated for one is there for the next."""
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def done() -> set[tuple[str, ...]]:
    """Return what was run shortened on any page."""
    return set()


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of somebody who reads a page, with the shipped scenarios and nothing else."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def as_tested(words: list[str], results: Path, most: int | None = None) -> list[str]:
    """Return a command with its wildcards resolved, with 20 replications if it runs a model, and with our results.

    `most`: so many files of a wildcard at most.
    """
    command, *rest = words
    rest = [path for word in rest for path in (sorted(map(str, Path().glob(word)))[:most] if "*" in word else [word])]
    if command == "report":
        rest = [str(newest_run(results, Path(word).name)) if word.startswith("results/") else word for word in rest]
    if command not in (*SIMULATE, "check") or "--help" in rest:
        return [command, *rest]
    options = {"--replications": N_REPLICATIONS} | (
        {} if command in ("calibrate", "check") else {"--out": str(results)}
    )
    options |= FEWER.get(command, {})
    for option, value in options.items():
        if option in rest:
            rest[rest.index(option) + 1] = value
        else:
            rest += [option, value]
    return [command, *rest, "--quiet"]


def newest_run(results: Path, slug: str) -> Path:
    """Return the folder of the latest run of a scenario: our results hold those of all pages."""
    return max((results / slug).glob("*/manifest.json"), key=lambda path: path.stat().st_mtime_ns).parent


@pytest.fixture
def tested(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tested:
    """Return what runs a command as if it had been typed, and gives its exit code, output and errors."""

    def execute(arguments: list[str]) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bedsim", *arguments])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return execute


def run_all(page: Path, results: Path, tested: Tested, short: set[tuple[str, ...]] | None = None) -> None:
    """Run the commands of a page in their order; short, if given, holds what was already run shortened, on any page."""
    own = files(page)
    for path, text in own.items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    checked = {word for words in commands(page) if words[0] == "check" for word in words if word.endswith(".yaml")}
    if checked:
        baseline = ["check", *sorted(checked), "--update", "--reason", "a test", "--replications", N_REPLICATIONS]
        assert tested([*baseline, "--quiet"])[0] == 0
    for words in commands(page):
        arguments = as_tested(words, results, None if short is None else 2)
        if short is not None and words[0] in SIMULATE and not own.keys() & set(words):
            same = tuple(re.sub(r"^my-\w+/", "scenarios/", word) for word in arguments)
            if same in short:
                continue
            short.add(same)
            is_dated = any(Path(word).stem.startswith(DATED) for word in words)
            arguments += [] if is_dated or "--help" in words else SHORT
        code, printed, error = tested(arguments)
        assert code in ANSWERS.get(words[0], (0,)), f"{words}: {error}"
        assert printed, words


@pytest.mark.parametrize("page", [page for page in WITH_COMMANDS if page.name == "README.md"], ids=name_of)
@pytest.mark.usefixtures("reader")
def test_the_commands_of_a_page_run_shortened(
    page: Path, results: Path, done: set[tuple[str, ...]], tested: Tested, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 60 days instead of three years, each once, and without pictures, which take longer than the rest."""
    monkeypatch.setattr("bedsim.report.publish.picture_files", lambda pictures: {})
    monkeypatch.setattr("bedsim.report.compare_publish.differences_picture", lambda comparison: None)
    run_all(page, results, tested, done)


@pytest.mark.long
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
@pytest.mark.usefixtures("reader")
def test_the_commands_of_a_page_run(page: Path, results: Path, tested: Tested) -> None:
    """As they stand, but with 20 replications."""
    run_all(page, results, tested)


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[] if page.name == "README.md" else pytest.mark.long) for page in WITH_CODE],
    ids=name_of,
)
@pytest.mark.usefixtures("reader")
def test_the_code_of_a_page_runs(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The Python examples as they stand, but with 20 replications."""
    for block in blocks(page, "python"):
        quick, n = re.subn(r"n_replications=\d+", f"n_replications={N_REPLICATIONS}", block)
        assert n or "bedsim.run(" not in block
        exec(compile(quick, page.name, "exec"), {"__name__": "page"})
    assert capsys.readouterr().out


def test_every_command_is_explained_somewhere() -> None:
    """A command that no page shows is one that nobody finds."""
    shown = {words[0] for page in INSTRUCTIONS for words in commands(page) if "--help" not in words}
    assert shown >= {"run", "calibrate", "check", "validate", "describe", "schema", "init", "report"}
    assert shown >= {"compare", "size", "frontier", "sensitivity", "trace", "clinics"}


def test_the_commands_of_pages_are_found() -> None:
    """Those of blocks and those within a sentence."""
    readme = commands(ROOT / "README.md")
    assert ["run", "scenarios/option-1.yaml", "--replications", "1000"] in readme
    assert any(words.count("--also") == 2 for words in readme), "make run"
    assert ["run", "scenarios/option-1.yaml", "--choose-warm-up"] in commands(ROOT / "docs" / "model.md")


@pytest.mark.parametrize("page", [page for page in INSTRUCTIONS if blocks(page, "yaml")], ids=name_of)
def test_the_scenarios_of_a_page_load(page: Path, reader: Path) -> None:
    """A block that names what it extends, or has pathways or clinics of its own, alone; a piece laid over option 1."""
    example = reader / "scenarios" / "example.yaml"
    for text in blocks(page, "text"):
        if text.startswith("date,expected_per_day"):
            (example.parent / "forecast.csv").write_text(text, encoding="utf-8")
    for text in blocks(page, "yaml"):
        example.write_text(text, encoding="utf-8")
        if re.search(r"^(extends|pathways):", text, flags=re.M):
            bedsim.load(example)
        elif re.search(r"^clinics:", text, flags=re.M):
            clinics.load(example)
        else:
            bedsim.load(reader / "scenarios" / "option-1.yaml", overlays=[example])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every path that a page links to is there."""
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_code_block_names_its_language(page: Path) -> None:
    """A block without one would be run by no test."""
    fences = re.findall(r"^ *```(.*)$", page.read_text(encoding="utf-8"), flags=re.M)
    assert set(fences[::2]) <= {"sh", "yaml", "python", "text"}
    assert set(fences[1::2]) <= {""}
