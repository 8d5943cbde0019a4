"""Settings of all tests: no deadlines, since machines differ; in CI the same examples every time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("in_ci", deadline=None, derandomize=True)
settings.load_profile("in_ci" if os.environ.get("CI") else "here")
