"""The names and numbers of which a scenario is made, each with its bounds.

Why: a slip of the pen (a negative rate, an hour of 25) is refused where it is written, by one bound for all its uses.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Places = Annotated[int, Field(ge=0, le=100_000)]
Rate = Annotated[float, Field(ge=0, le=1_000)]
Index = Annotated[float, Field(ge=0, le=20)]
Days = Annotated[float, Field(ge=0, le=36_525)]
Hour = Annotated[float, Field(ge=0, lt=24)]

TOLERANCE = 1e-9
"""How far shares may sum from 1 (rounding of decimals only)."""


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
