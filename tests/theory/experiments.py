"""All experiments, and how many comparisons they make."""

from __future__ import annotations

from tests.theory.monks import STROKE
from tests.theory.networks import NETWORKS
from tests.theory.sizing import SIZES
from tests.theory.wards import ONE_WARD

EXPERIMENTS = (*ONE_WARD, *NETWORKS, *STROKE, *SIZES)
N_COMPARISONS = sum(len(experiment.readings) for experiment in EXPERIMENTS)
