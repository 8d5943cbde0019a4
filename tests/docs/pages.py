"""The pages of the project: their blocks of code, the commands they name, and where they link."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "scenarios" / "README.md",
    ROOT / "results" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
INSTRUCTIONS = [page for page in PAGES if page.parent.name != "decisions"]
"""Decisions tell what was; the other pages must hold now."""
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", flags=re.M | re.S)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    """Return a page's code blocks of a language."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [text for _, tongue, text in found if tongue == language]


def commands(page: Path) -> list[list[str]]:
    """Return the arguments of every `bedsim` command of a page, in order, each once; what it is sent into is left out.

    `make run` stands for its recipe. SCENARIO, as in `bedsim run SCENARIO`, is option 1. `bedsim run` alone asks for
    help.
    """
    text = page.read_text(encoding="utf-8")
    lines = "".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    lines += re.findall(r"`(bedsim [^`]+)`", FENCE.sub("", text))
    if "make run" in "".join(blocks(page, "sh")):
        lines.append(recipe("run"))
    found = []
    for line in lines:
        words = shlex.split(line.replace("\\", "/"), comments=True)
        if words[:1] != ["bedsim"] or "..." in words:
            continue
        words = words[1 : words.index(">") if ">" in words else None]
        words = ["scenarios/option-1.yaml" if word == "SCENARIO" else word for word in words]
        if len(words) == 1 and words != ["schema"]:
            words += ["--help"] * (words != ["--help"])
        if words not in found:
            found.append(words)
    return found


def recipe(target: str) -> str:
    """Return the command that a target of the Makefile runs."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    assert found
    return found.group(1).replace("\\\n", " ").replace("$(BIN)/", "").strip()


def files(page: Path) -> dict[str, str]:
    """Return the files that a page has its reader write: YAML blocks whose first line is a comment with a path."""
    found = {}
    for text in blocks(page, "yaml"):
        path = re.match(r"# ([\w-]+/[\w-]+\.yaml)\n", text)
        if path:
            found[path.group(1)] = text
    return found


def links(page: Path) -> list[str]:
    """Return the paths that a page links to, relative to it."""
    found = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [link for link in found if "://" not in link]
