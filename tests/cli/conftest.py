"""What every test of the command line begins with."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_width_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the width of the output to the command: libraries that other tests import set it for their own output."""
    monkeypatch.delenv("COLUMNS", raising=False)
