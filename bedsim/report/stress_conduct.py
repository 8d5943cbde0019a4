"""How a scenario is simulated, for a STRESS-DES statement: experimentation, implementation, code access."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from bedsim.analysis.warm_up import choose_warm_up
from bedsim.report.markdown import escaped
from bedsim.report.stress_logic import Item
from bedsim.store.folder import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.schema import Scenario


def experimentation(scenario: Scenario) -> Iterator[Item]:
    """Yield the items of the section on experimentation."""
    time, warm_up = scenario.time, choose_warm_up(scenario)
    how = "chosen from theory" if time.warm_up_days == "auto" else "stated in the scenario"
    present = "people hold places" if scenario.present_at_start else "it is empty"
    yield Item(
        "4.1",
        "Initialisation",
        [
            (
                f"Not terminating. {warm_up.days} days of warm-up before {time.start}, {how}; what passes in them is "
                f"not measured, and nothing is reset. At the first instant {present}."
            )
        ],
        "the evidence that the warm-up is enough (`bedsim run --choose-warm-up` shows it).",
    )
    yield Item(
        "4.2",
        "Run length",
        [
            (
                f"{time.run_length_days} days from {time.start} are measured; {time.cool_down_days} more are "
                "simulated, unmeasured, so that stays end. Time is in days, continuous; clock changes are left out."
            )
        ],
        "why so long.",
    )
    yield Item(
        "4.3",
        "Estimation approach",
        ["Independent replications. Variants are compared replication by replication with the same random numbers."],
        "the number of replications and why it is enough (`--precision` finds it; the manifest of a run has it).",
    )


def implementation() -> Iterator[Item]:
    """Yield the items of the section on implementation."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    system = escaped(platform.platform())
    yield Item(
        "5.1",
        "Software or programming language",
        [f"Python {platform.python_version()} with {packages}, on {system}, where this was made."],
        "the versions with which the results were made, if they are others (a run's manifest has them).",
    )
    yield Item(
        "5.2",
        "Random sampling",
        [
            (
                "Philox4x64-10, a counter-based generator, under keys hashed from names: seed, replication, stream, "
                "person, stage, visit and purpose. So streams do not overlap, and the same person has the same numbers "
                "in every scenario. Lengths are quantiles of one uniform."
            )
        ],
        "the seed (the manifest of a run has it).",
    )
    yield Item(
        "5.3",
        "Model execution",
        [
            (
                "Events at instants, each worked off in three steps (things due, places given, waits given up) until "
                "nothing more is due. Ties go by priority, instant of asking and number. Two engines implement this, "
                "one in SimPy and one compiled, and tests hold them equal. Replications run in parallel threads, or on "
                "a Dask cluster; the results do not depend on how many."
            )
        ],
        "which engine was used, if not the compiled one.",
    )
    yield Item(
        "5.4",
        "System specification",
        [f"This was made on {os.cpu_count()} processors, {escaped(platform.machine())}."],
        "the machine of the study and how long the runs took (`seconds` in a manifest, of all runs of its command).",
    )


def code_access() -> Iterator[Item]:
    """Yield the item of the section on code access."""
    yield Item(
        "6.1",
        "Computer model sharing statement",
        ["bedsim is free software under the MIT licence. A scenario is one text file, with those it extends."],
        "where the version used, the scenario files and the results lie, under which licence, and their DOI; and "
        "what may not be shared, with the reason.",
    )
