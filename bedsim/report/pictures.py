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
    from bedsim.store.atomic import Write

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


def picture_files(run: Run) -> dict[str, str | Write | None]:
    """Return the files of a run's pictures: each as PNG, as SVG and in words; None for those it does not have."""
    files: dict[str, str | Write | None] = {}
    for name, one in pictures(run).items():
        files[f"{name}.png"] = None if one is None else one.write_png
        files[f"{name}.svg"] = None if one is None else one.write_svg
        files[f"{name}.txt"] = None if one is None else f"{one.words}\n"
    return files
