"""The page for a board: one HTML file with the answer, what it rests on, and what would change it.

Why: a board gets paper or one attachment. So the page is one file that asks nothing of a network and runs nothing,
prints to A4, and begins with what is read if nothing else is. What stands in it is in the other modules `page_*`; how
it looks, in `templates`. The same runs give the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bedsim.report.comparison import STATUS as ABBREVIATED
from bedsim.report.comparison import comparison_notes
from bedsim.report.figures import listed
from bedsim.report.glossary import GLOSSARY
from bedsim.report.markdown import plain
from bedsim.report.page_difference import differences_on_page
from bedsim.report.page_figures import FIGURES, beside, refuse_apart
from bedsim.report.page_inputs import breakable, cited, inputs_apart, linked, with_code, with_range
from bedsim.report.page_money import page_money
from bedsim.report.page_parts import MARKS, Inputs, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedsim.analysis.run import Run
    from bedsim.report.page_inputs import Own
    from bedsim.store.runs import Kept

TEMPLATES = Path(__file__).parent / "templates"


def page(kept: Sequence[Kept]) -> str:
    """Return the page on one run, or on several beside one another.

    Parameters
    ----------
    kept
        At least one, in the order in which they are to stand.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    BedsimError
        If the runs are of different days, or one of them is named twice.
    """
    refuse_apart([one.run for one in kept])
    slugs = [one.run.scenario.slug for one in kept]
    parts = [
        Part(one, len(kept), slug if slugs.count(slug) == 1 else f"{slug}/{one.folder.name}")
        for one, slug in zip(kept, slugs, strict=True)
    ]
    return _environment(_anchors(kept)).get_template("page.html").render(_content(parts))


def _content(parts: Sequence[Part]) -> dict[str, Any]:
    """Return all that the template names."""
    runs = [part.kept.run for part in parts]
    scenarios = [run.scenario for run in runs]
    marked = {mark: [part.slug for part in parts if part.mark == mark] for mark in dict.fromkeys(MARKS.values())}
    facts = [part.provenance for part in parts]
    changed, why_not_changed = differences_on_page(parts)
    return {
        "title": parts[0].title if len(parts) == 1 else f"{len(parts)} plans beside one another",
        "is_alone": len(parts) == 1,
        "parts": parts,
        "changed": changed,
        "why_not_changed": why_not_changed,
        "leads": [(lead, [part for part in parts if part.lead == lead]) for lead in {part.lead: 0 for part in parts}],
        "marked": {mark: slugs for mark, slugs in marked.items() if mark and slugs},
        "comparisons": [
            (mark, slugs, beside([part.kept.run for part in parts if part.mark == mark]))
            for mark, slugs in marked.items()
            if slugs and len(parts) > 1
        ],
        "facts_of_all": {name: text for name, text in facts[0].items() if all(one[name] == text for one in facts)},
        "facts": facts,
        "moneys": [one for part in parts for one in page_money(part.kept.run, part.slug, part.mark)],
        "comparison_notes": _notes(runs) if len(runs) > 1 else [],
        "inputs": [_inputs(parts, own) for own in inputs_apart(scenarios)],
        "cited": cited(scenarios),
        "enough": FIGURES[2].words,
        "glossary": GLOSSARY,
    }


def _inputs(parts: Sequence[Part], own: Own) -> Inputs:
    whose = [parts[i] for i in own.whose]
    return Inputs(
        name="all plans" if len(whose) == len(parts) else f"{listed([part.slug for part in whose])} alone",
        mark=whose[0].mark if len(whose) == 1 else "",
        sections=own.sections,
        with_range=with_range(own.sections),
    )


def _notes(runs: Sequence[Run]) -> list[str]:
    """Return what must be said of runs beside one another, without what explains abbreviations in the terminal."""
    return [note for note in comparison_notes(runs) if not note.startswith(tuple(ABBREVIATED.values()))]


def _anchors(kept: Sequence[Kept]) -> dict[str, str]:
    """Return where each citation stands, by its key."""
    return {key: f"source-{i}" for i, key in enumerate(cited([one.run.scenario for one in kept]), start=1)}


def _environment(anchors: dict[str, str]) -> Environment:
    """Return what fills in the template: all text is escaped, and shown without characters that do not print."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    environment.filters["linked"] = lambda text: linked(text, anchors)
    environment.filters["breakable"] = breakable
    environment.filters["code"] = with_code
    environment.globals["anchors"] = anchors
    return environment
