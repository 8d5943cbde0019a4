"""The ward in C, compiled here and now, and called on the columns of bedsim's own patients."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bedsim.patients.population import Patients

SOURCE = Path(__file__).with_name("one_ward.c")
FLAGS = ("-O3", "-shared", "-fPIC")

Floats = NDArray[np.float64]
OneWard = Callable[[Patients, int, float], tuple[Floats, Floats]]
"""From patients, places and the last day to each person's admitted_day and left_day."""


def compiler() -> str | None:
    """Return the C compiler, None if there is none."""
    return shutil.which("cc")


def compile_one_ward(folder: Path) -> OneWard:
    """Return the C program; its library is put into `folder`."""
    cc = compiler()
    assert cc is not None, "there is no C compiler"
    library = folder / "one_ward.so"
    subprocess.run([cc, *FLAGS, "-o", library, SOURCE, "-lm"], check=True)
    one_ward = ctypes.CDLL(library).one_ward
    column = np.ctypeslib.ndpointer(np.float64, ndim=1, flags="C_CONTIGUOUS")
    one_ward.argtypes = [ctypes.c_long, column, column, ctypes.c_long, ctypes.c_double, column, column]

    def simulate(patients: Patients, places: int, end_day: float) -> tuple[Floats, Floats]:
        n = patients.n_patients
        admitted_day, left_day = np.empty(n), np.empty(n)
        days = patients.referred_day, patients.needed_days
        assert one_ward(n, *days, places, end_day, admitted_day, left_day) == 0, "there is no memory left"
        return admitted_day, left_day

    return simulate
