"""bedsim: how many rehabilitation beds, where, and what happens in a bad winter if we are wrong.

The public names are loaded when they are first used, so that `import bedsim` and `bedsim --help` are quick.

Examples
--------
>>> import bedsim
>>> option_1 = bedsim.load("scenarios/option-1.yaml", set_values=["units.haywood.beds=90"])
>>> option_1.units["haywood"].places
90
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bedsim.analysis.bed_curve import BedCurve, bed_curve
    from bedsim.analysis.compare import Comparison, compare
    from bedsim.analysis.conduct import run
    from bedsim.analysis.control import controlled
    from bedsim.analysis.frontier import Frontier, frontier
    from bedsim.analysis.run import Run
    from bedsim.analysis.sensitivity import sensitivity
    from bedsim.analysis.sensitivity_found import Sensitivity
    from bedsim.analysis.size import Size, size
    from bedsim.analysis.theory import theory
    from bedsim.analysis.trace import Trace, same_person, trace
    from bedsim.errors import BedsimError, RunTooLargeError, ScenarioError, StuckError
    from bedsim.measures.statistics import p_delay_if_lost
    from bedsim.report.occupancy_plot import occupancy_figure
    from bedsim.report.verdict import verdict
    from bedsim.scenario.load import load
    from bedsim.scenario.schema import Scenario

__version__ = "0.1.0"

_HOMES = {
    "load": "scenario.load",
    "run": "analysis.conduct",
    "bed_curve": "analysis.bed_curve",
    "BedCurve": "analysis.bed_curve",
    "verdict": "report.verdict",
    "occupancy_figure": "report.occupancy_plot",
    "compare": "analysis.compare",
    "Comparison": "analysis.compare",
    "p_delay_if_lost": "measures.statistics",
    "Scenario": "scenario.schema",
    "Run": "analysis.run",
    "size": "analysis.size",
    "Size": "analysis.size",
    "frontier": "analysis.frontier",
    "Frontier": "analysis.frontier",
    "sensitivity": "analysis.sensitivity",
    "Sensitivity": "analysis.sensitivity_found",
    "theory": "analysis.theory",
    "controlled": "analysis.control",
    "trace": "analysis.trace",
    "same_person": "analysis.trace",
    "Trace": "analysis.trace",
    "BedsimError": "errors",
    "ScenarioError": "errors",
    "RunTooLargeError": "errors",
    "StuckError": "errors",
}

__all__ = [
    "BedCurve",
    "BedsimError",
    "Comparison",
    "Frontier",
    "Run",
    "RunTooLargeError",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Size",
    "StuckError",
    "Trace",
    "bed_curve",
    "compare",
    "controlled",
    "frontier",
    "load",
    "occupancy_figure",
    "p_delay_if_lost",
    "run",
    "same_person",
    "sensitivity",
    "size",
    "theory",
    "trace",
    "verdict",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bedsim' has no attribute {name!r}")
    return getattr(import_module(f"bedsim.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return __all__
