"""`bedsim validate`: all that is wrong with scenario files, without running them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bedsim.commands.common import variants
from bedsim.errors import BedsimError, ScenarioError

if TYPE_CHECKING:
    from bedsim.analysis.plan import Plan
    from bedsim.errors import Problem
    from bedsim.scenario.schema import Scenario


def validate(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files, YAML.", show_default=False)],
    also: Annotated[
        list[Path] | None, typer.Option(help="Check each scenario once more with this file laid over it; repeatable.")
    ] = None,
) -> None:
    """Check scenario files without running them: everything that is wrong, and what deserves a warning."""
    from bedsim.analysis.plan import plan_run
    from bedsim.analysis.ready import make_ready
    from bedsim.scenario.load import load

    loaded: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for path, overlays in variants(scenarios, also or []):
        try:
            loaded[" with ".join(map(str, (path, *overlays)))] = load(path, overlays=overlays)
        except ScenarioError as error:
            problems += error.problems
    if loaded:  # compiled code chooses their warm-up
        make_ready("compiled", lambda sentence: print(sentence, file=sys.stderr))
    refused: list[str] = []
    for name, scenario in loaded.items():
        try:
            print(_sentence(name, plan_run(scenario, 1)))
        except BedsimError as error:
            refused.append(f"{name}: {error}")
    if problems:
        refused.append(str(ScenarioError(list(dict.fromkeys(problems)))))
    if refused:
        raise BedsimError("\n".join(refused))


def _sentence(name: str, plan: Plan) -> str:
    """Return that a scenario can be run, on what grounds, and each caution on a line of its own."""
    from bedsim.analysis.overload_months import overload_by_month
    from bedsim.report.describe import grounds_in_words
    from bedsim.scenario.cautions import cautions

    overload = plan.overload.sentence(), overload_by_month(plan.blueprint, plan.overload)
    warnings = [*filter(None, overload), *cautions(plan.scenario)]
    lines = [f"{name} can be run: {grounds_in_words(plan.scenario)}."]
    return "\n".join(lines + [f"  caution: {warning}" for warning in warnings])
