"""The inputs on the page for a board: what all runs share once, what is a run's own apart, and citations with links.

Why: "says who?" is the first thing a board asks of a number. What the scenario's author wrote is shown as it is; of all
that looks like an address only http and https become links.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from bedsim.report.describe import AS_ABOVE, said_once, sections, sources
from bedsim.report.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bedsim.report.describe import Line
    from bedsim.scenario.schema import Scenario

    Sections = Mapping[str, Sequence[Line]]

ADDRESS = re.compile(r"https?://[^\s<>\"'`]+")
AFTER_ADDRESS = ".,;:!?"


class Own(NamedTuple):
    """Inputs, by the part of the scenario they belong to, of the scenarios at these positions."""

    whose: tuple[int, ...]
    sections: Sections


def inputs_apart(scenarios: Sequence[Scenario]) -> list[Own]:
    """Return the inputs that all scenarios share, then those of each that the others do not all have."""
    stated = [_in_full(scenario) for scenario in scenarios]
    shared = {key: line for key, line in stated[0].items() if all(one.get(key) == line for one in stated)}
    everybody = tuple(range(len(scenarios)))
    found = [Own(everybody, _in_sections(shared))]
    found += [
        Own((i,), _in_sections({key: line for key, line in one.items() if key not in shared}))
        for i, one in enumerate(stated)
    ]
    return [own for own in found if own.sections]


def with_range(sections_of: Sections) -> dict[str, list[Line]]:
    """Return the inputs that state a range; those of several things that are alike in all else stand in one line."""
    found: dict[str, list[Line]] = {}
    for name, lines in sections_of.items():
        alike: dict[object, list[Line]] = {}
        for line in _filled(lines):
            if line.range:
                alike.setdefault((line.name.partition(".")[2] or line.name, line[1:]), []).append(line)
        merged = [_together(group) for group in alike.values()]
        if merged:
            found[name] = list(said_once(merged))
    return found


def cited(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Return the citations that any of the scenarios names, by key."""
    return {key: text for scenario in scenarios for key, text in sources(scenario).items()}


def linked(text: str, keys: Mapping[str, str]) -> Markup:
    """Return text for the page: addresses as links, and keys of citations as links to where these stand.

    Parameters
    ----------
    text
        Of whoever wrote the scenario.
    keys
        The anchor of each citation, by its key.

    Returns
    -------
    Markup
        Everything else escaped.

    Examples
    --------
    >>> linked("See nhe-2018, <https://a.b/c>. javascript:x", {"nhe-2018": "source-1"})
    Markup('See <a href="#source-1">nhe-2018</a>, &lt;<a href="https://a.b/c">https://a.b/c</a>&gt;. javascript:x')
    """
    parts: list[Markup] = []
    at = 0
    text = plain(text)
    for match in ADDRESS.finditer(text):
        address = match.group().rstrip(AFTER_ADDRESS)
        if ")" in address and "(" not in address:
            address = address.partition(")")[0]
        parts += [_with_keys(text[at : match.start()], keys), Markup('<a href="{0}">{0}</a>').format(address)]
        at = match.start() + len(address)
    return Markup("").join([*parts, _with_keys(text[at:], keys)])


def breakable(name: str) -> Markup:
    """Return a name, which may be long, with places at which a line may end; a number is left whole.

    >>> breakable("haywood.stay_factor")
    Markup('haywood.<wbr>stay_<wbr>factor')
    >>> breakable("1.143")
    Markup('1.143')
    """
    return Markup(re.sub(r"(?<=[^\W\d_])[._]", r"\g<0><wbr>", str(escape(plain(name)))))


def with_code(text: str) -> Markup:
    """Return text with what stands between backticks as code.

    >>> with_code("`bedsim run` <makes> it")
    Markup('<code>bedsim run</code> &lt;makes&gt; it')
    """
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def _with_keys(text: str, keys: Mapping[str, str]) -> Markup:
    words = re.split(r"([\w-]+)", text)
    link = Markup('<a href="#{}">{}</a>')
    return Markup("").join(link.format(keys[word], word) if word in keys else escape(word) for word in words)


def _in_full(scenario: Scenario) -> dict[tuple[str, str], Line]:
    return {(name, line.name): line for name, lines in sections(scenario).items() for line in _filled(lines)}


def _filled(lines: Sequence[Line]) -> list[Line]:
    """Return lines with the grounds of the line before where it only says that they are the same."""
    found: list[Line] = []
    for line in lines:
        found.append(line._replace(grounds=found[-1].grounds) if line.grounds == AS_ABOVE and found else line)
    return found


def _together(alike: Sequence[Line]) -> Line:
    first = alike[0]
    more = len(alike) - 1
    return first._replace(name=f"{first.name} and {more} alike") if more else first


def _in_sections(lines: Mapping[tuple[str, str], Line]) -> dict[str, list[Line]]:
    names = dict.fromkeys(section for section, _ in lines)
    return {name: list(said_once(line for (section, _), line in lines.items() if section == name)) for name in names}
