"""Prices for tests: one index, and charges in few words."""

from __future__ import annotations

from typing import Any

INDEX = {"first_year": 2020, "levels": (80.0, 90.0, 95.0, 98.0, 99.0, 100.0)}


def charge(pounds: float, year: int = 2025, payer: str = "icb", **more: Any) -> dict[str, Any]:
    """Return a price."""
    return {"payer": payer, "pounds": pounds, "year": year, **more}


def prices(**units: dict[str, Any]) -> dict[str, Any]:
    """Return prices of units alone."""
    return {"price_year": 2025, "index": INDEX, "units": units}
