"""A run: a scenario's replications and what they say, as rows and as tables.

Why: the command line, notebooks and the report must give the same numbers. Means come with a Student t interval over
replications; percentiles are those of all days (or people) of all replications together, and have no interval here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from bedsim.measures.groups import open_planned_at_midnight
from bedsim.measures.statistics import PERCENTILES, percentile
from bedsim.memory import let_go
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.analysis.overload import Overload
    from bedsim.analysis.ranges import End
    from bedsim.analysis.warm_up import WarmUp
    from bedsim.engine.choose import Engine
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
HOURS_PER_DAY = 24
IN_HOURS = ("wait_days", "delay_days")
"""Their histograms count whole hours, rounded up."""


@dataclass(frozen=True)
class Row:
    """One number of a summary; the interval is None where there is none."""

    unit: str
    measure: str
    statistic: str
    value: float
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True, repr=False)
class Run:
    """The finished replications of one scenario."""

    scenario: Scenario
    blueprint: Blueprint
    seed: int
    engine: Engine
    hash: str
    totals: Totals
    warm_up: WarmUp
    overload: Overload
    range_ends: dict[End, Run] = field(default_factory=dict)
    interrupted: bool = False

    def __repr__(self) -> str:
        """Say in one line what was run; `summary()` and `bedsim.verdict(run)` say what came of it."""
        return f"Run({self.scenario.slug}, {self.n_replications} replications, seed {self.seed}, hash {self.hash})"

    @property
    def beds_range(self) -> tuple[float, float] | None:
        """The fewest and the most planned beds open at a midnight; None if there are none, or if they are unlimited."""
        beds = open_planned_at_midnight(self.blueprint.network, self.scenario.time.run_length_days)
        return (float(beds.min()), float(beds.max())) if beds.any() and np.isfinite(beds).all() else None

    @property
    def n_replications(self) -> int:
        """How many replications are finished."""
        return len(self.totals)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every number, by unit, measure and statistic."""
        totals = self.totals
        rows = [_row(*key, "mean", _column(totals.means, i)) for i, key in enumerate(totals.mean_keys)]
        maxima = {key: _column(totals.maxima, i) for i, key in enumerate(totals.maximum_keys)}
        for key in totals.histograms:
            measure = key[1]
            counts = self.pooled_counts(*key)
            scale = HOURS_PER_DAY if measure in IN_HOURS else 1
            nothing = not counts.sum()
            rows += [Row(*key, f"p{p}", nan if nothing else percentile(counts, p) / scale) for p in PERCENTILES]
            if key in maxima:
                rows.append(_row(*key, "max", maxima[key]))
        return tuple(sorted(rows, key=lambda row: (row.unit != SYSTEM, row.unit, row.measure)))

    def value(self, measure: str, unit: str = SYSTEM, statistic: str = "mean") -> float:
        """Return one number of the summary; KeyError if there is none."""
        return self._by_name[unit, measure, statistic].value

    def row(self, measure: str, unit: str = SYSTEM, statistic: str = "mean") -> Row:
        """Return one row of the summary; KeyError if there is none."""
        return self._by_name[unit, measure, statistic]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], Row]:
        return {(row.unit, row.measure, row.statistic): row for row in self.rows}

    def by_replication(self, measure: str, unit: str = SYSTEM) -> Floats:
        """Return a measure's mean in each replication, shape (n_replications,); NaN where nothing was observed."""
        columns = {key: i for i, key in enumerate(self.totals.mean_keys)}
        return _column(self.totals.means, columns[unit, measure])

    def pooled_counts(self, unit: str, measure: str) -> NDArray[np.int64]:
        """Return how many midnights (or people) of all replications had 0, 1, 2, ..."""
        return self.totals.histograms[unit, measure]

    def summary(self) -> pd.DataFrame:
        """Return every number as a table: unit, measure, statistic, value, ci_low, ci_high."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    @property
    def occupancy(self) -> Occupancy:
        """The midnight census."""
        return Occupancy(self)

    def outcomes(self) -> pd.DataFrame:
        """Return each stream's outcomes as fractions of the people referred in the window, with intervals."""
        counts = self.totals.counts["outcomes"]
        people = self.totals.counts["referrals"][:, :, None]
        return self._shares(counts, people, "outcome", self.blueprint.outcomes)

    def first_places(self) -> pd.DataFrame:
        """Return, by stream, the share of the people referred in the window first placed in each unit."""
        counts = self.totals.counts["first_places"]
        people = self.totals.counts["referrals"][:, :, None]
        return self._shares(counts, people, "unit", self.blueprint.units)

    def admissions(self) -> pd.DataFrame:
        """Return each stream's admissions a day to each unit, with intervals."""
        counts = self.totals.counts["admissions"]
        days = np.full((len(counts), counts.shape[1], 1), self.scenario.time.run_length_days)
        return self._shares(counts, days, "unit", self.blueprint.units)

    def _shares(
        self, counts: NDArray[np.integer], of: NDArray[np.integer], what: str, names: tuple[str, ...]
    ) -> pd.DataFrame:
        import pandas as pd

        shares = counts / np.where(of == 0, np.nan, of)
        records = [
            (stream.name, name, *mean_and_interval(shares[:, i, j]))
            for i, stream in enumerate(self.blueprint.streams)
            for j, name in enumerate(names)
        ]
        return pd.DataFrame(records, columns=["stream", what, "value", "ci_low", "ci_high"])


@dataclass(frozen=True)
class Occupancy:
    """The midnight census of a run."""

    run: Run

    def percentiles(self) -> pd.DataFrame:
        """Return the percentiles of the midnight census over all days of all replications, one row a unit."""
        import pandas as pd

        rows = [row for row in self.run.rows if row.measure == "midnight_census" and row.statistic.startswith("p")]
        table = pd.DataFrame(rows).set_index(["unit", "statistic"])["value"].unstack()  # noqa: PD010 - one row each
        return table[[f"p{p}" for p in PERCENTILES]]


def _row(unit: str, measure: str, statistic: str, values: Floats) -> Row:
    mean, low, high = mean_and_interval(values)
    return Row(unit, measure, statistic, mean, low, high)


def _column(rows: NDArray[Any], i: int) -> Floats:
    column = np.array(rows[:, i], dtype=np.float64)
    let_go(rows)
    return column


def mean_and_interval(values: Floats) -> tuple[float, float | None, float | None]:
    """Return the mean and the two-sided 95% Student t interval of independent values; NaN values are left out.

    With fewer than two values there is no interval.

    >>> mean_and_interval(np.array([1.0, 2.0, 3.0]))[0]
    2.0
    """
    seen = values[~np.isnan(values)]
    n = len(seen)
    if n == 0:
        return float("nan"), None, None
    mean = float(seen.mean())
    if n == 1:
        return mean, None, None
    half_width = float(special.stdtrit(n - 1, 0.5 + CONFIDENCE / 2) * seen.std(ddof=1) / np.sqrt(n))
    return mean, mean - half_width, mean + half_width
