"""Consultant-led clinics: appointments, not stays; who waits how many weeks, and who travels how far.

Why: a clinic gives slots, which nobody holds, so it is no unit of the bed engine. This module stands beside it: a file
of its own, a queue of its own. From the bed simulator it has how files are read, the named random numbers and the
intervals.
"""

from __future__ import annotations

from bedsim.clinics.compare import Comparison, compare
from bedsim.clinics.load import load
from bedsim.clinics.run import ClinicRun, run
from bedsim.clinics.schema import ClinicPlan

__all__ = ["ClinicPlan", "ClinicRun", "Comparison", "compare", "load", "run"]
