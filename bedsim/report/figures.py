"""The figures of a verdict: of the headline period, each as long as its interval bears, with its two ranges.

Why: every figure of the answer stands beside the simulation error (how well the replications have averaged) and the
ends of the stated ranges of demand and stay, from real runs. They mean different things and neither is a forecast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.analysis.intervals import CONFIDENCE
from bedsim.measures.calendar import ALL
from bedsim.report.numbers import shown, shown_interval
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bedsim.analysis.run import Row, Run


@dataclass(frozen=True)
class Figures:
    """The numbers of a run in words."""

    run: Run

    @property
    def period(self) -> str:
        """The period that the figures are of: a financial year if the window has a whole one."""
        return self.run.headline

    @property
    def when(self) -> str:
        """That period as part of a sentence, with a space before it; nothing for the whole window."""
        return "" if self.period == ALL else f" in {self.period}"

    def row(self, measure: str, unit: str = SYSTEM, statistic: str = "mean", period: str | None = None) -> Row:
        """Return a row of the headline period, or of another; KeyError if there is none."""
        return self.run.row(measure, unit, statistic, period or self.period)

    def value(self, measure: str, unit: str = SYSTEM) -> float:
        """Return a mean of the headline period; 0 if there is none, or if nothing was observed."""
        try:
            value = self.row(measure, unit).value
        except KeyError:
            return 0.0
        return 0.0 if math.isnan(value) else value

    def shown(self, measure: str, unit: str = SYSTEM, statistic: str = "mean", period: str | None = None) -> str:
        """Return a number as text."""
        return as_text(self.row(measure, unit, statistic, period))

    def ranges(self, measure: str, statistic: str = "mean") -> str:
        """Return a figure's two ranges in brackets, with a space before them; nothing if it has neither."""
        row = self.row(measure, statistic=statistic)
        parts = [] if row.ci_low is None else [_error(row)]
        if self.run.range_ends:
            ends = [end.row(measure, SYSTEM, statistic, self.period) for end in self.run.range_ends.values()]
            low, *_, high = sorted((row, *ends), key=lambda end: end.value)
            parts.append(f"over the stated ranges {as_text(low)} to {as_text(high)}")
        return f" ({'; '.join(parts)})" if parts else ""

    def simulation_error(self, measure: str) -> str:
        """Return the first range alone, of what the ranges of demand and stay do not stand for."""
        row = self.row(measure)
        return "" if row.ci_low is None else f" ({_error(row)})"

    def differ(self, measure: str, one: str, other: str, n_pairs: int) -> bool:
        """Say whether two groups, the most different of `n_pairs` pairs, differ by more than the simulation error.

        Replication by replication, since the same people and days make both; at 95% over all pairs (Bonferroni).
        """
        run = self.run
        differences = run.by_replication(measure, one, self.period) - run.by_replication(measure, other, self.period)
        differences = differences[~np.isnan(differences)]
        n = len(differences)
        if n < 2:
            return False
        half_width = (
            special.stdtrit(n - 1, 1 - (1 - CONFIDENCE) / (2 * n_pairs)) * differences.std(ddof=1) / math.sqrt(n)
        )
        return bool(abs(differences.mean()) > half_width)


def _error(row: Row) -> str:
    return f"simulation error {shown_interval(row.measure, row.value, row.ci_low, row.ci_high)}"


def as_text(row: Row) -> str:
    """Return the value of a row as its interval bears it."""
    return shown(row.measure, row.value, row.ci_low, row.ci_high)


def counted(amount: str, noun: str) -> str:
    """Return an amount with what it is of.

    >>> counted("1", "day"), counted("1.0", "day"), counted("2", "bed")
    ('1 day', '1.0 days', '2 beds')
    """
    return f"{amount} {noun}" if amount == "1" else f"{amount} {noun}s"


def readable(name: str) -> str:
    """Return the name of a locality, unit or stage as words: as in the tables, with spaces.

    >>> readable("locality:stoke_north")
    'stoke north'
    """
    return name.rpartition(":")[2].replace("_", " ")


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def of_each(said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each thing said once, with all of whom it is said.

    >>> list(of_each([("one", "is small"), ("two", "is large"), ("three", "is small")]))
    [('each of one and three', 'is small'), ('two', 'is large')]
    """
    names: dict[str, list[str]] = {}
    for name, words in said:
        names.setdefault(words, []).append(name)
    for words, of in names.items():
        yield (of[0] if len(of) == 1 else f"each of {listed(of)}"), words
