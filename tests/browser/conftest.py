"""A real browser, and two pages for it: one plan, and an illustrative plan beside it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

from bedsim.cli import main

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start a browser with a profile of its own, which keeps what it fetches and complains of."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.fail("these tests need Chromium and its driver. On Debian: apt install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = program
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = Chrome(options, ChromeService(driver))
    yield started
    started.quit()


def typed(*arguments: object) -> None:
    """Run a command as if it had been typed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["bedsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
    assert not stop.value.code


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the pages on option 1, on option 3 (illustrative), on both, and on a plan with what it builds on."""
    folder = tmp_path_factory.mktemp("pages")
    plans = [SCENARIOS / f"{name}.yaml" for name in ("option-1", "option-3", "new-model-of-care")]
    typed("run", *plans, "--replications", 5, "--out", folder, "--quiet")
    runs = {"one": [folder / "option-1"], "illustrative": [folder / "option-3"]}
    runs["both"] = [*runs["one"], *runs["illustrative"]]
    runs["changed"] = [*runs["one"], folder / "new-model-of-care"]
    for name, folders in runs.items():
        typed("report", *folders, "--out", folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in runs}
