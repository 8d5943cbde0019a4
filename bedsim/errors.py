"""What a user can mend, said in sentences.

Why: a planner who mistypes a key needs the file, the line, the rule and a remedy, not a traceback. Everything raised
on purpose for a user is a `BedsimError`; an `AssertionError` means that only the developers can mend it. This module
formats, it does not print.
"""

from __future__ import annotations

from dataclasses import dataclass


class BedsimError(Exception):
    """Something the user can mend; the command line prints it and exits with `exit_code`."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a scenario: where it was written, the rule, what was found and what to try."""

    file: str
    line: int
    field: str
    must: str
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        lines = [f"  {place}{self.field}".rstrip(), f"    must   {self.must}", f"    but is {self.found}"]
        if self.remedy:
            lines.append(f"    try    {self.remedy}")
        return "\n".join(lines)


class ScenarioError(BedsimError):
    """All the problems of a scenario at once, grouped by the file (or option) they were written in."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__(self._text())

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        """Let it be sent from one process to another, although it is made of more than its text."""
        return type(self), (self.problems,)

    def _text(self) -> str:
        blocks = []
        for file in dict.fromkeys(problem.file for problem in self.problems):
            mine = [problem for problem in self.problems if problem.file == file]
            count = "1 problem" if len(mine) == 1 else f"{len(mine)} problems"
            blocks.append("\n".join([f"{file}: {count}, nothing was simulated.", *map(str, mine)]))
        return "\n".join(blocks)


class RunTooLargeError(BedsimError):
    """The work asked for is beyond the stated bound; the message says what it would cost."""


class StuckError(BedsimError):
    """People who can never move: a ring of units that wait for one another, or a unit that is shut for ever."""
