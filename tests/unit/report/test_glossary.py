"""The words beside a verdict."""

from __future__ import annotations

from bedsim.analysis.conduct import run
from bedsim.report.glossary import GLOSSARY, WIDTH, glossary_table, glossary_text
from bedsim.report.markdown import escaped
from bedsim.report.verdict import verdict
from bedsim.scenario.schema import Scenario
from tests.small import small_tree


def test_the_glossary_is_short_and_plain() -> None:
    """At most three sentences a word, no further markup, and no line longer than a window."""
    for word, meaning in GLOSSARY.items():
        assert meaning.endswith("."), word
        assert len(meaning) < 260, word
        assert escaped(meaning) == meaning, word
    text = glossary_text()
    assert max(map(len, text.splitlines())) <= WIDTH
    assert all(f"\n{word}: " in text for word in GLOSSARY)
    assert glossary_table()[1] == list(GLOSSARY.items())


def test_the_words_that_a_verdict_uses_are_in_the_glossary() -> None:
    """Each of these stands in the verdict of a small run, and is explained."""
    words = verdict(run(Scenario.model_validate(small_tree()), n_replications=2, workers=1))
    for used, explained in (
        ("planned beds", "planned beds"),
        ("the demand", "demand for beds"),
        ("simulation error", "simulation error"),
        ("stated ranges", "stated ranges"),
        ("replications", "replication"),
        ("wait", "wait"),
        ("are sourced", "sourced, derived, assumed"),
    ):
        assert used in words
        assert explained in GLOSSARY
