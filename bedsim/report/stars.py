"""The star of an illustrative option, wherever tables and pictures of a comparison name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedsim.analysis.compare import Comparison

STAR = "*"
"""Behind the name of an illustrative option."""


def starred(comparison: Comparison, name: str) -> str:
    """Return an option's name, with a star if it is illustrative."""
    return f"{name}{STAR}" if name in comparison.illustrative else name
