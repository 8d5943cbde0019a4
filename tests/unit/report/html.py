"""HTML as tests look at it: a tree of elements, read by the parser of the standard library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "wbr", "hr", "link", "input"}


@dataclass
class Element:
    """An element with what it holds, in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, spaces as one."""
        return " ".join("".join(one if isinstance(one, str) else one.text for one in self.inside).split())

    def all(self, *names: str) -> Iterator[Element]:
        """Yield the elements in it of some names, or all, in the order of the page."""
        for one in self.inside:
            if isinstance(one, Element):
                if not names or one.name in names:
                    yield one
                yield from one.all(*names)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parsed(text: str) -> Element:
    """Return the tree of a page in which every element that opens is closed, in order."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert parser.open == [parser.root], "an element is not closed"
    return parser.root
