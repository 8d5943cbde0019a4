"""The names and numbers of which a scenario is made, each with its bounds.

Why: a slip of the pen (a negative rate, an hour of 25) is refused where it is written, by one bound for all its uses.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Places = Annotated[int, Field(ge=0, le=100_000)]
Rate = Annotated[float, Field(ge=0, le=1_000)]
Index = Annotated[float, Field(ge=0, le=20)]
Days = Annotated[float, Field(ge=0, le=36_525)]
Hour = Annotated[float, Field(ge=0, lt=24)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: tuple[str, ...] = Weekday.__args__  # type: ignore[attr-defined]
"""Monday first, as `datetime.date.weekday` counts."""

TOLERANCE = 1e-9
"""How far shares may sum from 1 (rounding of decimals only)."""

_FORMULA_SIGNS = ("=", "+", "-", "@")
_MARKUP = re.compile(r"<[A-Za-z/!]")


def check_title(title: str) -> str:
    """Return a title; raise ValueError if a spreadsheet, a browser or a file system would take it for a command."""
    words = title.lstrip()
    markup = _MARKUP.search(title)
    if words.startswith(_FORMULA_SIGNS):
        signs = " ".join(_FORMULA_SIGNS)
        raise ValueError(f"not begin with any of {signs}, which spreadsheets run|{words[0]} at its start|words first")
    if "../" in title or "..\\" in title:
        raise ValueError("hold no ../, since it is no path|one with ../ or its like|a title in words")
    if markup is not None:
        raise ValueError(f"hold no markup|{markup.group()} in it|a title in words")
    return title


def check_each_day_once(days: tuple[str, ...]) -> None:
    """Raise ValueError if a weekday is named twice."""
    if len(set(days)) < len(days):
        once = ", ".join(dict.fromkeys(days))
        raise ValueError(f"name each day once|{', '.join(days)}|[{once}]|days")


def check_shares(shares: dict[str, float], what: str) -> None:
    """Raise ValueError unless the shares sum to 1; the message proposes a value for the largest."""
    total = sum(shares.values())
    if abs(total - 1.0) <= TOLERANCE:
        return
    largest = max(shares, key=lambda name: shares[name])
    mended = shares[largest] + 1.0 - total
    listed = " + ".join(f"{name} {share:g}" for name, share in shares.items())
    remedy = f"{largest}: {round(mended, 6):g}" if 0 <= mended <= 1 else "smaller shares"
    raise ValueError(f"sum to 1|{total:.6g} ({listed})|{remedy}|{what}")
