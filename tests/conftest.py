"""Settings of all tests: no deadlines, since machines differ; in CI the same examples every time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("in_ci", deadline=None, derandomize=True)
settings.load_profile("in_ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_is_heard() -> Iterator[None]:
    """Whoever started the tests in the background made them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
