"""The compiled engine's decorator for Python itself: functions are left as they are, but read arrays as records."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

CALLED_BY_PYTHON = ("run_instants", "collect")


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function; one that is not called by others gets arrays whose records' fields have names."""
    if function.__name__ not in CALLED_BY_PYTHON:
        return function

    @wraps(function)
    def run(*arguments: Any) -> Any:
        return function(*map(_with_fields, arguments))

    return run


def _with_fields(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return type(argument)(*map(_with_fields, argument))
    is_records = type(argument) is np.ndarray and argument.dtype.names is not None
    return argument.view(np.recarray) if is_records else argument
