"""The page of case studies is what its command makes, and says of everybody that they are simulated."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "case-studies.md"


def test_everybody_is_said_to_be_simulated() -> None:
    """In each of four cases, before and after; and the plan after is marked illustrative wherever it is named."""
    page = PAGE.read_text(encoding="utf-8")
    cases = re.split(r"^## ", page, flags=re.M)[1:]
    assert len(cases) == 4
    for case in cases:
        assert "simulated, not a real person" in case
        assert re.search(r"^\*\*Before:\*\* .* Simulated\.$", case, flags=re.M)
        assert re.search(r"^\*\*After:\*\* ILLUSTRATIVE\. .* Simulated\.$", case, flags=re.M)


@pytest.mark.long
def test_the_page_is_what_its_command_makes() -> None:
    """If this fails: `make case-studies`."""
    command = [sys.executable, ROOT / "docs" / "case_studies.py"]
    made = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert made.stdout == PAGE.read_text(encoding="utf-8")
