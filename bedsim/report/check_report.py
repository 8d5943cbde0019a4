"""What a check says: in sentences and a table, as JSON, as JUnit XML for a CI server, as Markdown for a review.

Why: the same answer is read by people in a terminal and in a review, and by machines. Each number has the same words
everywhere: what it was, what it is, and the interval in which the change lies.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from bedsim.analysis.baseline import GUARDED
from bedsim.analysis.check import RISK, worst
from bedsim.analysis.equivalence import Answer
from bedsim.measures.calendar import ALL
from bedsim.measures.definitions import MEASURES
from bedsim.report import markdown
from bedsim.report.markdown import escaped, plain
from bedsim.report.numbers import decimals, is_fraction
from bedsim.report.tables import below, empty_table, finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bedsim.analysis.check import Checked
    from bedsim.analysis.equivalence import Change

HEADER = ("scenario", "number", "was", "is", "change", "interval", "margin", "answer")
MOST_NAMED = 8
"""Changed inputs that are named one by one."""
NOTE = (
    f"The intervals hold together: at most {RISK:.0%} of such commands say of any number that it passes though it "
    "changed by more than its margin, or that it fails though it changed by less. Changes are rounded after "
    "subtraction."
)
_GUARDED = {one.name: one for one in GUARDED}


def sentences(checked: Checked) -> list[str]:
    """Return what a check says of a scenario: the answer, the numbers that did not pass, what changed, what to do."""
    slug, n = plain(checked.slug), f"{checked.n_replications} replications"
    if checked.is_repeated:
        return [f"{slug}: pass. {n} are those of the baseline to the last count."]
    found = [f"{slug}: {checked.answer}, after {n}."]
    if checked.unrepeated:
        found.append(
            "  The scenario, the seed, bedsim's code, its libraries and the sort of machine are those of the baseline, "
            f"yet these differ: {_named(checked.unrepeated)}. Something changed the numbers that is not known to: the "
            "code that reads them (bedsim/analysis), a processor with other mathematical functions, or chance that no "
            "seed governs. Run it twice, then compare with the commit of the baseline."
        )
    found += [f"  {_sentence(one)}" for one in checked.changes if one.answer is not Answer.passed]
    found += _causes(checked)
    if checked.answer is Answer.inconclusive:
        found.append(_what_to_do(checked))
    elif checked.answer is Answer.failed:
        found.append('  If this is meant, write it down: --update --reason "why".')
    return found


def check_table(checks: Sequence[Checked]) -> Table:
    """Return every number that was judged, scenario by scenario; its statistic and margin stand below its name."""
    from rich.text import Text

    table = empty_table()
    table.add_column("number")
    for heading in ("was", "is", "change", "interval", "answer"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in checks:
        if one.changes:
            table.add_row(Text(plain(one.slug)))
        for change in one.changes:
            what, *numbers, margin = _cells(change)
            statistic, _, measure = what.partition(" of ")
            name, _, period = measure.partition(" ")
            said = f"{name}\n  {' '.join(filter(None, (statistic, period)))}, margin {margin}"
            table.add_row(below(said), *numbers, change.answer.value)
    return table


def check_payload(checks: Sequence[Checked]) -> dict[str, Any]:
    """Return all checks as one object for `--format json`; what does not exist is null."""
    return {
        "answer": worst(one.answer for one in checks).value,
        "checks": [
            {
                "scenario": one.slug,
                "title": one.title,
                "answer": one.answer.value,
                "replications": one.n_replications,
                "is_repeated": one.is_repeated,
                "unrepeated": one.unrepeated,
                "n_more": one.n_more,
                "changed_inputs": one.changed_inputs,
                "changed_versions": one.changed_versions,
                "numbers": [_number(change) for change in one.changes],
            }
            for one in checks
        ],
    }


def junit_text(checks: Sequence[Checked]) -> str:
    """Return JUnit XML: a suite a scenario, a case a number; a number not settled is an error, not a failure."""
    top = ElementTree.Element("testsuites", name="bedsim check")
    for one in checks:
        cases = [(change.name, change.answer, _sentence(change)) for change in one.changes]
        if not one.changes or one.unrepeated:
            answer = Answer.failed if one.unrepeated else Answer.passed
            cases.append(("repeated to the last count", answer, _named(one.unrepeated)))
        answers = [answer for _, answer, _ in cases]
        suite = ElementTree.SubElement(
            top,
            "testsuite",
            name=plain(one.slug),
            tests=str(len(cases)),
            failures=str(answers.count(Answer.failed)),
            errors=str(answers.count(Answer.inconclusive)),
        )
        properties = ElementTree.SubElement(suite, "properties")
        ElementTree.SubElement(properties, "property", name="title", value=plain(one.title))
        for name, answer, words in cases:
            case = ElementTree.SubElement(suite, "testcase", classname=f"bedsim.check.{plain(one.slug)}", name=name)
            if answer is not Answer.passed:
                kind = "failure" if answer is Answer.failed else "error"
                ElementTree.SubElement(case, kind, type=answer.value, message=plain(words)).text = "\n".join(
                    plain(line) for line in _causes(one)
                )
    ElementTree.indent(top, space=" ")
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def markdown_text(checks: Sequence[Checked]) -> str:
    """Return a page for a review: the answer, a paragraph a scenario, the numbers."""
    parts = [f"## Bed numbers: {worst(one.answer for one in checks)}"]
    for one in checks:
        title = f" ({escaped(one.title)})" if one.title else ""
        first, *rest = sentences(one)
        name, said = plain(one.slug), first.removeprefix(f"{plain(one.slug)}: ")
        parts.append("\n".join([f"**{escaped(name)}**{title}: {escaped(said)}", *(f"- {escaped(s)}" for s in rest)]))
    rows = list(_rows(checks))
    if rows:
        parts += [markdown.table(HEADER, [[escaped(cell) for cell in row] for row in rows]).rstrip(), NOTE]
    return "\n\n".join(parts) + "\n"


def _rows(checks: Sequence[Checked]) -> list[tuple[str, ...]]:
    return [(plain(one.slug), *_cells(change), change.answer.value) for one in checks for change in one.changes]


def _cells(change: Change) -> tuple[str, ...]:
    """Return a change in words: what, was, is, change, interval, margin. Fractions are in percent."""
    guarded = _GUARDED[change.name]
    scale = 100 if is_fraction(guarded.measure) else 1
    places = max(1, decimals(change.new.value * scale, change.low * scale, change.high * scale))

    def text(value: float, sign: str = "") -> str:
        return "none" if math.isnan(value) else f"{round(value * scale, places) + 0.0:{sign}.{places}f}"

    period = "" if guarded.period == ALL else f" ({guarded.period})"
    what = f"{guarded.statistic} of {guarded.measure}{period}"
    interval = "-" if math.isnan(change.low) else f"{text(change.low, '+')} to {text(change.high, '+')}"
    margin = f"{change.margin * scale:g}{' points' if is_fraction(guarded.measure) else _unit(change.name)}"
    return what, text(change.old.value), text(change.new.value), text(change.difference, "+"), interval, margin


def _unit(name: str) -> str:
    """Return the unit of a number as it stands after it; fractions are in percent."""
    measure = _GUARDED[name].measure
    return "%" if is_fraction(measure) else f" {MEASURES[measure].unit}"


def _sentence(change: Change) -> str:
    """Return a change in a sentence.

    An example: p95 of demand_beds 31.0 -> 33.0 beds, +2.0 (+1.4 to +2.6), margin 1 beds: fail.
    """
    what, old, new, difference, interval, margin = _cells(change)
    return f"{what} {old} -> {new}{_unit(change.name)}, {difference} ({interval}), margin {margin}: {change.answer}."


def _causes(checked: Checked) -> list[str]:
    """Return which inputs and versions changed. Which of several did what is not known: they were not run apart."""
    found = []
    if checked.changed_inputs:
        found.append(f"  Changed inputs: {_named(checked.changed_inputs)}.")
    if checked.changed_versions:
        found.append(f"  Changed versions: {_named(checked.changed_versions)}.")
    if not found and not checked.unrepeated:
        found.append("  No input and no version changed: other replications, or another seed.")
    return found


def _what_to_do(checked: Checked) -> str:
    if checked.n_more is None:
        return (
            "  No number of replications would settle this, as far as is known: a change is as large as its margin, or "
            "the baseline rests on too few. Look at what changed; then --update, or --margin."
        )
    ran = checked.looks[-1]
    return f"  It needs about {checked.n_more} more replications: --patience {checked.n_more + ran - checked.looks[0]}."


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(plain(name) for name in names[:MOST_NAMED]) + more


def _number(change: Change) -> dict[str, Any]:
    guarded = _GUARDED[change.name]
    return {
        "measure": guarded.measure,
        "statistic": guarded.statistic,
        "period": guarded.period,
        "unit": MEASURES[guarded.measure].unit,
        "old": finite(change.old.value),
        "new": finite(change.new.value),
        "difference": finite(change.difference),
        "low": finite(change.low),
        "high": finite(change.high),
        "margin": change.margin,
        "answer": change.answer.value,
        "n_more": change.n_more,
    }
