"""The pictures that a run leaves behind.

Why: one place says which there are; what each shows is in its own module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.report.bed_curve_plot import bed_curve_picture
from bedsim.report.flow_plot import flow_picture
from bedsim.report.occupancy_plot import occupancy_picture
from bedsim.report.overflow_plot import overflow_picture

if TYPE_CHECKING:
    from bedsim.analysis.run import Run
    from bedsim.report.plot_style import Picture

PICTURES = {
    "occupancy": occupancy_picture,
    "overflow": overflow_picture,
    "bed_curve": bed_curve_picture,
    "flow": flow_picture,
}
"""By the name of their files. The first stands for the run."""


def pictures(run: Run) -> dict[str, Picture | None]:
    """Return a run's pictures by name; None for one that the run does not have, as without planned beds."""
    has_beds = bool(run.blueprint.network.planned_units)
    return {name: make(run) if has_beds else None for name, make in PICTURES.items()}
