"""WHAT is simulated: a scenario file, read, checked and resolved into frozen values."""

from __future__ import annotations

from bedsim.scenario.cautions import cautions, excluded_homes
from bedsim.scenario.inputs import Input, inputs
from bedsim.scenario.load import load
from bedsim.scenario.schema import Scenario

__all__ = ["Input", "Scenario", "cautions", "excluded_homes", "inputs", "load"]
