"""What a check says, for people and for machines, whatever the scenario is called."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bedsim.analysis.baseline import MAIN
from bedsim.analysis.check import Checked
from bedsim.analysis.equivalence import Answer, Estimate, change
from bedsim.report.check_report import check_payload, check_table, junit_text, markdown_text, sentences

HOSTILE = 'a"b & <script>alert(1)</script> | [x](http://y) ]]> \x1b[2J\x00\ud800 [red]'
MOVED = change(MAIN.name, Estimate(31.0, 0.1, 1000), Estimate(33.0, 0.25, 100), 1.0, 0.025)
UNSURE = change("p_wait.mean.all", Estimate(0.20, 0.01, 1000), Estimate(0.22, 0.03, 100), 0.05, 0.025)
GONE = change("open_beds.mean.all", Estimate(132.0, 0.0, 1000), Estimate(math.nan, math.nan, 0), 0.5, 0.025)
REPEATED = Checked("same", "Same", Answer.passed, 100, (100,), (), (), ())
FAILED = replace(
    REPEATED,
    slug="moved",
    answer=Answer.failed,
    changes=(MOVED, UNSURE),
    changed_inputs=("pathways.rehab.first.needed_days.lognormal.mean 21 -> 22",),
    changed_versions=("numpy 2.2 -> 2.3",),
)
UNKNOWN = replace(REPEATED, slug="unsure", answer=Answer.inconclusive, changes=(UNSURE,))


def test_a_failure_says_what_moved_by_how_much_and_what_changed() -> None:
    """Was, is, change, interval, margin; the input and the library."""
    text = "\n".join(sentences(FAILED))
    assert "p95 of demand_beds 31.0 -> 33.0 beds, +2.0 (+1.5 to +2.5), margin 1 beds: fail." in text
    assert "needed_days.lognormal.mean 21 -> 22" in text
    assert "numpy 2.2 -> 2.3" in text
    assert "--update --reason" in text


def test_an_unsettled_check_says_how_many_more_replications_it_needs() -> None:
    """In the words of the command; where none would do, that too."""
    assert UNSURE.n_more is not None
    text = "\n".join(sentences(UNKNOWN))
    assert "mean of p_wait 20.0 -> 22.0%, +2.0 (-4.3 to +8.3), margin 5 points: inconclusive." in text
    assert f"about {UNSURE.n_more} more replications: --patience {UNSURE.n_more}." in text
    looked = replace(UNKNOWN, n_replications=400, looks=(100, 200, 400))
    assert f"--patience {UNSURE.n_more + 300}." in sentences(looked)[-1]
    hopeless = replace(UNKNOWN, changes=(replace(UNSURE, n_more=None),))
    assert "No number of replications" in sentences(hopeless)[-1]


def test_numbers_that_should_have_been_repeated_get_a_sentence_of_their_own() -> None:
    """They are not called a change of the model."""
    odd = replace(FAILED, unrepeated=("counts of overflow",), changed_inputs=(), changed_versions=())
    text = "\n".join(sentences(odd))
    assert "these differ: counts of overflow" in text
    assert "No input and no version" not in text
    assert 'name="repeated to the last count"' in junit_text([odd])


def test_many_changed_inputs_are_counted() -> None:
    """Eight are named."""
    many = replace(FAILED, changed_inputs=tuple(f"input_{i} 1 -> 2" for i in range(11)))
    assert "input_7 1 -> 2 and 3 more." in "\n".join(sentences(many))


def test_json_can_be_read_by_anybody() -> None:
    """No NaN: what does not exist is null; the whole answer is the worst."""
    text = json.dumps(check_payload([REPEATED, UNKNOWN, replace(FAILED, changes=(MOVED, GONE))]), allow_nan=False)
    found = json.loads(text)
    assert found["answer"] == "fail"
    assert [one["answer"] for one in found["checks"]] == ["pass", "inconclusive", "fail"]
    assert found["checks"][0]["is_repeated"]
    assert found["checks"][1]["n_more"] == UNSURE.n_more
    main, gone = found["checks"][2]["numbers"]
    assert (main["measure"], main["old"], main["new"], main["unit"], main["answer"]) == (
        "demand_beds",
        31.0,
        33.0,
        "beds",
        "fail",
    )
    assert (gone["new"], gone["low"], gone["answer"]) == (None, None, "fail")


def test_junit_counts_failures_and_errors() -> None:
    """A number that failed is a failure; one that is not settled an error."""
    suites = ElementTree.fromstring(junit_text([REPEATED, FAILED, UNKNOWN])).findall("testsuite")
    assert [[suite.get(key) for key in ("name", "tests", "failures", "errors")] for suite in suites] == [
        ["same", "1", "0", "0"],
        ["moved", "2", "1", "1"],
        ["unsure", "1", "0", "1"],
    ]
    failure = suites[1].find("testcase/failure")
    assert failure is not None
    assert "31.0 -> 33.0" in str(failure.get("message"))
    assert "21 -> 22" in str(failure.text)


@pytest.mark.parametrize("field", ["title", "slug"])
def test_hostile_titles_and_names_are_words(field: str) -> None:
    """XML stays well-formed and Markdown shows them; no control character reaches a terminal."""
    bad = replace(FAILED, **{field: HOSTILE}, changed_inputs=(f"x {HOSTILE} -> 2",))
    suite = ElementTree.fromstring(junit_text([bad])).find("testsuite")
    assert suite is not None
    assert "<script>" in (
        str(suite.get("name")) if field == "slug" else str(suite.findall("*/property")[0].get("value"))
    )
    page = markdown_text([bad])
    assert "<script>" not in page
    assert "[x](" not in page
    for row in page.splitlines():
        assert not row.startswith("|") or row.replace("\\|", "").count("|") == 9
    for text in (page, junit_text([bad]), *sentences(bad)):
        assert all(letter.isprintable() or letter == "\n" for letter in text)
        text.encode()


def test_the_table_has_a_row_for_each_number() -> None:
    """Below a row for its scenario; one that was repeated has none."""
    assert check_table([REPEATED, FAILED, UNKNOWN]).row_count == 3 + 2


def test_markdown_says_it_all() -> None:
    """The answer in the heading, a paragraph a scenario, the numbers below."""
    page = markdown_text([REPEATED, UNKNOWN])
    assert page.startswith("## Bed numbers: inconclusive\n\n**same** (Same): pass. 100 replications are those")
    assert "| unsure | mean of p\\_wait |" in page.replace("p_wait", "p\\_wait")
    assert "margin" in page
    assert markdown_text([REPEATED]).count("|") == 0
