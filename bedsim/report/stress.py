"""A STRESS-DES statement of a scenario: every heading of the checklist, and what its modeller must still write.

Why: a simulation that is not reported well enough to be made again proves nothing (Monks, Currie, Onggo, Robinson,
Kunc and Taylor 2019). Most of what the checklist asks is in the scenario and in the program; copied by hand it is
soon wrong. What only the modeller can know, such as who asked and why, is named and not made up.

References
----------
Monks, T., Currie, C. S. M., Onggo, B. S., Robinson, S., Kunc, M., Taylor, S. J. E. (2019). Strengthening the reporting
of empirical simulation studies: Introducing the STRESS guidelines. Journal of Simulation 13(1), 55-67,
https://doi.org/10.1080/17477778.2018.1442155. The headings are theirs, the sentences ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bedsim.measures.definitions import MEASURES
from bedsim.report.describe import HEADINGS, grounds_in_words, opening, sections, sources
from bedsim.report.grounds import STATUS
from bedsim.report.heading import MARKS
from bedsim.report.markdown import escaped, plain, table
from bedsim.report.stress_conduct import code_access, experimentation, implementation
from bedsim.report.stress_logic import Item, bullets, logic
from bedsim.scenario.cautions import cautions
from bedsim.scenario.inputs import Input, stated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.inputs import Stated
    from bedsim.scenario.schema import Scenario

CITATION = "Monks and others (2019), Journal of Simulation 13(1), 55-67, https://doi.org/10.1080/17477778.2018.1442155"
STILL = "**The modeller must still write:**"
MOST_NAMED = 4
"""Numbers with the same words that are named; all are under 3.3."""


def statement(scenario: Scenario) -> str:
    """Return the statement as a page in Markdown; what the scenario's author wrote is shown and does nothing."""
    title = escaped(f"{MARKS[scenario.status]}{(scenario.title or scenario.slug).rstrip('.')}")
    parts = [
        f"# STRESS-DES statement: {title}\n",
        (
            f"Made by `bedsim describe --stress` from the scenario `{scenario.slug}`, with the headings of {CITATION}. "
            "It says what the scenario and the program know. Under each heading stands what the modeller must still "
            "write.\n"
        ),
        f"{STATUS[scenario.status]}\n",
    ]
    for section, items in checklist(scenario).items():
        parts.append(f"## {section}\n")
        for item in items:
            parts += [f"### {item.number} {item.heading}\n", *(f"{text}\n" for text in item.known)]
            parts.append(f"{STILL} {item.still}\n")
    return "\n".join(parts)


def checklist(scenario: Scenario) -> dict[str, list[Item]]:
    """Return every item of the checklist, by its section, in the published order."""
    return {
        "1. Objectives": list(_objectives(scenario)),
        "2. Logic": list(logic(scenario)),
        "3. Data": list(_data(scenario)),
        "4. Experimentation": list(experimentation(scenario)),
        "5. Implementation": list(implementation()),
        "6. Code access": list(code_access()),
    }


def _objectives(scenario: Scenario) -> Iterator[Item]:
    notes = [escaped(scenario.notes)] if scenario.notes else []
    general = (
        "How many rehabilitation beds, at which sites and with how much community service behind them, let adults "
        "who need one get one without delay, and how sure is that?"
    )
    still = "who decides what by the results, what is known already, and why a simulation."
    yield Item("1.1", "Purpose of the model", [general, *notes], still)
    rows = [(f"`{name}`", one.unit, one.definition, ", ".join(one.statistics)) for name, one in MEASURES.items()]
    yield Item(
        "1.2",
        "Model outputs",
        [
            (
                "Each is found in every replication by itself, over the observed window and its periods. Means have a "
                "95% Student t interval over replications; percentiles invert the interval on the cumulative share, "
                "with the replication as sampling unit. Exact definitions: docs/model.md, section 8."
            ),
            table(("output", "unit", "definition", "statistics"), rows).rstrip(),
            *(
                ["Money: what the prices under 3.3 make of these, by unit, payer and segment."]
                if scenario.prices
                else []
            ),
        ],
        "which of these the study reports, and why those.",
    )
    n_ranges = sum(isinstance(one, Input) and one.range is not None for one in stated(scenario))
    yield Item(
        "1.3",
        "Experimentation aims",
        [
            (
                "A run repeats the scenario with referral rates and mean needs at both ends of their stated ranges. "
                "`bedsim compare` runs scenarios with the same people, `bedsim size` searches the fewest places that "
                "meet a standard, `bedsim sensitivity` varies each stated range, alone and all together."
            ),
            f"Numbers with a stated range: {n_ranges}, under 3.3.",
        ],
        "which scenarios were compared and why; the design of any experiment; what was optimised, by what, within "
        "what.",
    )


def _data(scenario: Scenario) -> Iterator[Item]:
    cited = [f"{escaped(key)}: {escaped(text)}" for key, text in sources(scenario).items()]
    files = [f"file {escaped(name)}, {len(rows) - 1} rows" for name, rows in scenario.tables.items()]
    yield Item(
        "3.1",
        "Data sources",
        [bullets([*cited, *files]) or "No source is named."],
        "sample sizes, dates and permissions where a source does not give them, and what local data were asked for.",
    )
    derived = [one for one in stated(scenario) if any(kind == "derived" for kind, _ in one.words)]
    yield Item(
        "3.2",
        "Pre-processing",
        [bullets(_by_words(derived, "derived")) or "No number is said to be derived."],
        "what was done to data before they became these numbers: gaps, outliers, fits.",
    )
    known = [f"{grounds_in_words(scenario).capitalize()}."]
    for section, inputs_of in sections(scenario).items():
        rows = [(f"`{line.name}`", *map(escaped, line[1:])) for line in inputs_of]
        known.append(f"`{section}`\n\n{table(HEADINGS, rows)}".rstrip())
    yield Item("3.3", "Input parameters", known, "why these distributions and no others; which inputs go together.")
    assumed = [one for one in stated(scenario) if one.provenance == "assumption"]
    bare = [f"`{one.path}`: not explained." for one in stated(scenario) if one.provenance == "none"]
    yield Item(
        "3.4",
        "Assumptions",
        [
            escaped(opening(scenario)[0]) + f" {STATUS[scenario.status]}",
            bullets([*_by_words(assumed, "assumption"), *bare]) or "No number is said to be assumed.",
            *(escaped(text) for text in cautions(scenario)),
            "Of the logic, docs/model.md, section 13, says what is not in the model.",
        ],
        "which of these matter to the answer, and who has agreed to them.",
    )


def _by_words(found: list[Stated], kind: str) -> list[str]:
    """Return a line for each words of a kind, with the first of the numbers of which they are said."""
    names: dict[str, list[str]] = {}
    for one in found:
        text = next(text for name, text in one.words if name == kind)
        names.setdefault(plain(text), []).append(f"`{re.sub(r'[.][0-9]+$', '', one.path)}`")
    return [f"{_some(list(dict.fromkeys(paths)))}: {escaped(text)}" for text, paths in names.items()]


def _some(names: list[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
