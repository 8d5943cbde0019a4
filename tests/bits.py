"""Whether two totals are the same, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from bedsim.measures.histograms import Histograms
from bedsim.measures.totals import Totals


def same_bits(a: Totals | None, b: Totals | None) -> bool:
    """Say whether two totals are the same bit for bit: keys and their order, shapes, types and every number."""
    assert a is not None
    assert b is not None
    return all(_same(getattr(a, field.name), getattr(b, field.name)) for field in fields(Totals))


def _same(x: object, y: object) -> bool:
    if isinstance(x, Mapping) and isinstance(y, Mapping):
        return list(x) == list(y) and all(_same(x[key], y[key]) for key in x)
    if isinstance(x, Histograms) and isinstance(y, Histograms):
        return _same(x.counts, y.counts) and _same(x.starts, y.starts)
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return (x.shape, x.dtype, x.tobytes()) == (y.shape, y.dtype, y.tobytes())
    return x == y
